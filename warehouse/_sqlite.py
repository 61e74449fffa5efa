"""The ledger in one SQLite file: WAL, every commit synced, deleted bytes blanked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kit.errors import BahiError, CallerError, HouseUnfit, TransientError
from warehouse import _fs
from warehouse._engine import BUSY_WAIT_S, Row, Session, Value, busy, damaged
from warehouse._lock import sweep

if TYPE_CHECKING:
    import sqlalchemy

UPGRADE_WAIT_S = 30.0
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_PROMISES = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "auto_vacuum": 2}


class SqliteSession:
    """One connection to the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection in which every transaction is begun by hand."""
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """A full disk and a failing one end the transaction by themselves."""
        return self._connection.in_transaction

    @property
    def is_lost(self) -> bool:
        """A file does not go away while it is open."""
        return False

    def execute(self, sql: str, params: Mapping[str, Value], /) -> int:
        """Run a statement and say how many rows it touched."""
        return self._connection.execute(sql, params).rowcount

    def all(self, sql: str, params: Mapping[str, Value], /) -> list[Row]:
        """Read every row of a query."""
        cursor = self._connection.execute(sql, params)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor]

    def begin(self) -> None:
        """Take the one place of a writer at once: a reader that became one could not wait for it."""
        self._connection.execute("BEGIN IMMEDIATE")

    def begin_reading(self) -> None:
        """Begin to read one state."""
        self._connection.execute("BEGIN")

    def commit(self) -> None:
        """Make everything since the beginning durable."""
        self._connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo an open transaction."""
        with suppress(sqlite3.DatabaseError):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Sqlite:
    """The embedded engine."""

    failures: tuple[type[Exception], ...] = (sqlite3.DatabaseError,)

    def __init__(self, path: Path, busy_wait_s: float = BUSY_WAIT_S) -> None:
        """Open nothing yet."""
        self.path = path
        self._busy_wait_s = busy_wait_s

    def name(self, session: Session) -> str:
        """Name the library in use."""
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def spot(self) -> str:
        """Name the file by its last parts."""
        return _fs.place(self.path)

    @property
    def place(self) -> str:
        """Name the whole path."""
        return str(self.path)

    def connect(self) -> SqliteSession:
        """Open a ledger that exists."""
        return SqliteSession(self._connection())

    def _connection(self) -> sqlite3.Connection:
        """Every promise of durability and secrecy is set on each connection."""
        if _fs.is_link(self.path):
            raise _fs.refused(self.spot)
        if _fs.size_bytes(self.path) is None:
            raise CallerError("LEDGER_MISSING", f"There is no ledger at {self.spot}.", hint="Run: bahi init")
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode=rw", uri=True, timeout=self._busy_wait_s, isolation_level=None
        )
        try:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    def version(self, session: Session) -> str:
        """Read the version a ledger stands at; an empty file stands before the first."""
        tables = {
            row["name"] for row in session.all("SELECT name FROM sqlite_master WHERE type = 'table'", {})
        }
        if tables and "alembic_version" not in tables:
            raise not_a_ledger(self.path)
        rows = session.all("SELECT version_num FROM alembic_version", {}) if tables else []
        return str(rows[0]["version_num"]) if rows else ""

    def known(self, error: BaseException) -> BahiError | None:
        """Say what a failure means for the caller."""
        return failure(error, self.path) if isinstance(error, sqlite3.DatabaseError) else None

    def faults(self, session: Session) -> list[str]:
        """Walk every page and index of the file, and every row that refers to another."""
        checked = session.all("PRAGMA integrity_check(1)", {})
        found = ["a page or an index" for row in checked if row["integrity_check"] != "ok"]
        if not found and (lost := session.all("PRAGMA foreign_key_check", {})):
            found.append(f"{len(lost)} rows without the row they refer to")
        return found

    def promises(self, session: Session) -> dict[str, bool]:
        """Read what every connection sets, and how the file was made."""
        found = {name: session.all(f"PRAGMA {name}", {})[0][name] for name in _PROMISES}
        return {f"{name}={value}": value == _PROMISES[name] for name, value in found.items()}

    def catalogue(self, session: Session) -> dict[str, str]:
        """Describe the tables and what hangs on them."""
        from warehouse._catalogue import of_sqlite

        return of_sqlite(session)

    def expected(self, described: Mapping[str, str]) -> Mapping[str, str]:
        """Tell that it is the same."""
        return described

    def scrub(self, session: Session) -> bool:
        """Empty the log and the free list; secure_delete has blanked the pages."""
        session.all("PRAGMA incremental_vacuum", {})
        (row,) = session.all("PRAGMA wal_checkpoint(TRUNCATE)", {})
        return row["busy"] == 0

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One change at a time: the engine does not wait for its turn to change the journal's mode."""
        _fs.ensure_folder(self.path.parent)
        hint = "Wait for it to end, then run again."
        taken = TransientError("LEDGER_BUSY", f"Another upgrade of {self.spot} is at work.", hint=hint)
        with _fs.locked(self.path.with_name(f"{self.path.name}.lock"), UPGRADE_WAIT_S, taken):
            yield

    def create(self) -> None:
        """Make an empty file, durable under its name, after what a crash left beside it is gone."""
        sweep(self.path.parent, self.path.name)
        if _fs.size_bytes(self.path) is not None:
            return
        _fs.ensure_folder(self.path.parent)
        _fs.write_first(self.path, b"")
        connection = sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            # Both modes stay with the file, and auto_vacuum can only be chosen before the first table.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL").fetchall()
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        finally:
            connection.close()
        _fs.sync_folder(self.path.parent)

    def migrating(self) -> sqlalchemy.Engine:
        """Make an engine whose transactions are ours: Python's sqlite3 would commit before each change of a table."""
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import NullPool

        def opened() -> sqlite3.Connection:
            connection = self._connection()
            # Rebuilding a table with foreign keys on would delete the rows that refer to it.
            connection.execute("PRAGMA foreign_keys=OFF")
            return connection

        def begin(connection: sqlalchemy.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        engine = create_engine("sqlite://", creator=opened, poolclass=NullPool)
        event.listen(engine, "begin", begin)
        return engine

    def unchilded(self, connection: sqlalchemy.Connection) -> int:
        """Count what the switched-off foreign keys would have caught."""
        return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())


def not_a_ledger(path: Path) -> CallerError:
    """Something else stands where the ledger should."""
    spot = _fs.place(path)
    hint = "Move it away and run: bahi init, or set BAHI_HOME to another folder."
    return CallerError(
        "LEDGER_NOT_A_DATABASE", f"What stands at {spot} is not a ledger.", hint=hint, place=spot
    )


def failure(error: sqlite3.DatabaseError, path: Path) -> BahiError | None:
    """Say what a failure of the engine means for the caller."""
    spot = _fs.place(path)
    extended: int = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if not extended and "decode to UTF-8" in str(error):
        return damaged(spot)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL):
        return busy(spot)
    if code == sqlite3.SQLITE_FULL or extended == sqlite3.SQLITE_IOERR_SHMSIZE:
        return _fs.disk_full(path)
    if code == sqlite3.SQLITE_IOERR:
        return _fs.disk_failed(path)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        hint = "Make the folder of BAHI_HOME writable, or set BAHI_HOME to one that is."
        return HouseUnfit(
            "HOME_READ_ONLY", f"The ledger at {spot} may not be written.", hint=hint, place=spot
        )
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return not_a_ledger(path)
    return None
