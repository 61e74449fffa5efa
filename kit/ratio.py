"""Ratios as whole numbers: exact integers inside, rounded half to even once at the end, None over zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction


def ppm(part: int | Fraction, whole: int | Fraction) -> int | None:
    """Give the ratio in parts per million, or None when the whole is zero."""
    return scaled(part, whole, 1_000_000)


def bps(part: int | Fraction, whole: int | Fraction) -> int | None:
    """Give the ratio in basis points, or None when the whole is zero."""
    return scaled(part, whole, 10_000)


def scaled(part: int | Fraction, whole: int | Fraction, scale: int) -> int | None:
    """Give part times scale over whole, rounded half to even, or None when the whole is zero."""
    if whole == 0:
        return None
    return half_even(part.numerator * whole.denominator * scale, part.denominator * whole.numerator)


def half_even(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest whole number, a half to the even one."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient, rest = divmod(numerator, denominator)
    twice = rest + rest
    if twice < denominator:
        return quotient
    return quotient + (1 if twice > denominator else quotient % 2)
