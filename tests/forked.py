"""Commands carried out by children of one process that has loaded the program, for tests that give hundreds of them."""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = ("kit", "consent", "generators", "sources", "analytics", "warehouse", "pipeline", "cli")
THEIRS = ("alembic.command", "cryptography.hazmat.primitives.asymmetric.ed25519", "joserfc.jws", "tarfile")
# Where a command and its subcommand are given together, both are one act.
FAMILIES = frozenset({"consent", "audit", "secrets", "db", "world"})
Ended = tuple[int, bytes, bytes]
_busy = threading.Lock()
_met: set[tuple[str, ...]] = set()


def carried_out(words: Sequence[str], environ: Mapping[str, str], cwd: Path) -> Ended | None:
    """Give a command to a child, or None: the first of its kind, or one beside another, is to be a whole process."""
    act = tuple(words[: 2 if words[:1] and words[0] in FAMILIES else 1])
    if act not in _met or not _busy.acquire(blocking=False):
        _met.add(act)
        return None
    try:
        return _parent().send(words, environ, cwd)
    finally:
        _busy.release()


class _Parent:
    """The process that has loaded everything, and holds nothing open."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bahi-forked-")
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("BAHI_", "PYTEST_"))
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"],
            cwd=ROOT, env={**kept, "PYTHONPATH": str(ROOT)}, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        atexit.register(self._end)

    def send(self, words: Sequence[str], environ: Mapping[str, str], cwd: Path) -> Ended:
        """Send a child and wait for its end."""
        out, err = Path(self._folder.name, "out"), Path(self._folder.name, "err")
        asked = {"words": words, "environ": environ, "cwd": str(cwd), "out": str(out), "err": str(err)}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return code, out.read_bytes(), err.read_bytes()

    def _end(self) -> None:
        self._process.communicate()
        self._folder.cleanup()


@cache
def _parent() -> _Parent:
    return _Parent()


def _load() -> None:
    """Load every module of the program, and read what is the same for all commands of a checkout."""
    for name in (*THEIRS, *(name for package in OURS for name in _below(package))):
        importlib.import_module(name)
    import sources
    from pipeline.order import analyze_code, clean_code
    from warehouse import assets

    assets.figures()
    for source in sources.names():
        clean_code(source)
        analyze_code(source)
    gc.collect()
    gc.disable()
    gc.freeze()


def _below(package: str) -> Iterator[str]:
    yield package
    for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
        if ".migrations" not in found.name:
            yield found.name


def _become(asked: Mapping[str, object]) -> None:
    """Be in all that a command can see the process that was asked for."""
    for number, stream in ((1, "out"), (2, "err")):
        handle = os.open(str(asked[stream]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(dict(asked["environ"]))  # type: ignore[call-overload]


def _serve() -> None:
    """Send a child for each line that comes, and tell how it ended; only a child ever comes back from here."""
    answers = os.dup(1)
    os.set_inheritable(answers, False)
    for line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if not child:
            os.close(answers)
            _become(asked := json.loads(line))
            sys.argv[1:] = asked["words"]
            return
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os._exit(0)


def _leave(code: int) -> None:
    """Leave as a process does, but for taking apart what it has loaded."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _load()
    _serve()
    from cli.main import main

    _leave(main())
