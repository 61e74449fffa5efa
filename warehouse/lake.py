"""The lake: deliveries, derived files and secrets of every customer, read only through a Scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime

from kit.canonical import line, sha256_hex
from kit.errors import BahiError
from kit.ident import CustomerId
from kit.scope import Scope
from kit.source import Item, RawRef
from warehouse import _fs
from warehouse._draft import Draft, DraftFile
from warehouse._lock import LOCK_WAIT_S, Claim, Lock, is_claimed, sweep
from warehouse._notes import Noted, Notes, Remark
from warehouse._originals import Document, Originals
from warehouse._papers import (
    Arrival,
    Caps,
    Delivery,
    Hold,
    NoteKind,
    Original,
    Removed,
    Shelf,
    Shelved,
    SourceEntry,
    Stored,
    Tell,
    silent,
)
from warehouse._raw import Deliveries
from warehouse._removal import Eraser, Sides, Wish
from warehouse._shelf import Shelves
from warehouse._singles import LogDraft, Singles
from warehouse.home import Home

__all__ = [
    "Arrival",
    "Caps",
    "Claim",
    "Delivery",
    "Document",
    "Draft",
    "DraftFile",
    "Hold",
    "Lake",
    "LogDraft",
    "NoteKind",
    "Noted",
    "Original",
    "Remark",
    "Removed",
    "Shelf",
    "Shelved",
    "SourceEntry",
    "Stored",
]

DEFAULT_CAPS = Caps()


class Lake:
    """Every file of the installation but the ledger; each method that reads a customer takes a Scope."""

    def __init__(self, home: Home, caps: Caps = DEFAULT_CAPS, lock_wait_s: float = LOCK_WAIT_S) -> None:
        """Touch nothing yet."""
        self._home = home
        self._lock = Lock(home, lock_wait_s)
        self._deliveries = Deliveries(home, self._lock, caps)
        self._originals = Originals(self._lock, self._deliveries)
        self._notes = Notes(home, self._lock, self._deliveries)
        self._shelves = Shelves(home, self._lock)
        self._singles = Singles(home, self._lock)
        sides = Sides(self._deliveries, self._notes, self._shelves, self._singles)
        self._eraser = Eraser(home, self._lock, sides)

    def deliver(self, scope: Scope, source: str, stream: Iterable[bytes], arrival: Arrival) -> Delivery:
        """Keep bytes as they come, in pieces of any size; the same content again is the same delivery."""
        return self._deliveries.deliver(scope, source, stream, arrival)

    def deliveries(self, scope: Scope, source: str | None = None) -> tuple[Delivery, ...]:
        """List what the scope may see, each with only the holds that show it."""
        return self._deliveries.visible(scope, source)

    def input_sha(self, scope: Scope, source: str) -> str:
        """Hash what a step would read: which deliveries, whose, with what content."""
        return sha256_hex([[row.id, row.party, row.sha256] for row in self.deliveries(scope, source)])

    def check_raw(self, scope: Scope, source: str) -> None:
        """Hash the files again; RAW_ALTERED names the file and the first line that differs."""
        self._deliveries.check(scope, source)
        self._originals.check(scope, source)

    def items(self, scope: Scope, source: str) -> Iterator[Item]:
        """Stream the lines; a file altered since it arrived raises RAW_ALTERED at its end at the latest."""
        return self._deliveries.items(scope, source)

    def raw_line(self, scope: Scope, ref: RawRef, source: str) -> bytes:
        """Read one line, checked against its hash; of a line over the cap, the first bytes up to it."""
        return self._deliveries.line(scope, source, ref)

    def keep_original(
        self, scope: Scope, delivery_id: str, document: Document, recheck: Callable[[], None]
    ) -> Original:
        """Keep a document as it was received beside the delivery read from it; it never outlives that."""
        return self._originals.keep(scope, delivery_id, document, recheck)

    def original(self, scope: Scope, row: Delivery, one: Original) -> Iterator[bytes]:
        """Stream a document of a delivery as it was received; an altered one raises at its end at the latest."""
        return self._originals.read(scope, row, one)

    def note(self, scope: Scope, remark: Remark, recheck: Callable[[], None]) -> str:
        """Append a correction or an application and give its id; the same remark twice is one note."""
        return self._notes.note(scope, remark, recheck)

    def notes(self, scope: Scope, kind: NoteKind) -> tuple[Noted, ...]:
        """Read the notes held under a consent of the scope, in the order they were written."""
        return self._notes.read(scope, kind)

    def draft(self, scope: Scope, shelf: Shelf, recheck: Callable[[], None]) -> AbstractContextManager[Draft]:
        """Open a draft while consent stands; uncommitted at the end of the block, it goes."""
        return self._shelves.draft(scope, shelf, recheck)

    def commit(
        self, scope: Scope, draft: Draft, entries: Mapping[str, SourceEntry], recheck: Callable[[], None]
    ) -> Shelved:
        """Make a draft what stands; recheck reads consent again under the lock, just before."""
        return self._shelves.commit(scope, draft, entries, recheck)

    def settle(self, scope: Scope) -> None:
        """Finish what a crash left behind a commit, when nothing else is to be done; whoever is at work does it too."""
        with suppress(BahiError, OSError), self._lock.of(scope.customer, wait_s=0):
            self._deliveries.settle(scope)
            self._shelves.settle(scope)
            self._singles.settle(scope)

    def shelved(self, scope: Scope, shelf: Shelf) -> Shelved | None:
        """Read what stands on a shelf."""
        return self._shelves.shelved(scope, shelf)

    def is_intact(self, scope: Scope, shelf: Shelf, source: str) -> bool:
        """Say whether every file of an entry is as it was written, and may be read under the scope."""
        return self._shelves.is_intact(scope, shelf, source)

    def lines(self, scope: Scope, shelf: Shelf, name: str) -> Iterator[bytes]:
        """Stream the lines of a derived file; an altered one raises at its end at the latest."""
        return self._shelves.lines(scope, shelf, name)

    def document(self, scope: Scope, shelf: Shelf, name: str) -> bytes:
        """Read a derived file whole."""
        return self._shelves.document(scope, shelf, name)

    def withdraw(
        self, customer: CustomerId, consent_id: str, purpose: int, *, others_live: bool, tell: Tell = silent
    ) -> Removed:
        """Take away what is held under one consent alone, and all that was derived under its purpose.

        Each file is told before it goes, so that whoever counts loses none to a crash.
        """
        wish = Wish(lambda hold: hold.consent_id == consent_id, purpose, others_live, tell)
        return self._eraser.drop(customer, wish)

    def drop_due(
        self,
        customer: CustomerId,
        now: datetime,
        *,
        others_live: bool,
        consent_id: str | None = None,
        tell: Tell = silent,
    ) -> Removed:
        """Take away what no consent, or what one, keeps alive at this moment, and all derived under its purpose."""

        def is_over(hold: Hold) -> bool:
            is_meant = consent_id in (None, hold.consent_id)
            return is_meant and hold.life_end is not None and hold.life_end <= now

        return self._eraser.drop(customer, Wish(is_over, None, others_live, tell))

    def claim(self, name: str) -> Claim:
        """Show other processes that something is at work, until it is released or this process dies."""
        return Claim(self._home, name)

    def is_claimed(self, name: str) -> bool:
        """Tell whether something another process began is still at work."""
        return is_claimed(self._home, name)

    def secret(self, name: str) -> bytes | None:
        """Read a secret, or None before it was kept."""
        try:
            return _fs.read(self._home.below(self._home.secrets, name))
        except FileNotFoundError:
            return None

    def keep_secret(self, name: str, content: bytes) -> None:
        """Keep a secret, readable by the owner only; of two at once the first stands, so read it back."""
        with self._alone_with_secrets():
            _fs.write_first(self._home.below(self._home.secrets, name), content)

    def replace_secret(self, name: str, content: bytes) -> None:
        """Put another secret in the place of one: whoever reads meets the former or the other, whole."""
        with self._alone_with_secrets():
            _fs.write_atomic(self._home.below(self._home.secrets, name), content)

    def settle_secrets(self) -> None:
        """Take away what a crash left beside the secrets: it may be one of them."""
        if _fs.is_folder(self._home.secrets):
            with self._alone_with_secrets():
                return

    @contextmanager
    def _alone_with_secrets(self) -> Iterator[None]:
        """One writer at a time, so that what stands half-written there is left by a dead one."""
        _fs.ensure_folder(self._home.secrets)
        with self._lock.of_secrets():
            sweep(self._home.secrets)
            yield

    def keep_log(self, scope: Scope, name: str, stream: Iterable[bytes], recheck: Callable[[], None]) -> None:
        """Keep a log of this customer and purpose; it goes with what it was derived from."""
        self._singles.keep_log(scope, name, stream, recheck)

    def logs(self, scope: Scope, recheck: Callable[[], None]) -> AbstractContextManager[LogDraft]:
        """Open logs of this customer and purpose to be written together; what is not kept goes with the block."""
        return self._singles.logs(scope, recheck)

    def has_log(self, scope: Scope, name: str) -> bool:
        """Say whether a log of this customer and purpose stands."""
        return self._singles.has_log(scope, name)

    def keep_reply(self, scope: Scope, key_sha: str, body: bytes, recheck: Callable[[], None]) -> None:
        """Keep an answer to give it again; it goes as soon as any consent of its purpose is withdrawn."""
        self._singles.keep_reply(scope, key_sha, body, recheck)

    def reply(self, scope: Scope, key_sha: str) -> bytes | None:
        """Read the answer given under a key, or None when none is kept."""
        return self._singles.reply(scope, key_sha)

    def keep_truth(
        self, scope: Scope, name: str, stream: Iterable[bytes], recheck: Callable[[], None]
    ) -> None:
        """Keep what the synthetic world knows; it goes with any consent of its purpose, the next answer rewrites it."""
        self._singles.keep_truth(scope, name, stream, recheck)

    def has_truth(self, scope: Scope, name: str) -> bool:
        """Say whether what the synthetic world knows is kept; no step reads it."""
        return self._singles.has_truth(scope, name)

    def log(self, record: Mapping[str, object]) -> None:
        """Add one JSON line to the log."""
        _fs.ensure_folder(self._home.logs)
        _fs.append(self._home.below(self._home.logs, "bahi.ndjson"), line(record))

    def check_writable(self) -> None:
        """Write and remove a file, so that a read-only or full home is known before work begins."""
        _fs.ensure_folder(self._home.root)
        probe = self._home.root / f".probe.tmp-{_fs.token()}"
        try:
            _fs.write_new(probe, b"\n")
        finally:
            _fs.discard(probe)
