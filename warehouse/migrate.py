"""Bringing the ledger to a version: each change whole or not at all, children kept, the file durable first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kit.errors import TransientError
from warehouse import _fs
from warehouse._lock import sweep
from warehouse.ledger import check_version, connect, translated, version_of
from warehouse.migrations import HEAD

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

UPGRADE_WAIT_S = 30.0
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(path: Path, to: str = HEAD) -> None:
    """Create the ledger if need be and bring it up to a version; at that version nothing is touched."""
    with translated(path), _alone(path):
        sweep(path.parent, path.name)
        if _fs.size_bytes(path) is None:
            _create(path)
        found = version(path)
        if found == to:
            return
        _refuse_newer(path)
        _run(path, "upgrade", to)


def downgrade(path: Path, to: str = "base") -> None:
    """Take the ledger back to a version, losing what later versions alone can hold."""
    with translated(path):
        _refuse_newer(path)
        _run(path, "downgrade", to)


def version(path: Path) -> str:
    """Read the version of a ledger; an empty one stands at the empty text."""
    with translated(path):
        connection = connect(path)
        try:
            return version_of(connection, path)
        finally:
            connection.close()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One upgrade at a time: the engine does not wait for its turn to change the journal's mode."""
    _fs.ensure_folder(path.parent)
    hint = "Wait for it to end, then run again."
    busy = TransientError("LEDGER_BUSY", f"Another upgrade of {_fs.place(path)} is at work.", hint=hint)
    with _fs.locked(path.with_name(f"{path.name}.lock"), UPGRADE_WAIT_S, busy):
        yield


def _create(path: Path) -> None:
    _fs.ensure_folder(path.parent)
    _fs.write_first(path, b"")
    connection = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        # Both modes stay with the file, and auto_vacuum can only be chosen before the first table.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL").fetchall()
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
    finally:
        connection.close()
    _fs.sync_folder(path.parent)


def _refuse_newer(path: Path) -> None:
    connection = connect(path)
    try:
        if version_of(connection, path) > HEAD:
            check_version(connection, path, HEAD)
    finally:
        connection.close()


def _run(path: Path, act: str, to: str) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.exc import DBAPIError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = _engine(path)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            {"upgrade": command.upgrade, "downgrade": command.downgrade}[act](config, to)
            _check_children(connection)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.DatabaseError):
            raise error.orig from error
        raise
    finally:
        engine.dispose()


def _engine(path: Path) -> Engine:
    """Make an engine whose transactions are ours: Python's sqlite3 would commit before each change of a table."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    def opened() -> sqlite3.Connection:
        connection = connect(path)
        # Rebuilding a table with foreign keys on would delete the rows that refer to it.
        connection.execute("PRAGMA foreign_keys=OFF")
        return connection

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine = create_engine("sqlite://", creator=opened, poolclass=NullPool)
    event.listen(engine, "begin", begin)
    return engine


def _check_children(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration leaves {len(broken)} rows without the row they refer to")
