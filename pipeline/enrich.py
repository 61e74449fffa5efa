"""Enriched records are made when they are needed and never stored: clues of all sources, then each source's enrich."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import orjson

import sources
from kit.scope import Scope
from kit.source import Record, Tables
from warehouse.lake import Lake, Shelf

NO_TABLES = Tables(accepts={}, lookups={})


def enriched(lake: Lake, scope: Scope, names: Iterable[str]) -> dict[str, Sequence[Record]]:
    """Read the clean records of the named sources and let each learn from the clues of all."""
    records = {name: _records(lake, scope, name) for name in names}
    clues = tuple(clue for name, mine in records.items() for clue in sources.source(name).clues(mine))
    return {name: sources.source(name).enrich(mine, clues, NO_TABLES) for name, mine in records.items()}


def _records(lake: Lake, scope: Scope, source: str) -> tuple[Record, ...]:
    read = sources.source(source).read
    return tuple(read(orjson.loads(text)) for text in lake.lines(scope, Shelf.CLEAN, f"{source}.ndjson"))
