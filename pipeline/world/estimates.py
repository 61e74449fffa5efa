"""Statistics with their uncertainty: areas under curves, shares, tails and correlations, each with a 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from kit.chance import Stream

Z = 1.959964
NEWTON_STEPS_N = 8


class Estimate(NamedTuple):
    """A figure with its 95 % interval and the number of cases it was made of."""

    at: float
    lower: float
    upper: float
    n: int


def exactly(value: float, n: int) -> Estimate:
    """Tell a figure that was counted, not estimated."""
    return Estimate(value, value, value, n)


def share(hits_n: int, n: int) -> Estimate:
    """Estimate a share by Wilson's interval."""
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0)
    p, square = hits_n / n, Z * Z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = Z * math.sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    # At its ends the share itself is the bound; rounding must not put it outside.
    return Estimate(p, min(p, middle - half), max(p, middle + half), n)


def correlation(pairs: Sequence[tuple[float, float]]) -> Estimate:
    """Estimate a correlation by Fisher's transformation."""
    n = len(pairs)
    at = pearson(pairs)
    if n < 4 or not math.isfinite(at):
        return Estimate(at, math.nan, math.nan, n)
    turned, half = math.atanh(max(-0.999999, min(0.999999, at))), Z / math.sqrt(n - 3)
    return Estimate(at, math.tanh(turned - half), math.tanh(turned + half), n)


def pearson(pairs: Sequence[tuple[float, float]]) -> float:
    """Correlate two rows of figures."""
    n = max(1, len(pairs))
    left, right = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    across = sum((x - left) * (y - right) for x, y in pairs)
    spread = math.sqrt(sum((x - left) ** 2 for x, _ in pairs) * sum((y - right) ** 2 for _, y in pairs))
    return across / spread if spread else math.nan


def auc(scores: Sequence[float], bads: Sequence[bool]) -> Estimate:
    """Estimate the chance that a bad case scores above a good one, ties counting half, by DeLong's interval."""
    bad = sorted(score for score, is_bad in zip(scores, bads, strict=True) if is_bad)
    good = sorted(score for score, is_bad in zip(scores, bads, strict=True) if not is_bad)
    if len(bad) < 2 or len(good) < 2:
        return Estimate(math.nan, math.nan, math.nan, len(bad))
    of_bad, of_good = _placements(bad, good), [1 - one for one in _placements(good, bad)]
    at = sum(of_bad) / len(bad)
    half = Z * math.sqrt(_variance(of_bad) / len(bad) + _variance(of_good) / len(good))
    return Estimate(at, max(0.0, at - half), min(1.0, at + half), len(bad))


def _placements(these: Sequence[float], others: Sequence[float]) -> list[float]:
    """Tell of each figure what share of the others lies below it; both rows are sorted."""
    placed, below, upto, n = [], 0, 0, len(others)
    for one in these:
        while below < n and others[below] < one:
            below += 1
        upto = max(upto, below)
        while upto < n and others[upto] <= one:
            upto += 1
        placed.append((below + upto) / 2 / n)
    return placed


def _variance(row: Sequence[float]) -> float:
    mean = sum(row) / len(row)
    return sum((one - mean) ** 2 for one in row) / (len(row) - 1)


def resampled(
    cases: Sequence[tuple[float, ...]], figure: Callable[[Sequence[float]], float], stream: Stream
) -> Estimate:
    """Estimate a figure of column sums by drawing whole cases again and again: rows of one customer are not independent."""
    n, times = len(cases), 400
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0)
    at = figure([sum(column) for column in zip(*cases, strict=True)])
    drawn = []
    for _ in range(times):
        rows = stream.choices(cases, k=n)
        drawn.append(figure([sum(column) for column in zip(*rows, strict=True)]))
    known = sorted(one for one in drawn if math.isfinite(one)) or [math.nan]
    return Estimate(
        at, known[len(known) * 25 // 1_000], known[min(len(known) - 1, len(known) * 975 // 1_000)], n
    )


def median(row: Sequence[float], stream: Stream) -> Estimate:
    """Estimate the middle of a row by drawing it again and again."""
    known = [one for one in row if math.isfinite(one)]
    if not known:
        return Estimate(math.nan, math.nan, math.nan, 0)
    drawn = sorted(_middle(stream.choices(known, k=len(known))) for _ in range(400))
    return Estimate(_middle(known), drawn[10], drawn[389], len(known))


def _middle(row: Sequence[float]) -> float:
    ordered = sorted(row)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def hill(amounts: Sequence[int]) -> float:
    """Tell the tail index of the largest twentieth of amounts by Hill's estimator."""
    ordered = sorted((one for one in amounts if one > 0), reverse=True)
    top_n = len(ordered) // 20
    if top_n < 10:
        return math.nan
    threshold = math.log(ordered[top_n])
    excess = sum(math.log(one) - threshold for one in ordered[:top_n])
    return top_n / excess if excess else math.nan


def benford_distance(first_digits: Sequence[float]) -> float:
    """Tell how far shares of first digits 1 to 9 lie from Benford's law, on average."""
    total = sum(first_digits)
    if not total:
        return math.nan
    expected = [math.log10(1 + 1 / digit) for digit in range(1, 10)]
    return sum(abs(n / total - p) for n, p in zip(first_digits, expected, strict=True)) / 9


def closeness(shares: Sequence[float], outside: Sequence[float]) -> float:
    """Give the complement of the total variation between two distributions over the same classes; 1 is equality."""
    ours, theirs = sum(shares), sum(outside)
    if not ours or not theirs:
        return math.nan
    return 1 - sum(abs(a / ours - b / theirs) for a, b in zip(shares, outside, strict=True)) / 2


def fitted(rows: Sequence[Sequence[float]], bads: Sequence[bool]) -> list[float]:
    """Fit a logistic curve to standardised traits by Newton's steps, and give each row's log-odds.

    It learns from the first rows, as many as there are outcomes, and scores the others unseen.
    """
    n, width = len(rows), len(rows[0]) + 1
    means = [sum(column) / n for column in zip(*rows, strict=True)]
    spreads = [math.sqrt(_variance(column)) or 1.0 for column in zip(*rows, strict=True)]
    cases = [
        [1.0, *((x - mean) / spread for x, mean, spread in zip(row, means, spreads, strict=True))]
        for row in rows
    ]
    weights = [0.0] * width
    for _ in range(NEWTON_STEPS_N):
        slope, bend = _newton(cases, bads, weights)
        weights = [w + step for w, step in zip(weights, _solved(bend, slope), strict=True)]
    return [_dot(weights, case) for case in cases]


def _newton(
    cases: Sequence[Sequence[float]], bads: Sequence[bool], weights: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """Give slope and curvature of the likelihood; a little weight on nought keeps separable cases finite."""
    width = len(weights)
    slope = [-0.5 * w for w in weights]
    bend = [[0.5 if i == j else 0.0 for j in range(width)] for i in range(width)]
    for case, is_bad in zip(cases, bads, strict=False):
        p = 1 / (1 + math.exp(-max(-30.0, min(30.0, _dot(weights, case)))))
        for i, x in enumerate(case):
            slope[i] += (is_bad - p) * x
            row, part = bend[i], p * (1 - p) * x
            for j in range(width):
                row[j] += part * case[j]
    return slope, bend


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


def _solved(matrix: list[list[float]], wanted: list[float]) -> list[float]:
    """Solve a small set of linear equations by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, wanted, strict=True)]
    n = len(rows)
    for place in range(n):
        best = max(range(place, n), key=lambda i: abs(rows[i][place]))
        rows[place], rows[best] = rows[best], rows[place]
        for i in range(n):
            if i != place:
                factor = rows[i][place] / rows[place][place]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[place], strict=True)]
    return [row[n] / row[i] for i, row in enumerate(rows)]
