"""A draft of derived files: gathered into blocks, hashed as written, durable before anyone may commit it."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from kit.errors import TransientError
from warehouse import _fs
from warehouse._papers import Shelf, Shelved, Stored

_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}", re.ASCII)


class DraftFile:
    """A file of a draft: pieces are gathered into blocks and hashed; closing it makes it durable."""

    def __init__(self, path: Path) -> None:
        """Made by Draft only."""
        self._name = path.name
        self._file = _fs.Writer(path)
        # A list of the serialiser's results would keep their spare room too.
        self._waiting = bytearray()
        self._size_bytes = 0
        self._total = sha256()
        self._stored: Stored | None = None

    def write(self, piece: bytes) -> None:
        """Add bytes, of any size."""
        self._waiting += piece
        if len(self._waiting) >= _fs.BLOCK_BYTES:
            self._flush()

    def close(self) -> Stored:
        """Make the content durable; a second call says the same again."""
        if self._stored is None:
            self._flush()
            self._file.finish()
            self._stored = Stored(self._name, self._size_bytes, self._total.hexdigest())
        return self._stored

    def drop(self) -> None:
        """Let go of the file, finished or not."""
        self._file.close()

    def __enter__(self) -> DraftFile:
        """Write within the block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Close; after a failure the draft is going anyway."""
        if kind is None:
            self.close()
        else:
            self.drop()

    def _flush(self) -> None:
        block = bytes(self._waiting)
        self._waiting.clear()
        self._size_bytes += len(block)
        self._total.update(block)
        self._file.write(block)


class Draft:
    """A folder being written; nobody reads it before it is committed."""

    def __init__(self, folder: Path, shelf: Shelf, base: Shelved | None) -> None:
        """Made by Lake.draft only."""
        self.folder = folder
        self.shelf = shelf
        self.base = base
        self._open: dict[str, DraftFile] = {}
        self._kept: dict[str, Stored] = {}

    def writer(self, name: str) -> DraftFile:
        """Open a file of the draft; a name is written once."""
        if name in self._open or name in self._kept:
            raise ValueError(f"{name} is in the draft already")
        self._open[name] = DraftFile(self.folder / in_folder(name))
        return self._open[name]

    def keep(self, name: str) -> Stored:
        """Take over a file of the folder that stands, without copying it."""
        if self.base is None or (stored := stored_in(self.base, name)) is None:
            raise ValueError(f"no {name} stands that could be kept")
        try:
            _fs.link(self.folder.parent / self.base.folder / name, self.folder / in_folder(name))
        except FileNotFoundError:
            raise moved(self.shelf) from None
        self._kept[name] = stored
        return stored

    def stored(self, source: str) -> tuple[Stored, ...]:
        """List the files of one source, named `<source>.…`, in the order they were opened; they are closed by this."""
        files = [file.close() for name, file in self._open.items() if name.startswith(f"{source}.")]
        return (*files, *(kept for name, kept in self._kept.items() if name.startswith(f"{source}.")))

    def close(self) -> dict[str, Stored]:
        """Make every file durable and say what the draft holds."""
        written = {name: file.close() for name, file in self._open.items()}
        _fs.sync_folder(self.folder)
        return written | self._kept

    def drop(self) -> None:
        """Let go of every open file."""
        for file in self._open.values():
            file.drop()


def stored_in(shelved: Shelved, name: str) -> Stored | None:
    """Find a file among the entries of a shelf."""
    every = (stored for entry in shelved.entries.values() for stored in entry.files)
    return next((stored for stored in every if stored.name == name), None)


def in_folder(name: str) -> str:
    """Accept a file name that stays in its folder; names are ours, so another one is a bug."""
    if not _NAME.fullmatch(name):
        raise ValueError("a derived file has a plain name")
    return name


def moved(shelf: Shelf) -> TransientError:
    """Another commit came first."""
    return TransientError("SHELF_MOVED", f"Another run committed its {shelf} files first.", hint="Run again.")
