"""Metric and Evidence: a number cannot exist without the lines it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class NullReason(StrEnum):
    """Why a metric has no value; missing is never zero."""

    INSUFFICIENT_HISTORY = "INSUFFICIENT_HISTORY"
    SOURCE_ABSENT = "SOURCE_ABSENT"
    ZERO_DENOMINATOR = "ZERO_DENOMINATOR"
    RANGE_NOT_PERMITTED = "RANGE_NOT_PERMITTED"


class Span(NamedTuple):
    """The civil days a metric looks at, both ends included."""

    first: date
    last: date


class Coverage(NamedTuple):
    """How much of the window the deliveries hold: full months needed and had, and days received of days asked."""

    months_needed: int
    months_full: int
    days_received: int
    days_window: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A named pure selector over enriched records; explain runs it on demand, verify runs it again."""

    source: str
    selector: str
    args: Mapping[str, str]
    input_sha: str
    n: int


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

    id: str
    value: int | None
    null_reason: NullReason | None
    unit: str
    window: Span | None
    coverage: Coverage | None
    n: int
    formula: str
    version: int
    inputs: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    def __post_init__(self) -> None:
        """Refuse a number without evidence and a null without a reason."""
        if (self.value is None) == (self.null_reason is None):
            raise ValueError(f"{self.id}: exactly one of value and null_reason is set")
        if self.value is not None and not any(item.n > 0 for item in self.evidence):
            raise ValueError(f"{self.id}: a number needs evidence")
        if isinstance(self.value, bool) or not isinstance(self.value, int | None):
            raise ValueError(f"{self.id}: a value is a whole number")


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
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}


def _evidence(item: Evidence) -> dict[str, object]:
    return {
        "source": item.source,
        "selector": item.selector,
        "args": dict(item.args),
        "input_sha": item.input_sha,
        "n": item.n,
    }
