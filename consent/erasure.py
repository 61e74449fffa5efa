"""Erasure: refusal comes first and at once, removal follows, and what a crash left pending is finished later."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

from consent import _store
from consent._moves import moved
from consent._store import Consent
from consent.artefact import Event, FetchType, State
from consent.audit import Audit, Deed
from kit.canonical import sha256_hex
from kit.errors import BahiError, Conflict
from kit.ident import CustomerId
from kit.period import isoformat_utc
from warehouse.ledger import Ledger, Row, Tx

REVOKED = "REVOKED"
LIFE_OVER = "DATA_LIFE_OVER"


class Gone(Protocol):
    """What the lake says it removed."""

    @property
    def deliveries_n(self) -> int: ...
    @property
    def objects(self) -> Sequence[str]: ...


class Shelves(Protocol):
    """The two removals a lake knows; both may be repeated."""

    def withdraw(self, customer: CustomerId, consent_id: str, purpose: int, *, others_live: bool) -> Gone:
        """Remove what is held under one consent and everything derived under its purpose."""

    def drop_due(self, customer: CustomerId, now: datetime, *, others_live: bool) -> Gone:
        """Remove what no consent keeps alive at this moment and everything derived from it."""


class Removal(NamedTuple):
    """What one erasure removed: counts and the hash of the list of object hashes."""

    erasure_id: str
    customer: CustomerId
    consent_id: str
    reason: str
    deliveries_n: int
    objects_n: int
    objects_sha256: str


class Stuck(NamedTuple):
    """An erasure that could not be finished, and what stands in its way."""

    asked: Removal
    error: BahiError


class Purged(NamedTuple):
    """What the clock brought: consents that expired, and removals of data whose life is over."""

    expired: tuple[str, ...]
    removals: tuple[Removal, ...]

    @property
    def deliveries_n(self) -> int:
        """Count the deliveries that went."""
        return sum(removal.deliveries_n for removal in self.removals)

    @property
    def objects_n(self) -> int:
        """Count the files that went."""
        return sum(removal.objects_n for removal in self.removals)


class Erasure:
    """Revocation and purge."""

    def __init__(self, ledger: Ledger, lake: Shelves, audit: Audit) -> None:
        """Share the ledger, the clock and the audit with the consents."""
        self._ledger = ledger
        self._lake = lake
        self._audit = audit
        self._clock = audit.clock

    def revoke(self, consent_id: str) -> Removal:
        """Refuse from this moment on, then remove; interrupted, the refusal stands; repeated, nothing changes."""
        try:
            moved(self._ledger, self._audit, consent_id, Event.REVOKE)
        except Conflict:
            if self._state(consent_id) is not State.REVOKED:
                raise
        (row,) = self._asked("consent_id = :value AND reason = 'REVOKED'", consent_id)
        if row["state"] == "done":
            return _removal(row)
        removal = self._finish(row)
        self._scrub()
        return removal

    def finish_pending(self) -> tuple[Removal, ...]:
        """Finish what was interrupted; what fails is left for the next time, and holds up no other customer."""
        return self.try_pending()[0]

    def stuck(self) -> tuple[Stuck, ...]:
        """Try what is pending once more, and say what resists and why."""
        return self.try_pending()[1]

    def try_pending(self) -> tuple[tuple[Removal, ...], tuple[Stuck, ...]]:
        """Finish what can be finished, and tell what was removed and what resists."""
        done, left = [], []
        for row in self._asked("state = :value", "pending"):
            try:
                done.append(self._finish(row))
            except BahiError as error:
                left.append(Stuck(_removal(row), error))
        if done:
            self._scrub()
        return tuple(done), tuple(left)

    def _scrub(self) -> None:
        """Leave no trace of old rows; whoever holds the ledger meanwhile is no reason to call an erasure failed."""
        with suppress(BahiError):
            self._ledger.scrub()

    def purge_due(self, customer: CustomerId | None = None) -> Purged:
        """Mark what has expired and remove data whose life is over, of one customer or of all."""
        now = self._clock.now()
        with self._ledger.reading() as tx:
            held = _store.unerased(tx) if customer is None else _store.of_customer(tx, customer)
            expired = [c for c in held if c.state is not c.standing(now)]
            due = [c for c in held if c.erased_at is None and _is_due(tx, c, now)]
        for consent in expired:
            with suppress(Conflict):  # Someone else saw the same clock.
                moved(self._ledger, self._audit, consent.id, Event.EXPIRE)
        if not due:
            return Purged(tuple(c.id for c in expired), ())
        with self._ledger.transaction() as tx:
            for consent in due:
                _store.ask_erasure(tx, consent, LIFE_OVER, now)
        return Purged(tuple(c.id for c in expired), self.finish_pending())

    def _state(self, consent_id: str) -> State:
        with self._ledger.reading() as tx:
            return _store.one(tx, consent_id).state

    def _others_live(self, asked: Removal) -> bool:
        """Say whether some consent, but one that was withdrawn, still keeps data of the customer alive."""
        now = self._clock.now()
        with self._ledger.reading() as tx:
            every = _store.of_customer(tx, asked.customer)
        return any(c.state is not State.REVOKED and _keeps_alive(c, now) for c in every)

    def _purpose(self, consent_id: str) -> int:
        with self._ledger.reading() as tx:
            return _store.one(tx, consent_id).artefact.purpose

    def _asked(self, where: str, value: str) -> list[Row]:
        with self._ledger.reading() as tx:
            return tx.all(f"SELECT * FROM erasure WHERE {where} ORDER BY asked_at, id", value=value)

    def _finish(self, row: Row) -> Removal:
        asked = _removal(row)
        others_live = self._others_live(asked)
        if asked.reason == REVOKED:
            purpose = self._purpose(asked.consent_id)
            gone = self._lake.withdraw(asked.customer, asked.consent_id, purpose, others_live=others_live)
        else:
            gone = self._lake.drop_due(asked.customer, self._clock.now(), others_live=others_live)
        objects = sorted(gone.objects)
        removal = asked._replace(
            deliveries_n=gone.deliveries_n, objects_n=len(objects), objects_sha256=sha256_hex(objects)
        )
        with self._ledger.transaction() as tx:
            at = self._audit.ending_at(tx)
            if _close(tx, removal, at):
                self._audit.record(tx, _deed(removal, _store.one(tx, asked.consent_id)), at)
        return removal


def _removal(row: Row) -> Removal:
    """Read an erasure as the ledger has it; how many deliveries went is known only to who removed them."""
    return Removal(
        erasure_id=str(row["id"]),
        customer=CustomerId(str(row["customer"])),
        consent_id=str(row["consent_id"]),
        reason=str(row["reason"]),
        deliveries_n=0,
        objects_n=int(row["objects_n"] or 0),
        objects_sha256=str(row["objects_sha256"] or ""),
    )


def _keeps_alive(consent: Consent, now: datetime) -> bool:
    ends = [consent.life_end(use.source, use.at) for use in consent.uses]
    return any(end is None or end > now for end in ends)


def _is_due(tx: Tx, consent: Consent, now: datetime) -> bool:
    """Say whether a life ended since the last purge: under PERIODIC every use has a life of its own."""
    ends = [end for use in consent.uses if (end := consent.life_end(use.source, use.at)) and end <= now]
    if not ends:
        return False
    purged = tx.one(
        "SELECT MAX(asked_at) AS at FROM erasure WHERE consent_id = :id AND reason = :reason",
        id=consent.id,
        reason=LIFE_OVER,
    )
    last = purged["at"] if purged else None
    return last is None or str(last) < isoformat_utc(max(ends))


def _close(tx: Tx, removal: Removal, now: datetime) -> bool:
    """Close an erasure once, whoever finishes it first, and mark the consent when nothing can come under it again."""
    closed = tx.execute(
        "UPDATE erasure SET state = 'done', done_at = :now, objects_n = :objects_n, objects_sha256 = :sha"
        " WHERE id = :id AND state = 'pending'",
        now=isoformat_utc(now),
        objects_n=removal.objects_n,
        sha=removal.objects_sha256,
        id=removal.erasure_id,
    )
    is_final = _store.one(tx, removal.consent_id).artefact.detail.fetch_type is FetchType.ONETIME
    if closed and (is_final or removal.reason == REVOKED):
        _store.mark_erased(tx, removal.consent_id, now)
    return closed == 1


def _deed(removal: Removal, consent: Consent) -> Deed:
    payload = {
        "consent_id": consent.id,
        "objects_n": removal.objects_n,
        "objects_sha256": removal.objects_sha256,
    }
    return Deed("erasure.done", removal.customer, consent.artefact.purpose, removal.reason, payload)
