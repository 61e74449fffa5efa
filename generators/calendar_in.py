"""The Indian working year: Sundays, second and fourth Saturdays, bank holidays, and when Diwali falls."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from generators.figures import Figures
from kit.shapes import listed, mapping, text

_DAY = timedelta(days=1)


class WorkingYear:
    """Tells working days of branches and clearing; NACH, NEFT and RTGS run on all days."""

    def __init__(self, figures: Figures) -> None:
        """Read the holidays once."""
        rest = figures.table("bank_holidays", date.max)
        self._fixed = frozenset(text(one) for one in listed(rest["fixed"]))
        self._moving = frozenset(date.fromisoformat(text(one)) for one in listed(rest["moving"]))
        self._from: dict[date, date] = {}
        self._worked: dict[date, bool] = {}
        diwali = mapping(figures.on("diwali", date.max))
        self._diwali = {int(year): date.fromisoformat(text(day)) for year, day in diwali.items()}

    def is_working(self, day: date) -> bool:
        """Say whether branches and cheque clearing work."""
        known = self._worked.get(day)
        if known is None:
            known = self._worked[day] = not (_is_weekend(day) or self._is_holiday(day))
        return known

    def _is_holiday(self, day: date) -> bool:
        return day in self._moving or day.isoformat()[5:] in self._fixed

    def working_from(self, day: date) -> date:
        """Give the day itself, or the next one that is worked."""
        found = self._from.get(day)
        if found is None:
            found = day
            while not self.is_working(found):
                found += _DAY
            self._from[day] = found
        return found

    def working_until(self, day: date) -> date:
        """Give the day itself, or the last one before it that was worked."""
        while not self.is_working(day):
            day -= _DAY
        return day

    def diwali(self, year: int) -> date | None:
        """Give the day of Lakshmi Puja, where the almanac of the year is known."""
        return self._diwali.get(year)


def _is_weekend(day: date) -> bool:
    """Sundays are, and the second and fourth Saturdays."""
    weekday = day.weekday()
    return weekday == 6 or (weekday == 5 and (day.day - 1) // 7 in (1, 3))


@lru_cache(maxsize=64)
def working_year(figures: Figures) -> WorkingYear:
    """Read a calendar once."""
    return WorkingYear(figures)
