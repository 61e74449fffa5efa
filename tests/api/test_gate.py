"""The gate: only this machine, only our own page, only addresses of ours; and nothing of a bug gets out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import orjson
import pytest

from api.app import create_app
from consent.grants import Consents
from kit.ident import CustomerId
from pipeline.wiring import House
from tests.api.caller import Caller, problem

CANARY = "AAAPA0000A-CANARY"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""]
)
def test_a_name_that_is_not_this_machine_is_refused(stranger: Caller, host: str) -> None:
    response = stranger.get("/healthz", Host=host)
    assert (response.status_code, problem(response)["code"]) == (400, "HOST_NOT_LOCAL")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000", "[::1]"])
def test_this_machine_is_answered_by_each_of_its_names(stranger: Caller, host: str) -> None:
    assert stranger.get("/healthz", Host=host).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_another_site_cannot_act_with_our_cookie(caller: Caller, headers: dict[str, str]) -> None:
    response = caller.send("POST", "/api/consents/none/revoke", headers=headers)
    assert (response.status_code, problem(response)["code"]) == (403, "ORIGIN_NOT_ALLOWED")


def test_our_own_page_may_act(caller: Caller) -> None:
    headers = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    assert caller.send("POST", "/api/consents/none/revoke", headers=headers).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_methods_we_do_not_serve_are_refused(caller: Caller, method: str) -> None:
    response = caller.send(method, "/api/session")
    assert (response.status_code, problem(response)["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "/api/session", "GET"),
        ("GET", "/api/consents/none/revoke", "POST"),
        ("HEAD", "/api/customers/MSME_0001/runs", "GET, POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(caller: Caller, method: str, path: str, allow: str) -> None:
    response = caller.send(method, path)
    assert (response.status_code, response.headers["allow"]) == (405, allow)


@pytest.mark.parametrize(
    "customer_id",
    ["%2e%2e", "..%5c..", "A%00B", "A%0aB", "%0d%0aX-Header:1", "%ff%fe", "%D9%A1%D9%A2", "a" * 200, "A" * 41]
    + ["msme_1", "%20", "A%20B", "-A", "A.B", "%F0%9F%98%80", "A%E2%80%AEB", "__proto__", "%7f"],
)
@pytest.mark.parametrize(
    "tail", ["consents", "runs", "results?purpose=103", "explain/bank.credits_paise?purpose=103"]
)
def test_an_impossible_customer_id_is_a_problem_that_does_not_repeat_it(
    caller: Caller, customer_id: str, tail: str
) -> None:
    response = caller.get(f"/api/customers/{customer_id}/{tail}")
    assert response.status_code in (400, 404)
    problem(response)
    assert customer_id.lower() not in response.text.lower()


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%2f..%2fapp.py",
        "/..%5capp.py",
    ],
)
def test_no_path_leads_out_of_the_page(stranger: Caller, path: str) -> None:
    response = stranger.get(path)
    assert response.status_code in (400, 404)
    assert "root:" not in response.text and "create_app" not in response.text


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/session", "/api/nothing", "/sign-in?token=x", "/assets/x.js"]
)
def test_every_answer_carries_the_policy(stranger: Caller, path: str) -> None:
    headers = stranger.get(path).headers
    policy = headers["content-security-policy"]
    assert (
        "script-src 'self'" in policy
        and "frame-ancestors 'none'" in policy
        and "default-src 'none'" in policy
    )
    assert "unsafe" not in policy and "http:" not in policy and "https:" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in headers


class BrokenConsents(Consents):
    """Consents with a bug that quotes a customer."""

    def __init__(self) -> None:
        """Hold nothing."""

    def customers(self) -> tuple[CustomerId, ...]:
        """Break."""
        raise RuntimeError(f"cannot read {CANARY}")


@pytest.fixture
def broken(house: House) -> Iterator[Caller]:
    """A signed caller of a service with a bug."""
    with Caller(create_app(house._replace(consents=BrokenConsents()))) as caller:
        caller.sign_in(house)
        yield caller


def test_a_bug_is_a_problem_without_insides_and_is_logged_under_its_trace_id(
    broken: Caller, house: House
) -> None:
    response = broken.get("/api/customers")
    body = problem(response)
    assert (response.status_code, body["code"]) == (500, "INTERNAL")
    assert (
        CANARY not in response.text
        and "Traceback" not in response.text
        and "RuntimeError" not in response.text
    )
    logged = [cast("dict[str, object]", orjson.loads(line)) for line in _log(house).splitlines()]
    traces = [record["trace_id"] for record in logged if record["bug"] == "RuntimeError"]
    assert traces == [body["instance"].rsplit(":", 1)[1]]


def test_the_log_of_a_bug_holds_no_value(broken: Caller, house: House) -> None:
    broken.get("/api/customers")
    assert CANARY.encode() not in _log(house)


def _log(house: House) -> bytes:
    return (house.home.logs / "bahi.ndjson").read_bytes()
