"""Moving a consent: the state, the event and the audit entry become durable together."""

from __future__ import annotations

from consent import _store
from consent._store import Consent
from consent.artefact import Event
from consent.audit import Audit, Deed
from warehouse.ledger import Ledger

_ENDS = (Event.REVOKE, Event.EXPIRE)


def moved(ledger: Ledger, audit: Audit, consent_id: str, event: Event) -> Consent:
    """Let one event happen to a consent, or raise and leave every byte as it was."""
    with ledger.transaction() as tx:
        at = audit.ending_at(tx) if event in _ENDS else audit.clock.now()
        after = _store.move(tx, _store.one(tx, consent_id), event, at)
        audit.record(tx, deed(f"consent.{event.lower()}", after), at)
    return after


def deed(action: str, consent: Consent) -> Deed:
    """Word what happened to a consent; the outcome is the state it is in afterwards."""
    artefact = consent.artefact
    payload = {"consent_id": artefact.id, "party": artefact.party, "sources": artefact.sources()}
    return Deed(action, artefact.customer, artefact.purpose, consent.state, payload)
