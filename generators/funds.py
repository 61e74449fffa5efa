"""The owner's mutual funds: folios, systematic plans, money put aside after good months, redemptions and switches.

Whether an instalment was paid is known only when the days are lived. So what is sold or switched is taken from units
that are held for certain: those of the first day and those switched in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from generators.folios import (
    Folio,
    Holding,
    Sip,
    bounds,
    folios_of,
    houses_of,
    monthly_profit_paise,
    owners_market,
)
from generators.frame import Frame
from generators.nav import nav_10000, units_1000, worth_paise
from generators.papers import Due, IfShort, Sale
from generators.people import Counterparty
from generators.trade import MILLION, Purpose, Rail
from kit.chance import Stream
from kit.period import Month, month_of, months_between
from kit.ratio import half_even
from kit.shapes import whole

_LEAST_REDEEMED_PAISE = 1_000_00


class OrderKind(StrEnum):
    """What is asked of a fund house."""

    SIP = "SIP"
    LUMP_SUM = "LUMP_SUM"
    REDEMPTION = "REDEMPTION"
    SWITCH_OUT = "SWITCH_OUT"
    SWITCH_IN = "SWITCH_IN"


BOUGHT_WITH_MONEY = (OrderKind.SIP, OrderKind.LUMP_SUM)


class Order(NamedTuple):
    """One order; units are thousandths, signed, and zero where the allotment waits for the money.

    Of a sale paise are what the units are worth and tax is kept back from the payout; of a purchase duty is kept back.
    """

    document: str
    on: date
    kind: OrderKind
    folio: str
    isin: str
    paise: int
    kept_paise: int
    units: int
    number: int

    @property
    def moved_paise(self) -> int:
        """The money that moves on the owner's account, or from scheme to scheme."""
        return self.paise - self.kept_paise if self.units < 0 else self.paise


@dataclass(frozen=True)
class FundBook:
    """All that is planned with fund houses; empty for a business whose owner holds no funds."""

    folios: tuple[Folio, ...] = ()
    orders: tuple[Order, ...] = ()
    dues: tuple[Due, ...] = ()
    people: tuple[Counterparty, ...] = ()
    sales: tuple[Sale, ...] = ()

    @cached_property
    def holdings(self) -> dict[tuple[str, str], Holding]:
        """The holdings by folio and ISIN."""
        return {
            (folio.number, holding.scheme.isin): holding
            for folio in self.folios
            for holding in folio.holdings
        }


def funds_of(frame: Frame, stream: Stream) -> FundBook:
    """Plan the owner's funds from the first day to the last."""
    if not frame.firm.invests:
        return FundBook()
    people = houses_of(frame, stream.branch("houses"))
    folios = folios_of(frame, stream.branch("folios"), people)
    orders = _orders(frame, stream, folios)
    asked = {folio.house_id for folio in folios}
    known = tuple(one for one in people if one.id in asked)
    book = FundBook(folios, orders, (), known)
    dues = (_due(frame, order, book) for order in orders)
    return replace(book, dues=tuple(sorted(due for due in dues if due is not None and due.day <= frame.last)))


def _orders(frame: Frame, stream: Stream, folios: tuple[Folio, ...]) -> tuple[Order, ...]:
    months = months_between(month_of(frame.first), month_of(frame.last))
    shelf = _Shelf(frame, folios)
    lived = (order for month in months for order in shelf.month(month, stream.branch("month", str(month))))
    return tuple(sorted((one for one in lived if frame.first <= one.on <= frame.last), key=_in_time))


def _in_time(order: Order) -> tuple[date, str]:
    return order.on, order.document


class _Shelf:
    """Walks through the months; of every scheme it knows the units that are held and free for certain."""

    def __init__(self, frame: Frame, folios: tuple[Folio, ...]) -> None:
        self._frame, self._folios = frame, folios
        self._figures = frame.figures["funds"]
        self._free: dict[tuple[str, str], int] = {}
        self._number = 0
        for folio in folios:
            for holding in folio.holdings:
                marked = folio.lien.units if folio.lien and folio.lien.isin == holding.scheme.isin else 0
                locked = holding.opening_units if holding.scheme.lock_months else 0
                free = holding.opening_units - max(marked, locked)
                self._free[folio.number, holding.scheme.isin] = free

    def month(self, month: Month, stream: Stream) -> Iterator[Order]:
        """Plan one month, folio by folio; chance is drawn whether it is used or not."""
        for folio in self._folios:
            for sip in folio.sips:
                yield from self._instalment(folio, sip, month)
            yield from self._lump_sum(folio, month, stream)
            yield from self._redemption(folio, month, stream)
            yield from self._switch(folio, month, stream)

    def _instalment(self, folio: Folio, sip: Sip, month: Month) -> Iterator[Order]:
        number = (month.year - sip.first_on.year) * 12 + month.month - sip.first_on.month + 1
        if sip.is_due(number):
            day = sip.falls_on(number)
            duty = self._duty(sip.paise, day)
            yield Order(
                f"{sip.id}/{number}", day, OrderKind.SIP, folio.number, sip.isin, sip.paise, duty, 0, number
            )

    def _lump_sum(self, folio: Folio, month: Month, stream: Stream) -> Iterator[Order]:
        is_drawn = self._is_drawn(stream, "lump_sum_ppm", month)
        low, high = bounds(self._figures, "lump_sum_profit_percent", month.first_day)
        percent, day = stream.randint(low, high), self._some_day(stream, month)
        holding = stream.choice(folio.holdings)
        season = self._frame.firm.sector.months_percent[month.prev.month - 1]
        if not is_drawn or season < self._figures.whole("good_month_percent", month.first_day):
            return
        rupees = monthly_profit_paise(self._frame, day) * percent // 10_000 // 1000 * 1000
        paise = max(5000, rupees) * 100
        isin, duty = holding.scheme.isin, self._duty(paise, day)
        yield Order(self._next("LUMP"), day, OrderKind.LUMP_SUM, folio.number, isin, paise, duty, 0, 0)

    def _redemption(self, folio: Folio, month: Month, stream: Stream) -> Iterator[Order]:
        ppm = int(
            self._figures.whole("redemption_ppm", month.first_day) * (1.7 - 1.4 * self._frame.firm.discipline)
        )
        is_drawn = stream.randrange(MILLION) < ppm
        percent = stream.randint(*bounds(self._figures, "redemption_percent", month.first_day))
        day, holding = self._some_day(stream, month), stream.choice(folio.holdings)
        units = self._free[folio.number, holding.scheme.isin] * percent // 100
        paise = worth_paise(units, nav_10000(holding.scheme, day))
        if is_drawn and paise >= _LEAST_REDEEMED_PAISE:
            self._free[folio.number, holding.scheme.isin] -= units
            yield self._sale(
                OrderKind.REDEMPTION, self._next("REDEEM"), (folio, holding), (day, units, paise)
            )

    def _switch(self, folio: Folio, month: Month, stream: Stream) -> Iterator[Order]:
        is_drawn = self._is_drawn(stream, "switch_ppm", month)
        percent, day = stream.randint(10, 60), self._some_day(stream, month)
        source, target = stream.sample(folio.holdings, 2) if len(folio.holdings) == 2 else (None, None)
        if not is_drawn or source is None or target is None:
            return
        units = self._free[folio.number, source.scheme.isin] * percent // 100
        paise = worth_paise(units, nav_10000(source.scheme, day))
        if paise < _LEAST_REDEEMED_PAISE:
            return
        self._free[folio.number, source.scheme.isin] -= units
        document = self._next("SWITCH")
        out = self._sale(OrderKind.SWITCH_OUT, f"{document}/OUT", (folio, source), (day, units, paise))
        yield out
        bought, duty = out.moved_paise, self._duty(out.moved_paise, day)
        gained = units_1000(bought - duty, nav_10000(target.scheme, day))
        if not target.scheme.lock_months:
            self._free[folio.number, target.scheme.isin] += gained
        isin = target.scheme.isin
        yield Order(f"{document}/IN", day, OrderKind.SWITCH_IN, folio.number, isin, bought, duty, gained, 0)

    def _sale(
        self, kind: OrderKind, document: str, place: tuple[Folio, Holding], sold: tuple[date, int, int]
    ) -> Order:
        (folio, holding), (day, units, paise) = place, sold
        ppm = self._figures.whole("transaction_tax_ppm", day) if holding.scheme.is_taxed else 0
        tax = half_even(paise * ppm, MILLION)
        return Order(document, day, kind, folio.number, holding.scheme.isin, paise, tax, -units, 0)

    def _is_drawn(self, stream: Stream, name: str, month: Month) -> bool:
        return stream.randrange(MILLION) < self._figures.whole(name, month.first_day)

    def _some_day(self, stream: Stream, month: Month) -> date:
        return owners_market(self._frame).open_from(month.first_day.replace(day=stream.randint(1, 26)))

    def _duty(self, paise: int, day: date) -> int:
        return half_even(paise * self._figures.whole("stamp_duty_ppm", day), MILLION)

    def _next(self, word: str) -> str:
        self._number += 1
        return f"{word}-{self._number}"


def _due(frame: Frame, order: Order, book: FundBook) -> Due | None:
    """Say what an order moves on the owner's account; a switch moves nothing."""
    house = next(folio.house_id for folio in book.folios if folio.number == order.folio)
    if order.kind in BOUGHT_WITH_MONEY:
        rail = Rail.NACH if order.kind is OrderKind.SIP else Rail.NEFT
        short = IfShort.BOUNCES if order.kind is OrderKind.SIP else IfShort.SKIPPED
        return Due(
            order.on,
            order.document,
            frame.purse,
            house,
            Purpose.INVESTMENT,
            rail,
            -order.paise,
            short,
        )
    if order.kind is not OrderKind.REDEMPTION:
        return None
    paces = frame.figures["funds"].table("payout_business_days", order.on)
    day = owners_market(frame).open_from(
        order.on, whole(paces[book.holdings[order.folio, order.isin].scheme.pace])
    )
    return Due(
        day,
        order.document,
        frame.purse,
        house,
        Purpose.REDEMPTION,
        Rail.NEFT,
        order.moved_paise,
        IfShort.WAITS,
    )
