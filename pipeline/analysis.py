"""The analyze step: enriched records become one summary for each source, every number with its evidence."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sources
from kit.canonical import dumps, sha256_hex
from kit.errors import CallerError, Conflict, NotFound
from kit.scope import DateRange, Scope
from kit.source import Record, Window
from pipeline.corrections import standing
from pipeline.enrich import enriched
from pipeline.job import Job, Passage, Report
from pipeline.order import analyze_code, analyze_key
from pipeline.quality.measure import FILE, NAME, quality, quality_code, quality_key
from warehouse.lake import Draft, Lake, Shelf, Shelved, SourceEntry


def analyze(job: Job) -> tuple[Report, ...]:
    """Summarize every cleaned source and commit the results by one rename."""
    scope = job.open_scope()
    cleaned = cleaned_entries(job.house.lake, scope)
    for name, entry in cleaned.items():
        prove(job.house.lake, scope, Shelf.CLEAN, name, entry)
    keys = result_keys(scope, cleaned, job.order.as_of)
    shelved = job.house.lake.shelved(scope, Shelf.RESULTS)
    wanted = {**keys, NAME: quality_key(job.house.lake, scope, cleaned)}
    if shelved is not None and _is_current(job, scope, shelved, wanted):
        job.house.lake.settle(scope)
        return tuple(
            job.unchanged("analyze", name, key, shelved.entries[name].counts) for name, key in keys.items()
        )
    open_runs = {name: job.begin("analyze", name, key) for name, key in keys.items()}
    entries = _rewrite(job, scope, cleaned, wanted)
    return tuple(
        job.end(run_id, Report("analyze", name, "done", entries[name].counts))
        for name, run_id in open_runs.items()
    )


def cleaned_entries(lake: Lake, scope: Scope) -> Mapping[str, SourceEntry]:
    """Find what is cleaned and make sure that it is what the deliveries hold today."""
    shelved = lake.shelved(scope, Shelf.CLEAN)
    hint = f"Run: bahi clean --customer-id {scope.customer} --purpose {scope.purpose}"
    if shelved is None or not shelved.entries:
        raise NotFound("NOTHING_CLEANED", "Nothing has been cleaned under this consent.", hint=hint)
    corrections = standing(lake, scope)
    for name, entry in shelved.entries.items():
        if name in scope.sources() and entry.input_sha != corrections.over(name, lake.input_sha(scope, name)):
            raise Conflict(
                "CLEAN_STALE",
                f"The deliveries or corrections of {name} changed after it was cleaned.",
                hint=hint,
            )
    return {name: entry for name, entry in shelved.entries.items() if name in scope.sources()}


def prove(lake: Lake, scope: Scope, shelf: Shelf, source: str, entry: SourceEntry) -> None:
    """Hash every file of an entry again; the first that was altered raises with its place."""
    if lake.is_intact(scope, shelf, source):
        return
    for stored in entry.files:
        deque(lake.lines(scope, shelf, stored.name), maxlen=0)


def result_keys(scope: Scope, cleaned: Mapping[str, SourceEntry], as_of: date | None) -> dict[str, str]:
    """A summary depends on the clean files of all sources, since clues travel between them."""
    inputs = {
        name: sha256_hex([stored.sha256 for stored in entry.files]) for name, entry in sorted(cleaned.items())
    }
    return {name: analyze_key(scope, name, inputs, as_of) for name in cleaned}


def _is_current(job: Job, scope: Scope, shelved: Shelved, keys: Mapping[str, str]) -> bool:
    stored = {name: entry.key for name, entry in shelved.entries.items()}
    return stored == dict(keys) and all(job.house.lake.is_intact(scope, Shelf.RESULTS, name) for name in keys)


def _rewrite(
    job: Job, scope: Scope, cleaned: Mapping[str, SourceEntry], keys: Mapping[str, str]
) -> dict[str, SourceEntry]:
    lake = job.house.lake
    records = enriched(lake, scope, cleaned, lambda name, lines: Passage(job, "analyze", name).counted(lines))
    recheck = job.house.consents.recheck(scope)
    with lake.draft(scope, Shelf.RESULTS, recheck) as draft:
        entries = {NAME: _keep_quality(draft, scope, quality(lake, scope, cleaned, records), keys[NAME])}
        try:
            as_of = as_of_day(scope, records, job.order.as_of)
        except NotFound:
            # Where nothing could be read, how bad it is remains to be told.
            lake.commit(scope, draft, entries, recheck)
            raise
        for name, entry in cleaned.items():
            summary = summarize(scope, name, records[name], window_of(scope, name, entry, as_of))
            entries[name] = _keep(draft, scope, summary, _Origin(name, keys[name], cleaned, as_of))
        lake.commit(scope, draft, entries, recheck)
    return entries


def _keep_quality(draft: Draft, scope: Scope, told: Mapping[str, object], key: str) -> SourceEntry:
    """It speaks of every source that was asked for, so the right to all of them is needed."""
    with draft.writer(FILE) as out:
        out.write(dumps(told) + b"\n")
    verdict = told["verdict"]
    assert isinstance(verdict, dict)
    return SourceEntry(
        key=key,
        input_sha=key,
        grants=scope.rows(*scope.sources()),
        counts=verdict,
        files=draft.stored(NAME),
        code=quality_code(scope),
        as_of=str(told["as_of"]),
    )


class _Origin:
    """Where a summary comes from, as its shelf entry records it."""

    def __init__(self, source: str, key: str, cleaned: Mapping[str, SourceEntry], as_of: date) -> None:
        self.source = source
        self.key = key
        self.cleaned = cleaned[source]
        self.sources = tuple(cleaned)  # Clues travel, so the right to every one of them is needed.
        self.as_of = as_of


def as_of_day(scope: Scope, records: Mapping[str, Sequence[Record]], asked: date | None) -> date:
    """The last day the deliveries cover, never the clock; an asked day must lie inside the granted range."""
    days = [record.on for mine in records.values() for record in mine if record.on is not None]
    if asked is None:
        if not days:
            raise NotFound(
                "NOTHING_CLEAN",
                "Every delivered item is quarantined, so there is no day to speak of.",
                hint=f"Run: bahi status --customer-id {scope.customer} --purpose {scope.purpose}",
            )
        return max(days)
    if not any(grant.range.holds(asked) for grant in scope.grants):
        raise _outside(scope, [grant.range for grant in scope.grants])
    return asked


def _outside(scope: Scope, ranges: Iterable[DateRange]) -> CallerError:
    first = min(days.first for days in ranges)
    last = max(days.last for days in ranges)
    return CallerError(
        "RANGE_OUT_OF_SCOPE",
        "The day asked for lies outside the granted range.",
        hint=f"Choose --as-of between {first.isoformat()} and {last.isoformat()}.",
    )


def window_of(scope: Scope, source: str, cleaned: SourceEntry, as_of: date) -> Window:
    """Tell a source which day it speaks of and whether consent filtered lines out."""
    is_filtered = any(grant.filters for grant in scope.of_source(source))
    return Window(as_of=as_of, input_sha=cleaned.files[0].sha256, is_filtered=is_filtered)


def summarize(scope: Scope, source: str, records: Sequence[Record], window: Window) -> dict[str, object]:
    """Compute one source's summary as the document that is stored."""
    from kit.facts import Summary, summary_document  # Commands that only read need not wait for it.

    metrics = sources.source(source).summarize(records, window)
    return summary_document(
        Summary(
            application=None,
            as_of=window.as_of,
            code=analyze_code(source),
            customer_id=scope.customer,
            metrics={metric.id: metric for metric in metrics},
            purpose=scope.purpose,
            source=source,
        )
    )


def _keep(draft: Draft, scope: Scope, summary: dict[str, object], origin: _Origin) -> SourceEntry:
    with draft.writer(f"{origin.source}.json") as out:
        out.write(dumps(summary) + b"\n")
    metrics = summary["metrics"]
    assert isinstance(metrics, dict)
    nulls = sum(metric["value"] is None for metric in metrics.values())
    return SourceEntry(
        key=origin.key,
        input_sha=origin.cleaned.files[0].sha256,
        grants=scope.rows(*origin.sources),
        counts={"metrics": len(metrics), "null_metrics": nulls},
        files=draft.stored(origin.source),
        code=analyze_code(origin.source),
        as_of=origin.as_of.isoformat(),
    )
