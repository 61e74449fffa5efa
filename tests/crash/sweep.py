"""Starts the sweeps, and keeps the count of the points of every act."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.crash.acts import ACTS
from tests.support import ROOT

COUNTS = Path(__file__).parent / "points.json"
# The checks run two at a time, so each sweep takes one process; alone on a machine, two are sooner done.
PROCESSES_N = 1
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


@cache
def _kept() -> str:
    """Keep the homes acts begin with as long as this process lives: all begin with the same few commands."""
    folder = tempfile.mkdtemp(prefix="bahi-kept-", dir=quick_disk())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def quick_disk() -> str | None:
    """A killed process loses nothing the system already has, so memory serves as well as a disk."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _started(*words: str) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.prove", *words, "--kept", _kept()],
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
