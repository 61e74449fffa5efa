"""Which months of which account arrived: received, missing, failed or out of consent, never silently partial."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import sources
from kit.period import Month, month_of, months_between
from kit.quality import Covered
from kit.scope import DateRange, Scope
from kit.source import Record

Days = list[tuple[int, int]]


class State(StrEnum):
    """The four states of a month; the days asked for decide, not the whole month."""

    RECEIVED = "RECEIVED"
    MISSING = "MISSING"
    FAILED = "FAILED"
    OUT_OF_CONSENT = "OUT_OF_CONSENT"


class Cell(NamedTuple):
    """One month of one account: of the days consent covers, how many an answer vouches for."""

    month: Month
    state: State
    days_asked: int
    days_received: int


class Row(NamedTuple):
    """The months of one account of a party; a source without accounts has one row for each party.

    An answer that vouches for no day and holds no record says that nothing is held there: its row is empty.
    """

    source: str
    party: str
    account: str
    cells: tuple[Cell, ...]
    is_empty: bool


class Answer(NamedTuple):
    """What arrived of one source: the days it vouches for, the parties of whom an answer could not be read or holds nothing."""

    covered: tuple[Covered, ...]
    failed: frozenset[str]
    empty: frozenset[str]


def covered_days(source: str, records: Sequence[Record]) -> tuple[Covered, ...]:
    """Ask the source which days its answers vouch for; one that has no say names them on its own records."""
    told = sources.covered(source, records)
    return tuple(_stated(records) if told is None else told)


def _stated(records: Iterable[Record]) -> Iterator[Covered]:
    for record in records:
        first, last = getattr(record, "covered_from", None), getattr(record, "covered_to", None)
        if isinstance(first, date) and isinstance(last, date):
            yield Covered(record.party, "", first, last)


def horizon(scope: Scope, last: date) -> DateRange:
    """Look at all days any consent covers, up to the last that could be known of."""
    first = min(grant.range.first for grant in scope.grants)
    end = min(max(grant.range.last for grant in scope.grants), last)
    return DateRange(first, max(first, end))


def coverage(scope: Scope, answers: Mapping[str, Answer], seen: DateRange) -> list[Row]:
    """Map every account of every party and source in scope, month by month."""
    rows = []
    for source in scope.sources():
        answer = answers.get(source, Answer((), frozenset(), frozenset()))
        for party in sorted({grant.party for grant in scope.of_source(source)}):
            ranges = [grant.range for grant in scope.of_source(source) if grant.party == party]
            mine = [one for one in answer.covered if one.party == party]
            for account in sorted({one.account for one in mine}) or [""]:
                days = [one for one in mine if one.account == account]
                cells = _cells(seen, ranges, days, party in answer.failed)
                rows.append(Row(source, party, account, cells, party in answer.empty))
    return rows


def _cells(
    seen: DateRange, ranges: Iterable[DateRange], covered: Iterable[Covered], has_failed: bool
) -> tuple[Cell, ...]:
    asked = _merged((days.first, days.last) for days in ranges)
    told = _merged((one.first, one.last) for one in covered)
    both = [
        (max(first, other_first), min(last, other_last))
        for first, last in asked
        for other_first, other_last in told
    ]
    return tuple(
        _cell(month, _within(asked, seen, month), _within(both, seen, month), has_failed)
        for month in months_between(month_of(seen.first), month_of(seen.last))
    )


def _cell(month: Month, asked_n: int, received_n: int, has_failed: bool) -> Cell:
    if asked_n == 0:
        state = State.OUT_OF_CONSENT
    elif received_n == asked_n:
        state = State.RECEIVED
    else:
        state = State.FAILED if has_failed else State.MISSING
    return Cell(month, state, asked_n, received_n)


def _merged(spans: Iterable[tuple[date, date]]) -> Days:
    """Bring days into spans that do not touch, so that no day counts twice; one that ends before it begins has none."""
    merged: Days = []
    for first, last in sorted(
        (first.toordinal(), last.toordinal()) for first, last in spans if first <= last
    ):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def _within(spans: Days, seen: DateRange, month: Month) -> int:
    first = max(month.first_day, seen.first).toordinal()
    last = min(month.last_day, seen.last).toordinal()
    return sum(max(0, min(end, last) - max(begin, first) + 1) for begin, end in spans)
