"""The first tables: consents, audit, runs, sign-ins and idempotency keys; ids, states and hashes, no values."""

from __future__ import annotations

from alembic import op

from warehouse.migrations import both

revision = "0001"
down_revision = None

_TABLES = {
    "consent": """
        id TEXT PRIMARY KEY, customer TEXT NOT NULL, purpose BIGINT NOT NULL, channel TEXT NOT NULL,
        party TEXT NOT NULL, state TEXT NOT NULL, artefact TEXT NOT NULL, sources TEXT NOT NULL, handle TEXT,
        request_id TEXT, signed_sha256 TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, erased_at TEXT""",
    "consent_event": """
        consent_id TEXT NOT NULL REFERENCES consent (id), seq BIGINT NOT NULL, event TEXT NOT NULL,
        state TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (consent_id, seq)""",
    "consent_use": """
        consent_id TEXT NOT NULL REFERENCES consent (id), source TEXT NOT NULL, fetch_key TEXT NOT NULL,
        used_at TEXT NOT NULL, PRIMARY KEY (consent_id, source, fetch_key)""",
    "erasure": """
        id TEXT PRIMARY KEY, customer TEXT NOT NULL, consent_id TEXT NOT NULL, reason TEXT NOT NULL,
        state TEXT NOT NULL CONSTRAINT erasure_state CHECK (state IN ('pending', 'done')),
        asked_at TEXT NOT NULL, done_at TEXT, objects_n BIGINT, objects_sha256 TEXT""",
    "audit": """
        seq BIGINT PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, customer TEXT,
        purpose BIGINT, outcome TEXT NOT NULL, commitment TEXT NOT NULL, prev_hash TEXT NOT NULL,
        hash TEXT NOT NULL""",
    "audit_salt": "seq BIGINT PRIMARY KEY, salt TEXT NOT NULL",
    "run": """
        id TEXT PRIMARY KEY, customer TEXT NOT NULL, purpose BIGINT NOT NULL, step TEXT NOT NULL, source TEXT,
        key TEXT NOT NULL,
        status TEXT NOT NULL CONSTRAINT run_status CHECK (status IN ('running', 'done', 'unchanged', 'failed')),
        error_code TEXT, counts TEXT NOT NULL, parent TEXT, started_at TEXT NOT NULL, ended_at TEXT""",
    "run_event": """
        run_id TEXT NOT NULL REFERENCES run (id), seq BIGINT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
        step TEXT NOT NULL, source TEXT, done_n BIGINT NOT NULL, total_n BIGINT, note TEXT,
        PRIMARY KEY (run_id, seq)""",
    "sign_in": """
        token_hash TEXT PRIMARY KEY,
        kind TEXT NOT NULL CONSTRAINT sign_in_kind CHECK (kind IN ('link', 'session')),
        created_at TEXT NOT NULL, expires_at TEXT NOT NULL, used_at TEXT""",
    "idempotency": """
        client TEXT NOT NULL, route TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
        state TEXT NOT NULL, status BIGINT, created_at TEXT NOT NULL, PRIMARY KEY (client, route, key)""",
}

_INDEXES = {
    "consent_of_customer": "consent (customer, purpose)",
    "erasure_pending": "erasure (state)",
    "audit_of_customer": "audit (customer, seq)",
    "run_of_customer": "run (customer, purpose, started_at)",
    "run_of_parent": "run (parent)",
}


def upgrade() -> None:
    """Make the tables; the audit can be added to and nothing else."""
    for name, columns in _TABLES.items():
        both.create_table(name, columns)
    for name, columns in _INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON {columns}")
    both.keep_out_of_statistics("consent", "artefact")
    both.keep_out_of_statistics("audit_salt", "salt")
    both.make_refusal()
    both.append_only(("audit",))


def downgrade() -> None:
    """Drop them, children first."""
    for name in reversed(_TABLES):
        op.execute(f"DROP TABLE {name}")
    both.drop_refusal()
