"""Erasure: refusal comes first and at once, removal follows, and what a crash left pending is finished later."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

from consent import _store, _tally
from consent._moves import moved
from consent._store import Consent
from consent.artefact import Event, FetchType, State
from consent.audit import Audit, Deed
from consent.document import is_sealed
from consent.keys import Keys
from kit.errors import BahiError, CallerError, Conflict
from kit.ident import CustomerId
from kit.period import isoformat_utc, parse_moment
from warehouse.ledger import Ledger, Row, Tx

REVOKED = "REVOKED"
LIFE_OVER = "DATA_LIFE_OVER"


Tell = Callable[[Sequence[_tally.Going]], None]


class Shelves(Protocol):
    """The two removals a lake knows; both may be repeated, and tell each file before it goes."""

    def withdraw(
        self, customer: CustomerId, consent_id: str, purpose: int, *, others_live: bool, tell: Tell
    ) -> object:
        """Remove what is held under one consent and everything derived under its purpose."""

    def drop_due(
        self, customer: CustomerId, now: datetime, *, others_live: bool, consent_id: str, tell: Tell
    ) -> object:
        """Remove what one consent keeps alive no longer at this moment and everything derived from it."""


class Removal(NamedTuple):
    """What one erasure removed, over all its tries: counts and the hash of the list of object hashes."""

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

    def __init__(self, ledger: Ledger, lake: Shelves, audit: Audit, keys: Keys) -> None:
        """Share the ledger, the clock and the audit with the consents; sign with the keys of the house."""
        self._ledger = ledger
        self._lake = lake
        self._audit = audit
        self._keys = keys
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
        self._scrub()
        return tuple(done), tuple(left)

    def certificates(self, consent_ids: Iterable[str]) -> tuple[bytes, ...]:
        """Give the certificates of some consents as they were signed, the earliest first."""
        from consent.certificate import kept

        with self._ledger.reading() as tx:
            return kept(tx, consent_ids)

    def certified(self, customer: CustomerId) -> frozenset[str]:
        """Name the consents of a customer under which something was erased and certified."""
        from consent.certificate import certified

        with self._ledger.reading() as tx:
            return certified(tx, customer)

    def _scrub(self) -> None:
        """Leave no trace of what was erased in the ledger; what a reader or a failure keeps is scrubbed the next time."""
        with suppress(BahiError):
            left = self._asked("state = :value AND scrubbed_at IS NULL", "done")
            sealed = [str(row["id"]) for row in left if self._is_sealed(str(row["consent_id"]))]
            if left and self._ledger.scrub():
                self._note_scrubbed(sealed)

    def _is_sealed(self, consent_id: str) -> bool:
        """See that a consent that was erased identifies nobody any more, whichever release erased it."""
        with suppress(BahiError):
            with self._ledger.reading() as tx:
                consent = _store.one(tx, consent_id)
            if consent.erased_at is not None and not is_sealed(consent.artefact):
                with self._ledger.transaction() as tx:
                    _store.seal(tx, consent, self._keys.commit_to)
            return True
        return False

    def _note_scrubbed(self, erasure_ids: Sequence[str]) -> None:
        now = isoformat_utc(self._clock.now())
        with self._ledger.transaction() as tx:
            for erasure_id in erasure_ids:
                tx.execute("UPDATE erasure SET scrubbed_at = :now WHERE id = :id", now=now, id=erasure_id)

    def purge_due(self, customer: CustomerId | None = None) -> Purged:
        """Mark what has expired and remove data whose life is over, of one customer or of all."""
        now = self._clock.now()
        with self._ledger.reading() as tx:
            held, unread = _readable(tx, customer)
            expired = [c for c in held if c.state is not c.standing(now)]
            due = [c for c in held if c.erased_at is None and _is_due(tx, c, now)]
        for consent in expired:
            with suppress(Conflict):  # Someone else saw the same clock.
                moved(self._ledger, self._audit, consent.id, Event.EXPIRE)
        if due:
            with self._ledger.transaction() as tx:
                for consent in due:
                    _store.ask_erasure(tx, consent, LIFE_OVER, now)
        removals = self.finish_pending() if due else ()
        if unread is not None:
            raise unread
        return Purged(tuple(c.id for c in expired), removals)

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
        self._take(asked, others_live, parse_moment(str(row["asked_at"])))
        with self._ledger.transaction() as tx:
            at = self._audit.ending_at(tx)
            if tx.execute(
                "UPDATE erasure SET state = 'done', done_at = :now WHERE id = :id AND state = 'pending'",
                now=isoformat_utc(at),
                id=asked.erasure_id,
            ):
                self._close(tx, asked, at, others_live)
        (row,) = self._asked("id = :value", asked.erasure_id)
        return _removal(row)

    def _take(self, asked: Removal, others_live: bool, asked_at: datetime) -> None:
        def tell(going: Sequence[_tally.Going]) -> None:
            with self._ledger.transaction() as tx:
                _tally.note(tx, asked.erasure_id, going)

        customer, consent_id = asked.customer, asked.consent_id
        if asked.reason == REVOKED:
            purpose = self._purpose(consent_id)
            self._lake.withdraw(customer, consent_id, purpose, others_live=others_live, tell=tell)
        else:
            # What was due when it was asked for is due, even where the clock was set back since.
            due_by = max(self._clock.now(), asked_at)
            self._lake.drop_due(customer, due_by, others_live=others_live, consent_id=consent_id, tell=tell)

    def _close(self, tx: Tx, asked: Removal, at: datetime, others_live: bool) -> None:
        """Certify what went, and keep no identifier of a consent under which nothing can come again."""
        from consent import certificate

        consent, tally = _store.one(tx, asked.consent_id), _tally.taken(tx, asked.erasure_id)
        is_final = asked.reason == REVOKED or consent.artefact.detail.fetch_type is FetchType.ONETIME
        (row,) = tx.all("SELECT asked_at FROM erasure WHERE id = :id", id=asked.erasure_id)
        case = certificate.Case(
            asked.erasure_id, asked.reason, str(row["asked_at"]), isoformat_utc(at), is_final, others_live
        )
        signed = self._keys.sign(tx, certificate.worded(case, consent, tally))
        text = certificate.keep(tx, signed)
        removal = asked._replace(
            deliveries_n=certificate.deliveries_of(tally),
            objects_n=len(tally.objects),
            objects_sha256=str(signed["objects_sha256"]),
        )
        _keep_counts(tx, removal)
        _tally.forget(tx, asked.erasure_id)
        if is_final:
            _store.mark_erased(tx, consent, at, self._keys.commit_to)
        self._audit.record(tx, _deed(removal, consent, hashlib.sha256(text.encode()).hexdigest()), at)


def _removal(row: Row) -> Removal:
    """Read an erasure as the ledger has it."""
    return Removal(
        erasure_id=str(row["id"]),
        customer=CustomerId(str(row["customer"])),
        consent_id=str(row["consent_id"]),
        reason=str(row["reason"]),
        deliveries_n=int(row["deliveries_n"] or 0),
        objects_n=int(row["objects_n"] or 0),
        objects_sha256=str(row["objects_sha256"] or ""),
    )


def _readable(tx: Tx, customer: CustomerId | None) -> tuple[list[Consent], BahiError | None]:
    """Read what may still be held, of one customer or of all; one that cannot be read keeps no other one's data."""
    if customer is not None:
        return list(_store.of_customer(tx, customer)), None
    with suppress(CallerError):
        return list(_store.unerased(tx)), None
    held, unread = list[Consent](), None
    for owner in _store.customers(tx):
        try:
            held += _store.of_customer(tx, owner)
        except BahiError as error:
            unread = error
    return held, unread


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


def _keep_counts(tx: Tx, removal: Removal) -> None:
    tx.execute(
        "UPDATE erasure SET deliveries_n = :deliveries_n, objects_n = :objects_n, objects_sha256 = :sha"
        " WHERE id = :id",
        deliveries_n=removal.deliveries_n,
        objects_n=removal.objects_n,
        sha=removal.objects_sha256,
        id=removal.erasure_id,
    )


def _deed(removal: Removal, consent: Consent, certificate_sha256: str) -> Deed:
    payload = {
        "consent_id": consent.id,
        "objects_n": removal.objects_n,
        "objects_sha256": removal.objects_sha256,
        "certificate_sha256": certificate_sha256,
    }
    return Deed("erasure.done", removal.customer, consent.artefact.purpose, removal.reason, payload)
