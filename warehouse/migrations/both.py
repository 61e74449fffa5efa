"""What a migration says once and each engine needs in words of its own."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op

REFUSAL = "BEGIN RAISE EXCEPTION 'the % is append-only', TG_TABLE_NAME USING ERRCODE = '23000'; END"
_REFUSE = f"CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${REFUSAL}$$"


def is_postgres() -> bool:
    """Say which of the two engines the migration runs on."""
    return op.get_context().dialect.name == "postgresql"


def create_table(name: str, columns: str) -> None:
    """Make a table; texts are ordered by their bytes everywhere, whatever the language of the server."""
    op.execute(f"CREATE TABLE {name} ({_by_bytes(columns)})")


def add_column(table: str, column: str) -> None:
    """Add a column."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {_by_bytes(column)}")


def _by_bytes(columns: str) -> str:
    return columns.replace(" TEXT", ' TEXT COLLATE "C"') if is_postgres() else columns


def keep_out_of_statistics(table: str, column: str) -> None:
    """Let the server keep no sample of values that have to leave its disk with their row."""
    if is_postgres():
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def make_refusal() -> None:
    """Make what the triggers of append-only tables call."""
    if is_postgres():
        op.execute(_REFUSE)


def drop_refusal() -> None:
    """Drop it, after the last of those tables."""
    if is_postgres():
        op.execute("DROP FUNCTION refuse_change()")


def append_only(tables: Sequence[str]) -> None:
    """Let rows be added and nothing else."""
    for table in tables:
        if is_postgres():
            _append_only_on_postgres(table)
            continue
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the {table} is append-only'); END"
            )


def _append_only_on_postgres(table: str) -> None:
    for act, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
