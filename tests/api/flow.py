"""The few acts most tests of the service begin with."""

from __future__ import annotations

from typing import cast

import orjson

from tests.api.caller import Caller, Json

CUSTOMER = "MSME_0001"
PURPOSE = 103
Event = tuple[str, str, Json]


def grant(caller: Caller, customer: str = CUSTOMER, purpose: int = PURPOSE) -> str:
    """Ask for one consent to bank data and give its id."""
    response = caller.post(f"/api/customers/{customer}/consents", {"purpose": purpose, "sources": ["bank"]})
    assert response.status_code == 201, response.text
    (consent,) = cast("dict[str, list[dict[str, str]]]", response.json())["consents"]
    return consent["consent_id"]


def run(caller: Caller, customer: str = CUSTOMER, purpose: int = PURPOSE) -> tuple[str, list[Event]]:
    """Start the flow and follow it to its end."""
    response = caller.post(f"/api/customers/{customer}/runs", {"purpose": purpose, "seed": 7})
    assert response.status_code == 202, response.text
    run_id = cast("dict[str, str]", response.json())["run_id"]
    return run_id, events(caller.get(f"/api/runs/{run_id}/events").text)


def events(stream: str) -> list[Event]:
    """Read an event stream: name, id and data of each event; comments are heartbeats."""
    read = []
    for block in stream.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            read.append((fields["event"], fields["id"], cast(Json, orjson.loads(fields["data"]))))
    return read
