"""Starts the sweeps, two processes at a time, and keeps the count of the points of every act."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.crash.acts import ACTS
from tests.support import ROOT

COUNTS = Path(__file__).parent / "points.json"
PROCESSES_N = 2
LIMIT_S = 1500


@dataclass(frozen=True)
class Swept:
    """What all shares of a sweep found together."""

    points: dict[str, int]
    tried_n: int
    kinds: Counter[str]
    wrongs: list[str]


def swept(
    sweep: str, act: str, every_nth: int = 1, processes_n: int = PROCESSES_N, spoiled: str | None = None
) -> Swept:
    """Sweep the points of an act, each nth of them, shared between processes."""
    more = ("--spoiled", spoiled) if spoiled else ()
    step = every_nth * processes_n
    shares = [
        _started(sweep, act, "--share", str(every_nth * n), str(step), *more) for n in range(processes_n)
    ]
    answers = [_answer(share) for share in shares]
    return Swept(
        points=answers[0]["points"],
        tried_n=sum(answer["tried_n"] for answer in answers),
        kinds=sum((Counter(answer["kinds"]) for answer in answers), Counter()),
        wrongs=[wrong for answer in answers for wrong in answer["wrongs"]],
    )


def _started(*words: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.prove", *words],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _answer(share: subprocess.Popen[bytes]) -> dict:
    out, err = share.communicate(timeout=LIMIT_S)
    if share.returncode:
        raise AssertionError(f"the sweep itself failed: {err.decode()}")
    return json.loads(out)


def counted(act: str) -> dict[str, int]:
    """Count the points of an act on the disk and in the ledger, disturbing none."""
    return _answer(_started("count", act))["points"]


if __name__ == "__main__":
    COUNTS.write_text(json.dumps({act: counted(act) for act in ACTS}, indent=2) + "\n")
