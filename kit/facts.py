"""Metric, Evidence and Summary: a number cannot exist without the lines it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple

from kit.markers import Text, Whole

Day = Annotated[date, Text(pattern="[0-9]{4}-[0-9]{2}-[0-9]{2}")]
Sha256 = Annotated[str, Text(pattern="[0-9a-f]{64}")]
Word = Annotated[str, Text(pattern="[a-z][a-z0-9_]*")]
MetricId = Annotated[str, Text(pattern="[a-z][a-z0-9_]*[.][a-z][a-z0-9_]*")]
Words = Annotated[str, Text(min_length=1)]
Count = Annotated[int, Whole(minimum=0)]
Ordinal = Annotated[int, Whole(minimum=1)]
SPAN_KEYS = {"first": "from", "last": "to"}  # `from` can name no field in Python.


class NullReason(StrEnum):
    """Why a metric has no value; missing is never zero."""

    INSUFFICIENT_HISTORY = "INSUFFICIENT_HISTORY"
    SOURCE_ABSENT = "SOURCE_ABSENT"
    ZERO_DENOMINATOR = "ZERO_DENOMINATOR"
    RANGE_NOT_PERMITTED = "RANGE_NOT_PERMITTED"


class Span(NamedTuple):
    """The civil days a metric looks at, both ends included."""

    first: Day
    last: Day


class Coverage(NamedTuple):
    """How much of the window the deliveries hold: full months needed and had, and days received of days asked."""

    months_needed: Count
    months_full: Count
    days_received: Count
    days_window: Count


@dataclass(frozen=True, slots=True)
class Evidence:
    """A named pure selector over enriched records; explain runs it on demand, verify runs it again."""

    source: Word
    selector: Word
    args: Mapping[str, str]
    input_sha: Sha256
    n: Count


@dataclass(frozen=True, slots=True)
class Definition:
    """What the dictionary says of a metric: the formula in words, its unit, window and null rule."""

    id: str
    title: str
    unit: str
    formula: str
    version: int
    window_months: int
    null_rule: str
    direction: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """One published number, or null with a reason, with everything needed to defend it."""

    id: MetricId
    value: int | None
    null_reason: NullReason | None
    unit: Word
    window: Span | None
    coverage: Coverage | None
    n: Count
    formula: Words
    version: Ordinal
    inputs: tuple[MetricId, ...]
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse a number without evidence and a null without a reason."""
        if (self.value is None) == (self.null_reason is None):
            raise ValueError(f"{self.id}: exactly one of value and null_reason is set")
        if self.value is not None and not any(item.n > 0 for item in self.evidence):
            raise ValueError(f"{self.id}: a number needs evidence")
        if isinstance(self.value, bool) or not isinstance(self.value, int | None):
            raise ValueError(f"{self.id}: a value is a whole number")


@dataclass(frozen=True, slots=True)
class Summary:
    """What is stored of one source for one customer and purpose; application is null until one is asked for."""

    application: Words | None
    as_of: Day
    code: Sha256
    customer_id: Annotated[str, Text(pattern="[A-Z0-9][A-Z0-9_-]{0,39}")]
    metrics: Mapping[str, Metric]
    purpose: Annotated[int, Whole(minimum=1, maximum=999)]
    source: Word


def summary_document(summary: Summary) -> dict[str, object]:
    """Turn a summary into its stored form."""
    return {
        "application": summary.application,
        "as_of": summary.as_of.isoformat(),
        "code": summary.code,
        "customer_id": summary.customer_id,
        "metrics": {name: document(metric) for name, metric in summary.metrics.items()},
        "purpose": summary.purpose,
        "source": summary.source,
    }


def document(metric: Metric) -> dict[str, object]:
    """Turn a metric into its JSON form."""
    return {
        "id": metric.id,
        "value": metric.value,
        "null_reason": metric.null_reason,
        "unit": metric.unit,
        "window": None if metric.window is None else _span(metric.window),
        "coverage": None if metric.coverage is None else metric.coverage._asdict(),
        "n": metric.n,
        "formula": metric.formula,
        "version": metric.version,
        "inputs": list(metric.inputs),
        "evidence": [_evidence(item) for item in metric.evidence],
    }


def _span(span: Span) -> dict[str, object]:
    return {SPAN_KEYS[name]: day.isoformat() for name, day in zip(Span._fields, span, strict=True)}


def _evidence(item: Evidence) -> dict[str, object]:
    return {
        "source": item.source,
        "selector": item.selector,
        "args": dict(item.args),
        "input_sha": item.input_sha,
        "n": item.n,
    }
