"""Erasure: what a consent brought and all that was derived from it, in an order that a crash cannot break."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kit.errors import BahiError, CallerError
from kit.ident import CustomerId
from warehouse import _fs
from warehouse._holds import every_hold, left_of
from warehouse._lock import Lock, evicted, is_dead_draft
from warehouse._notes import Notes
from warehouse._papers import MANIFEST, Going, Hold, NoteKind, Papers, Removed, Shelf, Tell, read_shelved
from warehouse._raw import ORIGINAL, Deliveries
from warehouse._shelf import CURRENT, Shelves, strays
from warehouse._singles import Single, Singles, dead_drafts
from warehouse.home import Home

LEFTOVER = "leftover"
_RAW_KINDS = {"ndjson": "raw delivery", "lines": "line index", ORIGINAL: "original"}
_SHELVED = {Shelf.CLEAN: "clean", Shelf.RESULTS: "result"}
# What stands there is not a manifest of ours; a disk that fails or may not be read says nothing about it.
_UNREADABLE = frozenset({"MANIFEST_DAMAGED", "PATH_REFUSED", "HOME_UNUSABLE"})


class Wish(NamedTuple):
    """What has to go: which holds, what was derived for which purpose, and whether another consent still lives.

    Before anything goes it is told to tell, which may write it down: a try that is killed then leaves its count.
    """

    is_dropped: Callable[[Hold], bool]
    purpose: int | None
    others_live: bool
    tell: Tell


class Sides(NamedTuple):
    """The other sides of the lake, each knowing its own files."""

    deliveries: Deliveries
    notes: Notes
    shelves: Shelves
    singles: Singles


class Eraser:
    """The side of the lake that takes away."""

    def __init__(self, home: Home, lock: Lock, sides: Sides) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock
        self._deliveries = sides.deliveries
        self._notes = sides.notes
        self._shelves = {_SHELVED[shelf]: sides.shelves.base(shelf) for shelf in Shelf}
        self._singles = {str(kind): sides.singles.base(kind) for kind in Single}

    def drop(self, customer: CustomerId, wish: Wish) -> Removed:
        """Drop holds and what nothing holds any more; done again after a crash, it takes the rest.

        What was derived for the purpose goes whatever the manifest says; when nothing is held, all goes.
        """
        gone = _Gone(wish.tell)
        with self._lock.of(customer):
            self._cut_out(customer, gone)
            before = self._held(customer, wish, gone)
            after = left_of(before or Papers(), wish.is_dropped)
            dropped = {hold.purpose for hold in every_hold(before or Papers()) if wish.is_dropped(hold)}
            # Derived files and truth go before the raw manifest: until it is rewritten, a second try sees the task.
            self._take_derived(customer, {*dropped, wish.purpose}, gone, is_all=not any(after))
            if after != before:
                self._look_ahead(customer, before or Papers(), after, gone)
                self._keep(customer, after)
            self._sweep(customer, gone)
        deliveries_n = 0 if before is None else len(before.deliveries) - len(after.deliveries)
        return Removed(
            deliveries_n, gone.files_n, tuple(sorted(gone.objects)), tuple(sorted(gone.kinds.items()))
        )

    def _derived(self) -> dict[str, Path]:
        return self._shelves | self._singles

    def _cut_out(self, customer: CustomerId, gone: _Gone) -> None:
        """Remove what stands where a folder of the customer should: a link goes, what it leads to does not."""
        for base in (self._home.raw, *self._derived().values()):
            place = self._home.entry(base, customer)
            if _fs.size_bytes(place) is not None and not _fs.is_folder(place):
                gone.take([place], LEFTOVER)
                _fs.sync_folder(base)

    def _held(self, customer: CustomerId, wish: Wish, gone: _Gone) -> Papers | None:
        """Read the manifest; one that cannot be read (None) keeps nothing here, or a damage would outlive consent.

        While another consent lives nobody can tell its data apart: what was derived goes, and the damage is told.
        """
        try:
            return self._deliveries.papers(customer)
        except CallerError as error:
            if error.code not in _UNREADABLE:
                raise
            if wish.others_live:
                self._take_derived(customer, {wish.purpose}, gone, is_all=False)
                raise
            return None

    def _take_derived(
        self, customer: CustomerId, purposes: Set[int | None], gone: _Gone, *, is_all: bool
    ) -> None:
        """Take what was derived for some purposes or for every one, and drafts of these from under their owners."""
        gone.take(evicted(self._deliveries.folder(customer), purposes), LEFTOVER)
        wanted = {str(purpose) for purpose in purposes}
        for kind, base in self._derived().items():
            folder = self._home.below(base, customer)
            for name in _fs.names(folder):
                if is_all or name in wanted:
                    _take_place(folder / name, purposes, kind, gone)

    def _look_ahead(self, customer: CustomerId, before: Papers, after: Papers, gone: _Gone) -> None:
        """Tell what the manifest will not name any more while it still does: from then on anybody may tidy it."""
        kept = set(self._deliveries.paths_of(customer, after.deliveries))
        for path in self._deliveries.paths_of(customer, before.deliveries):
            if path not in kept:
                gone.look([path], _kind_of(path))
        left = {row.id for row in after.notes}
        for row in before.notes:
            if row.id not in left:
                gone.note(row.kind, [row.sha256])

    def _keep(self, customer: CustomerId, papers: Papers) -> None:
        if any(papers):
            self._deliveries.keep(customer, papers)
            return
        folder = self._deliveries.folder(customer)
        _fs.remove_tree(folder / MANIFEST)
        _fs.sync_folder(folder)

    def _sweep(self, customer: CustomerId, gone: _Gone) -> None:
        """Take what no manifest names, whichever try left it, then the folders that stand empty."""
        raw = self._deliveries.folder(customer)
        gone.take((path for path in _inside(raw) if _fs.is_link(path)), LEFTOVER)
        for path in self._deliveries.strays(raw):
            gone.take([path], _kind_of(path))
        for note_kind in NoteKind:
            self._notes.sweep(customer, note_kind, partial(gone.note, note_kind))
        for place in filter(_fs.is_folder, _inside(raw)):
            _fs.sync_folder(place)
            _fs.remove_folder(place)
        _fs.remove_folder(raw)
        for kind, base in self._derived().items():
            find = _left_over if kind in self._shelves else dead_drafts
            _sweep_places(self._home.below(base, customer), kind, find, gone)


def _sweep_places(folder: Path, kind: str, find: Callable[[Path], list[Path]], gone: _Gone) -> None:
    for place in filter(_fs.is_folder, _inside(folder)):
        gone.take(find(place), kind)
        _fs.sync_folder(place)
        _fs.remove_folder(place)
    _fs.remove_folder(folder)


def _inside(folder: Path) -> list[Path]:
    return [folder / name for name in _fs.names(folder)]


def _take_place(place: Path, purposes: Set[int | None], kind: str, gone: _Gone) -> None:
    """Take all that stands for one purpose; a draft of another purpose stays while its process lives."""
    if not _fs.is_folder(place):
        gone.take([place], LEFTOVER)
        return
    gone.look((path for path in _inside(place) if not path.name.startswith((".", MANIFEST))), kind)
    _fs.remove_tree(place / MANIFEST)
    _fs.sync_folder(place)
    gone.take(evicted(place, purposes), LEFTOVER)
    gone.take((path for path in _inside(place) if not path.name.startswith(".") or is_dead_draft(path)), kind)
    _fs.remove_folder(place)


def _left_over(place: Path) -> list[Path]:
    """Find strays of a purpose that stays; of one whose manifest cannot be read nobody can tell."""
    try:
        standing = read_shelved(place / MANIFEST)
    except CallerError as error:
        if error.code not in _UNREADABLE:
            raise
        return []
    return strays(place, None if standing is None else standing.folder)


def _kind_of(path: Path) -> str:
    """Tell what a file beside the raw manifest is by its name."""
    suffix = path.name.partition(".")[2]
    return _RAW_KINDS.get(suffix.partition(".")[0], LEFTOVER)


class _Gone:
    """Counts and hashes what is taken away, each thing once, and tells it before it goes."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._seen: set[str] = set()
        self.kinds: Counter[str] = Counter()
        self.objects: list[str] = []

    @property
    def files_n(self) -> int:
        """Count all that went."""
        return self.kinds.total()

    def take(self, paths: Iterable[Path], kind: str) -> None:
        """Remove files and folders; a file that cannot be read is removed all the same."""
        doomed = list(paths)
        self.look(doomed, kind)
        for path in doomed:
            _fs.remove_tree(path)

    def look(self, paths: Iterable[Path], kind: str) -> None:
        """Count what is bound to go; what leads to it only, as the link for people does, is none."""
        files = [one for path in paths if path.name != CURRENT for one in _files_of(path, kind)]
        self._count(
            [Going(str(path), of, _sha256_of(path)) for path, of in files if str(path) not in self._seen]
        )

    def note(self, kind: str, shas: Iterable[str | None]) -> None:
        """Count lines that are about to go, with their hashes where they can be read; what cannot is one, or was told before."""
        going = [Going(f"{kind} {sha}", kind, sha) for sha in shas if sha or not self.kinds[kind]]
        self._count([one for one in going if one.place not in self._seen])

    def _count(self, going: list[Going]) -> None:
        if going:
            self._tell(going)
        self._seen.update(one.place for one in going)
        self.kinds.update(one.kind for one in going)
        self.objects += [one.sha256 for one in going if one.sha256]


def _files_of(path: Path, kind: str) -> Iterator[tuple[Path, str]]:
    """Find every file of what is about to go, each with its kind."""
    kind = LEFTOVER if path.name.startswith(".") else kind
    if _fs.is_folder(path):
        for name in _fs.names(path):
            yield from _files_of(path / name, kind)
    elif _fs.size_bytes(path) is not None:
        yield path, kind


def _sha256_of(path: Path) -> str | None:
    total = sha256()
    try:
        for block in _fs.blocks(path):
            total.update(block)
    except BahiError:
        return None
    return total.hexdigest()
