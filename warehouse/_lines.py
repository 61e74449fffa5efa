"""Bytes to lines and their index: for each line 8 bytes of offset and 8 of its SHA-256, the newline left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import zip_longest

from warehouse._fs import BLOCK_BYTES

ENTRY_BYTES = 16


def regrouped(stream: Iterable[bytes]) -> Iterator[bytes]:
    """Gather pieces of any size into blocks worth a system call."""
    pieces: list[bytes] = []
    size_bytes = 0
    for piece in stream:
        pieces.append(piece)
        size_bytes += len(piece)
        if size_bytes >= BLOCK_BYTES:
            yield b"".join(pieces)
            pieces.clear()
            size_bytes = 0
    yield b"".join(pieces)


class Indexer:
    """Builds the index block by block; a line of any length costs no memory."""

    def __init__(self) -> None:
        """Start at the first line."""
        self.lines_n = 0
        self._start = 0
        self._part_bytes = 0
        self._part = sha256()

    def feed(self, block: bytes) -> bytes:
        """Give the entries of the lines that end in this block."""
        first, newline, rest = block.partition(b"\n")
        self._part.update(first)
        self._part_bytes += len(first)
        if not newline:
            return b""
        entries = [self._ended()]
        *whole, last = rest.split(b"\n")
        start = self._start
        for line in whole:
            entries.append(start.to_bytes(8, "big") + sha256(line).digest()[:8])
            start += len(line) + 1
        self._start = start
        self.lines_n += len(whole)
        self._part.update(last)
        self._part_bytes = len(last)
        return b"".join(entries)

    def finish(self) -> bytes:
        """Give the entry of a last line that no newline ended."""
        return self._ended() if self._part_bytes else b""

    def _ended(self) -> bytes:
        entry = self._start.to_bytes(8, "big") + self._part.digest()[:8]
        self.lines_n += 1
        self._start += self._part_bytes + 1
        self._part, self._part_bytes = sha256(), 0
        return entry


def lines_of(blocks: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Cut blocks into lines, a list for each block; a last line needs no newline."""
    rest: list[bytes] = []
    for block in blocks:
        pieces = block.split(b"\n")
        if len(pieces) == 1:
            rest.append(block)
            continue
        rest.append(pieces[0])
        pieces[0] = b"".join(rest)
        rest = [pieces.pop()]
        yield pieces
    last = b"".join(rest)
    if last:
        yield [last]


def capped_lines_of(blocks: Iterable[bytes], line_bytes_max: int) -> Iterator[list[bytes | None]]:
    """Cut blocks into lines; one over the cap is None and is never held whole."""
    rest: bytes | None = b""
    for block in blocks:
        pieces: list[bytes | None] = [*block.split(b"\n")]
        last = pieces.pop()
        if pieces:
            pieces[0] = _joined(rest, pieces[0])
            yield [None if line is None or len(line) > line_bytes_max else line for line in pieces]
            rest = b""
        rest = _joined(rest, last)
        rest = None if rest is None or len(rest) > line_bytes_max else rest
    if rest is None or rest:
        yield [rest]


def _joined(before: bytes | None, after: bytes | None) -> bytes | None:
    return None if before is None or after is None else before + after


def first_difference(blocks: Iterable[bytes], index: Iterable[bytes]) -> int:
    """Find the first line, from 1, that is not what the index says; the last one when only the end differs."""
    number = 0
    pairs = zip_longest(_entries(_indexed(blocks)), _entries(index))
    for number, (found, known) in enumerate(pairs, 1):
        if found != known:
            return number
    return max(number, 1)


def _indexed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    indexer = Indexer()
    for block in blocks:
        yield indexer.feed(block)
    yield indexer.finish()


def _entries(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for at in range(0, len(chunk), ENTRY_BYTES):
            yield chunk[at : at + ENTRY_BYTES]
