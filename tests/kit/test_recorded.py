"""What every source's records share: places, days and moments read back as they were written, missing ones as missing."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kit.ident import Grade
from kit.money import decimal_rupees
from kit.recorded import GRADES, day_of, moment_of, raw_ref
from kit.source import RawRef


def test_what_was_written_is_read_back() -> None:
    place = RawRef("d" * 16, 7, "a" * 16)
    moment = datetime.fromisoformat("2026-03-31T10:00:00+05:30")
    assert raw_ref(place._asdict()) == place
    assert day_of("2026-03-31") == date(2026, 3, 31)
    assert moment_of(moment.isoformat()) == moment


def test_what_is_missing_stays_missing() -> None:
    assert day_of(None) is None and moment_of(None) is None


def test_grades_are_those_identifiers_are_given() -> None:
    assert GRADES == tuple(Grade) == ("VALID", "WRONG_CHECK", "MALFORMED", "EMPTY")


@pytest.mark.parametrize(
    ("paise", "written"),
    [(0, "0.00"), (5, "0.05"), (123_450, "1234.50"), (-5, "-0.05"), (-10_001, "-100.01")],
)
def test_machines_are_told_rupees_with_two_decimals(paise: int, written: str) -> None:
    assert decimal_rupees(paise) == written
