"""Starting the flow, listing runs, and following one as a stream of events read from the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, cast

import anyio
import orjson
from fastapi import Depends, Header, status
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import models
from api.deps import RunId, TheCrew, TheCustomer, TheHouse, api_router
from api.refusals import ACT, BODY, CONSENT, CUSTOMER, FLOW, RUN, SIGNED, STREAM, declared
from kit.canonical import dumps
from kit.errors import BahiError
from kit.ident import customer_id
from pipeline.feeds.synthetic import open_fetch
from pipeline.order import Order
from warehouse.ledger import Row

POLL_SECONDS = 0.2
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]

router = api_router()


@router.post(
    "/customers/{customer_id}/runs",
    status_code=status.HTTP_202_ACCEPTED,
    responses=declared(SIGNED, CUSTOMER, BODY, CONSENT, FLOW),
)
def start_run(
    house: TheHouse, crew: TheCrew, customer: TheCustomer, body: models.RunOrder
) -> models.RunAccepted:
    """Start all steps for one customer; without the right to ask its provider, nothing is started."""
    order = Order(customer, body.purpose, seed=body.seed, noise=body.noise)
    open_fetch(house, order)
    return models.RunAccepted(run_id=crew.take(order))


@router.get("/customers/{customer_id}/runs", responses=declared(SIGNED, CUSTOMER, ACT))
def runs(house: TheHouse, customer: TheCustomer) -> models.RunList:
    """List the newest runs; they hold ids, states and counts only."""
    house.audit.look("run.list", customer)
    return models.RunList(runs=[shown(row) for row in house.runs.of_customer(customer)])


def shown(row: Row) -> models.Run:
    """Turn a ledger row into what travels."""
    return models.Run(
        run_id=str(row["id"]),
        step=str(row["step"]),
        source=cast("str | None", row["source"]),
        status=cast("models.RunStatus", row["status"]),
        error_code=cast("str | None", row["error_code"]),
        counts=orjson.loads(str(row["counts"])),
        started_at=str(row["started_at"]),
        ended_at=cast("str | None", row["ended_at"]),
    )


def followed(house: TheHouse, run_id: RunId) -> str:
    """Make sure that the run exists before the stream begins, and write down who follows it."""
    customer = customer_id(str(house.runs.one(run_id)["customer"]))
    house.audit.look("run.follow", customer)
    return run_id


@router.get(
    "/runs/{run_id}/events", response_class=EventSourceResponse, responses=declared(SIGNED, RUN, ACT) | STREAM
)
async def run_events(
    house: TheHouse,
    crew: TheCrew,
    run_id: Annotated[str, Depends(followed)],
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Stream the events after the last one seen, then how the run ended."""
    seen = _seq(last_event_id)
    while True:
        # The row is read before its events: a run that has ended has written them all. A full disk can keep a
        # failed run from closing its row, so what the crew knows counts too.
        error = crew.why(run_id)
        row = await anyio.to_thread.run_sync(house.runs.one, run_id)
        for event in await anyio.to_thread.run_sync(house.runs.events_after, run_id, seen):
            seen = cast(int, event["seq"])
            yield ServerSentEvent(raw_data=dumps(event).decode(), event="progress", id=str(seen))
        if row["status"] != "running" or error is not None:
            yield ServerSentEvent(raw_data=dumps(_end(row, error)).decode(), event="end", id=str(seen))
            return
        await anyio.sleep(POLL_SECONDS)


def _seq(last_event_id: str | None) -> int:
    is_number = last_event_id is not None and last_event_id.isascii() and last_event_id.isdecimal()
    return int(last_event_id[:15]) if is_number and last_event_id else 0


def _end(row: Row, error: BahiError | None) -> models.RunEnd:
    if error is not None:
        return models.RunEnd("failed", models.RunFailure(error.code, error.message, error.hint))
    if row["status"] == "failed":
        hint = f"bahi run --customer-id {row['customer']} says why"
        return models.RunEnd("failed", models.RunFailure(str(row["error_code"]), "the run failed", hint))
    return models.RunEnd(cast("models.EndStatus", row["status"]), None)
