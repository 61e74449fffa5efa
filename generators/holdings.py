"""What the fund houses have booked by a day, once it is known which payments arrived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from generators.folios import Folio, Holding, Sip
from generators.funds import BOUGHT_WITH_MONEY, FundBook, Order, OrderKind
from generators.nav import nav_10000, units_1000, worth_paise
from generators.papers import Passed
from kit.period import add_months
from kit.ratio import half_even


class Booked(NamedTuple):
    """One order as it was carried out: units are signed, closing is what the folio holds of the scheme after it."""

    order: Order
    on: date
    units: int
    nav_10000: int
    closing_units: int
    lock_days: int


class Position(NamedTuple):
    """What a folio holds of one scheme at the end of a day; cost is that of the units still held, first in first out."""

    folio: Folio
    holding: Holding
    units: int
    lien_units: int
    locked_units: int
    cost_paise: int
    nav_10000: int
    nav_on: date

    @property
    def worth_paise(self) -> int:
        """Units at the NAV of the day."""
        return worth_paise(self.units, self.nav_10000)


class Standing(NamedTuple):
    """How a systematic plan stands at the end of a day; days are None where there is none."""

    sip: Sip
    complete_n: int
    pending_n: int
    last_on: date | None
    next_on: date | None
    ceased_on: date | None


def booked(book: FundBook, passed: Mapping[str, Passed], last: date) -> tuple[Booked, ...]:
    """Carry out the orders up to a day in the order of their days: what was not paid is not allotted."""
    known = book.holdings
    held = {place: holding.opening_units for place, holding in known.items()}
    found = []
    for on, order in sorted(_carried_out(book, passed, last), key=_in_time):
        place = order.folio, order.isin
        scheme = known[place].scheme
        nav = nav_10000(scheme, on)
        units = order.units or units_1000(order.paise - order.kept_paise, nav)
        held[place] += units
        lock_days = (add_months(on, scheme.lock_months) - on).days
        found.append(Booked(order, on, units, nav, held[place], lock_days))
    return tuple(found)


def _in_time(carried: tuple[date, Order]) -> tuple[date, str]:
    return carried[0], carried[1].document


def _carried_out(book: FundBook, passed: Mapping[str, Passed], last: date) -> Iterator[tuple[date, Order]]:
    for order in book.orders:
        on: date | None = order.on
        if order.kind in BOUGHT_WITH_MONEY:
            fate = passed.get(order.document)
            market = book.holdings[order.folio, order.isin].scheme.walk.market
            on = None if fate is None or fate.paid_on is None else market.open_from(fate.paid_on)
        if on is not None and on <= last:
            yield on, order


def positions(book: FundBook, done: tuple[Booked, ...], day: date) -> tuple[Position, ...]:
    """Tell every holding at the end of a day, folio by folio; done is what was booked up to it."""
    return tuple(
        _position(folio, holding, [one for one in done if one.on <= day], day)
        for folio in book.folios
        for holding in folio.holdings
    )


def _position(folio: Folio, holding: Holding, done: list[Booked], day: date) -> Position:
    isin = holding.scheme.isin
    lots = [(holding.opening_units, holding.opening_cost_paise)]
    own = [one for one in done if _place(one) == (folio.number, isin)]
    for one in own:
        if one.units > 0:
            lots.append((one.units, one.order.paise))
        else:
            lots = _sold(lots, -one.units)
    lien = folio.lien
    is_marked = lien is not None and lien.isin == isin and lien.stands_on(day)
    return Position(
        folio=folio,
        holding=holding,
        units=sum(units for units, _ in lots),
        lien_units=lien.units if lien is not None and is_marked else 0,
        locked_units=_locked(holding, own, day),
        cost_paise=sum(cost for _, cost in lots),
        nav_10000=nav_10000(holding.scheme, day),
        nav_on=holding.scheme.walk.market.open_until(day),
    )


def _sold(lots: list[tuple[int, int]], units: int) -> list[tuple[int, int]]:
    """Take units from the oldest lots, and of the last of them its share of the cost."""
    left = []
    for held, cost in lots:
        taken = min(held, units)
        units -= taken
        if held > taken:
            left.append((held - taken, cost - half_even(cost * taken, held)))
    return left


def _locked(holding: Holding, own: list[Booked], day: date) -> int:
    """Units bought within the time of the lock; those of the first day were bought evenly since the folio was opened."""
    months = holding.scheme.lock_months
    if not months:
        return 0
    since, begun, first = add_months(day, -months), holding.held_since, holding.scheme.walk.first
    late_days = max(0, (first - max(since, begun)).days)
    early = holding.opening_units * late_days // max(1, (first - begun).days)
    return early + sum(one.units for one in own if one.units > 0 and one.on > since)


def standings(folio: Folio, done: tuple[Booked, ...], day: date) -> tuple[Standing, ...]:
    """Tell how the plans of a folio stand that were registered by a day; done is what was booked up to it."""
    return tuple(_standing(folio, sip, done, day) for sip in folio.sips if sip.created_on <= day)


def _standing(folio: Folio, sip: Sip, done: tuple[Booked, ...], day: date) -> Standing:
    paid = [
        one.on for one in done if one.order.kind is OrderKind.SIP and _place(one) == (folio.number, sip.isin)
    ]
    first = next(held.scheme.walk.first for held in folio.holdings if held.scheme.isin == sip.isin)
    before, presented_n = sip.paid_before(first), sip.paid_before(day + timedelta(days=1))
    earlier = [sip.falls_on(before)] if before else []
    ceased_on = sip.ceased_on if sip.ceased_on is not None and sip.ceased_on <= day else None
    pending_n = 0 if ceased_on is not None else sip.instalments_n - presented_n
    return Standing(
        sip=sip,
        complete_n=before + len(paid),
        pending_n=pending_n,
        last_on=max(earlier + paid, default=None),
        next_on=sip.falls_on(presented_n + 1) if pending_n else None,
        ceased_on=ceased_on,
    )


def _place(done: Booked) -> tuple[str, str]:
    return done.order.folio, done.order.isin
