"""GST on one value, exact to the paisa: half to each head within a state, all to IGST across states."""

from __future__ import annotations

from generators.papers import Tax
from kit.ratio import half_even


def tax_on(taxable_paise: int, rate_bps: int, is_inter: bool) -> Tax:
    """Reckon the heads on a taxable value."""
    if not rate_bps:
        return Tax(taxable_paise, 0, 0, 0)
    if is_inter:
        return Tax(taxable_paise, half_even(taxable_paise * rate_bps, 10_000), 0, 0)
    half = half_even(taxable_paise * rate_bps, 20_000)
    return Tax(taxable_paise, 0, half, half)


def taxable_in(gross_paise: int, rate_bps: int) -> int:
    """Find the value in a price that holds the tax."""
    if not rate_bps:
        return gross_paise
    return half_even(gross_paise * 10_000, 10_000 + rate_bps)


def rounded_to_rupee(paise: int) -> int:
    """Round an invoice's total as traders do."""
    return half_even(paise, 100) * 100
