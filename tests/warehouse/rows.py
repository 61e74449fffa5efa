"""A row for every table of the ledger, parents first, so that migrations have something to lose."""

from __future__ import annotations

from warehouse.ledger import Tx, Value

Sample = dict[str, Value]

CONSENT: Sample = {
    "id": "c-1", "customer": "MSME001", "purpose": 103, "channel": "AA", "party": "OWNER", "state": "ACTIVE",
    "artefact": '{"a": "दुकान 100% :name"}', "sources": '["bank"]', "handle": None, "request_id": "r-1",
    "signed_sha256": "00", "created_at": "2026-11-01T00:00:00.000000Z", "updated_at": "2026-11-01T00:00:00.000000Z",
    "erased_at": None,
}  # fmt: skip
ROWS: dict[str, Sample] = {
    "consent": CONSENT,
    "consent_event": {"consent_id": "c-1", "seq": 1, "event": "GRANT", "state": "ACTIVE", "at": "t"},
    "consent_use": {"consent_id": "c-1", "source": "bank", "fetch_key": "k", "used_at": "t"},
    "erasure": {
        "id": "e-1", "customer": "MSME001", "consent_id": "c-1", "reason": "REVOKED", "state": "done",
        "asked_at": "t", "done_at": "t", "objects_n": 2, "objects_sha256": "00", "deliveries_n": 1, "scrubbed_at": "t",
    },
    "audit": {
        "seq": 1, "at": "t", "actor": "cli", "action": "x", "customer": None, "purpose": None, "outcome": "o",
        "commitment": "00", "prev_hash": "00", "hash": "00",
    },
    "audit_salt": {"seq": 1, "salt": "00"},
    "run": {
        "id": "run-1", "customer": "MSME001", "purpose": 103, "step": "clean", "source": "bank", "key": "k",
        "status": "done", "error_code": None, "counts": "{}", "parent": None, "started_at": "t", "ended_at": "t",
    },
    "run_event": {
        "run_id": "run-1", "seq": 1, "at": "t", "kind": "progress", "step": "clean", "source": None, "done_n": 1,
        "total_n": 9_007_199_254_740_993, "note": None,
    },
    "sign_in": {"token_hash": "00", "kind": "link", "created_at": "t", "expires_at": "t", "used_at": None},
    "idempotency": {
        "client": "c", "route": "r", "key": "k", "fingerprint": "00", "state": "done", "status": 200, "created_at": "t",
    },
    "signing_key": {"kid": "k", "public_jwk": "{}", "began_at": "t", "retired_at": None},
    "secret_id": {"id": "p", "kind": "pepper", "began_at": "t", "retired_at": None},
    "certificate": {
        "erasure_id": "e-1", "consent_id": "c-1", "customer": "MSME001", "document": "{}", "made_at": "t",
    },
    "erasure_object": {"erasure_id": "e-1", "place": "raw", "kind": "delivery", "sha256": "00"},
    "checkpoint": {"entries_n": 1, "document": "{}", "made_at": "t"},
}  # fmt: skip


def fill(tx: Tx) -> None:
    """Put every row in."""
    for table, row in ROWS.items():
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        assert tx.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", **row) == 1


def held(tx: Tx) -> dict[str, list[Sample]]:
    """Read every row back, of the tables there are."""
    return {table: [dict(row) for row in tx.all(f"SELECT * FROM {table}")] for table in ROWS}
