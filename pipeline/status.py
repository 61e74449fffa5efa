"""The state of one customer as ids, states and counts: what consent gives, what arrived, what was made of it."""

from __future__ import annotations

import orjson

from kit.scope import Scope
from kit.source import Json
from pipeline.wiring import House
from warehouse.lake import Shelf

RUNS_SHOWN_N = 12


def status(house: House, scope: Scope) -> dict[str, Json]:
    """Collect the state under one purpose; reading it needs the same right as reading the numbers."""
    return {
        "customer_id": str(scope.customer),
        "purpose": scope.purpose,
        "grants": _grants(scope),
        "deliveries": _deliveries(house, scope),
        "clean": _shelf(house, scope, Shelf.CLEAN),
        "results": _shelf(house, scope, Shelf.RESULTS),
        "runs": _runs(house, scope),
    }


def _grants(scope: Scope) -> list[Json]:
    return [
        {
            "source": grant.source,
            "party": grant.party,
            "channel": str(grant.channel),
            "from": grant.range.first.isoformat(),
            "to": grant.range.last.isoformat(),
            "life_end": None if grant.life_end is None else grant.life_end.isoformat(),
        }
        for grant in scope.grants
    ]


def _deliveries(house: House, scope: Scope) -> list[Json]:
    return [
        {
            "delivery": delivery.id,
            "source": delivery.source,
            "party": delivery.party,
            "lines": delivery.lines_n,
            "bytes": delivery.size_bytes,
        }
        for delivery in house.lake.deliveries(scope)
    ]


def _shelf(house: House, scope: Scope, shelf: Shelf) -> list[Json]:
    shelved = house.lake.shelved(scope, shelf)
    entries = {} if shelved is None else shelved.entries
    return [
        {"source": name, "as_of": entry.as_of, "counts": dict(entry.counts)}
        for name, entry in sorted(entries.items())
        if name in scope.sources()
    ]


def _runs(house: House, scope: Scope) -> list[Json]:
    house.runs.note_interrupted(scope.customer)
    rows = house.runs.of_customer(scope.customer, RUNS_SHOWN_N)
    return [
        {
            "step": row["step"],
            "source": row["source"],
            "status": row["status"],
            "error_code": row["error_code"],
            "started_at": row["started_at"],
            "counts": orjson.loads(str(row["counts"])),
        }
        for row in rows
    ]
