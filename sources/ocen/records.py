"""What a clean OCEN message is: who answered, and what was asked for, offered, granted, paid and still owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, cast

from kit.fields import LARGEST_PAISE
from kit.markers import OneOf, Whole
from kit.recorded import (
    Day,
    MaybeDay,
    MaybePaise,
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
from sources.ocen._statuses import APPLICATION_STATUSES, LOAN_STATUSES

METHODS = ("UPI", "EMANDATE_UPI", "NETBANKING", "ENACH", "DEBIT_CARD", "ELIEN", "ANY")

MaybeCount = Annotated[int | None, Whole(minimum=0, maximum=LARGEST_PAISE)]
ApplicationStatus = Annotated[str, OneOf(*APPLICATION_STATUSES)]
MaybeApplicationStatus = Annotated[str | None, OneOf(*APPLICATION_STATUSES)]
LoanStatus = Annotated[str, OneOf(*LOAN_STATUSES)]
MaybeLoanStatus = Annotated[str | None, OneOf(*LOAN_STATUSES)]
MaybeDirection = Annotated[str | None, OneOf("CREDIT", "DEBIT")]
MaybeUnit = Annotated[str | None, OneOf("MONTH", "DAY", "YEAR")]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who answered for whom, and for which days; no days means that nothing is held there."""

    id: RecordId
    kind: Annotated[str, OneOf("envelope")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    version: MaybeWords
    agent: MaybeWords
    sent_at: datetime | None
    name: MaybeWords
    pan: MaybeWords
    gstin: MaybeWords
    udyam: MaybeWords
    covered_from: MaybeDay
    covered_to: MaybeDay
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Application:
    """A loan application as it entered one of its states; reason is told when it was refused."""

    id: RecordId
    kind: Annotated[str, OneOf("application")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    application: Words
    status: ApplicationStatus
    requested_paise: MaybePaise
    name: MaybeWords
    pan: MaybeWords
    gstin: MaybeWords
    udyam: MaybeWords
    reason: MaybeWords
    description: MaybeWords
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offer:
    """The terms a lender offered for an application; rates are in hundredths of a percent a year."""

    id: RecordId
    kind: Annotated[str, OneOf("offer")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    application: Words
    status: ApplicationStatus
    offer: Words
    requested_paise: MaybePaise
    sanctioned_paise: Paise
    net_paise: MaybePaise
    interest_paise: MaybePaise
    repayable_paise: MaybePaise
    fees_paise: MaybePaise
    rate_bps: MaybeCount
    yearly_cost_bps: MaybeCount
    tenure_n: MaybeCount
    tenure_unit: MaybeUnit
    valid_till: MaybeDay
    description: MaybeWords
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a loan is to be repaid, as the mandate for it was set up."""

    id: RecordId
    kind: Annotated[str, OneOf("plan")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    application: Words
    status: ApplicationStatus
    plan: Words
    method: Annotated[str | None, OneOf(*METHODS)]
    instalments_n: MaybeCount
    frequency: Annotated[str | None, OneOf("MONTHLY", "WEEKLY", "QUARTERLY", "HALF_YEARLY", "YEARLY")]
    total_paise: Paise
    principal_paise: MaybePaise
    interest_paise: MaybePaise
    starts_on: MaybeDay
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """The account a loan is to be paid into."""

    id: RecordId
    kind: Annotated[str, OneOf("account")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    application: Words
    status: ApplicationStatus
    masked_number: MaybeWords
    ifsc: MaybeWords
    holder: MaybeWords
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as it was granted."""

    id: RecordId
    kind: Annotated[str, OneOf("loan")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    application: Words
    status: ApplicationStatus
    loan: Words
    sanctioned_paise: Paise
    net_paise: MaybePaise
    repayable_paise: MaybePaise
    starts_on: MaybeDay
    ends_on: MaybeDay
    pan: MaybeWords
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Payment:
    """A disbursal or an attempt to collect an instalment; direction is None where no money moved."""

    id: RecordId
    kind: Annotated[str, OneOf("payment")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    loan: Words
    application: MaybeWords
    status: MaybeApplicationStatus
    loan_status: MaybeLoanStatus
    payment: Words
    outcome: Annotated[str, OneOf("SUCCESS", "FAILURE", "PENDING_AUTH")]
    method: Annotated[str | None, OneOf(*METHODS)]
    instalment_no: MaybeCount
    reference: MaybeWords
    description: MaybeWords
    direction: MaybeDirection
    amount_paise: Paise
    principal_paise: MaybePaise
    interest_paise: MaybePaise
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One line of a loan's statement: CREDIT is money to the business; the balance is what is still to be paid."""

    id: RecordId
    kind: Annotated[str, OneOf("transaction")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime | None
    lender: MaybeWords
    loan: Words
    loan_status: MaybeLoanStatus
    narration: MaybeWords
    reference: Words
    direction: Annotated[str, OneOf("CREDIT", "DEBIT")]
    amount_paise: Paise
    balance_paise: MaybePaise
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Summary:
    """How a loan stood on the evening of a day."""

    id: RecordId
    kind: Annotated[str, OneOf("summary")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    lender: MaybeWords
    loan: Words
    loan_status: LoanStatus
    starts_on: MaybeDay
    ends_on: MaybeDay
    disbursed_paise: Paise
    repaid_paise: Paise
    principal_paid_paise: Paise
    interest_paid_paise: Paise
    penalty_paid_paise: MaybePaise
    principal_pending_paise: Paise
    interest_pending_paise: Paise
    next_paise: MaybePaise
    next_on: MaybeDay
    description: MaybeWords
    extra: Mapping[str, str]


OcenRecord = Envelope | Application | Offer | Plan | Account | Loan | Payment | Transaction | Summary
KINDS: Mapping[str, type] = {
    "account": Account,
    "application": Application,
    "envelope": Envelope,
    "loan": Loan,
    "offer": Offer,
    "payment": Payment,
    "plan": Plan,
    "summary": Summary,
    "transaction": Transaction,
}
_DAYS = frozenset({"on", "covered_from", "covered_to", "starts_on", "ends_on", "valid_till", "next_on"})
_MOMENTS = frozenset({"at", "sent_at"})
_FIELDS = {kind: tuple(field.name for field in fields(made)) for kind, made in KINDS.items()}


def read(document: Mapping[str, object]) -> OcenRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    kind = str(document["kind"])
    values = (_value(name, document[name]) for name in _FIELDS[kind])
    return cast("OcenRecord", KINDS[kind](*values))


def _value(name: str, told: object) -> object:
    if name == "raw":
        return raw_ref(told)
    if name in _DAYS:
        return day_of(told)
    return moment_of(told) if name in _MOMENTS else told
