"""Verification: every byte by line, every count, every metric computed again and compared byte for byte."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import sources
from kit.canonical import dumps
from kit.errors import Conflict, NotFound
from kit.scope import Scope
from kit.source import Fate
from pipeline.analysis import as_of_day, cleaned_entries, summarize, window_of
from pipeline.enrich import enriched
from pipeline.wiring import House
from warehouse.lake import Shelf, SourceEntry


class Verified(NamedTuple):
    """How many of each were checked and held."""

    deliveries: int
    lines: int
    items: int
    records: int
    metrics: int


def verify(house: House, scope: Scope) -> Verified:
    """Check everything held under a right; a first difference raises with its place."""
    lake = house.lake
    for source in scope.sources():
        lake.check_raw(scope, source)
    deliveries = lake.deliveries(scope)
    cleaned = cleaned_entries(lake, scope) if lake.shelved(scope, Shelf.CLEAN) else {}
    verified = Verified(
        deliveries=len(deliveries),
        lines=sum(delivery.lines_n for delivery in deliveries),
        items=sum(_conserved(house, scope, name, entry) for name, entry in cleaned.items()),
        records=sum(entry.counts[Fate.CLEAN] for entry in cleaned.values()),
        metrics=_recomputed(house, scope, cleaned),
    )
    if verified.lines == 0:
        raise NotFound(
            "NOTHING_TO_VERIFY",
            "Nothing is held under this consent.",
            hint=f"Run: bahi run --customer-id {scope.customer} --purpose {scope.purpose}",
        )
    return verified


def _conserved(house: House, scope: Scope, source: str, entry: SourceEntry) -> int:
    """The fates are counted again from the files, not taken from the manifest."""
    lake = house.lake
    records_n = sum(1 for _ in lake.lines(scope, Shelf.CLEAN, f"{source}.ndjson"))
    others_n = sum(1 for _ in lake.lines(scope, Shelf.CLEAN, f"{source}.outcomes.ndjson"))
    items_n = sum(1 for _ in lake.items(scope, source))
    if records_n != entry.counts[Fate.CLEAN] or records_n + others_n != items_n:
        raise Conflict(
            "NOT_CONSERVED",
            f"{source}: {items_n} raw items, {records_n} records and {others_n} other fates do not add up.",
            hint=f"Run: bahi clean --customer-id {scope.customer}",
        )
    return items_n


def _recomputed(house: House, scope: Scope, cleaned: Mapping[str, SourceEntry]) -> int:
    shelved = house.lake.shelved(scope, Shelf.RESULTS)
    if shelved is None:
        return 0
    records = enriched(house.lake, scope, cleaned)
    held = {name: entry for name, entry in shelved.entries.items() if name in scope.sources()}
    for name, entry in held.items():
        asked = date.fromisoformat(entry.as_of) if entry.as_of else None
        window = window_of(scope, name, cleaned[name], as_of_day(scope, records, asked))
        again = dumps(summarize(scope, name, records[name], window)) + b"\n"
        if again != house.lake.document(scope, Shelf.RESULTS, f"{name}.json"):
            raise Conflict(
                "RESULT_DIFFERS",
                f"The stored summary of {name} is not what its records give.",
                hint=f"Run: bahi analyze --customer-id {scope.customer}",
            )
    return sum(len(sources.source(name).definitions) for name in held)
