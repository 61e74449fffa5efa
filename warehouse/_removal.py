"""Erasure: what a consent brought and all that was derived from it, in an order that a crash cannot break."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kit.errors import BahiError, CallerError
from kit.ident import CustomerId
from warehouse import _fs
from warehouse._lock import Lock, is_dead_draft
from warehouse._papers import MANIFEST, Delivery, Hold, Removed, Shelf, read_shelved
from warehouse._raw import Deliveries
from warehouse._shelf import CURRENT, Shelves, strays
from warehouse.home import Home

# What stands there is not a manifest of ours; a disk that fails or may not be read says nothing about it.
_UNREADABLE = frozenset({"MANIFEST_DAMAGED", "PATH_REFUSED", "HOME_UNUSABLE"})


class Wish(NamedTuple):
    """What has to go: which holds, what was derived for which purpose, and whether another consent still lives."""

    is_dropped: Callable[[Hold], bool]
    purpose: int | None
    others_live: bool


class Eraser:
    """The side of the lake that takes away."""

    def __init__(self, home: Home, lock: Lock, deliveries: Deliveries, shelves: Shelves) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock
        self._deliveries = deliveries
        self._shelves = shelves

    def drop(self, customer: CustomerId, wish: Wish) -> Removed:
        """Drop holds and what nothing holds any more; done again after a crash, it takes the rest.

        What was derived for the purpose goes whatever the manifest says; when nothing is held, all goes.
        """
        gone, is_dropped, purpose = _Gone(), wish.is_dropped, wish.purpose
        with self._lock.of(customer):
            self._cut_out(customer, gone)
            before = self._held(customer, wish, gone)
            after = [left for row in before or () if (left := _without(row, is_dropped)).holds]
            dropped = [hold.purpose for row in before or () for hold in row.holds if is_dropped(hold)]
            # Derived files and truth go before the raw manifest: until it is rewritten, a second try sees the task.
            self._take_derived(customer, {*dropped, purpose} if after else None, gone)
            if tuple(after) != before:
                self._keep(customer, after)
            self._sweep(customer, gone)
        return Removed(len(before or ()) - len(after), gone.files_n, tuple(sorted(gone.objects)))

    def _bases(self) -> tuple[Path, ...]:
        return (self._home.raw, *map(self._shelves.base, Shelf), self._home.truth)

    def _cut_out(self, customer: CustomerId, gone: _Gone) -> None:
        """Remove what stands where a folder of the customer should: a link goes, what it leads to does not."""
        for base in self._bases():
            place = self._home.entry(base, customer)
            if _fs.size_bytes(place) is not None and not _fs.is_folder(place):
                gone.take([place])
                _fs.sync_folder(base)

    def _held(self, customer: CustomerId, wish: Wish, gone: _Gone) -> tuple[Delivery, ...] | None:
        """Read the manifest; one that cannot be read (None) keeps nothing here, or a damage would outlive consent.

        While another consent lives nobody can tell its data apart: what was derived goes, and the damage is told.
        """
        try:
            return self._deliveries.kept(customer)
        except CallerError as error:
            if error.code not in _UNREADABLE:
                raise
            if wish.others_live:
                self._take_derived(customer, {wish.purpose}, gone)
                raise
            return None

    def _take_derived(self, customer: CustomerId, purposes: set[int | None] | None, gone: _Gone) -> None:
        """Take what was derived for some purposes, or for every one (None)."""
        wanted = None if purposes is None else {str(purpose) for purpose in purposes}
        for base in self._bases()[1:]:
            folder = self._home.below(base, customer)
            for name in _fs.names(folder):
                if wanted is None or name in wanted:
                    _take_place(folder / name, gone)

    def _keep(self, customer: CustomerId, rows: Iterable[Delivery]) -> None:
        if rows:
            self._deliveries.keep(customer, rows)
            return
        folder = self._deliveries.folder(customer)
        _fs.remove_tree(folder / MANIFEST)
        _fs.sync_folder(folder)

    def _sweep(self, customer: CustomerId, gone: _Gone) -> None:
        """Take what no manifest names, whichever try left it, then the folders that stand empty."""
        raw = self._deliveries.folder(customer)
        gone.take([*self._deliveries.strays(raw), *(path for path in _inside(raw) if _fs.is_link(path))])
        for place in filter(_fs.is_folder, _inside(raw)):
            _fs.sync_folder(place)
            _fs.remove_folder(place)
        _fs.remove_folder(raw)
        for shelf in Shelf:
            self._sweep_shelf(self._home.below(self._shelves.base(shelf), customer), gone)
        _fs.remove_folder(self._home.below(self._home.truth, customer))

    def _sweep_shelf(self, folder: Path, gone: _Gone) -> None:
        for place in filter(_fs.is_folder, _inside(folder)):
            gone.take(_left_over(place))
            _fs.sync_folder(place)
            _fs.remove_folder(place)
        _fs.remove_folder(folder)


def _inside(folder: Path) -> list[Path]:
    return [folder / name for name in _fs.names(folder)]


def _take_place(place: Path, gone: _Gone) -> None:
    """Take all that stands for one purpose but the draft of a living process, which no one lets commit."""
    if not _fs.is_folder(place):
        gone.take([place])
        return
    _fs.remove_tree(place / MANIFEST)
    _fs.sync_folder(place)
    gone.take(path for path in _inside(place) if not path.name.startswith(".") or is_dead_draft(path))
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


class _Gone:
    """Counts what is taken away, and hashes it on the way out."""

    def __init__(self) -> None:
        self.files_n = 0
        self.objects: list[str] = []

    def take(self, paths: Iterable[Path]) -> None:
        """Remove files and folders; a file that cannot be read is removed all the same."""
        for path in paths:
            if path.name != CURRENT:
                self._count(path)
            _fs.remove_tree(path)

    def _count(self, path: Path) -> None:
        if _fs.is_folder(path):
            for name in _fs.names(path):
                self._count(path / name)
        elif _fs.size_bytes(path) is not None:
            self.files_n += 1
            try:
                self.objects.append(_sha256_of(path))
            except BahiError:
                return


def _sha256_of(path: Path) -> str:
    total = sha256()
    for block in _fs.blocks(path):
        total.update(block)
    return total.hexdigest()


def _without(row: Delivery, is_dropped: Callable[[Hold], bool]) -> Delivery:
    return row._replace(holds=tuple(hold for hold in row.holds if not is_dropped(hold)))
