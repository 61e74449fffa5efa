"""The ledger adapter: plain SQL with named parameters, every acknowledged transaction durable, on either engine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from kit.errors import CallerError
from warehouse import _fs
from warehouse._engine import (
    BUSY_WAIT_S,
    Engine,
    LedgerDamaged,
    LedgerLost,
    Row,
    Session,
    Value,
    check_version,
    damaged,
    ended,
    translated,
)
from warehouse._sqlite import Sqlite
from warehouse._together import Together
from warehouse.home import Home
from warehouse.migrations import HEAD

__all__ = ["Ledger", "LedgerDamaged", "Row", "Server", "Tx", "Value", "Where", "ledger_from", "where_from"]

T = TypeVar("T")


class Server(str):
    """The address of a database server; it may hold a password, so nothing prints it."""

    def __repr__(self) -> str:
        return "Server(…)"


Where = Path | Server


def where_from(environ: Mapping[str, str], home: Home) -> Where:
    """Read BAHI_DATABASE_URL; without it the ledger is a file of the home."""
    url = environ.get("BAHI_DATABASE_URL", "").strip()
    return Server(url) if url else home.ledger_path


def ledger_from(environ: Mapping[str, str], home: Home) -> Ledger:
    """Make the ledger that the environment names."""
    return Ledger(where_from(environ, home))


def engine_of(where: Where, busy_wait_s: float = BUSY_WAIT_S) -> Engine:
    """Choose the engine; the driver of a server is loaded only where one is named."""
    if isinstance(where, Path):
        return Sqlite(where, busy_wait_s)
    try:
        from warehouse._postgres import Postgres
    except ImportError as error:
        hint = 'Run: pip install "psycopg[binary]", or unset BAHI_DATABASE_URL for the embedded ledger.'
        raise CallerError(
            "DRIVER_MISSING", "The driver of PostgreSQL is not installed.", hint=hint
        ) from error
    return Postgres(where, busy_wait_s)


class Tx:
    """One transaction on the ledger."""

    def __init__(self, session: Session, engine: Engine) -> None:
        """Made by Ledger only."""
        self._session = session
        self._engine = engine

    def execute(self, sql: str, /, **params: Value) -> int:
        """Run a statement and say how many rows it touched."""
        try:
            _fs.told("statement", sql)
            self._require_open()
            return self._session.execute(sql, params)
        except self._engine.failures as error:
            known = self._engine.known(error)
            if known is None:
                raise
            raise known from error

    def all(self, sql: str, /, **params: Value) -> list[Row]:
        """Read every row of a query or of a RETURNING clause."""
        try:
            _fs.told("statement", sql)
            self._require_open()
            return self._session.all(sql, params)
        except self._engine.failures as error:
            known = self._engine.known(error)
            if known is None:
                raise
            raise known from error

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
            # An engine that gave up the whole transaction has nothing left to undo, and refuses all that follows.
            if self._session.in_transaction:
                self.execute("ROLLBACK TO SAVEPOINT part")
                self.execute("RELEASE SAVEPOINT part")
            raise
        self.execute("RELEASE SAVEPOINT part")

    def _require_open(self) -> None:
        """Refuse to go on after the engine gave the transaction up: each statement would become durable by itself."""
        if not self._session.in_transaction:
            raise ended(self._engine.spot)


class Ledger:
    """Consents, audit, runs: in one SQLite file or one PostgreSQL database, a connection for each thread."""

    def __init__(self, where: Where, expected_version: str = HEAD, busy_wait_s: float = BUSY_WAIT_S) -> None:
        """Open nothing yet: the first transaction does, and checks the version."""
        self.where = where
        self.engine = engine_of(where, busy_wait_s)
        self._expected = expected_version
        self._local = threading.local()
        self._together = Together(self.transaction)

    @property
    def spot(self) -> str:
        """Name the ledger in messages."""
        return self.engine.spot

    @property
    def path(self) -> Path:
        """The file of the embedded engine; a server has none."""
        if isinstance(self.where, Path):
            return self.where
        raise TypeError("a ledger on a server is no file")

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """Write: everything in the block becomes durable together, or nothing does."""
        place = self.engine.place
        with translated(self.engine):
            _fs.told("begin", place)
            session = self._begun(_begin)
            tx = Tx(session, self.engine)
            try:
                yield tx
                _fs.told("commit", place)
                tx._require_open()
                session.commit()
            except BaseException:
                session.roll_back()
                raise
        _fs.told("committed", place)

    def together(self, act: Callable[[Tx], T]) -> T:
        """Write as in a transaction of one's own, sharing its commit with whoever writes at the same time."""
        return self._together.write(act)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Read one consistent state; inside a transaction of the same thread, that transaction's."""
        held = self._held()
        with translated(self.engine):
            if held is not None and held.in_transaction:
                yield Tx(held, self.engine)
                return
            session = self._begun(_begin_reading)
            try:
                yield Tx(session, self.engine)
            finally:
                session.roll_back()

    def check(self) -> None:
        """Read everything there is, and every row that refers to another."""
        with self.reading() as tx:
            if self.engine.faults(tx._session):
                raise damaged(self.spot)

    def scrub(self) -> bool:
        """Take deleted rows off the disk; False when a reader still sees them, and they stand until the next time."""
        with translated(self.engine):
            return self.engine.scrub(self._session())

    def close(self) -> None:
        """Close this thread's connection; the next transaction opens another."""
        held = self._held()
        self._local.session = None
        if held is not None:
            held.close()

    def _held(self) -> Session | None:
        """Give this thread's connection, if it has one that works."""
        held: Session | None = getattr(self._local, "session", None)
        if held is None or self._local.process != os.getpid():
            return None
        return None if held.is_lost else held

    def _begun(self, begin: Callable[[Session], None]) -> Session:
        """Begin on this thread's connection; one that went away since it was last used is replaced."""
        held = self._held()
        if held is not None:
            try:
                begin(held)
                return held
            except self.engine.failures as error:
                if not isinstance(self.engine.known(error), LedgerLost):
                    raise
                self.close()
        opened = self._session()
        begin(opened)
        return opened

    def _session(self) -> Session:
        held = self._held()
        if held is not None:
            return held
        # A connection inherited through fork is left alone: closing it here would end the parent's locks.
        self._local.inherited = getattr(self._local, "session", None)
        opened = self.engine.connect()
        try:
            check_version(self.engine.version(opened), self._expected, self.spot)
        except BaseException:
            opened.close()
            raise
        self._local.session, self._local.process = opened, os.getpid()
        return opened


def _begin(session: Session) -> None:
    session.begin()


def _begin_reading(session: Session) -> None:
    session.begin_reading()
