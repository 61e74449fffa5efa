"""While the service runs, data goes when its life is over and not before, whatever the clock does and whatever fails."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, cast

import httpx
import pytest

from api.app import create_app
from api.timer import Timer
from consent.artefact import Event, State
from consent.erasure import Erasure
from consent.terms import GrantOrder, terms_on
from kit.errors import TransientError
from kit.ident import CustomerId, customer_id
from kit.period import IST, FixedClock, Unit, ist_day
from pipeline.flow import run, start_run
from pipeline.order import Order
from pipeline.wiring import House, open_house
from tests.support import ROOT
from warehouse.lake import Lake
from warehouse.ledger import Ledger

CUSTOMER, OTHER = customer_id("MSME001"), customer_id("MSME002")
TICK = timedelta(microseconds=1)
PAN = "ABCPA0000A"


def clock_of(house: House) -> FixedClock:
    return cast(FixedClock, house.clock)


def fill(house: House, customer: CustomerId, months: int = 0) -> datetime:
    """Let one customer agree and have the flow run; tell when the life of what came is over."""
    order = GrantOrder(customer, 103, ("bank",))
    if months:
        terms = terms_on(house.config.consent, ist_day(house.clock.now()))[103]
        life = terms.data_life._replace(unit=Unit.MONTH, value=months)
        order = replace(order, terms=replace(terms, data_life=life))
    (consent,) = house.consents.grant(order)
    run(house, Order(customer, 103, persona="thin_newcomer", months=1, bank_rows=40), lambda _: None)
    end = house.consents.consent(consent.id).life_end("bank")
    assert end is not None
    return end


def held(house: House, customer: CustomerId) -> set[str]:
    """Name every file of a customer's data."""
    folders = (house.home.raw, house.home.clean, house.home.results)
    # A folder may go while it is walked, which os.walk takes for an empty one.
    walked = (spot for folder in folders for spot in os.walk(folder / customer))
    files = (Path(top, name) for top, _, names in walked for name in names)
    return {path.relative_to(house.home.root).as_posix() for path in files}


def erasures(house: House) -> list[tuple[str, str, str]]:
    with house.ledger.reading() as tx:
        rows = tx.all("SELECT customer, reason, state FROM erasure ORDER BY asked_at, id")
    return [(str(row["customer"]), str(row["reason"]), str(row["state"])) for row in rows]


def certificates(house: House) -> list[str]:
    with house.ledger.reading() as tx:
        return [str(row["document"]) for row in tx.all("SELECT document FROM certificate")]


def logged(house: House) -> list[dict[str, object]]:
    path = house.home.logs / "bahi.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def state(house: House, customer: CustomerId) -> State:
    (consent,) = house.consents.listing(customer)
    return consent.state


def test_nothing_goes_a_tick_before_its_life_is_over_and_all_of_it_at_the_turn_after(house: House) -> None:
    due = fill(house, CUSTOMER)
    clock_of(house).at += timedelta(days=3)
    fill(house, OTHER)
    kept, others = held(house, CUSTOMER), held(house, OTHER)
    assert len(kept) > 5 and len(others) > 5
    clock_of(house).at = due - TICK
    Timer(house).turn()
    assert (held(house, CUSTOMER), erasures(house)) == (kept, [])
    clock_of(house).at = due
    Timer(house).turn()
    assert held(house, CUSTOMER) == set()
    assert held(house, OTHER) == others
    assert erasures(house) == [(CUSTOMER, "DATA_LIFE_OVER", "done")]
    assert logged(house) == []
    certified = certificates(house)
    assert len(certified) == 1 and str(house.consents.listing(CUSTOMER)[0].id) in certified[0]
    Timer(house).turn()
    assert len(erasures(house)) == 1 and certificates(house) == certified


def test_a_turn_marks_what_expired_and_leaves_the_data_its_life(house: House) -> None:
    fill(house, CUSTOMER)
    kept = held(house, CUSTOMER)
    clock_of(house).at = house.consents.listing(CUSTOMER)[0].artefact.detail.expiry - TICK
    Timer(house).turn()
    assert state(house, CUSTOMER) is State.ACTIVE
    clock_of(house).at += TICK
    Timer(house).turn()
    assert state(house, CUSTOMER) is State.EXPIRED
    assert held(house, CUSTOMER) == kept


@pytest.mark.parametrize(
    ("begun", "due"),
    [
        (datetime(2028, 2, 29, 10, tzinfo=IST), datetime(2028, 3, 29, 10, tzinfo=IST)),
        (datetime(2028, 1, 31, 10, tzinfo=IST), datetime(2028, 2, 29, 10, tzinfo=IST)),
        (datetime(2027, 1, 31, 23, 59, tzinfo=IST), datetime(2027, 2, 28, 23, 59, tzinfo=IST)),
    ],
)
def test_a_month_of_life_ends_by_the_calendar_also_round_a_leap_day(
    house: House, begun: datetime, due: datetime
) -> None:
    clock_of(house).at = begun
    assert fill(house, CUSTOMER, months=1) == due
    kept = held(house, CUSTOMER)
    clock_of(house).at = due - TICK
    Timer(house).turn()
    assert kept and held(house, CUSTOMER) == kept
    clock_of(house).at = due
    Timer(house).turn()
    assert held(house, CUSTOMER) == set()


def test_a_clock_that_jumps_removes_nothing_early_and_leaves_nothing_late(house: House) -> None:
    due = fill(house, CUSTOMER)
    kept, begun = held(house, CUSTOMER), house.clock.now()
    for at in (begun - timedelta(days=1), due - timedelta(days=1), begun, due - TICK):
        clock_of(house).at = at
        Timer(house).turn()
        assert held(house, CUSTOMER) == kept, at
    clock_of(house).at = due + timedelta(days=1)
    Timer(house).turn()
    assert held(house, CUSTOMER) == set()
    clock_of(house).at = begun
    Timer(house).turn()
    assert erasures(house) == [(CUSTOMER, "DATA_LIFE_OVER", "done")]
    assert logged(house) == []


def test_what_came_due_while_the_service_was_away_goes_at_its_first_turn(
    house: House, environ: dict[str, str]
) -> None:
    due = fill(house, CUSTOMER)
    house.ledger.close()
    again = open_house({**environ, "BAHI_CLOCK": (due + timedelta(days=40)).isoformat()}, "service")
    living(again, lambda: held(again, CUSTOMER) == set())
    assert state(again, CUSTOMER) is State.EXPIRED


def test_a_turn_finishes_a_revocation_that_was_interrupted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, CUSTOMER)
    with monkeypatch.context() as broken:
        broken.setattr(type(house.lake), "withdraw", refuse)
        with pytest.raises(TransientError):
            house.erasure.revoke(house.consents.listing(CUSTOMER)[0].id)
    assert held(house, CUSTOMER) and erasures(house) == [(CUSTOMER, "REVOKED", "pending")]
    Timer(house).turn()
    assert not held(house, CUSTOMER) and erasures(house) == [(CUSTOMER, "REVOKED", "done")]


def test_a_turn_notes_runs_whose_process_is_gone_and_no_other(house: House) -> None:
    alive, dead = start_run(house, Order(CUSTOMER, 103)), start_run(house, Order(OTHER, 103))
    house.runs._release(dead)
    Timer(house).turn()
    assert house.runs.one(alive)["status"] == "running"
    assert (house.runs.one(dead)["status"], house.runs.one(dead)["error_code"]) == ("failed", "INTERRUPTED")


@pytest.mark.parametrize("where", [(Ledger, "transaction"), (Ledger, "reading")], ids=lambda where: where[1])
def test_a_ledger_that_is_busy_is_logged_once_without_a_name_and_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch, where: tuple[type[Ledger], str]
) -> None:
    clock_of(house).at = fill(house, CUSTOMER)
    timer = Timer(house)
    with monkeypatch.context() as broken:
        broken.setattr(*where, refuse)
        timer.turn()
        timer.turn()
    (record,) = logged(house)
    assert set(record) == {"at", "codes", "event"} and record["codes"] == ["DISK_FULL"]
    timer.turn()
    assert held(house, CUSTOMER) == set()
    assert len(logged(house)) == 1


def test_what_resists_one_customer_holds_up_no_other_and_goes_when_it_can(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, CUSTOMER)
    clock_of(house).at = fill(house, OTHER)
    drop, timer = type(house.lake).drop_due, Timer(house)

    def resisting(lake: Lake, customer: CustomerId, *args: object, **named: object) -> object:
        if customer == CUSTOMER:
            refuse()
        return cast("Callable[..., object]", drop)(lake, customer, *args, **named)

    with monkeypatch.context() as broken:
        broken.setattr(type(house.lake), "drop_due", resisting)
        for _ in range(3):
            timer.turn()
    assert held(house, CUSTOMER) and not held(house, OTHER)
    (record,) = logged(house)
    assert record["codes"] == ["DISK_FULL"] and CUSTOMER not in json.dumps(record)
    timer.turn()
    assert held(house, CUSTOMER) == set()


def test_a_purge_that_fails_keeps_no_turn_from_what_is_pending(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(house, CUSTOMER)
    (consent,) = house.consents.listing(CUSTOMER)
    house.consents.apply(consent.id, Event.REVOKE)
    dead = start_run(house, Order(OTHER, 103))
    house.runs._release(dead)
    with monkeypatch.context() as broken:
        broken.setattr(Erasure, "purge_due", refuse)
        Timer(house).turn()
    assert held(house, CUSTOMER) == set()
    assert house.runs.one(dead)["error_code"] == "INTERRUPTED"
    assert [record["codes"] for record in logged(house)] == [["DISK_FULL"]]


def test_a_log_that_cannot_be_written_stops_no_turn_and_is_made_up_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    timer = Timer(house)
    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "reading", refuse)
        with monkeypatch.context() as full:
            full.setattr(type(house.lake), "log", refuse)
            timer.turn()
        assert logged(house) == []
        timer.turn()
    assert [record["codes"] for record in logged(house)] == [["DISK_FULL"]]


def test_a_bug_in_a_turn_is_logged_without_its_words_and_the_next_turn_comes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_of(house).at = fill(house, CUSTOMER)
    purge, calls = Erasure.purge_due, 0

    def once(erasure: Erasure) -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ValueError(PAN)
        return purge(erasure)

    monkeypatch.setattr(Erasure, "purge_due", once)
    quick = house._replace(config=house.config._replace(purge_every_seconds=0))
    living(quick, lambda: held(house, CUSTOMER) == set())
    (record,) = logged(house)
    assert record["bug"] == "ValueError" and PAN not in json.dumps(record)


def test_a_turn_holds_up_no_request_and_the_end_waits_for_the_turn_at_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_of(house).at = fill(house, CUSTOMER)
    drop, begun, go_on = type(house.lake).drop_due, threading.Event(), threading.Event()

    def slowly(*args: object, **named: object) -> object:
        begun.set()
        assert go_on.wait(30)
        return cast("Callable[..., object]", drop)(*args, **named)

    monkeypatch.setattr(type(house.lake), "drop_due", slowly)

    def answered_meanwhile(client: Callable[[], int]) -> bool:
        return begun.is_set() and client() == 200

    try:
        living(house, lambda: begun.is_set(), also=answered_meanwhile, before_end=go_on.set)
    finally:
        go_on.set()
    assert held(house, CUSTOMER) == set()


def living(
    house: House,
    until: Callable[[], bool],
    also: Callable[[Callable[[], int]], bool] | None = None,
    before_end: Callable[[], None] = lambda: None,
) -> None:
    """Let the service live, without a port, until something holds."""

    async def life() -> None:
        app = create_app(house)
        async with app.router.lifespan_context(app):
            async with asyncio.timeout(30):
                while not until():
                    await asyncio.sleep(0.01)
            if also is not None:
                transport = httpx.ASGITransport(app)
                async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                    status = (await client.get("/healthz")).status_code
                assert also(lambda: status)
            before_end()

    asyncio.run(life())


SERVE = """
import os, sys, threading
from datetime import datetime
import pipeline.wiring
from kit.period import clock_from
clock = clock_from({"BAHI_CLOCK": sys.argv[1]})
def follow():
    while line := os.read(0, 1000):
        clock.at = datetime.fromisoformat(line.decode().strip())
threading.Thread(target=follow, daemon=True).start()
pipeline.wiring.clock_from = lambda environ: clock
from cli.main import main
sys.exit(main(["serve", "--port", "0", "--json"]))
"""


@contextmanager
def served(environ: dict[str, str], at: datetime) -> Iterator[subprocess.Popen[str]]:
    """Serve in a process of its own whose clock is moved by writing a moment to it."""
    command = [sys.executable, "-c", SERVE, at.isoformat()]
    named = {**environ, "PYTHONPATH": str(ROOT), "BAHI_PURGE_EVERY_SECONDS": "1"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=named, text=True, **pipes) as service:
        try:
            assert service.stdout is not None
            assert select.select([service.stdout], [], [], 30)[0], "the service did not come up"
            told = json.loads("".join(service.stdout.readline() for _ in range(3)))
            assert told["url"].startswith("http://127.0.0.1:")
            yield service
        finally:
            service.send_signal(signal.SIGINT)
            out, err = service.communicate(timeout=20)
    assert (service.returncode, out, err) == (0, "", "")


def test_a_service_whose_clock_passes_the_end_of_a_life_removes_it_within_a_turn(
    house: House, environ: dict[str, str]
) -> None:
    due = fill(house, CUSTOMER)
    kept = held(house, CUSTOMER)
    with served(environ, due - timedelta(minutes=1)) as service:
        time.sleep(1.5)
        assert kept and held(house, CUSTOMER) == kept
        assert service.stdin is not None
        service.stdin.write(due.astimezone(UTC).isoformat() + "\n")
        service.stdin.flush()
        until = time.monotonic() + 15
        while held(house, CUSTOMER) and time.monotonic() < until:
            time.sleep(0.02)
        assert held(house, CUSTOMER) == set()
    assert erasures(house) == [(CUSTOMER, "DATA_LIFE_OVER", "done")]


def refuse(*_: object, **__: object) -> NoReturn:
    raise TransientError("DISK_FULL", f"no room for {PAN}")


@pytest.mark.parametrize("seconds", ["0", "61", "-1", "soon"])
def test_the_timer_cannot_be_set_beyond_a_minute_nor_off(environ: dict[str, str], seconds: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "cli.main", "serve", "--json"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**environ, "BAHI_PURGE_EVERY_SECONDS": seconds, "PYTHONPATH": os.fspath(ROOT)},
    )  # fmt: skip
    assert answer.returncode == 2
    assert json.loads(answer.stdout)["error"]["code"] == "CONFIG_WRONG_TYPE"
