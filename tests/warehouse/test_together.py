"""Many threads write by few commits: each gets its own answer or its own error, and none before it is durable."""

from __future__ import annotations

import errno
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from kit.errors import CallerError, TransientError
from tests.warehouse.world import in_child
from warehouse import _fs, _together
from warehouse.ledger import Ledger, Tx
from warehouse.migrate import upgrade

CALLERS_N = 64
SALT = "INSERT INTO audit_salt (seq, salt) VALUES (:seq, :salt)"
Act = Callable[[Tx], int]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    upgrade(tmp_path / "bahi.db")
    return Ledger(tmp_path / "bahi.db")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(CALLERS_N) as made:
        yield made


def rows(ledger: Ledger) -> list[object]:
    with ledger.reading() as tx:
        return [row["seq"] for row in tx.all("SELECT seq FROM audit_salt ORDER BY seq")]


def written(seq: int) -> Act:
    def act(tx: Tx) -> int:
        tx.execute(SALT, seq=seq, salt=str(seq))
        return seq

    return act


class Gate:
    """Counts what the ledger does, and holds the first write back until everybody else has asked."""

    def __init__(
        self, ledger: Ledger, others_n: int, at_commit: Callable[[int], None] = lambda _: None
    ) -> None:
        self.seen: Counter[str] = Counter()
        self._queue = ledger._together._queue
        self._others_n = others_n
        self._at_commit = at_commit

    def __call__(self, act: str, what: str) -> None:
        self.seen[act] += 1
        if act == "begin" and self.seen["begin"] == 1:
            while len(self._queue._waiting) < self._others_n:
                threading.Event().wait(0.001)
        if act == "commit":
            self._at_commit(self.seen["commit"])


def together(ledger: Ledger, pool: ThreadPoolExecutor, acts: list[Act], gate: Gate) -> list[Future[int]]:
    """Ask for everything at once, the first alone and all others while it is being written."""
    _fs.fault = gate
    asked = [pool.submit(ledger.together, act) for act in acts]
    wait(asked, timeout=60)
    _fs.fault = None
    return asked


def test_many_callers_are_written_by_few_commits_and_each_gets_its_own_answer(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    gate = Gate(ledger, CALLERS_N - 1)
    asked = together(ledger, pool, [written(seq) for seq in range(CALLERS_N)], gate)
    assert [one.result() for one in asked] == list(range(CALLERS_N)) == rows(ledger)
    assert gate.seen["commit"] == gate.seen["begin"] == 2


def test_no_transaction_carries_more_than_it_should(
    ledger: Ledger, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_together, "BATCH_MAX", 8)
    gate = Gate(ledger, CALLERS_N - 1)
    asked = together(ledger, pool, [written(seq) for seq in range(CALLERS_N)], gate)
    assert sorted(one.result() for one in asked) == rows(ledger)
    assert gate.seen["commit"] >= (CALLERS_N - 1) // 8 + 1


def test_alone_each_act_is_one_commit_without_a_savepoint(ledger: Ledger) -> None:
    gate = Gate(ledger, 0)
    _fs.fault = gate
    for seq in range(3):
        assert ledger.together(written(seq)) == seq
    _fs.fault = None
    del gate.seen["look"]
    assert gate.seen == {"begin": 3, "statement": 3, "commit": 3, "committed": 3}


def test_what_fails_is_undone_alone_and_told_to_its_caller_only(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    def refused(tx: Tx) -> int:
        tx.execute(SALT, seq=1000, salt="half")
        raise CallerError("NOT_YOURS", "No.")

    def buggy(tx: Tx) -> int:
        tx.execute(SALT, seq=1001, salt="half")
        raise ZeroDivisionError

    def doubled(tx: Tx) -> int:
        tx.execute(SALT, seq=1002, salt="half")
        return tx.execute(SALT, seq=1002, salt="twice")

    bad: list[Act] = [refused, buggy, doubled]
    acts = [*map(written, range(30)), *bad, *map(written, range(30, 60))]
    asked = together(ledger, pool, acts, Gate(ledger, len(acts) - 1))
    failed = [one.exception() for one in asked if one.exception() is not None]
    assert sorted(type(error).__name__ for error in failed) == [
        "CallerError",
        "IntegrityError",
        "ZeroDivisionError",
    ]
    assert rows(ledger) == list(range(60))


def test_a_commit_that_fails_fails_everyone_and_leaves_nothing(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    def full(number: int) -> None:
        if number == 2:
            raise _fs.disk_full(ledger.path)

    gate = Gate(ledger, CALLERS_N - 1, full)
    asked = together(ledger, pool, [written(seq) for seq in range(CALLERS_N)], gate)
    done = [seq for seq, one in enumerate(asked) if one.exception() is None]
    errors = [error for one in asked if (error := one.exception()) is not None]
    assert rows(ledger) == done and len(done) == 1
    assert {error.code for error in errors if isinstance(error, TransientError)} == {"DISK_FULL"}
    assert len({id(error) for error in errors}) == len(errors) == CALLERS_N - 1
    assert ledger.together(written(5000)) == 5000


def test_a_bug_in_the_commit_is_told_to_one_and_asks_the_others_to_try_again(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    def broken(number: int) -> None:
        if number == 2:
            raise ZeroDivisionError

    asked = together(ledger, pool, [written(seq) for seq in range(5)], Gate(ledger, 4, broken))
    errors = [error for one in asked if (error := one.exception()) is not None]
    assert sorted(type(error).__name__ for error in errors) == ["TransientError"] * 3 + ["ZeroDivisionError"]
    assert {error.code for error in errors if isinstance(error, TransientError)} == {"LEDGER_BUSY"}
    assert len(rows(ledger)) == 1


def test_an_engine_that_ends_the_whole_transaction_ends_it_for_everyone(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    """As SQLite does when the disk is full: there is no savepoint left to go back to."""

    def ended(tx: Tx) -> int:
        tx.execute("ROLLBACK")
        raise _fs.failure(OSError(errno.ENOSPC, "full"), ledger.path)

    acts: list[Act] = [*map(written, range(10)), ended, *map(written, range(10, 20))]
    asked = together(ledger, pool, acts, Gate(ledger, len(acts) - 1))
    errors = [error for one in asked if (error := one.exception()) is not None]
    assert {error.code for error in errors if isinstance(error, TransientError)} == {"DISK_FULL"}
    assert len(errors) == 20 and rows(ledger) == [0]


def test_who_is_interrupted_while_writing_leaves_the_others_able_to_write(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    def interrupted(tx: Tx) -> int:
        raise KeyboardInterrupt

    _fs.fault = gate = Gate(ledger, 9)
    first = pool.submit(ledger.together, interrupted)
    while not gate.seen["begin"]:
        threading.Event().wait(0.001)
    asked = [pool.submit(ledger.together, written(seq)) for seq in range(9)]
    assert isinstance(first.exception(60), KeyboardInterrupt)
    assert [one.result(60) for one in asked] == list(range(9)) == rows(ledger)


def test_who_is_interrupted_while_waiting_leaves_the_line(ledger: Ledger) -> None:
    queue = ledger._together._queue
    leader, waiting, last = (_together._Asked(lambda tx: None) for _ in range(3))
    for asked in (leader, waiting, last):
        queue.join(asked)
    waiting.woken.wait = interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        queue.wait(waiting)
    assert queue.taken() == [leader, last]
    queue.join(waiting)
    queue.hand_over()
    assert waiting.leads
    queue.join(last)
    with pytest.raises(KeyboardInterrupt):
        queue.wait(waiting)
    assert last.leads and last.woken.is_set()


def interrupt(timeout: float | None = None) -> bool:
    raise KeyboardInterrupt


def test_a_process_forked_off_while_others_write_waits_for_none_of_them(ledger: Ledger) -> None:
    queue = ledger._together._queue
    queue.join(_together._Asked(lambda tx: None))
    assert in_child(lambda: os._exit(0 if ledger.together(written(7)) == 7 else 1)) == 0
    assert rows(ledger) == [7]


def test_an_answer_comes_only_after_its_rows_can_be_read_by_another_process(
    ledger: Ledger, pool: ThreadPoolExecutor
) -> None:
    def asked(seq: int) -> bool:
        ledger.together(written(seq))
        other = Ledger(ledger.path)
        try:
            return seq in rows(other)
        finally:
            other.close()

    assert all(pool.map(asked, range(200)))
