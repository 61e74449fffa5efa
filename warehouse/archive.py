"""Archives: the files of a home and documents beside them in one sealed file, and the way back into another home."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from orjson import loads

from kit.canonical import line
from kit.errors import BahiError, CallerError
from kit.ident import CustomerId
from kit.shapes import mapping, text, whole
from warehouse import _fs
from warehouse._lock import Lock
from warehouse._sealed import Sealer, unreadable, unsealed
from warehouse.home import Home
from warehouse.named_files import reader_of, unwritable

__all__ = ["Packed", "Packing", "parts_of", "unpacked", "unreadable"]

LOCK_WAIT_S = 120.0
DOCUMENT_BYTES_MAX = 1 << 28
_LINE_BYTES_MAX = 1 << 16
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


class Packed(NamedTuple):
    """An archive that is whole: how many files and bytes went in, how large it became, and its hash."""

    files_n: int
    files_bytes: int
    left_out_n: int
    archive_bytes: int
    sha256: str


def parts_of(home: Home) -> dict[str, Path]:
    """Name the places of a home that an archive holds; the ledger goes in as documents."""
    return {
        "raw": home.raw,
        "clean": home.clean,
        "results": home.results,
        "logs": home.logs,
        "replies": home.replies,
        "truth": home.truth,
        "secrets": home.secrets,
    }


class Packing:
    """An archive being written; only `finish` gives it its name, and whatever ends it before leaves nothing."""

    def __init__(self, home: Home, path: str, passphrase: str) -> None:
        """Begin beside the place it is to stand at; what stands there is not replaced."""
        self._home = home
        self._lock = Lock(home, LOCK_WAIT_S)
        self._target = Path(path).absolute()
        self._draft = self._target.with_name(f".{self._target.name}.tmp-{_fs.token()}")
        self._counted = {"files": 0, "bytes": 0, "left out": 0}
        self._members_n, self._size, self._sha256 = 0, 0, hashlib.sha256()
        try:
            is_taken = _fs.size_bytes(self._target) is not None
        except BahiError as error:
            raise unwritable(path, error) from error
        if is_taken:
            raise CallerError(
                "FILE_EXISTS", "There is a file of that name.", hint="Name another.", place=path[:200]
            )
        try:
            self._file = _fs.Writer(self._draft)
        except (BahiError, OSError) as error:
            raise unwritable(path, error) from error
        try:
            self._sealer = Sealer(self._out, passphrase)
        except BaseException:
            self.abandon()
            raise

    def owners(self) -> list[str]:
        """Name every customer of whom there is a file."""
        found = set()
        for base in parts_of(self._home).values():
            found |= {name for name in _fs.names(base) if _is_plain(name) and _fs.is_folder(base / name)}
        return sorted(found)

    def pack(self, owner: str) -> None:
        """Copy all that a customer has, while nobody changes it; drafts and links stay out."""
        with self._lock.of(CustomerId(owner)):
            for part, base in parts_of(self._home).items():
                self._copy(f"{part}/{owner}", self._home.below(base, owner))

    def pack_rest(self) -> None:
        """Copy what belongs to no customer: the log of the program, and the secrets."""
        for part, base in parts_of(self._home).items():
            for name in filter(_is_plain, _fs.names(base)):
                if not _fs.is_folder(base / name):
                    self._copy(f"{part}/{name}", base / name)

    def put(self, name: str, content: bytes) -> None:
        """Add a document."""
        self._add(name, len(content), io.BytesIO(content).read)

    def finish(self) -> Packed:
        """Make the archive whole and durable, then give it its name."""
        self._sealer.write(line({"end": self._members_n}))
        self._sealer.finish()
        self._file.finish()
        _fs.rename(self._draft, self._target)
        _fs.sync_folder(self._target.parent)
        counted = self._counted
        return Packed(
            counted["files"], counted["bytes"], counted["left out"], self._size, self._sha256.hexdigest()
        )

    def abandon(self) -> None:
        """Leave nothing."""
        self._file.close()
        _fs.discard(self._draft)

    def _out(self, block: bytes) -> None:
        self._sha256.update(block)
        self._size += len(block)
        self._file.write(block)

    def _copy(self, name: str, path: Path) -> None:
        if _fs.is_link(path):
            return
        if not _fs.is_folder(path):
            self._copy_file(name, path)
            return
        for below in _fs.names(path):
            if _is_plain(below):
                self._copy(f"{name}/{below}", path / below)
            elif not below.startswith("."):
                self._counted["left out"] += 1

    def _copy_file(self, name: str, path: Path) -> None:
        size = _fs.size_bytes(path)
        if size is None:
            return
        with _fs.Reader(path) as reader:
            self._add(name, size, reader.take)
        self._counted["files"] += 1
        self._counted["bytes"] += size

    def _add(self, name: str, size: int, take: Callable[[int], bytes]) -> None:
        """Write one member: a line with its name and size, then exactly so many bytes."""
        self._members_n += 1
        self._sealer.write(line({"name": name, "size": size}))
        while size:
            block = take(min(size, _fs.BLOCK_BYTES))
            if not block:
                raise _fs.disk_failed(self._target)
            self._sealer.write(block)
            size -= len(block)


def unpacked(path: str, passphrase: str, home: Home) -> Iterator[tuple[str, bytes]]:
    """Write the files of an archive below a home, durably, and give the documents between them as they come."""
    with reader_of(path, "Name a file that bahi backup wrote.") as reader:
        stream = _Stream(unsealed(reader.take, passphrase))
        try:
            yield from _members(stream, home)
        except (KeyError, TypeError, ValueError) as error:
            raise unreadable("what is in it is no archive") from error


def _members(stream: _Stream, home: Home) -> Iterator[tuple[str, bytes]]:
    parts, members_n = parts_of(home), 0
    while "end" not in (member := mapping(loads(stream.line()))):
        members_n += 1
        name, size = text(member["name"]), whole(member["size"])
        part, *names = name.split("/")
        if part in parts and names:
            _write(home.below(parts[part], *names), stream, size)
        elif size <= DOCUMENT_BYTES_MAX:
            yield name, b"".join(stream.blocks(size))
        else:
            raise unreadable("it holds a document larger than any of ours")
    if member["end"] != members_n or stream.take(1):
        raise unreadable("it does not end where it should")


def _write(path: Path, stream: _Stream, size: int) -> None:
    _fs.ensure_folder(path.parent)
    writer = _fs.Writer(path)
    try:
        for block in stream.blocks(size):
            writer.write(block)
        writer.finish()
    finally:
        writer.close()
    _fs.sync_folder(path.parent)


class _Stream:
    """Gives the chunks of a sealed stream in any size."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""

    def line(self) -> bytes:
        """Read to the end of a line."""
        while b"\n" not in self._held and len(self._held) <= _LINE_BYTES_MAX and self._more():
            pass
        found, _, self._held = self._held.partition(b"\n")
        return found

    def blocks(self, size: int) -> Iterator[bytes]:
        """Read so many bytes, block by block."""
        while size:
            block = self.take(min(size, _fs.BLOCK_BYTES))
            if not block:
                raise ValueError("the stream ends within a member")
            size -= len(block)
            yield block

    def take(self, bytes_max: int) -> bytes:
        """Read some bytes, none only at the end."""
        if not self._held:
            self._more()
        taken, self._held = self._held[:bytes_max], self._held[bytes_max:]
        return taken

    def _more(self) -> bool:
        more = next(self._chunks, b"")
        self._held += more
        return bool(more)


def _is_plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None
