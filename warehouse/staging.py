"""A home being rebuilt inside another: nothing of it can be read until it stands in its place, the ledger last."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.errors import CallerError, TransientError
from warehouse import _fs
from warehouse._papers import MANIFEST, read_shelved
from warehouse._shelf import CURRENT
from warehouse.archive import parts_of
from warehouse.home import RESTORING, Home
from warehouse.ledger import Ledger, Where
from warehouse.migrate import upgrade, version
from warehouse.rows import KEYS, dumped, taken

_MARK = ".restoring"


class Staging:
    """The home that is rebuilt, and the way into its place."""

    def __init__(self, target: Home, where: Where, folder: Path) -> None:
        """Made by `staged` only."""
        self._target = target
        self._where = where
        self.home = Home(root=folder, truth=folder / ".truth")

    def place(self) -> None:
        """Put every part in its place, each by one rename; until the ledger follows there is no house."""
        # Rebuilding took its time: somebody may have made a house there meanwhile.
        _require_empty(self._target, self._where)
        for base in (self.home.clean, self.home.results):
            _point_to_current(base)
        _fs.write_new(self._target.root / _MARK, b"")
        _fs.sync_folder(self._target.root)
        for part, source in parts_of(self.home).items():
            if _fs.is_folder(source):
                _move(source, parts_of(self._target)[part])
        if isinstance(self._where, Path):
            _move_ledger(self.home.ledger_path, self._where)
        else:
            _load(self.home.ledger_path, self._where)
        _fs.unlink(self._target.root / _MARK)


@contextmanager
def staged(target: Home, where: Where) -> Iterator[Staging]:
    """Give a place to rebuild a home in, inside one that is empty; what is not placed goes at the end."""
    _fs.ensure_folder(target.root)
    _require_alone(target)
    _require_empty(target, where)
    folder = target.root / f"{RESTORING}{_fs.token()}"
    _fs.make_folder(folder)
    claimed = _fs.claim(folder)
    try:
        yield Staging(target, where, folder)
    finally:
        _fs.discard(folder)
        if claimed is not None:
            _fs.release(claimed)


def left_over(home: Home) -> list[str]:
    """Name what an interrupted restoration left in a home."""
    return [name for name in _fs.names(home.root) if name.startswith(RESTORING) or name == _MARK]


def require_none_left(home: Home, where: Where) -> None:
    """Refuse to make a house around half of another: nobody's consent would hold what is in it, and nothing take it."""
    if left_over(home) and not _has_ledger(where):
        raise CallerError(
            "RESTORATION_LEFT",
            "A restoration was interrupted here, or is still at work.",
            hint="Run bahi restore again, or set BAHI_HOME to an empty folder.",
        )


def _require_alone(target: Home) -> None:
    """Sweep away what a restoration left whose process is gone; nobody could read any of it."""
    for name in left_over(target):
        if name == _MARK:
            continue
        claimed = _fs.claim(target.root / name)
        if claimed is None:
            raise TransientError(
                "HOME_BUSY",
                "Another restoration is at work here.",
                hint="Wait for it to end, then look again.",
            )
        try:
            _fs.remove_tree(target.root / name)
        finally:
            _fs.release(claimed)


def _require_empty(target: Home, where: Where) -> None:
    """Refuse a home with a ledger or with files, but for those an interrupted restoration had put in their place."""
    if _has_ledger(where) or (_MARK not in left_over(target) and any(map(_holds, parts_of(target).values()))):
        raise CallerError(
            "HOME_NOT_EMPTY",
            "There is a house already where the backup would go.",
            hint="Set BAHI_HOME to an empty folder, and BAHI_DATABASE_URL, if it is set, to an empty database.",
        )
    for base in parts_of(target).values():
        _fs.remove_tree(base)
    _fs.unlink(target.root / _MARK)
    _fs.sync_folder(target.root)


def _has_ledger(where: Where) -> bool:
    if isinstance(where, Path):
        return _fs.size_bytes(where) is not None
    if version(where) == "":
        return False
    ledger = Ledger(where)
    try:
        with ledger.reading() as tx:
            return any(tx.one(f"SELECT 1 AS one FROM {table} LIMIT 1") is not None for table in KEYS)
    finally:
        ledger.close()


def _holds(path: Path) -> bool:
    """Say whether a file or a link stands somewhere below."""
    if not _fs.is_folder(path):
        return _fs.size_bytes(path) is not None
    return any(_holds(path / name) for name in _fs.names(path))


def _point_to_current(base: Path) -> None:
    """Make the links that people follow again: archives hold none."""
    for place in (base / owner / name for owner in _fs.names(base) for name in _fs.names(base / owner)):
        standing = read_shelved(place / MANIFEST) if _fs.is_folder(place) else None
        if standing is not None:
            _fs.point(place / CURRENT, standing.folder)


def _move(source: Path, target: Path) -> None:
    _fs.ensure_folder(target.parent)
    try:
        _fs.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, target)  # The truth may stand on another disk.
    _fs.sync_folder(target.parent)


def _copy(source: Path, target: Path) -> None:
    if _fs.is_folder(source):
        _fs.ensure_folder(target)
        for name in _fs.names(source):
            _copy(source / name, target / name)
        return
    writer = _fs.Writer(target)
    try:
        for block in _fs.blocks(source):
            writer.write(block)
        writer.finish()
    finally:
        writer.close()
    _fs.sync_folder(target.parent)


def _move_ledger(source: Path, target: Path) -> None:
    """Move the file once its log is empty and nobody has it open."""
    for suffix in ("-wal", "-shm"):
        beside = source.with_name(source.name + suffix)
        if suffix == "-wal" and _fs.size_bytes(beside):
            raise TransientError("LEDGER_BUSY", "The restored ledger is still open.", hint="Run again.")
        _fs.unlink(beside)
    # The engine would take the log of a ledger that was lost for that of the one that comes in its place.
    for suffix in ("-wal", "-shm", "-journal"):
        _fs.unlink(target.with_name(target.name + suffix))
    _fs.sync_folder(target.parent)
    _fs.rename(source, target)
    _fs.sync_folder(target.parent)


def _load(source: Path, where: Where) -> None:
    """Write every row into the database of a server, all of them by one commit."""
    upgrade(where)
    here, there = Ledger(source), Ledger(where)
    try:
        with here.reading() as rows, there.transaction() as tx:
            for table, lines in dumped(rows):
                taken(tx, table, lines)
    finally:
        here.close()
        there.close()
