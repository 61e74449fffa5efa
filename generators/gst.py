"""The rules of GST a return is reckoned by: rates, due days, credit set against tax in the legal order, interest and late fee.

Everything is whole paise.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from generators.figures import Figures
from generators.papers import NO_TAX, Purchase, Registration, Tax
from kit.chance import Stream
from kit.ident import gstin_check_char, synthetic_pan
from kit.period import Month, month_of
from kit.ratio import half_even
from kit.shapes import listed, whole

FILE = "tax"
_DAY = timedelta(days=1)
_YEAR_BPS = 365 * 10_000


@lru_cache(maxsize=16_384)
def rate_bps(figures: Figures, hsn: str, day: date) -> int:
    """Give the rate of a code on a day, or of its heading; a heading nobody listed is sold by nobody."""
    rates = figures.table("rate_bps_by_hsn", day)
    return whole(rates[hsn if hsn in rates else hsn[:4]])


@lru_cache(maxsize=1_024)
def due_on(figures: Figures, name: str, month: Month) -> date:
    """Find the day of the next month a figure names."""
    return month.next.first_day.replace(day=figures.whole(name, month.last_day))


def credited_in(purchase: Purchase, figures: Figures) -> Month | None:
    """Find the month whose GSTR-2B tells of a purchase: the one before its supplier's filing, up to the cut; never if he did not file."""
    if purchase.filed_on is None:
        return None
    return max(_told_in(purchase.filed_on, figures), month_of(purchase.on))


@lru_cache(maxsize=4_096)
def _told_in(filed_on: date, figures: Figures) -> Month:
    month = month_of(filed_on).prev
    return month.next if filed_on > due_on(figures, "credit_cut_day", month) else month


class Offset(NamedTuple):
    """Which credit paid which tax: c_by_i is central tax paid by integrated credit."""

    i_by_i: int
    i_by_c: int
    i_by_s: int
    c_by_i: int
    c_by_c: int
    s_by_i: int
    s_by_s: int

    @property
    def paid(self) -> Tax:
        """Tax paid by credit, head by head."""
        return Tax(
            0, self.i_by_i + self.i_by_c + self.i_by_s, self.c_by_i + self.c_by_c, self.s_by_i + self.s_by_s
        )

    @property
    def spent(self) -> Tax:
        """Credit used up, head by head."""
        return Tax(
            0, self.i_by_i + self.c_by_i + self.s_by_i, self.i_by_c + self.c_by_c, self.i_by_s + self.s_by_s
        )


NO_OFFSET = Offset(0, 0, 0, 0, 0, 0, 0)


def offset(owed: Tax, credit: Tax) -> Offset:
    """Set credit against tax: integrated credit first, to its own head and then to both others; central never to state tax."""
    i_by_i = min(owed.igst_paise, credit.igst_paise)
    spare = credit.igst_paise - i_by_i
    # What both own credits cannot bear is filled first, so that no head pays cash while another's credit lies idle.
    lack_c = max(owed.cgst_paise - credit.cgst_paise, 0)
    lack_s = max(owed.sgst_paise - credit.sgst_paise, 0)
    c_by_i = min(lack_c, spare)
    s_by_i = min(lack_s, spare - c_by_i)
    # The rest of integrated credit still goes before central and state credit.
    more_c = min(owed.cgst_paise - c_by_i, spare - c_by_i - s_by_i)
    more_s = min(owed.sgst_paise - s_by_i, spare - c_by_i - s_by_i - more_c)
    c_by_i, s_by_i = c_by_i + more_c, s_by_i + more_s
    c_by_c = min(owed.cgst_paise - c_by_i, credit.cgst_paise)
    s_by_s = min(owed.sgst_paise - s_by_i, credit.sgst_paise)
    i_by_c = min(owed.igst_paise - i_by_i, credit.cgst_paise - c_by_c)
    i_by_s = min(owed.igst_paise - i_by_i - i_by_c, credit.sgst_paise - s_by_s)
    return Offset(i_by_i, i_by_c, i_by_s, c_by_i, c_by_c, s_by_i, s_by_s)


class Position(NamedTuple):
    """What a firm carries from return to return: credit not used, and tax given back by credit notes (negative)."""

    credit: Tax
    given_back: Tax


NOTHING = Position(NO_TAX, NO_TAX)


class Reckoned(NamedTuple):
    """One return reckoned: tax payable, how credit pays it, the rest in cash, and what is carried on."""

    owed: Tax
    offset: Offset
    cash: Tax
    after: Position


def reckoned(before: Position, output: Tax, credit: Tax) -> Reckoned:
    """Reckon a return; a month of more returns than sales owes nothing and carries the rest."""
    net = heads(output.plus(before.given_back))
    owed, given_back = _at_least_nothing(net), _at_least_nothing(minus(NO_TAX, net))
    held = heads(credit.plus(before.credit))
    by = offset(owed, _at_least_nothing(held))
    after = Position(minus(held, by.spent), minus(NO_TAX, given_back))
    return Reckoned(owed, by, minus(owed, by.paid), after)


def heads(tax: Tax) -> Tax:
    """Keep the heads alone."""
    return tax._replace(taxable_paise=0)


def minus(one: Tax, other: Tax) -> Tax:
    """Take away head by head."""
    return Tax(
        0,
        one.igst_paise - other.igst_paise,
        one.cgst_paise - other.cgst_paise,
        one.sgst_paise - other.sgst_paise,
    )


def _at_least_nothing(tax: Tax) -> Tax:
    return Tax(0, max(tax.igst_paise, 0), max(tax.cgst_paise, 0), max(tax.sgst_paise, 0))


def least(one: Tax, other: Tax) -> Tax:
    """Take the smaller of each head."""
    return Tax(0, *(min(a, b) for a, b in zip(one[1:], other[1:], strict=True)))


def interest(figures: Figures, cash: Tax, due: date, paid: date) -> Tax:
    """Reckon interest on cash tax paid late, head by head."""
    days = max((paid - due).days, 0)
    part = days * figures.whole("interest_bps_a_year", due)
    return Tax(0, *(half_even(head * part, _YEAR_BPS) for head in cash[1:]))


def is_quarters_last(month: Month) -> bool:
    """Say whether a quarter of the financial year ends with the month."""
    return month.month % 3 == 0


def quarters_last(month: Month) -> Month:
    """Name the month a month's quarter ends with."""
    return month.plus(-month.month % 3)


def quarterly_due(figures: Figures, registration: Registration, month: Month) -> date:
    """Find the day a quarter's GSTR-3B is due in the state of a registration."""
    first, rest = figures.row("return_quarterly_due_day", month.last_day)
    is_first = registration.state in figures.row("first_group_states", month.last_day)
    return month.next.first_day.replace(day=whole(first if is_first else rest))


def composition_tax(figures: Figures, sector: str, turnover_paise: int, day: date) -> Tax:
    """Reckon composition's tax on a turnover, half to each head."""
    rates = figures.table("composition_rate_bps", day)
    half = half_even(turnover_paise * whole(rates.get(sector, rates["REST"])), 20_000)
    return Tax(0, 0, max(half, 0), max(half, 0))


def late_fee(figures: Figures, turnover_paise: int, is_nil: bool, days: tuple[date, date]) -> int:
    """Reckon the late fee of one return from its due day to the day it was filed, both heads together."""
    due, filed = days
    late = max((filed - due).days, 0)
    if is_nil:
        fee = figures.whole("late_fee_nil_paise_a_day", due) * late
        return min(fee, figures.whole("late_fee_nil_most_paise", due))
    steps = [
        (whole(upto), whole(most)) for upto, most in map(listed, figures.row("late_fee_most_paise", due))
    ]
    most = next((most for upto, most in steps if turnover_paise <= upto), steps[-1][1])
    return min(figures.whole("late_fee_paise_a_day", due) * late, most)


def annual_days(figures: Figures, registration: Registration, year: int) -> tuple[date, date]:
    """Find the days GSTR-4 of the financial year ending in a year is due and meant to be filed on."""
    month, day = figures.row("composition_annual_due", date(year, 3, 31))
    due = date(year, whole(month), whole(day))
    habit = Stream(registration.gstin, "GSTR4", year)
    return due, due - habit.randrange(20) * _DAY


def told_heading(figures: Figures, hsn: str, turnover_paise: int, day: date) -> str:
    """Write a heading with the digits a turnover asks for; one whose subheading is not known keeps its own."""
    steps = [(whole(upto), whole(digits)) for upto, digits in map(listed, figures.row("hsn_digits", day))]
    digits = next((digits for upto, digits in steps if turnover_paise <= upto), steps[-1][1])
    return str(figures.table("hsn_six_digits", day).get(hsn, hsn)) if digits == 6 else hsn


def heading(figures: Figures, name: str, hsn: str, day: date) -> object:
    """Look up what is known of a heading: hsn_uqc, hsn_title or hsn_unit_paise; None when it is not listed."""
    known = figures.table(name, day)
    return known.get(hsn, known.get(hsn[:4]))


@lru_cache(maxsize=64)
def operator_gstin(name: str, state: str) -> str:
    """Name the registration under which an e-commerce operator collects tax in a state; it belongs to nobody."""
    first_14 = f"{state}{synthetic_pan(Stream('OPERATOR', name), 'C')}1C"
    return first_14 + gstin_check_char(first_14)
