"""Hostile bodies: each is a problem of the 4xx class, none is repeated, none is read for a stranger."""

from __future__ import annotations

import orjson
import pytest

from api.body import BODY_BYTES
from api.models import ConsentOrder, RunOrder
from tests.api.caller import Caller, filled, problem, routes

CANARY = "CANARY-AAAPA0000A"
GOOD = {"purpose": 103, "sources": ["bank"]}
JSON = {"content_type": "application/json"}

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "blank": b"   ",
    "not JSON": b"{purpose: 103}",
    "half": b'{"purpose": 103, "sources": ["ba',
    "NaN": b'{"purpose": NaN, "sources": ["bank"]}',
    "Infinity": b'{"purpose": -Infinity, "sources": ["bank"]}',
    "1e400": b'{"purpose": 1e400, "sources": ["bank"]}',
    "a purpose below all": b'{"purpose": 100, "sources": ["bank"]}',
    "a purpose above all": b'{"purpose": 106, "sources": ["bank"]}',
    "a fraction": b'{"purpose": 103.0, "sources": ["bank"]}',
    "minus zero": b'{"purpose": -0.0, "sources": ["bank"]}',
    "thirty digits": b'{"purpose": 103103103103103103103103103103, "sources": ["bank"]}',
    "five thousand digits": b'{"purpose": ' + b"1" * 5000 + b', "sources": ["bank"]}',
    "a number as text": b'{"purpose": "103", "sources": ["bank"]}',
    "a boolean": b'{"purpose": true, "sources": ["bank"]}',
    "null": b'{"purpose": null, "sources": null}',
    "a list": b"[103]",
    "a text": b'"103"',
    "one key twice": b'{"purpose": 103, "purpose": 104, "sources": ["bank"]}',
    "one key twice, escaped": b'{"purpose": 103, "p\\u0075rpose": 104, "sources": ["bank"]}',
    "an unknown key": b'{"purpose": 103, "sources": ["bank"], "' + CANARY.encode() + b'": 1}',
    "a dunder key": b'{"purpose": 103, "sources": ["bank"], "__class__": {}}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep and cut": b'{"sources":' * 100_000,
    "deep inside": b'{"purpose": 103, "sources": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    "not UTF-8": b'{"purpose": 103, "sources": ["\xff\xfe"]}',
    "UTF-16": '{"purpose": 103, "sources": ["bank"]}'.encode("utf-16"),
    "a lone surrogate": b'{"purpose": 103, "sources": ["\\ud800"]}',
    "NUL": b'{"purpose": 103, "sources": ["ba\x00nk"]}',
    "huge": b'{"purpose": 103, "sources": ["' + b"x" * BODY_BYTES + b'"]}',
    "many sources": orjson.dumps({"purpose": 103, "sources": ["bank"] * 1000}),
    "long source": orjson.dumps({"purpose": 103, "sources": [CANARY * 100]}),
    "no source": b'{"purpose": 103, "sources": []}',
}
BODY_ROUTES = ["/api/customers/{customer_id}/consents", "/api/customers/{customer_id}/runs"]


@pytest.mark.parametrize("path", BODY_ROUTES)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_and_not_repeated(caller: Caller, path: str, name: str) -> None:
    response = caller.send("POST", filled(path), headers=JSON, content=HOSTILE[name])
    assert 400 <= response.status_code < 500
    assert problem(response)["code"] in ("BODY_MALFORMED", "BODY_TOO_LARGE", "REQUEST_MALFORMED")
    assert CANARY not in response.text and "103103" not in response.text and "__class__" not in response.text


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"]
    + ["application/json; charset=utf-16", "application/problem+json", "APPLICATION", ""],
)
def test_a_body_that_is_not_declared_json_is_refused(caller: Caller, kind: str) -> None:
    response = caller.send(
        "POST",
        "/api/customers/MSME_0001/consents",
        headers={"content_type": kind},
        content=orjson.dumps(GOOD),
    )
    assert (response.status_code, problem(response)["code"]) == (415, "BODY_NOT_JSON")


def test_a_charset_of_utf_8_is_welcome(caller: Caller) -> None:
    headers = {"content_type": "Application/JSON; Charset=UTF-8"}
    response = caller.send(
        "POST", "/api/customers/MSME_0001/consents", headers=headers, content=orjson.dumps(GOOD)
    )
    assert response.status_code == 201


def test_a_fault_is_placed_in_our_words(caller: Caller) -> None:
    body = {"purpose": "103", "sources": [7], "surplus": CANARY}
    response = caller.post("/api/customers/MSME_0001/consents", body)
    detail = problem(response)["detail"]
    assert "body.purpose must be a whole number" in detail
    assert "body.sources.0 must be text" in detail
    assert "body holds a field that is not known here" in detail
    assert "surplus" not in response.text


@pytest.mark.parametrize(
    "query", ["", "?purpose=", "?purpose=abc", "?purpose=1e3", "?purpose=-1", "?purpose=99999999999"]
)
def test_a_malformed_parameter_is_refused_in_our_words(caller: Caller, query: str) -> None:
    response = caller.get(f"/api/customers/MSME_0001/results{query}")
    assert (response.status_code, problem(response)["code"]) == (422, "REQUEST_MALFORMED")
    assert "query.purpose" in problem(response)["detail"]


@pytest.mark.parametrize("path", BODY_ROUTES)
def test_a_stranger_s_body_is_not_even_read(stranger: Caller, path: str) -> None:
    response = stranger.send(
        "POST", filled(path), headers={"content_type": "text/plain"}, content=HOSTILE["huge"]
    )
    assert (response.status_code, problem(response)["code"]) == (401, "SIGN_IN_REQUIRED")


def test_every_route_with_a_body_is_among_those_tried(caller: Caller) -> None:
    orders = {ConsentOrder.__name__, RunOrder.__name__}
    taking = {path for method, path in routes(caller.app) if method == "POST" and "{event}" not in path}
    assert taking == set(BODY_ROUTES) and len(orders) == len(BODY_ROUTES)
