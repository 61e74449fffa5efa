"""Runs through the service: started, followed, resumed, refused and bounded."""

from __future__ import annotations

from threading import Event as Signal
from threading import Timer
from typing import cast

import pytest

from api.crew import MOST_OPEN, Crew
from kit.errors import TransientError
from kit.ident import customer_id
from pipeline.order import Order
from pipeline.runs import Note, RunStart
from pipeline.wiring import House
from tests.api.caller import Caller, Json, problem
from tests.api.flow import CUSTOMER, PURPOSE, events, grant, run

KINDS = {"started", "progress", "done", "unchanged", "failed"}


def test_a_run_is_followed_from_its_first_event_to_its_end(caller: Caller) -> None:
    grant(caller)
    _, seen = run(caller)
    assert [name for name, _, _ in seen] == ["progress"] * (len(seen) - 1) + ["end"]
    assert [data["seq"] for _, _, data in seen[:-1]] == list(range(1, len(seen)))
    assert {cast(str, data["kind"]) for _, _, data in seen[:-1]} <= KINDS
    assert [data["step"] for _, _, data in seen[:-1] if data["kind"] == "done"] == [
        "generate",
        "clean",
        "analyze",
    ]
    assert seen[-1][2] == {"status": "done", "error": None}


def test_the_list_of_runs_tells_no_sum_of_money(caller: Caller) -> None:
    grant(caller)
    run(caller)
    rows = cast(
        "list[dict[str, Json]]", cast(Json, caller.get(f"/api/customers/{CUSTOMER}/runs").json())["runs"]
    )
    told = [name for row in rows for name in row["counts"]]
    assert "clean" in told and not [name for name in told if name.endswith("_paise")]


def test_the_same_run_again_changes_nothing(caller: Caller) -> None:
    grant(caller)
    run(caller)
    _, seen = run(caller)
    assert seen[-1][2] == {"status": "unchanged", "error": None}


def test_a_watcher_who_comes_back_is_told_only_what_it_missed(caller: Caller) -> None:
    grant(caller)
    run_id, seen = run(caller)
    path = f"/api/runs/{run_id}/events"
    again = events(caller.get(path, Last_Event_ID="2").text)
    assert [data.get("seq") for _, _, data in again] == [data.get("seq") for _, _, data in seen[2:]]
    assert [name for name, _, _ in events(caller.get(path, Last_Event_ID=seen[-1][1]).text)] == ["end"]


@pytest.mark.parametrize("last", ["", "-1", "x", "1e3", "\u0663", "9" * 400, "0"])
def test_a_strange_last_event_id_does_no_harm(caller: Caller, house: House, last: str) -> None:
    run_id = _closed_run(house)
    response = caller.send("GET", f"/api/runs/{run_id}/events", headers={"Last_Event_ID": last})
    assert events(response.text)[-1][0] == "end"


def test_the_stream_is_not_kept_by_anyone_between(caller: Caller, house: House) -> None:
    response = caller.get(f"/api/runs/{_closed_run(house)}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-cache"


def test_a_run_without_consent_is_refused_and_not_begun(caller: Caller) -> None:
    response = caller.post(f"/api/customers/{CUSTOMER}/runs", {"purpose": PURPOSE})
    assert (response.status_code, problem(response)["code"]) == (403, "CONSENT_REQUIRED")
    assert caller.get(f"/api/customers/{CUSTOMER}/runs").json() == {"runs": []}


def test_a_failed_run_ends_with_its_reason_and_the_remedy(caller: Caller, house: House) -> None:
    grant(caller)
    run(caller)
    (raw,) = house.home.raw.glob("*/bank/*.ndjson")
    raw.chmod(0o600)
    raw.write_bytes(raw.read_bytes().replace(b"CREDIT", b"DEBITS", 1))
    response = caller.post(f"/api/customers/{CUSTOMER}/runs", {"purpose": PURPOSE, "seed": 7})
    end = events(caller.get(f"/api/runs/{response.json()['run_id']}/events").text)[-1]
    error = cast(Json, end[2]["error"])
    assert (end[2]["status"], error["code"]) == ("failed", "RAW_ALTERED")
    assert error["message"] and error["hint"]


def test_a_run_that_failed_in_another_process_is_told_by_its_code(caller: Caller, house: House) -> None:
    run_id = _open_run(house)
    house.runs.close(run_id, "failed", {}, "DISK_FULL")
    (end,) = events(caller.get(f"/api/runs/{run_id}/events").text)
    assert cast(Json, end[2]["error"])["code"] == "DISK_FULL"


def test_a_stream_waits_for_the_rest_of_a_run_at_work(caller: Caller, house: House) -> None:
    run_id = _open_run(house)
    house.runs.tell(run_id, Note("started", "generate", "bank", 0, None, ""))
    signal = Signal()

    def finish() -> None:
        signal.wait(10)
        house.runs.tell(run_id, Note("done", "generate", "bank", 3, 3, ""))
        house.runs.close(run_id, "done", {})

    crew = cast(Crew, caller.app.state.crew)
    crew._threads.submit(finish)
    later = Timer(0.5, signal.set)
    later.start()
    seen = events(caller.get(f"/api/runs/{run_id}/events").text)
    assert [data.get("kind") for _, _, data in seen] == ["started", "done", None]


def test_more_runs_than_the_crew_can_hold_are_put_off(house: House) -> None:
    crew = Crew(house)
    release = Signal()
    for _ in range(2):
        crew._threads.submit(release.wait, 30)
    order = Order(customer_id(CUSTOMER), PURPOSE)
    try:
        for _ in range(MOST_OPEN):
            crew.take(order)
        with pytest.raises(TransientError) as refused:
            crew.take(order)
        assert refused.value.code == "RUNS_BUSY"
    finally:
        release.set()
        crew.close()


def test_a_run_that_is_over_makes_room_and_is_remembered(house: House) -> None:
    crew = Crew(house)
    run_id = crew.take(Order(customer_id(CUSTOMER), PURPOSE))
    crew.close()
    assert crew._open_n == 0
    assert house.runs.one(run_id)["error_code"] == "CONSENT_REQUIRED"
    error = crew.why(run_id)
    assert error is not None and error.code == "CONSENT_REQUIRED" and error.hint


def test_a_run_that_never_began_is_closed_when_the_service_stops(house: House) -> None:
    crew = Crew(house)
    release = Signal()
    for _ in range(2):
        crew._threads.submit(release.wait, 30)
    run_id = crew.take(Order(customer_id(CUSTOMER), PURPOSE))
    crew._threads.shutdown(wait=False, cancel_futures=True)
    release.set()
    crew.close()
    row = house.runs.one(run_id)
    assert (row["status"], row["error_code"]) == ("failed", "SERVICE_STOPPED")


def test_a_start_that_breaks_makes_room_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    crew = Crew(house)

    def broken(*_: object) -> str:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr("api.crew.start_run", broken)
        with pytest.raises(MemoryError):
            crew.take(Order(customer_id(CUSTOMER), PURPOSE))
    assert crew._open_n == 0
    crew.close()
    with pytest.raises(RuntimeError, match="after shutdown"):
        crew.take(Order(customer_id(CUSTOMER), PURPOSE))
    assert crew._open_n == 0
    (row,) = house.runs.of_customer(customer_id(CUSTOMER))
    assert (row["status"], row["error_code"]) == ("failed", "SERVICE_STOPPED")


def _open_run(house: House) -> str:
    return house.runs.open(RunStart(customer_id(CUSTOMER), PURPOSE, "run", None, "", None))


def _closed_run(house: House) -> str:
    run_id = _open_run(house)
    house.runs.close(run_id, "done", {})
    return run_id
