"""Notes: what is written down about a customer, one line each; a line exists when the raw manifest lists it."""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import orjson

from kit.canonical import line, sha256_hex
from kit.errors import BahiError, CallerError
from kit.ident import CustomerId
from kit.scope import Scope
from warehouse import _fs
from warehouse._holds import Holds, holds_under, is_seen, merged, seen
from warehouse._lock import Lock, withdrawn
from warehouse._papers import Delivery, Note, NoteKind, Papers
from warehouse._raw import Deliveries, raw_altered
from warehouse.home import Home

_ID_CHARS = 16


class Remark(NamedTuple):
    """What to write down; about one delivery it is held as that is, else by every consent of the scope.

    The same remark twice is one note: what takes an earlier one back names it, and so is another remark.
    """

    kind: NoteKind
    document: Mapping[str, object]
    delivery_id: str | None = None


class Noted(NamedTuple):
    """A note as it is read."""

    id: str
    document: Mapping[str, object]


class Notes:
    """Corrections and applications, appended to one file of each kind and committed by the raw manifest."""

    def __init__(self, home: Home, lock: Lock, deliveries: Deliveries) -> None:
        """Made by Lake only."""
        self._home = home
        self._lock = lock
        self._deliveries = deliveries

    def note(self, scope: Scope, remark: Remark, recheck: Callable[[], None]) -> str:
        """Add a line and give its id; a crash leaves it there whole or not at all."""
        written = line(remark.document)
        sha = sha256(written).hexdigest()
        note_id = sha256_hex([remark.kind, sha])[:_ID_CHARS]
        customer = scope.customer
        with self._lock.of(customer):
            recheck()
            papers = self._deliveries.papers(customer)
            holds = _holds(scope, papers.deliveries, remark.delivery_id)
            _fs.ensure_folder(self._deliveries.folder(customer))
            self._deliveries.tidy(self._deliveries.folder(customer))
            self._append(customer, papers, Note(note_id, remark.kind, sha, holds), written)
        return note_id

    def _append(self, customer: CustomerId, papers: Papers, note: Note, written: bytes) -> None:
        standing = [row.sha256 for row in papers.notes if row.kind is note.kind]
        found = self._found(customer, note.kind) | {note.sha256: written}
        shas = list(dict.fromkeys([*standing, note.sha256]))
        self._keep_lines(customer, note.kind, self._ordered(customer, note.kind, found, shas))
        known = next((row for row in papers.notes if row.id == note.id), None)
        if known is None:
            self._deliveries.keep(customer, papers._replace(notes=(*papers.notes, note)))
            return
        held = known._replace(holds=merged(known.holds, note.holds))
        if held != known:
            notes = tuple(held if row.id == note.id else row for row in papers.notes)
            self._deliveries.keep(customer, papers._replace(notes=notes))

    def read(self, scope: Scope, kind: NoteKind) -> tuple[Noted, ...]:
        """Read the notes the scope may see, in the order they were written."""
        tried: list[Note] | None = None
        while True:
            notes = self._deliveries.papers(scope.customer).notes
            mine = [row for row in notes if row.kind is kind and is_seen(row, scope)]
            found = self._found(scope.customer, kind) if mine else {}
            if all(row.sha256 in found for row in mine):
                return tuple(Noted(row.id, orjson.loads(found[row.sha256])) for row in mine)
            if mine == tried:
                raise self._altered(scope.customer, kind)
            # An erasure came between the manifest and the lines; the manifest of now knows.
            tried = mine

    def sweep(
        self, customer: CustomerId, kind: NoteKind, told: Callable[[Iterable[str | None]], None]
    ) -> None:
        """Take every line no manifest lists, told by hash before; a file that keeps none goes, readable or not (None)."""
        path = self._home.entry(self._deliveries.folder(customer), file_of(kind))
        if _fs.size_bytes(path) is None:
            return
        listed = [row.sha256 for row in self._deliveries.papers(customer).notes if row.kind is kind]
        if not listed:
            told(self._readable(customer, kind))
            _fs.remove_tree(path)
            return
        found = self._found(customer, kind)
        kept = [found.pop(sha) for sha in listed if sha in found]
        if found:
            told(found)
            self._keep_lines(customer, kind, kept)

    def _readable(self, customer: CustomerId, kind: NoteKind) -> list[str | None]:
        try:
            return [*self._found(customer, kind)]
        except BahiError:
            return [None]

    def _path(self, customer: CustomerId, kind: NoteKind) -> Path:
        return self._home.below(self._home.raw, customer, file_of(kind))

    def _found(self, customer: CustomerId, kind: NoteKind) -> dict[str, bytes]:
        try:
            content = _fs.read(self._path(customer, kind))
        except FileNotFoundError:
            return {}
        return {sha256(one).hexdigest(): one for one in content.splitlines(keepends=True)}

    def _ordered(
        self, customer: CustomerId, kind: NoteKind, found: Mapping[str, bytes], shas: Iterable[str]
    ) -> list[bytes]:
        try:
            return [found[sha] for sha in shas]
        except KeyError:
            raise self._altered(customer, kind) from None

    def _keep_lines(self, customer: CustomerId, kind: NoteKind, lines: Iterable[bytes]) -> None:
        path, content = self._path(customer, kind), b"".join(lines)
        try:
            stands = _fs.read(path) == content
        except FileNotFoundError:
            stands = False
        if not stands:
            _fs.write_atomic(path, content)

    def _altered(self, customer: CustomerId, kind: NoteKind) -> CallerError:
        return raw_altered(_fs.place(self._path(customer, kind)), "was altered after it was written")


def file_of(kind: NoteKind) -> str:
    """Name the file of a kind."""
    return f"{kind}s.ndjson"


def _holds(scope: Scope, deliveries: Iterable[Delivery], delivery_id: str | None) -> Holds:
    if delivery_id is None:
        return holds_under(scope.grants, scope.purpose, scope.as_of)
    found = (seen(row, scope).holds for row in deliveries if row.id == delivery_id)
    holds = next(found, ())
    if not holds:
        raise withdrawn()
    return holds
