"""What the ledgers of a portfolio say: who defaults, what gives it away, how much could be known at most, and what a life costs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from generators.drawing import sectors_of
from generators.people import Constitution
from generators.personas import PERSONAS
from kit.chance import Stream
from pipeline.world.estimates import (
    Estimate,
    Z,
    auc,
    closeness,
    correlation,
    fitted,
    resampled,
    share,
)
from pipeline.world.portfolio import Seen, figures
from pipeline.world.verdict import Anchors, Line, context, enough

SPREAD, SEASONS, TOGETHER = "2 marginals", "3 seasons", "4 dependence"
DEFAULT, ALONE, CEILING, CHANCE, COST = "default", "single features", "ceiling", "7 chance", "cost"
NO_DEBT = "no instalment running"
HELD = {
    "lowest money at hand of 90 days over the instalment asked for": "auc_lowest_balance_ppm",
    "average balance of 90 days over all instalments": "auc_average_balance_ppm",
    "all instalments over monthly inflow": "auc_inflow_ppm",
    "payments returned in 12 months": "auc_bounces_ppm",
    "GST returns filed late, share of 12 months": "auc_gst_late_ppm",
    "variation of monthly takings": "auc_takings_variation_ppm",
    NO_DEBT: "auc_never_alone_ppm",
}
FIRMS_OF_A_SECTOR_LEAST = 20
SHUFFLES_N = 10
# The first lives of a process read what later ones find ready, and few of them tell nothing.
WARM_N, STEADY_N = 5, 200


def lines(seen: Sequence[Seen], anchors: Anchors, stream: Stream) -> Iterator[Line]:
    """Hold what a portfolio's ledgers say to its anchors."""
    yield from _incidence(seen, anchors, stream)
    yield _seasons(seen, anchors)
    yield _gst_months(seen, anchors, stream)
    yield _dependence(seen, anchors)
    bads = [one.is_default for one in seen]
    yield anchors.line(
        DEFAULT, "share of firms that default", share(sum(bads), len(seen)), "default_rate_ppm"
    )
    yield from _guilt(seen, anchors)
    yield from _features(seen, anchors)
    yield from _ceiling(seen, anchors)
    rows = [_filled(one) for one in seen]
    yield anchors.line(CHANCE, "area on shuffled outcomes", _shuffled(rows, bads, stream), "auc_shuffled_ppm")


def _incidence(seen: Sequence[Seen], anchors: Anchors, stream: Stream) -> Iterator[Line]:
    n = len(seen)
    for name in ("gst", "insurance", "funds", "ondc", "ocen"):
        held = share(sum(one.holds[name] for one in seen), n)
        yield anchors.line(SPREAD, f"share of firms with {name}", held, f"source_{name}_ppm")
    cases = [_form(one.form) for one in seen]
    near = resampled(cases, lambda sums: closeness(sums, (70, 15, 15)), stream)
    yield anchors.line(SPREAD, "closeness of legal forms", near, "constitution_closeness_ppm")


def _form(form: Constitution) -> tuple[float, ...]:
    is_sole, is_company = form is Constitution.PROPRIETORSHIP, form is Constitution.COMPANY
    return float(is_sole), float(not is_sole and not is_company), float(is_company)


def _seasons(seen: Sequence[Seen], anchors: Anchors) -> Line:
    """Of each sector the mean firm's months, so that single fates do not hide the season."""
    by_sector: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for one in seen:
        by_sector[one.sector].append(one.months)
    factors = sectors_of(figures()["trade"])
    pairs = [
        (sum(firm[place] for firm in firms) / len(firms), factors[sector].months_percent[(place + 3) % 12])
        for sector, firms in sorted(by_sector.items())
        if len(firms) >= FIRMS_OF_A_SECTOR_LEAST
        for place in range(12)
    ]
    return anchors.line(
        SEASONS, "takings by sector and month with its factors", correlation(pairs), "seasons_ppm"
    )


def _gst_months(seen: Sequence[Seen], anchors: Anchors, stream: Stream) -> Line:
    published = anchors.row("gst_receipts_by_month_ten_billion")
    known = [place for place, receipts in enumerate(published) if receipts]
    cases = [tuple(one.output_tax[place] for place in known) for one in seen if one.output_tax]
    outside = [published[place] for place in known]
    near = resampled(cases, lambda sums: closeness(sums, outside), stream)
    return anchors.line(SEASONS, "closeness of tax by month of supply", near, "gst_months_closeness_ppm")


def _dependence(seen: Sequence[Seen], anchors: Anchors) -> Line:
    pairs = [
        (math.log(one.credits_paise), math.log(one.billed_paise))
        for one in seen
        if one.credits_paise > 0 and one.billed_paise > 0
    ]
    about = "bank credits with GST turnover, logarithms of a year"
    return anchors.line(TOGETHER, about, correlation(pairs), "credits_to_billed_ppm")


def _guilt(seen: Sequence[Seen], anchors: Anchors) -> Iterator[Line]:
    """Guilt raises the odds, and no kind of it gives the answer away."""
    bads = [one.is_default for one in seen]
    for name in sorted(name for name, known in PERSONAS.items() if known.is_guilty):
        marks = [name.upper() in one.facts for one in seen]
        struck = [bad for bad, is_marked in zip(bads, marks, strict=True) if is_marked]
        yield context(DEFAULT, f"share of {name} that default", share(sum(struck), len(struck)))
        estimate = enough(auc([float(mark) for mark in marks], bads))
        yield anchors.line(ALONE, f"being {name}", estimate, "auc_never_alone_ppm")


def _features(seen: Sequence[Seen], anchors: Anchors) -> Iterator[Line]:
    for name in seen[0].features:
        known = [(one.features[name], one.is_default) for one in seen]
        told = [(value, is_bad) for value, is_bad in known if value is not None]
        estimate = enough(auc([value for value, _ in told], [is_bad for _, is_bad in told]))
        anchor = HELD.get(name)
        yield anchors.line(ALONE, name, estimate, anchor) if anchor else context(ALONE, name, estimate)
    bads = [one.is_default for one in seen]
    scores = fitted([one.traits for one in seen], bads)
    yield context(CEILING, "all hidden traits, fitted on the same firms", enough(auc(scores, bads)))
    scores = fitted([_filled(one) for one in seen], bads)
    yield context(CEILING, "all single features, fitted on the same firms", enough(auc(scores, bads)))


def _ceiling(seen: Sequence[Seen], anchors: Anchors) -> Iterator[Line]:
    """The true probability of each firm against its one outcome: nobody can know more than that."""
    again = [one for one in seen if one.lives_n]
    if not again:
        return
    true = [one.defaults_n / one.lives_n for one in again]
    estimate = enough(auc(true, [one.is_default for one in again]))
    yield anchors.line(CEILING, "true probability of default", estimate, "ceiling_ppm")
    lives_n = sum(one.lives_n for one in again)
    yield context(
        CEILING, "mean of the true probability", share(sum(one.defaults_n for one in again), lives_n)
    )
    yield context(CEILING, "share of firms above one in five", share(sum(p > 0.2 for p in true), len(true)))


def _filled(one: Seen) -> tuple[float, ...]:
    """All features, what cannot be computed at its best; ratios are cut so that none of them rules a fit."""
    return tuple(0.0 if value is None else max(-30.0, min(30.0, value)) for value in one.features.values())


def _shuffled(rows: Sequence[Sequence[float]], bads: Sequence[bool], stream: Stream) -> Estimate:
    """Fit on one half of shuffled outcomes, and look what that knows of the other half's."""
    found, half = [], len(rows) // 2
    for _ in range(SHUFFLES_N):
        shuffled = stream.sample([*bads], k=len(bads))
        scores = fitted(rows, shuffled[:half])
        found.append(auc(scores[half:], shuffled[half:]).at)
    known = [one for one in found if math.isfinite(one)]
    if len(known) < 2:
        return Estimate(math.nan, math.nan, math.nan, 0)
    mean = sum(known) / len(known)
    spread = math.sqrt(sum((one - mean) ** 2 for one in known) / (len(known) - 1))
    reach = Z * spread / math.sqrt(len(known))
    return Estimate(mean, mean - reach, mean + reach, sum(bads))


def cost(alone: Sequence[Seen], anchors: Anchors, stream: Stream) -> Line:
    """Hold what lives cost that were lived with no other process beside them."""
    cases = [(one.seconds, one.years) for one in alone[WARM_N:]]
    spent = resampled(cases, lambda sums: 1_000 * sums[0] / sums[1], stream)
    about = "a firm-year from the ledger alone, milliseconds of processor time"
    is_steady = len(cases) >= STEADY_N
    return anchors.line(COST, about, spent, "firm_year_ms") if is_steady else context(COST, about, spent)
