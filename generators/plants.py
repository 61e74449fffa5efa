"""What was planted in a life: movements and papers no honest trade stands behind, or that only look so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from generators._plant_book import PlantBook, joined
from generators._plant_loans import evergreened, informal, quiet, stacked
from generators._plant_money import begun, besides, led_aside, parked, passed_on
from generators._plant_papers import branched, inflated, on_paper
from generators._plant_rings import turned
from generators.frame import Frame
from kit.chance import Stream
from kit.period import add_months, month_of
from kit.shapes import whole

__all__ = ["PlantBook", "pace_of", "plants_of"]

_DAY = timedelta(days=1)
Planting = Callable[[Frame, Stream], PlantBook]
_PLANTED: Mapping[str, Planting] = {
    "LOAN_STACKER": stacked,
    "HIDDEN_LOAN": quiet,
    "INFORMAL_INTEREST": informal,
    "EVERGREENING": evergreened,
    "GST_INFLATOR": inflated,
    "PAPER_ITC": on_paper,
    "MUTUAL_BRANCHES": branched,
    "CIRCULAR_TRADER": turned,
    "BALANCE_PARKER": parked,
    "HIDDEN_ACCOUNT": led_aside,
    "ACCOUNT_LEFT_OUT": besides,
    "COMMISSION_AGENT": passed_on,
    "THIN_NEWCOMER": begun,
}
NOTHING = PlantBook()


def plants_of(frame: Frame, stream: Stream) -> PlantBook:
    """Plant what the firm's facts ask for."""
    facts = frame.firm.facts
    if not facts:
        return NOTHING
    books = [plant(frame, stream.branch(name)) for name, plant in sorted(_PLANTED.items()) if name in facts]
    books += [PlantBook(facts=tuple(_told(frame)))]
    return joined(books)


def _told(frame: Frame) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say of what is no movement or paper of its own."""
    for name, sentence in _SENTENCES.items():
        if name in frame.firm.facts:
            yield sentence, ()


_SENTENCES = {
    "EMI_BOUNCER": "instalments are let go back although there is money for them",
    "DORMANT_THEN_SURGE": "trade was hardly any until weeks before the anchor",
    "ONE_BAD_MONTH": "trade fell in one month and recovered",
    "COMPOSITION_TRADER": "tax is a flat share of turnover, so no invoice is told to the tax office",
    "EXEMPT_GOODS_TRADER": "what is sold bears no tax",
    "AGGREGATOR_RESTAURANT": "most takings come by the week from a platform, net of its commission",
    "LUMPY_CONTRACTOR": "a few large works make most of the turnover",
    "CASH_HEAVY_KIRANA": "most takings are cash",
    "SWEEP_OWNER": "the bank sweeps idle money into deposits and back",
    "CC_WHOLESALER": "a cash credit stands behind the till",
    "JOB_WORKER": "work is done on goods that belong to others",
}


def pace_of(frame: Frame) -> Callable[[date], float] | None:
    """Tell by how much a day's trade is more or less than plain, where a fact of the firm says so."""
    facts = frame.firm.facts
    for name, pace in _PACES.items():
        if name in facts:
            return pace(frame)
    return None


def _surging(frame: Frame) -> Callable[[date], float]:
    figures, anchor = frame.figures["personas"], frame.anchor
    days, percent = figures.table("surge_days", anchor), figures.table("surge_percent", anchor)
    before = Stream(frame.name, "surge").randint(whole(days["least"]), whole(days["most"]))
    first, last = anchor - before * _DAY, anchor + figures.whole("surge_after_days", anchor) * _DAY
    surge, after = whole(percent["surge"]) / 100, whole(percent["after"]) / 100
    return lambda day: 1.0 if day < first else surge if day <= last else after


def _failing(frame: Frame) -> Callable[[date], float]:
    figures, anchor = frame.figures["personas"], frame.anchor
    before = figures.table("bad_month_before", anchor)
    months = Stream(frame.name, "bad month").randint(whole(before["least"]), whole(before["most"]))
    bad = month_of(add_months(anchor.replace(day=1), -months))
    left = figures.whole("bad_month_percent", anchor) / 100
    return lambda day: left if day.month == bad.month and day.year == bad.year else 1.0


def _beginning(frame: Frame) -> Callable[[date], float]:
    percents = [whole(one) / 100 for one in frame.figures["personas"].row("newcomer_percent", frame.first)]
    first = frame.first

    def pace(day: date) -> float:
        months = (day.year - first.year) * 12 + day.month - first.month
        return percents[months] if months < len(percents) else 1.0

    return pace


_PACES: Mapping[str, Callable[[Frame], Callable[[date], float]]] = {
    "DORMANT_THEN_SURGE": _surging,
    "ONE_BAD_MONTH": _failing,
    "THIN_NEWCOMER": _beginning,
}
