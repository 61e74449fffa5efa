"""Every route, found by introspection: one shape of success, one shape of error, all of it declared."""

from __future__ import annotations

import re
from typing import cast

import orjson
import pytest

from api.app import openapi_document
from kit.period import FixedClock
from pipeline.wiring import House
from tests.api.caller import Caller, Json, filled, problem, routes
from tests.api.flow import CUSTOMER, PURPOSE, grant, run

METRIC = "bank.credits_paise"


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """Let providers answer for as many months as they do by default."""
    return {name: value for name, value in environ.items() if name != "BAHI_MONTHS"}


def test_every_route_succeeds_in_its_declared_shape(caller: Caller, house: House) -> None:
    consent_id = grant(caller)
    run_id, events = run(caller)
    assert events[-1][0] == "end"
    caller.get("/healthz")
    caller.get("/api/session")
    caller.get("/api/customers")
    caller.get(f"/api/customers/{CUSTOMER}/consents")
    caller.get(f"/api/customers/{CUSTOMER}/runs")
    caller.get(f"/api/customers/{CUSTOMER}/results?purpose={PURPOSE}")
    caller.get(f"/api/customers/{CUSTOMER}/explain/{METRIC}?purpose={PURPOSE}")
    for event in ("pause", "resume", "revoke"):
        caller.post(f"/api/consents/{consent_id}/{event}")
    caller.get(f"/api/consents/{consent_id}/certificate")
    doors = {("GET", "/sign-in")}  # It answers with a redirection, which its own test opens.
    assert caller.answered == set(routes(caller.app)) - doors


def test_every_error_has_the_one_shape(caller: Caller) -> None:
    for method, path in routes(caller.app):
        for values in (
            {},
            {"customer_id": "%2e%2e", "consent_id": "%0a", "run_id": "%00", "event": "x", "metric_id": "x"},
        ):
            response = caller.send(method, filled(path, **values))
            if response.is_error:
                problem(response)


def test_every_operation_declares_errors_as_problems() -> None:
    for operation in _operations():
        responses = cast("dict[str, dict[str, dict[str, Json]]]", operation["responses"])
        errors = {status: response for status, response in responses.items() if int(status) >= 400}
        assert {"400", "403", "405", "422", "500", "503"} <= set(errors)
        for response in errors.values():
            schema = {"$ref": "#/components/schemas/Problem"}
            assert response["content"] == {"application/problem+json": {"schema": schema}}
            assert response["x-codes"] and response["description"]


def test_every_operation_has_a_name_and_a_sentence_of_its_own() -> None:
    names = [operation["operationId"] for operation in _operations()]
    assert len(set(names)) == len(names) >= 12
    assert all(operation["description"] for operation in _operations())


def test_the_description_is_whole_and_the_same_each_time() -> None:
    text = orjson.dumps(openapi_document()).decode()
    assert text == orjson.dumps(openapi_document()).decode()
    named = set(re.findall(r"#/components/schemas/(\w+)", text))
    schemas = cast("dict[str, dict[str, Json]]", openapi_document()["components"])["schemas"]
    assert named <= set(schemas)
    assert {"RunProgress", "RunEnd"} <= set(schemas) and "HTTPValidationError" not in schemas


def test_what_is_sent_out_has_no_optional_member() -> None:
    schemas = cast("dict[str, dict[str, Json]]", openapi_document()["components"])["schemas"]
    for name, schema in schemas.items():
        if "properties" in schema and not name.endswith("Order"):
            assert set(cast(Json, schema["properties"])) == set(cast("list[str]", schema["required"])), name


def test_an_answer_held_already_is_not_sent_again_but_consent_is_asked_first(
    caller: Caller, house: House
) -> None:
    consent_id = grant(caller)
    run(caller)
    for path in (f"results?purpose={PURPOSE}", f"explain/{METRIC}?purpose={PURPOSE}"):
        first = caller.get(f"/api/customers/{CUSTOMER}/{path}")
        tag = first.headers["etag"]
        again = caller.get(f"/api/customers/{CUSTOMER}/{path}", If_None_Match=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["cache-control"] == "no-store"
    caller.post(f"/api/consents/{consent_id}/pause")
    refused = caller.get(f"/api/customers/{CUSTOMER}/explain/{METRIC}?purpose={PURPOSE}", If_None_Match=tag)
    assert (refused.status_code, problem(refused)["code"]) == (403, "CONSENT_PAUSED")


@pytest.mark.parametrize(
    "path", ["/api/customers/MSME_0001/runs", "/api/customers/MSME_0001/consents", "/api/customers"]
)
def test_a_customer_nobody_knows_has_empty_lists_like_any_other(caller: Caller, path: str) -> None:
    body = cast("dict[str, list[object]]", caller.get(path).json())
    assert list(body.values()) == [[]]


def test_an_unknown_id_and_an_impossible_one_are_answered_alike(caller: Caller) -> None:
    for kind, path in (("runs", "/api/runs/{}/events"), ("consents", "/api/consents/{}/pause")):
        method = "GET" if kind == "runs" else "POST"
        unknown = problem(caller.send(method, path.format("0" * 32)))
        impossible = problem(caller.send(method, path.format("A" * 65)))
        assert {**unknown, "instance": ""} == {**impossible, "instance": ""}


def test_a_clock_set_back_is_refused_by_name(caller: Caller, house: House) -> None:
    grant(caller)
    clock = cast(FixedClock, house.clock)
    clock.at = clock.at.replace(year=clock.at.year - 1)
    response = caller.get(f"/api/customers/{CUSTOMER}/results?purpose={PURPOSE}")
    assert (response.status_code, problem(response)["code"]) == (400, "CLOCK_BACKWARDS")


def _operations() -> list[Json]:
    paths = cast("dict[str, dict[str, Json]]", openapi_document()["paths"])
    return [operation for operations in paths.values() for operation in operations.values()]
