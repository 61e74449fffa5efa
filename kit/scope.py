"""A Scope is the right to read one customer for one purpose; only consent/grants.py makes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from kit.canonical import sha256_hex
from kit.ident import CustomerId


class DateRange(NamedTuple):
    """Civil days in India, both ends included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Say whether the day lies inside."""
        return self.first <= day <= self.last


class DataFilter(NamedTuple):
    """One ReBIT DataFilter: TRANSACTIONTYPE or TRANSACTIONAMOUNT, compared with a value."""

    type: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Grant:
    """What one active consent gives for one party and one source."""

    party: str
    source: str
    consent_id: str
    channel: str
    record_types: tuple[str, ...]
    range: DateRange
    filters: tuple[DataFilter, ...]
    life_end: datetime | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The right itself: several grants for one party and source are a union."""

    customer: CustomerId
    purpose: int
    as_of: datetime
    grants: tuple[Grant, ...]

    def sources(self) -> tuple[str, ...]:
        """Name the sources in scope, sorted."""
        return tuple(sorted({grant.source for grant in self.grants}))

    def of_source(self, source: str) -> tuple[Grant, ...]:
        """List the grants that cover one source."""
        return tuple(grant for grant in self.grants if grant.source == source)

    def consent_ids(self) -> frozenset[str]:
        """Collect the consents this right rests on."""
        return frozenset(grant.consent_id for grant in self.grants)

    def fingerprint(self, source: str) -> str:
        """Hash what is granted for a source, ids left out, so that a renewed consent changes nothing."""
        rows = sorted(
            [
                grant.party,
                *sorted(grant.record_types),
                grant.range.first.isoformat(),
                grant.range.last.isoformat(),
                *(f"{rule.type}{rule.operator}{rule.value}" for rule in sorted(grant.filters)),
            ]
            for grant in self.of_source(source)
        )
        return sha256_hex(rows)
