"""The ledger in a PostgreSQL database: writers one after another, every commit synced, readers on one snapshot."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.types.string import StrDumper

from kit.errors import BahiError, CallerError, HouseUnfit, TransientError
from warehouse._engine import BUSY_WAIT_S, LedgerLost, Row, Session, Value, busy, damaged, ended
from warehouse._statements import for_driver

if TYPE_CHECKING:
    import sqlalchemy
    from psycopg.abc import Buffer

# Whoever writes holds this lock of the database, as whoever writes to a file holds the file: "bahi" in hexadecimal.
_WRITING = 0x62616869
_CONNECT_WAIT_S = 5
_LOST = frozenset({"57P01", "57P02", "57P03", "57P05"})
_BUSY = frozenset({"55P03", "40001", "40P01", "57014", "53300"})
_READ_ONLY = frozenset({"25006", "42501"})
_DAMAGED = frozenset({"XX001", "XX002"})
_FAILED = "25P02"
_PROMISES = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on local remote_write remote_apply",
    "data_checksums": "on",
    "server_encoding": "UTF8",
}


class _Whole(Loader):
    """A sum of whole numbers is whole, whatever type the server gives it."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class _Connection(psycopg.Connection[tuple[Value, ...]]):
    """A connection that ends with the thread it served; one inherited through fork is its parent's to end."""

    _process = 0

    def __del__(self, *_: object) -> None:
        if self._process == os.getpid():
            self.close()


class PostgresSession:
    """One connection to the server."""

    def __init__(self, connection: _Connection) -> None:
        """Take a connection in which every transaction is begun by hand."""
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """A failed transaction stays open until it is rolled back."""
        status = self._connection.info.transaction_status
        return status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)

    @property
    def is_lost(self) -> bool:
        """Say whether the server, or the way to it, is gone."""
        return self._connection.closed

    def execute(self, sql: str, params: Mapping[str, Value], /) -> int:
        """Run a statement and say how many rows it touched."""
        return self._connection.execute(for_driver(sql).encode(), params).rowcount

    def all(self, sql: str, params: Mapping[str, Value], /) -> list[Row]:
        """Read every row of a query."""
        cursor = self._connection.execute(for_driver(sql).encode(), params)
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor]

    def begin(self) -> None:
        """Take the one place of a writer before anything is read, so that what is counted stays true."""
        self._begin("READ COMMITTED", f"; SELECT pg_advisory_xact_lock({_WRITING})")

    def begin_reading(self) -> None:
        """Begin to read one state; the first statement fixes it."""
        self._begin("REPEATABLE READ READ ONLY", "")

    def _begin(self, mode: str, then: str) -> None:
        if self.in_transaction:
            raise RuntimeError("cannot start a transaction within a transaction")
        try:
            self._connection.execute(f"BEGIN ISOLATION LEVEL {mode}{then}".encode())
        except BaseException:
            self.roll_back()
            raise

    def commit(self) -> None:
        """Make everything since the beginning durable; the server rolls a failed transaction back without a word."""
        if self._connection.execute("COMMIT").statusmessage != "COMMIT":
            raise psycopg.errors.InFailedSqlTransaction("rolled back in place of a commit")

    def roll_back(self) -> None:
        """Undo an open transaction; a connection that cannot even do that is given up, and the server undoes it."""
        with suppress(psycopg.Error):
            if self.in_transaction:
                self._connection.execute("ROLLBACK")
        if self.in_transaction:
            self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


class Postgres:
    """The engine behind BAHI_DATABASE_URL."""

    failures: tuple[type[Exception], ...] = (psycopg.Error,)

    def __init__(self, url: str, busy_wait_s: float = BUSY_WAIT_S) -> None:
        """Read the address, and reach nobody yet."""
        self._busy_wait_s = busy_wait_s
        self._given = _given(url)
        host = str(self._given.get("host") or self._given.get("hostaddr") or "localhost")
        self.spot = f"{'localhost' if host.startswith('/') else host}/{self._given['dbname']}"

    @property
    def place(self) -> str:
        """Name host and database only: an address may hold a password."""
        return self.spot

    def name(self, session: Session) -> str:
        """Name the server's version."""
        (row,) = session.all("SELECT current_setting('server_version') AS v", {})
        return f"PostgreSQL {row['v']}"

    def connect(self) -> PostgresSession:
        """Reach the server."""
        return PostgresSession(self._connection(autocommit=True))

    def _connection(self, *, autocommit: bool) -> _Connection:
        given: dict[str, str | int | None] = {"connect_timeout": _CONNECT_WAIT_S, "client_encoding": "UTF8"}
        address = make_conninfo("", **(given | self._given))
        try:
            connection = _Connection.connect(address, autocommit=autocommit, prepare_threshold=None)
        except psycopg.OperationalError as error:
            raise self._unreached(str(error)) from None
        connection._process = os.getpid()
        try:
            connection.adapters.register_loader("numeric", _Whole)
            connection.adapters.register_dumper(str, StrDumper)
            # A server may have been told not to wait for its disk: an acknowledged act has to.
            connection.execute(
                "SELECT set_config('lock_timeout', %s, false),"
                " CASE current_setting('synchronous_commit')"
                " WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END",
                (f"{round(self._busy_wait_s * 1000)}ms",),
            )
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection

    def _unreached(self, said: str) -> BahiError:
        """Tell apart what the server says when it refuses; it gives no code there, and may speak any language."""
        spot = self.spot
        if "database" in said and "does not exist" in said:
            hint = "Create that database on the server, then run: bahi init"
            return CallerError("LEDGER_MISSING", f"There is no database at {spot}.", hint=hint, place=spot)
        if any(
            word in said
            for word in ("too many clients", "remaining connection slots", "too many connections")
        ):
            return busy(spot)
        if any(word in said for word in ("starting up", "shutting down", "recovery")):
            return _lost(spot)
        if "FATAL" in said or "password" in said:
            hint = "Check user, password and database of BAHI_DATABASE_URL, and that the server lets this user in."
            return CallerError("LEDGER_REFUSED", f"The server at {spot} refused.", hint=hint, place=spot)
        return _lost(spot)

    def version(self, session: Session) -> str:
        """Read the version a ledger stands at; an empty database stands before the first."""
        tables = _tables(session)
        if tables and "alembic_version" not in tables:
            hint = "Point BAHI_DATABASE_URL at a database of its own, then run: bahi init"
            spot = self.spot
            raise CallerError(
                "LEDGER_NOT_A_DATABASE", f"What stands at {spot} is not a ledger.", hint=hint, place=spot
            )
        rows = session.all("SELECT version_num FROM alembic_version", {}) if tables else []
        return str(rows[0]["version_num"]) if rows else ""

    def known(self, error: BaseException) -> BahiError | None:
        """Say what a failure of the server means for the caller."""
        if not isinstance(error, psycopg.Error):
            return None
        state, spot = error.sqlstate or "", self.spot
        is_gone = not state and isinstance(error, psycopg.OperationalError)
        if is_gone or state in _LOST or state.startswith("08"):
            return _lost(spot)
        if state in _BUSY:
            return busy(spot)
        if state == _FAILED:
            return ended(spot)
        if state in _DAMAGED:
            return damaged(spot)
        return _of_the_machine(state, spot)

    def faults(self, session: Session) -> list[str]:
        """Read every row, its long texts too, which checks the sums of their pages, and follow every reference."""
        for table in _tables(session):
            session.all(f'SELECT sum(length(CAST(t AS text))) AS n FROM "{table}" AS t', {})
        found = [f"index {row['name']}" for row in session.all(_INVALID_INDEXES, {})]
        for row in session.all(_REFERENCES, {}):
            child, parent = f"ROW({row['child_columns']})", f"ROW({row['parent_columns']})"
            (lost,) = session.all(
                f"SELECT count(*) AS n FROM {row['child']} AS child WHERE {child} IS NOT NULL"
                f" AND NOT EXISTS (SELECT 1 FROM {row['parent']} AS parent WHERE {parent} = {child})",
                {},
            )
            if lost["n"] or not row["is_valid"]:
                found.append(f"{lost['n']} rows without the row they refer to")
        return found

    def promises(self, session: Session) -> dict[str, bool]:
        """Read what the server was told about its disk, and how the database was made."""
        found = {
            name: str(session.all(f"SELECT current_setting('{name}') AS v", {})[0]["v"]) for name in _PROMISES
        }
        return {f"{name}={value}": value in _PROMISES[name].split() for name, value in found.items()}

    def catalogue(self, session: Session) -> dict[str, str]:
        """Describe the tables and what hangs on them."""
        from warehouse._catalogue import of_postgres

        return of_postgres(session)

    def expected(self, described: Mapping[str, str]) -> Mapping[str, str]:
        """Add what only this engine needs."""
        from warehouse._catalogue import on_postgres

        return on_postgres(described)

    def scrub(self, session: Session) -> bool:
        """Write every table anew that rows can leave, once nobody sees the old ones, and let go of the log before."""
        if not self._are_old_readers_gone(session):
            return False
        for table in _tables(session):
            if not session.all(_KEEPS_ALL, {"table": table}):
                session.execute(f'VACUUM (FULL) "{table}"', {})
        with suppress(psycopg.errors.InsufficientPrivilege):
            session.execute("CHECKPOINT", {})
        return True

    def _are_old_readers_gone(self, session: Session) -> bool:
        """Wait for open snapshots: a row that one of them still sees would be carried over."""
        (row,) = session.all("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS text) AS x", {})
        until = time.monotonic() + self._busy_wait_s
        while session.all(_OLDER_READERS, row):
            if time.monotonic() >= until:
                return False
            time.sleep(0.01)
        return True

    def alone(self) -> AbstractContextManager[None]:
        """A migration waits for its turn among the writers, which is enough here."""
        return nullcontext()

    def create(self) -> None:
        """A database is made by whoever runs the server."""

    def migrating(self) -> sqlalchemy.Engine:
        """Make an engine whose transactions take the one place of a writer first."""
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import NullPool

        def begin(connection: sqlalchemy.Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITING})")

        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: self._connection(autocommit=False),
            poolclass=NullPool,
            use_native_hstore=False,
        )
        event.listen(engine, "begin", begin)
        return engine

    def unchilded(self, connection: sqlalchemy.Connection) -> int:
        """The server holds every statement to its references."""
        return 0


def _given(url: str) -> dict[str, str | int | None]:
    """Read the address; no error repeats any of it."""
    hint = "Set BAHI_DATABASE_URL to postgresql://USER@HOST/DATABASE, or unset it for the embedded ledger."
    refused = CallerError(
        "LEDGER_URL_INVALID", "BAHI_DATABASE_URL is not the address of a PostgreSQL database.", hint=hint,
        place="BAHI_DATABASE_URL",
    )  # fmt: skip
    if not url.startswith(("postgresql://", "postgres://")):
        raise refused
    try:
        given: dict[str, str | int | None] = dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        raise refused from None
    ports = str(given.get("port") or "").replace(",", "")
    if not given.get("dbname") or not (ports.isdecimal() or not ports):
        raise refused
    return given


def _lost(spot: str) -> LedgerLost:
    hint = "Start the server of BAHI_DATABASE_URL, or see that it can be reached, then run again."
    return LedgerLost(
        "LEDGER_UNREACHABLE", f"The server of the ledger at {spot} does not answer.", hint=hint, place=spot
    )


def _of_the_machine(state: str, spot: str) -> BahiError | None:
    if state == "53100":
        hint = "Free some space on the server's disk, then run again."
        return TransientError("DISK_FULL", f"No space left for {spot}.", hint=hint, place=spot)
    if state == "58030":
        hint = "Check the server's disk, then run again."
        return TransientError("DISK_FAILED", f"The disk failed at {spot}.", hint=hint, place=spot)
    if state == "53200":
        return TransientError("MACHINE_BUSY", f"No memory left for {spot}.", hint="Run again.", place=spot)
    if state in _READ_ONLY:
        hint = "Let the user of BAHI_DATABASE_URL write there, or name the server that may be written."
        return HouseUnfit(
            "LEDGER_READ_ONLY", f"The ledger at {spot} may not be written.", hint=hint, place=spot
        )
    return None


def _tables(session: Session) -> list[str]:
    sql = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    return [str(row["name"]) for row in session.all(sql, {})]


# A writer that reads nothing, a standby that reports back and a prepared transaction keep old rows as a reader does.
_OLDER_READERS = """
    SELECT pid FROM pg_stat_activity WHERE (datname = current_database() OR datname IS NULL)
    AND pid <> pg_backend_pid() AND greatest(age(backend_xmin), age(backend_xid)) >= age(CAST(:x AS xid))
    UNION ALL SELECT 0 FROM pg_prepared_xacts WHERE age(transaction) >= age(CAST(:x AS xid))
    UNION ALL SELECT 0 FROM pg_replication_slots WHERE age(xmin) >= age(CAST(:x AS xid))"""
_KEEPS_ALL = """
    SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(quote_ident(:table)) AND NOT tgisinternal
    AND tgname = :table || '_no_delete'"""
_INVALID_INDEXES = """
    SELECT CAST(indexrelid AS regclass) AS name FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = CAST(current_schema() AS regnamespace) AND NOT (indisvalid AND indisready)"""
_REFERENCES = """
    SELECT CAST(CAST(conrelid AS regclass) AS text) AS child, CAST(CAST(confrelid AS regclass) AS text) AS parent,
    CAST(convalidated AS int) AS is_valid,
    (SELECT string_agg('child.' || quote_ident(attname), ', ' ORDER BY n) FROM unnest(conkey) WITH ORDINALITY AS k (a, n)
     JOIN pg_attribute ON attrelid = conrelid AND attnum = a) AS child_columns,
    (SELECT string_agg('parent.' || quote_ident(attname), ', ' ORDER BY n) FROM unnest(confkey) WITH ORDINALITY AS k (a, n)
     JOIN pg_attribute ON attrelid = confrelid AND attnum = a) AS parent_columns
    FROM pg_constraint WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)"""
