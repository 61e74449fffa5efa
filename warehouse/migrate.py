"""Bringing the ledger to a version: each change whole or not at all, children kept, the file durable first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from warehouse import _fs
from warehouse._engine import Engine, check_version, translated
from warehouse._sqlite import SqliteSession
from warehouse.ledger import Where, engine_of
from warehouse.migrations import HEAD

if TYPE_CHECKING:
    import sqlalchemy

UPGRADE_WAIT_S = 30.0
_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(where: Where, to: str = HEAD) -> None:
    """Create the ledger if need be and bring it up to a version; at that version nothing is touched."""
    engine = engine_of(where, UPGRADE_WAIT_S)
    with translated(engine), engine.alone():
        engine.create()
        if _found(engine) != to:
            migrate(engine, "upgrade", to)


def downgrade(where: Where, to: str = "base") -> None:
    """Take the ledger back to a version, losing what later versions alone can hold."""
    engine = engine_of(where, UPGRADE_WAIT_S)
    with translated(engine):
        _found(engine)
        migrate(engine, "downgrade", to)


def version(where: Where) -> str:
    """Read the version of a ledger; an empty one stands at the empty text."""
    engine = engine_of(where)
    with translated(engine):
        return _version(engine)


def _version(engine: Engine) -> str:
    session = engine.connect()
    try:
        return engine.version(session)
    finally:
        session.close()


def _found(engine: Engine) -> str:
    """Read the version and refuse one that these migrations know nothing of."""
    found = _version(engine)
    if found > HEAD:
        check_version(found, HEAD, engine.spot)
    return found


def migrate(engine: Engine, act: str, to: str) -> None:
    """Run the migrations between two versions in one transaction."""
    from sqlalchemy.exc import DBAPIError

    migrating = engine.migrating()
    _watch(migrating, engine.place)
    try:
        with migrating.begin() as connection:
            _run(connection, act, to)
            if broken_n := engine.unchilded(connection):
                raise RuntimeError(f"the migration leaves {broken_n} rows without the row they refer to")
    except DBAPIError as error:
        if isinstance(error.orig, engine.failures):
            raise error.orig from error
        raise
    finally:
        migrating.dispose()
    _fs.told("committed", engine.place)


def _run(connection: sqlalchemy.Connection, act: str, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    {"upgrade": command.upgrade, "downgrade": command.downgrade}[act](config, to)


def versions() -> tuple[str, ...]:
    """List the versions there are migrations for, oldest first."""
    from alembic.script import ScriptDirectory

    return tuple(sorted(script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()))


def described(to: str) -> dict[str, str]:
    """Describe an embedded ledger that the migrations have just made, in memory."""
    import sqlite3

    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    from warehouse._catalogue import of_sqlite

    held = sqlite3.connect(":memory:", isolation_level=None)
    try:
        with create_engine("sqlite://", creator=lambda: held, poolclass=StaticPool).begin() as connection:
            _run(connection, "upgrade", to)
        return of_sqlite(SqliteSession(held))
    finally:
        held.close()


def _watch(migrating: sqlalchemy.Engine, place: str) -> None:
    """Let the hook that watches every act see these too."""
    from sqlalchemy import event

    def begin(_: object) -> None:
        _fs.told("begin", place)

    def statement(_: object, __: object, sql: str, *___: object) -> None:
        _fs.told("statement", sql)

    def commit(_: object) -> None:
        _fs.told("commit", place)

    event.listen(migrating, "begin", begin, insert=True)
    event.listen(migrating, "before_cursor_execute", statement)
    event.listen(migrating, "commit", commit)
