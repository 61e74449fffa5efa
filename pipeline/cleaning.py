"""The clean step: every raw item of every source in scope ends in exactly one place, and the counts prove it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import sources
from kit.canonical import line
from kit.errors import NotFound
from kit.scope import Grant, Scope
from kit.source import Fate, Finding, Item, Outcome, RawRef
from pipeline.corrections import Corrections, standing
from pipeline.findings_log import log_name, masked
from pipeline.job import Job, Report
from pipeline.order import clean_code, clean_key
from pipeline.reverts import Reverts
from pipeline.runs import Note
from pipeline.tables import tables_for
from warehouse.lake import Draft, Lake, LogDraft, Shelf, Shelved, SourceEntry

NOTE_EVERY_N = 50_000
# Small batches stay in the processor's cache; larger ones cost a third more.
BATCH_N = 50


class _Asked(NamedTuple):
    """What the step is to make: the key and the input of every source, and what was corrected."""

    scope: Scope
    keys: Mapping[str, str]
    inputs: Mapping[str, str]
    corrections: Corrections


class _Desk(NamedTuple):
    """Where one source is written: files that are committed together, and beside them its log."""

    source: str
    draft: Draft
    logs: LogDraft


def clean(job: Job) -> tuple[Report, ...]:
    """Clean what changed, carry the rest over, and commit the whole shelf by one rename."""
    scope = job.open_scope()
    lake = job.house.lake
    asked = _asked(lake, scope)
    keys = asked.keys
    shelved = lake.shelved(scope, Shelf.CLEAN)
    current = {name for name in keys if _is_current(job, scope, shelved, name, keys[name])}
    if shelved is not None and current == set(keys) == set(shelved.entries):
        lake.settle(scope)
        return tuple(job.unchanged("clean", name, keys[name], shelved.entries[name].counts) for name in keys)
    return _rewrite(job, asked, {} if shelved is None else {name: shelved.entries[name] for name in current})


def _asked(lake: Lake, scope: Scope) -> _Asked:
    names = [name for name in scope.sources() if lake.deliveries(scope, name)]
    if not names:
        raise NotFound(
            "NOTHING_DELIVERED",
            "Nothing has been delivered under this consent.",
            hint=f"Run: bahi generate --customer-id {scope.customer} --purpose {scope.purpose}",
        )
    corrections = standing(lake, scope)
    inputs = {name: corrections.over(name, lake.input_sha(scope, name)) for name in names}
    keys = {name: clean_key(scope, name, inputs[name]) for name in names}
    return _Asked(scope, keys, inputs, corrections)


def _is_current(job: Job, scope: Scope, shelved: Shelved | None, source: str, key: str) -> bool:
    """The raw bytes are read again even when nothing changed, so that an altered file never passes."""
    job.house.lake.check_raw(scope, source)
    entry = None if shelved is None else shelved.entries.get(source)
    is_same = entry is not None and entry.key == key and job.house.lake.is_intact(scope, Shelf.CLEAN, source)
    return is_same and job.house.lake.has_log(scope, log_name(source))


def _rewrite(job: Job, asked: _Asked, kept: Mapping[str, SourceEntry]) -> tuple[Report, ...]:
    lake, scope = job.house.lake, asked.scope
    entries: dict[str, SourceEntry] = {}
    open_runs: dict[str, str] = {}
    recheck = job.house.consents.recheck(scope)
    with lake.draft(scope, Shelf.CLEAN, recheck) as draft:
        # Logs are kept first: a crash in between leaves the older records, and the next run writes both again.
        with lake.logs(scope, recheck) as logs:
            for name, key in asked.keys.items():
                if name in kept:
                    entries[name] = _carry(draft, kept[name])
                else:
                    open_runs[name] = job.begin("clean", name, key)
                    entries[name] = _clean_source(job, asked, _Desk(name, draft, logs))
            logs.keep([log_name(name) for name in entries])
        lake.commit(scope, draft, entries, recheck)
    reports = []
    for name, entry in entries.items():
        if name in open_runs:
            reports.append(job.end(open_runs[name], Report("clean", name, "done", entry.counts)))
        else:
            reports.append(job.unchanged("clean", name, entry.key, entry.counts))
    return tuple(reports)


def _carry(draft: Draft, entry: SourceEntry) -> SourceEntry:
    for stored in entry.files:
        draft.keep(stored.name)
    return entry


def _clean_source(job: Job, asked: _Asked, desk: _Desk) -> SourceEntry:
    lake, scope, source = job.house.lake, asked.scope, desk.source
    met, cleaner, tables = _Met(job, source), sources.source(source), tables_for(source)
    reverts = Reverts(source, asked.corrections.of(source), cleaner.clean, tables)
    items = met.counted(lake.items(scope, source))
    outcomes = cleaner.clean(reverts.watched(items) if reverts else items, tables)
    rights = _Rights(scope, source)
    counts = _write(desk, (_ended(batch, rights, reverts) for batch in _batches(outcomes)))
    counts["items"] = met.items_n
    _conserved(source, counts)
    return SourceEntry(
        key=asked.keys[source],
        input_sha=asked.inputs[source],
        grants=scope.rows(source),
        counts=counts,
        files=desk.draft.stored(source),
        code=clean_code(source),
        as_of=None,
    )


class _Met:
    """Counts the items on their way in, apart from the cleaner's own account of them."""

    def __init__(self, job: Job, source: str) -> None:
        self.items_n = 0
        self._job = job
        self._source = source

    def counted(self, items: Iterator[Item]) -> Iterator[Item]:
        """Pass the items on, and tell the watcher now and then."""
        while batch := tuple(islice(items, BATCH_N)):
            yield from batch
            self.items_n += len(batch)
            if self.items_n % NOTE_EVERY_N == 0:
                self._job.tell(Note("progress", "clean", self._source, self.items_n, None, ""))


class _Rights:
    """What each grant lets through, by party, record type, day and filter; days are compared as ISO text."""

    def __init__(self, scope: Scope, source: str) -> None:
        self._grants: dict[str, list[Grant]] = {}
        for grant in scope.of_source(source):
            self._grants.setdefault(grant.party, []).append(grant)
        self._is_filtered = any(grant.filters for grant in scope.of_source(source))
        self._seen: set[tuple[str, object, object]] = set()

    def refuse(self, party: str, document: Mapping[str, object]) -> str | None:
        """Give the reason why no grant covers a record, or None; of what one let through, the like need no second look."""
        alike = (party, document["kind"], document["on"])
        if alike in self._seen:
            return None
        typed = [grant for grant in self._grants.get(party, ()) if document["kind"] in grant.record_types]
        dated = [grant for grant in typed if _is_dated(grant, document["on"])]
        if any(_passes(grant, document) for grant in dated):
            if not self._is_filtered:
                self._seen.add(alike)
            return None
        if dated:
            return "FILTER_OUT_OF_SCOPE"
        return "RANGE_OUT_OF_SCOPE" if typed else "FI_TYPE_OUT_OF_SCOPE"


def _is_dated(grant: Grant, on: object) -> bool:
    """A record of no day lies in every range."""
    return not isinstance(on, str) or grant.range.first.isoformat() <= on <= grant.range.last.isoformat()


def _passes(grant: Grant, document: Mapping[str, object]) -> bool:
    """Filters speak of movements of money; a record that is none passes them."""
    direction, paise = document.get("direction"), document.get("amount_paise")
    if not isinstance(direction, str) or not isinstance(paise, int):
        return True
    return all(rule.passes(direction, paise) for rule in grant.filters)


class _Account:
    """Adds up what became of the items, in number and in paise."""

    def __init__(self) -> None:
        self._number = dict.fromkeys(Fate, 0)
        self._paise = dict.fromkeys(Fate, 0)
        self._without_amount_n = 0
        self.findings_n = 0

    def enter(self, fate: Fate, amounts: list[int | None]) -> None:
        """Count items of one fate by their amounts, None where there is none to read."""
        readable = [paise for paise in amounts if paise is not None]
        self._number[fate] += len(amounts)
        self._paise[fate] += sum(readable)
        self._without_amount_n += len(amounts) - len(readable)

    def counts(self) -> dict[str, int]:
        """Give the sums by name."""
        numbers = {str(fate): n for fate, n in self._number.items()}
        paise = {f"{fate}_paise": total for fate, total in self._paise.items()}
        return {**numbers, **paise, "without_amount": self._without_amount_n, "findings": self.findings_n}


def _batches(outcomes: Iterator[Outcome]) -> Iterator[tuple[Outcome, ...]]:
    """In batches, since whoever takes these meets every line and a call for each would be felt."""
    while batch := tuple(islice(outcomes, BATCH_N)):
        yield batch


def _write(desk: _Desk, ended: Iterator[Sequence[Outcome]]) -> dict[str, int]:
    """Records, the fate of every other item, and findings go to three files as they come, and masked to a log."""
    source, account = desk.source, _Account()
    with (
        desk.draft.writer(f"{source}.ndjson") as records,
        desk.draft.writer(f"{source}.outcomes.ndjson") as fates,
        desk.draft.writer(f"{source}.findings.ndjson") as findings,
        desk.logs.writer(log_name(source)) as log,
    ):
        log_line = masked(source)
        for batch in ended:
            kept = [outcome for outcome in batch if outcome.document is not None]
            records.write(b"".join([line(outcome.document) for outcome in kept]))
            account.enter(Fate.CLEAN, [outcome.paise for outcome in kept])
            for outcome in batch:
                if outcome.document is None:
                    fates.write(line(_fate_document(outcome)))
                    account.enter(outcome.fate, [outcome.paise])
                for finding in outcome.findings:
                    findings.write(line(_finding_document(finding)))
                    log.write(line(log_line(finding)))
                    account.findings_n += 1
    return account.counts()


def _ended(batch: Sequence[Outcome], rights: _Rights, reverts: Reverts) -> Sequence[Outcome]:
    """Hold back what no consent covers, as it was read; only then is anything reverted."""
    ended = []
    for outcome in batch:
        document = outcome.document
        reason = None if document is None else rights.refuse(outcome.party, document)
        if reason is not None:
            outcome = outcome._replace(fate=Fate.QUARANTINED, document=None, reason=reason)
        ended.append(outcome)
    return [reverts.settled(outcome) for outcome in ended] if reverts else ended


def _fate_document(outcome: Outcome) -> dict[str, object]:
    return {
        "fate": outcome.fate,
        "party": outcome.party,
        "paise": outcome.paise,
        "raw": _raw_document(outcome.ref),
        "reason": outcome.reason,
        "stands_for": outcome.stands_for,
    }


def _finding_document(finding: Finding) -> dict[str, object]:
    return {
        "field": finding.field,
        "from": finding.was,
        "line": _raw_document(finding.line),
        "rule": finding.rule,
        "to": finding.became,
    }


def _raw_document(ref: RawRef) -> dict[str, object]:
    return {"delivery": ref.delivery, "line": ref.line, "sha": ref.sha}


def _conserved(source: str, counts: Mapping[str, int]) -> None:
    """An item lost or counted twice is our bug; committing would hide it."""
    ended = sum(counts[fate] for fate in Fate)
    if ended != counts["items"]:
        raise AssertionError(f"{source}: {counts['items']} items came in and {ended} went out")
