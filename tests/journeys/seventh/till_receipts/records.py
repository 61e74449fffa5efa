"""What a clean line of a till is: the till itself with the days it covers, or a receipt it printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, TypedDict, cast

from kit.markers import OneOf, Text, Whole
from kit.source import RawRef

TENDERS = ("CASH", "UPI", "CARD", "OTHER")

RecordId = Annotated[str, Text(pattern="[0-9a-f]{16}")]
PartyId = Annotated[str, Text(pattern="[A-Z0-9][A-Z0-9_-]{0,39}")]
Day = Annotated[date, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Words = Annotated[str, Text(min_length=1)]
MaybeWords = Annotated[str | None, Text(min_length=1)]


@dataclass(frozen=True, slots=True)
class Till:
    """One export of a till: whose it is and which days it covers; it belongs to no single day."""

    id: RecordId
    kind: Annotated[str, OneOf("till")]
    party: PartyId
    on: None
    raw: RawRef
    till: Words
    shop: MaybeWords
    pan: MaybeWords
    covered_from: Day
    covered_to: Day


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sale over the counter, on the day the shop counts it to."""

    id: RecordId
    kind: Annotated[str, OneOf("receipt")]
    party: PartyId
    on: Day
    raw: RawRef
    till: Words
    number: Words
    at: datetime
    tender: Annotated[str, OneOf(*TENDERS)]
    amount_paise: Annotated[int, Whole(minimum=0, maximum=2**53 - 1)]
    note: MaybeWords


class _Raw(TypedDict):
    delivery: str
    line: int
    sha: str


class _TillText(TypedDict):
    id: str
    party: str
    raw: _Raw
    till: str
    shop: str | None
    pan: str | None
    covered_from: str
    covered_to: str


class _ReceiptText(TypedDict):
    id: str
    party: str
    on: str
    raw: _Raw
    till: str
    number: str
    at: str
    tender: str
    amount_paise: int
    note: str | None


TillRecord = Till | Receipt
KINDS: Mapping[str, type] = {"receipt": Receipt, "till": Till}


def read(document: Mapping[str, object]) -> TillRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    if document["kind"] == "till":
        return _till(cast("_TillText", document))
    return _receipt(cast("_ReceiptText", document))


def _till(text: _TillText) -> Till:
    return Till(
        id=text["id"],
        kind="till",
        party=text["party"],
        on=None,
        raw=RawRef(**text["raw"]),
        till=text["till"],
        shop=text["shop"],
        pan=text["pan"],
        covered_from=date.fromisoformat(text["covered_from"]),
        covered_to=date.fromisoformat(text["covered_to"]),
    )


def _receipt(text: _ReceiptText) -> Receipt:
    return Receipt(
        id=text["id"],
        kind="receipt",
        party=text["party"],
        on=date.fromisoformat(text["on"]),
        raw=RawRef(**text["raw"]),
        till=text["till"],
        number=text["number"],
        at=datetime.fromisoformat(text["at"]),
        tender=text["tender"],
        amount_paise=text["amount_paise"],
        note=text["note"],
    )
