from __future__ import annotations

import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from kit.errors import BahiError, CallerError, TransientError
from tests.warehouse.world import in_child
from warehouse.ledger import Ledger
from warehouse.migrate import downgrade, upgrade, version
from warehouse.migrations import HEAD

SALT = "INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)"
COUNT = "SELECT count(*) AS n FROM audit_salt"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    upgrade(tmp_path / "bahi.db")
    return Ledger(tmp_path / "bahi.db", busy_wait_s=0.1)


def refused(ledger: Ledger) -> BahiError:
    with pytest.raises(BahiError) as refusal, ledger.reading():
        pass
    assert refusal.value.hint
    assert "bahi.db" in refusal.value.message
    return refusal.value


def test_rows_come_back_by_column_name(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        assert tx.execute(SALT, seq=1, salt="a") == 1
        assert tx.all(SALT + " ON CONFLICT DO NOTHING RETURNING seq", seq=1, salt="b") == []
        assert tx.one(SALT + " ON CONFLICT DO NOTHING RETURNING seq, salt", seq=2, salt="c") == {
            "seq": 2,
            "salt": "c",
        }
    with ledger.reading() as tx:
        assert tx.all("SELECT * FROM audit_salt ORDER BY seq") == [
            {"seq": 1, "salt": "a"},
            {"seq": 2, "salt": "c"},
        ]
        assert tx.one("SELECT NULL AS x WHERE :seq = 2", seq=1) is None


def test_a_transaction_is_whole_or_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        raise RuntimeError("half way")
    with ledger.reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
    with pytest.raises(sqlite3.IntegrityError), ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        tx.execute(SALT, seq=1, salt="a")
    with ledger.transaction() as tx:
        assert tx.one(COUNT) == {"n": 0}


def test_a_failing_part_is_undone_and_the_rest_of_its_transaction_stays(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        with pytest.raises(RuntimeError), tx.savepoint():
            tx.execute(SALT, seq=2, salt="b")
            with tx.savepoint():
                tx.execute(SALT, seq=3, salt="c")
            raise RuntimeError("half way")
        with tx.savepoint():
            tx.execute(SALT, seq=4, salt="d")
    with ledger.reading() as tx:
        assert [row["seq"] for row in tx.all("SELECT seq FROM audit_salt ORDER BY seq")] == [1, 4]


def test_a_process_killed_inside_a_transaction_leaves_nothing_and_after_it_everything(ledger: Ledger) -> None:
    path = ledger.path

    def dies_inside() -> None:
        with Ledger(path).transaction() as tx:
            tx.execute(SALT, seq=1, salt="a")
            os._exit(7)

    def dies_after() -> None:
        with Ledger(path).transaction() as tx:
            tx.execute(SALT, seq=2, salt="b")
        os._exit(7)

    assert in_child(dies_inside) == 7
    assert in_child(dies_after) == 7
    with ledger.reading() as tx:
        assert tx.all("SELECT seq FROM audit_salt") == [{"seq": 2}]
        assert tx.one("PRAGMA integrity_check") == {"integrity_check": "ok"}


def test_reading_inside_a_transaction_sees_what_it_wrote(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        with ledger.reading() as inner:
            assert inner.one(COUNT) == {"n": 1}
        tx.execute(SALT, seq=2, salt="b")
    with ledger.reading() as tx:
        assert tx.one(COUNT) == {"n": 2}


def test_reading_sees_one_state(ledger: Ledger) -> None:
    other = Ledger(ledger.path)
    with ledger.reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
        with other.transaction() as writing:
            writing.execute(SALT, seq=1, salt="a")
        assert tx.one(COUNT) == {"n": 0}


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


def test_a_locked_ledger_says_try_again_and_serves_after(ledger: Ledger) -> None:
    with Ledger(ledger.path).transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        started = time.monotonic()
        with pytest.raises(TransientError) as refusal, ledger.transaction():
            pass
        assert refusal.value.code == "LEDGER_BUSY"
        assert time.monotonic() - started < 3
        with ledger.reading() as reading:
            assert reading.one(COUNT) == {"n": 0}
    with ledger.transaction() as tx:
        assert tx.one(COUNT) == {"n": 1}


def test_transactions_of_many_threads_queue_up(tmp_path: Path) -> None:
    upgrade(tmp_path / "bahi.db")
    shared = Ledger(tmp_path / "bahi.db")

    def append() -> None:
        for _ in range(10):
            with shared.transaction() as tx:
                tx.execute("INSERT INTO audit_salt SELECT coalesce(max(seq), 0) + 1, 's' FROM audit_salt")
        shared.close()

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shared.reading() as tx:
        assert tx.one("SELECT count(*) AS n, max(seq) AS top FROM audit_salt") == {"n": 40, "top": 40}


def test_a_forked_process_opens_a_connection_of_its_own(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")

    def child() -> None:
        with ledger.transaction() as tx:
            tx.execute(SALT, seq=2, salt="b")
        ledger.close()

    assert in_child(child) == 0
    with ledger.transaction() as tx:
        assert tx.one(COUNT) == {"n": 2}


def test_a_process_forked_inside_a_transaction_is_no_part_of_it(ledger: Ledger) -> None:
    def child() -> None:
        with ledger.reading() as tx:
            assert tx.one(COUNT) == {"n": 0}

    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        assert in_child(child) == 0
    with ledger.reading() as tx:
        assert tx.one(COUNT) == {"n": 1}


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


def test_a_whole_ledger_passes_its_check(ledger: Ledger) -> None:
    ledger.check()


def test_a_row_without_the_row_it_refers_to_fails_the_check(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as behind, behind:
        behind.execute("INSERT INTO consent_use VALUES ('none', 'bank', 'k', 'at')")
    with pytest.raises(CallerError) as refusal:
        ledger.check()
    assert refusal.value.code == "LEDGER_DAMAGED"
    assert refusal.value.hint


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


def test_an_older_and_an_empty_ledger_name_the_upgrade(tmp_path: Path) -> None:
    path = tmp_path / "bahi.db"
    path.write_bytes(b"")
    error = refused(Ledger(path))
    assert (error.code, error.hint) == ("LEDGER_OLDER", "Run: bahi db upgrade")
    upgrade(path)
    with Ledger(path).reading():
        pass
    assert refused(Ledger(path, expected_version="0998")).code == "LEDGER_OLDER"


def test_a_newer_ledger_is_refused_by_reader_and_migrations(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.execute("UPDATE alembic_version SET version_num = '0999'")
    ledger.close()
    assert refused(ledger).code == "LEDGER_NEWER"
    for migrate in (upgrade, downgrade):
        with pytest.raises(CallerError) as refusal:
            migrate(ledger.path)
        assert refusal.value.code == "LEDGER_NEWER"
    assert version(ledger.path) == "0999"


def test_the_audit_can_be_added_to_and_nothing_else(ledger: Ledger) -> None:
    row = (
        "INSERT INTO audit (seq, at, actor, action, outcome, commitment, prev_hash, hash)"
        " VALUES (1, 'at', 'actor', 'action', 'outcome', 'c', 'p', 'h')"
    )
    with ledger.transaction() as tx:
        tx.execute(row)
    for change in ("UPDATE audit SET actor = 'other'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"), ledger.transaction() as tx:
            tx.execute(change)


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


def test_up_down_and_up_again_gives_the_same_tables(tmp_path: Path) -> None:
    path = tmp_path / "bahi.db"
    upgrade(path)
    first = dump(path)
    downgrade(path)
    assert version(path) == ""
    assert [line for line in dump(path) if "alembic_version" not in line] == []
    upgrade(path)
    assert dump(path) == first
    upgrade(path)
    assert dump(path) == first
    assert version(path) == HEAD


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        return [row[0] for row in connection.execute(query)]
    finally:
        connection.close()


def test_two_upgrades_at_once_make_one_ledger(tmp_path: Path) -> None:
    path = tmp_path / "bahi.db"
    threads = [threading.Thread(target=upgrade, args=(path,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert version(path) == HEAD
    with Ledger(path).reading() as tx:
        assert tx.one("SELECT count(*) AS n FROM alembic_version") == {"n": 1}


def test_a_ledger_made_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    upgrade(tmp_path / "a b" / "ü%41?#" / "bahi.db")
    with Ledger(tmp_path / "a b" / "ü%41?#" / "bahi.db").reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
