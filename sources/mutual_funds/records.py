"""What a clean fund line is: an envelope, a holding of one scheme, a transaction in it, a systematic plan.

Units are thousandths of a unit, a NAV is ten-thousandths of a rupee; both are whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, NamedTuple, cast

from kit.fields import LARGEST_PAISE
from kit.markers import OneOf, Whole
from kit.recorded import (
    Day,
    Graded,
    MaybeDay,
    MaybeSignedPaise,
    MaybeWords,
    Paise,
    PartyId,
    RecordId,
    Words,
    day_of,
    moment_of,
    raw_ref,
)
from kit.source import RawRef

TYPES = ("BUY", "SELL", "OTHERS")
PLANS = ("DIRECT", "REGULAR")
OPTIONS = ("REINVEST", "PAYOUT", "GROWTH_TYPE")
SCHEME_TYPES = (
    "EQUITY_SCHEMES",
    "DEBT_SCHEMES",
    "HYBRID_SCHEMES",
    "SOLUTION_ORIENTED_SCHEMES",
    "OTHER_SCHEMES",
)
MODES = ("DEMAT", "PHYSICAL")
FUND_TYPES = ("EQUITY", "DEBT", "HYBRID", "SOLUTION_ORIENTED_SCHEMES", "OTHERS")
FREQUENCIES = ("DAILY", "WEEKLY", "FORTNIGHTLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY", "OTHERS")

Scaled = Annotated[int, Whole(minimum=0, maximum=LARGEST_PAISE)]
MaybeScaled = Annotated[int | None, Whole(minimum=0, maximum=LARGEST_PAISE)]
MaybeMode = Annotated[str | None, OneOf(*MODES)]
MaybeCount = Annotated[int | None, Whole(minimum=0, maximum=100_000)]


class Holder(NamedTuple):
    """The person a folio stands for; the PAN is graded, not judged."""

    name: MaybeWords
    pan: MaybeWords
    pan_grade: Graded
    born_on: MaybeDay
    mobile: MaybeWords
    email: MaybeWords
    address: MaybeWords


class Folio(NamedTuple):
    """One folio as the registrar summed it up."""

    account: Words
    masked_folio: MaybeWords
    masked_demat: MaybeWords
    cost_paise: MaybeSignedPaise
    value_paise: MaybeSignedPaise
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who answered for which folios and days; no days mean that nobody knows."""

    id: RecordId
    kind: Annotated[str, OneOf("envelope")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    fip: MaybeWords
    version: MaybeWords
    sent_at: datetime | None
    covered_from: MaybeDay
    covered_to: MaybeDay
    folios: tuple[Folio, ...]
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holding:
    """One scheme in one folio on the last day asked for; it has no day of its own, its NAV has."""

    id: RecordId
    kind: Annotated[str, OneOf("holding")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    account: MaybeWords
    folio: Words
    isin: Words
    isin_grade: Graded
    scheme: MaybeWords
    house: MaybeWords
    registrar: MaybeWords
    scheme_code: MaybeWords
    amfi_code: MaybeWords
    option: Annotated[str | None, OneOf(*OPTIONS)]
    scheme_type: Annotated[str | None, OneOf(*SCHEME_TYPES)]
    category: MaybeWords
    dividend_type: MaybeWords
    mode: MaybeMode
    units_1000: MaybeScaled
    rate_10000: MaybeScaled
    closing_units_1000: Scaled
    lien_units_1000: MaybeScaled
    locked_units_1000: MaybeScaled
    nav_10000: MaybeScaled
    nav_on: Day
    cost_paise: MaybeSignedPaise
    value_paise: Paise
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One order carried out; direction says how money moved, where it did."""

    id: RecordId
    kind: Annotated[str, OneOf("transaction")]
    party: PartyId
    on: Day
    raw: RawRef
    account: MaybeWords
    folio: Words
    isin: Words
    isin_grade: Graded
    txn_id: Words
    type: Annotated[str, OneOf(*TYPES)]
    direction: Annotated[str | None, OneOf("CREDIT", "DEBIT")]
    amount_paise: Paise
    units_1000: MaybeScaled
    closing_units_1000: MaybeScaled
    lien_units_1000: MaybeScaled
    nav_10000: MaybeScaled
    nav_on: MaybeDay
    ordered_on: MaybeDay
    scheme_code: MaybeWords
    amfi_code: MaybeWords
    plan: Annotated[str | None, OneOf(*PLANS)]
    scheme_type: Annotated[str | None, OneOf(*SCHEME_TYPES)]
    category: MaybeWords
    fund_type: Annotated[str | None, OneOf(*FUND_TYPES)]
    option: Annotated[str | None, OneOf(*OPTIONS)]
    house: MaybeWords
    registrar: MaybeWords
    mode: MaybeMode
    lock: Annotated[str | None, OneOf("YES", "NO")]
    lock_days: MaybeCount
    narration: MaybeWords
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sip:
    """One systematic plan as it stands on the last day asked for; ceased_on is None while it goes on."""

    id: RecordId
    kind: Annotated[str, OneOf("sip")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    account: MaybeWords
    folio: Words
    isin: Words
    isin_grade: Graded
    holder: MaybeWords
    scheme: MaybeWords
    house: MaybeWords
    registrar: MaybeWords
    dividend_type: MaybeWords
    instalment_paise: Paise
    frequency: Annotated[str | None, OneOf(*FREQUENCIES)]
    instalment_day: Annotated[int | None, Whole(minimum=1, maximum=31)]
    complete_n: MaybeCount
    pending_n: MaybeCount
    last_on: MaybeDay
    next_on: MaybeDay
    created_on: Day
    ceased_on: MaybeDay
    units_1000: MaybeScaled
    nav_10000: MaybeScaled
    value_paise: MaybeSignedPaise
    scheme_code: MaybeWords
    amfi_code: MaybeWords
    extra: Mapping[str, str]


FundRecord = Envelope | Holding | Transaction | Sip
KINDS: Mapping[str, type] = {
    "envelope": Envelope,
    "holding": Holding,
    "transaction": Transaction,
    "sip": Sip,
}
_DAYS = frozenset(
    {
        "on",
        "covered_from",
        "covered_to",
        "nav_on",
        "ordered_on",
        "last_on",
        "next_on",
        "created_on",
        "ceased_on",
    }
)


def read(document: Mapping[str, object]) -> FundRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    made = KINDS[str(document["kind"])]
    told = {field.name: _value(field.name, document[field.name]) for field in fields(made)}
    return cast("FundRecord", made(**told))


def _value(name: str, value: object) -> object:
    if name == "raw":
        return raw_ref(value)
    if name == "folios":
        return tuple(map(_folio, cast("list[dict[str, object]]", value)))
    if name in _DAYS:
        return day_of(value)
    return moment_of(value) if name == "sent_at" else value


def _folio(told: dict[str, object]) -> Folio:
    holders = tuple(map(_holder, cast("list[dict[str, object]]", told["holders"])))
    return Folio._make({**told, "holders": holders}[name] for name in Folio._fields)


def _holder(told: dict[str, object]) -> Holder:
    known = {**told, "born_on": day_of(told["born_on"])}
    return Holder._make(known[name] for name in Holder._fields)
