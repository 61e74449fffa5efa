"""Processes and threads that write the audit at the same time make one chain without a gap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from consent.audit import Audit, Deed
from tests.consent.desk import CUSTOMER, Desk
from tests.warehouse.world import in_child
from warehouse.ledger import Ledger

PROCESSES_N, THREADS_N, ENTRIES_N = 2, 8, 10


def test_two_processes_of_eight_threads_write_one_chain(desk: Desk) -> None:
    def process(number: int) -> int:
        return in_child(lambda: _write(desk, number))

    with ThreadPoolExecutor(PROCESSES_N) as both:
        assert list(both.map(process, range(PROCESSES_N))) == [0] * PROCESSES_N
    entries = desk.audit.entries(limit=1000)
    total = PROCESSES_N * THREADS_N * ENTRIES_N
    assert [entry.seq for entry in entries] == list(range(total, 0, -1))
    assert {entry.action for entry in entries} == {
        f"look.{number}.{thread}.{n}"
        for number in range(PROCESSES_N)
        for thread in range(THREADS_N)
        for n in range(ENTRIES_N)
    }
    chain = desk.audit.verify_chain()
    assert (chain.entries_n, chain.broken_at) == (total, None)


def _write(desk: Desk, number: int) -> None:
    ledger = Ledger(desk.ledger.where, busy_wait_s=60)
    audit = Audit(ledger, desk.clock, "test")

    def thread(name: int) -> None:
        for n in range(ENTRIES_N):
            deed = Deed(f"look.{number}.{name}.{n}", CUSTOMER, None, "SHOWN", {})
            with ledger.transaction() as tx:
                audit.record(tx, deed)
        ledger.close()

    with ThreadPoolExecutor(THREADS_N) as threads:
        list(threads.map(thread, range(THREADS_N)))
