"""What only an embedded ledger can meet: its file, its folder and what stands in their place."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kit.errors import CallerError
from tests.warehouse.test_ledger import COUNT, SALT, refused
from warehouse.ledger import Ledger
from warehouse.migrate import upgrade


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    upgrade(tmp_path / "bahi.db")
    return Ledger(tmp_path / "bahi.db", busy_wait_s=0.1)


def test_every_connection_keeps_the_promises(ledger: Ledger) -> None:
    pragmas = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "auto_vacuum": 2,
    }
    with ledger.reading() as tx:
        for name, value in pragmas.items():
            assert tx.one(f"PRAGMA {name}") == {name: value}


def test_a_missing_ledger_names_the_command_and_is_not_made(tmp_path: Path) -> None:
    error = refused(Ledger(tmp_path / "bahi.db"))
    assert (error.code, error.hint) == ("LEDGER_MISSING", "Run: bahi init")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 40, b"\0" * 5000])
def test_what_is_not_a_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bahi.db"
    path.write_bytes(content)
    assert refused(Ledger(path)).code == "LEDGER_NOT_A_DATABASE"
    with pytest.raises(CallerError) as refusal:
        upgrade(path)
    assert refusal.value.code == "LEDGER_NOT_A_DATABASE"
    assert path.read_bytes() == content


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bahi.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    assert refused(Ledger(path)).code == "LEDGER_NOT_A_DATABASE"
    with pytest.raises(CallerError):
        upgrade(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    connection.close()


def test_a_ledger_overwritten_in_the_middle_is_refused(ledger: Ledger) -> None:
    ledger.scrub()
    ledger.close()
    content = ledger.path.read_bytes()
    ledger.path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    assert refused(ledger).code == "LEDGER_NOT_A_DATABASE"


def test_text_that_is_no_text_any_more_is_damage(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as behind, behind:
        behind.execute("INSERT INTO audit_salt VALUES (1, CAST(x'ff41' AS TEXT))")
    with pytest.raises(CallerError) as refusal, ledger.reading() as tx:
        tx.all("SELECT * FROM audit_salt")
    assert refusal.value.code == "LEDGER_DAMAGED"
    assert refusal.value.hint and "41" not in refusal.value.message


def test_a_damaged_index_fails_the_check(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as behind, behind:
        behind.execute("PRAGMA writable_schema = ON")
        behind.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE name = 'run_of_parent')"
            " WHERE name = 'run_of_customer'"
        )
    ledger.close()
    with pytest.raises(CallerError) as refusal:
        ledger.check()
    assert refusal.value.code in ("LEDGER_DAMAGED", "LEDGER_NOT_A_DATABASE")


def test_a_link_in_place_of_the_ledger_is_not_followed(ledger: Ledger, tmp_path: Path) -> None:
    link = tmp_path / "link" / "bahi.db"
    link.parent.mkdir()
    link.symlink_to(ledger.path)
    with pytest.raises(CallerError) as refusal, Ledger(link).reading():
        pass
    assert refusal.value.code == "PATH_REFUSED"


def test_scrubbing_takes_deleted_rows_off_the_disk(ledger: Ledger) -> None:
    canary = "canary-7f3a"
    with ledger.transaction() as tx:
        for seq in range(200):
            tx.execute(SALT, seq=seq, salt=canary)
    with ledger.transaction() as tx:
        tx.execute("DELETE FROM audit_salt")
    ledger.scrub()
    for path in ledger.path.parent.iterdir():
        assert canary.encode() not in path.read_bytes(), path.name


def test_a_ledger_made_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    upgrade(tmp_path / "a b" / "ü%41?#" / "bahi.db")
    with Ledger(tmp_path / "a b" / "ü%41?#" / "bahi.db").reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
