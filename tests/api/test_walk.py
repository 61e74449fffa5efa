"""The consent guard through the service: every data route, found by introspection, with every reason that applies to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import httpx
import pytest

import sources
from consent.grants import Consents, Policy, Reason
from consent.terms import GrantOrder
from kit.ident import customer_id
from kit.period import FixedClock
from kit.source import Channel, Declaration
from pipeline.wiring import House
from tests.api.caller import Caller, problem, routes
from tests.api.flow import CUSTOMER, PURPOSE, grant, run

MONITORING = 104
RUNS = ("POST", "/api/customers/{customer_id}/runs")
RESULTS = ("GET", "/api/customers/{customer_id}/results")
EXPLAIN = ("GET", "/api/customers/{customer_id}/explain/{metric_id}")
DATA_ROUTES = (RUNS, RESULTS, EXPLAIN)
NO_CUSTOMER_DATA = {
    ("GET", "/healthz"): "nothing of a customer",
    ("GET", "/sign-in"): "nothing of a customer",
    ("GET", "/api/session"): "nothing of a customer",
    ("GET", "/api/customers"): "ids, states and counts",
    ("GET", "/api/customers/{customer_id}/consents"): "the consents themselves",
    ("POST", "/api/customers/{customer_id}/consents"): "makes the right that the others need",
    ("POST", "/api/consents/{consent_id}/{event}"): "taking back must never need the right",
    ("GET", "/api/consents/{consent_id}/certificate"): "ids, counts and hashes of what is gone",
    ("GET", "/api/customers/{customer_id}/runs"): "ids, states and counts",
    ("GET", "/api/runs/{run_id}/events"): "ids, states and counts",
}

Witness = Callable[[Caller, House], int]


def none_given(caller: Caller, house: House) -> int:
    """Nobody ever agreed."""
    return PURPOSE


def for_another_purpose(caller: Caller, house: House) -> int:
    """Agreed to underwriting, asked for monitoring."""
    _granted_and_run(caller)
    return MONITORING


def for_another_source(caller: Caller, house: House) -> int:
    """Agreed to a source that is not the one asked for."""
    seventh = Declaration(
        "seventh", "A seventh source", "none", (Channel.OCEN,), (), ("record",), ("BUSINESS",)
    )
    declared = {**sources.declarations(), "seventh": seventh}
    policy = Policy(house.config.environment, house.config.consent)
    Consents(house.ledger, house.lake, declared, house.audit, policy).grant(
        GrantOrder(customer_id(CUSTOMER), PURPOSE, ("seventh",))
    )
    return PURPOSE


def revoked(caller: Caller, house: House) -> int:
    """Agreed, then took it back."""
    assert caller.post(f"/api/consents/{_granted_and_run(caller)}/revoke").status_code == 200
    return PURPOSE


def paused(caller: Caller, house: House) -> int:
    """Agreed, then asked for a pause."""
    assert caller.post(f"/api/consents/{_granted_and_run(caller)}/pause").status_code == 200
    return PURPOSE


def expired(caller: Caller, house: House) -> int:
    """Agreed, and the month is over."""
    _granted_and_run(caller)
    _wait(caller, house, timedelta(days=40))
    return PURPOSE


def outlived(caller: Caller, house: House) -> int:
    """Agreed for a year, but what was fetched may be kept for a month only."""
    _granted_and_run(caller, MONITORING)
    _wait(caller, house, timedelta(days=40))
    return MONITORING


def spent(caller: Caller, house: House) -> int:
    """Agreed to one answer, then was asked another question."""
    _granted_and_run(caller)
    return PURPOSE


WITNESSES: dict[Reason, tuple[Witness, tuple[tuple[str, str], ...]]] = {
    Reason.CONSENT_REQUIRED: (none_given, DATA_ROUTES),
    Reason.PURPOSE_MISMATCH: (for_another_purpose, DATA_ROUTES),
    Reason.FI_TYPE_OUT_OF_SCOPE: (for_another_source, (EXPLAIN,)),
    Reason.CONSENT_REVOKED: (revoked, DATA_ROUTES),
    Reason.CONSENT_EXPIRED: (expired, DATA_ROUTES),
    Reason.CONSENT_PAUSED: (paused, DATA_ROUTES),
    # A run fetches anew, which a consent may allow long after the life of what was fetched first.
    Reason.DATA_LIFE_OVER: (outlived, (RESULTS, EXPLAIN)),
    Reason.CONSENT_OVERUSED: (spent, (RUNS,)),
}
NEVER_ASKED = {
    Reason.RANGE_OUT_OF_SCOPE: "no route takes a range",
    Reason.FILTER_OUT_OF_SCOPE: "no route takes a filter",
}


def test_every_route_is_in_the_walk_or_says_why_not(caller: Caller) -> None:
    assert set(routes(caller.app)) == set(DATA_ROUTES) | set(NO_CUSTOMER_DATA)


def test_every_reason_has_a_witness_or_says_why_not() -> None:
    assert set(WITNESSES) | set(NEVER_ASKED) == set(Reason)
    assert {route for _, taken in WITNESSES.values() for route in taken} == set(DATA_ROUTES)


@pytest.mark.parametrize("reason", WITNESSES)
def test_a_route_refuses_with_the_one_reason_and_the_remedy(
    caller: Caller, house: House, reason: Reason
) -> None:
    witness, taken = WITNESSES[reason]
    purpose = witness(caller, house)
    for route in taken:
        body = problem(_ask(caller, route, purpose))
        assert (route, body["status"], body["code"]) == (route, 403, reason.value)
        assert "bahi " in body["hint"]


def test_a_refused_run_leaves_no_run(caller: Caller, house: House) -> None:
    purpose = none_given(caller, house)
    _ask(caller, RUNS, purpose)
    assert caller.get(f"/api/customers/{CUSTOMER}/runs").json() == {"runs": []}


def test_nothing_of_a_customer_is_left_after_revocation(caller: Caller, house: House) -> None:
    consent_id = _granted_and_run(caller)
    assert any(path.is_file() for path in (house.home.raw / CUSTOMER).rglob("*.ndjson"))
    answer = caller.post(f"/api/consents/{consent_id}/revoke").json()
    assert answer["state"] == "REVOKED" and answer["removed"]["deliveries"] == 1
    held = [path for path in house.home.root.rglob("*.ndjson") if CUSTOMER in path.as_posix()]
    assert held == []


def test_one_customer_s_consent_opens_no_other(caller: Caller) -> None:
    _granted_and_run(caller)
    for _, template in (RESULTS, EXPLAIN):
        path = template.format(customer_id="MSME_0002", metric_id="bank.credits_paise")
        response = caller.get(f"{path}?purpose={PURPOSE}")
        assert problem(response)["code"] == Reason.CONSENT_REQUIRED


def _granted_and_run(caller: Caller, purpose: int = PURPOSE) -> str:
    consent_id = grant(caller, purpose=purpose)
    _, seen = run(caller, purpose=purpose)
    assert seen[-1][2]["status"] == "done", seen[-1]
    for route in (RESULTS, EXPLAIN):
        assert _ask(caller, route, purpose).status_code == 200
    return consent_id


def _ask(caller: Caller, route: tuple[str, str], purpose: int) -> httpx.Response:
    method, template = route
    path = template.format(customer_id=CUSTOMER, metric_id="bank.credits_paise")
    if method == "POST":
        return caller.post(path, {"purpose": purpose, "seed": 77})
    return caller.get(f"{path}?purpose={purpose}")


def _wait(caller: Caller, house: House, span: timedelta) -> None:
    clock = cast(FixedClock, house.clock)
    clock.at += span
    caller.sign_in(house)  # The session of before is long over.
