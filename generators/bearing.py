"""How much debt lenders let a firm bear: a share of what they believe it earns, and never more than a share of what it turns over."""

from __future__ import annotations

import math
from datetime import date
from typing import NamedTuple

from generators.figures import Figures
from generators.frame import Frame
from generators.trade import MILLION
from kit.chance import Stream
from kit.shapes import whole


class Asked(NamedTuple):
    """What one strand of loans shall owe, the margin lenders believe is there to repay it, and the strand's part of all bounds."""

    debt: float
    believed_margin: float
    part: float


def asked_of(frame: Frame, stream: Stream, debt: float, strands_n: int) -> Asked:
    """Share debt and bounds between strands, so that together they stay in the bounds of one firm."""
    return Asked(debt / strands_n, _believed_margin(frame, stream), 1 / strands_n)


def _believed_margin(frame: Frame, stream: Stream) -> float:
    """Lenders judge what a firm earns by its papers, some too well and some too badly."""
    spread = frame.figures["loans"].whole("believed_margin_spread_ppm", frame.first) / MILLION
    return frame.firm.margin * math.exp(stream.gauss(0.0, spread))


def most_instalment_share(figures: Figures, kind: str, day: date, asked: Asked) -> float:
    """Give the most of a month's turnover one strand's instalment may take."""
    of_margin = asked.believed_margin * whole(figures.table("most_of_margin_percent", day)[kind])
    return asked.part * min(of_margin, figures.whole("most_of_turnover_percent", day)) / 100
