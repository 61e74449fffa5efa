"""The working year of branches and cheque clearing, in one region that is named."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from generators.calendar_in import working_year
from kit.shapes import listed, text
from tests.generators.frames import figures

YEAR = working_year(figures()["calendar"])
DAYS = [date(2024, 4, 1) + timedelta(days=n) for n in range((date(2027, 4, 1) - date(2024, 4, 1)).days)]
KNOWN = figures()["calendar"].table("bank_holidays", DAYS[0])
FIXED = {text(one) for one in listed(KNOWN["fixed"])}
MOVING = [date.fromisoformat(text(one)) for one in listed(KNOWN["moving"])]


def test_the_days_of_the_nation_and_the_closing_of_accounts_are_rest() -> None:
    assert {"01-26", "08-15", "10-02", "12-25", "04-01"} <= FIXED
    assert not any(YEAR.is_working(day) for day in DAYS if f"{day:%m-%d}" in FIXED)


def test_sundays_and_second_and_fourth_saturdays_are_rest() -> None:
    for day in DAYS:
        place = (day.day + 6) // 7
        is_rest = day.isoweekday() == 7 or (day.isoweekday() == 6 and place in (2, 4))
        is_listed = day in MOVING or f"{day:%m-%d}" in FIXED
        assert YEAR.is_working(day) is not (is_rest or is_listed)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_each_year_rests_as_often_as_one_region_does(year: int) -> None:
    days = [day for day in DAYS if date(year, 4, 1) <= day < date(year + 1, 4, 1)]
    rested = [day for day in days if not YEAR.is_working(day) and day.isoweekday() < 6]
    assert 14 <= len(rested) <= 22


def test_moving_days_are_in_order_and_none_is_told_twice() -> None:
    assert sorted(set(MOVING)) == MOVING
    assert not [day for day in MOVING if f"{day:%m-%d}" in FIXED or day.isoweekday() == 7]


def test_what_falls_on_a_day_of_rest_moves_to_the_nearest_day_that_is_worked() -> None:
    for day in DAYS:
        later, earlier = YEAR.working_from(day), YEAR.working_until(day)
        assert earlier <= day <= later and YEAR.is_working(earlier) and YEAR.is_working(later)
        between = (earlier + timedelta(days=n) for n in range(1, (later - earlier).days))
        assert not any(map(YEAR.is_working, between))
