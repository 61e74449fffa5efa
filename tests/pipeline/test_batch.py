"""A batch on worker processes is nothing but its single runs: the same bytes, whoever else is in the list."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support import Install, files_below, installed
from warehouse.ledger import Ledger

SHELVES = ("raw", "clean", "analytics/results")
HEAVY = ("--noise", "heavy", "--months", "3")


def _granted(home: Path, customers: list[str]) -> Install:
    install = installed(home, BAHI_WORKERS_N="2")
    for customer in customers:
        install.must("consent", "grant", "--customer-id", customer, "--sources", "bank")
    return install


def _twin(install: Install, home: Path) -> Install:
    shutil.copytree(install.home, home, symlinks=True)
    return Install(home, install.extra)


def _left(install: Install) -> dict[str, dict[str, bytes]]:
    return {shelf: files_below(install.home / shelf) for shelf in SHELVES}


def _told(install: Install) -> list[str]:
    """What ledger and audit hold of the runs, apart from drawn ids and the order in which customers took turns."""
    ledger = Ledger(install.home / "bahi.db")
    with ledger.reading() as tx:
        runs = tx.all("SELECT customer, purpose, step, source, key, status, error_code, counts FROM run")
        uses = tx.all("SELECT consent_id, source, fetch_key, used_at FROM consent_use")
        deeds = tx.all("SELECT at, action, customer, purpose, outcome FROM audit")
    ledger.close()
    return sorted(json.dumps(dict(row), sort_keys=True) for row in (*runs, *uses, *deeds))


@pytest.mark.parametrize("customers_n", [4, pytest.param(50, marks=pytest.mark.full)])
def test_a_batch_on_two_workers_leaves_the_bytes_of_single_runs(tmp_path: Path, customers_n: int) -> None:
    customers = [f"MSME{number:03d}" for number in range(1, customers_n + 1)]
    batch = _granted(tmp_path / "batch", customers)
    single = _twin(batch, tmp_path / "single")
    names = tmp_path / "customers.txt"
    names.write_text("\n".join(customers))
    answers = batch.must("run", "--customers", str(names), *HEAVY, "--json").json()
    assert [answer["customer_id"] for answer in answers] == customers
    for answer in answers:
        done = single.must("run", "--customer-id", answer["customer_id"], *HEAVY, "--json")
        assert done.json() == answer
    assert _left(batch) == _left(single)
    assert all(len(files) >= customers_n for files in _left(batch).values())
    assert _told(batch) == _told(single)
