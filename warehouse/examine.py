"""Looks a ledger over against what its migrations make, and says what going back to an older version would lose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kit.errors import CallerError
from warehouse._catalogue import differences
from warehouse._engine import Engine, Session, translated
from warehouse.ledger import Where, engine_of
from warehouse.migrate import described, versions
from warehouse.migrations import HEAD

BASE = "base"
_RUNBOOK = "docs/runbooks/postgres.md"
_RESTORE = "Keep this ledger as it is for whoever looks into it, and restore one from a backup."


class Finding(NamedTuple):
    """One thing looked at, and what to mend where it does not hold."""

    what: str
    is_ok: bool
    hint: str


class Examined(NamedTuple):
    """A ledger that was looked over."""

    engine: str
    place: str
    version: str
    expected_version: str
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Say whether there is nothing to mend."""
        return all(finding.is_ok for finding in self.findings)


class Loss(NamedTuple):
    """Something an older version has no place for, and how many rows hold it."""

    what: str
    rows_n: int


def examined(where: Where) -> Examined:
    """Check version, content, references, every table and what hangs on it, and the settings promises stand on."""
    engine = engine_of(where)
    with translated(engine):
        session = engine.connect()
        try:
            session.begin_reading()
            found = engine.version(session)
            findings = (_version(found), *_looked_over(engine, session, found))
            return Examined(engine.name(session), engine.spot, found, HEAD, findings)
        finally:
            session.roll_back()
            session.close()


def _version(found: str) -> Finding:
    what = f"version {found or BASE}"
    if found == HEAD:
        return Finding(f"{what}, as this program expects", True, "")
    if found < HEAD:
        return Finding(f"{what}, this program expects {HEAD}", False, "Run: bahi db upgrade")
    return Finding(f"{what}, this program expects {HEAD}", False, "Install the release that wrote it.")


def _looked_over(engine: Engine, session: Session, found: str) -> tuple[Finding, ...]:
    content = [Finding(fault, False, _RESTORE) for fault in engine.faults(session)] or [
        Finding("every row can be read, and every reference leads to its row", True, "")
    ]
    settings = [
        Finding(f"setting {what}", is_kept, "" if is_kept else f"Set it as {_RUNBOOK} says.")
        for what, is_kept in engine.promises(session).items()
    ]
    tables = _compared(engine, session, found) if found in versions() else []
    return (*content, *tables, *settings)


def _compared(engine: Engine, session: Session, found: str) -> list[Finding]:
    expected = engine.expected(described(found))
    different = differences(expected, engine.catalogue(session))
    wrong = {one.what for one in different}
    right = Counter(what.split()[0] for what in expected if what not in wrong)
    held = ", ".join(f"{kind} {n}" for kind, n in sorted(right.items()))
    said = [Finding(f"{one.what} {one.why}", False, _RESTORE) for one in different]
    return [*said, Finding(f"as the migrations make them: {held}", True, "")]


def losses(where: Where, to: str) -> tuple[Loss, ...]:
    """Count what an older version has no place for: tables by their rows, columns by their values."""
    engine = engine_of(where)
    with translated(engine):
        session = engine.connect()
        try:
            session.begin_reading()
            found = engine.version(session)
            _require_behind(found, to)
            kept = {} if to == BASE else described(to)
            gone = [what for what in described(found) if what not in kept] if found else []
            return tuple(_counted(session, gone))
        finally:
            session.roll_back()
            session.close()


def _require_behind(found: str, to: str) -> None:
    behind = [BASE, *(one for one in versions() if one <= found)]
    if to not in behind:
        listed = ", ".join(behind)
        hint = f"Run: bahi db downgrade --to {behind[-1]}"
        raise CallerError("VERSION_NOT_BEHIND", f"The ledger can go back to {listed}.", hint=hint)


def _counted(session: Session, gone: Sequence[str]) -> Iterator[Loss]:
    tables = [what.removeprefix("table ") for what in gone if what.startswith("table ")]
    for table in sorted(set(tables) - {"alembic_version"}):
        yield Loss(f"table {table}", _count(session, f'SELECT count(*) AS n FROM "{table}"'))
    for what in sorted(gone):
        table, _, column = what.removeprefix("column ").partition(".")
        if what.startswith("column ") and table not in tables:
            yield Loss(what, _count(session, f'SELECT count("{column}") AS n FROM "{table}"'))


def _count(session: Session, sql: str) -> int:
    (row,) = session.all(sql, {})
    return int(row["n"] or 0)
