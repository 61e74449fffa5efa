"""Runs the project's checks two at a time and closes with one line per check and pytest's own summary."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOGS = ROOT / ".cache" / "checks"
SHARDS = ROOT / ".cache" / "full"
TOOLS = str(Path(sys.executable).parent)
LIMIT_S = 1800
CODE = ("kit", "sources", "consent", "generators", "pipeline", "analytics", "warehouse", "api", "cli")


@dataclass(frozen=True)
class Check:
    """One command, the folder it runs in, and its name in the closing lines."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT


@dataclass(frozen=True)
class Ended:
    """How a check went."""

    check: Check
    code: int
    seconds: float
    output: str


FRONT = ROOT / "frontend"
PYTEST = (sys.executable, "-m", "pytest", "-q", "--no-header", "--durations=5")
STATIC = (
    Check("types", ("mypy",)),
    Check("lint", ("ruff", "check", ".")),
    Check("format", ("ruff", "format", "--check", ".")),
    Check("contracts", ("lint-imports",)),
    Check("drift", (sys.executable, "-m", "pipeline.generated", "--check")),
    Check("frontend", ("npm", "run", "--silent", "check"), FRONT),
)
# Python's tests in two halves of like length, one for each core: whole acts, and everything that is not named here.
WHOLE_ACTS = ("tests/crash", "tests/journeys", "tests/pipeline", "tests/warehouse")
RUNNING = (
    Check("acts", (*PYTEST, "-m", "not full", *WHOLE_ACTS)),
    Check("parts", (*PYTEST, "-m", "not full", *(f"--ignore={folder}" for folder in WHOLE_ACTS))),
    Check("components", ("npm", "run", "--silent", "test"), FRONT),
    Check("browser", (sys.executable, str(ROOT / "tests" / "tooling" / "browser.py"))),
)
_say = threading.Lock()


def say(text: str) -> None:
    """Print whole blocks, so that two checks never mix their lines."""
    with _say:
        print(text, flush=True)


def environment() -> dict[str, str]:
    """Give checks the tools of this virtual environment and none of the caller's installation settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")}
    for name in ("PORT", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        kept.pop(name, None)
    kept["PATH"] = f"{TOOLS}{os.pathsep}{kept.get('PATH', '')}"
    return kept


def run(check: Check) -> Ended:
    """Run one check in a process group of its own, so that one that hangs leaves nothing behind."""
    started = time.monotonic()
    if shutil.which(check.command[0], path=environment()["PATH"]) is None:
        return _told(Ended(check, 127, 0.0, f"{check.command[0]} is not installed"))
    with (LOGS / f"{check.name}.log").open("w+b") as log:
        child = subprocess.Popen(
            check.command,
            cwd=check.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = child.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            code = child.wait()
        log.seek(0)
        output = log.read().decode(errors="replace").rstrip()
    return _told(Ended(check, code, time.monotonic() - started, output))


def _told(ended: Ended) -> Ended:
    say(f"── {_line(ended)}" if ended.code == 0 else f"── {_line(ended)}\n{ended.output}\n")
    return ended


def _line(ended: Ended) -> str:
    return f"{'ok    ' if ended.code == 0 else 'FAILED'} {ended.check.name:<12} {ended.seconds:6.1f} s"


def run_all(checks: Iterable[Check], act: Callable[[Check], Ended] = run) -> list[Ended]:
    """Keep two going until all have ended; a failure does not hide the others."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(max_workers=2) as pair:
        return list(pair.map(act, checks))


def close(ended: Sequence[Ended], seconds: float) -> int:
    """Print the closing lines and return the exit code."""
    print("\n" + "═" * 72)
    for one in ended:
        print(_line(one))
    for one in ended:
        if "pytest" in one.check.command and one.output:
            print(f"pytest {one.check.name}: {one.output.splitlines()[-1]}")
    failed = [one.check.name for one in ended if one.code]
    print(f"{'FAILED: ' + ', '.join(failed) if failed else 'All checks passed'} in {seconds:.0f} s")
    return 1 if failed else 0


def long_checks() -> list[Check]:
    """Make one shard of each test file that holds a test of the long run."""
    files = sorted(path for path in (ROOT / "tests").rglob("test_*.py") if "mark.full" in path.read_text())
    names = [path.relative_to(ROOT).as_posix() for path in files]
    return [Check(name.replace("/", "."), (*PYTEST, "-m", "full", name)) for name in names]


def code_hash() -> str:
    """Hash everything a long test depends on: the product, its tests and its locked packages."""
    digest = hashlib.sha256()
    suffixes = {".py", ".json", ".sql", ".toml", ".lock", ".txt"}
    trees = [ROOT / name for name in (*CODE, "tests", "schemas")]
    files = sorted(path for tree in trees for path in tree.rglob("*") if path.suffix in suffixes)
    for path in [*files, ROOT / "config.json", ROOT / "pyproject.toml", ROOT / "requirements.lock"]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run_once(check: Check, code: str) -> Ended:
    """Run a shard unless it has already passed on this very code; only a pass is remembered."""
    note = _note(check)
    if note.exists() and json.loads(note.read_text()).get("code") == code:
        earlier = json.loads(note.read_text())
        return Ended(check, 0, 0.0, f"passed earlier on this code: {earlier['summary']}")
    ended = run(check)
    if ended.code == 0:
        SHARDS.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"code": code, "summary": ended.output.splitlines()[-1]}))
    return ended


def shards() -> list[Ended]:
    """Run what has not passed yet; code that changed meanwhile leaves nothing to remember."""
    code, checks = code_hash(), long_checks()
    ended = run_all(checks, lambda check: run_once(check, code))
    if code_hash() != code:
        for check in checks:
            _note(check).unlink(missing_ok=True)
        changed = Check("unchanged code", ())
        ended.append(Ended(changed, 1, 0.0, "the code changed while it was tested: run again"))
    return ended


def _note(check: Check) -> Path:
    return SHARDS / f"{check.name}.json"


def main() -> int:
    """Run the selection named on the command line."""
    choice = argparse.ArgumentParser(description=__doc__)
    choice.add_argument("selection", choices=["check", "test", "full"])
    selection = choice.parse_args().selection
    started = time.monotonic()
    ended = run_all(STATIC if selection == "check" else (*RUNNING[:2], *STATIC, *RUNNING[2:]))
    if selection == "full":
        ended += shards()
    return close(ended, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
