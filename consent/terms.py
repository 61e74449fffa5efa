"""What the sandbox asks for under each purpose, as data, and the artefacts one order is split into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from consent._store import new_id
from consent.artefact import (
    CONSENT_TYPES,
    INF,
    Artefact,
    Coverage,
    Detail,
    Entity,
    FetchType,
    Mode,
    Moments,
    Purpose,
    Quantity,
)
from kit.config import Consent as ConfiguredConsent
from kit.config import Terms as ConfiguredTerms
from kit.errors import CallerError
from kit.ident import CustomerId, party_id
from kit.period import Unit, ist_day, midnight
from kit.scope import DataFilter, DateRange
from kit.source import Channel, Declaration

DEFAULT_PARTY = "ENTITY"
_CONSUMER = Entity("BAHI-FIU", "FIU")
_AGGREGATOR = Entity("BAHI-AA", "AA")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for under one purpose."""

    text: str
    category: str
    fetch_type: FetchType
    range: Quantity
    expiry: Quantity
    data_life: Quantity
    frequency: Quantity
    mode: Mode = Mode.STORE
    consent_types: tuple[str, ...] = CONSENT_TYPES


# The names of the purposes as ReBIT's table gives them; what is asked for under each is configuration.
PURPOSES: Mapping[int, tuple[str, str]] = {
    101: ("Wealth management service", "Personal Finance"),
    102: ("Customer spending patterns, budget or other reportings", "Personal Finance"),
    103: ("Aggregated statement", "Financial Reporting"),
    104: ("Explicit consent to monitor the accounts", "Account Query and Monitoring"),
    105: ("Explicit one-time consent for accessing the accounts", "Account Query and Monitoring"),
}


def terms_on(configured: ConfiguredConsent, day: date) -> Mapping[int, Terms]:
    """Read what is asked for under each purpose on a day."""
    return {code: _configured(configured.terms_for(code, day), words) for code, words in PURPOSES.items()}


def _configured(said: ConfiguredTerms, words: tuple[str, str]) -> Terms:
    text, category = words
    return Terms(
        text=text,
        category=category,
        fetch_type=FetchType(said.fetch_type),
        range=Quantity(Unit(said.range_unit), said.range_value),
        expiry=Quantity(Unit(said.expiry_unit), said.expiry_value),
        data_life=_quantity(said.data_life_unit, said.data_life_value),
        frequency=_quantity(said.frequency_unit, said.frequency_value),
        consent_types=said.consent_types,
    )


def _quantity(unit: str, value: int) -> Quantity:
    return INF if unit == "INF" else Quantity(Unit(unit), value)


class Party(NamedTuple):
    """Whose data is asked for; a kind, when given, must be one the source holds data of."""

    id: str = DEFAULT_PARTY
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class GrantOrder:
    """A request as the caller words it; what is left out is filled from the sources and the purpose's terms."""

    customer: CustomerId
    purpose: int = 103
    sources: tuple[str, ...] | None = None
    parties: tuple[Party, ...] = (Party(),)
    channel: Channel | None = None
    first: date | None = None
    last: date | None = None
    filters: tuple[DataFilter, ...] = ()
    terms: Terms | None = None


def split(
    order: GrantOrder, declarations: Mapping[str, Declaration], terms: Mapping[int, Terms]
) -> tuple[Need, ...]:
    """Split an order into one need per party and channel; a party that no source fits is an error."""
    sources = _declared(order, declarations)
    found: dict[tuple[str, Channel], list[Declaration]] = {}
    for party in order.parties:
        fitting = [source for source in sources if party.kind is None or party.kind in source.party_kinds]
        if not fitting:
            raise _no_source_for(party)
        for source in fitting:
            found.setdefault((party_id(party.id), _channel(source, order.channel)), []).append(source)
    asked = order.terms or _terms(order.purpose, terms)
    return tuple(Need(party, channel, tuple(group), asked) for (party, channel), group in found.items())


class Need(NamedTuple):
    """What one party is asked for over one channel."""

    party: str
    channel: Channel
    sources: tuple[Declaration, ...]
    terms: Terms


def artefact_for(order: GrantOrder, need: Need, now: datetime) -> Artefact:
    """Word the artefact of one need, unsigned."""
    covers = tuple(Coverage(source.name, _record_types(source, need)) for source in need.sources)
    return draft_for(order, need, now)._replace(covers=covers)


def draft_for(order: GrantOrder, need: Need, now: datetime) -> Artefact:
    """Word what would be asked for, which as yet opens nothing."""
    return Artefact(
        id=new_id(),
        customer=order.customer,
        party=need.party,
        channel=need.channel,
        covers=(),
        detail=_detail(order, need, now),
        handle=new_id(),
        txnid=new_id(),
        created_at=now,
        signed_consent="",
    )


def _detail(order: GrantOrder, need: Need, now: datetime) -> Detail:
    terms = need.terms
    days = _days(order, terms.range, ist_day(now))
    return Detail(
        start=now,
        expiry=terms.expiry.end_from(now),
        mode=terms.mode,
        fetch_type=terms.fetch_type,
        consent_types=terms.consent_types,
        fi_types=tuple(dict.fromkeys(kind for source in need.sources for kind in source.fi_types)),
        consumer=_CONSUMER,
        provider=_AGGREGATOR,
        customer_vua=f"{order.customer}.{need.party}@bahi-aa".lower(),
        identifiers=(),
        purpose=_purpose(order.purpose, terms),
        range=Moments(midnight(days.first), midnight(days.last + _DAY) - timedelta(milliseconds=1)),
        data_life=terms.data_life,
        frequency=terms.frequency,
        filters=order.filters,
        accounts=(),
    )


def _purpose(code: int, terms: Terms) -> Purpose:
    return Purpose(code, f"https://api.rebit.org.in/aa/purpose/{code}.xml", terms.text, terms.category)


def _days(order: GrantOrder, most: Quantity, today: date) -> DateRange:
    last = order.last or today - _DAY  # Today is not over, so no provider can answer for all of it.
    return DateRange(order.first or _earliest(last, most), last)


def _earliest(last: date, most: Quantity) -> date:
    """Find the first day from which a whole quantity reaches the evening of last: 28 February needs a longer way."""
    evening = midnight(last + _DAY)
    first = ist_day(Quantity(most.unit, -most.value).end_from(evening))
    while most.end_from(midnight(first)) < evening:
        first += _DAY
    return first


def _record_types(source: Declaration, need: Need) -> tuple[str, ...]:
    """Open every record type under all three consent types; under fewer, only types that bear such a name."""
    asked = set(need.terms.consent_types)
    if need.channel is not Channel.AA or asked >= set(CONSENT_TYPES):
        return source.record_types
    named = tuple(kind for kind in source.record_types if {kind.upper(), kind.upper() + "S"} & asked)
    if not named:
        raise CallerError(
            "CONSENT_TYPES_TOO_NARROW",
            f"None of the record types of {source.name} is covered by {', '.join(sorted(asked))} alone.",
            hint="Ask under a purpose that allows PROFILE, SUMMARY and TRANSACTIONS, such as 103.",
        )
    return named


def _declared(order: GrantOrder, declarations: Mapping[str, Declaration]) -> Sequence[Declaration]:
    """Look up what is named; nothing named means every source that travels by the channel asked for."""
    if order.sources is None:
        return _all_carried(order.channel, declarations)
    if not order.sources or any(name not in declarations for name in order.sources):
        raise CallerError(
            "SOURCE_UNKNOWN",
            "A source that was named is not known." if order.sources else "No source was named.",
            hint=f"Known sources: {', '.join(sorted(declarations))}.",
            place="sources",
        )
    return [declarations[name] for name in dict.fromkeys(order.sources)]


def _all_carried(channel: Channel | None, declarations: Mapping[str, Declaration]) -> list[Declaration]:
    found = [source for source in declarations.values() if channel in (None, *source.channels)]
    if not found:
        offered = sorted({str(one) for source in declarations.values() for one in source.channels})
        raise CallerError(
            "CHANNEL_NOT_OFFERED",
            f"No source travels by {channel}.",
            hint=f"Leave --channel out, or use one of {', '.join(offered)}.",
        )
    return found


def _channel(source: Declaration, asked: Channel | None) -> Channel:
    if asked is None:
        return source.channels[0]
    if asked in source.channels:
        return asked
    offered = ", ".join(source.channels)
    if asked is Channel.AA:
        raise CallerError(
            "FI_TYPE_NOT_ON_AA",
            f"The source {source.name} does not travel by Account Aggregator.",
            hint=f"Leave --channel out, or use one of {offered} for {source.name}.",
        )
    raise CallerError(
        "CHANNEL_NOT_OFFERED",
        f"The source {source.name} does not travel by {asked}.",
        hint=f"Leave --channel out, or use one of {offered} for {source.name}.",
    )


def _terms(purpose: int, known: Mapping[int, Terms]) -> Terms:
    terms = known.get(purpose)
    if terms is None:
        codes = ", ".join(str(code) for code in sorted(known))
        raise CallerError(
            "PURPOSE_UNKNOWN", f"Purpose {purpose} is not known.", hint=f"Known purposes: {codes}."
        )
    return terms


def _no_source_for(party: Party) -> CallerError:
    return CallerError(
        "PARTY_KIND_MISMATCH",
        f"None of the sources holds data of a party of kind {party.kind!r:.40}.",
        hint="Leave the kind out, or name sources that hold data of such a party.",
    )
