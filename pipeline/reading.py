"""What may be read of one customer: results, one number opened to its raw lines, and proof that all still hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import orjson

import sources
from analytics.explain import Drawn, distinct, draw, stale
from kit.errors import NotFound
from kit.scope import Scope
from kit.source import RawRef, Record
from pipeline.analysis import cleaned_entries, result_keys
from pipeline.corrections import input_sha
from pipeline.enrich import enriched
from pipeline.wiring import House
from warehouse.lake import Shelf, SourceEntry

if TYPE_CHECKING:  # A command that shows only what is stored need not wait for it.
    from kit.facts import Definition, Evidence


class Summary(NamedTuple):
    """One stored summary: its bytes, the day it speaks of, and whether inputs or code have moved on since."""

    name: str
    as_of: str
    is_stale: bool
    document: bytes


class OpenedLine(NamedTuple):
    """One record a number rests on, with the raw line it came from."""

    source: str
    record: Mapping[str, object]
    raw: RawRef
    text: str


class Explanation(NamedTuple):
    """A number, what it means, and the lines behind it."""

    metric: Mapping[str, object]
    definition: Definition
    lines_n: int
    lines: tuple[OpenedLine, ...]


def results(house: House, scope: Scope) -> tuple[Summary, ...]:
    """List every stored summary that the consent covers."""
    return tuple(_summary(house, scope, name, entry) for name, entry in _entries(house, scope).items())


def one_result(house: House, scope: Scope, name: str) -> Summary:
    """Read one summary by the name of its source."""
    return _summary(house, scope, name, _entry(house, scope, name))


def _entry(house: House, scope: Scope, source: str) -> SourceEntry:
    entries = _entries(house, scope)
    if source not in entries:
        raise NotFound("SUMMARY_NOT_FOUND", f"There is no summary of {source}.", hint=_analyze(scope))
    return entries[source]


def _entries(house: House, scope: Scope) -> dict[str, SourceEntry]:
    shelved = house.lake.shelved(scope, Shelf.RESULTS)
    entries = {} if shelved is None else shelved.entries
    mine = {name: entry for name, entry in entries.items() if name in scope.sources()}
    if not mine:
        raise NotFound("NOTHING_ANALYZED", "No results are held under this consent.", hint=_analyze(scope))
    return mine


def _analyze(scope: Scope) -> str:
    return f"Run: bahi run --customer-id {scope.customer} --purpose {scope.purpose}"


def _summary(house: House, scope: Scope, name: str, entry: SourceEntry) -> Summary:
    content = house.lake.document(scope, Shelf.RESULTS, f"{name}.json")
    return Summary(name, entry.as_of or "", _is_stale(house, scope, name, entry), content)


def _is_stale(house: House, scope: Scope, name: str, entry: SourceEntry) -> bool:
    """A default as-of and an asked one give different keys, so both are tried."""
    shelved = house.lake.shelved(scope, Shelf.CLEAN)
    cleaned = {} if shelved is None else shelved.entries
    if name not in cleaned or cleaned[name].input_sha != input_sha(house.lake, scope, name):
        return True
    if not house.lake.is_intact(scope, Shelf.CLEAN, name):
        return True
    return entry.key not in _possible_keys(scope, cleaned, name, entry)


def _possible_keys(
    scope: Scope, cleaned: Mapping[str, SourceEntry], name: str, entry: SourceEntry
) -> set[str]:
    from datetime import date

    mine = {source: held for source, held in cleaned.items() if source in scope.sources()}
    days = (None, date.fromisoformat(entry.as_of) if entry.as_of else None)
    return {result_keys(scope, mine, day)[name] for day in days}


def explain(
    house: House, scope: Scope, metric_id: str, page: tuple[int, int | None] = (0, None)
) -> Explanation:
    """Open one number down to its raw lines; page is the first line wanted and how many."""
    source = source_of(metric_id)
    _entry(house, scope, source)
    metrics = orjson.loads(house.lake.document(scope, Shelf.RESULTS, f"{source}.json"))["metrics"]
    if metric_id not in metrics:
        raise stale(scope, metric_id)
    metric = metrics[metric_id]
    cleaned = cleaned_entries(house.lake, scope)
    found = _records_behind(scope, metric, enriched(house.lake, scope, cleaned))
    first, number = page
    wanted = islice(found, first, None if number is None else first + number)
    lines = tuple(_opened(house, scope, name, record) for name, record in wanted)
    return Explanation(metric, _definition(source, metric_id), len(found), lines)


def source_of(metric_id: str) -> str:
    """Find the source that defines a metric."""
    name = metric_id.partition(".")[0]
    if name in sources.names() and any(item.id == metric_id for item in sources.source(name).definitions):
        return name
    known = [item.id for source in sources.names() for item in sources.source(source).definitions]
    raise NotFound("METRIC_UNKNOWN", "There is no such metric.", hint=f"Choose one of {', '.join(known)}.")


def _definition(source: str, metric_id: str) -> Definition:
    return next(item for item in sources.source(source).definitions if item.id == metric_id)


def _records_behind(
    scope: Scope, metric: Mapping[str, object], records: Mapping[str, Sequence[Record]]
) -> tuple[tuple[str, Record], ...]:
    evidence = metric["evidence"]
    assert isinstance(evidence, list)
    return distinct([_drawn(scope, _evidence(part), records) for part in evidence])


def _drawn(scope: Scope, evidence: Evidence, records: Mapping[str, Sequence[Record]]) -> Drawn:
    if evidence.source not in records:
        raise stale(scope, evidence.source)
    return draw(scope, evidence, records[evidence.source], sources.source(evidence.source).selectors)


def _evidence(part: Mapping[str, object]) -> Evidence:
    from kit.facts import Evidence

    args = part["args"]
    number = part["n"]
    assert isinstance(args, dict) and isinstance(number, int)
    return Evidence(str(part["source"]), str(part["selector"]), args, str(part["input_sha"]), number)


def _opened(house: House, scope: Scope, source: str, record: Record) -> OpenedLine:
    raw = house.lake.raw_line(scope, record.raw, source)
    return OpenedLine(source, shown(record), record.raw, raw.decode("utf-8", "replace"))


def shown(record: Record) -> Mapping[str, object]:
    """Turn an enriched record into its JSON form."""
    plain: Mapping[str, object] = orjson.loads(orjson.dumps(record, default=_plain))
    return plain


def _plain(value: object) -> object:
    """Named tuples are written by their names, not as lists."""
    by_name = getattr(value, "_asdict", None)
    if not callable(by_name):
        raise TypeError(type(value).__name__)
    named: object = by_name()
    return named
