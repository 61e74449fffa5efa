"""Taking the quality of a customer's data: one document for all sources, whole numbers only, kept beside the summaries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import NamedTuple

import orjson

import sources
from kit.canonical import sha256_hex
from kit.quality import Dimension, Tally
from kit.ratio import ppm
from kit.scope import DateRange, Scope
from kit.source import Fate, RawRef, Record
from pipeline.quality import generic
from pipeline.quality.coverage import Answer, Row, State, coverage, covered_days, horizon
from pipeline.quality.generic import Ended, Facts, Noted, Sides
from pipeline.quality.limits import CLEAN, Limit, Limits, limits
from warehouse import assets
from warehouse.lake import Lake, Shelf, SourceEntry

NAME = "quality"
FILE = f"{NAME}.json"
CODE = ("kit", "pipeline", "pipeline.quality")
DELIVERED = ("answered", "months_received")
NOTHING = dict.fromkeys(
    ("items", *(str(fate) for fate in Fate), *(f"{fate}_paise" for fate in Fate), "without_amount"), 0
)

Records = Mapping[str, Sequence[Record]]
Cleaned = Mapping[str, SourceEntry]


def quality_key(lake: Lake, scope: Scope, cleaned: Cleaned) -> str:
    """Name everything the quality depends on: what arrived, what was made of it, what is granted, rules and limits."""
    made = {name: [stored.sha256 for stored in entry.files] for name, entry in sorted(cleaned.items())}
    return sha256_hex(
        {
            "step": NAME,
            "customer": scope.customer,
            "purpose": scope.purpose,
            "inputs": made,
            "counts": {name: dict(entry.counts) for name, entry in sorted(cleaned.items())},
            "raw": {name: lake.input_sha(scope, name) for name in scope.sources()},
            "grants": scope.fingerprint(*scope.sources()),
            "code": quality_code(scope),
        }
    )


def quality_code(scope: Scope) -> str:
    """Hash the code and the limits that decide what a rule says."""
    own = [f"sources.{name}" for name in scope.sources()]
    held = [assets.quality_limits(name) for name in (None, *scope.sources())]
    return sha256_hex([assets.code_hash(*CODE, *own), held])


def quality(lake: Lake, scope: Scope, cleaned: Cleaned, records: Records) -> dict[str, object]:
    """Hold every source in scope to its rules and map the months that arrived."""
    held = limits(scope.sources())
    answers = {name: _answer(lake, scope, name, mine) for name, mine in records.items()}
    seen = horizon(scope, _last_known(scope, records))
    rows = coverage(scope, answers, seen)
    told = {}
    rules: list[dict[str, object]] = []
    for name in scope.sources():
        facts = _facts(lake, scope, name, cleaned.get(name), records.get(name, ()))
        facts = facts._replace(
            rows=[row for row in rows if row.source == name],
            covered=answers[name].covered if name in answers else (),
            seen=seen,
            fresh_days=held.fresh_days,
        )
        told[name] = _sums(facts, name in cleaned)
        rules += _rules(name, facts, held, name in cleaned)
    return {
        "as_of": seen.last.isoformat(),
        "code": quality_code(scope),
        "coverage": [_row(row) for row in rows],
        "customer_id": scope.customer,
        "purpose": scope.purpose,
        "rules": rules,
        "sources": told,
        "verdict": _verdict(rules),
    }


def _last_known(scope: Scope, records: Records) -> date:
    days = [one.on for mine in records.values() for one in mine if one.on is not None]
    days += [day for mine in records.values() for one in mine if (day := generic.sent_on(one)) is not None]
    return max(days, default=max(grant.range.last for grant in scope.grants))


def _answer(lake: Lake, scope: Scope, source: str, records: Sequence[Record]) -> Answer:
    """An answer failed whose envelope could not be read: nobody can tell which days it vouches for."""
    envelopes = [one for one in records if hasattr(one, "sent_at") or hasattr(one, "covered_from")]
    ids = {one.id for one in envelopes}
    told = {one.raw.delivery for one in envelopes} | _told_elsewhere(_ended(lake, scope, source), ids)
    failed = {row.party for row in lake.deliveries(scope, source) if row.id not in told}
    covered = covered_days(source, records)
    holding = {one.party for one in records if one.id not in ids} | {one.party for one in covered}
    return Answer(covered, frozenset(failed), frozenset({one.party for one in envelopes} - holding - failed))


def _told_elsewhere(ended: Sequence[Ended], ids: Set[str]) -> set[str]:
    """Deliveries whose envelope is a copy of one that stands, or is left out by consent."""
    return {
        one.raw.delivery for one in ended if one.stands_for in ids or one.reason == "FI_TYPE_OUT_OF_SCOPE"
    }


def _facts(
    lake: Lake, scope: Scope, source: str, entry: SourceEntry | None, records: Sequence[Record]
) -> Facts:
    grants = scope.of_source(source)
    deliveries = lake.deliveries(scope, source)
    parties: dict[str, DateRange] = {}
    for grant in grants:
        known = parties.get(grant.party, grant.range)
        parties[grant.party] = DateRange(
            min(known.first, grant.range.first), max(known.last, grant.range.last)
        )
    return Facts(
        parties=parties,
        lines={row.id: row.lines_n for row in deliveries},
        answered=frozenset(row.party for row in deliveries),
        kinds=frozenset(kind for grant in grants for kind in grant.record_types),
        records=records,
        ended=() if entry is None else _ended(lake, scope, source),
        noted=() if entry is None else _noted(lake, scope, source),
        counts=NOTHING if entry is None else entry.counts,
        rows=(),
        covered=(),
        seen=DateRange(date.min, date.max),
        fresh_days=0,
    )


def _ended(lake: Lake, scope: Scope, source: str) -> list[Ended]:
    found = map(orjson.loads, lake.lines(scope, Shelf.CLEAN, f"{source}.outcomes.ndjson"))
    return [
        Ended(
            Fate(one["fate"]),
            one["party"],
            one["paise"],
            RawRef(**one["raw"]),
            one["reason"],
            one["stands_for"],
        )
        for one in found
    ]


def _noted(lake: Lake, scope: Scope, source: str) -> list[Noted]:
    found = map(orjson.loads, lake.lines(scope, Shelf.CLEAN, f"{source}.findings.ndjson"))
    return [Noted(RawRef(**one["line"]), one["rule"], one["from"] == one["to"]) for one in found]


class _Asked(NamedTuple):
    """A rule as it is held against one source."""

    name: str
    dimension: Dimension
    about: str
    sides: Sides


def _rules(source: str, facts: Facts, held: Limits, is_cleaned: bool) -> list[dict[str, object]]:
    asked = [
        _Asked(rule.name, rule.dimension, rule.about, rule.sides(facts))
        for rule in generic.RULES
        if is_cleaned or rule.name in DELIVERED
    ]
    for own in sources.quality_rules(source) if is_cleaned else ():
        raw = generic.coded(facts, own.codes) if own.codes else None
        asked.append(_Asked(own.name, own.dimension, own.about, Sides(raw, own.check(facts.records))))
    return [_rule(source, rule, held.of(source, rule.name, rule.dimension)) for rule in asked]


def _rule(source: str, rule: _Asked, limit: Limit) -> dict[str, object]:
    judged = (rule.sides.clean if limit.side == CLEAN else rule.sides.raw) or Tally(0, 0)
    return {
        "about": rule.about,
        "blocks": limit.blocks,
        "clean": _side(rule.sides.clean),
        "dimension": rule.dimension,
        "first": None if judged.first is None else judged.first._asdict(),
        "holds": limit.holds(judged),
        "id": f"{source}.{rule.name}",
        "raw": _side(rule.sides.raw),
        "severity": limit.severity,
        "side": limit.side,
        "source": source,
        "threshold_ppm": limit.threshold_ppm,
    }


def _side(told: Tally | None) -> dict[str, object] | None:
    """The share that keeps to the rule, or none where nothing was looked at."""
    if told is None:
        return None
    kept = told.checked - told.failed
    return {"checked": told.checked, "failed": told.failed, "ppm": ppm(kept, told.checked)}


def _sums(facts: Facts, is_cleaned: bool) -> dict[str, object]:
    """Count and paise of all lines, and of what became of them, counted again from the files."""
    number, paise = generic.fates_of(facts), generic.paise_of(facts)
    copies = (Fate.DUPLICATE, Fate.SUPERSEDED)
    total_paise = sum(facts.counts[f"{fate}_paise"] for fate in Fate)
    return {
        "clean": {"count": number[Fate.CLEAN], "paise": paise[Fate.CLEAN]},
        "deduplicated": {"count": sum(number[of] for of in copies), "paise": sum(paise[of] for of in copies)},
        "quarantined": {"count": number[Fate.QUARANTINED], "paise": paise[Fate.QUARANTINED]},
        "raw": {
            "count": sum(facts.lines.values()),
            "deliveries": len(facts.lines),
            "paise": total_paise if is_cleaned else None,
            "without_amount": facts.counts["without_amount"] if is_cleaned else None,
        },
        "raw_yield_paise_ppm": ppm(paise[Fate.CLEAN], total_paise),
        "raw_yield_ppm": ppm(number[Fate.CLEAN], sum(facts.lines.values())),
        "reasons": dict(Counter(one.reason for one in facts.ended if one.reason is not None)),
        "repairs": dict(Counter(one.rule for one in facts.noted)),
        "state": "CLEANED" if is_cleaned else "NOT_CLEANED" if facts.lines else "NOT_DELIVERED",
    }


def _row(row: Row) -> dict[str, object]:
    months = [{**cell._asdict(), "month": str(cell.month)} for cell in row.cells]
    counted = Counter(cell.state for cell in row.cells)
    return {
        "account": row.account or None,
        "is_empty": row.is_empty,
        "months": months,
        "party": row.party,
        "source": row.source,
        "states": {str(state): counted[state] for state in State},
    }


def _verdict(rules: Sequence[Mapping[str, object]]) -> dict[str, int]:
    broken = [rule for rule in rules if rule["holds"] is False]
    return {
        "blocking": sum(rule["blocks"] is True for rule in broken),
        "broken": len(broken),
        "held": sum(rule["holds"] is True for rule in rules),
        "nothing_to_hold": sum(rule["holds"] is None for rule in rules),
    }
