"""The ledger on both engines, for tests that hold on either; and ways past it, each in its engine's own words."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from warehouse._sqlite import SqliteSession
from warehouse.ledger import Ledger, Server, Where

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


LOSES, REFUSES = "silently dropped", "refused"


def trap(where: Where, act: str, table: str, how: str) -> tuple[str, ...]:
    """Give the statements after which an act on a table goes wrong, until the trigger `trap` is dropped again."""
    if isinstance(where, Path):
        body = "RAISE(IGNORE)" if how == LOSES else "RAISE(ABORT, 'trapped')"
        return (f"CREATE TRIGGER trap BEFORE {act} ON {table} BEGIN SELECT {body}; END",)
    body = "RETURN NULL" if how == LOSES else "RAISE EXCEPTION ''trapped''"
    return (
        f"CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {body}; END'",
        f"CREATE TRIGGER trap BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION trap()",
    )


def untrapped(where: Where, table: str) -> str:
    """Give the statement that takes the trap away."""
    return "DROP TRIGGER trap" if isinstance(where, Path) else f"DROP TRIGGER trap ON {table}"


@contextmanager
def only_reading(ledger: Ledger) -> Iterator[None]:
    """Let this thread's next connection begin transactions and refuse every write in them."""
    ledger.close()
    if isinstance(ledger.where, Path):
        held = sqlite3.connect(f"{ledger.where.as_uri()}?mode=ro", uri=True, isolation_level=None)
        ledger._local.session, ledger._local.process = SqliteSession(held), os.getpid()
        yield
        ledger.close()
        return
    name = ledger.spot.partition("/")[2]
    behind(ledger.where, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    yield
    ledger.close()
    behind(
        ledger.where, "SET default_transaction_read_only = off",
        f"ALTER DATABASE {name} RESET default_transaction_read_only",
    )  # fmt: skip
