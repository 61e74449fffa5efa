"""What the open network pays out for orders: who pays, when, what is taken off, and what a return takes back."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from generators.figures import Figures
from generators.frame import Frame
from generators.people import Counterparty, Tie, ifsc
from generators.trade import MILLION
from kit.chance import Stream
from kit.ident import synthetic_gstin, synthetic_pan
from kit.shapes import listed, text, whole

SUNDAY = 6
FEES = ("finder_fee_bps", "seller_app_fee_bps", "network_fee_bps")


class Ending(StrEnum):
    """How an order ended; RTO is one that came back without having been taken at the door."""

    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"
    RTO = "RTO"
    PART_CANCELLED = "PART_CANCELLED"
    RETURNED = "RETURNED"
    PART_RETURNED = "PART_RETURNED"


class Order(NamedTuple):
    """One order; value and what was taken off it hold the tax.

    payer is the place in the book's payers: a buyer app, or the last one, who brings the cash of the door; app is the
    buyer app all the same. ended_on is the day of the cancellation, or the day what was sent back arrived.
    """

    no: int
    on: date
    app: int
    is_cod: bool
    value_paise: int
    off_paise: int
    rate_bps: int
    hsn: str
    ending: Ending
    reason: str
    by: str
    delivered_on: date | None
    ended_on: date | None

    @property
    def is_return(self) -> bool:
        """Say whether goods came back after they had been sold."""
        return self.ending is Ending.RETURNED or self.ending is Ending.PART_RETURNED

    @property
    def kept_paise(self) -> int:
        """Value left to the seller in the end."""
        return self.value_paise - self.off_paise


class Payer(NamedTuple):
    """Who pays out, how many days after delivery, and on which weekday (None: daily, not on Sundays)."""

    id: str
    name: str
    domain: str
    window_days: int
    weekday: int | None

    def pays_on(self, delivered_on: date) -> date:
        """Find the day a delivery of that day is paid out."""
        day = delivered_on + timedelta(days=self.window_days)
        if self.weekday is None:
            return day + timedelta(days=day.weekday() == SUNDAY)
        return day + timedelta(days=(self.weekday - day.weekday()) % 7)


class Part(NamedTuple):
    """What one order adds to a payout; of a return that was paid before, every amount is negative."""

    order: int
    gross_paise: int
    fees_paise: int
    tcs_paise: int
    tds_paise: int

    @property
    def net_paise(self) -> int:
        """What is left of it."""
        return self.gross_paise - self.fees_paise - self.tcs_paise - self.tds_paise


class Settlement(NamedTuple):
    """One payout: one credit on the bank account under the same document."""

    document: str
    on: date
    payer: int
    parts: tuple[Part, ...]
    net_paise: int


class Rates(NamedTuple):
    """What is taken off an order that is paid out on a day, in basis points; fees hold their GST, in parts of a million."""

    fees_ppm: int
    tcs_bps: int
    tds_bps: int

    def part(self, order: Order, gross_paise: int) -> Part:
        """Reckon an order's part of a payout; each amount is rounded to the paisa, a half away from zero."""
        size = abs(gross_paise)
        taxable = (size * 20_000 + 10_000 + order.rate_bps) // (2 * (10_000 + order.rate_bps))
        fees = (size * self.fees_ppm + MILLION // 2) // MILLION
        tcs, tds = (taxable * self.tcs_bps + 5_000) // 10_000, (taxable * self.tds_bps + 5_000) // 10_000
        if gross_paise < 0:
            return Part(order.no, gross_paise, -fees, -tcs, -tds)
        return Part(order.no, gross_paise, fees, tcs, tds)


def payers_of(figures: Figures, day: date) -> tuple[Payer, ...]:
    """List the buyer apps, and last the partner who collects cash."""
    rows = [*figures.row("buyer_apps", day), figures.on("cash_partner", day)]
    return tuple(_payer(number, listed(row)) for number, row in enumerate(rows, 1))


def _payer(number: int, row: list[object]) -> Payer:
    weekday = whole(row[4])
    return Payer(
        f"ONDC-{number}", text(row[0]), text(row[1]), whole(row[3]), None if weekday < 0 else weekday
    )


def counterparty(payer: Payer) -> Counterparty:
    """Name a payer as the bank account sees it; it is the same for every seller."""
    stream = Stream("payer", payer.domain)
    gstin = synthetic_gstin(synthetic_pan(stream, "C"), "29")
    return Counterparty(payer.id, Tie.MARKETPLACE, payer.name, "", ifsc(stream), gstin)


def settlements_of(frame: Frame, orders: Sequence[Order], payers: Sequence[Payer]) -> Iterator[Settlement]:
    """Pay out by payer and day, less what came back after it was paid; a payer whom that leaves in debt waits for more."""
    paid, returned = _reckoned(frame, orders, payers)
    owed: list[list[Part]] = [[] for _ in payers]
    number = 0
    for day, payer in sorted(paid):
        owed[payer] += [*paid[day, payer], *_held_back(returned[payer], day)]
        net_paise = sum([part.net_paise for part in owed[payer]])
        if net_paise > 0:
            number += 1
            yield Settlement(f"SETTLE-{number}", day, payer, tuple(owed[payer]), net_paise)
            owed[payer] = []


def _reckoned(
    frame: Frame, orders: Sequence[Order], payers: Sequence[Payer]
) -> tuple[dict[tuple[date, int], list[Part]], list[list[tuple[date, Part]]]]:
    """Reckon what each order brings by day and payer, and by payer what comes back after it was paid, and when."""
    paid: defaultdict[tuple[date, int], list[Part]] = defaultdict(list)
    returned: list[list[tuple[date, Part]]] = [[] for _ in payers]
    rates = DatedRates(frame)
    for order, payer, day in _due_days(orders, payers):
        if day > frame.last:
            continue
        gross, dated = order.kept_paise, rates.on(day)
        if order.ended_on is not None and order.ended_on >= day and order.is_return:
            gross = order.value_paise
            returned[payer].append((order.ended_on, dated.part(order, -order.off_paise)))
        if gross:
            paid[day, payer].append(dated.part(order, gross))
    return paid, returned


def _due_days(orders: Sequence[Order], payers: Sequence[Payer]) -> Iterator[tuple[Order, int, date]]:
    """Give each delivered order with its payer and the day it is paid out; a calendar spares reckoning a day twice."""
    calendars: list[dict[date, date]] = [{} for _ in payers]
    for order in orders:
        if order.delivered_on is None:
            continue
        payer = len(payers) - 1 if order.is_cod else order.app
        day = calendars[payer].get(order.delivered_on)
        if day is None:
            day = calendars[payer][order.delivered_on] = payers[payer].pays_on(order.delivered_on)
        yield order, payer, day


def _held_back(returned: list[tuple[date, Part]], day: date) -> list[Part]:
    """Take from the list what came back before a day."""
    if not returned:
        return []
    parts = [part for back_on, part in returned if back_on < day]
    returned[:] = [came for came in returned if came[0] >= day]
    return parts


class DatedRates:
    """The rates of payouts by the days they changed on."""

    def __init__(self, frame: Frame) -> None:
        """Read each change once; tax is collected of registered sellers only."""
        figures = frame.figures["orders"]
        names = (*FEES, "fee_gst_bps", "tcs_bps", "tds_bps")
        self._days = sorted({day for name in names for day in figures.changes(name)})
        self._rates = [_rates(figures, day, frame.registration is not None) for day in self._days]

    def on(self, day: date) -> Rates:
        """Give the rates that hold on a day."""
        return self._rates[max(0, bisect_right(self._days, day) - 1)]


def _rates(figures: Figures, day: date, is_registered: bool) -> Rates:
    fees_bps = sum(figures.whole(name, day) for name in FEES)
    return Rates(
        fees_ppm=fees_bps * (10_000 + figures.whole("fee_gst_bps", day)) // 100,
        tcs_bps=figures.whole("tcs_bps", day) if is_registered else 0,
        tds_bps=figures.whole("tds_bps", day),
    )
