"""The synthetic provider: it answers only for what is granted, and its answer enters through lake.deliver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import sources
from consent.artefact import FetchType, State
from consent.grants import Consent, Use, Wanted
from kit.chance import Stream
from kit.errors import CallerError, NotFound
from kit.period import Unit, add_months, calendar_window, midnight
from kit.scope import DateRange, Grant, Scope
from kit.source import Parcel, Pull
from pipeline.job import Job, Passage, Report
from pipeline.order import Order, fetch_key
from pipeline.wiring import House
from warehouse import assets
from warehouse.lake import Arrival, Delivery

if TYPE_CHECKING:  # The world is loaded only when it has to speak.
    from generators.world import Business


def generate(job: Job) -> tuple[Report, ...]:
    """Fetch every source in scope once; a question already answered is not asked again."""
    _only_in_sandbox(job)
    key = question(job.house, job.order)
    scope = job.house.consents.open_scope(_wanted(job.order, key))
    return tuple(_generate_source(job, scope, source, key) for source in scope.sources())


def open_fetch(house: House, order: Order) -> Scope:
    """Open the right to put this question; what is held and over its life does not stand in its way."""
    return house.consents.open_scope(_wanted(order, question(house, order)))


def _wanted(order: Order, key: str) -> Wanted:
    days = _asked_range(order)
    return Wanted(order.customer, order.purpose, Use.FETCH, range=days, fetch_key=key)


def question(house: House, order: Order) -> str:
    """A one-time consent was asked once; who asks for nothing in particular means that question again."""
    now = house.clock.now()
    consents = _active_consents(house, order, now)
    asked = fetch_key(order, _period_start(consents, now))
    answered = [use for consent in consents for use in consent.uses]
    is_open = any(_may_be_asked(consent) for consent in consents)
    if not order.names_no_question or is_open or not answered:
        return asked
    if asked in {use.fetch_key for use in answered}:
        return asked
    return max(answered, key=lambda use: (use.at, use.fetch_key)).fetch_key


def _active_consents(house: House, order: Order, now: datetime) -> list[Consent]:
    return [
        consent
        for consent in house.consents.listing(order.customer)
        if consent.artefact.purpose == order.purpose and consent.standing(now) is State.ACTIVE
    ]


def _may_be_asked(consent: Consent) -> bool:
    return not consent.uses or _is_periodic(consent)


def _is_periodic(consent: Consent) -> bool:
    return consent.artefact.detail.fetch_type is FetchType.PERIODIC


def _period_start(consents: Sequence[Consent], now: datetime) -> datetime | None:
    """A periodic consent is asked anew in each window of its frequency, the shortest where several differ."""
    # Without a limit to its frequency a consent is asked once a day.
    units = [
        consent.artefact.detail.frequency.unit or Unit.DAY for consent in consents if _is_periodic(consent)
    ]
    return max((calendar_window(now, unit)[0] for unit in units), default=None)


def _only_in_sandbox(job: Job) -> None:
    if job.house.config.environment == "production":
        raise CallerError(
            "SYNTHETIC_FEED_OFF",
            "Synthetic customers are not generated in a production environment.",
            hint="Set environment to sandbox in config.json.",
        )


def _asked_range(order: Order) -> DateRange | None:
    if order.as_of is None:
        return None
    return DateRange(
        order.as_of if order.months is None else _first_day(order.as_of, order.months), order.as_of
    )


def _first_day(last: date, months: int) -> date:
    """Months end on the evening of their last day, so one month to 28 February begins on the 1st."""
    try:
        return add_months(last + timedelta(days=1), -months)
    except (ValueError, OverflowError):
        raise CallerError(
            "MONTHS_TOO_MANY", "So many months leave the calendar.", hint="Give a smaller --months."
        ) from None


def _generate_source(job: Job, scope: Scope, source: str, key: str) -> Report:
    unanswered = [grant for grant in scope.of_source(source) if not _answered(job, scope, grant, key)]
    if not unanswered:
        job.house.lake.settle(scope)
        return job.unchanged("generate", source, key, _counts(job.house.lake.deliveries(scope, source)))
    run_id = job.begin("generate", source, key)
    passage = Passage(job, "generate", source)
    # What the provider cannot answer is refused here, before it has spent anyone's consent.
    answers = [(grant, _passing(_answer(job, grant), passage)) for grant in unanswered]
    deliveries = [delivery for asked in answers for delivery in _fetch(job, scope, asked, key)]
    return job.end(run_id, Report("generate", source, "done", _counts(deliveries)))


def _answered(job: Job, scope: Scope, grant: Grant, key: str) -> bool:
    return any(
        delivery.fetch_key == key
        and delivery.party == grant.party
        and any(hold.consent_id == grant.consent_id for hold in delivery.holds)
        for delivery in job.house.lake.deliveries(scope, grant.source)
    )


def _fetch(job: Job, scope: Scope, asked: tuple[Grant, Iterator[Parcel]], key: str) -> list[Delivery]:
    """Each grant is a question of its own: its days, its filters, its use counted before anything arrives."""
    house, (grant, answer) = job.house, asked
    narrowed = scope.narrowed_to(grant)
    house.consents.record_use(narrowed, grant.source, key)
    arrival = Arrival(grant.party, key, house.clock.now(), house.consents.recheck(narrowed))
    return [house.lake.deliver(narrowed, grant.source, parcel.lines, arrival) for parcel in answer]


def _passing(answer: Iterator[Parcel], passage: Passage) -> Iterator[Parcel]:
    return (parcel._replace(lines=passage.counted(parcel.lines)) for parcel in answer)


def _answer(job: Job, grant: Grant) -> Iterator[Parcel]:
    """The world is loaded only when it has to speak."""
    from generators.figures import Figures
    from generators.mess import mess_of
    from generators.world import Scale, business_of

    order, config = job.order, job.house.config
    days = _days(order, grant)
    stream = Stream(config.world_seed if order.seed is None else order.seed, order.customer)
    scale = Scale(order.months or config.months, order.bank_rows)
    business = business_of(stream.branch("world"), order.customer, days.last, scale, order.persona)
    _refuse_unknown(business, order, grant)
    answered_at = midnight(days.last + timedelta(days=1))
    pull = Pull(days, grant.filters, answered_at, grant.record_types, grant.channel)
    return sources.source(grant.source).generate(
        business, {grant.party: pull}, stream.branch(grant.source), mess_of(order.noise or "off", Figures(assets.figures()["mess"]))
    )


def _refuse_unknown(business: Business, order: Order, grant: Grant) -> None:
    """A consent for a party the provider does not know stands in the way of every other until it is withdrawn."""
    try:
        business.party(grant.party)
    except NotFound as error:
        revoke = f"bahi consent revoke --customer-id {order.customer} --consent-id {grant.consent_id}"
        hint = f"Run: {revoke} --purpose {order.purpose}"
        raise NotFound(error.code, error.message, hint=hint) from None


def _days(order: Order, grant: Grant) -> DateRange:
    last = grant.range.last if order.as_of is None else order.as_of
    if order.months is None:
        return DateRange(grant.range.first, last)
    return DateRange(max(grant.range.first, _first_day(last, order.months)), last)


def _counts(deliveries: Sequence[Delivery]) -> dict[str, int]:
    return {
        "deliveries": len(deliveries),
        "lines": sum(delivery.lines_n for delivery in deliveries),
        "bytes": sum(delivery.size_bytes for delivery in deliveries),
    }
