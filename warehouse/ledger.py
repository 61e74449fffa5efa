"""The ledger adapter: plain SQL with named parameters, every acknowledged transaction durable."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from kit.errors import BahiError, CallerError, TransientError
from warehouse import _fs
from warehouse._together import Together
from warehouse.migrations import HEAD

T = TypeVar("T")
Value = str | int | None
Row = Mapping[str, Value]

BUSY_WAIT_S = 5.0
_RUN_AGAIN = "Run again; if it stays, end the other program that holds the ledger."
_UPGRADE = "Run: bahi db upgrade"


class LedgerDamaged(CallerError):
    """What the file holds is not what was written."""


class Tx:
    """One transaction on the ledger."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Made by Ledger only."""
        self._connection = connection

    def execute(self, sql: str, /, **params: Value) -> int:
        """Run a statement and say how many rows it touched."""
        _fs.told("statement", sql)
        return self._connection.execute(sql, params).rowcount

    def all(self, sql: str, /, **params: Value) -> list[Row]:
        """Read every row of a query or of a RETURNING clause."""
        _fs.told("statement", sql)
        cursor = self._connection.execute(sql, params)
        columns = [column[0] for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor]

    def one(self, sql: str, /, **params: Value) -> Row | None:
        """Read the first row, or None."""
        rows = self.all(sql, **params)
        return rows[0] if rows else None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only this block when it fails; what the transaction wrote before it stays."""
        self.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK TO SAVEPOINT part")
            raise
        finally:
            self.execute("RELEASE SAVEPOINT part")


class Ledger:
    """Consents, audit, runs: one SQLite file in WAL mode, a connection for each thread."""

    def __init__(self, path: Path, expected_version: str = HEAD, busy_wait_s: float = BUSY_WAIT_S) -> None:
        """Open nothing yet: the first transaction does, and checks the version."""
        self.path = path
        self._expected = expected_version
        self._busy_wait_s = busy_wait_s
        self._local = threading.local()
        self._together = Together(self.transaction)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Write: everything in the block becomes durable together, or nothing does."""
        with translated(self.path):
            connection, spot = self._connection(), str(self.path)
            _fs.told("begin", spot)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Tx(connection)
                _fs.told("commit", spot)
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise
        _fs.told("committed", spot)

    def together(self, act: Callable[[Tx], T]) -> T:
        """Write as in a transaction of one's own, sharing its commit with whoever writes at the same time."""

        def alone(tx: Tx) -> T:
            with translated(self.path):
                return act(tx)

        return self._together.write(alone)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Read one consistent state; inside a transaction of the same thread, that transaction's."""
        with translated(self.path):
            connection = self._connection()
            if connection.in_transaction:
                yield Tx(connection)
                return
            connection.execute("BEGIN")
            try:
                yield Tx(connection)
            finally:
                _roll_back(connection)

    def check(self) -> None:
        """Walk every page and index of the file, and every row that refers to another."""
        spot = _fs.place(self.path)
        with self.reading() as tx:
            faults = [row for row in tx.all("PRAGMA integrity_check(1)") if row["integrity_check"] != "ok"]
            if faults or tx.all("PRAGMA foreign_key_check"):
                raise _damaged(spot)

    def scrub(self) -> bool:
        """Take deleted rows off the disk: secure_delete blanks the pages, this empties the log and the free list.

        False when a reader still holds the log: then the old pages stand in it until the next time.
        """
        with translated(self.path):
            connection = self._connection()
            connection.execute("PRAGMA incremental_vacuum").fetchall()
            (is_held, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not is_held

    def close(self) -> None:
        """Close this thread's connection; the next transaction opens another."""
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if held is not None and self._local.process == os.getpid():
            held.close()

    def _connection(self) -> sqlite3.Connection:
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is not None and self._local.process == os.getpid():
            return held
        # A connection inherited through fork is left alone: closing it here would end the parent's locks.
        self._local.inherited = held
        opened = connect(self.path, self._busy_wait_s)
        try:
            check_version(opened, self.path, self._expected)
        except BaseException:
            opened.close()
            raise
        self._local.connection, self._local.process = opened, os.getpid()
        return opened


def connect(path: Path, busy_wait_s: float = BUSY_WAIT_S) -> sqlite3.Connection:
    """Open a ledger that exists; every promise of durability and secrecy is set on each connection."""
    if _fs.is_link(path):
        raise _fs.refused(_fs.place(path))
    if _fs.size_bytes(path) is None:
        raise CallerError(
            "LEDGER_MISSING", f"There is no ledger at {_fs.place(path)}.", hint="Run: bahi init"
        )
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, timeout=busy_wait_s, isolation_level=None
    )
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def check_version(connection: sqlite3.Connection, path: Path, expected: str) -> None:
    """Refuse a ledger this code was not written for; versions are ordered by their text."""
    found, spot = version_of(connection, path), _fs.place(path)
    if found < expected:
        raise CallerError("LEDGER_OLDER", f"The ledger at {spot} is older than this program.", hint=_UPGRADE)
    if found > expected:
        hint = "Install the release that wrote it, or set BAHI_HOME to another folder."
        raise CallerError("LEDGER_NEWER", f"The ledger at {spot} is newer than this program.", hint=hint)


def version_of(connection: sqlite3.Connection, path: Path) -> str:
    """Read the version a ledger stands at; an empty file stands before the first."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and "alembic_version" not in tables:
        raise not_a_ledger(path)
    if not tables:
        return ""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def not_a_ledger(path: Path) -> CallerError:
    """Something else stands where the ledger should."""
    spot = _fs.place(path)
    hint = "Move it away and run: bahi init, or set BAHI_HOME to another folder."
    return CallerError(
        "LEDGER_NOT_A_DATABASE", f"What stands at {spot} is not a ledger.", hint=hint, place=spot
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the engine's failures into errors that say what to do; a broken constraint stays a bug."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        known = failure(error, path)
        if known is None:
            raise
        raise known from error


def failure(error: sqlite3.DatabaseError, path: Path) -> BahiError | None:
    """Say what a failure of the engine means for the caller."""
    spot = _fs.place(path)
    extended: int = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if not extended and "decode to UTF-8" in str(error):
        return _damaged(spot)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return TransientError("LEDGER_BUSY", f"The ledger at {spot} is locked.", hint=_RUN_AGAIN, place=spot)
    if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
        return _fs.disk_full(path)
    if code == sqlite3.SQLITE_IOERR:
        return _fs.disk_failed(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        hint = "Make the folder of BAHI_HOME writable, or set BAHI_HOME to one that is."
        return CallerError(
            "HOME_READ_ONLY", f"The ledger at {spot} may not be written.", hint=hint, place=spot
        )
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return not_a_ledger(path)
    return None


def _damaged(spot: str) -> LedgerDamaged:
    return LedgerDamaged(
        "LEDGER_DAMAGED", f"The ledger at {spot} is damaged.", hint="Restore it from a backup.", place=spot
    )


def _roll_back(connection: sqlite3.Connection) -> None:
    with suppress(sqlite3.DatabaseError):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
