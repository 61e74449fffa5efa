"""The business as a seller on the open network: its orders, what became of them, and the credits the buyer apps pay out.

A month's orders come from a stream of that month, so that a longer look adds orders and changes none. What only a message
needs (item lines, names, times of day) is not drawn here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, count
from math import exp, log
from typing import NamedTuple

from generators.frame import Frame
from generators.gst import rate_bps
from generators.papers import Due, IfShort, Sale, Scheme
from generators.payouts import Ending, Order, Payer, Settlement, counterparty, payers_of, settlements_of
from generators.people import Counterparty
from generators.receipts import normal
from generators.trade import MILLION, RUPEE, Purpose, Rail
from kit.chance import Stream
from kit.period import month_of, months_between
from kit.shapes import listed, text, whole

VIA = "ONDC"
DAY = timedelta(days=1)


class Goods(NamedTuple):
    """What a shop lists under one HSN: the network's domain, the titles, and the usual price of a unit."""

    domain: str
    titles: tuple[str, ...]
    unit_paise: int


class Place(NamedTuple):
    """Where the shop stands, as the network writes it; latitude and longitude in millionths of a degree."""

    town: str
    dialling: str
    pin: str
    state: str
    north: int
    east: int


class Shop(NamedTuple):
    """What the network knows of the shop beside its orders."""

    place: Place
    goods: Mapping[str, Goods]
    finder_fee_bps: int
    return_days: int


@dataclass(frozen=True, slots=True)
class OrderBook:
    """All orders up to the frame's last day by number from 1, with their payouts in order of day.

    of_takings is the expected part of all takings that is sold this way, between 0 and 1.
    """

    dues: tuple[Due, ...]
    sales: tuple[Sale, ...]
    people: tuple[Counterparty, ...]
    orders: tuple[Order, ...]
    settlements: tuple[Settlement, ...]
    payers: tuple[Payer, ...]
    of_takings: float
    shop: Shop | None


NO_ORDERS = OrderBook((), (), (), (), (), (), 0.0, None)


def orders_of(frame: Frame, stream: Stream) -> OrderBook:
    """Plan the orders of a seller on the network, and the credits they bring; of others nothing."""
    if not frame.firm.sells_on_ondc:
        return NO_ORDERS
    payers = payers_of(frame.figures["orders"], frame.first)
    habits = _Habits(frame, stream.branch("habits"))
    orders = tuple(_orders(frame, stream, habits))
    settlements = tuple(settlements_of(frame, orders, payers))
    return OrderBook(
        dues=tuple(_due(one, frame.till, payers[one.payer]) for one in settlements),
        sales=tuple(_sales(orders, frame.last)),
        people=tuple(map(counterparty, payers)),
        orders=orders,
        settlements=settlements,
        payers=payers,
        of_takings=habits.of_takings,
        shop=_shop(frame),
    )


def _shop(frame: Frame) -> Shop:
    figures, day = frame.figures["orders"], frame.first
    row = listed(figures.table("town_on_the_network", day)[frame.firm.town])
    return Shop(
        place=Place(frame.firm.town, text(row[0]), text(row[1]), text(row[2]), whole(row[3]), whole(row[4])),
        goods={code: _listed_goods(frame, code, day) for code in frame.firm.sector.hsn},
        finder_fee_bps=figures.whole("finder_fee_bps", day),
        return_days=figures.whole("return_window_days", day),
    )


def _listed_goods(frame: Frame, code: str, day: date) -> Goods:
    figures, taxes = frame.figures["orders"], frame.figures["tax"]
    domains, titles = (
        figures.table(name, day) for name in ("network_domain_by_chapter", "goods_titles_by_hsn")
    )
    plain = [taxes.table("hsn_title", day).get(code, "Goods")]
    price = whole(taxes.table("hsn_unit_paise", day).get(code, 0))
    return Goods(
        domain=text(domains.get(code[:2], domains[""])),
        titles=tuple(text(one) for one in listed(titles.get(code, plain))),
        unit_paise=price or figures.whole("smallest_order_paise", day),
    )


class _Habits:
    """What stays the same over all orders of a seller, read once."""

    def __init__(self, frame: Frame, stream: Stream) -> None:
        figures, sector, day = frame.figures["orders"], frame.firm.sector, frame.first
        low, high = map(whole, figures.row("basket_bounds_paise", day))
        percent = figures.whole("basket_percent_of_ticket", day)
        self.median_log = log(min(high, max(low, sector.ticket_paise * percent / 100)))
        self.spread = figures.whole("basket_spread_percent", day) / 100
        self.least_paise = figures.whole("smallest_order_paise", day)
        mean_paise = exp(self.median_log + self.spread**2 / 2)
        self.of_takings = _part_of_takings(frame, stream, mean_paise)
        self.orders_per_paise = self.of_takings / mean_paise
        self._days = frame.figures["tax"].changes("rate_bps_by_hsn")
        self._goods = tuple(_goods(frame, changed_on) for changed_on in self._days)
        apps = [listed(row) for row in figures.row("buyer_apps", day)]
        self.apps = tuple(accumulate(whole(row[2]) / 100 for row in apps))[:-1]
        self.cod = figures.whole("cash_on_delivery_ppm", day) / MILLION
        days = [whole(percent) / 100 for percent in figures.row("delivery_days_percent", day)]
        self.days = tuple(accumulate(days))[:-1]
        self.waits = tuple(timedelta(days=n) for n in range(len(days)))
        endings = figures.table("endings_ppm", day)
        care = 1.5 - frame.firm.discipline
        self.endings = tuple(accumulate(whole(ppm) * care / MILLION for ppm in endings.values()))
        self.ending_of = (*(Ending(name) for name in endings), Ending.DELIVERED)
        self.reasons = {
            Ending(name): _weighted(rows) for name, rows in figures.table("reasons_percent", day).items()
        }
        self.off = tuple(whole(percent) / 100 for percent in figures.row("part_taken_off_percent", day))
        self.return_days = figures.whole("return_window_days", day)

    def goods(self, day: date) -> tuple[tuple[int, str], ...]:
        """Give what the seller deals in, each with its rate of tax."""
        return self._goods[max(0, bisect_right(self._days, day) - 1)]


def _goods(frame: Frame, day: date) -> tuple[tuple[int, str], ...]:
    """Who is outside the levy, or pays it by composition, shows no tax."""
    codes = frame.firm.sector.hsn
    if frame.firm.scheme not in (Scheme.MONTHLY, Scheme.QRMP):
        return tuple((0, code) for code in codes)
    return tuple((rate_bps(frame.figures["tax"], code, day), code) for code in codes)


def _part_of_takings(frame: Frame, stream: Stream, mean_paise: float) -> float:
    """Draw the part of takings sold this way, within what one seller packs in a month."""
    figures, sector = frame.figures["orders"], frame.firm.sector.id
    shares, bounds = (
        figures.table(name, frame.first) for name in ("share_of_takings_ppm", "orders_a_month_bounds")
    )
    low, high = (whole(ppm) / MILLION for ppm in listed(shares.get(sector, shares[""])))
    fewest, most = map(whole, listed(bounds.get(sector, bounds[""])))
    month_paise = frame.firm.turnover_paise / 12
    orders = stream.uniform(low, high) * month_paise / mean_paise
    return min(most, max(fewest, orders)) * mean_paise / month_paise


def _weighted(rows: object) -> tuple[tuple[float, ...], tuple[tuple[str, str], ...]]:
    listed_rows = [listed(row) for row in listed(rows)]
    weights = [whole(row[2]) for row in listed_rows]
    edges = tuple(edge / sum(weights) for edge in accumulate(weights))[:-1]
    return edges, tuple((text(row[0]), text(row[1])) for row in listed_rows)


def _orders(frame: Frame, stream: Stream, habits: _Habits) -> Iterator[Order]:
    first = max(frame.first, frame.firm.started_on)
    numbers = count(1)
    for month in months_between(month_of(first), month_of(frame.last)):
        chance = stream.branch("month", month.year, month.month)
        day, last = max(first, month.first_day), min(frame.last, month.last_day)
        while day <= last:
            orders_n = _poisson(chance, frame.turnover_on(day) * habits.orders_per_paise)
            goods = habits.goods(day) if orders_n else ()
            for _ in range(orders_n):
                yield _order((next(numbers), day), goods, chance, habits)
            day += DAY


def _poisson(stream: Stream, mean: float) -> int:
    """Count arrivals; of many the normal law is close enough and one draw."""
    if mean > 30:
        return max(0, round(stream.gauss(mean, mean**0.5)))
    arrived, left = 0, exp(-mean)
    product = stream.random()
    while product > left:
        arrived += 1
        product *= stream.random()
    return arrived


def _order(
    placed: tuple[int, date], goods: Sequence[tuple[int, str]], stream: Stream, habits: _Habits
) -> Order:
    draw = stream.random
    number, day = placed
    value = max(
        habits.least_paise, int(exp(habits.median_log + habits.spread * normal(stream)) / RUPEE) * RUPEE
    )
    rate, hsn = goods[int(draw() * len(goods))]
    app, is_cod = bisect_right(habits.apps, draw()), draw() < habits.cod
    arrives_on = day + habits.waits[bisect_right(habits.days, draw())]
    ending = habits.ending_of[bisect_right(habits.endings, draw())]
    plain = Order(number, day, app, is_cod, value, 0, rate, hsn, ending, "", "", arrives_on, None)
    return plain if ending is Ending.DELIVERED else _ended(plain, arrives_on, stream, habits)


def _ended(order: Order, arrives_on: date, stream: Stream, habits: _Habits) -> Order:
    """Tell when, by whom and why an order did not simply arrive."""
    edges, reasons = habits.reasons[order.ending]
    reason, by = reasons[bisect_right(edges, stream.random())]
    low, high = habits.off
    off = int(order.value_paise * stream.uniform(low, high) / RUPEE) * RUPEE
    wait = stream.random()
    ended = order._replace(reason=reason, by=by, off_paise=order.value_paise)
    if order.ending is Ending.CANCELLED:
        later = int(wait * ((arrives_on - order.on).days + 1))
        return ended._replace(delivered_on=None, ended_on=order.on + timedelta(days=later))
    if order.ending is Ending.RTO:
        return ended._replace(delivered_on=None, ended_on=arrives_on + timedelta(days=1 + int(wait * 4)))
    if order.ending is Ending.PART_CANCELLED:
        return ended._replace(off_paise=off, ended_on=order.on)
    came_back_on = arrives_on + timedelta(days=2 + int(wait * habits.return_days))
    if order.ending is Ending.PART_RETURNED:
        return ended._replace(off_paise=off, ended_on=came_back_on)
    return ended._replace(ended_on=came_back_on)


def _sales(orders: Sequence[Order], last: date) -> Iterator[Sale]:
    """Add up what was delivered and what came back, by day and rate."""
    gross: defaultdict[tuple[date, int], int] = defaultdict(int)
    for order in orders:
        day = order.delivered_on
        if day is None:
            continue
        if order.ended_on is None or not order.is_return:
            gross[day, order.rate_bps] += order.kept_paise
        else:
            gross[day, order.rate_bps] += order.value_paise
            gross[order.ended_on, order.rate_bps] -= order.off_paise
    for (day, rate), paise in sorted(gross.items()):
        if day <= last and paise:
            yield Sale(day, rate, paise, VIA)


def _due(settlement: Settlement, account: str, payer: Payer) -> Due:
    return Due(
        day=settlement.on,
        document=settlement.document,
        account=account,
        counterparty=payer.id,
        purpose=Purpose.SETTLEMENT,
        rail=Rail.NEFT,
        paise=settlement.net_paise,
        if_short=IfShort.WAITS,
    )
