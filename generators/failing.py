"""Why firms fail: strain that is seen, debt that is known, weakness that is not, and chance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from generators.frame import Frame
from generators.personas import is_guilty
from generators.trade import MILLION
from kit.chance import Stream
from kit.shapes import whole

_MOST_BURDEN = 1.6


class Failing:
    """Draws month by month whether a firm is given up; only a future may fail, since who failed asks for no loan."""

    def __init__(self, frame: Frame, service_paise: int) -> None:
        """Weigh what does not change: the habits of the firm, and its debt service of a month against its margin."""
        trade, day, firm = frame.figures["trade"], frame.as_of, frame.firm
        self._plain = trade.whole("failure_ppm_a_month", day) / MILLION
        leans: Mapping[str, object] = trade.table("failure_leans_percent", day)
        self._leans = {name: whole(percent) / 100 for name, percent in leans.items()}
        margin = max(1.0, firm.turnover_paise / 12 * firm.margin)
        self._fixed = (
            self._leans["burden"] * min(_MOST_BURDEN, service_paise / margin)
            - self._leans["weakness"] * firm.quality
            + self._leans["carelessness"] * (1 - firm.discipline)
            + self._leans["concentration"] * firm.concentration
        )
        if is_guilty(firm):
            self._fixed += frame.figures["personas"].whole("deceit_lean_percent", day) / 100

    def happens(self, day: date, chance: Stream, strain: float, is_stressed: bool) -> bool:
        """Draw for one month."""
        lean = self._fixed + self._leans["strain"] * strain + self._leans["stress"] * is_stressed
        return chance.random() < min(0.5, self._plain * math.exp(lean))
