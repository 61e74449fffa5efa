"""Originals: documents as they were received, kept beside the delivery that was read from them."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from kit.scope import Scope
from warehouse import _fs
from warehouse._holds import merged, seen
from warehouse._lines import regrouped
from warehouse._lock import Lock, withdrawn
from warehouse._papers import Delivery, Original
from warehouse._raw import ORIGINAL, Deliveries, Hashed, file_is, gone_meanwhile, raw_altered

_SUFFIX = re.compile(r"[a-z0-9]{1,8}", re.ASCII)
_SHA_CHARS = 16


class Document(NamedTuple):
    """A document that was received: its kind as a short suffix, and its bytes in pieces of any size."""

    suffix: str
    stream: Iterable[bytes]


class Originals:
    """The documents beside the deliveries."""

    def __init__(self, lock: Lock, deliveries: Deliveries) -> None:
        """Made by Lake only."""
        self._lock = lock
        self._deliveries = deliveries

    def keep(
        self, scope: Scope, delivery_id: str, document: Document, recheck: Callable[[], None]
    ) -> Original:
        """Take a document in, held by what the scope sees the delivery through; the same content is the same file."""
        if not _SUFFIX.fullmatch(document.suffix):
            raise ValueError("the suffix of a document is a short plain word")
        customer = scope.customer
        with self._deliveries.drafted(scope, recheck) as draft:
            size_bytes, sha = _taken_in(document.stream, draft / ORIGINAL)
            with self._lock.of(customer):
                recheck()
                row = self._seen(scope, delivery_id)
                name = f"{row.id}.{ORIGINAL}.{sha[:_SHA_CHARS]}.{document.suffix}"
                arrived = Original(name, size_bytes, sha, seen(row, scope).holds)
                return self._placed(scope, row, arrived, draft / ORIGINAL)

    def read(self, scope: Scope, row: Delivery, one: Original) -> Iterator[bytes]:
        """Read a document as it was received; the hash is checked when its last block is read."""
        path = self._path(scope, row, one)
        with self._opened(scope, row, one) as reader:
            hashed = Hashed(reader)
            yield from hashed.blocks()
            if not hashed.is_whole(one.sha256):
                raise raw_altered(_fs.place(path), "was altered after it arrived")

    def check(self, scope: Scope, source: str) -> None:
        """Hash every visible document again."""
        for row in self._deliveries.visible(scope, source):
            for one in row.originals:
                deque(self.read(scope, row, one), maxlen=0)

    def _seen(self, scope: Scope, delivery_id: str) -> Delivery:
        """Find the delivery as the manifest has it, provided that the scope may see it."""
        for row in self._deliveries.papers(scope.customer).deliveries:
            if row.id == delivery_id and seen(row, scope).holds:
                return row
        raise withdrawn()

    def _placed(self, scope: Scope, row: Delivery, arrived: Original, draft: Path) -> Original:
        known = next((one for one in row.originals if one.name == arrived.name), None)
        path = self._path(scope, row, arrived)
        if known is None or not _stands(path, arrived.sha256):
            _fs.rename(draft, path)
            _fs.sync_folder(path.parent)
        if known is not None:
            arrived = arrived._replace(holds=merged(known.holds, arrived.holds))
        if arrived != known:
            others = [one for one in row.originals if one.name != arrived.name]
            row = row._replace(originals=tuple(sorted((*others, arrived))))
            self._deliveries.keep_row(scope.customer, row)
        return arrived

    def _path(self, scope: Scope, row: Delivery, one: Original) -> Path:
        return self._deliveries.path(scope.customer, row, one.name.removeprefix(f"{row.id}."))

    def _opened(self, scope: Scope, row: Delivery, one: Original) -> _fs.Reader:
        path = self._path(scope, row, one)
        try:
            return _fs.Reader(path)
        except FileNotFoundError:
            listed = self._deliveries.papers(scope.customer).deliveries
            if any(one.name == other.name for still in listed for other in still.originals):
                raise raw_altered(_fs.place(path), "is missing") from None
            raise gone_meanwhile(row.source) from None


def _taken_in(stream: Iterable[bytes], path: Path) -> tuple[int, str]:
    writer = _fs.Writer(path)
    total, size_bytes = sha256(), 0
    try:
        for block in regrouped(stream):
            writer.write(block)
            total.update(block)
            size_bytes += len(block)
        writer.finish()
    finally:
        writer.close()
    return size_bytes, total.hexdigest()


def _stands(path: Path, expected_sha256: str) -> bool:
    try:
        return file_is(path, expected_sha256)
    except FileNotFoundError:
        return False
