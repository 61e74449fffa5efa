"""Erasure: what a consent brought and all that was derived from it, in an order that a crash cannot break."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from kit.errors import BahiError
from kit.ident import CustomerId
from warehouse import _fs
from warehouse._lock import Lock
from warehouse._papers import MANIFEST, Delivery, Hold, Removed, Shelf, read_shelved
from warehouse._raw import Deliveries
from warehouse._shelf import CURRENT, Shelves, strays
from warehouse.home import Home


class Eraser:
    """The side of the lake that takes away."""

    def __init__(self, home: Home, lock: Lock, deliveries: Deliveries, shelves: Shelves) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock
        self._deliveries = deliveries
        self._shelves = shelves

    def drop(self, customer: CustomerId, is_dropped: Callable[[Hold], bool]) -> Removed:
        """Drop holds and what nothing holds any more; done again after a crash, it takes the rest."""
        gone = _Gone()
        with self._lock.of(customer):
            before = self._deliveries.kept(customer)
            after = [left for row in before if (left := _without(row, is_dropped)).holds]
            purposes = {hold.purpose for row in before for hold in row.holds if is_dropped(hold)}
            # Derived files and truth go before the raw manifest: until it is rewritten, a second try sees the task.
            for purpose in sorted(purposes):
                self._derived(customer, purpose, gone)
            if tuple(after) != before:
                self._keep(customer, after)
            self._sweep(customer, gone)
        return Removed(len(before) - len(after), gone.files_n, tuple(sorted(gone.objects)))

    def _derived(self, customer: CustomerId, purpose: int, gone: _Gone) -> None:
        for shelf in Shelf:
            place = self._shelves.folder(customer, purpose, shelf)
            if _fs.is_folder(place):
                _fs.unlink(place / MANIFEST)
                _fs.sync_folder(place)
                gone.take(strays(place, None))
        truth = self._home.below(self._home.truth, customer, str(purpose))
        gone.take([truth])

    def _keep(self, customer: CustomerId, rows: Iterable[Delivery]) -> None:
        if rows:
            self._deliveries.keep(customer, rows)
            return
        folder = self._deliveries.folder(customer)
        _fs.unlink(folder / MANIFEST)
        _fs.sync_folder(folder)

    def _sweep(self, customer: CustomerId, gone: _Gone) -> None:
        """Take what no manifest names, whichever try left it, then the folders that stand empty."""
        raw = self._deliveries.folder(customer)
        gone.take(self._deliveries.strays(raw))
        for name in _fs.names(raw):
            if _fs.is_folder(raw / name):
                _fs.sync_folder(raw / name)
                _fs.remove_folder(raw / name)
        _fs.remove_folder(raw)
        for shelf in Shelf:
            self._sweep_shelf(self._home.below(self._shelves.base(shelf), customer), gone)
        _fs.remove_folder(self._home.below(self._home.truth, customer))

    def _sweep_shelf(self, folder: Path, gone: _Gone) -> None:
        for place in filter(_fs.is_folder, (folder / name for name in _fs.names(folder))):
            standing = read_shelved(place / MANIFEST)
            gone.take(strays(place, None if standing is None else standing.folder))
            _fs.sync_folder(place)
            _fs.remove_folder(place)
        _fs.remove_folder(folder)


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
