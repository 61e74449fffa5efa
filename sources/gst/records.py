"""What a clean GST line is: who the taxpayer is, which return was filed, and every row of sales, purchases and summaries.

Amounts are paise; extra keeps as JSON text, by its path in the line, whatever has no field of its own and is not nothing. on is the document's own day where it has one, else the day the return was filed; period is the last
month of what the return tells of, as 2025-04. What account aggregators carry lacks the GSTIN and the rates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple, TypeVar, cast

from kit.markers import OneOf, Text, Whole
from kit.recorded import (
    Day,
    Graded,
    MaybeDay,
    MaybeSignedPaise,
    MaybeWords,
    PartyId,
    RecordId,
    SignedPaise,
    Words,
    day_of,
    moment_of,
    raw_ref,
)
from kit.source import RawRef

FORMS = ("GSTR1", "IFF", "GSTR3B", "GSTR2A", "GSTR2B", "CMP08", "GSTR4")
SECTIONS = (
    "b2b",
    "b2ba",
    "b2cl",
    "b2cla",
    "b2cs",
    "b2csa",
    "cdnr",
    "cdnra",
    "cdnur",
    "cdnura",
    "exp",
    "expa",
    "at",
    "ata",
    "txpd",
    "txpda",
    "nil",
    "hsn",
    "hsn_b2b",
    "hsn_b2c",
    "doc_issue",
    "supeco",
)

INWARD_SECTIONS = ("b2b", "b2ba", "cdn", "cdna", "cdnr", "cdnra", "isd", "isda", "impg", "impgsez")

Aside = Mapping[str, str]
Period = Annotated[str, Text(pattern="[0-9]{4}-(0[1-9]|1[0-2])")]
MaybeBps = Annotated[int | None, Whole(minimum=0, maximum=10_000)]
Form = Annotated[str, OneOf(*FORMS)]


class Heads(NamedTuple):
    """The four heads of tax."""

    igst_paise: SignedPaise
    cgst_paise: SignedPaise
    sgst_paise: SignedPaise
    cess_paise: SignedPaise


class Line(NamedTuple):
    """One item of a document, or the one amount a row stands for."""

    rate_bps: MaybeBps
    taxable_paise: SignedPaise
    tax: Heads


class Row(NamedTuple):
    """One line of a table of GSTR-3B: the table's name in the form, its kind or place, value and tax."""

    table: Words
    name: MaybeWords
    taxable_paise: SignedPaise
    tax: Heads


class Told(NamedTuple):
    """One return of the taxpayer's schedule; no day means that it was not filed."""

    form: Words
    period: Period
    filed_on: MaybeDay


@dataclass(frozen=True, slots=True)
class Profile:
    """One envelope: the registration a provider answered for, the days covered, and the returns of those days."""

    id: RecordId
    kind: Annotated[str, OneOf("profile")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    gstin: MaybeWords
    masked_gstin: MaybeWords
    gstin_grade: Graded
    legal_name: MaybeWords
    trade_name: MaybeWords
    constitution: MaybeWords
    taxpayer_type: MaybeWords
    status: MaybeWords
    registered_on: MaybeDay
    covered_from: MaybeDay
    covered_to: MaybeDay
    sent_at: datetime | None
    schedule: tuple[Told, ...]
    extra: Aside


@dataclass(frozen=True, slots=True)
class Filing:
    """One return that was filed, or a statement that was made."""

    id: RecordId
    kind: Annotated[str, OneOf("filing")]
    party: PartyId
    on: Day
    raw: RawRef
    form: Form
    period: Period
    gstin: MaybeWords
    status: MaybeWords
    reference: MaybeWords
    frequency: MaybeWords
    extra: Aside


@dataclass(frozen=True, slots=True)
class Outward:
    """One document or row of GSTR-1; what a section does not know is None, paise of credit notes are positive."""

    id: RecordId
    kind: Annotated[str, OneOf("outward")]
    party: PartyId
    on: Day
    raw: RawRef
    form: Form
    period: Period
    filed_on: Day
    section: Annotated[str, OneOf(*SECTIONS)]
    counterparty: MaybeWords
    number: MaybeWords
    place: MaybeWords
    type: MaybeWords
    is_reverse_charge: bool | None
    amends_number: MaybeWords
    amends_on: MaybeDay
    value_paise: MaybeSignedPaise
    lines: tuple[Line, ...]
    hsn: MaybeWords
    title: MaybeWords
    quantity_hundredths: MaybeSignedPaise
    papers_n: Annotated[int | None, Whole(minimum=0)]
    extra: Aside


@dataclass(frozen=True, slots=True)
class Inward:
    """One purchase as its supplier told of it."""

    id: RecordId
    kind: Annotated[str, OneOf("inward")]
    party: PartyId
    on: Day
    raw: RawRef
    form: Form
    period: Period
    section: Annotated[str, OneOf(*INWARD_SECTIONS)]
    made_on: MaybeDay
    supplier: MaybeWords
    supplier_name: MaybeWords
    supplier_filed_on: MaybeDay
    supplier_period: Annotated[str | None, Text(pattern="[0-9]{4}-(0[1-9]|1[0-2])")]
    number: Words
    place: MaybeWords
    type: MaybeWords
    is_reverse_charge: bool | None
    is_available: bool | None
    value_paise: MaybeSignedPaise
    lines: tuple[Line, ...]
    extra: Aside


@dataclass(frozen=True, slots=True)
class Return3b:
    """One GSTR-3B: supplies, credit, and how the tax payable was paid."""

    id: RecordId
    kind: Annotated[str, OneOf("return3b")]
    party: PartyId
    on: Day
    raw: RawRef
    form: Form
    period: Period
    taxable_paise: SignedPaise
    outward: Heads
    zero_rated_paise: SignedPaise
    exempt_paise: SignedPaise
    credit_available: Heads
    credit_reversed: Heads
    credit_net: Heads
    payable: Heads
    by_credit: Heads
    by_cash: Heads
    interest: Heads
    late_fee_paise: SignedPaise
    rows: tuple[Row, ...]
    extra: Aside


@dataclass(frozen=True, slots=True)
class Composition:
    """One statement or yearly return of a composition taxpayer."""

    id: RecordId
    kind: Annotated[str, OneOf("composition")]
    party: PartyId
    on: Day
    raw: RawRef
    form: Form
    period: Period
    turnover_paise: SignedPaise
    tax: Heads
    inward_paise: SignedPaise
    inward_tax: Heads
    interest_paise: SignedPaise
    extra: Aside


GstRecord = Profile | Filing | Outward | Inward | Return3b | Composition
KINDS: Mapping[str, type] = {
    "profile": Profile,
    "filing": Filing,
    "outward": Outward,
    "inward": Inward,
    "return3b": Return3b,
    "composition": Composition,
}
_DAYS = (
    "on",
    "registered_on",
    "covered_from",
    "covered_to",
    "filed_on",
    "made_on",
    "supplier_filed_on",
    "amends_on",
)
_HEADS = (
    "outward",
    "credit_available",
    "credit_reversed",
    "credit_net",
    "payable",
    "by_credit",
    "by_cash",
    "interest",
    "tax",
    "inward_tax",
)
Fields = dict[str, object]
One = TypeVar("One")


def read(document: Mapping[str, object]) -> GstRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    fields: Fields = dict(document)
    fields["raw"] = raw_ref(document["raw"])
    for name in _DAYS:
        if name in fields:
            fields[name] = day_of(fields[name])
    for name in _HEADS:
        if name in fields:
            fields[name] = _heads(cast("Fields", fields[name]))
    if "lines" in fields:
        fields["lines"] = _all(fields["lines"], _line)
    if "rows" in fields:
        fields["rows"] = _all(fields["rows"], _row)
    if "schedule" in fields:
        fields["schedule"] = _all(fields["schedule"], _told)
        fields["sent_at"] = moment_of(fields["sent_at"])
    made: GstRecord = KINDS[str(document["kind"])](**fields)
    return made


def _all(value: object, read_one: Callable[[Fields], One]) -> tuple[One, ...]:
    return tuple(read_one(one) for one in cast("list[Fields]", value))


def _heads(fields: Fields) -> Heads:
    return Heads._make(cast("int", fields[name]) for name in Heads._fields)


def _line(fields: Fields) -> Line:
    tax = _heads(cast("Fields", fields["tax"]))
    return Line(cast("int | None", fields["rate_bps"]), cast("int", fields["taxable_paise"]), tax)


def _row(fields: Fields) -> Row:
    name = cast("str | None", fields["name"])
    return Row(
        str(fields["table"]),
        name,
        cast("int", fields["taxable_paise"]),
        _heads(cast("Fields", fields["tax"])),
    )


def _told(fields: Fields) -> Told:
    return Told(str(fields["form"]), str(fields["period"]), day_of(fields["filed_on"]))
