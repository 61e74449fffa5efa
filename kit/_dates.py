"""Dates and moments as Indian systems write them: day before month, and Indian time where no zone is given."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache

from kit._rules import PLACEHOLDERS, Rule
from kit.period import IST, midnight
from kit.source import Json

_LONGEST = 40
_YEARS = range(1900, 2200)
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = {
    **{name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)},
    **{name[:3]: number for number, name in enumerate(_MONTH_NAMES.split(), 1)},
    "sept": 9,
}

_ISO_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<gap>[T ])[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DAY_AND_TIME = re.compile(
    r"(?P<day>[^:]+?)[ T,]{1,3}(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?"
    r" ?(?:(?P<half>[AP])\.?M\.?)? ?(?:IST)?",
    re.IGNORECASE | re.ASCII,
)
_FORMS = tuple(
    (re.compile(form, re.IGNORECASE | re.ASCII), rule)
    for form, rule in (
        (r"(?P<d>\d{1,2})(?P<gap>[-/. ])(?P<m>\d{1,2})(?P=gap)(?P<y>\d{4}|\d{2})", Rule.DATE_DMY),
        (r"(?P<y>\d{4})(?P<gap>[-/. ])(?P<m>\d{1,2})(?P=gap)(?P<d>\d{1,2})", Rule.DATE_YMD),
        (
            r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/., ]{0,2}(?P<m>[a-z]{3,9})[-/., ]{0,2}(?P<y>\d{4}|\d{2})",
            Rule.DATE_MONTH_NAME,
        ),
        (
            r"(?P<m>[a-z]{3,9})[-/. ]{0,2}(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/., ]{1,2}(?P<y>\d{4})",
            Rule.DATE_MONTH_NAME,
        ),
        (r"(?P<y>\d{4})[-/. ]?(?P<m>[a-z]{3,9})[-/. ]?(?P<d>\d{1,2})", Rule.DATE_MONTH_NAME),
        (r"(?P<y>(?:19|20|21)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>\d{2})", Rule.DATE_COMPACT),
        (r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})", Rule.DATE_COMPACT),
        (r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:Z|[+-]\d{2}:?\d{2})", Rule.DATE_ZONE),
    )
)

Day = tuple[date | None, Rule | None]
Moment = tuple[datetime | None, Rule | None]


def day(value: Json) -> Day:
    """Read a civil day in India; 03/04/2026 is the 3rd of April, and a UTC moment is the day it falls on in India."""
    if isinstance(value, str) and len(value) <= _LONGEST:
        return _day(value)
    text = _digits(value)
    return (None, Rule.DATE_EMPTY if value is None else Rule.DATE_UNREADABLE) if text is None else _day(text)


def moment(value: Json) -> Moment:
    """Read a moment into Indian time; without a zone it is taken as Indian time already."""
    if isinstance(value, str) and len(value) <= _LONGEST:
        return _moment(value)
    text = _digits(value)
    return (
        (None, Rule.DATE_EMPTY if value is None else Rule.DATE_UNREADABLE) if text is None else _moment(text)
    )


def _digits(value: Json) -> str | None:
    """Write a whole number as text, so that 20260401 and seconds since 1970 are read like their texts."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if 0 <= value < 10**13 and value == int(value) else None


# Days repeat within a delivery far more than moments do, so the caches hold a few decades and a few busy days.
@lru_cache(maxsize=16_384)
def _day(text: str) -> Day:
    if _ISO_DAY.fullmatch(text):
        return _checked(text[:4], text[5:7], text[8:], None)
    bare = text.strip()
    if bare.upper() in PLACEHOLDERS:
        return None, Rule.DATE_EMPTY
    found, rule = _written(bare)
    if rule is not Rule.DATE_UNREADABLE:
        return found, rule or Rule.DATE_BLANKS
    at, rule = _moment(bare)
    if at is None or rule is Rule.DATE_EPOCH:
        return at and at.date(), rule
    is_utc_midnight = at.timetz() == time(tzinfo=IST) and bare.endswith(("Z", "+00:00", "+0000"))
    return at.date(), Rule.DATE_UTC_MIDNIGHT if is_utc_midnight else Rule.DATE_FROM_MOMENT


@lru_cache(maxsize=16_384)
def _moment(text: str) -> Moment:
    iso = _ISO_MOMENT.fullmatch(text)
    if iso:
        return _iso_moment(text, iso)
    bare = text.strip()
    if bare.upper() in PLACEHOLDERS:
        return None, Rule.DATE_EMPTY
    if bare != text and _ISO_MOMENT.fullmatch(bare):
        at, rule = _moment(bare)
        return at, rule or Rule.DATE_BLANKS
    if re.fullmatch("[0-9]{10}|[0-9]{13}", bare):
        return _epoch(bare)
    parts = _DAY_AND_TIME.fullmatch(bare)
    return _joined(parts) if parts else _day_begun(bare)


def _iso_moment(text: str, iso: re.Match[str]) -> Moment:
    try:
        at = datetime.fromisoformat(text)
        at = at.replace(tzinfo=IST) if iso["zone"] is None else at.astimezone(IST)
    except (ValueError, OverflowError):
        return None, Rule.DATE_IMPOSSIBLE
    if at.year not in _YEARS:
        return None, Rule.DATE_IMPLAUSIBLE
    if iso["zone"] is None:
        return at, Rule.MOMENT_NO_ZONE
    return at, None if iso["gap"] == "T" else Rule.MOMENT_SPACE


def _joined(parts: re.Match[str]) -> Moment:
    on, rule = _written(parts["day"].strip())
    if on is None:
        return None, rule
    hour, half = int(parts["hour"]), (parts["half"] or "").upper()
    if half and not 1 <= hour <= 12:
        return None, Rule.DATE_IMPOSSIBLE
    if half:
        hour = hour % 12 + (12 if half == "P" else 0)
    try:
        at = time(hour, int(parts["minute"]), int(parts["second"] or 0), tzinfo=IST)
    except ValueError:
        return None, Rule.DATE_IMPOSSIBLE
    return datetime.combine(on, at), rule or Rule.MOMENT_TIME


def _day_begun(bare: str) -> Moment:
    on, rule = _written(bare)
    return (None, rule) if on is None else (midnight(on), Rule.MOMENT_NO_TIME)


def _written(bare: str) -> Day:
    if _ISO_DAY.fullmatch(bare):
        return _checked(bare[:4], bare[5:7], bare[8:], None)
    for form, rule in _FORMS:
        found = form.fullmatch(bare)
        if found:
            return _checked(found["y"], found["m"], found["d"], rule)
    return None, Rule.DATE_UNREADABLE


def _checked(year: str, month: str, day_of_month: str, rule: Rule | None) -> Day:
    y, d = int(year), int(day_of_month)
    m = int(month) if month.isdigit() else _MONTHS.get(month.lower(), 0)
    if not m and not month.isdigit():
        return None, Rule.DATE_UNREADABLE
    if len(year) == 2:
        y += 2000 if y < 70 else 1900
    if y not in _YEARS:
        return None, Rule.DATE_IMPLAUSIBLE
    try:
        return date(y, m, d), rule
    except ValueError:
        is_american = rule is Rule.DATE_DMY and d <= 12 < m <= 31
        return None, Rule.DATE_DAY_MONTH_ORDER if is_american else Rule.DATE_IMPOSSIBLE


def _epoch(digits: str) -> Moment:
    """Take ten digits as seconds and thirteen as milliseconds since 1970."""
    at = datetime.fromtimestamp(int(digits[:10]), IST).replace(microsecond=int(digits[10:] or 0) * 1000)
    return (at, Rule.DATE_EPOCH) if at.year in _YEARS else (None, Rule.DATE_IMPLAUSIBLE)
