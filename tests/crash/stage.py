"""One act with the home before it, and what an undisturbed run of it leaves: what every disturbed run is held against."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from tests.crash import warm
from tests.crash.acts import CUSTOMER, EARLIER, EVERY, Act
from tests.crash.state import LEDGER, Rows, Seen, ledger_rows, look, without_chance

ONLY_ADDED_TO = ("audit", "audit_salt", "consent_event", "consent_use")
# How often something was tried is told by these; they differ for who tried more than once.
TELL_OF_TRIES = ("audit", "audit_salt", "run", "run_event", "checkpoint")
COUNTED = frozenset({"document", "objects_n", "objects_sha256"})
# The tidying after an act may wait for the next one; the act is done without it.
MAY_WAIT = frozenset({"scrubbed_at"})
# Secrets and signatures, and the hash over one, which no seed of ours draws.
DRAWN = {"signing_key": {"kid", "public_jwk"}, "secret_id": {"id"}, "consent": {"signed_sha256"}}


class Stage:
    """A prepared home, copies of it to disturb, and the course of the act when nothing disturbs it."""

    def __init__(self, name: str, folder: Path, kept: Path) -> None:
        self.name = name
        self.act: Act = EVERY[name]
        self.folder = folder
        self.said = folder / "said"
        self.said.mkdir()
        self.before = folder / "before"
        warm.load(["cli.main"])
        self._prepare(kept)
        self.old = self.look(self.before)
        warm.remember(self.said / "asked")
        self.points, self.ledgers, self.ledger_at = self._undisturbed()
        warm.learn(self.said / "asked")
        self.new = self.look(folder / "home")
        self.canaries = tuple(self._canaries())

    def _prepare(self, kept: Path) -> None:
        """Do what leads up to the act; what other acts did before on the same way is taken from where it is kept."""
        ways = [kept / _name_of(self.act.before[:n]) for n in range(len(self.act.before) + 1)]
        done_n = max((n for n, way in enumerate(ways) if way.exists()), default=0)
        if done_n:
            shutil.copytree(ways[done_n], self.before, symlinks=True)
        for n, words in enumerate(self.act.before[done_n:], start=done_n):
            done = warm.sent(warm.Errand(self.before, words, seed=100 + n), self.said)
            if done.code:
                raise AssertionError(f"{words} ended with {done.code}: {done.err}")
            shutil.copytree(self.before, draft := self.folder / "draft", symlinks=True)
            _keep(draft, ways[n + 1])

    def kind(self, at: int) -> str:
        """Say of what kind a point is; the last one lies behind all of them."""
        return self.points[at][0] if at < len(self.points) else "end"

    def named(self, at: int) -> str:
        """Name a point so that a person finds it."""
        return f"point {at}, {self.points[at] if at < len(self.points) else 'the end'}"

    def points_by_kind(self) -> dict[str, int]:
        """Count the points on the disk and those in the ledger."""
        ledger_n = sum(act in ("begin", "statement", "commit", "committed") for act, _ in self.points)
        return {"disk": len(self.points) - ledger_n, "ledger": ledger_n}

    def copied(self) -> Path:
        """Make a home to disturb; it always stands in the same place, for what is told of a path may be kept."""
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        if self.before.exists():
            shutil.copytree(self.before, home, symlinks=True)
        return home

    def look(self, home: Path) -> Seen:
        return look(home, self.folder / "scratch")

    def _undisturbed(self) -> tuple[list[tuple[str, str]], list[Rows], list[int]]:
        """Run it once, noting at every point what the ledger would tell somebody who came just then."""
        home, told = self.copied(), self.folder / "told.json"
        points: list[tuple[str, str]] = []
        ledgers: list[Rows] = []
        at: list[int] = []

        def note(act: str, what: str) -> None:
            points.append((act, what))
            rows = ledger_rows(home / LEDGER)[0] if (home / LEDGER).exists() else {}
            if not ledgers or ledgers[-1] != rows:
                ledgers.append(rows)
            at.append(len(ledgers) - 1)

        def deed() -> int:
            from cli.main import main
            from warehouse import _fs

            code = main(list(self.act.words))
            note("end", "")
            _fs.fault = None
            told.write_text(json.dumps([points[:-1], ledgers, at, sorted(sys.modules)]))
            return code

        done = warm.ended(warm.start_doing(deed, warm.Errand(home, (), note), self.said), self.said)
        if done.code:
            raise AssertionError(f"undisturbed, it ended with {done.code}: {done.err}")
        noted, ledgers, at, modules = json.loads(told.read_text())
        warm.load([name for name in modules if not name.startswith(("_", "tests"))])
        return [(act, what) for act, what in noted], ledgers, at

    def _canaries(self) -> Iterator[bytes]:
        """Find words that only the customer's data hold: long texts of the raw lines that nobody else wrote."""
        known = b"".join(_everything(self.before, without=CUSTOMER))
        for path in sorted((self.before / "raw" / CUSTOMER).rglob("*.ndjson")):
            for word in sorted(set(re.findall(rb'"([^"\\]{12,60})"', path.read_bytes()))):
                if word not in known and not word.startswith(b"20"):
                    yield word

    def wrongs_of_acknowledged(self, seen: Seen) -> Iterator[str]:
        """Name what was there before this act and is not any more, of what no act may touch."""
        for name, sha in self.old.files.items():
            if f"/{EARLIER}" in name and seen.files.get(name) != sha:
                yield f"{name} of another customer changed"
        for table in ONLY_ADDED_TO:
            lost = set(self.old.rows.get(table, ())) - set(seen.rows.get(table, ()))
            yield from (f"{table} lost {row}" for row in sorted(lost))
        for table, rows in self.old.rows.items():
            theirs = {row for row in rows if f'"{EARLIER}"' in row}
            if not theirs <= set(seen.rows.get(table, ())) and self.act.words[0] != "db":
                yield f"{table} lost a row of another customer"

    def wrongs_of_files(self, seen: Seen) -> Iterator[str]:
        """Name what is torn, and manifests that are neither those before nor those after."""
        yield from seen.torn
        for name, sha in seen.manifests().items():
            # A provider's answer is committed delivery by delivery, then what the business asks for: whole at each.
            if name.startswith(f"raw/{CUSTOMER}/") and self.act.words[0] in ("generate", "run"):
                continue
            if sha not in (self.old.files.get(name), self.new.files.get(name)):
                yield f"{name} is neither the old nor the new"

    def wrongs_of_done(self, seen: Seen, tries_n: int, but: frozenset[str] = frozenset()) -> Iterator[str]:
        """Name where a home differs, but for some columns, from one in which the act was done undisturbed."""
        for name in sorted(name for name in {*seen.files, *self.new.files} if _counts(name, seen.files)):
            found, wanted = seen.files.get(name), self.new.files.get(name)
            is_drawn = ".secrets/" in name and found and wanted
            if found != wanted and not is_drawn:
                yield f"{name} is {found}, undisturbed {wanted}"
        yield from self.wrongs_of_rows(seen, tries_n, but)

    def wrongs_of_rows(self, seen: Seen, tries_n: int, but: frozenset[str] = frozenset()) -> Iterator[str]:
        """Name where a ledger differs, but for some columns, from one in which the act was done undisturbed."""
        for table in sorted({*seen.rows, *self.new.rows}.difference(TELL_OF_TRIES)):
            found = _settled(table, seen.rows.get(table, []), but)
            wanted = _settled(table, self.new.rows.get(table, []), but)
            if self.act.words[1] == "grant":
                yield from _wrongs_of_grants(table, found, wanted, tries_n)
            elif found != wanted:
                yield f"{table} holds {found}, undisturbed {wanted}"
        if any('"status": "running"' in row for row in seen.rows.get("run", ())):
            yield "a run is said to be running"

    def wrongs_of_removal(self, home: Path) -> Iterator[str]:
        """Name files that still hold what was withdrawn."""
        if self.name != "revoke":
            return
        if not self.canaries:
            yield "there is nothing to look for"
        for path in sorted(home.rglob("*")):
            if path.is_file() and not path.is_symlink() and _holds_any(path.read_bytes(), self.canaries):
                yield f"{path.relative_to(home)} still holds what was withdrawn"


@lru_cache(maxsize=500)
def _holds_any(content: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word in content for word in words)


def _name_of(before: Sequence[Sequence[str]]) -> str:
    return hashlib.sha256(repr(before).encode()).hexdigest()[:16]


def _keep(draft: Path, way: Path) -> None:
    """Put a home where the next one looks for it; of two who made it at once the first one's is kept."""
    with suppress(OSError):
        draft.rename(way)
    shutil.rmtree(draft, ignore_errors=True)


def _counts(name: str, files: dict[str, str]) -> bool:
    """A dead process may leave the sign that it was at work, an empty folder that nobody believes any more."""
    return not (files.get(name) == "folder" and name.startswith(".locks/"))


def _everything(home: Path, without: str) -> Iterator[bytes]:
    for path in sorted(home.rglob("*")):
        if path.is_file() and without not in path.parts:
            yield path.read_bytes()


def _settled(table: str, rows: list[str], but: frozenset[str]) -> list[str]:
    """Leave out of rows what was drawn by chance."""
    if table == "definitions":
        return rows
    drawn = but | DRAWN.get(table, set())
    kept = ({name: value for name, value in json.loads(row).items() if name not in drawn} for row in rows)
    return sorted(without_chance(json.dumps(columns)) for columns in kept)


def _wrongs_of_grants(table: str, found: list[str], wanted: list[str], tries_n: int) -> Iterator[str]:
    """Every grant gives a consent of its own: as many more as there were tries, each like the first."""
    if set(found) != set(wanted):
        yield f"{table} holds {sorted(set(found) ^ set(wanted))}"
    if table == "consent" and len(found) != len(wanted) + tries_n - 1:
        yield f"there are {len(found)} consents after {tries_n} grants, and {len(wanted)} after one"
