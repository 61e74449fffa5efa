"""GST month by month: credit set against tax in the legal order, what is left in cash, and the days returns are filed on.

Everything is whole paise. Of a composition firm output and exempt together are its turnover, and the heads are zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from generators.frame import Frame
from generators.gst import (
    FILE,
    NOTHING,
    composition_tax,
    credited_in,
    due_on,
    interest,
    is_quarters_last,
    late_fee,
    least,
    minus,
    quarterly_due,
    quarters_last,
    rate_bps,
    reckoned,
)
from generators.papers import NO_TAX, Due, IfShort, Passed, Registration, Scheme, Tax, TaxMonth
from generators.people import Tie
from generators.trade import Purpose, Rail
from kit.chance import Stream
from kit.period import Month
from kit.ratio import half_even
from kit.shapes import whole

__all__ = ["TaxDesk", "credited_in", "late_document", "paying_document", "rate_bps", "turnover_of"]

DEPOSIT, RETURN, COMPOSITION, LATE = "PMT06", "GST", "CMP08", "GSTLATE"
_DAY = timedelta(days=1)


class _Closed(NamedTuple):
    month: Month
    output: Tax
    exempt_paise: int
    export_paise: int
    credit: Tax
    used: Tax
    cash: Tax
    document: str
    due: date
    means_to_pay: date
    sales_due: date
    means_to_tell: date


class _Sold(NamedTuple):
    output: Tax
    exempt_paise: int


class _Settled(NamedTuple):
    used: Tax
    cash: Tax
    document: str
    due: date


class TaxDesk:
    """Closes month after month in order, keeps what is carried on, and tells of the months what was paid and filed."""

    def __init__(self, frame: Frame, stream: Stream) -> None:
        """An unregistered firm has a desk that does nothing."""
        self._figures = frame.figures[FILE]
        self._registration = frame.registration
        self._firm = frame.firm
        self._till = frame.till
        taxmen = frame.people.get(Tie.GOVERNMENT, ())
        self._taxman = taxmen[0].id if taxmen else str(Tie.GOVERNMENT)
        self._stream = stream
        self._position = NOTHING
        self._deposited = NO_TAX
        self._last_quarter = NO_TAX
        self._open: list[tuple[Tax, Tax]] = []
        self._closed: dict[str, _Closed] = {}

    def copy(self, stream: Stream | None = None) -> TaxDesk:
        """Give a desk that goes on alone from here, with habits of its own when a stream is given."""
        twin = object.__new__(TaxDesk)
        twin.__dict__.update(self.__dict__)
        twin._open, twin._closed = list(self._open), dict(self._closed)
        twin._stream = stream or self._stream
        return twin

    def closed(
        self, month: Month, output: Tax, exempt_paise: int, export_paise: int, credit: Tax
    ) -> tuple[Due, ...]:
        """Close a month and plan its payment for the day the firm means to pay; call it once for each month, in order."""
        if self._registration is None or month.last_day < self._registration.registered_on:
            return ()
        if self._registration.scheme is Scheme.UNREGISTERED:
            return ()
        settled = self._settled(self._registration, month, _Sold(output, exempt_paise), credit)
        habit = self._stream.branch("tax", month.year, month.month)
        means_to_pay = self._meant(habit, "habit_of_paying", settled.due, month)
        sales_due = self._sales_due(self._registration, month)
        means_to_tell = min(self._meant(habit, "habit_of_telling", sales_due, month), means_to_pay)
        self._closed[settled.document] = one = _Closed(
            month,
            output,
            exempt_paise,
            export_paise,
            credit,
            settled.used,
            settled.cash,
            settled.document,
            settled.due,
            means_to_pay,
            sales_due,
            means_to_tell,
        )
        if one.cash.tax_paise:
            return (self._payment(one.document, means_to_pay, one.cash.tax_paise),)
        # A nil return costs no tax, yet it can be late.
        late = self.late(one.document, means_to_pay)
        return () if late is None else (late,)

    def late(self, document: str, paid_on: date) -> Due | None:
        """Plan the interest and late fee of a payment once the day it was made on is known; None when it was in time."""
        one = self._closed.get(document)
        if one is None:
            return None
        paise = self._interest(one, paid_on) + self._fee(one, paid_on)
        return self._payment(_named(LATE, one.month), paid_on + _DAY, paise) if paise else None

    def months(self, passed: Mapping[str, Passed], as_of: date) -> tuple[TaxMonth, ...]:
        """Tell the closed months as they stand on a day; a return waits for its money and for the one before it.

        The first two months of a QRMP quarter bear the day of their deposit, those of composition the quarter's days.
        """
        told: list[TaxMonth] = []
        before: date | None = date.min
        for one in self._closed.values():
            if one.month.last_day > as_of:
                break
            paid_on = self._paid_on(one, passed)
            if self._waits_for_quarter(one):
                filed_on, sales = self._inside_quarter(one, paid_on, before)
            else:
                sales = None if before is None else max(one.means_to_tell, before)
                days = [day for day in self._paid_in_quarter(one, passed) if day is not None]
                is_paid = len(days) == len(self._paid_in_quarter(one, passed))
                filed_on = max(sales, *days) if is_paid and sales is not None else None
                before = filed_on if filed_on is not None and filed_on <= as_of else None
            told.append(self._told(one, (paid_on, sales, filed_on), as_of))
        return tuple(self._with_quarter(told))

    def _settled(self, registration: Registration, month: Month, sold: _Sold, credit: Tax) -> _Settled:
        if registration.scheme is Scheme.COMPOSITION:
            return self._composed(month, sold)
        if registration.scheme is Scheme.QRMP:
            return self._quarterly(registration, month, sold.output, credit)
        done = reckoned(self._position, sold.output, credit)
        self._position = done.after
        due = due_on(self._figures, "return_due_day", month)
        return _Settled(done.offset.paid, done.cash, _named(RETURN, month), due)

    def _quarterly(self, registration: Registration, month: Month, output: Tax, credit: Tax) -> _Settled:
        self._open.append((output, credit))
        if not is_quarters_last(month):
            share = self._figures.whole("deposit_share_bps", month.last_day)
            deposit = Tax(0, *(half_even(head * share, 10_000) for head in self._last_quarter[1:]))
            self._deposited = self._deposited.plus(deposit)
            due = due_on(self._figures, "deposit_due_day", month)
            return _Settled(NO_TAX, deposit, _named(DEPOSIT, month), due)
        outputs, inputs = NO_TAX, NO_TAX
        for one, other in self._open:
            outputs, inputs = outputs.plus(one), inputs.plus(other)
        self._open = []
        done = reckoned(self._position, outputs, inputs)
        self._position, self._last_quarter = done.after, done.cash
        drawn = least(done.cash, self._deposited)
        self._deposited = minus(self._deposited, drawn)
        due = quarterly_due(self._figures, registration, month)
        return _Settled(done.offset.paid, minus(done.cash, drawn), _named(RETURN, month), due)

    def _composed(self, month: Month, sold: _Sold) -> _Settled:
        self._open.append(
            (sold.output._replace(taxable_paise=sold.output.taxable_paise + sold.exempt_paise), NO_TAX)
        )
        last = quarters_last(month)
        due = due_on(self._figures, "composition_due_day", last)
        if month != last:
            return _Settled(NO_TAX, NO_TAX, _named(f"{COMPOSITION}M", month), due)
        turnover = sum(one.taxable_paise for one, _ in self._open)
        self._open = []
        cash = composition_tax(self._figures, self._firm.sector.id, turnover, month.last_day)
        return _Settled(NO_TAX, cash, _named(COMPOSITION, month), due)

    def _sales_due(self, registration: Registration, month: Month) -> date:
        if registration.scheme is Scheme.COMPOSITION:
            return due_on(self._figures, "composition_due_day", quarters_last(month))
        is_monthly = registration.scheme is Scheme.MONTHLY
        return due_on(self._figures, "sales_due_day" if is_monthly else "sales_quarterly_due_day", month)

    def _meant(self, habit: Stream, name: str, due: date, month: Month) -> date:
        """Draw the day a firm means to act on: the careful a little before the last day, the careless often after it."""
        figures = self._figures.table(name, due)
        careless = (1 - self._firm.discipline) ** 2
        is_late = habit.randrange(1_000_000) < whole(figures["late_ppm_of_careless"]) * careless
        early, late = habit.random(), habit.expovariate(1 / whole(figures["late_days_mean"]))
        if is_late:
            return due + min(1 + int(late), whole(figures["late_days_most"])) * _DAY
        days = int(early * (whole(figures["early_days_most"]) + 1) * (0.4 + 0.6 * self._firm.discipline))
        return max(due - days * _DAY, month.next.first_day)

    def _payment(self, document: str, day: date, paise: int) -> Due:
        return Due(day, document, self._till, self._taxman, Purpose.TAX, Rail.NEFT, -paise, IfShort.WAITS)

    def _interest(self, one: _Closed, paid_on: date) -> int:
        return interest(self._figures, one.cash, one.due, paid_on).tax_paise

    def _fee(self, one: _Closed, paid_on: date) -> int:
        if not one.document.startswith(f"{RETURN}-"):
            return 0
        turnover = self._firm.turnover_paise
        is_nil = not one.output.tax_paise and not one.cash.tax_paise
        return late_fee(self._figures, turnover, is_nil, (one.due, paid_on))

    def _paid_on(self, one: _Closed, passed: Mapping[str, Passed]) -> date | None:
        if not one.cash.tax_paise:
            return one.means_to_pay
        became = passed.get(one.document)
        return None if became is None else became.paid_on

    def _waits_for_quarter(self, one: _Closed) -> bool:
        return one.document.startswith((f"{DEPOSIT}-", f"{COMPOSITION}M-"))

    def _inside_quarter(
        self, one: _Closed, paid_on: date | None, before: date | None
    ) -> tuple[date | None, date | None]:
        if one.document.startswith(DEPOSIT):
            return paid_on, None if before is None else max(one.means_to_tell, before)
        return None, None

    def _paid_in_quarter(self, one: _Closed, passed: Mapping[str, Passed]) -> list[date | None]:
        """A quarter's return waits for its deposits too."""
        days = [self._paid_on(one, passed)]
        for back in (1, 2):
            deposit = self._closed.get(_named(DEPOSIT, one.month.plus(-back)))
            if deposit is not None and is_quarters_last(one.month):
                days.append(self._paid_on(deposit, passed))
        return days

    def _told(
        self, one: _Closed, days: tuple[date | None, date | None, date | None], as_of: date
    ) -> TaxMonth:
        paid_on, sales, filed_on = (None if day is None or day > as_of else day for day in days)
        return TaxMonth(
            month=one.month,
            output=one.output,
            exempt_paise=one.exempt_paise,
            export_paise=one.export_paise,
            credit=one.credit,
            credit_used=one.used,
            cash=one.cash,
            interest_paise=0 if paid_on is None else self._interest(one, paid_on),
            late_fee_paise=0 if paid_on is None else self._fee(one, paid_on),
            sales_due_on=one.sales_due,
            sales_filed_on=sales,
            due_on=one.due,
            filed_on=filed_on,
        )

    def _with_quarter(self, told: list[TaxMonth]) -> list[TaxMonth]:
        """Give composition's months the day their quarter was filed on."""
        if self._registration is None or self._registration.scheme is not Scheme.COMPOSITION:
            return told
        filed = {one.month: one.filed_on for one in told}
        return [_filed(one, filed.get(quarters_last(one.month))) for one in told]


def _filed(one: TaxMonth, day: date | None) -> TaxMonth:
    return replace(one, filed_on=day, sales_filed_on=day)


def _named(kind: str, month: Month) -> str:
    return f"{kind}-{month.year:04}{month.month:02}"


def paying_document(scheme: Scheme, month: Month) -> str:
    """Name the document a month's cash is paid under."""
    if scheme is Scheme.COMPOSITION:
        return _named(COMPOSITION, month)
    is_deposit = scheme is Scheme.QRMP and not is_quarters_last(month)
    return _named(DEPOSIT if is_deposit else RETURN, month)


def late_document(month: Month) -> str:
    """Name the document interest and fee of a month's late payment are paid under."""
    return _named(LATE, month)


def turnover_of(month: TaxMonth) -> int:
    """Tell the turnover composition is taxed on: such a firm charges no tax, whatever it sells."""
    return month.output.taxable_paise + month.exempt_paise
