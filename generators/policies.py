"""What a policy is: whose, against what, with its premiums, terms and benefits as they are planned, not as they were paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from generators.trade import Rail


class Kind(StrEnum):
    """What a policy covers."""

    TERM_LIFE = "TERM_LIFE"
    ENDOWMENT = "ENDOWMENT"
    MONEYBACK = "MONEYBACK"
    CREDIT_LIFE = "CREDIT_LIFE"
    KEYMAN = "KEYMAN"
    FAMILY_HEALTH = "FAMILY_HEALTH"
    SHOPKEEPER = "SHOPKEEPER"
    SOOKSHMA = "SOOKSHMA"
    LAGHU = "LAGHU"
    VEHICLE = "VEHICLE"


LIFE = frozenset({Kind.TERM_LIFE, Kind.ENDOWMENT, Kind.MONEYBACK, Kind.CREDIT_LIFE, Kind.KEYMAN})
SAVING = frozenset({Kind.ENDOWMENT, Kind.MONEYBACK})
PERSONAL = frozenset({Kind.TERM_LIFE, Kind.ENDOWMENT, Kind.MONEYBACK, Kind.CREDIT_LIFE, Kind.FAMILY_HEALTH})


class Frequency(StrEnum):
    """How often a premium falls due."""

    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    HALF_YEARLY = "HALF_YEARLY"
    YEARLY = "YEARLY"
    ONE_TIME = "ONE_TIME"


STEP_MONTHS = {
    Frequency.MONTHLY: 1,
    Frequency.QUARTERLY: 3,
    Frequency.HALF_YEARLY: 6,
    Frequency.YEARLY: 12,
    Frequency.ONE_TIME: 12,
}


class Benefit(StrEnum):
    """Why an insurer pays."""

    CLAIM = "CLAIM"
    MONEY_BACK = "MONEY_BACK"
    MATURITY = "MATURITY"
    SURRENDER = "SURRENDER"


class Premium(NamedTuple):
    """One instalment; without a document it moves nothing in the world: paid before its first day, or (planned_on None) never."""

    due_on: date
    planned_on: date | None
    document: str
    net_paise: int
    gst_paise: int
    late_paise: int

    @property
    def paise(self) -> int:
        """Premium with tax, without the fee for lateness, which is paid beside it."""
        return self.net_paise + self.gst_paise

    @property
    def late_document(self) -> str:
        """Name the fee paid beside a premium that comes too late."""
        return f"{self.document}-LATE"


class Term(NamedTuple):
    """One period of cover; premiums counts the instalments before it and those of it."""

    number: int
    first: date
    last: date
    sum_paise: int
    before_n: int
    premiums_n: int


class Payout(NamedTuple):
    """Money an insurer pays, under the term of that number."""

    on: date
    document: str
    term: int
    benefit: Benefit
    paise: int


class Bonus(NamedTuple):
    """An addition to the sum of a policy that is in force on its day; no money moves."""

    on: date
    paise: int


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as it is planned: whose it is, what it covers, what falls due and what it brings."""

    id: str
    kind: Kind
    party: str
    account: str
    insurer: str
    is_old_form: bool
    number: str
    begins_on: date
    ends_on: date | None
    frequency: Frequency
    rail: Rail
    grace_days: int
    parts_ppm: tuple[tuple[str, int], ...]
    assigned_to: str
    paid_up_years: int
    surrender_percent: tuple[int, ...]
    premiums_before_n: int
    premiums: tuple[Premium, ...]
    terms: tuple[Term, ...]
    payouts: tuple[Payout, ...]
    bonuses: tuple[Bonus, ...]
