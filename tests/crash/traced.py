"""Disturbs an act at each of its calls to the system, those of the ledger's engine among them."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.crash import warm
from tests.crash.stage import Stage
from tests.crash.state import Seen

CHANGING = (
    "write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,"
    "link,linkat,symlink,symlinkat,mkdir,mkdirat,rmdir,openat"
)
NEED_ROOM = frozenset("write pwrite64 fsync fdatasync ftruncate mkdir link linkat symlink openat".split())
KILL = 9
_CALL = re.compile(r"([a-z0-9_]+)\((.*)")


class Call(NamedTuple):
    """The nth call of one name in the course of an act, and what it was about."""

    name: str
    nth: int
    about: str

    @property
    def tells(self) -> bool:
        """Say whether it only brings out what the act has to say."""
        return self.name == "write" and self.about.startswith(("1,", "2,"))


class Tracer:
    """Sends children on the act of a stage under strace."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.told_n = warm.Counter()
        self._waiting_n = warm.Counter()
        self._log = stage.folder / "strace"

    def calls(self) -> list[Call]:
        """List every call that changes the disk in an undisturbed run."""
        done = self.sent(self.stage.copied(), None)
        if done.code:
            raise AssertionError(f"undisturbed, it ended with {done.code}: {done.err}")
        seen: Counter[str] = Counter()
        found = []
        for line in self._log.read_text().splitlines():
            call = _CALL.match(line)
            if call is None:
                continue
            seen[call[1]] += 1
            if call[1] != "openat" or "O_CREAT" in call[2]:
                found.append(Call(call[1], seen[call[1]], call[2][:100]))
        return found

    def sent(self, home: Path, inject: str | None) -> warm.Ended:
        """Let the act begin only when strace holds it, and hold it only then: calls count from its first."""
        self.told_n.value = self._waiting_n.value = 0
        gate, opened = os.pipe()
        words = self.stage.act.words
        errand = warm.Errand(home, words, lambda *_: self.told_n.add(), before=lambda: self._wait_at(gate))
        child = warm.start(errand, self.stage.said)
        while not self._waiting_n.value:
            time.sleep(0.001)
        tracer = subprocess.Popen(
            ["strace", "-o", str(self._log), "-e", f"trace={CHANGING}", "-e", "signal=none"]
            + (["-e", f"inject={inject}"] if inject else [])
            + ["-p", str(child)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        # It says so only when no call can pass it any more.
        if tracer.stderr is None or b"attached" not in tracer.stderr.readline():
            raise AssertionError("strace does not hold the act; may this user trace a process of its own?")
        os.write(opened, b"go")
        done = warm.ended(child, self.stage.said)
        tracer.communicate()
        os.close(gate)
        os.close(opened)
        return done

    def _wait_at(self, gate: int) -> None:
        self._waiting_n.add()
        os.read(gate, 1)


def require_strace() -> None:
    """Fail loudly: without strace nothing is proved."""
    if shutil.which("strace") is None:
        raise AssertionError("strace is not installed; as root, run: apt-get install -y strace")


def injection(call: Call, fault: int | None) -> str:
    """Word what strace is to do at a call."""
    does = "signal=KILL" if fault is None else f"error={errno.errorcode[fault]}"
    return f"{call.name}:{does}:when={call.nth}"


def wrongs_of_killed(stage: Stage, done: warm.Ended, told_n: int, seen: Seen) -> Iterator[str]:
    """The ledger holds what was committed at the last point told, or at the next."""
    if done.code != -KILL:
        yield f"it ended with {done.code} instead of being killed: {done.err}"
    yield from stage.wrongs_of_files(seen)
    yield from stage.wrongs_of_acknowledged(seen)
    last = len(stage.ledger_at) - 1
    first, end = stage.ledger_at[max(told_n - 1, 0)], stage.ledger_at[min(told_n, last)]
    if seen.rows not in stage.ledgers[first : end + 1]:
        yield "the ledger is not what was committed before"
    if done.out and seen.manifests() != stage.new.manifests():
        yield "it was acknowledged and is lost"
