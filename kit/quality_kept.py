"""The form of the quality that is kept of a customer, from which its schema is generated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from kit.facts import Count, Day, Sha256, Word, Words
from kit.markers import OneOf, Text, Whole
from kit.quality import Dimension, Severity
from kit.recorded import PartyId

Ppm = Annotated[int, Whole(minimum=0, maximum=1_000_000)]
Paise = Annotated[int, Whole()]
RuleId = Annotated[str, Text(pattern="[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*")]


@dataclass(frozen=True, slots=True)
class Side:
    """What a rule counted on one side; no share where nothing was looked at."""

    checked: Count
    failed: Count
    ppm: Ppm | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a raw line stands."""

    delivery: Words
    line: Annotated[int, Whole(minimum=1)]
    sha: Words


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule against one source: what it counted, what it is held to, and whether it holds, if anything was looked at."""

    about: Words
    blocks: bool
    clean: Side | None
    dimension: Dimension
    first: Place | None
    holds: bool | None
    id: RuleId
    raw: Side | None
    severity: Severity
    side: Annotated[str, OneOf("raw", "clean")]
    source: Word
    threshold_ppm: Ppm


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one fate, and the paise of those that name an amount."""

    count: Count
    paise: Paise


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the deliveries hold; before cleaning nobody knows of paise."""

    count: Count
    deliveries: Count
    paise: Paise | None
    without_amount: Count | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What became of all lines of a source; raw is the sum of the three others."""

    clean: Part
    deduplicated: Part
    quarantined: Part
    raw: Arrived
    raw_yield_paise_ppm: int | None
    raw_yield_ppm: Ppm | None
    reasons: Mapping[str, int]
    repairs: Mapping[str, int]
    state: Annotated[str, OneOf("CLEANED", "NOT_CLEANED", "NOT_DELIVERED")]


@dataclass(frozen=True, slots=True)
class MonthHeld:
    """One month of one account: of the days consent covers, how many an answer vouches for."""

    days_asked: Count
    days_received: Count
    month: Annotated[str, Text(pattern="[0-9]{4}-(0[1-9]|1[0-2])")]
    state: Annotated[str, OneOf("RECEIVED", "MISSING", "FAILED", "OUT_OF_CONSENT")]


@dataclass(frozen=True, slots=True)
class AccountMonths:
    """The months of one account of a party; where nothing is held there the row is empty."""

    account: Words | None
    is_empty: bool
    months: tuple[MonthHeld, ...]
    party: PartyId
    source: Word
    states: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many rules hold, are broken, block, or found nothing to look at."""

    blocking: Count
    broken: Count
    held: Count
    nothing_to_hold: Count


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of all sources of one customer and purpose."""

    as_of: Day
    code: Sha256
    coverage: tuple[AccountMonths, ...]
    customer_id: PartyId
    purpose: Annotated[int, Whole(minimum=1, maximum=999)]
    rules: tuple[Judged, ...]
    sources: Mapping[str, Sums]
    verdict: Verdict
