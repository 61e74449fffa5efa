"""Enriched records are made when they are needed and never stored: clues of all sources, then each source's enrich."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

import orjson

import sources
from kit.scope import Scope
from kit.source import Record, Tables
from warehouse.lake import Lake, Shelf

NO_TABLES = Tables(accepts={}, lookups={})


Passing = Callable[[str, Iterator[bytes]], Iterator[bytes]]


def unwatched(source: str, lines: Iterator[bytes]) -> Iterator[bytes]:
    """Let the lines of a source pass when nobody waits for them."""
    return lines


def enriched(
    lake: Lake, scope: Scope, names: Iterable[str], passing: Passing = unwatched
) -> dict[str, Sequence[Record]]:
    """Read the clean records of the named sources and let each learn from the clues of all."""
    records = {
        name: _records(name, passing(name, lake.lines(scope, Shelf.CLEAN, f"{name}.ndjson")))
        for name in names
    }
    clues = tuple(clue for name, mine in records.items() for clue in sources.source(name).clues(mine))
    return {name: sources.source(name).enrich(mine, clues, NO_TABLES) for name, mine in records.items()}


def _records(source: str, lines: Iterator[bytes]) -> tuple[Record, ...]:
    read = sources.source(source).read
    try:
        return tuple(read(orjson.loads(text)) for text in lines)
    except Exception:
        # What cannot be read was altered, and the hash at the end of the file says so; else the bug is ours.
        deque(lines, maxlen=0)
        raise
