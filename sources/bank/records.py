"""What a clean bank line is: a statement for each envelope, a transaction for each movement of money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NamedTuple, cast

from kit.markers import OneOf, Text, Whole
from kit.source import RawRef

LARGEST_PAISE = 2**53 - 1
MODES = (
    "CASH",
    "UPI",
    "IMPS",
    "NEFT",
    "RTGS",
    "CARD",
    "ATM",
    "CHEQUE",
    "DEMAND_DRAFT",
    "AUTO_DEBIT",
    "INTEREST_CREDIT",
    "NACH",
    "ECS",
    "REMITTANCE",
    "OTHERS",
)

RecordId = Annotated[str, Text(pattern="[0-9a-f]{16}(-[0-9]+)?")]
PartyId = Annotated[str, Text(pattern="[A-Z0-9][A-Z0-9_-]{0,39}")]
Day = Annotated[date, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
MaybeDay = Annotated[date | None, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Words = Annotated[str, Text(min_length=1)]
MaybeWords = Annotated[str | None, Text(min_length=1)]
MaybePaise = Annotated[int | None, Whole(minimum=-LARGEST_PAISE, maximum=LARGEST_PAISE)]


class Holder(NamedTuple):
    """One person or firm an account stands for; the PAN is graded, not judged."""

    name: MaybeWords
    pan: MaybeWords
    pan_grade: Annotated[str, OneOf("VALID", "WRONG_CHECK", "MALFORMED", "EMPTY")]
    born_on: MaybeDay
    mobile: MaybeWords
    email: MaybeWords
    address: MaybeWords
    ckyc: Annotated[str, OneOf("YES", "NO", "NO_DATA_AVAILABLE")]


class Held(NamedTuple):
    """One account as the bank summed it up, and the days the delivery covers; no days means nobody knows."""

    account: Words
    masked_number: MaybeWords
    account_type: Annotated[str, OneOf("REGULAR", "NRE", "NRO", "RFC")]
    sub_type: Annotated[str | None, OneOf("SAVINGS", "CURRENT")]
    facility: Annotated[str, OneOf("OVERDRAFT", "CASH_CREDIT", "NO_FACILITY_GRANTED")]
    status: Annotated[str | None, OneOf("ACTIVE", "INACTIVE")]
    ifsc: MaybeWords
    branch: MaybeWords
    currency: MaybeWords
    opened_on: MaybeDay
    balance_paise: MaybePaise
    limit_paise: MaybePaise
    drawable_paise: MaybePaise
    covered_from: MaybeDay
    covered_to: MaybeDay
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One envelope: the accounts a provider answered for; it belongs to no single day."""

    id: RecordId
    kind: Annotated[str, OneOf("statement")]
    party: PartyId
    on: None
    raw: RawRef
    fip: MaybeWords
    version: MaybeWords
    sent_at: datetime | None
    accounts: tuple[Held, ...]
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement on one account; extra keeps unknown fields as JSON text, channel is known after enriching."""

    id: RecordId
    kind: Annotated[str, OneOf("transaction")]
    party: PartyId
    on: Day
    raw: RawRef
    account: Words
    at: datetime
    direction: Annotated[str, OneOf("CREDIT", "DEBIT")]
    mode: Annotated[str, OneOf(*MODES)]
    amount_paise: Annotated[int, Whole(minimum=0, maximum=LARGEST_PAISE)]
    balance_paise: MaybePaise
    value_on: MaybeDay
    narration: MaybeWords
    reference: MaybeWords
    txn_id: MaybeWords
    extra: Mapping[str, str]
    channel: MaybeWords = None

    @property
    def signed_paise(self) -> int:
        """Money in is positive."""
        return self.amount_paise if self.direction == "CREDIT" else -self.amount_paise


BankRecord = Statement | Transaction
KINDS: Mapping[str, type] = {"statement": Statement, "transaction": Transaction}
_Fields = Mapping[str, object]


def read(document: Mapping[str, object]) -> BankRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    raw = RawRef(**cast("dict[str, str]", document["raw"]))  # type: ignore[arg-type]
    if document["kind"] == "statement":
        return _statement(document, raw)
    fields = cast("dict[str, str]", document)
    return Transaction(
        id=fields["id"],
        kind="transaction",
        party=fields["party"],
        on=date.fromisoformat(fields["on"]),
        raw=raw,
        account=fields["account"],
        at=datetime.fromisoformat(fields["at"]),
        direction=fields["direction"],
        mode=fields["mode"],
        amount_paise=cast("int", document["amount_paise"]),
        balance_paise=cast("int | None", document["balance_paise"]),
        value_on=_day(document["value_on"]),
        narration=fields["narration"],
        reference=fields["reference"],
        txn_id=fields["txn_id"],
        extra=cast("dict[str, str]", document["extra"]),
    )


def _statement(document: _Fields, raw: RawRef) -> Statement:
    sent_at = cast("str | None", document["sent_at"])
    return Statement(
        id=str(document["id"]),
        kind="statement",
        party=str(document["party"]),
        on=None,
        raw=raw,
        fip=cast("str | None", document["fip"]),
        version=cast("str | None", document["version"]),
        sent_at=None if sent_at is None else datetime.fromisoformat(sent_at),
        accounts=tuple(_held(account) for account in cast("list[_Fields]", document["accounts"])),
        extra=cast("dict[str, str]", document["extra"]),
    )


def _held(fields: _Fields) -> Held:
    days = {name: _day(fields[name]) for name in ("opened_on", "covered_from", "covered_to")}
    holders = tuple(_holder(holder) for holder in cast("list[_Fields]", fields["holders"]))
    return Held(**cast("dict[str, str]", {**fields, **days, "holders": holders}))  # type: ignore[arg-type]


def _holder(fields: _Fields) -> Holder:
    return Holder(**cast("dict[str, str]", {**fields, "born_on": _day(fields["born_on"])}))  # type: ignore[arg-type]


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))
