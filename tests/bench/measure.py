"""Whole processes measured side by side: alternating, median of seven, warm cache, one run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROUNDS = 7
BAHI = str(Path(sys.executable).parent / "bahi")
BARE = [sys.executable, "-c", "pass"]


class Spent(NamedTuple):
    """What one process cost."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


class Row(NamedTuple):
    """One line of the table: what was measured, against what, and how much it may be."""

    name: str
    measured: str
    amount: float
    most: float | None
    unit: str

    @property
    def is_kept(self) -> bool:
        """Say whether the promise holds; without a limit there is nothing to break."""
        return self.most is None or self.amount <= self.most


def environment(home: Path) -> dict[str, str]:
    """Point the product at a home of its own; bytecode may be written, as for any user."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "BAHI_HOME": str(home)}


def spend(command: Sequence[str], home: Path) -> Spent:
    """Run one process to its end and read its own peak from the kernel."""
    started = time.perf_counter()
    with (home / "bench.log").open("w+b") as log:
        child = subprocess.Popen(command, env=environment(home), cwd=home, stdout=log, stderr=log)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            log.seek(0)
            said = log.read().decode(errors="replace")
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}:\n{said}")
    return Spent(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


Side = Callable[[], Spent]


def side_by_side(*sides: Side) -> list[Spent]:
    """Run every side once to warm up, then in turns, and give each its median."""
    for side in sides:
        side()
    rounds = [[side() for side in sides] for _ in range(ROUNDS)]
    return [
        Spent(
            median(one.seconds for one in column),
            median(one.cpu_seconds for one in column),
            max(one.peak_mb for one in column),
        )
        for column in zip(*rounds, strict=True)
    ]


def ratio(name: str, ours: Spent, theirs: Spent, most: float | None) -> Row:
    """Compare two sides by the clock on the wall; their processor time tells how busy the machine was."""
    measured = f"{ours.seconds * 1000:.0f} ms against {theirs.seconds * 1000:.0f} ms"
    measured += f" (processor: {ours.cpu_seconds / theirs.cpu_seconds:.2f} ×)"
    return Row(name, measured, ours.seconds / theirs.seconds, most, "×")


def show(rows: Sequence[Row]) -> int:
    """Print the table; 1 when a promise is broken."""
    for row in rows:
        limit = (
            "(no limit)" if row.most is None else f"(at most {row.most:g}) {'ok' if row.is_kept else 'OVER'}"
        )
        print(f"{row.name:<46} {row.amount:7.2f} {row.unit:<2} {limit:<20} {row.measured}")
    return 0 if all(row.is_kept for row in rows) else 1
