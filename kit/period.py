"""Days, months, financial years and windows of the Indian calendar; the one place where a clock is read."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

from kit.errors import CallerError

# India keeps one zone and no summer time, so a fixed offset is exact and needs no zone database.
IST = timezone(timedelta(hours=5, minutes=30), "IST")

_DAY = timedelta(days=1)
_DAY_TEXT = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


class Unit(StrEnum):
    """The units in which consents count time."""

    HOUR = "HOUR"
    DAY = "DAY"
    MONTH = "MONTH"
    YEAR = "YEAR"


class Clock(Protocol):
    """What tells the time; steps are given one and never look for another."""

    def now(self) -> datetime:
        """Tell the moment, always with its zone."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Tell the moment in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one reader of the machine's clock


class FixedClock:
    """A clock that stands still until `at` is set, for tests and demonstrations."""

    def __init__(self, at: datetime) -> None:
        """Refuse a moment without a zone."""
        self.at = _aware(at)

    def now(self) -> datetime:
        """Tell the moment it was set to."""
        return self.at


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Take the moment of BAHI_CLOCK (a day is its Indian midnight, no zone means IST), else the machine's clock."""
    text = environ.get("BAHI_CLOCK", "")
    if not text:
        return SystemClock()
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=IST)
        return FixedClock(at.astimezone(UTC))
    except (ValueError, OverflowError):
        raise CallerError(
            "CLOCK_UNREADABLE",
            "BAHI_CLOCK is not an ISO date or date-time.",
            hint="Set it like 2026-04-01 or 2026-04-01T10:30:00+05:30, or unset it.",
            place="BAHI_CLOCK",
        ) from None


class Month(NamedTuple):
    """A calendar month."""

    year: int
    month: int

    @property
    def first_day(self) -> date:
        """The 1st."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The 28th to 31st."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def next(self) -> Month:
        """The month after."""
        return self.plus(1)

    @property
    def prev(self) -> Month:
        """The month before."""
        return self.plus(-1)

    def plus(self, months: int) -> Month:
        """Move by a number of months, either way."""
        year, zero_based = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, zero_based + 1)

    def __str__(self) -> str:
        """Write it as 2026-04."""
        return f"{self.year:04}-{self.month:02}"


def month_of(day: date) -> Month:
    """Name the month a day lies in."""
    return Month(day.year, day.month)


@lru_cache(maxsize=256)
def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """List the months from first to last, both included."""
    n = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(first.plus(i) for i in range(n))


def full_months(first: date, last: date) -> tuple[Month, ...]:
    """List the months of which every day lies between the two days, both included."""
    start = month_of(first) if first.day == 1 else month_of(first).next
    end = month_of(last) if last == month_of(last).last_day else month_of(last).prev
    return months_between(start, end)


def last_full_months(as_of: date, n: int) -> tuple[date, date]:
    """Give the first and last day of the n latest months that are complete on the evening of as_of."""
    end = month_of(as_of)
    if as_of != end.last_day:
        end = end.prev
    return end.plus(1 - n).first_day, end.last_day


def fy_of(day: date) -> str:
    """Name the financial year, April to March, as 2026-27."""
    start = day.year if day.month >= 4 else day.year - 1
    return f"{start:04}-{(start + 1) % 100:02}"


def fy_days(fy: str) -> tuple[date, date]:
    """Give the first and last day of a financial year written as 2026-27."""
    start = int(fy[:4])
    return date(start, 4, 1), date(start + 1, 3, 31)


def parse_day(text: str) -> date:
    """Read YYYY-MM-DD and nothing else, in the years 1900 to 2199."""
    fault = "A day is not of the form YYYY-MM-DD."
    if re.fullmatch(_DAY_TEXT, text):
        fault = "A day lies outside the years 1900 to 2199."
        if 1900 <= int(text[:4]) <= 2199:
            try:
                return date.fromisoformat(text)
            except ValueError:
                fault = "A day does not exist in the calendar."
    raise CallerError("DAY_UNREADABLE", fault, hint="Write it like 2026-04-01.")


def add_months(day: date, n: int) -> date:
    """Move by calendar months; where the day does not exist, the month's last day stands for it."""
    month = month_of(day).plus(n)
    return month.first_day.replace(day=min(day.day, month.last_day.day))


def ist_day(moment: datetime) -> date:
    """Tell the civil day in India."""
    return _aware(moment).astimezone(IST).date()


def midnight(day: date) -> datetime:
    """Give the moment an Indian day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=IST)


def calendar_window(moment: datetime, unit: Unit) -> tuple[datetime, datetime]:
    """Give start (included) and end (excluded) of the Indian hour, day, month or year around a moment."""
    local = _aware(moment).astimezone(IST)
    if unit is Unit.HOUR:
        start = local.replace(minute=0, second=0, microsecond=0)
    elif unit is Unit.DAY:
        start = midnight(local.date())
    elif unit is Unit.MONTH:
        start = midnight(month_of(local).first_day)
    else:
        start = midnight(date(local.year, 1, 1))
    return start, add_span(start, unit, 1)


def add_span(moment: datetime, unit: Unit, value: int) -> datetime:
    """Move by a span on the Indian calendar; months keep the hour, and end on a shorter month's last day."""
    local = _aware(moment).astimezone(IST)
    try:
        if unit is Unit.HOUR:
            return local + timedelta(hours=value)
        if unit is Unit.DAY:
            return local + _DAY * value
        day = add_months(local.date(), value if unit is Unit.MONTH else value * 12)
        return datetime.combine(day, local.timetz())
    except (OverflowError, ValueError):
        raise CallerError(
            "SPAN_TOO_LONG", "A span of time leaves the calendar.", hint="Give a shorter span."
        ) from None


def isoformat_ist(moment: datetime) -> str:
    """Write a moment in Indian time, as 2026-04-01T10:30:00+05:30."""
    return _aware(moment).astimezone(IST).isoformat()


def isoformat_utc(moment: datetime) -> str:
    """Write a moment in UTC at one fixed width, so that the order of texts is the order of moments."""
    return _aware(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_moment(text: str) -> datetime:
    """Read a moment that isoformat_ist or isoformat_utc wrote."""
    return _aware(datetime.fromisoformat(text))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment
