"""An audit that cannot be written closes every route that shows anything: 503, and not a byte of data."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from kit.ident import CustomerId
from pipeline.wiring import House
from tests.api.caller import Caller, filled, problem, routes
from tests.api.flow import CUSTOMER, grant, run
from tests.api.test_walk import NO_CUSTOMER_DATA
from warehouse import _fs

OPEN = {
    ("GET", "/healthz"): "tells that the service is there",
    ("GET", "/sign-in"): "a link is used up before anything is shown",
    ("GET", "/api/session"): "tells who asks, to whoever asks",
}
READINGS = {"/api/customers/{customer_id}/results", "/api/customers/{customer_id}/explain/{metric_id}"}
BODIES: dict[tuple[str, str], dict[str, object]] = {
    ("POST", "/api/customers/{customer_id}/consents"): {"purpose": 103, "sources": ["bank"]},
    ("POST", "/api/customers/{customer_id}/runs"): {"purpose": 103},
}


@contextmanager
def read_only(house: House) -> Iterator[None]:
    """Answer every write as SQLite does on a disk that may only be read."""

    def hook(act: str, what: str) -> None:
        if act == "statement" and what.startswith(("INSERT", "UPDATE", "DELETE")):
            error = sqlite3.OperationalError("attempt to write a readonly database")
            error.sqlite_errorcode = sqlite3.SQLITE_READONLY
            raise error

    _fs.fault = hook
    try:
        yield
    finally:
        _fs.fault = None


@contextmanager
def full(house: House) -> Iterator[None]:
    """Let no commit succeed."""

    def hook(act: str, what: str) -> None:
        if act == "commit":
            raise _fs.disk_full(house.home.ledger_path)

    _fs.fault = hook
    try:
        yield
    finally:
        _fs.fault = None


@contextmanager
def silent(house: House) -> Iterator[None]:
    """Lose every entry without a word."""
    with house.ledger.transaction() as tx:
        tx.execute("CREATE TRIGGER lost BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END")
    yield
    with house.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER lost")


BREAKS = {"read only": read_only, "full": full, "silent": silent}


@pytest.mark.parametrize("how", BREAKS)
def test_no_route_shows_anything_without_its_entry(caller: Caller, house: House, how: str) -> None:
    grant(caller)
    run_id, _ = run(caller)
    consent = house.consents.listing(CustomerId(CUSTOMER))[0]
    known = {"customer_id": CUSTOMER, "consent_id": consent.id, "run_id": run_id}
    walked = [route for route in routes(caller.app) if route not in OPEN and route[0] in ("GET", "POST")]
    assert {route for route in NO_CUSTOMER_DATA if route[0] in ("GET", "POST")} - set(OPEN) <= set(walked)
    before = len(house.audit.entries(limit=1000))
    with BREAKS[how](house):
        for method, template in walked:
            path = (
                f"{filled(template, **known)}?purpose=103"
                if template in READINGS
                else filled(template, **known)
            )
            answer = caller.send(method, path, json=BODIES.get((method, template)))
            assert (answer.status_code, template) == (503, template), (how, method, answer.text)
            told = problem(answer)
            assert told["code"] in ("AUDIT_UNAVAILABLE", "HOME_READ_ONLY", "DISK_FULL")
            assert consent.id not in answer.text and run_id not in answer.text
    assert len(house.audit.entries(limit=1000)) == before
    assert caller.get(f"/api/customers/{CUSTOMER}/consents").status_code == 200
