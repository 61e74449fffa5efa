"""Cleaning against a plain orjson loads and dumps of the same bytes: `python -m tests.bench.cleaning`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import BAHI, Row, Spent, ratio, show, side_by_side, spend

CUSTOMER = "BENCH-1"
PEAK_MB = 250
UNCHANGED = 0.25
PLAIN = """
import sys
import orjson
with open(sys.argv[1], "rb") as lines, open(sys.argv[2], "wb", 1 << 20) as out:
    for line in lines:
        out.write(orjson.dumps(orjson.loads(line)))
        out.write(b"\\n")
"""


def rows() -> list[Row]:
    """Measure two sizes, memory, and a second run that finds nothing to do."""
    measured: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        measured += _size(Path(folder) / "small", 20_000, (6, None))
        measured += _size(Path(folder) / "large", 200_000, (8, UNCHANGED))
    return measured


def _size(place: Path, lines_n: int, most: tuple[float, float | None]) -> list[Row]:
    filled, home = place / "filled", place / "home"
    filled.mkdir(parents=True)
    raw = _filled(filled, lines_n)

    def first() -> Spent:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(filled, home, symlinks=True)
        return spend([BAHI, "clean", "--customer-id", CUSTOMER], home)

    def again() -> Spent:
        return spend([BAHI, "clean", "--customer-id", CUSTOMER], home)

    def plain() -> Spent:
        return spend([sys.executable, "-c", PLAIN, str(raw), str(place / "plain.ndjson")], place)

    cleaned, repeated, copied = side_by_side(first, again, plain)
    return [
        ratio(f"clean of {lines_n:,} lines / plain loads and dumps", cleaned, copied, most[0]),
        ratio(f"unchanged clean of {lines_n:,} lines / the first", repeated, cleaned, most[1]),
        Row(f"peak memory of a clean of {lines_n:,} lines", "resident set", cleaned.peak_mb, PEAK_MB, "MB"),
    ]


def _filled(home: Path, lines_n: int) -> Path:
    spend([BAHI, "init"], home)
    spend([BAHI, "consent", "grant", "--customer-id", CUSTOMER, "--sources", "bank"], home)
    spend([BAHI, "generate", "--customer-id", CUSTOMER, "--bank-rows", str(lines_n)], home)
    deliveries = list((home / "raw" / CUSTOMER / "bank").glob("*.ndjson"))
    assert len(deliveries) == 1, deliveries
    return deliveries[0]


if __name__ == "__main__":
    sys.exit(show(rows()))
