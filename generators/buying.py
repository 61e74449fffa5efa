"""What a firm buys to sell again: inward invoices, what it owes its suppliers, and the credit their tax gives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from generators.drawing import SUNDRY_SHARE
from generators.figures import Figures
from generators.frame import Frame
from generators.gst import credited_in, rate_bps
from generators.numbering import PURCHASES_A_YEAR, purchase_number
from generators.papers import NO_TAX, Purchase, Scheme, Tax
from generators.people import Tie
from generators.receipts import normal
from generators.tax import rounded_to_rupee, tax_on
from generators.trade import MILLION, RUPEE
from kit.chance import Stream
from kit.period import Month, month_of
from kit.shapes import whole

# How uneven deliveries are, and how much more the first suppliers and goods are chosen than the last.
_SIZE_SPREAD, _FAVOUR = 0.6, 1.5


class Payable(NamedTuple):
    """What is owed to a supplier for one delivery, less the parts of it that were paid."""

    due_on: date
    paise: int
    supplier: str
    document: str
    parts_n: int = 0

    @property
    def paper(self) -> str:
        """Name the payment: by the bill, and by its number where the bill is paid in parts."""
        return f"{self.document}/PART{self.parts_n}" if self.parts_n else self.document

    def less(self, paise: int) -> Payable:
        """Give what is owed after a part was paid."""
        return self._replace(paise=self.paise - paise, parts_n=self.parts_n + 1)


class _Practice(NamedTuple):
    """What the figures say of suppliers, read once."""

    never_filed: float
    filed_late: float
    blocked: float
    slowness: float
    patience_days: int
    bare: float
    least_terms: float
    most_terms: float


def _practice(cash: Figures, day: date) -> _Practice:
    told, terms = cash.table("suppliers_tell_ppm", day), cash.table("supplier_terms", day)
    return _Practice(
        never_filed=whole(told["never"]) / MILLION,
        filed_late=whole(told["late"]) / MILLION,
        blocked=whole(told["blocked"]) / MILLION,
        slowness=1 / cash.whole("order_days", day),
        patience_days=cash.whole("supplier_patience_days", day),
        bare=1 - cash.whole("bare_shelf_sells_percent", day) / 100,
        least_terms=whole(terms["least_percent"]) / 100,
        most_terms=whole(terms["most_percent"]) / 100,
    )


class Buying:
    """Buys in step with sales and keeps the list of what is owed."""

    def __init__(self, frame: Frame, taken: frozenset[str]) -> None:
        """Owe nobody anything; taken are numbers of planted papers, which are not given twice."""
        firm, cash = frame.firm, frame.figures["cash"]
        self._firm, self._tax = firm, frame.figures["tax"]
        self._practice = _practice(cash, frame.first)
        suppliers = frame.people[Tie.SUPPLIER]
        self._firms = [one for one in suppliers if one.gstin]
        self._persons = [one for one in suppliers if not one.gstin]
        overhead = (firm.sector.wages_ppm + firm.sector.rent_ppm) / MILLION + SUNDRY_SHARE
        self._share = max(0.05, 1 - firm.margin - overhead)
        without = frame.figures["trade"].row("sectors_without_credit", frame.first)
        self._may_credit = firm.sector.id not in without
        if firm.scheme not in (Scheme.MONTHLY, Scheme.QRMP) or not self._may_credit:
            self._share /= 1 + cash.whole("tax_in_cost_ppm", frame.first) / MILLION
        self._paid_unseen = firm.unseen / self._share
        self._size = max(
            cash.whole("least_delivery_paise", frame.first),
            int(firm.turnover_paise * self._share / PURCHASES_A_YEAR),
        )
        self._wanted = 0.0
        self._pace = firm.turnover_paise / 365
        self._number = 0
        self._taken = taken
        self._next = self._size
        terms = cash.table("supplier_terms", frame.first)
        stocked = firm.sector.stock_days * whole(terms["of_stock_percent"]) // 100
        self._terms = stocked + whole(terms["days"])
        self._stock_days = max(whole(terms["days"]), firm.sector.stock_days)
        self._credit: dict[Month, Tax] = {}
        self._is_cut_off = False
        self._released_paise = 0
        self.payables: list[Payable] = []

    def copy(self) -> Buying:
        """Give one that buys alone from here."""
        twin = object.__new__(Buying)
        twin.__dict__.update(self.__dict__)
        twin._credit = dict(self._credit)
        twin.payables = list(self.payables)
        return twin

    def day(self, day: date, chance: Stream, net_paise: int) -> list[Purchase]:
        """Buy again what was sold, in deliveries of some size."""
        self._pace += (net_paise - self._pace) * self._practice.slowness
        self._wanted += self._pace * self._share
        made: list[Purchase] = []
        while self._wanted >= self._next and self._is_delivered():
            self._wanted -= self._next
            taxable = self._next
            drawn = _SIZE_SPREAD * (normal(chance) - _SIZE_SPREAD / 2)
            self._next = max(RUPEE, int(self._size * math.exp(drawn)) // RUPEE * RUPEE)
            self._number += 1
            if chance.randrange(MILLION) < self._firm.sector.inputs_registered_ppm:
                made.append(self._invoice(day, chance, taxable))
            else:
                supplier = chance.choice(self._persons)
                self._owe(day, chance, taxable, supplier.id, f"BILL-{self._number}")
        return made

    def _is_delivered(self) -> bool:
        """Who is cut off gets goods for what he pays of the old bills, and no more."""
        if not self._is_cut_off:
            return True
        if self._released_paise < self._next:
            self._wanted = min(self._wanted, self._pace * self._share * self._stock_days + self._next)
            return False
        self._released_paise -= self._next
        return True

    @property
    def shelf(self) -> float:
        """Tell how much of what is asked for can be sold, between 0 and 1; only who is cut off runs out of goods."""
        if not self._is_cut_off:
            return 1.0
        stock = self._pace * self._share * self._stock_days + self._size
        return 1 - self._practice.bare * min(1.0, max(0.0, self._wanted - self._size) / stock)

    def wait(self, days: int) -> None:
        """Suppliers who have waited too long deliver only as the old is paid, until none has to wait so long any more."""
        self._is_cut_off = days > self._practice.patience_days
        if not self._is_cut_off:
            self._released_paise = 0

    def released(self, paise: int) -> None:
        """Take note of what was paid."""
        self._released_paise += paise

    def plant(self, purchases: Sequence[Purchase]) -> Sequence[Purchase]:
        """Put papers among the day's own that nothing was delivered on and nothing will be paid for."""
        for one in purchases:
            self._credit_for(one)
        return purchases

    def _credit_for(self, purchase: Purchase) -> None:
        month = credited_in(purchase, self._tax)
        if month is not None and purchase.is_eligible:
            self._credit[month] = self._credit.get(month, NO_TAX).plus(purchase.tax)

    def _invoice(self, day: date, chance: Stream, taxable: int) -> Purchase:
        draw, sold = chance.random, self._firm.sector.inputs_hsn
        supplier = self._firms[int(draw() ** _FAVOUR * len(self._firms))]
        hsn = sold[int(draw() ** _FAVOUR * len(sold))]
        rate = rate_bps(self._tax, hsn, day)
        tax = tax_on(taxable, rate, supplier.gstin[:2] != self._firm.state)
        purchase = Purchase(
            number=self._numbered(supplier.id, day),
            on=day,
            supplier=supplier.id,
            place=self._firm.state,
            hsn=hsn,
            rate_bps=rate,
            tax=tax,
            value_paise=rounded_to_rupee(tax.gross_paise),
            is_eligible=chance.random() >= self._practice.blocked and self._may_credit,
            filed_on=self._filed_on(day, chance),
        )
        self._credit_for(purchase)
        self._owe(day, chance, purchase.value_paise, supplier.id, purchase.number)
        return purchase

    def _numbered(self, supplier: str, day: date) -> str:
        while (number := purchase_number(supplier, day, self._number)) in self._taken:
            self._number += 1
        return number

    def _owe(self, day: date, chance: Stream, paise: int, supplier: str, document: str) -> None:
        if chance.random() < self._paid_unseen:
            return
        due_on = day + timedelta(
            days=int(self._terms * chance.uniform(self._practice.least_terms, self._practice.most_terms))
        )
        self.payables.append(Payable(due_on, paise, supplier, document))

    def credit_of(self, month: Month) -> Tax:
        """Take the credit that a month's statement of inward supplies gives."""
        return self._credit.pop(month, NO_TAX)

    def paid_in_cash(self, paise: int) -> int:
        """Pay the smallest suppliers over the counter, and tell what that took."""
        spent, left = 0, []
        is_full = False
        for one in self.payables:
            is_small = one.document.startswith("BILL-")
            is_full = is_full or (is_small and spent + one.paise > paise)
            if is_small and not is_full:
                spent += one.paise
            else:
                left.append(one)
        self.payables = left
        self._released_paise += spent
        return spent

    def _filed_on(self, day: date, chance: Stream) -> date | None:
        """Most suppliers tell of an invoice by the eleventh of the next month, some a month late, a few never."""
        told, drawn = self._practice, chance.random()
        if drawn < told.never_filed:
            return None
        is_late = drawn < told.never_filed + told.filed_late
        month = month_of(day).next.next if is_late else month_of(day).next
        return month.first_day + timedelta(days=6 + int(chance.random() * 5))
