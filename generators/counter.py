"""The counter of a firm: takings without a name, rung up by rate of tax, and the ways they reach the bank."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from generators.calendar_in import working_year
from generators.figures import Figures
from generators.frame import Frame
from generators.gst import rate_bps
from generators.papers import Retail
from generators.people import Tie
from generators.receipts import ANYWHERE, Takings, drawn_sum, normal
from generators.tax import taxable_in
from generators.trade import CLOSING_SECOND, MILLION, OPENING_SECOND, RUPEE, Move, Purpose, Rail
from kit.chance import Stream
from kit.ratio import half_even

MARKET = "MARKET"
Coming = list[tuple[date, Move]]
# What the counter took on one day: its rows, takings by UPI, the cash, and what was sold without its tax, billed or not.
Rung = tuple[list[Retail], Takings | None, int, int]
# How goods share a counter's takings: what is listed first sells most.
_SHARES = (0.38, 0.24, 0.16, 0.11, 0.07, 0.04)
# How takings reach the bank: the share they have, after how many days, and whether these are working days.
_WAYS = (
    ("QR", "qr_ppm", 1, Rail.IMPS),
    ("POS", "card_ppm", 1, Rail.NEFT),
    ("PG", "gateway_ppm", 2, Rail.NEFT),
)
_DAY = timedelta(days=1)
# Rows and movements are many: made as tuples they cost half.
_new = tuple.__new__
# So many paise of a million parts make a rupee.
_RUPEE_OF_MILLION = MILLION * RUPEE


class Wish(NamedTuple):
    """How many direct UPI receipts a day is to hold, and which part of takings is sold elsewhere; days not named are left to trade."""

    receipts_n: Mapping[date, int]
    elsewhere: float = 0.0


class Offer(NamedTuple):
    """One kind of goods: its share of takings, code and rate."""

    share: float
    hsn: str
    rate_bps: int


@lru_cache(maxsize=4_096)
def offers_on(tax: Figures, hsn: tuple[str, ...], changed_on: date, is_taxed: bool) -> tuple[Offer, ...]:
    """Tell what is sold at which rate from a day on which rates changed."""
    total = sum(_SHARES[: len(hsn)])
    return tuple(
        Offer(share / total, code, rate_bps(tax, code, changed_on) if is_taxed else 0)
        for share, code in zip(_SHARES, hsn, strict=False)
    )


def _shares_by_rate(offers: tuple[Offer, ...]) -> tuple[tuple[int, float], ...]:
    by_rate: dict[int, float] = {}
    for offer in offers:
        by_rate[offer.rate_bps] = by_rate.get(offer.rate_bps, 0.0) + offer.share
    return tuple(by_rate.items())


class Counter:
    """Rings up a day's takings and sends what is not cash on its way."""

    def __init__(self, frame: Frame, wish: Wish) -> None:
        """Stand with an empty drawer."""
        self._frame, self._sector, self._wish = frame, frame.firm.sector, wish
        self._trade = frame.figures["trade"]
        self._year = working_year(frame.figures["calendar"])
        self._upi_mean = min(self._sector.ticket_paise, 1_000 * RUPEE)
        self._electronic = (1 - frame.firm.cash) * MILLION / max(1, MILLION - self._sector.cash_ppm)
        self._kept = 1 - frame.firm.unseen
        self._unwritten = frame.firm.unwritten * frame.firm.cash
        self._aggregator = frame.people[Tie.AGGREGATOR][0].id
        self._parts: dict[str, int] = {}
        self._here = 1 - wish.elsewhere
        self._market_ppm = self._sector.market_ppm
        self._ways: tuple[tuple[str, int, timedelta, int, Rail], ...] = ()
        self._upi_ppm = 0
        self._market_paise = 0
        self._unpaid_paise = 0
        self._offers: tuple[Offer, ...] = ()
        self._by_rate: tuple[tuple[int, float], ...] = ()

    def copy(self) -> Counter:
        """Give one that takes alone from here."""
        twin = object.__new__(Counter)
        twin.__dict__.update(self.__dict__)
        twin._parts = dict(self._parts)
        return twin

    def begin_month(self, day: date, chance: Stream) -> None:
        """Draw how the month's customers pay, and look up what the month's ways cost."""
        for name in ("upi_ppm", "qr_ppm", "card_ppm", "gateway_ppm"):
            lean = self._electronic if name in ("upi_ppm", "qr_ppm") else 1.0
            self._parts[name] = int(getattr(self._sector, name) * lean * chance.uniform(0.85, 1.15))
        taxed = 10_000 + self._trade.whole("mdr_gst_bps", day)
        fees = (
            0,
            self._trade.whole("mdr_bps", day) * taxed,
            self._trade.whole("gateway_fee_bps", day) * taxed,
        )
        self._ways = tuple(
            (name, self._parts[share], days * _DAY, fee, rail)
            for (name, share, days, rail), fee in zip(_WAYS, fees, strict=True)
            if self._parts[share]
        )
        self._upi_ppm = self._parts["upi_ppm"]

    def day(self, day: date, chance: Stream, net: float, offers: tuple[Offer, ...], coming: Coming) -> Rung:
        """Take one day's money."""
        rows, gross, sold = self._rows(day, chance, net * self._here, offers)
        kept, direct = int(gross * self._kept), 0
        if not self._wish.receipts_n or day not in self._wish.receipts_n:
            direct = kept * self._upi_ppm // _RUPEE_OF_MILLION * RUPEE
            takings = self._direct(chance, direct)
        else:
            takings, row = self._wished(day, chance, offers[0].rate_bps)
            rows.append(row)
            sold += row.taxable_paise
        rest = kept - direct
        if rest and (self._ways or self._market_ppm):
            rest = max(0, rest - self._sent(day, (kept, gross), offers, coming))
        return rows, takings, rest, sold

    def _wished(self, day: date, chance: Stream, rate: int) -> tuple[Takings, Retail]:
        wished_n = self._wish.receipts_n[day]
        paise = int(wished_n * self._upi_mean * chance.uniform(0.9, 1.1)) // RUPEE * RUPEE
        takings = self._takings(wished_n, paise)._replace(account=self._frame.till)
        return takings, Retail(day, rate, taxable_in(paise, rate), paise, "")

    def _direct(self, chance: Stream, paise: int) -> Takings | None:
        """UPI paid to the account itself; so few payments a day are of all sizes that a day's sum follows from them.

        What a day sells and nobody has paid by then is paid on the days after.
        """
        self._unpaid_paise += paise
        n = round(self._unpaid_paise / self._upi_mean * (0.75 + chance.random() / 2))
        if n < 1:
            return None
        place, drawn = drawn_sum(chance, n, self._upi_mean)
        self._unpaid_paise -= drawn
        return self._takings(n, drawn, place)

    def _takings(self, n: int, paise: int, place: int = ANYWHERE) -> Takings:
        till = self._frame.aside or self._frame.till
        return Takings(till, Rail.UPI, Purpose.SALE, n, paise, OPENING_SECOND, CLOSING_SECOND, place)

    def _rows(
        self, day: date, chance: Stream, net: float, offers: tuple[Offer, ...]
    ) -> tuple[list[Retail], int, int]:
        """Ring up a day rate by rate, and tell its gross and net; what a marketplace sold stands apart, what no bill is written for nowhere."""
        if net < 100 * RUPEE:
            return [], 0, 0
        net *= math.exp(0.18 * normal(chance))
        if offers is not self._offers:
            self._offers, self._by_rate = offers, _shares_by_rate(offers)
        rows, total, sold = [], 0, 0
        for rate, share in self._by_rate:
            gross = int(net * share) * (10_000 + rate) // 1_000_000 * RUPEE
            total += gross
            billed = gross
            if self._unwritten:
                hidden = int(gross * self._unwritten) // RUPEE * RUPEE
                billed -= hidden
                sold += taxable_in(hidden, rate)
            if self._market_ppm:
                market = gross * self._market_ppm // _RUPEE_OF_MILLION * RUPEE
                billed -= market
                taxable = taxable_in(market, rate)
                sold += taxable
                rows.append(_new(Retail, (day, rate, taxable, market, MARKET)))
            taxable = taxable_in(billed, rate)
            sold += taxable
            rows.append(_new(Retail, (day, rate, taxable, billed, "")))
        return rows, total, sold

    def _sent(self, day: date, grosses: tuple[int, int], offers: tuple[Offer, ...], coming: Coming) -> int:
        """Send on its way what neither cash nor direct UPI paid, and tell how much that was."""
        kept, gross = grosses
        stamp, sent, till, who = day.isoformat().replace("-", ""), 0, self._frame.till, self._aggregator
        for name, share, wait, fee, rail in self._ways:
            part = kept * share // _RUPEE_OF_MILLION * RUPEE
            if part:
                sent += part
                arrives = self._year.working_from(day + wait) if fee else day + wait
                net = part - half_even(part * fee, 100_000_000) if fee else part
                document = f"{name}-{stamp}"
                move = (_at(net), till, who, Purpose.SETTLEMENT, rail, net, document)
                coming.append((arrives, _new(Move, move)))
        if self._market_ppm:
            part = gross * self._market_ppm // _RUPEE_OF_MILLION * RUPEE
            sent += part
            self._market_paise += part
            if day.weekday() == 6:
                coming.append((day + 3 * _DAY, self._payout(day, stamp, offers[0].rate_bps)))
                self._market_paise = 0
        return sent

    def _payout(self, day: date, stamp: str, rate: int) -> Move:
        """A marketplace pays by the week, less commission with its tax, and less what it collects and deducts."""
        gross = self._market_paise
        fee = half_even(gross * self._trade.whole("market_commission_bps", day), 10_000)
        fee += half_even(fee * self._trade.whole("mdr_gst_bps", day), 10_000)
        fee += half_even(taxable_in(gross, rate) * self._trade.whole("market_tcs_bps", day), 10_000)
        fee += half_even(gross * self._trade.whole("market_tds_bps", day), 10_000)
        who = self._frame.people[Tie.MARKETPLACE][0].id
        paise, till = max(1, gross - fee), self._frame.till
        return Move(_at(paise), till, who, Purpose.SETTLEMENT, Rail.NEFT, paise, f"MKT-{stamp}")


def _at(paise: int) -> int:
    """Settlements arrive between six and eleven; when needs no chance."""
    return 21_600 + paise * 7_919 % 18_000
