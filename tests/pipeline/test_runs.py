"""A run is a row: visible while it works, closed with its reason, and never left running by a dead process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from consent.terms import GrantOrder
from kit.errors import BahiError, NotFound, TransientError
from kit.ident import customer_id
from pipeline.flow import run, start_run
from pipeline.job import NOTE_EVERY_N
from pipeline.order import Order
from pipeline.runs import Note
from pipeline.wiring import House, open_house
from tests.support import CLOCK, ROOT, installed
from warehouse.ledger import Ledger

CUSTOMER = customer_id("MSME001")


@pytest.fixture
def house(tmp_path: Path) -> House:
    installed(tmp_path / "home")
    return open_house({"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": CLOCK}, "test")


def test_the_watcher_and_the_ledger_are_told_the_same(house: House) -> None:
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    heard: list[Note] = []
    run(house, Order(CUSTOMER, 103), heard.append)
    (root,) = [row for row in house.runs.of_customer(CUSTOMER) if row["parent"] is None]
    told = [
        Note(*(row[name] for name in Note._fields)) for row in house.runs.events_after(str(root["id"]), 0)
    ]
    assert told == heard
    assert [(note.step, note.kind) for note in heard] == [
        (step, kind) for step in ("generate", "clean", "analyze") for kind in ("started", "done")
    ]
    assert root["status"] == "done"


def test_a_refused_run_is_closed_with_its_code(house: House) -> None:
    with pytest.raises(BahiError):
        run(house, Order(CUSTOMER, 103), lambda _: None)
    (row,) = house.runs.of_customer(CUSTOMER)
    assert (row["status"], row["error_code"]) == ("failed", "CONSENT_REQUIRED")


def test_a_step_that_fails_names_itself_in_the_events(house: House) -> None:
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    run(house, Order(CUSTOMER, 103), lambda _: None, ("generate",))
    (raw,) = (house.home.raw / CUSTOMER / "bank").glob("*.ndjson")
    raw.write_bytes(raw.read_bytes()[:-10])
    with pytest.raises(BahiError) as refused:
        run(house, Order(CUSTOMER, 103), lambda _: None, ("clean",))
    assert refused.value.code == "RAW_ALTERED"
    assert {row["status"] for row in house.runs.of_customer(CUSTOMER)} == {"failed", "done"}


def test_a_run_whose_process_died_is_noticed_and_a_living_one_left_alone(house: House) -> None:
    living = start_run(house, Order(CUSTOMER, 103))
    script = (
        "import os, sys\n"
        "from kit.ident import customer_id\n"
        "from pipeline.flow import start_run\n"
        "from pipeline.order import Order\n"
        "from pipeline.wiring import open_house\n"
        "print(start_run(open_house(os.environ, 'test'), Order(customer_id('MSME001'), 103)), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environ = {**os.environ, "BAHI_HOME": str(house.home.root), "BAHI_CLOCK": CLOCK, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(
        [sys.executable, "-c", script], env=environ, cwd=ROOT, capture_output=True, check=False
    )
    dead = killed.stdout.decode().strip()
    assert killed.returncode == -9 and dead
    assert house.runs.one(dead)["status"] == "running"
    house.runs.note_interrupted()
    assert (house.runs.one(dead)["status"], house.runs.one(dead)["error_code"]) == ("failed", "INTERRUPTED")
    assert house.runs.one(living)["status"] == "running"


def test_no_row_of_the_ledger_holds_a_sum_of_money(house: House) -> None:
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    for _ in range(2):
        reports = run(house, Order(CUSTOMER, 103), lambda _: None)
        assert any(name.endswith("_paise") for report in reports for name in report.counts)
    kept = [name for row in house.runs.of_customer(CUSTOMER) for name in json.loads(str(row["counts"]))]
    assert {"clean", "items", "metrics"} <= set(kept)
    assert not [name for name in kept if name.endswith("_paise")]


def test_a_run_that_cannot_be_written_leaves_no_claim(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "transaction", full)
        with pytest.raises(TransientError):
            start_run(house, Order(CUSTOMER, 103))
    assert not list(house.home.locks.glob("run_*"))
    assert start_run(house, Order(CUSTOMER, 103))


@pytest.mark.parametrize("ending", ["close", "fail"])
def test_a_run_whose_end_cannot_be_written_is_claimed_no_longer(
    house: House, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    run_id = start_run(house, Order(CUSTOMER, 103))
    assert house.lake.is_claimed(run_id)
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "transaction", full)
        with pytest.raises(TransientError):
            if ending == "close":
                house.runs.close(run_id, "done", {})
            else:
                house.runs.fail(run_id, "INTERNAL")
    assert not house.lake.is_claimed(run_id)
    house.runs.note_interrupted()
    assert house.runs.one(run_id)["error_code"] == "INTERRUPTED"


def full(ledger: Ledger) -> NoReturn:
    raise TransientError("DISK_FULL", "no room for another row")


def test_long_work_tells_how_far_it_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert NOTE_EVERY_N == 50_000
    monkeypatch.setattr("pipeline.job.NOTE_EVERY_N", 100)
    house.consents.grant(GrantOrder(CUSTOMER, 103, ("bank",)))
    heard: list[Note] = []
    run(house, Order(CUSTOMER, 103), heard.append)
    for step in ("generate", "analyze"):
        told = [note.done_n for note in heard if (note.step, note.kind) == (step, "progress")]
        assert len(told) > 3 and told == [100 * number for number in range(1, len(told) + 1)]


def test_an_unknown_run_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.runs.one("run_0")
