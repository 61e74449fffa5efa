"""One life, day by day: sales bring money, dues take it, cash is the running sum of both.

A day is a function of the seed and of the days before it, never of the day the life is looked at,
so that a later look tells the same past. A fork lives another future from the same evening on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from generators.buying import Buying
from generators.cashier import Cashier
from generators.counter import Wish
from generators.failing import Failing
from generators.frame import Frame
from generators.papers import Book, Due, Invoice, Purchase, Retail, Sale
from generators.receipts import Takings
from generators.returns import TaxDesk
from generators.selling import Selling
from generators.trade import Move
from kit.chance import Stream
from kit.period import month_of

_DAY = timedelta(days=1)


class Page(NamedTuple):
    """What one day wrote: the balances of its morning by account, its movements, and takings still in one sum."""

    opening: Mapping[str, int]
    moves: Sequence[Move]
    takings: Takings | None


class Plan(NamedTuple):
    """All books of a life, by day, and the papers that were planted among the true ones."""

    dues: Mapping[date, Sequence[Due]]
    sales: Mapping[date, Sequence[Sale]]
    planted: Mapping[date, Sequence[Invoice | Purchase]]


def planned(books: Iterable[Book], papers: Iterable[Invoice | Purchase]) -> Plan:
    """Lay the books of a life beside each other."""
    planted: dict[date, list[Invoice | Purchase]] = defaultdict(list)
    for paper in papers:
        planted[paper.on].append(paper)
    dues: dict[date, list[Due]] = defaultdict(list)
    sales: dict[date, list[Sale]] = defaultdict(list)
    for book in books:
        for due in book.dues:
            dues[due.day].append(due)
        for sale in book.sales:
            sales[sale.day].append(sale)
    return Plan(dues, sales, planted)


class Course:
    """The life of one firm up to the evening it has been lived to, with everything it wrote down."""

    def __init__(self, frame: Frame, stream: Stream, plan: Plan, wish: Wish) -> None:
        """Begin on the morning of the first day."""
        self.frame = frame
        self.pages: dict[date, Page] = {}
        self.invoices: list[Invoice] = []
        self.purchases: list[Purchase] = []
        self.retail: list[Retail] = []
        self.turnover: dict[date, int] = {}
        self.next_day = frame.first
        self._stream = stream
        self._plan = plan
        self._extra: Mapping[date, Sequence[Due]] = {}
        self.desk = TaxDesk(frame, stream.branch("returns"))
        self.cashier = Cashier(frame)
        taken = frozenset(paper.number for papers in plan.planted.values() for paper in papers)
        self._selling = Selling(frame, wish, taken)
        self._buying = Buying(frame, taken)
        self._chance = stream
        self._failing: Failing | None = None

    def fork(self, stream: Stream, extra: Iterable[Due], failing: Failing) -> Course:
        """Live on from this evening in another future, with dues nobody planned before; what was written stays behind."""
        twin = object.__new__(Course)
        twin.__dict__.update(self.__dict__)
        twin.pages, twin.invoices, twin.purchases, twin.retail, twin.turnover = {}, [], [], [], {}
        twin._stream = stream
        twin._chance = stream.branch("first")
        twin._failing = failing
        by_day: dict[date, list[Due]] = defaultdict(list)
        for due in extra:
            by_day[due.day].append(due)
        twin._extra = by_day
        twin.desk = self.desk.copy(stream.branch("returns"))
        twin.cashier = self.cashier.copy()
        twin._selling = self._selling.copy()
        twin._buying = self._buying.copy()
        return twin

    def live_to(self, last: date) -> None:
        """Live all days up to one, that one included."""
        while self.next_day <= last:
            day, self.next_day = self.next_day, self.next_day + _DAY
            self._live(day)

    def _live(self, day: date) -> None:
        if day.day == 1:
            self._chance = self._stream.branch("month", day.year, day.month)
            self._selling.begin_month(day, self._chance)
        chance, cashier = self._chance, self.cashier
        cashier.begin(day)
        if self._plan.planted:
            self._plant(self._plan.planted.get(day, ()))
        sold = self._selling.day(day, chance, self._plan.sales.get(day, ()), self._buying.shelf)
        self.retail += sold.retail
        self.invoices += sold.invoices
        self.turnover[day] = sold.net_paise
        cashier.expect(sold.coming)
        cashier.put_in_drawer(sold.cash_paise)
        self.purchases += self._buying.day(day, chance, int(sold.net_paise * self._selling.cost))
        due = self._plan.dues.get(day, ())
        cashier.pay_dues(chance, [*due, *self._extra[day]] if day in self._extra else due)
        cashier.pay_suppliers(chance, self._buying)
        cashier.bank_cash(chance, self._buying)
        if self.next_day.day == 1:
            self._end_month(day)
        self.pages[day] = Page(cashier.opening, cashier.close(sold.takings), sold.takings)

    def _plant(self, papers: Sequence[Invoice | Purchase]) -> None:
        self._selling.plant([one for one in papers if isinstance(one, Invoice)])
        self.purchases += self._buying.plant([one for one in papers if isinstance(one, Purchase)])

    def _end_month(self, day: date) -> None:
        month = month_of(day)
        supplied, credit = self._selling.month_supplied(), self._buying.credit_of(month)
        dues = self.desk.closed(month, supplied.output, supplied.exempt_paise, supplied.export_paise, credit)
        self.cashier.wait_for(dues)
        for document, paid_on in self.cashier.taxes_paid():
            late = self.desk.late(document, paid_on)
            if late is not None:
                self.cashier.wait_for((late,))
        self.cashier.settle_month(self._chance, self._selling.month_net_paise)
        if self._failing is not None:
            self._fail_or_go_on(day, self._failing)

    def _fail_or_go_on(self, day: date, failing: Failing) -> None:
        if failing.happens(day, self._chance, self.cashier.strain, self._selling.is_stressed):
            self._failing = None
            self._selling.cease()
            self.cashier.abandon()
