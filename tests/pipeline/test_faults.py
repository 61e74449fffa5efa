"""A bug whose log cannot be written is still answered as a bug, not as a second one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kit.period import FixedClock
from pipeline.faults import noted
from warehouse.home import Home
from warehouse.lake import Lake


def test_a_log_that_cannot_be_written_is_said_and_not_raised() -> None:
    nowhere = Path("/proc/nope")
    lake = Lake(Home(nowhere, nowhere / "truth"))
    error = noted(lake, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)), ZeroDivisionError("x"), "t1")
    assert error.code == "INTERNAL" and "t1" in error.message
    assert "the log could not be written" in error.message
