"""Consents as ledger rows: how they are written, read and moved; no rule about access lives here."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

import orjson

from consent.artefact import Artefact, Event, FetchType, State, after
from consent.document import as_document, from_document, is_sealed, sealed
from kit.canonical import dumps
from kit.errors import Conflict, NotFound
from kit.ident import CustomerId
from kit.period import isoformat_utc, parse_moment
from warehouse.ledger import Row, Tx

_LIVE = (State.ACTIVE, State.PAUSED)


class Fetched(NamedTuple):
    """One counted use: a source was fetched under a key, once however often it was repeated."""

    source: str
    fetch_key: str
    at: datetime


class Consent(NamedTuple):
    """An artefact with where it stands and how it was used."""

    artefact: Artefact
    state: State
    uses: tuple[Fetched, ...]
    updated_at: datetime
    erased_at: datetime | None

    @property
    def id(self) -> str:
        """The consent id of the artefact."""
        return self.artefact.id

    def standing(self, now: datetime) -> State:
        """Tell the state by the clock: past its expiry a consent is EXPIRED, whether or not anyone said so."""
        is_over = self.state in _LIVE and now >= self.artefact.detail.expiry
        return State.EXPIRED if is_over else self.state

    def fetched(self, source: str) -> tuple[Fetched, ...]:
        """List the uses of one source."""
        return tuple(use for use in self.uses if use.source == source)

    def life_end(self, source: str, fetched_at: datetime | None = None) -> datetime | None:
        """Tell when what was fetched must go; a fetch at fetched_at begins a new life under PERIODIC only."""
        detail = self.artefact.detail
        if detail.data_life.unit is None:
            return None
        if detail.fetch_type is FetchType.ONETIME:
            return detail.data_life.end_from(detail.start)
        begun = fetched_at or max((use.at for use in self.fetched(source)), default=None)
        return detail.data_life.end_from(begun) if begun else None


def new_id() -> str:
    """Draw an id for an act; commands that only read never load what draws it."""
    from uuid import uuid4

    return str(uuid4())


def add(tx: Tx, artefact: Artefact, at: datetime) -> Consent:
    """Write a requested consent: PENDING until someone answers."""
    now = isoformat_utc(at)
    tx.execute(
        "INSERT INTO consent (id, customer, purpose, channel, party, state, artefact, sources, handle, request_id,"
        " signed_sha256, created_at, updated_at) VALUES (:id, :customer, :purpose, :channel, :party, :state,"
        " :artefact, :sources, :handle, :request_id, :signed_sha256, :now, :now)",
        id=artefact.id,
        customer=artefact.customer,
        purpose=artefact.purpose,
        channel=artefact.channel.value,
        party=artefact.party,
        state=State.PENDING.value,
        artefact=dumps(as_document(artefact)).decode(),
        sources=dumps(artefact.sources()).decode(),
        handle=artefact.handle,
        request_id=artefact.txnid,
        signed_sha256=hashlib.sha256(artefact.signed_consent.encode()).hexdigest(),
        now=now,
    )
    _log_event(tx, artefact.id, "REQUEST", State.PENDING, now)
    return Consent(artefact, State.PENDING, (), at, None)


def move(tx: Tx, consent: Consent, event: Event, at: datetime) -> Consent:
    """Move a consent along; a revoked one leaves with a pending erasure in the same transaction."""
    following = after(consent.state, event)
    now = isoformat_utc(at)
    moved = tx.execute(
        "UPDATE consent SET state = :following, updated_at = :now WHERE id = :id AND state = :state",
        following=following.value,
        now=now,
        id=consent.id,
        state=consent.state.value,
    )
    if moved != 1:
        raise Conflict("CONSENT_STATE", "The consent moved on meanwhile.", hint="Look again, then decide.")
    _log_event(tx, consent.id, event.value, following, now)
    if following is State.REVOKED:
        ask_erasure(tx, consent, "REVOKED", at)
    return Consent(consent.artefact, following, consent.uses, at, consent.erased_at)


def ask_erasure(tx: Tx, consent: Consent, reason: str, at: datetime) -> str:
    """Write down that data must go, before any of it goes, so that a crash cannot forget it."""
    erasure_id = new_id()
    tx.execute(
        "INSERT INTO erasure (id, customer, consent_id, reason, state, asked_at)"
        " VALUES (:id, :customer, :consent_id, :reason, 'pending', :now)",
        id=erasure_id,
        customer=consent.artefact.customer,
        consent_id=consent.id,
        reason=reason,
        now=isoformat_utc(at),
    )
    return erasure_id


def count(tx: Tx, consent_id: str, use: Fetched) -> None:
    """Count a use; the same key again is not a further one."""
    tx.execute(
        "INSERT INTO consent_use (consent_id, source, fetch_key, used_at)"
        " VALUES (:consent_id, :source, :fetch_key, :used_at) ON CONFLICT DO NOTHING",
        consent_id=consent_id,
        source=use.source,
        fetch_key=use.fetch_key,
        used_at=isoformat_utc(use.at),
    )


def mark_erased(tx: Tx, consent: Consent, at: datetime, commit: Callable[[str], str]) -> None:
    """Note that nothing is held under this consent any more, and keep no identifier in its artefact."""
    seal(tx, consent, commit)
    tx.execute("UPDATE consent SET erased_at = :now WHERE id = :id", now=isoformat_utc(at), id=consent.id)


def seal(tx: Tx, consent: Consent, commit: Callable[[str], str]) -> None:
    """Replace the identifiers of an artefact by commitments; done again, nothing changes."""
    if is_sealed(consent.artefact):
        return
    tx.execute(
        "UPDATE consent SET artefact = :artefact WHERE id = :id",
        artefact=dumps(as_document(sealed(consent.artefact, commit))).decode(),
        id=consent.id,
    )


def one(tx: Tx, consent_id: str) -> Consent:
    """Read one consent; the error does not echo the id."""
    found = _read(tx, "id = :value", consent_id)
    if not found:
        raise NotFound(
            "CONSENT_UNKNOWN",
            "There is no consent of that id.",
            hint="Run: bahi consent list --customer-id <customer>",
        )
    return found[0]


def of_customer(tx: Tx, customer: CustomerId) -> tuple[Consent, ...]:
    """Read every consent of a customer, oldest first."""
    return _read(tx, "customer = :value", customer)


def unerased(tx: Tx) -> tuple[Consent, ...]:
    """Read every consent whose data may still be held."""
    return _read(tx, "erased_at IS NULL AND :value = ''", "")


def customers(tx: Tx) -> tuple[CustomerId, ...]:
    """Name everyone who was ever asked for consent."""
    rows = tx.all("SELECT DISTINCT customer FROM consent ORDER BY customer")
    return tuple(CustomerId(str(row["customer"])) for row in rows)


def _read(tx: Tx, where: str, value: str) -> tuple[Consent, ...]:
    columns = "id, state, artefact, updated_at, erased_at"
    rows = tx.all(f"SELECT {columns} FROM consent WHERE {where} ORDER BY created_at, id", value=value)
    uses: dict[str, list[Fetched]] = {}
    for row in tx.all(
        "SELECT consent_id, source, fetch_key, used_at FROM consent_use"
        f" WHERE consent_id IN (SELECT id FROM consent WHERE {where}) ORDER BY used_at, source, fetch_key",
        value=value,
    ):
        use = Fetched(str(row["source"]), str(row["fetch_key"]), parse_moment(str(row["used_at"])))
        uses.setdefault(str(row["consent_id"]), []).append(use)
    return tuple(_consent(row, tuple(uses.get(str(row["id"]), ()))) for row in rows)


def _consent(row: Row, uses: tuple[Fetched, ...]) -> Consent:
    document: Mapping[str, object] = orjson.loads(str(row["artefact"]))
    erased_at = row["erased_at"]
    return Consent(
        artefact=from_document(document),
        state=State(str(row["state"])),
        uses=uses,
        updated_at=parse_moment(str(row["updated_at"])),
        erased_at=None if erased_at is None else parse_moment(str(erased_at)),
    )


def _log_event(tx: Tx, consent_id: str, event: str, state: State, now: str) -> None:
    tx.execute(
        "INSERT INTO consent_event (consent_id, seq, event, state, at)"
        " SELECT :consent_id, COUNT(*) + 1, :event, :state, :now FROM consent_event WHERE consent_id = :consent_id",
        consent_id=consent_id,
        event=event,
        state=state.value,
        now=now,
    )
