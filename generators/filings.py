"""What a registered business told the tax office: its papers sorted into the returns that were filed, in paise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from generators.forms import (
    NO_FILINGS,
    Books,
    CompositionTold,
    CreditTold,
    Expected,
    Filings,
    ReturnTold,
)
from generators.gst import (
    FILE,
    NOTHING,
    Offset,
    annual_days,
    composition_tax,
    credited_in,
    due_on,
    interest,
    quarters_last,
    reckoned,
)
from generators.outward import Outward, periods
from generators.papers import (
    NO_TAX,
    Purchase,
    Registration,
    Scheme,
    Tax,
    TaxMonth,
)
from generators.returns import late_document, paying_document, turnover_of
from kit.period import Month, month_of, months_between


def filings_of(books: Books) -> Filings:
    """Sort a business's papers into its returns; of an unregistered one there are none."""
    if books.registration is None or not books.tax_months:
        return NO_FILINGS
    office = _Office(books, books.registration)
    if books.registration.scheme is Scheme.COMPOSITION:
        composition = tuple(office.composition())
        return Filings((), (), (), composition, tuple(office.expected_of_composition(composition)))
    return Filings(
        tuple(office.outward.sales(office.is_quarterly)),
        tuple(office.returns()),
        tuple(office.credits()),
        (),
        tuple(office.expected()),
    )


class _Office:
    def __init__(self, books: Books, registration: Registration) -> None:
        self._books, self._registration = books, registration
        self._figures = books.frame.figures[FILE]
        self._scheme = registration.scheme
        self.is_quarterly = registration.scheme is not Scheme.MONTHLY
        self.outward = Outward(books, registration)
        self._inward: defaultdict[Month, list[Purchase]] = defaultdict(list)
        self._credited: defaultdict[Month, list[Purchase]] = defaultdict(list)
        self._months = {one.month: one for one in books.tax_months}
        self._read()

    def _read(self) -> None:
        books = self._books
        for purchase in books.purchases(books.frame.first, books.as_of):
            self._inward[month_of(purchase.on)].append(purchase)
            told = credited_in(purchase, self._figures)
            supplier = books.counterparties.get(purchase.supplier)
            if told is not None and supplier is not None and supplier.gstin:
                self._credited[quarters_last(told) if self.is_quarterly else told].append(purchase)

    def _is_remembered(self, filed_on: date | None) -> bool:
        return filed_on is not None and filed_on >= self._books.first

    def returns(self) -> Iterator[ReturnTold]:
        """The position a firm carries begins with its first month, remembered or not."""
        position, before = NOTHING, date.min
        waiting: list[TaxMonth] = []
        for one in self._months.values():
            waiting.append(one)
            if self.is_quarterly and one.month != quarters_last(one.month):
                continue
            output, credit = _total(m.output for m in waiting), _total(m.credit for m in waiting)
            done = reckoned(position, output, credit)
            position = done.after
            if one.filed_on is not None and self._is_remembered(one.filed_on):
                late = self._late(before, one.filed_on)
                yield self._return(one, waiting, (done.owed, done.offset, done.cash), late)
            before = one.filed_on or before
            waiting = []

    def _return(
        self,
        last: TaxMonth,
        months: Sequence[TaxMonth],
        paid: tuple[Tax, Offset, Tax],
        late: tuple[Tax, int],
    ) -> ReturnTold:
        named = [one.month for one in months]
        blocked = (one for one in self._credited[last.month] if not one.is_eligible)
        return ReturnTold(
            period=last.month,
            filed_on=last.filed_on or date.max,
            outward=_total(one.output for one in months),
            exempt_paise=sum(self.outward.exempt(named).values()),
            export_paise=sum(map(self.outward.exported, named)),
            consumers=tuple(self.outward.consumers(named)),
            credit=_total(one.credit for one in months),
            reversed=_total(one.tax for one in blocked),
            inward_exempt=self._inward_exempt(named),
            owed=paid[0],
            offset=paid[1],
            cash=paid[2],
            interest=late[0],
            fee_paise=late[1],
        )

    def _inward_exempt(self, months: Iterable[Month]) -> tuple[int, int]:
        """Purchases without tax, from other states and from the own one."""
        bought = [one for month in months for one in self._inward[month] if not one.rate_bps]
        inter = sum(one.tax.taxable_paise for one in bought if one.place != self._registration.state)
        return inter, sum(one.tax.taxable_paise for one in bought) - inter

    def _late(self, after: date, filed_on: date) -> tuple[Tax, int]:
        """A return bears the interest and fee that were paid since the one before it."""
        charged, fee = NO_TAX, 0
        for one in self._months.values():
            late = self._books.passed.get(late_document(one.month))
            if late is None or late.paid_on is None or not after < late.paid_on <= filed_on:
                continue
            became = self._books.passed.get(paying_document(self._scheme, one.month))
            paid_on = None if became is None else became.paid_on
            if paid_on is not None:
                charged = charged.plus(interest(self._figures, one.cash, one.due_on, paid_on))
            fee += one.late_fee_paise
        return charged, fee

    def credits(self) -> Iterator[CreditTold]:
        """The statement of suppliers is made on one day, whoever has filed by then."""
        for last, _ in periods(self._months, self.is_quarterly):
            made_on = due_on(self._figures, "credit_told_day", last.month)
            if self._books.first <= made_on <= self._books.as_of:
                found = sorted(self._credited[last.month], key=lambda one: (one.on, one.number, one.supplier))
                yield CreditTold(last.month, made_on, tuple(found))

    def expected(self) -> Iterator[Expected]:
        """Which returns the schedule asks for and what became of them."""
        for last, _ in periods(self._months, self.is_quarterly):
            for form, due, filed_on in (
                ("GSTR1", last.sales_due_on, last.sales_filed_on),
                ("GSTR3B", last.due_on, last.filed_on),
            ):
                if self._is_remembered(filed_on or due):
                    yield Expected(form, last.month, due, filed_on)

    def composition(self) -> Iterator[CompositionTold]:
        """Quarter by quarter, then the year."""
        for last, months in periods(self._months, self.is_quarterly):
            if last.filed_on is not None and self._is_remembered(last.filed_on):
                yield self._composed("CMP08", last.filed_on, [self._months[month] for month in months])
        for year in range(self._books.first.year, self._books.as_of.year + 1):
            yield from self._yearly(year)

    def _yearly(self, year: int) -> Iterator[CompositionTold]:
        _, filed_on = annual_days(self._figures, self._registration, year)
        months = months_between(Month(year - 1, 4), Month(year, 3))
        held = [self._months[month] for month in months if month in self._months]
        is_whole = len(held) == len(months) and all(one.filed_on is not None for one in held)
        if is_whole and self._books.first <= filed_on <= self._books.as_of:
            yield self._composed("GSTR4", filed_on, held)

    def _composed(self, form: str, filed_on: date, months: Sequence[TaxMonth]) -> CompositionTold:
        taxes = (
            composition_tax(
                self._figures, self._books.frame.firm.sector.id, _turnover(months, quarter), quarter.last_day
            )
            for quarter in dict.fromkeys(quarters_last(one.month) for one in months)
        )
        return CompositionTold(
            form,
            months[-1].month,
            filed_on,
            sum(map(turnover_of, months)),
            _total(taxes),
            sum(one.interest_paise for one in months),
        )

    def expected_of_composition(self, told: Iterable[CompositionTold]) -> Iterator[Expected]:
        """A composition firm's schedule knows quarters, and the years it has told of."""
        for last, _ in periods(self._months, self.is_quarterly):
            if self._is_remembered(last.filed_on or last.due_on):
                yield Expected("CMP08", last.month, last.due_on, last.filed_on)
        for one in told:
            if one.form == "GSTR4":
                due, _ = annual_days(self._figures, self._registration, one.period.year)
                yield Expected("GSTR4", one.period, due, one.filed_on)


def _turnover(months: Iterable[TaxMonth], quarter: Month) -> int:
    return sum(turnover_of(one) for one in months if quarters_last(one.month) == quarter)


def _total(taxes: Iterable[Tax]) -> Tax:
    total = NO_TAX
    for tax in taxes:
        total = total.plus(tax)
    return total
