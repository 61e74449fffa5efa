"""Derived files: written beside the ones that stand, named by their content, committed by renaming the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain
from pathlib import Path

from kit.canonical import sha256_hex
from kit.errors import BahiError, CallerError, ConsentRequired, NotFound
from kit.ident import CustomerId
from kit.scope import Scope
from warehouse import _fs
from warehouse._draft import Draft, moved, stored_in
from warehouse._lines import lines_of
from warehouse._lock import Lock, drafted, is_dead_draft
from warehouse._papers import MANIFEST, Shelf, Shelved, SourceEntry, Stored, read_shelved, shelved_bytes
from warehouse.home import Home

CURRENT = "current"
_NAME_CHARS = 16
_TRIES = 5
_ALTERED = {Shelf.CLEAN: "CLEAN_ALTERED", Shelf.RESULTS: "RESULT_ALTERED"}
_MISSING = {Shelf.CLEAN: "NOT_CLEANED", Shelf.RESULTS: "NOT_ANALYZED"}
_COMMAND = {Shelf.CLEAN: "clean", Shelf.RESULTS: "analyze"}


class Shelves:
    """The clean and the results side of the lake."""

    def __init__(self, home: Home, lock: Lock) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock

    def base(self, shelf: Shelf) -> Path:
        """Name the top folder of a shelf."""
        return self._home.clean if shelf is Shelf.CLEAN else self._home.results

    def folder(self, customer: CustomerId, purpose: int, shelf: Shelf) -> Path:
        """Name the folder that holds a customer's manifest of a purpose."""
        return self._home.below(self.base(shelf), customer, str(purpose))

    def shelved(self, scope: Scope, shelf: Shelf) -> Shelved | None:
        """Read what stands."""
        return read_shelved(self.folder(scope.customer, scope.purpose, shelf) / MANIFEST)

    @contextmanager
    def draft(self, scope: Scope, shelf: Shelf, recheck: Callable[[], None]) -> Iterator[Draft]:
        """Open a draft beside what stands; uncommitted at the end of the block, it goes."""
        place = self.folder(scope.customer, scope.purpose, shelf)
        with drafted(self._lock, scope, place, _tidy, recheck) as folder:
            draft = Draft(folder, shelf, read_shelved(place / MANIFEST))
            try:
                yield draft
            finally:
                draft.drop()

    def commit(
        self, scope: Scope, draft: Draft, entries: Mapping[str, SourceEntry], recheck: Callable[[], None]
    ) -> Shelved:
        """Make a draft what stands, in one rename; equal content and entries leave the disk as it is."""
        files = draft.close()
        _refuse_mismatch(files, entries)
        wanted = Shelved(_name_of(files), dict(entries))
        with self._lock.of(scope.customer):
            recheck()
            before = self.shelved(scope, draft.shelf)
            if before != draft.base and before != wanted:
                raise moved(draft.shelf)
            place = draft.folder.parent
            if before is not None and before.folder == wanted.folder:
                _heal(draft.folder, place / wanted.folder, files)
            else:
                _move_in(draft.folder, place / wanted.folder)
            if before != wanted:
                _fs.write_atomic(place / MANIFEST, shelved_bytes(wanted))
            _tidy(place)
        return wanted

    def settle(self, scope: Scope) -> None:
        """Finish what a crash left behind a commit; asked under the lock only."""
        for shelf in Shelf:
            _tidy(self.folder(scope.customer, scope.purpose, shelf))

    def lines(self, scope: Scope, shelf: Shelf, name: str) -> Iterator[bytes]:
        """Stream the lines of a derived file; the hash is checked when the last one is read."""
        reader, stored = self._opened(scope, shelf, name)
        return chain.from_iterable(lines_of(self._checked(reader, stored, shelf)))

    def is_intact(self, scope: Scope, shelf: Shelf, source: str) -> bool:
        """Say whether every file of an entry is there and as it was written, and may be read under the scope."""
        standing = self.shelved(scope, shelf)
        entry = None if standing is None else standing.entries.get(source)
        if standing is None or entry is None or not scope.holds(entry.grants):
            return False
        folder = self.folder(scope.customer, scope.purpose, shelf)
        return all(
            _is_unaltered(self._home.below(folder, standing.folder, stored.name), stored)
            for stored in entry.files
        )

    def document(self, scope: Scope, shelf: Shelf, name: str) -> bytes:
        """Read a derived file whole."""
        reader, stored = self._opened(scope, shelf, name)
        return b"".join(self._checked(reader, stored, shelf))

    def _checked(self, reader: _fs.Reader, stored: Stored, shelf: Shelf) -> Iterator[bytes]:
        total = sha256()
        with reader:
            while block := reader.take(_fs.BLOCK_BYTES):
                total.update(block)
                yield block
        if total.hexdigest() != stored.sha256:
            raise _altered(shelf, reader.path)

    def _opened(self, scope: Scope, shelf: Shelf, name: str) -> tuple[_fs.Reader, Stored]:
        """Open a file of what stands; a commit that takes the folder away meanwhile means looking again."""
        folder = self.folder(scope.customer, scope.purpose, shelf)
        tried = None
        for _ in range(_TRIES):
            standing = self.shelved(scope, shelf)
            stored = None if standing is None else stored_in(standing, name)
            if standing is None or stored is None:
                raise _missing(scope, shelf)
            _refuse_outside(standing, name, scope)
            path = self._home.below(folder, standing.folder, name)
            try:
                return _fs.Reader(path), stored
            except FileNotFoundError:
                if standing.folder == tried:
                    raise _altered(shelf, path) from None
                tried = standing.folder
        raise moved(shelf)


def _tidy(place: Path) -> None:
    try:
        standing = read_shelved(place / MANIFEST)
        folder = None if standing is None else standing.folder
        if folder is not None and not _fs.points_to(place / CURRENT, folder):
            _fs.point(place / CURRENT, folder)
        for path in strays(place, folder):
            _fs.discard(path)
    except (BahiError, OSError):
        # Nothing that counts depends on it, and the next draft or commit tidies again.
        return


def strays(place: Path, folder: str | None) -> list[Path]:
    """Find what the manifest does not name and no living process owns; asked under the lock only."""
    found = []
    for name in _fs.names(place):
        path = place / name
        if name.startswith("."):
            found += [path] if is_dead_draft(path) else []
        elif name == CURRENT:
            found += [path] if folder is None else []
        elif name not in (MANIFEST, folder) and len(name) == _NAME_CHARS:
            found.append(path)
    return found


def _refuse_outside(standing: Shelved, name: str, scope: Scope) -> None:
    for source, entry in standing.entries.items():
        is_asked = any(stored.name == name for stored in entry.files)
        if is_asked and not scope.holds(entry.grants):
            raise ConsentRequired(
                "DERIVED_OUT_OF_SCOPE",
                f"What is known of {source} was derived from more than this consent covers.",
                hint=f"Run: bahi run --customer-id {scope.customer} --purpose {scope.purpose}",
            )


def _refuse_mismatch(files: Mapping[str, Stored], entries: Mapping[str, SourceEntry]) -> None:
    named = {stored for entry in entries.values() for stored in entry.files}
    if not all(entry.grants for entry in entries.values()):
        raise ValueError("an entry without grants could be read under any scope")
    if named != set(files.values()):
        raise ValueError("the entries name other files than the draft holds")


def _move_in(draft: Path, standing: Path) -> None:
    # What a crash left under this name was never committed.
    if _fs.is_folder(standing):
        _fs.remove_tree(standing)
    _fs.rename(draft, standing)
    _fs.sync_folder(standing.parent)


def _heal(draft: Path, standing: Path, files: Mapping[str, Stored]) -> None:
    """Put proven bytes over a file of the same content that was altered or lost since."""
    _fs.ensure_folder(standing)
    hurt = [name for name, stored in files.items() if not _is_unaltered(standing / name, stored)]
    for name in hurt:
        _fs.rename(draft / name, standing / name)
    if hurt:
        _fs.sync_folder(standing)


def _is_unaltered(path: Path, stored: Stored) -> bool:
    total = sha256()
    try:
        for block in _fs.blocks(path):
            total.update(block)
    except FileNotFoundError:
        return False
    return total.hexdigest() == stored.sha256


def _name_of(files: Mapping[str, Stored]) -> str:
    return sha256_hex(sorted([stored.name, stored.sha256] for stored in files.values()))[:_NAME_CHARS]


def _altered(shelf: Shelf, path: Path) -> CallerError:
    spot = _fs.place(path)
    customer, purpose = path.parts[-4:-2]
    hint = f"Run: bahi {_COMMAND[shelf]} --customer-id {customer} --purpose {purpose}"
    return CallerError(
        _ALTERED[shelf], f"{spot} was altered or lost after it was written.", hint=hint, place=spot
    )


def _missing(scope: Scope, shelf: Shelf) -> NotFound:
    hint = f"Run: bahi {_COMMAND[shelf]} --customer-id {scope.customer} --purpose {scope.purpose}"
    return NotFound(_MISSING[shelf], f"Nothing of that name stands on the {shelf} shelf.", hint=hint)
