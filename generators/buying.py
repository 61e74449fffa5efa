"""What a firm buys to sell again: inward invoices, what it owes its suppliers, and the credit their tax gives."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from generators.drawing import SUNDRY_SHARE
from generators.frame import Frame
from generators.gst import credited_in, rate_bps
from generators.numbering import PURCHASES_A_YEAR, purchase_number
from generators.papers import NO_TAX, Purchase, Scheme, Tax
from generators.people import Tie
from generators.tax import rounded_to_rupee, tax_on
from generators.trade import MILLION, RUPEE
from kit.chance import Stream
from kit.period import Month, month_of

_LEAST_PAISE = 4_000 * RUPEE
_NEVER_FILED, _FILED_LATE, _BLOCKED = 0.02, 0.10, 0.04
# Orders follow sales by about a month: what was ordered in good days falls due in bad ones.
_SLOWNESS = 1 / 30
# Of what firms without credit buy this much is tax, which is cost to them.
_TAX_IN_COST = 0.10


class Payable(NamedTuple):
    """What is owed to a supplier for one delivery."""

    due_on: date
    paise: int
    supplier: str
    document: str


class Buying:
    """Buys in step with sales and keeps the list of what is owed."""

    def __init__(self, frame: Frame, taken: frozenset[str]) -> None:
        """Owe nobody anything; taken are numbers of planted papers, which are not given twice."""
        firm = frame.firm
        self._firm, self._tax = firm, frame.figures["tax"]
        suppliers = frame.people[Tie.SUPPLIER]
        self._firms = [one for one in suppliers if one.gstin]
        self._persons = [one for one in suppliers if not one.gstin]
        overhead = (firm.sector.wages_ppm + firm.sector.rent_ppm) / MILLION + SUNDRY_SHARE
        self._share = max(0.05, 1 - firm.margin - overhead)
        without = frame.figures["trade"].row("sectors_without_credit", frame.first)
        self._may_credit = firm.sector.id not in without
        if firm.scheme not in (Scheme.MONTHLY, Scheme.QRMP) or not self._may_credit:
            self._share /= 1 + _TAX_IN_COST
        self._paid_unseen = firm.unseen / self._share
        self._size = max(_LEAST_PAISE, int(firm.turnover_paise * self._share / PURCHASES_A_YEAR))
        self._wanted = 0.0
        self._pace = firm.turnover_paise / 365
        self._number = 0
        self._taken = taken
        self._next = self._size
        self._terms = max(5, int(firm.sector.stock_days * 0.5) + 6)
        self._credit: dict[Month, Tax] = {}
        self.payables: deque[Payable] = deque()

    def copy(self) -> Buying:
        """Give one that buys alone from here."""
        twin = object.__new__(Buying)
        twin.__dict__.update(self.__dict__)
        twin._credit = dict(self._credit)
        twin.payables = deque(self.payables)
        return twin

    def day(self, day: date, chance: Stream, net_paise: int) -> list[Purchase]:
        """Buy again what was sold, in deliveries of some size."""
        self._pace += (net_paise - self._pace) * _SLOWNESS
        self._wanted += self._pace * self._share
        made: list[Purchase] = []
        while self._wanted >= self._next:
            self._wanted -= self._next
            taxable = self._next
            self._next = max(RUPEE, int(self._size * math.exp(chance.gauss(-0.18, 0.6))) // RUPEE * RUPEE)
            self._number += 1
            if chance.randrange(MILLION) < self._firm.sector.inputs_registered_ppm:
                made.append(self._invoice(day, chance, taxable))
            else:
                supplier = chance.choice(self._persons)
                self._owe(day, chance, taxable, supplier.id, f"BILL-{self._number}")
        return made

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
        supplier = self._firms[int(chance.random() ** 1.5 * len(self._firms))]
        hsn = self._firm.sector.inputs_hsn[int(chance.random() ** 1.5 * len(self._firm.sector.inputs_hsn))]
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
            is_eligible=chance.random() >= _BLOCKED and self._may_credit,
            filed_on=_filed_on(day, chance),
        )
        self._credit_for(purchase)
        self._owe(day, chance, purchase.value_paise, supplier.id, purchase.number)
        return purchase

    def _numbered(self, supplier: str, day: date) -> str:
        while purchase_number(supplier, day, self._number) in self._taken:
            self._number += 1
        return purchase_number(supplier, day, self._number)

    def _owe(self, day: date, chance: Stream, paise: int, supplier: str, document: str) -> None:
        if chance.random() < self._paid_unseen:
            return
        due_on = day + timedelta(days=int(self._terms * chance.uniform(0.5, 1.5)))
        self.payables.append(Payable(due_on, paise, supplier, document))

    def credit_of(self, month: Month) -> Tax:
        """Take the credit that a month's statement of inward supplies gives."""
        return self._credit.pop(month, NO_TAX)

    def owed_on(self, day: date) -> Iterator[Payable]:
        """List what is due by a day, oldest purchase first."""
        return (one for one in self.payables if one.due_on <= day)

    def paid(self, one: Payable) -> None:
        """Strike a payable off."""
        self.payables.remove(one)

    def paid_in_cash(self, paise: int) -> int:
        """Pay the smallest suppliers over the counter, and tell what that took."""
        spent = 0
        for one in [one for one in self.payables if one.document.startswith("BILL-")]:
            if spent + one.paise > paise:
                break
            self.payables.remove(one)
            spent += one.paise
        return spent


def _filed_on(day: date, chance: Stream) -> date | None:
    """Most suppliers tell of an invoice by the eleventh of the next month, some a month late, a few never."""
    drawn = chance.random()
    if drawn < _NEVER_FILED:
        return None
    month = month_of(day).next if drawn >= _NEVER_FILED + _FILED_LATE else month_of(day).next.next
    return month.first_day + timedelta(days=6 + int(chance.random() * 5))
