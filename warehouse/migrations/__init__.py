"""Migrations of the ledger, and the version this code expects, readable without loading Alembic."""

HEAD = "0002"
