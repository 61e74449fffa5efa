"""Which days the statements vouch for: a day counts when every account of the business is covered on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from kit.facts import Coverage, Span
from kit.period import month_of, months_between
from sources.bank.records import BankRecord, Held, Statement

AccountKey = tuple[str, str]


def accounts_of(records: Sequence[BankRecord]) -> dict[AccountKey, list[Held]]:
    """Map each account to what statements say of it; an account only lines speak of has an empty list."""
    found: dict[AccountKey, list[Held]] = {}
    for record in records:
        if isinstance(record, Statement):
            for held in record.accounts:
                found.setdefault((record.party, held.account), []).append(held)
        elif (record.party, record.account) not in found:
            found[record.party, record.account] = []
    return found


def coverage_of(records: Sequence[BankRecord], span: Span, months: int) -> Coverage:
    """Count the full months and the days of a window on which nothing is missing."""
    window = range(span.first.toordinal(), span.last.toordinal() + 1)
    held_of = accounts_of(records)
    covered = set(window) if held_of else set()
    for held in held_of.values():
        covered &= _days(held, window)
    return Coverage(
        months_needed=months,
        months_full=sum(
            covered.issuperset(range(month.first_day.toordinal(), month.last_day.toordinal() + 1))
            for month in months_between(month_of(span.first), month_of(span.last))
        ),
        days_received=len(covered),
        days_window=len(window),
    )


def _days(statements: Iterable[Held], window: range) -> set[int]:
    """Before an account was opened there is nothing to miss."""
    days: set[int] = set()
    for held in statements:
        days |= _between(held.covered_from, held.covered_to, window)
        if held.opened_on is not None and held.covered_from is not None:
            days |= _between(date.min, held.opened_on, window)
    return days


def _between(first: date | None, last: date | None, window: range) -> set[int]:
    if first is None or last is None:
        return set()
    return set(range(max(first.toordinal(), window.start), min(last.toordinal() + 1, window.stop)))
