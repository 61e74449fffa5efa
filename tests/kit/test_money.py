from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import money
from kit.errors import CallerError
from kit.fields import LARGEST_PAISE


@given(st.integers(-LARGEST_PAISE, LARGEST_PAISE))
def test_grouped_rupees_round_trip(paise: int) -> None:
    assert money.paise_from_rupees(money.rupees(paise)) == paise


@given(st.integers(0, 10**18))
def test_indian_grouping_is_threes_once_and_then_twos(whole: int) -> None:
    groups = money.indian_grouping(whole).split(",")
    assert "".join(groups) == str(whole)
    assert [len(group) for group in groups[1:]] == ([2] * (len(groups) - 2) + [3] if len(groups) > 1 else [])
    assert 1 <= len(groups[0]) <= (3 if len(groups) == 1 else 2)


@pytest.mark.parametrize(
    ("paise", "long", "short"),
    [
        (0, "₹0.00", "₹0"),
        (-1, "−₹0.01", "₹0"),
        (12345678_90, "₹1,23,45,678.90", "₹1.23 Cr"),
        (-12345678_90, "−₹1,23,45,678.90", "−₹1.23 Cr"),
        (1000_00, "₹1,000.00", "₹1,000"),
        (99_999_49, "₹99,999.49", "₹99,999"),
        (99_999_50, "₹99,999.50", "₹1.00 L"),
        (18_40_000_00, "₹18,40,000.00", "₹18.4 L"),
        (2_31_00_000_00, "₹2,31,00,000.00", "₹2.31 Cr"),
        (99_94_999_99, "₹99,94,999.99", "₹99.9 L"),
        (99_95_000_00, "₹99,95,000.00", "₹1.00 Cr"),
        (9_99_50_00_000_00, "₹9,99,50,00,000.00", "₹1,000 Cr"),
    ],
)
def test_amounts_are_written_as_people_in_india_write_them(paise: int, long: str, short: str) -> None:
    assert money.rupees(paise) == long
    assert money.inr_short(paise) == short


@given(st.integers(100_000_00, LARGEST_PAISE))
def test_the_short_form_keeps_three_figures(paise: int) -> None:
    number, unit = money.inr_short(paise)[1:].split()
    shown = Decimal(number.replace(",", "")) * {"L": money.LAKH_PAISE, "Cr": money.CRORE_PAISE}[unit]
    assert abs(shown - paise) <= Decimal(paise) * Decimal("0.00501")


@pytest.mark.parametrize(
    ("given_amount", "paise"),
    [
        ("500000", 50000000),
        ("5,00,000.50", 50000050),
        (499, 49900),
        (Decimal("0.1"), 10),
        (Decimal("1E+3"), 100000),
    ],
)
def test_rupees_are_read_exactly(given_amount: Decimal | int | str, paise: int) -> None:
    assert money.paise_from_rupees(given_amount) == paise


@pytest.mark.parametrize(
    "given_amount", ["", "lots", "1.005", Decimal("0.001"), Decimal("NaN"), Decimal("1E+30"), 10**20]
)
def test_what_is_not_whole_paise_is_the_callers_error(given_amount: Decimal | int | str) -> None:
    with pytest.raises(CallerError) as refused:
        money.paise_from_rupees(given_amount)
    assert refused.value.code == "AMOUNT_UNREADABLE" and refused.value.hint
