"""The synthetic feed: the provider answers only for what is granted, and its answer enters through lake.deliver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from consent.artefact import FetchType, State
from consent.grants import Consent, Use, Wanted
from kit.errors import CallerError
from kit.period import Unit, calendar_window
from kit.scope import Grant, Scope
from pipeline.feeds.provider import Answer, Provider, asked_range
from pipeline.job import Job, Passage, Report
from pipeline.order import Order, fetch_key
from pipeline.wiring import House
from warehouse.lake import Arrival, Delivery, NoteKind, Remark

if TYPE_CHECKING:  # The world is loaded only when it has to speak.
    from generators.mess import Mess

Given = list[tuple[Delivery, "Mess"]]
TRUTH_CHARS = 16


def generate(job: Job) -> tuple[Report, ...]:
    """Fetch every source in scope once; a question already answered is not asked again."""
    _only_in_sandbox(job)
    key = question(job.house, job.order)
    scope = job.house.consents.open_scope(_wanted(job.order, key))
    provider = Provider(job.order, job.house.config)
    held = {grant: _answered(job, scope, grant, key) for grant in scope.grants}
    # What the provider cannot answer is refused here, before it has spent anyone's consent.
    answers = [provider.answer(grant) for grant, delivery in held.items() if delivery is None]
    given: Given = []
    reports = tuple(_generate_source(job, scope, source, (key, answers, given)) for source in scope.sources())
    _tell_truth(job, scope, provider, (key, held, given))
    return reports


def open_fetch(house: House, order: Order) -> Scope:
    """Open the right to put this question; what is held and over its life does not stand in its way."""
    return house.consents.open_scope(_wanted(order, question(house, order)))


def _wanted(order: Order, key: str) -> Wanted:
    days = asked_range(order)
    return Wanted(order.customer, order.purpose, Use.FETCH, range=days, fetch_key=key)


def question(house: House, order: Order) -> str:
    """A one-time consent was asked once; who asks for nothing in particular means that question again."""
    consents = _active_consents(house, order)
    asked = _as_worded(house, order)
    answered = [use for consent in consents for use in consent.uses]
    is_open = any(_may_be_asked(consent) for consent in consents)
    if not order.names_no_question or is_open or not answered:
        return asked
    if asked in {use.fetch_key for use in answered}:
        return asked
    return max(answered, key=lambda use: (use.at, use.fetch_key)).fetch_key


def _as_worded(house: House, order: Order) -> str:
    """The key of the question as the order itself puts it."""
    return fetch_key(order, _period_start(_active_consents(house, order), house.clock.now()))


def _active_consents(house: House, order: Order) -> list[Consent]:
    now = house.clock.now()
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


def _generate_source(
    job: Job, scope: Scope, source: str, asked: tuple[str, Sequence[Answer], Given]
) -> Report:
    key, answers, given = asked
    mine = [answer for answer in answers if answer.grant.source == source]
    if not mine:
        job.house.lake.settle(scope)
        return job.unchanged("generate", source, key, _counts(job.house.lake.deliveries(scope, source)))
    run_id = job.begin("generate", source, key)
    passage = Passage(job, "generate", source)
    fetched = [one for answer in mine for one in _fetch(job, scope, answer, (key, passage))]
    given += fetched
    return job.end(run_id, Report("generate", source, "done", _counts([delivery for delivery, _ in fetched])))


def _answered(job: Job, scope: Scope, grant: Grant, key: str) -> Delivery | None:
    """Find what was delivered to this question under this grant."""
    for delivery in job.house.lake.deliveries(scope, grant.source):
        is_answer = delivery.fetch_key == key and delivery.party == grant.party
        if is_answer and any(hold.consent_id == grant.consent_id for hold in delivery.holds):
            return delivery
    return None


def _fetch(job: Job, scope: Scope, answer: Answer, asked: tuple[str, Passage]) -> Given:
    """Each grant is a question of its own: its days, its filters, its use counted before anything arrives."""
    house, grant, (key, passage) = job.house, answer.grant, asked
    narrowed = scope.narrowed_to(grant)
    house.consents.record_use(narrowed, grant.source, key)
    arrival = Arrival(grant.party, key, house.clock.now(), house.consents.recheck(narrowed))
    return [
        (house.lake.deliver(narrowed, grant.source, passage.counted(parcel.lines), arrival), answer.mess)
        for parcel in answer.parcels
    ]


def _tell_truth(
    job: Job, scope: Scope, provider: Provider, asked: tuple[str, Mapping[Grant, Delivery | None], Given]
) -> None:
    """Write down what the business asks for and what is true of it, last: where that stands, all of the answer does."""
    key, held, given = asked
    lake, name = job.house.lake, f"{key[:TRUTH_CHARS]}.ndjson"
    # An order without wishes takes up an earlier question, and does not know whose business that was about.
    if not given and (lake.has_truth(scope, name) or key != _as_worded(job.house, job.order)):
        return
    recheck = job.house.consents.recheck(scope)
    lake.note(scope, Remark(NoteKind.APPLICATION, provider.application(held)), recheck)
    known = [(delivery, _retold(job, provider, grant)) for grant, delivery in held.items() if delivery]
    lake.keep_truth(scope, name, provider.truth(held, [*known, *given]), recheck)


def _retold(job: Job, provider: Provider, grant: Grant) -> Mess:
    """What happened to lines that were delivered before is told by making them again; clean ones have nothing to tell."""
    answer = provider.answer(grant)
    if job.order.noise not in (None, "off"):
        for parcel in answer.parcels:
            for _ in parcel.lines:
                pass
    return answer.mess


def _counts(deliveries: Sequence[Delivery]) -> dict[str, int]:
    return {
        "deliveries": len(deliveries),
        "lines": sum(delivery.lines_n for delivery in deliveries),
        "bytes": sum(delivery.size_bytes for delivery in deliveries),
    }
