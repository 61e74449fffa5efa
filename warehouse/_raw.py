"""Deliveries: bytes kept as they arrived, seen only through a consent of the Scope, read as a stream of items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from hashlib import sha256
from itertools import chain
from pathlib import Path

from kit.canonical import sha256_hex
from kit.errors import BahiError, CallerError, ConsentRequired, NotFound, TransientError
from kit.ident import CustomerId, party_id
from kit.lines import parse_line
from kit.scope import Scope
from kit.source import Item, RawRef
from warehouse import _fs
from warehouse._holds import holds_under, merged, seen
from warehouse._lines import ENTRY_BYTES, Indexer, capped_lines_of, first_difference, regrouped
from warehouse._lock import Lock, drafted, is_dead_draft
from warehouse._papers import MANIFEST, Arrival, Caps, Delivery, Hold, Papers, papers_bytes, read_papers
from warehouse.home import Home

TOO_LONG = "LINE_TOO_LONG"
_ID_CHARS = 16
# Every line passes here, and a named constructor costs twice as much.
_tuple = tuple.__new__
_KINDS = ("ndjson", "lines")
ORIGINAL = "original"


class Hashed:
    """A file's bytes, hashed as they pass."""

    def __init__(self, reader: _fs.Reader) -> None:
        """Start at the first byte."""
        self._reader = reader
        self._total = sha256()

    def take(self, bytes_max: int) -> bytes:
        """Read on."""
        taken = self._reader.take(bytes_max)
        self._total.update(taken)
        return taken

    def blocks(self) -> Iterator[bytes]:
        """Read to the end."""
        while block := self.take(_fs.BLOCK_BYTES):
            yield block

    def is_whole(self, expected_sha256: str) -> bool:
        """Say whether nothing is left to read and the bytes were the expected ones."""
        return not self.take(1) and self._total.hexdigest() == expected_sha256


class Deliveries:
    """The raw side of the lake."""

    def __init__(self, home: Home, lock: Lock, caps: Caps) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock
        self._caps = caps

    def folder(self, customer: CustomerId) -> Path:
        """Name the folder of a customer's deliveries."""
        return self._home.below(self._home.raw, customer)

    def path(self, customer: CustomerId, delivery: Delivery, kind: str) -> Path:
        """Name the file of a delivery's bytes (ndjson) or of their index (lines)."""
        return self._home.below(self._home.raw, customer, delivery.source, f"{delivery.id}.{kind}")

    def papers(self, customer: CustomerId) -> Papers:
        """Read the manifest whole, whoever may see what."""
        return read_papers(self.folder(customer) / MANIFEST)

    def keep(self, customer: CustomerId, papers: Papers) -> None:
        """Commit a manifest: this rename is what makes a delivery or a note exist, or cease to."""
        _fs.write_atomic(self.folder(customer) / MANIFEST, papers_bytes(papers))

    def keep_row(self, customer: CustomerId, row: Delivery) -> None:
        """Commit one delivery in the place of what was listed under its id."""
        papers = self.papers(customer)
        others = [other for other in papers.deliveries if other.id != row.id]
        self.keep(customer, papers._replace(deliveries=(*others, row)))

    def deliver(self, scope: Scope, source: str, stream: Iterable[bytes], arrival: Arrival) -> Delivery:
        """Take bytes in as they come; the same content again is the same delivery, held by one more consent."""
        self._home.below(self._home.raw, scope.customer, source)
        holds = _holds(scope, source, arrival)
        with self.drafted(scope, arrival.recheck) as draft:
            arrived = _taken_in(stream, draft, source, arrival)._replace(holds=holds)
            with self._lock.of(scope.customer):
                arrival.recheck()
                return self._placed(scope.customer, draft, arrived)

    def drafted(self, scope: Scope, recheck: Callable[[], None]) -> AbstractContextManager[Path]:
        """Open a folder to take bytes in."""
        return drafted(self._lock, scope, self.folder(scope.customer), self.tidy, recheck)

    def _placed(self, customer: CustomerId, draft: Path, arrived: Delivery) -> Delivery:
        known = next((row for row in self.papers(customer).deliveries if row.id == arrived.id), None)
        if known is None or not self._stands(customer, known):
            self._move_in(customer, draft, arrived)
        if known is not None:
            arrived = arrived._replace(holds=merged(known.holds, arrived.holds), originals=known.originals)
        if arrived != known:
            self.keep_row(customer, arrived)
        return arrived

    def _move_in(self, customer: CustomerId, draft: Path, arrived: Delivery) -> None:
        folder = self._home.below(self._home.raw, customer, arrived.source)
        _fs.ensure_folder(folder)
        for kind in reversed(_KINDS):
            _fs.rename(draft / kind, self.path(customer, arrived, kind))
        _fs.sync_folder(folder)

    def _stands(self, customer: CustomerId, delivery: Delivery) -> bool:
        """Say whether a known delivery is unaltered; one that is not is healed by the bytes that just arrived."""
        try:
            return all(
                file_is(self.path(customer, delivery, kind), expected)
                for kind, expected in zip(_KINDS, (delivery.sha256, delivery.lines_sha256), strict=True)
            )
        except FileNotFoundError:
            return False

    def strays(self, folder: Path) -> list[Path]:
        """Find what no manifest names and no living process owns; asked under the lock only."""
        rows = read_papers(folder / MANIFEST).deliveries
        listed = {(row.source, name) for row in rows for name in _names_of(row)}
        found = []
        for name in _fs.names(folder):
            path = folder / name
            if name.startswith("."):
                found += [path] if is_dead_draft(path) else []
            elif _fs.is_folder(path):
                found += [
                    path / file for file in _fs.names(path) if _is_ours(file) and (name, file) not in listed
                ]
        return found

    def paths_of(self, customer: CustomerId, rows: Iterable[Delivery]) -> list[Path]:
        """Name every file of some deliveries, whether or not it stands."""
        folder = self.folder(customer)
        return [folder / row.source / name for row in rows for name in _names_of(row)]

    def settle(self, scope: Scope) -> None:
        """Take away what a crash left behind a delivery; asked under the lock only."""
        self.tidy(self.folder(scope.customer))

    def tidy(self, folder: Path) -> None:
        """Make room after what crashed before; asked under the lock only."""
        try:
            for path in self.strays(folder):
                _fs.discard(path)
        except (BahiError, OSError):
            # Nothing that counts depends on it, and the next delivery tidies again.
            return

    def visible(self, scope: Scope, source: str | None) -> tuple[Delivery, ...]:
        """List what the scope may see, each with only the holds that show it."""
        rows = self.papers(scope.customer).deliveries
        mine = (seen(row, scope) for row in rows if source in (None, row.source))
        return tuple(sorted(row for row in mine if row.holds))

    def check(self, scope: Scope, source: str) -> None:
        """Hash every visible file again."""
        for row in self.visible(scope, source):
            for kind, expected in zip(_KINDS, (row.sha256, row.lines_sha256), strict=True):
                with self._opened(scope, row, kind) as reader:
                    if not _holds_whole(reader, expected):
                        raise self._altered(scope.customer, row)

    def items(self, scope: Scope, source: str) -> Iterator[Item]:
        """Stream every line of every visible delivery, in the order of their ids."""
        return chain.from_iterable(self._items(scope, row) for row in self.visible(scope, source))

    def _items(self, scope: Scope, row: Delivery) -> Iterator[Item]:
        with self._opened(scope, row, "ndjson") as content, self._opened(scope, row, "lines") as index:
            bytes_read, index_read = Hashed(content), Hashed(index)
            number, depth, party = 0, self._caps.json_depth, row.party
            for lines in capped_lines_of(bytes_read.blocks(), self._caps.line_bytes):
                shas = _shas(index_read.take(len(lines) * ENTRY_BYTES))
                if len(shas) != len(lines):
                    raise self._altered(scope.customer, row)
                for sha, line in zip(shas, lines, strict=True):
                    number += 1
                    body, fault = (None, TOO_LONG) if line is None else parse_line(line, depth)
                    yield _tuple(Item, (_tuple(RawRef, (row.id, number, sha)), party, body, fault))
            if not (bytes_read.is_whole(row.sha256) and index_read.is_whole(row.lines_sha256)):
                raise self._altered(scope.customer, row)

    def line(self, scope: Scope, source: str, ref: RawRef) -> bytes:
        """Read one line, checked against its hash; of a line over the cap, the first bytes up to it."""
        row = next((row for row in self.visible(scope, source) if row.id == ref.delivery), None)
        if row is None or not 1 <= ref.line <= row.lines_n:
            raise NotFound("RAW_LINE_MISSING", f"There is no such line of {source} in this scope.")
        with self._opened(scope, row, "ndjson") as content, self._opened(scope, row, "lines") as index:
            entries = index.at((ref.line - 1) * ENTRY_BYTES, 2 * ENTRY_BYTES)
            first, after = int.from_bytes(entries[:8], "big"), int.from_bytes(entries[16:24], "big")
            end = after - 1 if ref.line < row.lines_n else row.size_bytes
            line = self._line_between(content, first, end)
        if line is None or line[1] != ref.sha:
            raise self._altered(scope.customer, row)
        return line[0]

    def _line_between(self, content: _fs.Reader, first: int, end: int) -> tuple[bytes, str] | None:
        """Read and hash the bytes of a line; a last line's newline is not part of it."""
        total, shown = sha256(), b""
        while first < end:
            block = content.at(first, min(_fs.BLOCK_BYTES, end - first))
            if not block:
                return None
            first += len(block)
            block = block.removesuffix(b"\n") if first == end else block
            total.update(block)
            shown += block[: self._caps.line_bytes - len(shown)]
        return shown, total.hexdigest()[:16]

    def _opened(self, scope: Scope, row: Delivery, kind: str) -> _fs.Reader:
        try:
            return _fs.Reader(self.path(scope.customer, row, kind))
        except FileNotFoundError:
            if row.id in {still.id for still in self.papers(scope.customer).deliveries}:
                raise self._altered(scope.customer, row) from None
            raise gone_meanwhile(row.source) from None

    def _altered(self, customer: CustomerId, row: Delivery) -> CallerError:
        content, index = (self.path(customer, row, kind) for kind in _KINDS)
        try:
            if not file_is(index, row.lines_sha256):
                return raw_altered(_fs.place(index), "was altered after it was written")
            line = first_difference(_fs.blocks(content), _fs.blocks(index))
            return raw_altered(
                _fs.place(content), f"was altered after it arrived, first at line {line}", line
            )
        except FileNotFoundError as error:
            return raw_altered(_fs.place(Path(error.filename)), "is missing")


def gone_meanwhile(source: str) -> TransientError:
    """A delivery went with its consent between the look at the manifest and the read."""
    message = f"A delivery of {source} was withdrawn while it was read."
    return TransientError("RAW_WITHDRAWN", message, hint="Run again.")


def raw_altered(spot: str, what: str, line: int | None = None) -> CallerError:
    """What stands is not what arrived."""
    hint = "Restore the file from a backup, or deliver it again."
    return CallerError(
        "RAW_ALTERED", f"{spot} {what}.", hint=hint, place=spot if line is None else f"{spot}:{line}"
    )


def _taken_in(stream: Iterable[bytes], draft: Path, source: str, arrival: Arrival) -> Delivery:
    content, index = _fs.Writer(draft / "ndjson"), _fs.Writer(draft / "lines")
    total, lines_total, size_bytes, indexer = sha256(), sha256(), 0, Indexer()
    try:
        for block in regrouped(stream):
            entries = indexer.feed(block)
            content.write(block)
            index.write(entries)
            total.update(block)
            lines_total.update(entries)
            size_bytes += len(block)
        last = indexer.finish()
        index.write(last)
        lines_total.update(last)
        content.finish()
        index.finish()
    finally:
        content.close()
        index.close()
    sha = total.hexdigest()
    delivery_id = sha256_hex([source, arrival.party, sha])[:_ID_CHARS]
    shas = (sha, lines_total.hexdigest())
    return Delivery(
        delivery_id, source, arrival.party, size_bytes, indexer.lines_n, *shas, arrival.fetch_key, ()
    )


def _holds(scope: Scope, source: str, arrival: Arrival) -> tuple[Hold, ...]:
    """Hold for every consent in the scope that covers this party and source; without one nothing comes in."""
    mine = [grant for grant in scope.of_source(source) if grant.party == arrival.party]
    if not mine:
        party = party_id(arrival.party)
        raise ConsentRequired(
            "FI_TYPE_OUT_OF_SCOPE",
            f"No consent in this scope covers {source} of {party}.",
            hint=f"Run: bahi consent grant --customer-id {scope.customer} --purpose {scope.purpose}"
            f" --party {party} --sources {source}",
        )
    return holds_under(mine, scope.purpose, arrival.received_at)


def file_is(path: Path, expected_sha256: str) -> bool:
    """Hash a file and say whether it is the expected one."""
    with _fs.Reader(path) as reader:
        return _holds_whole(reader, expected_sha256)


def _holds_whole(reader: _fs.Reader, expected_sha256: str) -> bool:
    hashed = Hashed(reader)
    while hashed.take(_fs.BLOCK_BYTES):
        pass
    return hashed.is_whole(expected_sha256)


def _shas(entries: bytes) -> list[str]:
    text = entries.hex()
    return [text[at : at + 16] for at in range(16, len(text), 32)]


def _is_ours(name: str) -> bool:
    stem, _, kind = name.partition(".")
    return len(stem) == _ID_CHARS and (kind in _KINDS or kind.startswith(f"{ORIGINAL}."))


def _names_of(row: Delivery) -> list[str]:
    return [*(f"{row.id}.{kind}" for kind in _KINDS), *(one.name for one in row.originals)]
