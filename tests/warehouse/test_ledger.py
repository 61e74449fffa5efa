from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.errors import BahiError, CallerError, TransientError
from tests.engines import BROKEN_CONSTRAINT, behind
from tests.warehouse.world import in_child
from warehouse.ledger import Ledger, Where
from warehouse.migrate import downgrade, upgrade, version
from warehouse.migrations import HEAD

SALT = "INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)"
COUNT = "SELECT count(*) AS n FROM audit_salt"


@pytest.fixture
def ledger(where: Where) -> Iterator[Ledger]:
    upgrade(where)
    made = Ledger(where, busy_wait_s=0.1)
    yield made
    made.close()


def refused(ledger: Ledger) -> BahiError:
    with pytest.raises(BahiError) as refusal, ledger.reading():
        pass
    assert refusal.value.hint
    assert ledger.spot in refusal.value.message
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
    with pytest.raises(BROKEN_CONSTRAINT), ledger.transaction() as tx:
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
    where = ledger.where

    def dies_inside() -> None:
        with Ledger(where).transaction() as tx:
            tx.execute(SALT, seq=1, salt="a")
            os._exit(7)

    def dies_after() -> None:
        with Ledger(where).transaction() as tx:
            tx.execute(SALT, seq=2, salt="b")
        os._exit(7)

    assert in_child(dies_inside) == 7
    assert in_child(dies_after) == 7
    with ledger.reading() as tx:
        assert tx.all("SELECT seq FROM audit_salt") == [{"seq": 2}]
    ledger.check()


def test_reading_inside_a_transaction_sees_what_it_wrote(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.execute(SALT, seq=1, salt="a")
        with ledger.reading() as inner:
            assert inner.one(COUNT) == {"n": 1}
        tx.execute(SALT, seq=2, salt="b")
    with ledger.reading() as tx:
        assert tx.one(COUNT) == {"n": 2}


def test_reading_sees_one_state(ledger: Ledger) -> None:
    other = Ledger(ledger.where)
    with ledger.reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
        with other.transaction() as writing:
            writing.execute(SALT, seq=1, salt="a")
        assert tx.one(COUNT) == {"n": 0}


def test_a_locked_ledger_says_try_again_and_serves_after(ledger: Ledger) -> None:
    with Ledger(ledger.where).transaction() as tx:
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


def test_transactions_of_many_threads_queue_up(where: Where) -> None:
    upgrade(where)
    shared = Ledger(where)

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
    shared.close()


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


def test_a_whole_ledger_passes_its_check(ledger: Ledger) -> None:
    ledger.check()


def test_a_row_without_the_row_it_refers_to_fails_the_check(ledger: Ledger) -> None:
    behind(ledger.where, "INSERT INTO consent_use VALUES ('none', 'bank', 'k', 'at')")
    with pytest.raises(CallerError) as refusal:
        ledger.check()
    assert refusal.value.code == "LEDGER_DAMAGED"
    assert refusal.value.hint


def test_an_empty_ledger_names_the_start_and_an_older_one_the_upgrade(where: Where) -> None:
    if isinstance(where, Path):
        where.write_bytes(b"")
    error = refused(Ledger(where))
    assert (error.code, error.hint) == ("LEDGER_OLDER", "Run: bahi init")
    upgrade(where)
    with Ledger(where).reading() as tx:
        assert tx.one(COUNT) == {"n": 0}
    older = refused(Ledger(where, expected_version="0998"))
    assert (older.code, older.hint) == ("LEDGER_OLDER", "Run: bahi db upgrade")


def test_a_newer_ledger_is_refused_by_reader_and_migrations(ledger: Ledger) -> None:
    with ledger.transaction() as tx:
        tx.execute("UPDATE alembic_version SET version_num = '0999'")
    ledger.close()
    assert refused(ledger).code == "LEDGER_NEWER"
    for migrate in (upgrade, downgrade):
        with pytest.raises(CallerError) as refusal:
            migrate(ledger.where)
        assert refusal.value.code == "LEDGER_NEWER"
    assert version(ledger.where) == "0999"


def test_the_audit_can_be_added_to_and_nothing_else(ledger: Ledger) -> None:
    row = (
        "INSERT INTO audit (seq, at, actor, action, outcome, commitment, prev_hash, hash)"
        " VALUES (1, 'at', 'actor', 'action', 'outcome', 'c', 'p', 'h')"
    )
    with ledger.transaction() as tx:
        tx.execute(row)
    for change in ("UPDATE audit SET actor = 'other'", "DELETE FROM audit"):
        with pytest.raises(BROKEN_CONSTRAINT, match="append-only"), ledger.transaction() as tx:
            tx.execute(change)


def test_two_upgrades_at_once_make_one_ledger(where: Where) -> None:
    threads = [threading.Thread(target=upgrade, args=(where,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert version(where) == HEAD
    with Ledger(where).reading() as tx:
        assert tx.one("SELECT count(*) AS n FROM alembic_version") == {"n": 1}
