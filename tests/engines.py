"""The ledger on both engines, for tests that hold on either; and ways past it, each in its engine's own words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from warehouse.ledger import Server, Where

ENGINES = ("sqlite", "postgres")
BROKEN_CONSTRAINT = (sqlite3.IntegrityError, psycopg.IntegrityError)


@pytest.fixture(params=ENGINES)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """A place for a ledger that is not made yet, once on each engine."""
    if request.param == "sqlite":
        return tmp_path / "bahi.db"
    return Server(request.getfixturevalue("postgres_url"))


@contextmanager
def opened(where: Where) -> Iterator[sqlite3.Connection | psycopg.Connection]:
    """A connection past the ledger, each statement by itself and references not followed."""
    if isinstance(where, Path):
        with closing(sqlite3.connect(where, isolation_level=None)) as connection:
            yield connection
        return
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def behind(where: Where, *statements: str) -> None:
    """Change a ledger behind its back."""
    with opened(where) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def unlocked(where: Where, table: str = "audit") -> tuple[str, ...]:
    """Give the statements after which rows can be changed that are there to stay."""
    on = "" if isinstance(where, Path) else f" ON {table}"
    return tuple(f"DROP TRIGGER {table}_no_{act}{on}" for act in ("update", "delete"))


def rows_of(where: Where, table: str) -> Sequence[tuple[object, ...]]:
    """Dump a table in order."""
    with opened(where) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # type: ignore[call-overload]
