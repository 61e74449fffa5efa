"""The two numbers of a till over the last 12 full months: what it took in, and how many receipts it printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from kit.facets import CashFlow, Direction, Facet, IdentityClaim
from kit.facts import Coverage, Definition, Evidence, Metric, NullReason, Span
from kit.period import last_full_months, month_of, months_between
from kit.source import Selector, Tables, Window
from sources.till_receipts.records import Receipt, Till, TillRecord

MONTHS = 12
NULL_RULE = f"fewer than {MONTHS} full months covered, lines filtered by consent"
DEFINITIONS = (
    Definition(
        id="till_receipts.takings_paise",
        title="Takings over the counter",
        unit="paise",
        formula="sum of the amounts of all receipts",
        version=1,
        window_months=MONTHS,
        null_rule=NULL_RULE,
        direction="HIGHER",
        sources=("till_receipts",),
    ),
    Definition(
        id="till_receipts.receipts_count",
        title="Receipts printed",
        unit="count",
        formula="number of receipts",
        version=1,
        window_months=MONTHS,
        null_rule=NULL_RULE,
        direction="HIGHER",
        sources=("till_receipts",),
    ),
)


def tills(records: Sequence[TillRecord], args: Mapping[str, str]) -> list[Till]:
    """All exports: they say which days are covered."""
    return [one for one in records if isinstance(one, Till)]


def receipts(records: Sequence[TillRecord], args: Mapping[str, str]) -> list[Receipt]:
    """The receipts of the window."""
    first, last = date.fromisoformat(args["from"]), date.fromisoformat(args["to"])
    return [one for one in records if isinstance(one, Receipt) and first <= one.on <= last]


SELECTORS: Mapping[str, Selector[TillRecord]] = {"tills": tills, "receipts": receipts}


def clues(records: Sequence[TillRecord]) -> tuple[IdentityClaim, ...]:
    """Tell the name and the PAN each till was set up with."""
    return tuple(
        IdentityClaim("till_receipts", till.id, till.party, kind, value)
        for till in tills(records, {})
        for kind, value in (("NAME", till.shop), ("PAN", till.pan))
        if value is not None
    )


def enrich(
    records: Sequence[TillRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[TillRecord]:
    """A receipt says all there is to say already."""
    return records


def facets(enriched: Sequence[TillRecord]) -> Iterator[Facet]:
    """Say every receipt as money that came in, and every till's holder as a claim."""
    yield from clues(enriched)
    for one in enriched:
        if isinstance(one, Receipt):
            yield CashFlow(
                source="till_receipts",
                record_id=one.id,
                party=one.party,
                on=one.on,
                direction=Direction.IN,
                amount_paise=one.amount_paise,
                channel=one.tender,
            )


def summarize(enriched: Sequence[TillRecord], window: Window) -> tuple[Metric, ...]:
    """Measure the last 12 full months up to as_of."""
    span = Span(*last_full_months(window.as_of, MONTHS))
    args = {"from": span.first.isoformat(), "to": span.last.isoformat()}
    coverage = _coverage(tills(enriched, {}), span)
    reason = _null_reason(enriched, window, coverage)
    lines = receipts(enriched, args) if reason is None else []
    values = (sum(line.amount_paise for line in lines), len(lines))
    evidence = (
        Evidence("till_receipts", "tills", {}, window.input_sha, len(tills(enriched, {}))),
        Evidence("till_receipts", "receipts", args, window.input_sha, len(lines)),
    )
    return tuple(
        Metric(
            id=definition.id,
            value=value if reason is None else None,
            null_reason=reason,
            unit=definition.unit,
            window=span,
            coverage=coverage,
            n=len(lines),
            formula=definition.formula,
            version=definition.version,
            inputs=(),
            evidence=evidence if reason is None else (),
        )
        for definition, value in zip(DEFINITIONS, values, strict=True)
    )


def _null_reason(records: Sequence[TillRecord], window: Window, coverage: Coverage) -> NullReason | None:
    if not records:
        return NullReason.SOURCE_ABSENT
    if window.is_filtered:
        return NullReason.RANGE_NOT_PERMITTED
    if coverage.months_full < coverage.months_needed:
        return NullReason.INSUFFICIENT_HISTORY
    return None


def _coverage(exports: Sequence[Till], span: Span) -> Coverage:
    window = set(_days(span.first, span.last))
    covered = window & _covered(exports)
    months = months_between(month_of(span.first), month_of(span.last))
    return Coverage(
        months_needed=MONTHS,
        months_full=sum(covered.issuperset(_days(month.first_day, month.last_day)) for month in months),
        days_received=len(covered),
        days_window=len(window),
    )


def _covered(exports: Sequence[Till]) -> set[int]:
    return {number for till in exports for number in _days(till.covered_from, till.covered_to)}


def _days(first: date, last: date) -> range:
    return range(first.toordinal(), last.toordinal() + 1)
