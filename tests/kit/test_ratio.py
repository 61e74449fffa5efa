from __future__ import annotations

from fractions import Fraction
from statistics import median as plain_median

from hypothesis import given
from hypothesis import strategies as st

from kit import ratio, series

wholes = st.integers(-(10**18), 10**18)
fractions = st.fractions(min_value=-(10**9), max_value=10**9)


@given(wholes, wholes.filter(bool))
def test_rounding_is_half_to_even_like_the_standard_fractions(numerator: int, denominator: int) -> None:
    assert ratio.half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(wholes | fractions, wholes | fractions)
def test_ratios_are_exact_until_the_one_rounding(part: int | Fraction, whole: int | Fraction) -> None:
    if whole == 0:
        assert ratio.ppm(part, whole) is ratio.bps(part, whole) is None
    else:
        assert ratio.ppm(part, whole) == round(Fraction(part) / Fraction(whole) * 1_000_000)
        assert ratio.bps(part, whole) == round(Fraction(part) / Fraction(whole) * 10_000)


def test_halves_go_to_the_even_neighbour() -> None:
    assert [ratio.half_even(n, 2) for n in (-3, -1, 1, 3, 5)] == [-2, 0, 0, 2, 2]


@given(st.lists(wholes, min_size=1))
def test_middles_agree_with_exact_arithmetic(values: list[int]) -> None:
    assert series.mean(values) == round(Fraction(sum(values), len(values)))
    assert series.median(values) == round(plain_median([Fraction(value) for value in values]))


def test_nothing_has_no_middle() -> None:
    assert series.mean([]) is None
    assert series.median([]) is None
