"""Money is whole paise; here it is written the Indian way for people, and read from what people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.errors import CallerError
from kit.ratio import half_even

if TYPE_CHECKING:
    from decimal import Decimal

# U+2212; spelling it by name would load the table of all names.
MINUS = "\u2212"
LAKH_PAISE = 100_000_00
CRORE_PAISE = 100 * LAKH_PAISE


def rupees(paise: int) -> str:
    """Write rupees and paise with Indian grouping, as ₹1,23,45,678.90; it reads back exactly."""
    whole, rest = divmod(abs(paise), 100)
    return f"{_sign(paise)}₹{indian_grouping(whole)}.{rest:02}"


def decimal_rupees(paise: int) -> str:
    """Write rupees and paise as machines do, without grouping or sign of currency: 1234.50."""
    whole, rest = divmod(abs(paise), 100)
    return f"{'-' if paise < 0 else ''}{whole}.{rest:02d}"


def inr_short(paise: int) -> str:
    """Write three significant figures of lakh or crore, as ₹18.4 L or ₹2.31 Cr, for people only: Cr is crore here."""
    size = abs(paise)
    if half_even(size, 100) < 100_000:
        return f"{_sign(paise) if half_even(size, 100) else ''}₹{indian_grouping(half_even(size, 100))}"
    # 99.95 lakh would round to 100 lakh, which people call a crore.
    if size < CRORE_PAISE - LAKH_PAISE // 20:
        return f"{_sign(paise)}₹{_three_figures(size, LAKH_PAISE)} L"
    return f"{_sign(paise)}₹{_three_figures(size, CRORE_PAISE)} Cr"


def indian_grouping(whole: int) -> str:
    """Group the digits of a number of 0 or more by thousand, lakh and crore: 1,23,45,678."""
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])


def paise_from_rupees(amount: Decimal | int | str) -> int:
    """Read an amount a person or a program gave; anything but whole paise is the caller's error."""
    # Showing an amount is far more common than reading one, and needs none of the patterns.
    from kit.fields import amount_paise

    paise, _ = amount_paise(amount if isinstance(amount, str) else format(amount, "f"))
    if paise is None:
        raise CallerError(
            "AMOUNT_UNREADABLE",
            "The amount is not a number of rupees with at most two decimals.",
            hint="Write it like 500000, 5,00,000 or 499999.50.",
        )
    return paise


def _sign(paise: int) -> str:
    return MINUS if paise < 0 else ""


def _three_figures(size: int, unit: int) -> str:
    for decimals in (2, 1):
        scaled = half_even(size * 10**decimals, unit)
        if scaled < 1000:
            return f"{scaled // 10**decimals}.{scaled % 10**decimals:0{decimals}}"
    return indian_grouping(half_even(size, unit))
