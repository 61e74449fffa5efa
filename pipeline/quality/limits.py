"""The limits of the quality rules, read from limits.json beside this module; every figure there says what it is for."""

from __future__ import annotations

from collections.abc import Mapping
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
    """Finds the limit of a rule: its own, that of its name in every source, or that of its dimension."""

    def __init__(self, document: Document) -> None:
        """Take the document as it was read."""
        self._rules = _values(document, "rules")
        self._dimensions = _values(document, "dimensions")
        self.fresh_days = int(str(cast("Mapping[str, Json]", document["fresh_days"])["value"]))

    def of(self, source: str, name: str, dimension: Dimension) -> Limit:
        """Find the limit of a rule of a source."""
        own = self._rules.get(f"{source}.{name}", self._rules.get(name, self._dimensions[dimension]))
        return Limit(
            Severity(str(own["severity"])),
            str(own["side"]),
            int(str(own["threshold_ppm"])),
            own["blocks"] is True,
        )


def limits() -> Limits:
    """Read the limits that ship with the program."""
    return Limits(assets.quality_limits())


def _values(document: Document, name: str) -> Mapping[str, Mapping[str, Json]]:
    part = cast("Mapping[str, Json]", document[name])
    return cast("Mapping[str, Mapping[str, Json]]", part["value"])
