"""Start-up against the bare interpreter of the same environment: `python -m tests.bench.startup`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measure import BAHI, BARE, Row, ratio, show, side_by_side, spend

CUSTOMER = "BENCH-1"


def rows() -> list[Row]:
    """Measure `--help`, and a command that reads consent and writes audit."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        spend([BAHI, "init"], home)
        spend([BAHI, "consent", "grant", "--customer-id", CUSTOMER, "--sources", "bank"], home)
        bare, helped, status = side_by_side(
            lambda: spend(BARE, home),
            lambda: spend([BAHI, "--help"], home),
            lambda: spend([BAHI, "status", "--customer-id", CUSTOMER], home),
        )
    return [
        ratio("bahi --help / bare interpreter", helped, bare, 4),
        ratio("bahi status (consent, audit) / bare interpreter", status, bare, 8),
    ]


if __name__ == "__main__":
    sys.exit(show(rows()))
