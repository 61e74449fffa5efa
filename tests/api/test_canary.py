"""What a caller sends is never sent back by an error and never written down."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from pipeline.wiring import House
from tests.api.caller import Caller, filled, problem, routes

CANARIES = {
    "PAN": "PAN CANPA0000A",
    "GSTIN": "GSTIN 27CANPA0000A1ZQ",
    "mobile": "+91 5012345678",
    "name": "Canary Kumari",
    "Hindi": "\u0915\u0948\u0928\u0930\u0940",
    "e-mail": "canary@mail.example",
    "a line of its own": "canary\r\nX-Evil: 1",
    "markup": "<script>canary()</script>",
    "a statement": "canary' OR '1'='1",
}
NAMED = ("CANPA", "5012345678", "canary", "\u0915\u0948\u0928")
PLACES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_no_canary_comes_back_or_is_written_down(caller: Caller, house: House, canary: str) -> None:
    for method, template in routes(caller.app):
        for place in PLACES.findall(template):
            _refused(caller, method, filled(template, **{place: quote(canary, safe="")}))
        if template.endswith(("/results", "/explain/{metric_id}")):
            _refused(caller, method, f"{filled(template)}?purpose={quote(canary, safe='')}")
            _refused(caller, method, f"{filled(template)}?purpose=103&limit={quote(canary, safe='')}")
    _refused(caller, "GET", f"/sign-in?token={quote(canary, safe='')}")
    _refused(caller, "GET", f"/api/{quote(canary, safe='')}")
    for field in ("purpose", "sources", "party", "noise", "seed", canary):
        for template in ("/api/customers/{customer_id}/consents", "/api/customers/{customer_id}/runs"):
            good = {"purpose": 103, "sources": ["bank"]} if "consents" in template else {"purpose": 103}
            for value in (canary, [canary], {canary: canary}):
                _refused(caller, "POST", filled(template), {**good, field: value})
    _is_not_kept(house)


@pytest.mark.parametrize(
    "name", ["User-Agent", "Referer", "Cookie", "If-None-Match", "Last-Event-ID", "Accept"]
)
def test_no_header_is_written_down(caller: Caller, house: House, name: str) -> None:
    for method, template in routes(caller.app):
        response = caller.send(method, filled(template), headers={name: CANARIES["PAN"]})
        assert not any(word in response.text for word in NAMED)
    _is_not_kept(house)


def _refused(caller: Caller, method: str, path: str, body: object = None) -> None:
    response = caller.send(method, path, json=body)
    assert 400 <= response.status_code < 500, (method, path, body)
    problem(response)
    sent = response.text + "".join(response.headers.values())
    assert not any(word.lower() in sent.lower() for word in NAMED), (path, body, sent)


def _is_not_kept(house: House) -> None:
    for path in house.home.root.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(word.encode() in content for word in NAMED), path
