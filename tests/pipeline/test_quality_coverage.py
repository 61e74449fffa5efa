"""The map of months equals a count of single days, whatever the gaps."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import pytest

from kit.ident import customer_id
from kit.period import month_of, months_between
from kit.quality import Covered
from kit.scope import DateRange, Grant, Scope
from pipeline.quality.coverage import Answer, Row, State, coverage, horizon

FIRST = date(2025, 1, 10)
DAYS_N = 500
ACCOUNTS = ("A1", "A2", "")
PARTIES = ("ENTITY", "PARTNER-1")


def grant(party: str, first: date, last: date) -> Grant:
    return Grant(party, "till", "c", "AA", ("slip",), DateRange(first, last), (), None)


def spans(chance: Random, most: int) -> list[tuple[date, date]]:
    """Draw spans that overlap, touch, lie apart, or end before they begin."""
    drawn = []
    for _ in range(chance.randrange(most + 1)):
        begin = FIRST + timedelta(days=chance.randrange(DAYS_N))
        drawn.append((begin, begin + timedelta(days=chance.randrange(-5, 120))))
    return drawn


def brute(row: Row, scope: Scope, answer: Answer, seen: DateRange) -> list[tuple[State, int, int]]:
    """Look at every day by itself."""
    told = []
    for month in months_between(month_of(seen.first), month_of(seen.last)):
        asked = received = 0
        day = month.first_day
        while day <= month.last_day:
            wanted = seen.holds(day) and any(
                one.range.holds(day) for one in scope.grants if one.party == row.party
            )
            asked += wanted
            received += wanted and any(
                one.first <= day <= one.last
                for one in answer.covered
                if (one.party, one.account) == (row.party, row.account)
            )
            day += timedelta(days=1)
        state = State.OUT_OF_CONSENT
        if asked:
            short = State.FAILED if row.party in answer.failed else State.MISSING
            state = State.RECEIVED if received == asked else short
        told.append((state, asked, received))
    return told


@pytest.mark.parametrize("seed", range(60))
def test_the_map_is_what_a_count_of_days_gives(seed: int) -> None:
    chance = Random(seed)
    granted = [
        grant(party, first, max(first, last))
        for party in PARTIES
        for first, last in spans(chance, 3) or [(FIRST, FIRST)]
    ]
    scope = Scope(customer_id("C1"), 103, datetime.fromisoformat("2026-11-01T00:00:00+05:30"), tuple(granted))
    covered = tuple(
        Covered(party, account, first, last)
        for party in PARTIES
        for account in ACCOUNTS[: chance.randrange(1, 4)]
        for first, last in spans(chance, 6)
    )
    failed = frozenset(party for party in PARTIES if chance.random() < 0.3)
    answer = Answer(covered, failed, frozenset())
    seen = horizon(scope, FIRST + timedelta(days=chance.randrange(DAYS_N)))
    rows = coverage(scope, {"till": answer}, seen)
    assert {row.party for row in rows} == set(PARTIES), f"seed {seed}"
    for row in rows:
        cells = [(cell.state, cell.days_asked, cell.days_received) for cell in row.cells]
        assert cells == brute(row, scope, answer, seen), f"seed {seed}"


def test_a_source_that_never_answered_misses_every_month_asked_for() -> None:
    scope = Scope(
        customer_id("C1"),
        103,
        datetime.fromisoformat("2026-11-01T00:00:00+05:30"),
        (grant("ENTITY", date(2026, 1, 15), date(2026, 3, 31)),),
    )
    (row,) = coverage(scope, {}, DateRange(date(2025, 12, 1), date(2026, 3, 31)))
    states = [(cell.state, cell.days_asked) for cell in row.cells]
    missing = [(State.MISSING, days_n) for days_n in (17, 28, 31)]
    assert states == [(State.OUT_OF_CONSENT, 0), *missing]


def test_days_beyond_what_could_be_known_are_not_asked_for() -> None:
    scope = Scope(
        customer_id("C1"),
        103,
        datetime.fromisoformat("2026-11-01T00:00:00+05:30"),
        (grant("ENTITY", date(2026, 1, 1), date(2030, 12, 31)),),
    )
    seen = horizon(scope, date(2026, 2, 10))
    assert seen == DateRange(date(2026, 1, 1), date(2026, 2, 10))
    covered = (Covered("ENTITY", "", date(2026, 1, 1), date(2026, 2, 10)),)
    (row,) = coverage(scope, {"till": Answer(covered, frozenset(), frozenset())}, seen)
    assert [cell.days_asked for cell in row.cells] == [31, 10]
    assert {cell.state for cell in row.cells} == {State.RECEIVED}
