"""The limits of the quality rules, read from limits.json beside this module and _limits.json of a source; every figure there says what it is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from kit.quality import Dimension, Severity, Tally
from kit.source import Document, Json
from warehouse import assets

RAW, CLEAN = "raw", "clean"


class Limit(NamedTuple):
    """What a rule is held to: the least share of which side, how much it matters, and whether it blocks."""

    severity: Severity
    side: str
    threshold_ppm: int
    blocks: bool

    def holds(self, told: Tally) -> bool | None:
        """Compare whole numbers; where nothing was looked at there is nothing to say."""
        if told.checked == 0:
            return None
        return (told.checked - told.failed) * 1_000_000 >= self.threshold_ppm * told.checked


class Limits:
    """Finds the limit of a rule: its own in its source, that of its name in every source, or that of its dimension."""

    def __init__(self, document: Document, own: Mapping[str, Document]) -> None:
        """Take the documents as they were read: that of all sources, and those of single ones by name."""
        self._rules = _values(document, "rules")
        self._dimensions = _values(document, "dimensions")
        self._own = {source: _values(held, "rules") for source, held in own.items() if held}
        self.fresh_days = int(str(cast("Mapping[str, Json]", document["fresh_days"])["value"]))

    def of(self, source: str, name: str, dimension: Dimension) -> Limit:
        """Find the limit of a rule of a source."""
        every = self._rules.get(name, self._dimensions[dimension])
        held = self._own.get(source, {}).get(name, every)
        severity, side = Severity(str(held["severity"])), str(held["side"])
        return Limit(severity, side, int(str(held["threshold_ppm"])), held["blocks"] is True)


def limits(sources: Iterable[str] = ()) -> Limits:
    """Read the limits that ship with the program, those of the named sources among them."""
    return Limits(assets.quality_limits(), {name: assets.quality_limits(name) for name in sources})


def _values(document: Document, name: str) -> Mapping[str, Mapping[str, Json]]:
    part = cast("Mapping[str, Json]", document[name])
    return cast("Mapping[str, Mapping[str, Json]]", part["value"])
