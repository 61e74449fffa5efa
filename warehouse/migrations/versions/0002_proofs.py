"""What proves an act later: the public keys of this house, certificates of erasure, and signed heads of the audit."""

from __future__ import annotations

from alembic import op

from warehouse.migrations import both

revision = "0002"
down_revision = "0001"

_TABLES = {
    "signing_key": "kid TEXT PRIMARY KEY, public_jwk TEXT NOT NULL, began_at TEXT NOT NULL, retired_at TEXT",
    "secret_id": "id TEXT PRIMARY KEY, kind TEXT NOT NULL, began_at TEXT NOT NULL, retired_at TEXT",
    "certificate": """
        erasure_id TEXT PRIMARY KEY REFERENCES erasure (id), consent_id TEXT NOT NULL REFERENCES consent (id),
        customer TEXT NOT NULL, document TEXT NOT NULL, made_at TEXT NOT NULL""",
    "erasure_object": """
        erasure_id TEXT NOT NULL REFERENCES erasure (id), place TEXT NOT NULL, kind TEXT NOT NULL,
        sha256 TEXT NOT NULL, PRIMARY KEY (erasure_id, place, sha256)""",
    "checkpoint": "entries_n BIGINT PRIMARY KEY, document TEXT NOT NULL, made_at TEXT NOT NULL",
}

# How many deliveries went; and when no page or log of the ledger held what was removed any more.
_OF_ERASURE = {"deliveries_n": "BIGINT", "scrubbed_at": "TEXT"}


def upgrade() -> None:
    """Make the tables; an erasure also remembers what it removes while it does, and whether its traces are gone."""
    for name, columns in _TABLES.items():
        both.create_table(name, columns)
    op.execute("CREATE INDEX certificate_of_consent ON certificate (consent_id)")
    for column in ("place", "sha256"):
        both.keep_out_of_statistics("erasure_object", column)
    for name, kind in _OF_ERASURE.items():
        both.add_column("erasure", f"{name} {kind}")
    both.append_only(("certificate", "checkpoint"))


def downgrade() -> None:
    """Drop them, children first."""
    for name in reversed(_OF_ERASURE):
        op.execute(f"ALTER TABLE erasure DROP COLUMN {name}")
    for name in reversed(_TABLES):
        op.execute(f"DROP TABLE {name}")
