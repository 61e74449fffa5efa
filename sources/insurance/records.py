"""What a clean insurance line is: an envelope, a policy as it stood on the day of the answer, a movement on a policy."""

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
from sources.insurance._words import COVER_TYPES, FORMS, FREQUENCIES, MOVEMENTS, PLANS, STATUSES

Extra = Mapping[str, str]
MaybeCount = Annotated[int | None, Whole(minimum=0, maximum=LARGEST_PAISE)]


class Holder(NamedTuple):
    """Who holds a policy; the PAN is graded, not judged."""

    name: MaybeWords
    pan: MaybeWords
    pan_grade: Graded
    born_on: MaybeDay
    mobile: MaybeWords
    email: MaybeWords
    address: MaybeWords


class Part(NamedTuple):
    """One cover or rider of a policy, with the sum it stands for."""

    name: MaybeWords
    sum_paise: MaybePaise


class MoneyBack(NamedTuple):
    """One payment a policy promises on a day."""

    on: MaybeDay
    paise: MaybePaise
    name: MaybeWords


@dataclass(frozen=True, slots=True)
class Envelope:
    """One answer: who gave it, about whom, and for which days; no days means nothing is held there."""

    id: RecordId
    kind: Annotated[str, OneOf("envelope")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    provider: MaybeWords
    version: MaybeWords
    sent_at: datetime | None
    covered_from: MaybeDay
    covered_to: MaybeDay
    name: MaybeWords
    pan: MaybeWords
    pan_grade: Graded
    extra: Extra


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy; it has no day of its own, for it stands as of the answer, and the older family tells no status."""

    id: RecordId
    kind: Annotated[str, OneOf("policy")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    account: Words
    form: Annotated[str, OneOf(*FORMS)]
    masked_number: MaybeWords
    number: MaybeWords
    insurer: MaybeWords
    name: MaybeWords
    plan: Annotated[str | None, OneOf(*PLANS)]
    cover_type: Annotated[str | None, OneOf(*COVER_TYPES)]
    status: Annotated[str | None, OneOf(*STATUSES)]
    frequency: Annotated[str | None, OneOf(*FREQUENCIES)]
    sum_paise: Paise
    premium_paise: MaybePaise
    surrender_paise: MaybePaise
    value_paise: MaybePaise
    starts_on: MaybeDay
    ends_on: MaybeDay
    next_due_on: MaybeDay
    matures_on: MaybeDay
    assignment: Annotated[str | None, OneOf("YES", "NO")]
    tenure_months_n: MaybeCount
    paying_months_n: MaybeCount
    cover_paise: MaybePaise
    maturity_paise: MaybePaise
    uin: MaybeWords
    repository_number: MaybeWords
    description: MaybeWords
    loan_status: MaybeWords
    exclusions: MaybeWords
    money_backs: tuple[MoneyBack, ...]
    clauses: tuple[Part, ...]
    covers: tuple[Part, ...]
    riders: tuple[Part, ...]
    holders: tuple[Holder, ...]
    extra: Extra


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement on a policy; direction is that of the money, seen from the insured, and none for a bonus."""

    id: RecordId
    kind: Annotated[str, OneOf("transaction")]
    party: PartyId
    on: Day
    raw: RawRef
    account: Words
    txn_id: MaybeWords
    type: Annotated[str, OneOf(*MOVEMENTS)]
    direction: Annotated[str | None, OneOf("CREDIT", "DEBIT")]
    amount_paise: Paise
    narration: MaybeWords
    extra: Extra


InsuranceRecord = Envelope | Policy | Transaction
KINDS: Mapping[str, type] = {"envelope": Envelope, "policy": Policy, "transaction": Transaction}
_DAYS = ("on", "covered_from", "covered_to", "starts_on", "ends_on", "next_due_on", "matures_on")


def read(document: Mapping[str, object]) -> InsuranceRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    made = KINDS[str(document["kind"])]
    told = {field.name: _value(field.name, document[field.name]) for field in fields(made)}
    return cast("InsuranceRecord", made(**told))


def _value(name: str, value: object) -> object:
    if name == "raw":
        return raw_ref(value)
    if name in ("covers", "riders", "clauses"):
        return _parts(value)
    if name == "money_backs":
        return tuple(map(_money_back, _listed(value)))
    if name == "holders":
        return tuple(map(_holder, _listed(value)))
    if name == "sent_at":
        return moment_of(value)
    return day_of(value) if name in _DAYS else value


def _listed(value: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", value)


def _parts(value: object) -> tuple[Part, ...]:
    return tuple(Part._make(one[name] for name in Part._fields) for one in _listed(value))


def _money_back(told: dict[str, object]) -> MoneyBack:
    known = {**told, "on": day_of(told["on"])}
    return MoneyBack._make(known[name] for name in MoneyBack._fields)


def _holder(told: dict[str, object]) -> Holder:
    known = {**told, "born_on": day_of(told["born_on"])}
    return Holder._make(known[name] for name in Holder._fields)
