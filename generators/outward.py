"""GSTR-1 and the invoice facility: a registered business's sales sorted into the sections that tell of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from generators.forms import Books, Heading, SalesTold, Series, Small
from generators.gst import FILE, quarters_last, rate_bps, told_heading
from generators.papers import NO_TAX, Invoice, Registration, Retail, Supply, Tax, TaxMonth
from generators.returns import turnover_of
from generators.tax import tax_on
from kit.period import Month, month_of, months_between
from kit.ratio import half_even

ABROAD = "96"
Period = tuple[TaxMonth, tuple[Month, ...]]


def periods(months: Mapping[Month, TaxMonth], is_quarterly: bool) -> Iterator[Period]:
    """Tell of each return the month it is named after, and the months it tells of."""
    for last in months.values():
        if is_quarterly and last.month != quarters_last(last.month):
            continue
        told = months_between(last.month.plus(-2 if is_quarterly else 0), last.month)
        yield last, tuple(month for month in told if month in months)


class Outward:
    """The outward papers of one registration, month by month."""

    def __init__(self, books: Books, registration: Registration) -> None:
        """Sort all papers up to the look by their month."""
        self._books, self._registration = books, registration
        self._figures = books.frame.figures[FILE]
        self._months = {one.month: one for one in books.tax_months}
        self._invoices: defaultdict[Month, list[Invoice]] = defaultdict(list)
        self._retail: defaultdict[Month, list[Retail]] = defaultdict(list)
        for invoice in books.invoices(books.frame.first, books.as_of):
            self._invoices[month_of(invoice.on)].append(invoice)
        for retail in books.retail(books.frame.first, books.as_of):
            self._retail[month_of(retail.day)].append(retail)

    def _gstin(self, counterparty: str) -> str:
        known = self._books.counterparties.get(counterparty)
        return "" if known is None else known.gstin

    def sales(self, is_quarterly: bool) -> Iterator[SalesTold]:
        """A quarterly filer may tell of invoices month by month, but not after the day the facility closes."""
        for last, months in periods(self._months, is_quarterly):
            early = tuple(month for month in months[:-1] if self._is_told_early(self._months[month]))
            told = chain(map(self._early_told, early), (self._sales_told(last, months, early),))
            for one in told:
                if one is not None and one.filed_on >= self._books.first:
                    yield one

    def _early_told(self, month: Month) -> SalesTold | None:
        filed_on = self._months[month].sales_filed_on
        papers = tuple(filter(self._is_for_trade, self._papers((month,))))
        if filed_on is None or not papers:
            return None
        return SalesTold("IFF", month, filed_on, papers, (), {}, (), ())

    def _sales_told(
        self, last: TaxMonth, months: tuple[Month, ...], early: tuple[Month, ...]
    ) -> SalesTold | None:
        if last.sales_filed_on is None:
            return None
        small = tuple(self._small(months))
        return SalesTold(
            "GSTR1",
            last.month,
            last.sales_filed_on,
            tuple(one for one in self._papers(months) if not self._is_gone(one, early)),
            small,
            self.exempt(months),
            tuple(self._headings(months, small)),
            tuple(self._series(months)),
        )

    def _is_gone(self, one: Invoice, early: Sequence[Month]) -> bool:
        return month_of(one.on) in early and self._is_for_trade(one)

    def _is_for_trade(self, one: Invoice) -> bool:
        return one.place != ABROAD and one.supply is not Supply.B2C_LARGE and bool(self._gstin(one.buyer))

    def _is_told_early(self, one: TaxMonth) -> bool:
        return one.sales_filed_on is not None and one.sales_filed_on <= one.sales_due_on

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

    def exempt(self, months: Iterable[Month]) -> dict[tuple[bool, bool], int]:
        found: defaultdict[tuple[bool, bool], int] = defaultdict(int)
        for month in months:
            for invoice in self._invoices[month]:
                if invoice.supply is Supply.EXEMPT or self._is_exempt_note(invoice):
                    key = invoice.place != self._registration.state, bool(self._gstin(invoice.buyer))
                    sign = -1 if invoice.supply is Supply.CREDIT_NOTE else 1
                    found[key] += sign * invoice.tax.taxable_paise
            found[False, False] += sum(one.taxable_paise for one in self._retail[month] if not one.rate_bps)
        return {key: paise for key, paise in sorted(found.items()) if paise}

    def exported(self, month: Month) -> int:
        papers = [one for one in self._invoices[month] if one.place == ABROAD]
        return sum(-one.tax.taxable_paise if one.against else one.tax.taxable_paise for one in papers)

    def _headings(self, months: Sequence[Month], small: Iterable[Small]) -> Iterator[Heading]:
        """Credit notes are not taken off here; what consumers bought is spread over what the firm deals in."""
        found: defaultdict[tuple[bool, str, int], Tax] = defaultdict(lambda: NO_TAX)
        for key, tax in chain(self._invoiced(months), self._bought(months, small)):
            found[key] = found[key].plus(tax)
        turnover, day = self._turnover_before(months[-1]), months[-1].last_day
        for (is_b2b, hsn, rate), tax in sorted(found.items()):
            if tax.taxable_paise:
                yield Heading(told_heading(self._figures, hsn, turnover, day), rate, is_b2b, tax)

    def _turnover_before(self, month: Month) -> int:
        """Tell the turnover of the financial year before; of a year nobody lived, what the firm is drawn with."""
        first = Month(month.year - (month.month < 4), 4).plus(-12)
        lived = [one for at, one in self._months.items() if first <= at <= first.plus(11)]
        told = sum(turnover_of(one) + one.export_paise for one in lived)
        return told if lived else self._books.frame.firm.turnover_paise

    def _invoiced(self, months: Iterable[Month]) -> Iterator[tuple[tuple[bool, str, int], Tax]]:
        for month in months:
            for one in self._invoices[month]:
                if one.supply is not Supply.CREDIT_NOTE:
                    yield (bool(self._gstin(one.buyer)), one.hsn, one.rate_bps), one.tax

    def _bought(
        self, months: Sequence[Month], small: Iterable[Small]
    ) -> Iterator[tuple[tuple[bool, str, int], Tax]]:
        exempt = sum(one.taxable_paise for month in months for one in self._retail[month] if not one.rate_bps)
        sold = [(one.rate_bps, one.tax) for one in small]
        for rate, tax in (*sold, (0, Tax(exempt, 0, 0, 0))):
            for hsn, part in self._spread(rate, tax, months[-1].last_day):
                yield (False, hsn, rate), part

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
            books: defaultdict[str, list[str]] = defaultdict(list)
            for one in papers:
                if (one.supply is Supply.CREDIT_NOTE) is is_note:
                    books[one.number.partition("/")[0]].append(one.number)
            for numbers in books.values():
                yield Series(kind, numbers[0], numbers[-1], len(numbers))
        taken = sum(one.gross_paise for month in months for one in self._retail[month])
        bills_n = taken // self._books.frame.firm.sector.ticket_paise
        if bills_n > 0:
            stem = f"R{months[-1].year % 100:02}{months[-1].month:02}-"
            yield Series(1, f"{stem}1", f"{stem}{bills_n}", bills_n)

    def consumers(self, months: Iterable[Month]) -> Iterator[Small]:
        found: defaultdict[str, Tax] = defaultdict(lambda: NO_TAX)
        for month in months:
            for one in self._invoices[month]:
                if one.supply is Supply.B2C_LARGE:
                    found[one.place] = found[one.place].plus(one.tax)
        return (Small(place, 0, "", tax) for place, tax in sorted(found.items()))


def _without(tax: Tax, part: Tax) -> Tax:
    return Tax(*(paise - taken for paise, taken in zip(tax, part, strict=True)))
