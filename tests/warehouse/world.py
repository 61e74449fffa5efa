"""A home to try things in, the scopes that open it, and faults at every act on the disk."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kit.errors import BahiError
from kit.ident import CustomerId
from kit.scope import DataFilter, DateRange, Grant, Scope
from warehouse import _fs
from warehouse.home import Home
from warehouse.lake import (
    Arrival,
    Delivery,
    Document,
    Lake,
    NoteKind,
    Original,
    Remark,
    Removed,
    Shelf,
    Shelved,
    SourceEntry,
)

NOW = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)
CUSTOMER = CustomerId("MSME_0001")
YEAR = DateRange(date(2025, 4, 1), date(2026, 3, 31))
CHANGES = frozenset("mkdir create write fsync rename link unlink rmdir symlink".split())


def grant(
    consent: str = "c-1",
    source: str = "bank",
    party: str = "OWNER",
    days: DateRange = YEAR,
    life_end: datetime | None = None,
    types: tuple[str, ...] = ("PROFILE", "TRANSACTIONS"),
    filters: tuple[DataFilter, ...] = (),
) -> Grant:
    return Grant(party, source, consent, "AA", types, days, filters, life_end)


def scope(*grants: Grant, purpose: int = 103, as_of: datetime = NOW) -> Scope:
    return Scope(CUSTOMER, purpose, as_of, grants or (grant(),))


def no_change() -> None:
    """The consent read again under the lock is still there."""


def arrival(party: str = "OWNER", key: str = "k-1", recheck: Callable[[], None] = no_change) -> Arrival:
    return Arrival(party, key, NOW, recheck)


class Place:
    """One home, and short ways to do in it what the steps do."""

    def __init__(self, root: Path, wait_s: float = 10.0) -> None:
        self.root = root
        self.home = Home(root, root / ".truth")
        self.lake = Lake(self.home, lock_wait_s=wait_s)

    def deliver(self, *pieces: bytes, under: Scope | None = None, source: str = "bank") -> Delivery:
        return self.lake.deliver(under or scope(), source, pieces, arrival())

    def commit(
        self,
        files: Mapping[str, bytes],
        under: Scope | None = None,
        shelf: Shelf = Shelf.CLEAN,
        recheck: Callable[[], None] = no_change,
    ) -> Shelved:
        held = under or scope()
        with self.lake.draft(held, shelf, no_change) as draft:
            for name, content in files.items():
                with draft.writer(name) as out:
                    out.write(content)
            sources = sorted({name.partition(".")[0] for name in files})
            entries = {name: entry(held, name, draft.stored(name)) for name in sources}
            return self.lake.commit(held, draft, entries, recheck)

    def receive(
        self,
        delivery: Delivery,
        content: bytes,
        under: Scope | None = None,
        suffix: str = "pdf",
        recheck: Callable[[], None] = no_change,
    ) -> Original:
        document = Document(suffix, [content])
        return self.lake.keep_original(under or scope(), delivery.id, document, recheck)

    def note(
        self,
        document: Mapping[str, object],
        kind: NoteKind = NoteKind.CORRECTION,
        under: Scope | None = None,
        about: Delivery | None = None,
    ) -> str:
        remark = Remark(kind, document, None if about is None else about.id)
        return self.lake.note(under or scope(), remark, no_change)

    def notes(self, kind: NoteKind = NoteKind.CORRECTION, under: Scope | None = None) -> list[object]:
        return [noted.document for noted in self.lake.notes(under or scope(), kind)]

    def withdraw(self, consent: str = "c-1", purpose: int = 103, *, others_live: bool = False) -> Removed:
        return self.lake.withdraw(CUSTOMER, consent, purpose, others_live=others_live)

    def raw_file(self, delivery: Delivery, kind: str = "ndjson") -> Path:
        return self.home.raw / CUSTOMER / delivery.source / f"{delivery.id}.{kind}"

    def tree(self) -> dict[str, bytes | str]:
        """Every file below the home with its bytes, and every link with its target; locks apart."""
        found: dict[str, bytes | str] = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            if name.startswith(".locks"):
                continue
            if path.is_symlink():
                found[name] = str(path.readlink())
            else:
                found[name] = "folder" if path.is_dir() else path.read_bytes()
        return found

    def copied_to(self, root: Path) -> Place:
        shutil.copytree(self.root, root, symlinks=True)
        return Place(root)


def entry(held: Scope, source: str, files: tuple[object, ...], key: str = "key") -> SourceEntry:
    return SourceEntry(key, "input", held.rows(source), {"clean": 1}, files, "code", None)  # type: ignore[arg-type]


class Acts:
    """A fault hook: counts the acts, and at the chosen ones does what it was told."""

    def __init__(
        self, at: int | None = None, does: Callable[[], None] = no_change, only: Iterable[str] = ()
    ) -> None:
        self.seen: list[tuple[str, str]] = []
        self._at = at
        self._does = does
        self._only = frozenset(only)

    def __call__(self, act: str, path: str) -> None:
        if self._only and act not in self._only:
            return
        self.seen.append((act, path))
        if len(self.seen) - 1 == self._at:
            self._does()


def acts_of(deed: Callable[[], object], only: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Do it undisturbed and list the acts it takes."""
    _fs.fault = acts = Acts(only=only)
    try:
        deed()
    finally:
        _fs.fault = None
    return acts.seen


def failing(number: int) -> Callable[[], None]:
    """Raise what the system would raise."""

    def fail() -> None:
        raise OSError(number, errno.errorcode[number])

    return fail


def with_fault(deed: Callable[[], object], hook: Callable[[str, str], None]) -> BahiError | None:
    """Do it with a hook in place and give the error it ended in, which must be one of ours."""
    _fs.fault = hook
    try:
        deed()
    except BahiError as error:
        return error
    finally:
        _fs.fault = None
    return None


def in_child(deed: Callable[[], object]) -> int:
    """Do it in a child process and give its exit code: 0 done, 1 an error, anything else what killed it."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        try:
            deed()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - a child must never return into the parent's tests
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


KILLED = 99


def killed_at(deed: Callable[[], object], at: int) -> int:
    """Do it in a child process that dies, without any clean-up, just before the numbered change of the disk."""

    def deed_with_death() -> None:
        _fs.fault = Acts(at, lambda: os._exit(KILLED), CHANGES)
        deed()

    return in_child(deed_with_death)


LATER = timedelta(days=40)
