"""A Scope is the right to read one customer for one purpose; only consent/grants.py makes one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from kit.canonical import sha256_hex
from kit.ident import CustomerId

if TYPE_CHECKING:
    from decimal import Decimal


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

    def passes(self, direction: str, amount_paise: int) -> bool:
        """Say whether a movement of money is among what was agreed to; amounts are compared in rupees."""
        if self.type == "TRANSACTIONTYPE":
            return (direction == self.value.strip().upper()) is (self.operator == "=")
        from decimal import Decimal

        return _COMPARED[self.operator](Decimal(amount_paise), Decimal(self.value) * 100)


class Grant(NamedTuple):
    """What one active consent gives for one party and one source."""

    party: str
    source: str
    consent_id: str
    channel: str
    record_types: tuple[str, ...]
    range: DateRange
    filters: tuple[DataFilter, ...]
    life_end: datetime | None


class Scope(NamedTuple):
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

    def narrowed_to(self, grant: Grant) -> Scope:
        """Keep one grant only; a right can be narrowed anywhere and widened nowhere."""
        return self._replace(grants=tuple(mine for mine in self.grants if mine == grant))

    def rows(self, *sources: str) -> tuple[tuple[str, ...], ...]:
        """Write what is granted for sources as text, ids left out, so that a renewed consent changes nothing."""
        return tuple(sorted({_row(grant) for source in sources for grant in self.of_source(source)}))

    def fingerprint(self, *sources: str) -> str:
        """Hash what is granted for sources."""
        return sha256_hex(self.rows(*sources))

    def holds(self, rows: Iterable[tuple[str, ...]]) -> bool:
        """Say whether what was granted when something was derived still lies inside this right."""
        mine = self.rows(*self.sources())
        return all(any(_inside(row, outer) for outer in mine) for row in rows)


_COMPARED: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def _row(grant: Grant) -> tuple[str, ...]:
    filters = sorted(f"{rule.type} {rule.operator} {rule.value}" for rule in grant.filters)
    first, last = grant.range.first.isoformat(), grant.range.last.isoformat()
    return (grant.source, grant.party, first, last, ",".join(sorted(grant.record_types)), "&".join(filters))


def _inside(row: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Fewer types, a shorter range and at least the same filters lie inside; ISO days compare as text."""
    *whose, first, last, types, filters = row
    *outer_whose, outer_first, outer_last, outer_types, outer_filters = outer
    return (
        whose == outer_whose
        and outer_first <= first
        and last <= outer_last
        and set(types.split(",")) <= set(outer_types.split(","))
        and set(filter(None, outer_filters.split("&"))) <= set(filters.split("&"))
    )
