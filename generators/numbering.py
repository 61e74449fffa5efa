"""The numbers papers bear: those that were planted stand among the rest, where a day's books have got to."""

from __future__ import annotations

from datetime import date
from functools import cache

from generators.firm import Firm
from generators.frame import Frame
from kit.period import fy_of

PURCHASES_A_YEAR = 110


@cache
def _year_of(day: date) -> str:
    """Write the financial year as papers bear it, 26-27."""
    return fy_of(day)[2:]


@cache
def _month_of(day: date) -> str:
    return f"{day:%y%m}"


def sales_number(day: date, number: int) -> str:
    """Number an outward invoice within its financial year."""
    return f"{_year_of(day)}/{number}"


def purchase_number(supplier: str, day: date, number: int) -> str:
    """Number an inward invoice as its supplier does: some by the year, some by the month."""
    digit = supplier[-1] if supplier[-1].isdigit() else "0"
    if digit in "13579":
        return f"{_year_of(day)}/{digit}{number:04d}"
    return f"{digit}{_month_of(day)}/{number}"


def sales_n(firm: Firm, first: date, day: date) -> int:
    """Expect how many invoices a firm has written by a day."""
    a_year = firm.turnover_paise * firm.b2b / firm.sector.invoice_paise
    return int(a_year * (day - first).days / 365)


class Numbers:
    """Numbers planted papers, one way and the other, each higher than the one before."""

    def __init__(self, frame: Frame) -> None:
        """Begin with no paper written."""
        self._frame = frame
        self._sold = self._bought = 0

    def sold(self, day: date) -> str:
        """Number an outward invoice."""
        self._sold = max(self._sold + 1, sales_n(self._frame.firm, self._frame.first, day))
        return sales_number(day, self._sold)

    def bought(self, supplier: str, day: date) -> str:
        """Number an inward invoice."""
        expected = PURCHASES_A_YEAR * (day - self._frame.first).days // 365
        self._bought = max(self._bought + 1, expected)
        return purchase_number(supplier, day, self._bought)
