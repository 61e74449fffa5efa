"""What a clean bank line is: a statement for each envelope, a transaction for each movement of money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NamedTuple, TypedDict, cast

from kit.markers import OneOf, Text
from kit.recorded import (
    Day,
    Graded,
    MaybeDay,
    MaybeSignedPaise,
    MaybeWords,
    Paise,
    PartyId,
    RawText,
    Words,
    day_of,
    moment_of,
    raw_ref,
)
from kit.source import RawRef

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


class Holder(NamedTuple):
    """One person or firm an account stands for; the PAN is graded, not judged."""

    name: MaybeWords
    pan: MaybeWords
    pan_grade: Graded
    born_on: MaybeDay
    mobile: MaybeWords
    email: MaybeWords
    landline: MaybeWords
    address: MaybeWords
    nominee: Annotated[str | None, OneOf("REGISTERED", "NOT_REGISTERED")]
    ckyc: Annotated[str, OneOf("YES", "NO", "NO_DATA_AVAILABLE")]


class Pending(NamedTuple):
    """One movement the bank had not posted yet."""

    direction: Annotated[str | None, OneOf("CREDIT", "DEBIT", "UNKNOWN")]
    amount_paise: MaybeSignedPaise


class Held(NamedTuple):
    """One account as the bank summed it up, and the days the delivery covers; no days means nobody knows.

    The balance is the one the bank stated, with the bank's sign. What it did not say, or said in no word that is known, is None.
    """

    account: Words
    masked_number: MaybeWords
    version: MaybeWords
    holding: Annotated[str | None, OneOf("SINGLE", "JOINT")]
    account_type: Annotated[str | None, OneOf("REGULAR", "NRE", "NRO", "RFC")]
    sub_type: Annotated[str | None, OneOf("SAVINGS", "CURRENT")]
    facility: Annotated[str | None, OneOf("OVERDRAFT", "CASH_CREDIT", "NO_FACILITY_GRANTED")]
    status: Annotated[str | None, OneOf("ACTIVE", "INACTIVE")]
    ifsc: MaybeWords
    micr: MaybeWords
    branch: MaybeWords
    currency: MaybeWords
    exchange_rate: MaybeWords
    opened_on: MaybeDay
    balance_paise: MaybeSignedPaise
    balance_at: datetime | None
    pending: tuple[Pending, ...]
    limit_paise: MaybeSignedPaise
    drawable_paise: MaybeSignedPaise
    covered_from: MaybeDay
    covered_to: MaybeDay
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One envelope: the accounts a provider answered for, up to the last day it covers."""

    id: RecordId
    kind: Annotated[str, OneOf("statement")]
    party: PartyId
    on: MaybeDay
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
    amount_paise: Paise
    balance_paise: MaybeSignedPaise
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

    def on_channel(self, channel: str) -> Transaction:
        """Give the same transaction with its channel; dataclasses.replace would cost three times as much."""
        return Transaction(
            self.id,
            self.kind,
            self.party,
            self.on,
            self.raw,
            self.account,
            self.at,
            self.direction,
            self.mode,
            self.amount_paise,
            self.balance_paise,
            self.value_on,
            self.narration,
            self.reference,
            self.txn_id,
            self.extra,
            channel,
        )


class _TransactionText(TypedDict):
    id: str
    party: str
    on: str
    raw: RawText
    account: str
    at: str
    direction: str
    mode: str
    amount_paise: int
    balance_paise: int | None
    value_on: str | None
    narration: str | None
    reference: str | None
    txn_id: str | None
    extra: dict[str, str]


class _StatementText(TypedDict):
    id: str
    party: str
    on: str | None
    raw: RawText
    fip: str | None
    version: str | None
    sent_at: str | None
    accounts: list[dict[str, object]]
    extra: dict[str, str]


BankRecord = Statement | Transaction
KINDS: Mapping[str, type] = {"statement": Statement, "transaction": Transaction}


def read(document: Mapping[str, object]) -> BankRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    if document["kind"] == "statement":
        return _statement(cast("_StatementText", document))
    return _transaction(cast("_TransactionText", document))


def _transaction(text: _TransactionText) -> Transaction:
    return Transaction(
        text["id"],
        "transaction",
        text["party"],
        date.fromisoformat(text["on"]),
        raw_ref(text["raw"]),
        text["account"],
        datetime.fromisoformat(text["at"]),
        text["direction"],
        text["mode"],
        text["amount_paise"],
        text["balance_paise"],
        day_of(text["value_on"]),
        text["narration"],
        text["reference"],
        text["txn_id"],
        text["extra"],
    )


def _statement(text: _StatementText) -> Statement:
    return Statement(
        id=text["id"],
        kind="statement",
        party=text["party"],
        on=day_of(text["on"]),
        raw=raw_ref(text["raw"]),
        fip=text["fip"],
        version=text["version"],
        sent_at=moment_of(text["sent_at"]),
        accounts=tuple(map(_held, text["accounts"])),
        extra=text["extra"],
    )


def _held(fields: dict[str, object]) -> Held:
    days = {name: day_of(fields[name]) for name in ("opened_on", "covered_from", "covered_to")}
    holders = cast("list[dict[str, object]]", fields["holders"])
    waiting = cast("list[dict[str, object]]", fields["pending"])
    known = {**fields, **days, "holders": tuple(map(_holder, holders))}
    known |= {"balance_at": moment_of(fields["balance_at"]), "pending": tuple(map(_pending, waiting))}
    return Held._make(known[name] for name in Held._fields)


def _pending(fields: dict[str, object]) -> Pending:
    return Pending._make(fields[name] for name in Pending._fields)


def _holder(fields: dict[str, object]) -> Holder:
    known = {**fields, "born_on": day_of(fields["born_on"])}
    return Holder._make(known[name] for name in Holder._fields)
