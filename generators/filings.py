"""What a registered business told the tax office: its papers sorted into the returns that were filed, in paise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from generators.forms import (
    NO_FILINGS,
    CompositionTold,
    CreditTold,
    Expected,
    Filings,
    Heading,
    ReturnTold,
    SalesTold,
    Series,
    Small,
)
from generators.frame import Frame
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
    rate_bps,
    reckoned,
)
from generators.papers import (
    NO_TAX,
    Invoice,
    Passed,
    Purchase,
    Registration,
    Retail,
    Scheme,
    Supply,
    Tax,
    TaxMonth,
)
from generators.people import Counterparty
from generators.returns import late_document, paying_document, turnover_of
from generators.tax import tax_on
from kit.period import Month, month_of, months_between
from kit.ratio import half_even

ABROAD = "96"


class Books(Protocol):
    """What is asked of a business here."""

    @property
    def first(self) -> date: ...
    @property
    def as_of(self) -> date: ...
    @property
    def frame(self) -> Frame: ...
    @property
    def registration(self) -> Registration | None: ...
    @property
    def counterparties(self) -> Mapping[str, Counterparty]: ...
    @property
    def passed(self) -> Mapping[str, Passed]: ...
    @property
    def tax_months(self) -> Sequence[TaxMonth]: ...
    def invoices(self, first: date, last: date) -> Iterable[Invoice]: ...
    def purchases(self, first: date, last: date) -> Iterable[Purchase]: ...
    def retail(self, first: date, last: date) -> Iterable[Retail]: ...


def filings_of(books: Books) -> Filings:
    """Sort a business's papers into its returns; of an unregistered one there are none."""
    if books.registration is None or not books.tax_months:
        return NO_FILINGS
    office = _Office(books, books.registration)
    if books.registration.scheme is Scheme.COMPOSITION:
        composition = tuple(office.composition())
        return Filings((), (), (), composition, tuple(office.expected_of_composition(composition)))
    return Filings(
        tuple(office.sales()), tuple(office.returns()), tuple(office.credits()), (), tuple(office.expected())
    )


class _Office:
    def __init__(self, books: Books, registration: Registration) -> None:
        self._books, self._registration = books, registration
        self._figures = books.frame.figures[FILE]
        self._scheme = registration.scheme
        self._quarters = registration.scheme is not Scheme.MONTHLY
        self._invoices: defaultdict[Month, list[Invoice]] = defaultdict(list)
        self._retail: defaultdict[Month, list[Retail]] = defaultdict(list)
        self._inward: defaultdict[Month, list[Purchase]] = defaultdict(list)
        self._credited: defaultdict[Month, list[Purchase]] = defaultdict(list)
        self._months = {one.month: one for one in books.tax_months}
        self._read()

    def _read(self) -> None:
        books = self._books
        start = books.frame.first
        for invoice in books.invoices(start, books.as_of):
            self._invoices[month_of(invoice.on)].append(invoice)
        for retail in books.retail(start, books.as_of):
            self._retail[month_of(retail.day)].append(retail)
        for purchase in books.purchases(start, books.as_of):
            self._inward[month_of(purchase.on)].append(purchase)
            told = credited_in(purchase, self._figures)
            if told is not None and self._gstin(purchase.supplier):
                self._credited[quarters_last(told) if self._quarters else told].append(purchase)

    def _gstin(self, counterparty: str) -> str:
        known = self._books.counterparties.get(counterparty)
        return "" if known is None else known.gstin

    def _periods(self) -> Iterator[tuple[TaxMonth, tuple[Month, ...]]]:
        """The returns of all periods: the month they are named after, and the months they tell of."""
        for last in self._months.values():
            if self._quarters and last.month != quarters_last(last.month):
                continue
            back = 2 if self._quarters else 0
            months = months_between(last.month.plus(-back), last.month)
            yield last, tuple(month for month in months if month in self._months)

    def _is_remembered(self, filed_on: date | None) -> bool:
        return filed_on is not None and filed_on >= self._books.first

    def sales(self) -> Iterator[SalesTold]:
        """A quarterly filer may tell of invoices month by month, but not after the day the facility closes."""
        for last, months in self._periods():
            early = [month for month in months[:-1] if self._is_told_early(self._months[month])]
            for month in early:
                filed_on = self._months[month].sales_filed_on
                papers = tuple(one for one in self._papers((month,)) if self._is_for_trade(one))
                if filed_on is not None and self._is_remembered(filed_on) and papers:
                    yield SalesTold("IFF", month, filed_on, papers, (), {}, (), ())
            if last.sales_filed_on is not None and self._is_remembered(last.sales_filed_on):
                rest = tuple(
                    one
                    for month in months
                    for one in self._papers((month,))
                    if month not in early or not self._is_for_trade(one)
                )
                yield self._sales_told(last.month, last.sales_filed_on, rest, months)

    def _is_for_trade(self, one: Invoice) -> bool:
        return one.place != ABROAD and one.supply is not Supply.B2C_LARGE and bool(self._gstin(one.buyer))

    def _is_told_early(self, one: TaxMonth) -> bool:
        return one.sales_filed_on is not None and one.sales_filed_on <= one.sales_due_on

    def _sales_told(
        self, period: Month, filed_on: date, papers: tuple[Invoice, ...], months: tuple[Month, ...]
    ) -> SalesTold:
        small = tuple(self._small(months))
        return SalesTold(
            "GSTR1",
            period,
            filed_on,
            papers,
            small,
            self._exempt(months),
            tuple(self._headings(months, small)),
            tuple(self._series(months)),
        )

    def _papers(self, months: Iterable[Month]) -> Iterator[Invoice]:
        for month in months:
            for one in self._invoices[month]:
                if one.supply is not Supply.EXEMPT and not self._is_exempt_note(one):
                    yield one

    def _is_exempt_note(self, one: Invoice) -> bool:
        return one.supply is Supply.CREDIT_NOTE and not one.rate_bps and one.place != ABROAD

    def _small(self, months: Iterable[Month]) -> Iterator[Small]:
        """Tax is reckoned on a month's sum of each rate; what went through others has its part, the counter the rest."""
        found: defaultdict[tuple[str, int], Tax] = defaultdict(lambda: NO_TAX)
        for month in months:
            for (via, rate), tax in self._small_of(month):
                found[via, rate] = found[via, rate].plus(tax)
        for (via, rate), tax in sorted(found.items()):
            if any(tax):
                yield Small(self._registration.state, rate, via, tax)

    def _small_of(self, month: Month) -> Iterator[tuple[tuple[str, int], Tax]]:
        taxable: defaultdict[tuple[str, int], int] = defaultdict(int)
        for one in self._retail[month]:
            if one.rate_bps:
                taxable[one.via, one.rate_bps] += one.taxable_paise
        for rate in sorted({rate for _, rate in taxable}):
            ways = {via: paise for (via, at), paise in sorted(taxable.items()) if at == rate}
            left = tax_on(sum(ways.values()), rate, is_inter=False)
            for place, via in enumerate(reversed(ways), 1):
                part = left if place == len(ways) else tax_on(ways[via], rate, is_inter=False)
                left = _without(left, part)
                yield (via, rate), part

    def _exempt(self, months: Iterable[Month]) -> dict[tuple[bool, bool], int]:
        found: defaultdict[tuple[bool, bool], int] = defaultdict(int)
        for month in months:
            for invoice in self._invoices[month]:
                if invoice.supply is Supply.EXEMPT or self._is_exempt_note(invoice):
                    key = invoice.place != self._registration.state, bool(self._gstin(invoice.buyer))
                    sign = -1 if invoice.supply is Supply.CREDIT_NOTE else 1
                    found[key] += sign * invoice.tax.taxable_paise
            found[False, False] += sum(one.taxable_paise for one in self._retail[month] if not one.rate_bps)
        return {key: paise for key, paise in sorted(found.items()) if paise}

    def _exported(self, month: Month) -> int:
        papers = [one for one in self._invoices[month] if one.place == ABROAD]
        return sum(-one.tax.taxable_paise if one.against else one.tax.taxable_paise for one in papers)

    def _headings(self, months: Sequence[Month], small: Iterable[Small]) -> Iterator[Heading]:
        """Credit notes are not taken off here; what consumers bought is spread over what the firm deals in."""
        found: defaultdict[tuple[bool, str, int], Tax] = defaultdict(lambda: NO_TAX)
        for month in months:
            for one in self._invoices[month]:
                if one.supply is not Supply.CREDIT_NOTE:
                    key = bool(self._gstin(one.buyer)), one.hsn, one.rate_bps
                    found[key] = found[key].plus(one.tax)
        exempt = sum(r.taxable_paise for month in months for r in self._retail[month] if not r.rate_bps)
        sold = [(one.rate_bps, one.tax) for one in small] + ([(0, Tax(exempt, 0, 0, 0))] if exempt else [])
        for rate, tax in sold:
            for hsn, part in self._spread(rate, tax, months[-1].last_day):
                found[False, hsn, rate] = found[False, hsn, rate].plus(part)
        for (is_b2b, hsn, rate), tax in sorted(found.items()):
            if tax.taxable_paise:
                yield Heading(hsn, rate, is_b2b, tax)

    def _spread(self, rate: int, tax: Tax, day: date) -> Iterator[tuple[str, Tax]]:
        dealt_in = self._books.frame.firm.sector.hsn
        fitting = [hsn for hsn in dealt_in if rate_bps(self._figures, hsn, day) == rate] or [dealt_in[0]]
        left = tax
        for place, hsn in enumerate(fitting):
            rest = len(fitting) - place
            part = Tax(*(half_even(paise, rest) for paise in left))
            left = _without(left, part)
            yield hsn, part

    def _series(self, months: Sequence[Month]) -> Iterator[Series]:
        papers = [one for month in months for one in self._invoices[month]]
        for kind, is_note in ((1, False), (5, True)):
            numbers = [one.number for one in papers if (one.supply is Supply.CREDIT_NOTE) is is_note]
            if numbers:
                yield Series(kind, numbers[0], numbers[-1], len(numbers))
        taken = sum(one.gross_paise for month in months for one in self._retail[month])
        bills_n = taken // self._books.frame.firm.sector.ticket_paise
        if bills_n > 0:
            stem = f"R{months[-1].year % 100:02}{months[-1].month:02}-"
            yield Series(1, f"{stem}1", f"{stem}{bills_n}", bills_n)

    def returns(self) -> Iterator[ReturnTold]:
        """The position a firm carries begins with its first month, remembered or not."""
        position, before = NOTHING, date.min
        waiting: list[TaxMonth] = []
        for one in self._months.values():
            waiting.append(one)
            if self._quarters and one.month != quarters_last(one.month):
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
        credited = self._credited[last.month]
        inward = [one for month in months for one in self._inward[month.month] if not one.rate_bps]
        inter = sum(one.tax.taxable_paise for one in inward if one.place != self._registration.state)
        return ReturnTold(
            period=last.month,
            filed_on=last.filed_on or date.max,
            outward=_total(one.output for one in months),
            exempt_paise=sum(self._exempt(one.month for one in months).values()),
            export_paise=sum(self._exported(one.month) for one in months),
            consumers=tuple(self._consumers(months)),
            credit=_total(one.credit for one in months),
            reversed=_total(one.tax for one in credited if not one.is_eligible),
            inward_exempt=(inter, sum(one.tax.taxable_paise for one in inward) - inter),
            owed=paid[0],
            offset=paid[1],
            cash=paid[2],
            interest=late[0],
            fee_paise=late[1],
        )

    def _consumers(self, months: Iterable[TaxMonth]) -> Iterator[Small]:
        found: defaultdict[str, Tax] = defaultdict(lambda: NO_TAX)
        for month in months:
            for one in self._invoices[month.month]:
                if one.supply is Supply.B2C_LARGE:
                    found[one.place] = found[one.place].plus(one.tax)
        return (Small(place, 0, "", tax) for place, tax in sorted(found.items()))

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
        for last, _ in self._periods():
            made_on = due_on(self._figures, "credit_told_day", last.month)
            if self._books.first <= made_on <= self._books.as_of:
                found = sorted(self._credited[last.month], key=lambda one: (one.on, one.number, one.supplier))
                yield CreditTold(last.month, made_on, tuple(found))

    def expected(self) -> Iterator[Expected]:
        """Which returns the schedule asks for and what became of them."""
        for last, _ in self._periods():
            for form, due, filed_on in (
                ("GSTR1", last.sales_due_on, last.sales_filed_on),
                ("GSTR3B", last.due_on, last.filed_on),
            ):
                if self._is_remembered(filed_on or due):
                    yield Expected(form, last.month, due, filed_on)

    def composition(self) -> Iterator[CompositionTold]:
        """Quarter by quarter, then the year."""
        for last, months in self._periods():
            if last.filed_on is not None and self._is_remembered(last.filed_on):
                yield self._composed("CMP08", last.filed_on, [self._months[month] for month in months])
        for year in range(self._books.first.year, self._books.as_of.year + 1):
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
        for last, _ in self._periods():
            if self._is_remembered(last.filed_on or last.due_on):
                yield Expected("CMP08", last.month, last.due_on, last.filed_on)
        for one in told:
            if one.form == "GSTR4":
                due, _ = annual_days(self._figures, self._registration, one.period.year)
                yield Expected("GSTR4", one.period, due, one.filed_on)


def _turnover(months: Iterable[TaxMonth], quarter: Month) -> int:
    return sum(turnover_of(one) for one in months if quarters_last(one.month) == quarter)


def _without(tax: Tax, part: Tax) -> Tax:
    return Tax(*(paise - taken for paise, taken in zip(tax, part, strict=True)))


def _total(taxes: Iterable[Tax]) -> Tax:
    total = NO_TAX
    for tax in taxes:
        total = total.plus(tax)
    return total
