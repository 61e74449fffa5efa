from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import period
from kit.errors import CallerError
from kit.period import IST, FixedClock, Month, SystemClock, Unit

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
zones = st.sampled_from([UTC, IST, timezone(-timedelta(hours=8))])
moments = st.builds(datetime.combine, days, st.times(), zones)


def test_half_past_six_in_the_evening_utc_is_midnight_in_india() -> None:
    midnight = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    assert period.ist_day(midnight) == date(2026, 4, 1)
    assert period.ist_day(midnight - timedelta(microseconds=1)) == date(2026, 3, 31)
    assert period.midnight(date(2026, 4, 1)) == midnight


@given(days)
def test_a_day_begins_at_its_midnight(day: date) -> None:
    assert period.ist_day(period.midnight(day)) == day
    assert period.ist_day(period.midnight(day) - timedelta(microseconds=1)) == day - timedelta(days=1)


def test_a_moment_without_a_zone_is_a_bug() -> None:
    naive = datetime(2026, 4, 1, tzinfo=UTC).replace(tzinfo=None)
    for act in (period.ist_day, period.isoformat_ist, period.isoformat_utc, FixedClock):
        with pytest.raises(ValueError, match="zone"):
            act(naive)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-04-01", datetime(2026, 3, 31, 18, 30, tzinfo=UTC)),
        ("2026-04-01T10:30", datetime(2026, 4, 1, 5, 0, tzinfo=UTC)),
        ("2026-04-01T10:30:00Z", datetime(2026, 4, 1, 10, 30, tzinfo=UTC)),
        ("2026-04-01T10:30:00+05:30", datetime(2026, 4, 1, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_can_be_set_from_outside(text: str, expected: datetime) -> None:
    assert period.clock_from({"BAHI_CLOCK": text}).now() == expected


@pytest.mark.parametrize(
    "text", ["tomorrow", "01-04-2026", "2026-13-01", "\x00", " ", "0001-01-01", "9" * 200]
)
def test_a_clock_that_cannot_be_read_is_the_callers_error(text: str) -> None:
    with pytest.raises(CallerError) as refused:
        period.clock_from({"BAHI_CLOCK": text})
    assert refused.value.code == "CLOCK_UNREADABLE" and refused.value.hint
    assert text not in refused.value.message or text == " "


def test_without_a_setting_the_clock_is_the_machines() -> None:
    for environ in ({}, {"BAHI_CLOCK": ""}):
        clock = period.clock_from(environ)
        assert isinstance(clock, SystemClock)
        assert clock.now().utcoffset() == timedelta(0)


def test_a_fixed_clock_moves_only_by_hand() -> None:
    clock = FixedClock(datetime(2026, 4, 1, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.at += timedelta(days=1)
    assert clock.now() == datetime(2026, 4, 2, tzinfo=UTC)


@given(days)
def test_a_strict_day_round_trips(day: date) -> None:
    assert period.parse_day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text",
    ["", "20260401", "2026-4-1", "2026-W14-3", "2026-04-01\n", "2026-04-01T00:00:00",
     "\u0968\u0966\u0968\u0966-04-01", "../../etc"],
)  # fmt: skip
def test_anything_but_a_strict_day_is_refused(text: str) -> None:
    with pytest.raises(CallerError, match="YYYY-MM-DD"):
        period.parse_day(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1899-12-31", "outside the years 1900 to 2199"),
        ("2200-01-01", "outside the years 1900 to 2199"),
        ("0001-01-01", "outside the years 1900 to 2199"),
        ("2026-02-29", "does not exist"),
        ("2026-13-01", "does not exist"),
    ],
)
def test_a_well_written_day_is_refused_for_its_own_reason(text: str, fault: str) -> None:
    with pytest.raises(CallerError, match=fault) as caught:
        period.parse_day(text)
    assert caught.value.code == "DAY_UNREADABLE"


@given(days)
def test_a_month_holds_exactly_its_days(day: date) -> None:
    month = period.month_of(day)
    assert month.first_day <= day <= month.last_day
    assert month.last_day + timedelta(days=1) == month.next.first_day
    assert month.next.prev == month
    assert str(month) == day.isoformat()[:7]


@given(days, st.integers(-600, 600))
def test_months_add_up(day: date, n: int) -> None:
    month = period.month_of(day)
    assert month.plus(n).plus(-n) == month
    assert len(period.months_between(month, month.plus(n))) == max(0, n + 1)


@given(days, st.integers(-900, 900))
def test_full_months_are_those_that_a_count_of_days_finds(first: date, span: int) -> None:
    last = first + timedelta(days=span)
    inside = {first + timedelta(days=i) for i in range(span + 1)}
    expected = []
    month = period.month_of(first)
    while month <= period.month_of(last):
        n = (month.last_day - month.first_day).days + 1
        if {month.first_day + timedelta(days=i) for i in range(n)} <= inside:
            expected.append(month)
        month = month.next
    assert list(period.full_months(first, last)) == expected


def test_a_month_is_full_on_the_evening_of_its_last_day() -> None:
    assert period.last_full_months(date(2026, 3, 31), 1) == (date(2026, 3, 1), date(2026, 3, 31))
    assert period.last_full_months(date(2026, 3, 30), 1) == (date(2026, 2, 1), date(2026, 2, 28))
    assert period.last_full_months(date(2026, 1, 15), 12) == (date(2025, 1, 1), date(2025, 12, 31))


@given(days, st.integers(1, 36))
def test_the_last_full_months_are_full_and_end_at_most_a_month_ago(as_of: date, n: int) -> None:
    first, last = period.last_full_months(as_of, n)
    assert len(period.full_months(first, last)) == n
    assert timedelta(0) <= as_of - last < timedelta(days=31)


def test_the_financial_year_turns_with_april() -> None:
    assert period.fy_of(date(2026, 3, 31)) == "2025-26"
    assert period.fy_of(date(2026, 4, 1)) == "2026-27"
    assert period.fy_of(date(1999, 12, 31)) == "1999-00"
    assert period.fy_of(date(2100, 1, 1)) == "2099-00"


@given(days)
def test_a_day_lies_in_its_financial_year(day: date) -> None:
    first, last = period.fy_days(period.fy_of(day))
    assert first <= day <= last
    assert len(period.full_months(first, last)) == 12


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(1900, 1, 31), 1, date(1900, 2, 28)),
    ],
)
def test_months_are_added_on_leap_days_and_month_ends(day: date, n: int, expected: date) -> None:
    assert period.add_months(day, n) == expected


@given(moments, st.sampled_from(Unit))
def test_a_calendar_window_holds_its_moment_and_touches_the_next(moment: datetime, unit: Unit) -> None:
    start, end = period.calendar_window(moment, unit)
    assert start <= moment < end
    assert period.calendar_window(start, unit) == (start, end)
    assert period.calendar_window(end, unit)[0] == end
    assert period.calendar_window(end - timedelta(microseconds=1), unit) == (start, end)
    assert start.utcoffset() == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        (Unit.HOUR, "2026-03-31T18:30:00+00:00", "2026-03-31T19:30:00+00:00"),
        (Unit.DAY, "2026-03-31T18:30:00+00:00", "2026-04-01T18:30:00+00:00"),
        (Unit.MONTH, "2026-03-31T18:30:00+00:00", "2026-04-30T18:30:00+00:00"),
        (Unit.YEAR, "2025-12-31T18:30:00+00:00", "2026-12-31T18:30:00+00:00"),
    ],
)
def test_windows_turn_at_indian_midnight(unit: Unit, start: str, end: str) -> None:
    found = period.calendar_window(datetime(2026, 3, 31, 18, 30, tzinfo=UTC), unit)
    assert [moment.astimezone(UTC).isoformat() for moment in found] == [start, end]


def test_spans_follow_the_indian_calendar() -> None:
    leap = datetime(2024, 2, 29, 0, 15, tzinfo=IST)
    assert period.add_span(leap, Unit.YEAR, 1) == datetime(2025, 2, 28, 0, 15, tzinfo=IST)
    # In UTC this is still the 28th: the Indian day decides.
    assert period.add_span(leap.astimezone(UTC), Unit.MONTH, 1) == datetime(2024, 3, 29, 0, 15, tzinfo=IST)
    assert period.add_span(leap, Unit.DAY, 1) == datetime(2024, 3, 1, 0, 15, tzinfo=IST)
    assert period.add_span(leap, Unit.HOUR, -1) == datetime(2024, 2, 28, 23, 15, tzinfo=IST)


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("value", [10**12, -(10**12), 10**30])
def test_a_span_off_the_calendar_is_the_callers_error(unit: Unit, value: int) -> None:
    with pytest.raises(CallerError, match="calendar"):
        period.add_span(datetime(2026, 4, 1, tzinfo=IST), unit, value)


@given(moments, moments)
def test_written_moments_round_trip_and_sort_as_text(one: datetime, other: datetime) -> None:
    assert period.parse_moment(period.isoformat_utc(one)) == one
    assert period.parse_moment(period.isoformat_ist(one)) == one
    assert (period.isoformat_utc(one) < period.isoformat_utc(other)) == (one < other)


def test_moments_are_written_in_one_form() -> None:
    moment = datetime(2026, 4, 1, 10, 30, tzinfo=IST)
    assert period.isoformat_ist(moment) == "2026-04-01T10:30:00+05:30"
    assert period.isoformat_utc(moment) == "2026-04-01T05:00:00.000000Z"


def test_a_month_is_an_ordinary_pair() -> None:
    assert Month(2026, 4) == (2026, 4) and Month(2025, 12) < Month(2026, 1)
