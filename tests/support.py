"""Running the command line and opening houses in tests, each in a home of its own with a clock that stands still."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.forked import carried_out

ROOT = Path(__file__).resolve().parents[1]
CLOCK = "2026-11-01T10:00:00+05:30"
# Settings under which a home begins like any other.
MAKE_NO_DIFFERENCE = {"BAHI_CLOCK", "BAHI_WORKERS_N"}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> object:
        """Read the one document a command printed."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Install:
    """One installation under a folder of its own."""

    home: Path
    extra: Mapping[str, str]
    code: Path = ROOT

    def environ(self) -> dict[str, str]:
        """The environment every command of this installation runs in."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        own = {
            "BAHI_HOME": str(self.home),
            "BAHI_CLOCK": CLOCK,
            "PYTHONPATH": str(self.code),
            "HOME": str(self.home),
        }
        return {**kept, **own, **self.extra}

    def bahi(self, *words: str, **changed: str) -> Done:
        """Run one command as a process that has nothing in common with the last one."""
        own = all(name.startswith("BAHI_") for name in (*self.extra, *changed))
        if (
            own
            and self.code == ROOT
            and (ended := carried_out(words, {**self.environ(), **changed}, self.code))
        ):
            return Done(ended[0], ended[1].decode(), ended[2].decode())
        return self.whole(*words, **changed)

    def whole(self, *words: str, **changed: str) -> Done:
        """Run one command as a whole process, from the start of its interpreter."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            cwd=self.code,
            env={**self.environ(), **changed},
            capture_output=True,
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def must(self, *words: str, **changed: str) -> Done:
        """Run one command that has to succeed."""
        done = self.bahi(*words, **changed)
        assert done.code == 0, f"bahi {' '.join(words)} left with {done.code}\n{done.out}{done.err}"
        return done


def installed(home: Path, code: Path = ROOT, **extra: str) -> Install:
    """Make a ready installation: a copy of one that was made before, unless it is set up in a way of its own."""
    install = Install(home, extra, code)
    if {name for name in extra if name.startswith("BAHI_")} - MAKE_NO_DIFFERENCE:
        install.must("init")
    else:
        shutil.copytree(_ready(code, extra.get("BAHI_CLOCK", CLOCK)), home, symlinks=True, dirs_exist_ok=True)
    return install


@cache
def _ready(code: Path, clock: str) -> Path:
    """Make one installation for a checkout and a day; it takes half a second, and hundreds are asked for."""
    folder = Path(tempfile.mkdtemp(prefix="bahi-ready-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Install(folder / "home", {"BAHI_CLOCK": clock}, code).must("init")
    return folder / "home"


def in_memory(otherwise: Path) -> Iterator[Path]:
    """Give a folder in memory where there is one: thousands of fsyncs are asked for, and none has to be real."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield otherwise
        return
    folder = Path(tempfile.mkdtemp(prefix="bahi-", dir=memory))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def files_below(folder: Path) -> dict[str, bytes]:
    """Read every regular file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
