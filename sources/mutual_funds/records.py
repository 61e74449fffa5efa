"""What a clean fund line is: an envelope, a holding of one scheme, a transaction in it, a systematic plan.

Units are thousandths of a unit, a NAV is ten-thousandths of a rupee; both are whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Annotated, NamedTuple, cast

from kit.markers import OneOf, Text, Whole
from kit.source import RawRef

LARGEST = 2**53 - 1
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
FREQUENCIES = ("DAILY", "WEEKLY", "FORTNIGHTLY", "MONTHLY", "QUARTERLY", "HALF_YEARLY", "YEARLY", "OTHERS")
GRADES = ("VALID", "WRONG_CHECK", "MALFORMED", "EMPTY")

RecordId = Annotated[str, Text(pattern="[0-9a-f]{16}")]
PartyId = Annotated[str, Text(pattern="[A-Z0-9][A-Z0-9_-]{0,39}")]
Day = Annotated[date, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
MaybeDay = Annotated[date | None, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Words = Annotated[str, Text(min_length=1)]
MaybeWords = Annotated[str | None, Text(min_length=1)]
Paise = Annotated[int, Whole(minimum=0, maximum=LARGEST)]
MaybePaise = Annotated[int | None, Whole(minimum=-LARGEST, maximum=LARGEST)]
Scaled = Annotated[int, Whole(minimum=0, maximum=LARGEST)]
MaybeScaled = Annotated[int | None, Whole(minimum=0, maximum=LARGEST)]
MaybeCount = Annotated[int | None, Whole(minimum=0, maximum=100_000)]
Grade = Annotated[str, OneOf(*GRADES)]


class Holder(NamedTuple):
    """The person a folio stands for; the PAN is graded, not judged."""

    name: MaybeWords
    pan: MaybeWords
    pan_grade: Grade
    born_on: MaybeDay
    mobile: MaybeWords
    email: MaybeWords
    address: MaybeWords


class Folio(NamedTuple):
    """One folio as the registrar summed it up."""

    account: Words
    masked_folio: MaybeWords
    cost_paise: MaybePaise
    value_paise: MaybePaise
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
    isin_grade: Grade
    scheme: MaybeWords
    house: MaybeWords
    registrar: MaybeWords
    scheme_code: MaybeWords
    amfi_code: MaybeWords
    option: Annotated[str | None, OneOf(*OPTIONS)]
    scheme_type: Annotated[str | None, OneOf(*SCHEME_TYPES)]
    category: MaybeWords
    closing_units_1000: Scaled
    lien_units_1000: MaybeScaled
    locked_units_1000: MaybeScaled
    nav_10000: MaybeScaled
    nav_on: Day
    cost_paise: MaybePaise
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
    holder: MaybeWords
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
    value_paise: MaybePaise
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
        raw = cast("dict[str, object]", value)
        return RawRef(str(raw["delivery"]), cast("int", raw["line"]), str(raw["sha"]))
    if name == "folios":
        return tuple(map(_folio, cast("list[dict[str, object]]", value)))
    if isinstance(value, str) and name in _DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if isinstance(value, str) and name == "sent_at" else value


def _folio(told: dict[str, object]) -> Folio:
    holders = tuple(map(_holder, cast("list[dict[str, object]]", told["holders"])))
    return Folio._make({**told, "holders": holders}[name] for name in Folio._fields)


def _holder(told: dict[str, object]) -> Holder:
    born_on = told["born_on"]
    known = {**told, "born_on": date.fromisoformat(born_on) if isinstance(born_on, str) else None}
    return Holder._make(known[name] for name in Holder._fields)
