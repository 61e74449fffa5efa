"""Middles of series of whole numbers, exact and rounded half to even; an empty series has none."""

from __future__ import annotations

from collections.abc import Sequence

from kit.ratio import half_even


def mean(values: Sequence[int]) -> int | None:
    """Give the arithmetic mean."""
    return half_even(sum(values), len(values)) if values else None


def median(values: Sequence[int]) -> int | None:
    """Give the middle value, or the mean of the two middle ones."""
    if not values:
        return None
    ranked, half = sorted(values), len(values) // 2
    return ranked[half] if len(values) % 2 else half_even(ranked[half - 1] + ranked[half], 2)
