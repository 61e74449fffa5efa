"""What a database must offer to hold the ledger, and the words all of them share for what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from kit.errors import BahiError, CallerError, TransientError

if TYPE_CHECKING:  # Only a migration loads SQLAlchemy.
    from contextlib import AbstractContextManager

    import sqlalchemy

Value = str | int | None
Row = Mapping[str, Value]

BUSY_WAIT_S = 5.0
RUN_AGAIN = "Run again; if it stays, end the other program that holds the ledger."


class LedgerDamaged(CallerError):
    """What the ledger holds is not what was written."""


class LedgerLost(TransientError):
    """The connection is gone, and with it every transaction that was not committed."""


class Session(Protocol):
    """One open connection; its failures are the engine's own, for the engine to put into words."""

    @property
    def in_transaction(self) -> bool:
        """Say whether a transaction is open; the engine may have given it up by itself."""

    @property
    def is_lost(self) -> bool:
        """Say whether the connection is gone."""

    def execute(self, sql: str, params: Mapping[str, Value], /) -> int:
        """Run a statement and say how many rows it touched."""

    def all(self, sql: str, params: Mapping[str, Value], /) -> list[Row]:
        """Read every row of a query."""

    def begin(self) -> None:
        """Begin to write: one at a time."""

    def begin_reading(self) -> None:
        """Begin to read one state."""

    def commit(self) -> None:
        """Make everything since the beginning durable, or fail."""

    def roll_back(self) -> None:
        """Undo an open transaction; there is nothing to undo on a connection that failed."""

    def close(self) -> None:
        """Let go of the connection."""


class Engine(Protocol):
    """One database that holds the ledger."""

    def name(self, session: Session) -> str:
        """Name the product and its version."""

    @property
    def spot(self) -> str:
        """Name the ledger in messages: enough to find it, and no secret."""

    @property
    def place(self) -> str:
        """Name the ledger to the hook that watches every act."""

    def connect(self) -> Session:
        """Open a ledger that exists."""

    def version(self, session: Session) -> str:
        """Read the version a ledger stands at; an empty one stands before the first."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """Name what the engine raises."""

    def known(self, error: BaseException) -> BahiError | None:
        """Say what a failure means for the caller; a broken constraint stays a bug."""

    def faults(self, session: Session) -> list[str]:
        """Read everything there is, and say what is wrong with it."""

    def promises(self, session: Session) -> dict[str, bool]:
        """Read the settings that durability and secrecy depend on, and say of each whether it stands right."""

    def catalogue(self, session: Session) -> dict[str, str]:
        """Describe every table, column, key, index, check and trigger in words all engines share."""

    def expected(self, described: Mapping[str, str]) -> Mapping[str, str]:
        """Tell what the migrations make here, from what they make in an embedded ledger."""

    def scrub(self, session: Session) -> bool:
        """Take deleted rows off the disk, unless a reader still sees them."""

    def alone(self) -> AbstractContextManager[None]:
        """Let one change of the tables go at a time."""

    def create(self) -> None:
        """Make the place for an empty ledger where there is none and this program can."""

    def migrating(self) -> sqlalchemy.Engine:
        """Make what migrations run on, each in one transaction of its own."""

    def unchilded(self, connection: sqlalchemy.Connection) -> int:
        """Count rows that a migration left without the row they refer to."""


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Turn the engine's failures into errors that say what to do."""
    try:
        yield
    except engine.failures as error:
        known = engine.known(error)
        if known is None:
            raise
        raise known from error


def busy(spot: str) -> TransientError:
    """Somebody else writes."""
    return TransientError("LEDGER_BUSY", f"The ledger at {spot} is locked.", hint=RUN_AGAIN, place=spot)


def damaged(spot: str) -> LedgerDamaged:
    """What is stored cannot be read."""
    return LedgerDamaged(
        "LEDGER_DAMAGED", f"The ledger at {spot} is damaged.", hint="Restore it from a backup.", place=spot
    )


def check_version(found: str, expected: str, spot: str) -> None:
    """Refuse a ledger this code was not written for; versions are ordered by their text."""
    if not found:
        hint = "Run: bahi init"
        raise CallerError("LEDGER_OLDER", f"The ledger at {spot} is still empty.", hint=hint)
    if found < expected:
        hint = "Run: bahi db upgrade"
        raise CallerError("LEDGER_OLDER", f"The ledger at {spot} is older than this program.", hint=hint)
    if found > expected:
        hint = "Install the release that wrote it, or set BAHI_HOME to another folder."
        raise CallerError("LEDGER_NEWER", f"The ledger at {spot} is newer than this program.", hint=hint)


def ended(spot: str) -> BahiError:
    """A statement failed, the engine gave the transaction up, and the caller went on all the same."""
    return TransientError(
        "LEDGER_BUSY", f"The transaction at {spot} has ended.", hint="Run again.", place=spot
    )
