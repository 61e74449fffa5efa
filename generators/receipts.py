"""The small receipts of a day: takings known to the paisa are split into as many payments as there were, in one pass.

The sizes of all payments are laid out once in equal steps of probability, as whole numbers, so that no machine rounds
them otherwise. A row of them takes every so-many-th step: each payment of it is as likely large as any other, and what
a row makes together is known without drawing it, from its place alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import accumulate
from math import exp, log
from statistics import NormalDist
from typing import NamedTuple

from generators.people import Counterparty
from generators.trade import RUPEE, Move, Purpose, Rail
from kit.chance import Stream

DAY_SECONDS = 86_400
STEPS = 4_096
SMALLEST_PAISE = RUPEE
LARGEST_PAISE = 100_000 * RUPEE
ANYWHERE = -1
# Of payments to merchants by UPI 78 % are at or below Rs 500 and 7 % above Rs 2,000, which two points make a lognormal;
# cut off at Rs 33,200 its mean is the Rs 627 that was published for them.
_MODEST, _MODEST_SHARE = 500.0, 0.78
_HANDSOME, _HANDSOME_SHARE = 2_000.0, 0.93
_GREATEST = 33_200.0
# Hardly anything is sold for a rupee or two.
_RARELY_BELOW = 5.0
# A dearer trade has fewer very small payments: the wider its mean, the narrower its sizes, and none above the limit of UPI.
_SPREADS = (1.0, 0.7, 0.5, 0.3, 0.1)
# Roughly how the hours of a shop's day are visited, in equal parts from opening to closing: before noon and after work.
_HOURS = (4, 6, 9, 10, 9, 7, 5, 5, 6, 8, 11, 13, 12, 8)
# In rupees, how many of a hundred payments are rounded to what: bills are odd, habits are round.
_GRAINS = ((RUPEE, 64), (5 * RUPEE, 12), (10 * RUPEE, 18), (50 * RUPEE, 4), (1, 2))
_GRAIN = tuple(grain for grain, share in _GRAINS for _ in range(share))
_GRAINS_N = len(_GRAIN)
# Sizes are kept in parts of a rupee too fine to matter.
_FINE = 10_000
# Near to the golden part of all steps, and without a divisor in common with them.
_STRIDE = 2_531
_move = tuple.__new__


class Takings(NamedTuple):
    """What one account takes on one day by one rail: n payments that make paise together, between opening and closing.

    place tells where in the row of sizes they stand, when their sum was drawn there.
    """

    account: str
    rail: Rail
    purpose: Purpose
    n: int
    paise: int
    opens_second: int
    closes_second: int
    place: int = ANYWHERE


class _Sizes(NamedTuple):
    mean: int
    greatest: int
    steps: tuple[int, ...]


def _sizes(spread: float, median: float, greatest: float) -> _Sizes:
    """Lay out a lognormal, cut off at the top, in equal steps of probability."""
    normal = NormalDist()
    up_to = normal.cdf(log(greatest / median) / spread) / STEPS
    drawn = (median * exp(spread * normal.inv_cdf((i + 0.5) * up_to)) for i in range(STEPS))
    steps = tuple(max(size, _RARELY_BELOW + size / 2) if greatest == _GREATEST else size for size in drawn)
    fine = tuple(round(size * _FINE) for size in steps)
    return _Sizes(sum(fine) // STEPS, fine[-1], fine)


def _widest() -> _Sizes:
    modest, handsome = NormalDist().inv_cdf(_MODEST_SHARE), NormalDist().inv_cdf(_HANDSOME_SHARE)
    spread = log(_HANDSOME / _MODEST) / (handsome - modest)
    return _sizes(spread, _MODEST / exp(spread * modest), _GREATEST)


def _hours() -> tuple[float, ...]:
    """Lay out the hours of a day's trade in equal steps of probability, as parts of the time from opening to closing."""
    ends = list(accumulate(_HOURS, initial=0))
    places, hour = [], 0
    for step in range(STEPS):
        reached = (step + 0.5) * ends[-1] / STEPS
        while reached >= ends[hour + 1]:
            hour += 1
        places.append((hour + (reached - ends[hour]) / _HOURS[hour]) / len(_HOURS))
    return tuple(places)


def _row(steps: Sequence[int]) -> tuple[int, ...]:
    """Put the steps in an order in which any run of them holds small and large alike, twice over."""
    return tuple(steps[place * _STRIDE % STEPS] for place in range(2 * STEPS))


_ALL = _widest()
_ROW = _row(_ALL.steps)
_SUMS = tuple(accumulate(_ROW, initial=0))
_VISITS = _hours()


_NORMAL = tuple(NormalDist().inv_cdf((step + 0.5) / STEPS) for step in range(STEPS))


def normal(stream: Stream) -> float:
    """Draw from the standard normal law, in equal steps of probability: one look instead of a logarithm and a sine."""
    return _NORMAL[int(stream.random() * STEPS)]


def drawn_sum(stream: Stream, n: int, mean_paise: int) -> tuple[int, int]:
    """Draw the place of n payments in the row of sizes, and what they make together when all payments have this mean."""
    place = int(stream.random() * STEPS)
    rounds, rest = divmod(n, STEPS)
    fine = rounds * _SUMS[STEPS] + _SUMS[place + rest] - _SUMS[place]
    return place, max(n * SMALLEST_PAISE, fine * mean_paise // _ALL.mean // RUPEE * RUPEE)


def spread(stream: Stream, takings: Takings, payers: Sequence[Counterparty]) -> list[Move]:
    """Split the takings into exactly n payments of at least a rupee that make exactly their paise, in no order of time.

    Payers near the front of the list come more often, as regular customers do.
    """
    account, rail, purpose, n, paise, opens, closes, place = takings
    chance, span, payers_n = stream.random, closes - opens, len(payers)
    return [
        _move(
            Move,
            (
                opens + int(span * _VISITS[int(chance() * STEPS)] + chance() * 12),
                account,
                payers[int(chance() * chance() * payers_n)].id,
                purpose,
                rail,
                amount,
                "",
            ),
        )
        for amount in amounts_of(stream, n, paise, place)
    ]


def amounts_of(stream: Stream, n: int, paise: int, place: int = ANYWHERE) -> list[int]:
    """Take n amounts from their place in the row, or one from each of n equal parts of all payments; they make paise."""
    if paise < n * SMALLEST_PAISE or (n == 0 and paise):
        raise ValueError("takings are split into payments of at least a rupee")
    if n == 0:
        return []
    chance = stream.random
    drawn = _in_place(n, place) if place >= 0 else _from_each_part(stream, n, paise)
    per_step = (paise - n * SMALLEST_PAISE) / sum(drawn)
    amounts = []
    for size in sorted(drawn):
        amount = int(size * per_step) + SMALLEST_PAISE
        amounts.append(amount - amount % _GRAIN[int(chance() * _GRAINS_N)] or amount - amount % RUPEE)
    _settle(amounts, paise)
    return amounts


def _in_place(n: int, place: int) -> Sequence[int]:
    rounds, rest = divmod(n, STEPS)
    return _ROW[place : place + rest] + _ROW[:STEPS] * rounds


def _from_each_part(stream: Stream, n: int, paise: int) -> Sequence[int]:
    chance, width, steps = stream.random, STEPS / n, _sizes_for(paise / n).steps
    return [steps[int((i + chance()) * width)] for i in range(n)]


@cache
def _narrower(spread: float) -> _Sizes:
    return _sizes(spread, 1.0, exp(3 * spread))


def _sizes_for(mean_paise: float) -> _Sizes:
    """Choose the widest sizes whose greatest stays well below what UPI allows."""
    sizes = _ALL
    for spread in _SPREADS:
        if sizes.greatest / sizes.mean * mean_paise <= LARGEST_PAISE * 0.8:
            break
        sizes = _narrower(spread)
    return sizes


def _settle(amounts: list[int], paise: int) -> None:
    """Rounding only ever took away; the largest payments bear what it took, in whole rupees but for one."""
    left = paise - sum(amounts)
    largest_n = min(len(amounts), 1 + len(amounts) // 20)
    each = left // largest_n // RUPEE * RUPEE
    for place in range(len(amounts) - largest_n, len(amounts)):
        amounts[place] += each
    amounts[-1] += left - each * largest_n


def reversals(
    stream: Stream, takings: Takings, payers: Sequence[Counterparty], failed_ppm: int
) -> list[Move]:
    """Draw the payments of a day that failed and came back seconds to minutes later, each a pair that sums to nothing."""
    failed_n = int(takings.n * failed_ppm / 1_000_000 + stream.random())
    moves: list[Move] = []
    for number in range(failed_n):
        mean = max(2 * SMALLEST_PAISE, takings.paise // max(1, takings.n))
        rupees = int(stream.lognormvariate(0.0, 1.2) * mean * 0.4) // RUPEE + 1
        sign = 1 if stream.random() < 0.6 else -1
        payer = payers[int(stream.random() * len(payers))].id
        second = stream.randrange(takings.opens_second, takings.closes_second)
        back = min(DAY_SECONDS - 1, second + stream.choice((4, 9, 20, 45, 90, 240, 900)))
        document = f"REV-{takings.account}-{number}"
        for at, signed, leg in ((second, sign, "failed"), (back, -sign, "back")):
            paise = signed * min(rupees * RUPEE, LARGEST_PAISE)
            moves.append(
                Move(at, takings.account, payer, Purpose.REVERSAL, takings.rail, paise, f"{document}/{leg}")
            )
    return moves
