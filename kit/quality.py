"""What a quality rule is: which dimension it speaks of, what it counts, and which days an answer vouches for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Generic, NamedTuple, TypeVar

from kit.source import RawRef, Record


class Dimension(StrEnum):
    """The six ways in which a delivery can fall short."""

    COMPLETENESS = "COMPLETENESS"
    VALIDITY = "VALIDITY"
    UNIQUENESS = "UNIQUENESS"
    CONSISTENCY = "CONSISTENCY"
    TIMELINESS = "TIMELINESS"
    REFERENTIAL = "REFERENTIAL"


class Severity(StrEnum):
    """How much a broken rule matters, the least first."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """Give its place, the least first."""
        return list(Severity).index(self)


class Tally(NamedTuple):
    """How many were looked at, how many of them fall short, and where the first one stands in the raw."""

    checked: int
    failed: int
    first: RawRef | None = None


class Covered(NamedTuple):
    """Days an answer vouches for, by party and account; a source without accounts leaves the account empty."""

    party: str
    account: str
    first: date
    last: date


RecordT = TypeVar("RecordT", bound=Record)
RecordT_contra = TypeVar("RecordT_contra", contravariant=True)


class Rule(NamedTuple, Generic[RecordT_contra]):
    """One rule over the clean records of a source; codes are the findings and reasons that break it on the raw side."""

    name: str
    dimension: Dimension
    about: str
    check: Callable[[Sequence[RecordT_contra]], Tally]
    codes: frozenset[str] = frozenset()


def tally(records: Iterable[RecordT], falls_short: Callable[[RecordT], bool]) -> Tally:
    """Look at every record and remember the first that falls short."""
    checked = failed = 0
    first = None
    for record in records:
        checked += 1
        if falls_short(record):
            failed += 1
            first = first or record.raw
    return Tally(checked, failed, first)


def together(parts: Iterable[Tally]) -> Tally:
    """Add up several counts; the first place is that of the first part that has one."""
    told = list(parts)
    first = next((part.first for part in told if part.first is not None), None)
    return Tally(sum(part.checked for part in told), sum(part.failed for part in told), first)
