"""Verification: every byte by line, every count, every metric computed again and compared byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import orjson

import sources
from analytics.explain import stale
from kit.canonical import dumps
from kit.errors import Conflict, NotFound
from kit.scope import Scope
from kit.source import Fate, Record
from pipeline.analysis import as_of_day, cleaned_entries, prove, summarize, window_of
from pipeline.enrich import enriched
from pipeline.quality.measure import FILE, NAME, quality, quality_code
from pipeline.wiring import House
from warehouse.lake import Lake, NoteKind, Shelf, SourceEntry


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
    for kind in NoteKind:
        lake.notes(scope, kind)
    deliveries = lake.deliveries(scope)
    standing, results = (_proved(lake, scope, shelf) for shelf in (Shelf.CLEAN, Shelf.RESULTS))
    # Results cannot stand without what they were made of.
    cleaned = cleaned_entries(lake, scope) if standing or results else {}
    verified = Verified(
        deliveries=len(deliveries),
        lines=sum(delivery.lines_n for delivery in deliveries),
        items=sum(_conserved(house, scope, name, entry) for name, entry in cleaned.items()),
        records=sum(entry.counts[Fate.CLEAN] for entry in cleaned.values()),
        metrics=_recomputed(house, scope, cleaned, results),
    )
    if verified.lines == 0:
        raise NotFound(
            "NOTHING_TO_VERIFY",
            "Nothing is held under this consent.",
            hint=f"Run: bahi run --customer-id {scope.customer} --purpose {scope.purpose}",
        )
    return verified


def _proved(lake: Lake, scope: Scope, shelf: Shelf) -> dict[str, SourceEntry]:
    """List what stands on a shelf and may be seen, after every file of it was hashed again."""
    shelved = lake.shelved(scope, shelf)
    entries = {} if shelved is None else shelved.entries
    mine = {name: entry for name, entry in entries.items() if name in scope.sources()}
    for name, entry in mine.items():
        prove(lake, scope, shelf, name, entry)
    return mine


def _conserved(house: House, scope: Scope, source: str, entry: SourceEntry) -> int:
    """The fates and their sums are counted again from the files, not taken from the manifest."""
    items_n = sum(1 for _ in house.lake.items(scope, source))
    counts = _recounted(house.lake, scope, source)
    if sum(counts[fate] for fate in Fate) != items_n or counts | {"items": items_n} != entry.counts:
        raise Conflict(
            "NOT_CONSERVED",
            f"{source}: {items_n} raw items and the fates in its files do not add up to the counts.",
            hint=_clean_anew(scope),
        )
    return items_n


def _clean_anew(scope: Scope) -> str:
    """Counts are no part of a key, so cleaning would find nothing to do while the manifest stands."""
    manifest = f"clean/{scope.customer}/{scope.purpose}/manifest.json"
    return f"Remove {manifest}, then run: bahi clean --customer-id {scope.customer} --purpose {scope.purpose}"


def _recounted(lake: Lake, scope: Scope, source: str) -> dict[str, int]:
    number, paise, without_amount_n = dict.fromkeys(Fate, 0), dict.fromkeys(Fate, 0), 0
    for fate, amount in _ends(lake, scope, source):
        number[fate] += 1
        if amount is None:
            without_amount_n += 1
        else:
            paise[fate] += amount
    findings_n = sum(1 for _ in lake.lines(scope, Shelf.CLEAN, f"{source}.findings.ndjson"))
    numbers = {str(fate): n for fate, n in number.items()}
    sums = {f"{fate}_paise": total for fate, total in paise.items()}
    return {**numbers, **sums, "without_amount": without_amount_n, "findings": findings_n}


def _ends(lake: Lake, scope: Scope, source: str) -> Iterator[tuple[Fate, int | None]]:
    """What became of each item, and its amount where it has one."""
    for text in lake.lines(scope, Shelf.CLEAN, f"{source}.ndjson"):
        yield Fate.CLEAN, orjson.loads(text).get("amount_paise")
    for text in lake.lines(scope, Shelf.CLEAN, f"{source}.outcomes.ndjson"):
        other = orjson.loads(text)
        yield Fate(other["fate"]), other["paise"]


def _recomputed(
    house: House, scope: Scope, cleaned: Mapping[str, SourceEntry], held: Mapping[str, SourceEntry]
) -> int:
    records = enriched(house.lake, scope, cleaned) if held else {}
    _retaken(house.lake, scope, cleaned, records)
    for name, entry in held.items():
        if name not in cleaned:
            raise stale(scope, name)
        asked = date.fromisoformat(entry.as_of) if entry.as_of else None
        window = window_of(scope, name, cleaned[name], as_of_day(scope, records, asked))
        again = dumps(summarize(scope, name, records[name], window)) + b"\n"
        if again != house.lake.document(scope, Shelf.RESULTS, f"{name}.json"):
            raise Conflict(
                "RESULT_DIFFERS",
                f"The stored summary of {name} is not what its records give.",
                hint=f"Run: bahi analyze --customer-id {scope.customer} --purpose {scope.purpose}",
            )
    return sum(len(sources.source(name).definitions) for name in held)


def _retaken(
    lake: Lake, scope: Scope, cleaned: Mapping[str, SourceEntry], records: Mapping[str, Sequence[Record]]
) -> None:
    """Take the quality again; what other code or another right made of it is out of date, not wrong."""
    shelved = lake.shelved(scope, Shelf.RESULTS)
    entry = None if shelved is None else shelved.entries.get(NAME)
    if entry is None or not records:
        return
    kept = lake.document(scope, Shelf.RESULTS, FILE)
    is_same = entry.code == quality_code(scope) and entry.grants == scope.rows(*scope.sources())
    if is_same and kept != dumps(quality(lake, scope, cleaned, records)) + b"\n":
        raise Conflict(
            "RESULT_DIFFERS",
            "The stored quality is not what the records give.",
            hint=f"Run: bahi analyze --customer-id {scope.customer} --purpose {scope.purpose}",
        )
