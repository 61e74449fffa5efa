"""Disturbs one act at each of its points and prints, as JSON, how many there were and what went wrong."""

from __future__ import annotations

import argparse
import errno
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tests.crash import warm
from tests.crash.acts import CLOCK, EVERY
from tests.crash.spoiled import SPOILED
from tests.crash.stage import COUNTED, MAY_WAIT, Stage
from tests.crash.state import Seen
from tests.crash.sweep import quick_disk
from tests.crash.traced import NEED_ROOM as ROOMY_CALLS
from tests.crash.traced import Tracer, injection, wrongs_of_killed

FAULTS = (errno.ENOSPC, errno.EIO)
OF_THE_LEDGER = frozenset({"begin", "statement", "commit"})
NEED_ROOM = frozenset({"mkdir", "create", "write", "link", "symlink", "fsync", "statement", "commit"})
REFUSALS = (2, 75)
# The engine does not say why it could not open a file beside the ledger.
CODES = frozenset({"DISK_FULL", "DISK_FAILED", "AUDIT_UNAVAILABLE", "HOME_READ_ONLY"})


class Told:
    """What a sweep found."""

    def __init__(self) -> None:
        self.tried_n = 0
        self.wrongs: list[str] = []
        self.kinds: dict[str, int] = {}

    def note(self, where: str, wrongs: Iterable[str]) -> None:
        self.wrongs += [f"{where}: {wrong}" for wrong in wrongs]

    def count(self, kind: str) -> None:
        self.tried_n += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1


class Again:
    """Does the act twice more in a home that was disturbed; a state met before is not tried again."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._met: dict[str, list[str]] = {}

    def wrongs(self, home: Path, seen: Seen, done_n: int, but: frozenset[str] = frozenset()) -> list[str]:
        """Name what is wrong, but for some columns, after doing the act again, with done_n that were done before."""
        key = f"{done_n} {seen.digest()} {_log_bytes(home)} {sorted(but)}"
        if key not in self._met:
            self._met[key] = list(self._wrongs(home, done_n, but))
        return self._met[key]

    def _wrongs(self, home: Path, done_n: int, but: frozenset[str]) -> Iterator[str]:
        stage = self._stage
        for seed, words in ((2, stage.act.words), (3, stage.act.words), (4, ("audit", "verify"))):
            done = warm.sent(warm.Errand(home, words, seed=seed), stage.said)
            if done.code:
                yield f"{' '.join(words)} ended with {done.code} afterwards: {done.err}"
                return
        after = stage.look(home)
        yield from after.torn
        yield from stage.wrongs_of_acknowledged(after)
        yield from stage.wrongs_of_done(after, done_n + 2, but)
        yield from stage.wrongs_of_removal(home)


def _log_bytes(home: Path) -> int:
    """How much of the ledger lies in its log decides what a start has to recover."""
    log = home / "bahi.db-wal"
    return log.stat().st_size if log.exists() else -1


def kill_everywhere(stage: Stage, share: slice) -> Told:
    """Kill the act before each of its points, and once more right after it is acknowledged."""
    told, again = Told(), Again(stage)
    for at in range(len(stage.points) + 1)[share]:
        home = stage.copied()
        done = warm.sent(warm.Errand(home, stage.act.words, _killing(at)), stage.said)
        where = f"killed before {stage.named(at)}"
        seen = stage.look(home)
        told.count(stage.kind(at))
        told.note(where, _wrongs_of_killed(stage, at, done, seen))
        told.note(where, again.wrongs(home, seen, int(seen.rows == stage.new.rows)))
    return told


def _killing(at: int) -> warm.Hook:
    left = at

    def hook(act: str, what: str) -> None:
        nonlocal left
        if left == 0:
            os._exit(warm.KILLED)
        left -= 1

    return hook


def _wrongs_of_killed(stage: Stage, at: int, done: warm.Ended, seen: Seen) -> Iterator[str]:
    wanted = warm.KILLED if at < len(stage.points) else 0
    if done.code != wanted:
        yield f"it ended with {done.code} instead of {wanted}: {done.err}"
    yield from stage.wrongs_of_files(seen)
    yield from stage.wrongs_of_acknowledged(seen)
    if seen.rows != stage.ledgers[stage.ledger_at[at]]:
        yield "the ledger is not what was committed before"
    if done.out and seen.manifests() != stage.new.manifests():
        yield "it was acknowledged and is lost"


def fail_everywhere(stage: Stage, share: slice) -> Told:
    """Fail the act at its points: with each failure of a disk, once and for good."""
    told, again = Told(), Again(stage)
    tries = [
        (at, fault, lasts) for fault in FAULTS for lasts in (False, True) for at in _open_to(stage, fault)
    ]
    for at, fault, lasts in tries[share]:
        home = stage.copied()
        done = warm.sent(warm.Errand(home, stage.act.words, _failing(at, fault, lasts)), stage.said)
        where = f"{errno.errorcode[fault]} {'from' if lasts else 'at'} {stage.named(at)}"
        seen = stage.look(home)
        told.count(f"{errno.errorcode[fault]} {'refused' if done.code else 'borne'}")
        # A file that cannot be read goes all the same, and the certificate claims no hash of it.
        but = COUNTED if stage.kind(at) == "read" and not lasts else frozenset()
        told.note(where, _wrongs_of_failed(stage, done, seen, but))
        told.note(where, again.wrongs(home, seen, _done_n(stage, seen), but))
    return told


def _done_n(stage: Stage, seen: Seen) -> int:
    return int(len(seen.rows.get("consent", ())) == len(stage.new.rows["consent"]))


def _open_to(stage: Stage, fault: int) -> list[int]:
    """A full disk fails what needs room; a broken one fails anything but the news that all is done."""
    return [
        at
        for at, (act, _) in enumerate(stage.points)
        if act != "committed" and (fault != errno.ENOSPC or act in NEED_ROOM)
    ]


def _failing(first: int, fault: int, lasts: bool) -> warm.Hook:
    seen_n = 0

    def hook(act: str, what: str) -> None:
        nonlocal seen_n
        seen_n += 1
        is_due = seen_n - 1 == first or (lasts and seen_n > first)
        if not is_due or act == "committed" or (fault == errno.ENOSPC and act not in NEED_ROOM):
            return
        if act in OF_THE_LEDGER:
            raise _engine_failure(fault)
        raise OSError(fault, os.strerror(fault))

    return hook


def _engine_failure(fault: int) -> sqlite3.OperationalError:
    """Fail as the engine does when the system fails it."""
    error = sqlite3.OperationalError(os.strerror(fault))
    error.sqlite_errorcode = sqlite3.SQLITE_FULL if fault == errno.ENOSPC else sqlite3.SQLITE_IOERR
    return error


def _wrongs_of_failed(stage: Stage, done: warm.Ended, seen: Seen, but: frozenset[str]) -> Iterator[str]:
    yield from seen.torn
    yield from stage.wrongs_of_acknowledged(seen)
    if "Traceback" in done.err:
        yield f"it told a traceback: {done.err}"
    if done.code == 0 and seen.manifests() != stage.new.manifests():
        yield "it was acknowledged and is lost"
    elif done.code == 0:
        yield from stage.wrongs_of_rows(seen, 1, MAY_WAIT | but)
    else:
        yield from _wrongs_of_told(done)


def _wrongs_of_told(done: warm.Ended) -> Iterator[str]:
    """A refusal says what happened and what to do, to a script as to a person."""
    try:
        said = json.loads(done.out)["error"]
    except (ValueError, KeyError):
        yield f"it ended with {done.code} and answered {done.out!r}"
        return
    if done.code not in REFUSALS or said["exit_code"] != done.code:
        yield f"it ended with {done.code}: {done.err}"
    if said["code"] not in CODES or not said["hint"] or said["code"] not in done.err:
        yield f"it was told as {said}"


def _left_over(seen: Seen) -> frozenset[str]:
    """Half a manifest that a dead process left goes with the rest, and is counted with it."""
    return COUNTED if any(".manifest.json.tmp-" in name for name in seen.files) else frozenset()


def kill_every_call(stage: Stage, share: slice) -> Told:
    """Kill the act at each of its calls to the system."""
    told, again, tracer = Told(), Again(stage), Tracer(stage)
    for call in tracer.calls()[share]:
        home = stage.copied()
        done = tracer.sent(home, injection(call, None))
        where = f"killed at {call}"
        seen = stage.look(home)
        told.count(call.name)
        told.note(where, wrongs_of_killed(stage, done, tracer.told_n.value, seen))
        told.note(where, again.wrongs(home, seen, _done_n(stage, seen), _left_over(seen)))
    return told


def fail_every_call(stage: Stage, share: slice) -> Told:
    """Fail the act at each of its calls to the system but those that only tell how it ended."""
    told, again, tracer = Told(), Again(stage), Tracer(stage)
    calls = [call for call in tracer.calls() if not call.tells]
    tries = [
        (call, fault) for fault in FAULTS for call in calls if fault == errno.EIO or call.name in ROOMY_CALLS
    ]
    for call, fault in tries[share]:
        home = stage.copied()
        done = tracer.sent(home, injection(call, fault))
        where = f"{errno.errorcode[fault]} at {call}"
        seen = stage.look(home)
        told.count(f"{errno.errorcode[fault]} {'refused' if done.code else 'borne'}")
        told.note(where, _wrongs_of_failed(stage, done, seen, _left_over(seen)))
        told.note(where, again.wrongs(home, seen, _done_n(stage, seen), _left_over(seen)))
    return told


SWEEPS: Mapping[str, Callable[[Stage, slice], Told]] = {
    "kill": kill_everywhere,
    "fail": fail_everywhere,
    "kill-calls": kill_every_call,
    "fail-calls": fail_every_call,
}


def main() -> int:
    """Sweep one share of the points of one act."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("sweep", choices=[*SWEEPS, "count"])
    asked.add_argument("act", choices=list(EVERY))
    asked.add_argument("--share", type=int, nargs=2, default=(0, 1), metavar=("FIRST", "STEP"))
    asked.add_argument("--spoiled", choices=list(SPOILED))
    asked.add_argument("--kept", type=Path, metavar="FOLDER", help="where homes are kept for the next sweep")
    chosen = asked.parse_args()
    os.environ["BAHI_CLOCK"] = CLOCK
    folder = Path(tempfile.mkdtemp(prefix="bahi-crash-", dir=quick_disk()))
    try:
        stage = Stage(chosen.act, folder, chosen.kept or folder)
        SPOILED.get(chosen.spoiled, lambda: None)()
        first, step = chosen.share
        told = SWEEPS.get(chosen.sweep, lambda *_: Told())(stage, slice(first, None, step))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    answer = {
        "points": stage.points_by_kind(),
        "tried_n": told.tried_n,
        "kinds": told.kinds,
        "wrongs": told.wrongs,
    }
    json.dump(answer, sys.stdout)
    return 0


if __name__ == "__main__":
    warm.foresee()
    sys.exit(main())
