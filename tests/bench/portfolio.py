"""A portfolio: every source of many drawn customers, a list on two processes: `python -m tests.bench.portfolio`.

100 customers generated, or 1,000 generated and 1,000 run to their results when BAHI_BENCH_WHOLE is set.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import sources
from tests.bench.generating import FILLED
from tests.bench.measure import BAHI, Row, show, spend

SOME_N, WHOLE_N = 100, 1_000
# No house of a bench is told otherwise, so it works on as many as everybody's.
CONFIG = json.loads((Path(__file__).resolve().parents[2] / "config.json").read_text())
PROCESSES_N = CONFIG["workers_n"]["value"]
EVERY = ",".join(sources.names())


def rows() -> list[Row]:
    """Measure a list of customers asked from all sources, and at length such a list run to its results."""
    if not os.environ.get("BAHI_BENCH_WHOLE"):
        return [_row("generate", SOME_N)]
    return [_row("generate", WHOLE_N), _row("run", WHOLE_N)]


def _row(command: str, customers_n: int) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        listed = _consented(home, customers_n)
        spent = spend([BAHI, command, "--customers", str(listed), "--persona", "drawn", "--quiet"], home)
        lines_n = sum(_lines(path) for path in (home / "raw").rglob("*.ndjson"))
    speed = f"{lines_n:,} lines, {lines_n / spent.seconds:,.0f} a second"
    measured = f"{spent.seconds:.1f} s in all on {PROCESSES_N} processes, {speed}"
    name = f"{command} of {customers_n:,} drawn customers, each"
    return Row(name, measured, spent.seconds * 1_000 / customers_n, None, "ms")


def _consented(home: Path, customers_n: int) -> Path:
    """Make a house of customers who have consented to every source."""
    spend([BAHI, "init"], home)
    spend([sys.executable, "-c", FILLED, str(customers_n + 1), EVERY, "asked"], home)
    listed = home / "customers.txt"
    listed.write_text("".join(f"CROWD-{number}\n" for number in range(1, customers_n + 1)))
    return listed


def _lines(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for _ in lines)


if __name__ == "__main__":
    sys.exit(show(rows()))
