"""What the lines of projected customers say: that all of them hold, and how amounts, sizes and days are spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit.chance import Stream
from pipeline.world.estimates import Estimate, benford_distance, closeness, exactly, median, resampled
from pipeline.world.projected import FAULTS, PEAKS, Shown
from pipeline.world.verdict import Anchors, Line, context

VALID, SPREAD, SEASONS, PRIVATE = "1 validity", "2 marginals", "3 seasons", "9 privacy"
LEAK = FAULTS[-1]
_PEAK_ANCHORS = dict(
    zip(
        PEAKS,
        ("day_peak_emi_ppm", "day_peak_rent_ppm", "day_peak_wages_ppm", "day_peak_tax_ppm"),
        strict=True,
    )
)
_ROUND = {
    "cash in": "round_cash_in_ppm",
    "cash out": "round_cash_out_ppm",
    "transfers": "round_transfers_ppm",
}
_BENFORD = {
    "all": "benford_all_ppm",
    "cash out": "benford_cash_out_ppm",
    "incoming transfers": "benford_incoming_transfers_ppm",
}


def lines(shown: Sequence[Shown], anchors: Anchors, stream: Stream) -> Iterator[Line]:
    """Hold what customers' lines add up to, to its anchors."""
    yield from _validity(shown, anchors)
    yield from _receipts(shown, anchors, stream)
    yield from _amounts(shown, anchors, stream)
    for peak, name in _PEAK_ANCHORS.items():
        estimate = _ratio([one.peaks[peak] for one in shown], stream)
        yield anchors.line(SEASONS, f"share on its days, {peak}", estimate, name)
    leaks_n = sum(one.faults[LEAK] for one in shown)
    yield anchors.line(PRIVATE, LEAK, exactly(leaks_n, sum(one.lines_n for one in shown)), "faults_n")


def _validity(shown: Sequence[Shown], anchors: Anchors) -> Iterator[Line]:
    lines_n, periods_n = sum(one.lines_n for one in shown), sum(one.periods_n for one in shown)
    yield context(VALID, "customers projected", exactly(len(shown), len(shown)))
    for fault in FAULTS:
        if fault != LEAK:
            n = periods_n if fault.startswith("GST") else lines_n
            yield anchors.line(VALID, fault, exactly(sum(one.faults[fault] for one in shown), n), "faults_n")


def _receipts(shown: Sequence[Shown], anchors: Anchors, stream: Stream) -> Iterator[Line]:
    """Payments of one customer are alike, so whole customers are drawn again."""
    cases = [tuple(map(float, one.receipts)) for one in shown]

    def of(about: str, name: str, place: int, one: int) -> Line:
        estimate = resampled(cases, lambda sums: sums[place] / (sums[0] or 1) / one, stream)
        return anchors.line(SPREAD, about, estimate, name)

    yield of("customers' UPI payments, mean in rupees", "upi_mean_paise", 1, 100)
    yield of("share of them up to Rs 500", "upi_modest_ppm", 2, 1)
    yield of("share of them above Rs 2,000", "upi_handsome_ppm", 3, 1)
    classes = resampled(
        cases,
        lambda sums: closeness((sums[2], sums[0] - sums[2] - sums[3], sums[3]), (78, 15, 7)),
        stream,
    )
    yield anchors.line(SPREAD, "closeness of the three classes", classes, "upi_classes_closeness_ppm")


def _amounts(shown: Sequence[Shown], anchors: Anchors, stream: Stream) -> Iterator[Line]:
    for group, name in _ROUND.items():
        estimate = _ratio([one.rounds[group] for one in shown], stream)
        yield anchors.line(SPREAD, f"multiples of Rs 100, {group}", estimate, name)
    for group, name in _BENFORD.items():
        cases = [tuple(map(float, one.digits[group])) for one in shown]
        estimate = resampled(cases, benford_distance, stream)
        yield anchors.line(SPREAD, f"mean distance from Benford's law, {group}", estimate, name)
    for side in ("credits", "debits"):
        estimate = median([one.tails[side] for one in shown], stream)
        yield anchors.line(SPREAD, f"tail index of {side}, middle customer", estimate, f"tail_{side}_ppm")


def _ratio(cases: Sequence[tuple[int, int]], stream: Stream) -> Estimate:
    pairs = [(float(hits), float(n)) for hits, n in cases if n]
    estimate = resampled(pairs, lambda sums: sums[0] / sums[1], stream)
    return estimate._replace(n=sum(n for _, n in cases))
