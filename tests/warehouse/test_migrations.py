"""Migrations on both engines: up and down on rows with children, whole or not at all, and what a check sees."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kit.errors import CallerError
from tests.engines import BROKEN_CONSTRAINT, behind, unlocked
from tests.warehouse.rows import ROWS, fill, held
from warehouse import _fs, migrate
from warehouse.examine import examined, losses
from warehouse.ledger import Ledger, Where, engine_of
from warehouse.migrate import described, downgrade, upgrade, version, versions
from warehouse.migrations import HEAD

APPEND_ONLY = ("audit", "certificate", "checkpoint")


@pytest.fixture
def filled(where: Where) -> Where:
    upgrade(where)
    ledger = Ledger(where)
    with ledger.transaction() as tx:
        fill(tx)
    ledger.close()
    return where


def content(where: Where) -> dict[str, list[dict[str, str | int | None]]]:
    ledger = Ledger(where)
    with ledger.reading() as tx:
        found = held(tx)
    ledger.close()
    return found


def catalogue(where: Where) -> dict[str, str]:
    engine = engine_of(where)
    session = engine.connect()
    try:
        return engine.catalogue(session)
    finally:
        session.close()


def test_the_newest_version_is_the_one_this_code_expects() -> None:
    assert versions()[-1] == HEAD


def test_every_table_has_a_row_to_lose() -> None:
    tables = {what.removeprefix("table ") for what in described(HEAD) if what.startswith("table ")}
    assert tables == {*ROWS, "alembic_version"}


def test_both_engines_hold_the_same_tables(where: Where) -> None:
    upgrade(where)
    assert catalogue(where) == engine_of(where).expected(described(HEAD))


def test_down_and_up_again_keeps_every_row_the_older_version_has_a_place_for(filled: Where) -> None:
    before = content(filled)
    assert all(len(rows) == 1 for rows in before.values())
    older = {what for what in described("0001") if what.startswith("column ")}
    downgrade(filled, "0001")
    upgrade(filled)
    for table, rows in content(filled).items():
        kept = [name for name in ROWS[table] if f"column {table}.{name}" in older]
        assert [{name: row[name] for name in kept} for row in rows] == [
            {name: row[name] for name in kept} for row in before[table] if kept
        ], table
    assert catalogue(filled) == engine_of(filled).expected(described(HEAD))


def test_down_to_nothing_and_up_again_gives_the_same_empty_tables(filled: Where) -> None:
    downgrade(filled)
    assert version(filled) == ""
    assert {what for what in catalogue(filled) if what.startswith("table ")} == {"table alembic_version"}
    upgrade(filled)
    upgrade(filled)
    assert (version(filled), set(map(len, content(filled).values()))) == (HEAD, {0})
    assert catalogue(filled) == engine_of(filled).expected(described(HEAD))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("way", ["straight", "down and up"])
def test_what_may_only_be_added_to_refuses_every_change(filled: Where, table: str, way: str) -> None:
    if way == "down and up":
        downgrade(filled, "0001")
        upgrade(filled)
    ledger = Ledger(filled)
    if not content(filled)[table]:
        with ledger.transaction() as tx:
            row = ROWS[table]
            tx.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES (:{', :'.join(row)})", **row)
    before = content(filled)
    changes = [f"UPDATE {table} SET {name} = {name}" for name in ROWS[table]] + [f"DELETE FROM {table}"]
    for change in changes:
        with pytest.raises(BROKEN_CONSTRAINT, match="append-only"), ledger.transaction() as tx:
            tx.execute(change)
    if not isinstance(filled, Path):
        with pytest.raises(BROKEN_CONSTRAINT, match="append-only"), ledger.transaction() as tx:
            tx.execute(f"TRUNCATE {table}")
    ledger.close()
    assert content(filled) == before


@pytest.mark.parametrize("way", ["straight", "down and up"])
def test_no_row_without_the_row_it_refers_to(filled: Where, way: str) -> None:
    if way == "down and up":
        downgrade(filled, "0001")
        upgrade(filled)
    references = [what.split()[1:] for what in described(HEAD) if what.startswith("reference ")]
    assert len(references) > 5
    ledger = Ledger(filled)
    for table, column in references:
        changed = {**ROWS[table], column.strip("()"): "nowhere"}
        with pytest.raises(BROKEN_CONSTRAINT), ledger.transaction() as tx:
            tx.execute(
                f"INSERT INTO {table} ({', '.join(changed)}) VALUES (:{', :'.join(changed)})", **changed
            )
    with pytest.raises(BROKEN_CONSTRAINT), ledger.transaction() as tx:
        tx.execute("DELETE FROM consent")
    ledger.close()


class Stopped(RuntimeError):
    """What a test raises in the middle of a migration."""


def stopping(at: int) -> Callable[[str, str], None]:
    """Fail just before the numbered act on the ledger."""
    left = iter(range(at))

    def fault(act: str, _: str) -> None:
        if act in ("begin", "statement", "commit") and next(left, None) is None:
            raise Stopped

    return fault


def acts_of(deed: Callable[[], None]) -> int:
    """Count the acts of an undisturbed migration."""
    seen: list[str] = []
    _fs.fault = lambda act, _: seen.append(act)
    deed()
    _fs.fault = None
    return sum(act in ("begin", "statement", "commit") for act in seen)


MOVES: dict[str, tuple[Callable[[Where], None], Callable[[Where], None]]] = {
    "down one": (lambda where: downgrade(where, "0001"), upgrade),
    "down to nothing": (downgrade, upgrade),
    "up one": (upgrade, lambda where: downgrade(where, "0001")),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_migration_stopped_at_any_statement_leaves_everything_as_it_was(filled: Where, move: str) -> None:
    there, back = MOVES[move]
    if move == "up one":
        downgrade(filled, "0001")
    acts_n = acts_of(lambda: there(filled))
    assert acts_n > 10
    back(filled)
    state = stand(filled)
    for at in range(acts_n):
        _fs.fault = stopping(at)
        with pytest.raises(Stopped):
            there(filled)
        _fs.fault = None
        assert stand(filled) == state, at
    there(filled)
    assert stand(filled) != state


def stand(where: Where) -> tuple[dict[str, str], str, list[object]]:
    """Everything of a ledger that a migration could touch, whatever its version."""
    tables = [what.removeprefix("table ") for what in catalogue(where) if what.startswith("table ")]
    engine = engine_of(where)
    session = engine.connect()
    try:
        rows: list[object] = [
            [dict(row) for row in session.all(f"SELECT * FROM {table}", {})] for table in tables
        ]
    finally:
        session.close()
    return catalogue(where), version(where), rows


PLANTED = [
    "CREATE TABLE shop (id TEXT PRIMARY KEY)",
    "INSERT INTO shop VALUES ('s')",
    "ALTER TABLE run ADD COLUMN shop_id TEXT",
    "UPDATE run SET shop_id = 's'",
    "DELETE FROM run_event",
    "DROP INDEX run_of_parent",
    "ALTER TABLE sign_in RENAME TO signed",
    "DROP TABLE idempotency",
]
FAILING = {
    "no such table": "SELECT * FROM nowhere",
    "broken constraint": "INSERT INTO run_event SELECT 'none', 1, 't', 'k', 's', NULL, 0, NULL, NULL FROM audit",
    "append-only": "UPDATE audit SET actor = 'x'",
}


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give a way to add one more migration to copies of the real ones."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate._SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "_SCRIPTS", scripts)

    def plant(body: str) -> None:
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (scripts / "versions" / "v9.py").write_text(
            f"from alembic import op\nrevision = '9000'\ndown_revision = '{HEAD}'\n\n\ndef upgrade():\n{lines}\n"
            f"\n\ndef downgrade():\n    pass\n"
        )

    yield plant
    shutil.rmtree(scripts)


@pytest.mark.parametrize("why", FAILING)
def test_a_planted_migration_that_fails_after_any_statement_leaves_everything_as_it_was(
    filled: Where, planted: Callable[[str], None], why: str
) -> None:
    state = stand(filled)
    for done_n in range(len(PLANTED) + 1):
        planted("\n".join(f"op.execute({one!r})" for one in [*PLANTED[:done_n], FAILING[why]]))
        with pytest.raises(Exception):  # noqa: B017 - each engine fails in words of its own
            upgrade(filled, "9000")
        assert stand(filled) == state, done_n
    planted("\n".join(f"op.execute({one!r})" for one in PLANTED))
    upgrade(filled, "9000")
    assert version(filled) == "9000"


def test_a_table_that_is_rebuilt_keeps_the_rows_that_refer_to_it(
    filled: Where, planted: Callable[[str], None]
) -> None:
    before = content(filled)
    planted(
        "import sqlalchemy\n"
        "for table, column in (('consent', 'party'), ('erasure', 'reason'), ('run', 'step')):\n"
        "    with op.batch_alter_table(table) as batch:\n"
        "        batch.alter_column(column, existing_type=sqlalchemy.Text(), nullable=True)\n"
    )
    upgrade(filled, "9000")
    behind(filled, f"UPDATE alembic_version SET version_num = '{HEAD}'")
    assert content(filled) == before
    Ledger(filled).check()


def wrong(where: Where) -> list[str]:
    return [finding.what for finding in examined(where).findings if not finding.is_ok]


def test_a_ledger_as_the_migrations_make_it_has_nothing_to_mend(filled: Where) -> None:
    found = examined(filled)
    assert found.is_whole and wrong(filled) == []
    assert (found.version, found.expected_version) == (HEAD, HEAD)
    assert any("trigger" in finding.what and "table 16" in finding.what for finding in found.findings)


CHANGES = {
    "index run_of_parent is missing": ["DROP INDEX run_of_parent"],
    "index extra is not of this version": ["CREATE INDEX extra ON run (step)"],
    "table idempotency is missing": ["DROP TABLE idempotency"],
    "table theirs is not of this version": ["CREATE TABLE theirs (x BIGINT)"],
    "column run.extra is not of this version": ["ALTER TABLE run ADD COLUMN extra BIGINT"],
    "column run_event.note is missing": ["ALTER TABLE run_event DROP COLUMN note"],
    "trigger audit_no_delete on audit is missing": None,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_tables_is_named(filled: Where, change: str) -> None:
    behind(filled, *(CHANGES[change] or unlocked(filled)))
    assert change in wrong(filled)
    assert not examined(filled).is_whole


def test_a_trigger_that_was_hollowed_out_is_named(filled: Where) -> None:
    if isinstance(filled, Path):
        hollow = "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT 1; END"
        behind(filled, "DROP TRIGGER audit_no_update", hollow)
        assert wrong(filled) == [
            f"trigger audit_no_update on audit is {hollow!r} in place of 'refuses UPDATE'"
        ]
        return
    behind(filled, "ALTER TABLE audit DISABLE TRIGGER audit_no_update")
    assert wrong(filled) == ["trigger audit_no_update on audit is 'changed' in place of 'refuses UPDATE'"]
    hollow = "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    behind(filled, hollow)
    assert len(wrong(filled)) == 3 * len(APPEND_ONLY)


def test_a_row_that_refers_to_nothing_is_named(filled: Where) -> None:
    behind(filled, "INSERT INTO consent_use VALUES ('none', 'bank', 'k', 'at')")
    assert wrong(filled) == ["1 rows without the row they refer to"]


def test_an_older_ledger_is_compared_with_its_own_version(filled: Where) -> None:
    downgrade(filled, "0001")
    found = examined(filled)
    assert [(one.what, one.hint) for one in found.findings if not one.is_ok] == [
        (f"version 0001, this program expects {HEAD}", "Run: bahi db upgrade")
    ]
    behind(filled, "DROP INDEX run_of_parent")
    assert "index run_of_parent is missing" in wrong(filled)


def test_what_going_back_would_lose_is_counted(filled: Where) -> None:
    lost = {loss.what: loss.rows_n for loss in losses(filled, "0001")}
    newer = {what for what in described(HEAD) if what.startswith("table ")} - set(described("0001"))
    assert {what: n for what, n in lost.items() if what.startswith("table ")} == dict.fromkeys(newer, 1)
    assert lost["column erasure.deliveries_n"] == 1
    everything = {loss.what for loss in losses(filled, "base")}
    assert everything == {f"table {table}" for table in ROWS}
    assert losses(filled, HEAD) == ()
    for unknown in ("0000", "9999", "", "head"):
        with pytest.raises(CallerError) as refusal:
            losses(filled, unknown)
        assert refusal.value.code == "VERSION_NOT_BEHIND"
        assert "base, 0001" in refusal.value.message and refusal.value.hint
