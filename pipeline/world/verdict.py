"""One line of the fidelity table: what was measured, what is expected from outside, and whether they can agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from generators.figures import Figures
from kit.shapes import whole
from pipeline.world.estimates import Estimate

# An area under a curve of fewer bad cases than this says nothing, and its interval less.
LEAST_CASES_N = 10


class Line(NamedTuple):
    """A figure with its interval beside the band it is held to; a line without a band is told for context."""

    part: str
    about: str
    estimate: Estimate
    band: tuple[float, float] | None
    outside: float | None
    anchor: str

    @property
    def verdict(self) -> str:
        """A line fails only when its whole interval lies outside its band."""
        if self.band is None:
            return "context"
        if not math.isfinite(self.estimate.at) or not self.estimate.n:
            return "too few"
        least, most = self.band
        is_outside = self.estimate.upper < least or self.estimate.lower > most
        return "FAILS" if is_outside else "holds"


class Anchors:
    """The outside figures the world is compared with, each with its tolerance and where it was read."""

    def __init__(self, figures: Figures) -> None:
        """Read them from their file."""
        self._figures = figures

    def line(self, part: str, about: str, estimate: Estimate, name: str) -> Line:
        """Hold a figure to its anchor."""
        anchor = self._figures.table(name, date.max)
        one = whole(anchor["one"])
        band = (whole(anchor["least"]) / one, whole(anchor["most"]) / one)
        return Line(part, about, estimate, band, whole(anchor["outside"]) / one, name)

    def row(self, name: str) -> list[int]:
        """Give a list of outside figures."""
        return [whole(one) for one in self._figures.row(name, date.max)]


def enough(estimate: Estimate) -> Estimate:
    """Withhold a figure of too few bad cases."""
    return estimate if estimate.n >= LEAST_CASES_N else estimate._replace(at=math.nan)


def context(part: str, about: str, estimate: Estimate) -> Line:
    """Tell a figure that is held to nothing."""
    return Line(part, about, estimate, None, None, "")


def failures(lines: Sequence[Line]) -> list[Line]:
    """List the lines that fail."""
    return [line for line in lines if line.verdict == "FAILS"]
