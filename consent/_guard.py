"""The guard: which of a customer's consents answer a question, stage by stage, and else the one reason why not."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from consent._filters import within
from consent._store import Consent, Fetched
from consent.artefact import FetchType, State
from consent.audit import CLOCK_SLACK
from kit.ident import CustomerId
from kit.period import calendar_window
from kit.scope import DataFilter, DateRange

_DAY = timedelta(days=1)


class Use(StrEnum):
    """Fetching brings data in and is counted; processing works on what is here."""

    FETCH = "FETCH"
    PROCESS = "PROCESS"


class Reason(StrEnum):
    """Why not, in the order in which the reasons are looked for."""

    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    PURPOSE_MISMATCH = "PURPOSE_MISMATCH"
    FI_TYPE_OUT_OF_SCOPE = "FI_TYPE_OUT_OF_SCOPE"
    CONSENT_REVOKED = "CONSENT_REVOKED"
    CONSENT_EXPIRED = "CONSENT_EXPIRED"
    CONSENT_PAUSED = "CONSENT_PAUSED"
    DATA_LIFE_OVER = "DATA_LIFE_OVER"
    RANGE_OUT_OF_SCOPE = "RANGE_OUT_OF_SCOPE"
    FILTER_OUT_OF_SCOPE = "FILTER_OUT_OF_SCOPE"
    CONSENT_OVERUSED = "CONSENT_OVERUSED"


class Wanted(NamedTuple):
    """What someone wants to do; None means whatever is granted, filters=() means every line."""

    customer: CustomerId
    purpose: int
    use: Use
    parties: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None
    record_types: tuple[str, ...] | None = None
    range: DateRange | None = None
    filters: tuple[DataFilter, ...] | None = None
    fetch_key: str | None = None


class Refusal(NamedTuple):
    """The one reason, and a consent that was in the way of it, if there was one."""

    reason: Reason
    consent_id: str | None


class Allowed(NamedTuple):
    """One consent that answers, for one source: what a Grant is made of."""

    consent: Consent
    source: str
    record_types: tuple[str, ...]
    life_end: datetime | None


class _Offer(NamedTuple):
    """One consent for one source and one record type: what the stages sift."""

    consent: Consent
    source: str
    record_type: str


_Offers = list[_Offer]
_Stage = Callable[[_Offers, Wanted, datetime], _Offers]


def judge(consents: Iterable[Consent], wanted: Wanted, now: datetime) -> tuple[Allowed, ...] | Refusal:
    """Sift the offers; the first stage after which something wanted has no offer left gives the reason."""
    offers = [
        _Offer(consent, cover.source, record_type)
        for consent in consents
        for cover in consent.artefact.covers
        for record_type in cover.record_types
    ]
    for reason, stage in _STAGES:
        left = stage(offers, wanted, now)
        if not _all_served(left, wanted, reason):
            return Refusal(reason, next((offer.consent.id for offer in offers if offer not in left), None))
        offers = left
    return _allowed(offers, wanted, now)


def _granted(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    return [
        offer
        for offer in offers
        if _wants(wanted.parties, offer.consent.artefact.party)
        and standing_reason(offer.consent, now) is not Reason.CONSENT_REQUIRED
    ]


def _for_purpose(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    return [offer for offer in offers if offer.consent.artefact.purpose == wanted.purpose]


def _of_kind(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    return [
        offer
        for offer in offers
        if _wants(wanted.sources, offer.source) and _wants(wanted.record_types, offer.record_type)
    ]


def _standing(reason: Reason) -> _Stage:
    def stage(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
        return [offer for offer in offers if standing_reason(offer.consent, now) is not reason]

    return stage


def _alive(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    return [offer for offer in offers if not is_over(_life_end(offer, wanted, now), now)]


def _in_range(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    """Judge ranges on the union of all offers for the same party, source and type."""
    if wanted.range is None:
        return offers
    unions: dict[tuple[str, str, str], list[DateRange]] = {}
    for offer in offers:
        unions.setdefault(_place(offer), []).append(offer.consent.artefact.detail.range.days())
    return [offer for offer in offers if _cover(unions[_place(offer)], wanted.range)]


def _filtered(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    """Drop the offers whose filters are not met; what is left must still span the range."""
    asked = wanted.filters
    if asked is None:
        return offers
    left = [offer for offer in offers if within(asked, offer.consent.artefact.detail.filters)]
    return _in_range(left, wanted, now)


def _unspent(offers: _Offers, wanted: Wanted, now: datetime) -> _Offers:
    """Drop the offers whose fetches are used up; what is left must still span the range."""
    if wanted.use is Use.PROCESS:
        return offers
    left = [o for o in offers if not is_overused(o.consent, o.source, wanted.fetch_key, now)]
    return _in_range(left, wanted, now)


_STAGES: tuple[tuple[Reason, _Stage], ...] = (
    (Reason.CONSENT_REQUIRED, _granted),
    (Reason.PURPOSE_MISMATCH, _for_purpose),
    (Reason.FI_TYPE_OUT_OF_SCOPE, _of_kind),
    (Reason.CONSENT_REVOKED, _standing(Reason.CONSENT_REVOKED)),
    (Reason.CONSENT_EXPIRED, _standing(Reason.CONSENT_EXPIRED)),
    (Reason.CONSENT_PAUSED, _standing(Reason.CONSENT_PAUSED)),
    (Reason.DATA_LIFE_OVER, _alive),
    (Reason.RANGE_OUT_OF_SCOPE, _in_range),
    (Reason.FILTER_OUT_OF_SCOPE, _filtered),
    (Reason.CONSENT_OVERUSED, _unspent),
)
_BEFORE_KINDS = (Reason.CONSENT_REQUIRED, Reason.PURPOSE_MISMATCH)
_STANDING_REASONS = {
    State.REVOKED: Reason.CONSENT_REVOKED,
    State.EXPIRED: Reason.CONSENT_EXPIRED,
    State.PAUSED: Reason.CONSENT_PAUSED,
}


def standing_reason(consent: Consent, now: datetime) -> Reason | None:
    """Say why the consent does not hold at this moment, or None; one that starts later does not hold yet."""
    standing = consent.standing(now)
    if standing is State.ACTIVE:
        is_early = consent.artefact.detail.start > now + CLOCK_SLACK
        return Reason.CONSENT_REQUIRED if is_early else None
    return _STANDING_REASONS.get(standing, Reason.CONSENT_REQUIRED)


def is_over(life_end: datetime | None, now: datetime) -> bool:
    """Say whether a life has ended; one without end never does."""
    return life_end is not None and now >= life_end


def is_overused(consent: Consent, source: str, fetch_key: str | None, now: datetime) -> bool:
    """Say whether one more fetch is one too many; a key that was counted is not one more."""
    uses = consent.fetched(source)
    if fetch_key is not None and any(use.fetch_key == fetch_key for use in uses):
        return False
    return _is_spent(consent, uses, now)


def _is_spent(consent: Consent, uses: tuple[Fetched, ...], now: datetime) -> bool:
    detail = consent.artefact.detail
    if detail.fetch_type is FetchType.ONETIME:
        return bool(uses)
    if detail.frequency.unit is None:
        return False
    start, _ = calendar_window(now, detail.frequency.unit)
    return sum(use.at >= start for use in uses) >= detail.frequency.value


def _all_served(offers: _Offers, wanted: Wanted, reason: Reason) -> bool:
    sources, record_types = wanted.sources, wanted.record_types
    if reason in _BEFORE_KINDS:
        sources = record_types = None
    places = {_place(offer) for offer in offers}
    asked = product(wanted.parties or (None,), sources or (None,), record_types or (None,))
    return all(any(_answers(place, need) for place in places) for need in asked)


def _answers(place: tuple[str, str, str], need: tuple[str | None, str | None, str | None]) -> bool:
    return all(want in (None, have) for have, want in zip(place, need, strict=True))


def _wants(asked: tuple[str, ...] | None, name: str) -> bool:
    return asked is None or name in asked


def _place(offer: _Offer) -> tuple[str, str, str]:
    return offer.consent.artefact.party, offer.source, offer.record_type


def _cover(ranges: list[DateRange], wanted: DateRange) -> bool:
    """Walk the ranges in order; adjacent days leave no gap."""
    reached = wanted.first - _DAY
    for span in sorted(ranges):
        if span.first > reached + _DAY:
            break
        reached = max(reached, span.last)
    return reached >= wanted.last


def _life_end(offer: _Offer, wanted: Wanted, now: datetime) -> datetime | None:
    """A fetch begins a life, but fetching again under a counted key lives no longer than the first time."""
    if wanted.use is Use.PROCESS:
        return offer.consent.life_end(offer.source)
    again = (use.at for use in offer.consent.fetched(offer.source) if use.fetch_key == wanted.fetch_key)
    return offer.consent.life_end(offer.source, next(again, now))


def _allowed(offers: _Offers, wanted: Wanted, now: datetime) -> tuple[Allowed, ...]:
    groups: dict[tuple[str, str, str], _Offers] = {}
    for offer in offers:
        groups.setdefault((offer.consent.artefact.party, offer.source, offer.consent.id), []).append(offer)
    return tuple(
        Allowed(
            consent=group[0].consent,
            source=group[0].source,
            record_types=tuple(sorted(offer.record_type for offer in group)),
            life_end=_life_end(group[0], wanted, now),
        )
        for _, group in sorted(groups.items())
    )
