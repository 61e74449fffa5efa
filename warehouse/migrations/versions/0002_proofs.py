"""What proves an act later: the public keys of this house, certificates of erasure, and signed heads of the audit."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = {
    "signing_key": "kid TEXT PRIMARY KEY, public_jwk TEXT NOT NULL, began_at TEXT NOT NULL, retired_at TEXT",
    "certificate": """
        erasure_id TEXT PRIMARY KEY REFERENCES erasure (id), consent_id TEXT NOT NULL REFERENCES consent (id),
        customer TEXT NOT NULL, document TEXT NOT NULL, made_at TEXT NOT NULL""",
    "checkpoint": "entries_n BIGINT PRIMARY KEY, document TEXT NOT NULL, made_at TEXT NOT NULL",
}


def upgrade() -> None:
    """Make the tables; an erasure also remembers how many deliveries went."""
    for name, columns in _TABLES.items():
        op.execute(f"CREATE TABLE {name} ({columns})")
    op.execute("CREATE INDEX certificate_of_consent ON certificate (consent_id)")
    op.execute("ALTER TABLE erasure ADD COLUMN deliveries_n BIGINT")


def downgrade() -> None:
    """Drop them, children first."""
    op.execute("ALTER TABLE erasure DROP COLUMN deliveries_n")
    for name in reversed(_TABLES):
        op.execute(f"DROP TABLE {name}")
