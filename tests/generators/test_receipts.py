"""A day's takings are split to the paisa, in sizes and at hours a shop would know."""

from __future__ import annotations

from collections import Counter

import pytest

from generators.people import Tie, person
from generators.receipts import Takings, amounts_of, drawn_sum, reversals, spread
from generators.trade import Purpose, Rail
from kit.chance import Stream

PAYERS = tuple(person(Stream(1, "PAYERS"), Tie.CUSTOMER, n) for n in range(160))
OPENS, CLOSES = 8 * 3600, 22 * 3600
MEAN_PAISE = 62_700


def _takings(n: int, paise: int) -> Takings:
    return Takings("LRN1", Rail.UPI, Purpose.SALE, n, paise, OPENS, CLOSES)


@pytest.mark.parametrize("seed", range(5))
def test_payments_are_as_many_as_told_and_make_the_takings_to_the_paisa(seed: int) -> None:
    stream = Stream(seed, "EXACT")
    for _ in range(200):
        n = stream.randrange(1, 90)
        paise = n * 100 + stream.randrange(0, stream.choice((3, 900, 200_000)) * n)
        amounts = amounts_of(stream, n, paise)
        assert (len(amounts), sum(amounts)) == (n, paise)
        assert min(amounts) >= 100


def test_a_day_without_payments_has_none_and_a_rupee_is_the_least() -> None:
    assert amounts_of(Stream(1), 0, 0) == []
    for n, paise in ((0, 100), (3, 299)):
        with pytest.raises(ValueError, match="at least a rupee"):
            amounts_of(Stream(1), n, paise)


def test_over_a_portfolio_sizes_are_those_of_payments_to_merchants() -> None:
    stream, drawn = Stream(7, "PORTFOLIO"), []
    for _ in range(1_500):
        n = stream.randrange(12, 60)
        drawn += amounts_of(stream, n, int(n * MEAN_PAISE * stream.lognormvariate(0.0, 0.2)))
    modest = sum(paise <= 50_000 for paise in drawn) / len(drawn)
    handsome = sum(paise > 200_000 for paise in drawn) / len(drawn)
    assert abs(modest - 0.78) < 0.03 and abs(handsome - 0.07) < 0.02
    whole_rupees = sum(paise % 100 == 0 for paise in drawn) / len(drawn)
    assert 0.85 < whole_rupees < 1
    tens = sum(paise % 1_000 == 0 for paise in drawn) / len(drawn)
    assert 0.2 < tens < 0.5


def test_a_dearer_trade_stays_below_what_upi_allows() -> None:
    stream = Stream(3, "DEAR")
    for mean in (300_000, 1_500_000, 5_000_000):
        amounts = [paise for _ in range(60) for paise in amounts_of(stream, 20, 20 * mean)]
        assert max(amounts) <= 10_000_000


def test_moves_name_their_account_and_payer_between_opening_and_closing() -> None:
    moves = spread(Stream(5, "MOVES"), _takings(4_000, 4_000 * MEAN_PAISE), PAYERS)
    assert sum(move.paise for move in moves) == 4_000 * MEAN_PAISE
    assert all(OPENS <= move.second < CLOSES + 12 for move in moves)
    assert {(move.account, move.rail, move.purpose, move.document) for move in moves} == {
        ("LRN1", Rail.UPI, Purpose.SALE, "")
    }
    visits = Counter(move.counterparty for move in moves)
    assert set(visits) <= {payer.id for payer in PAYERS}
    assert visits[PAYERS[0].id] > 5 * visits[PAYERS[-1].id]
    hours = Counter(move.second // 3600 for move in moves)
    assert hours[19] > 2 * hours[15] > 0 < hours[8]


def test_what_fails_comes_back_the_same_day_in_either_direction() -> None:
    stream, moves = Stream(2, "FAILED"), []
    for _ in range(300):
        moves += reversals(stream, _takings(40, 40 * MEAN_PAISE), PAYERS, 20_000)
    first, back = moves[::2], moves[1::2]
    assert 150 < len(first) < 350 and {one.purpose for one in moves} == {Purpose.REVERSAL}
    for failed, reversed_ in zip(first, back, strict=True):
        assert failed.paise + reversed_.paise == 0 and failed.counterparty == reversed_.counterparty
        assert failed.second < reversed_.second < 86_400
    signs = Counter(failed.paise > 0 for failed in first)
    assert min(signs.values()) > 30


@pytest.mark.parametrize("n", [1, 2, 5, 17, 5_000])
def test_payments_of_a_sum_drawn_in_its_place_are_of_the_right_sizes_however_few_they_are(n: int) -> None:
    stream, drawn, total = Stream(4, "PLACE", n), [], 0
    for _ in range(max(5, 12_000 // n)):
        place, paise = drawn_sum(stream, n, MEAN_PAISE)
        amounts = amounts_of(stream, n, paise, place)
        assert (len(amounts), sum(amounts)) == (n, paise) and min(amounts) >= 100
        drawn += amounts
        total += paise
    assert abs(total / len(drawn) / MEAN_PAISE - 1) < 0.1
    assert abs(sum(paise <= 50_000 for paise in drawn) / len(drawn) - 0.78) < 0.02
    assert abs(sum(paise > 200_000 for paise in drawn) / len(drawn) - 0.07) < 0.012
