"""What a firm sells from day to day: its mood and stress, invoices to buyers, and the sums its returns are reckoned from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from generators.calendar_in import working_year
from generators.counter import Coming, Counter, Offer, Wish, offers_on
from generators.frame import Frame
from generators.numbering import sales_number
from generators.papers import NO_TAX, Invoice, Retail, Sale, Scheme, Supply, Tax
from generators.people import TOWNS, Counterparty, Tie
from generators.plants import pace_of
from generators.receipts import Takings, normal
from generators.tax import rounded_to_rupee, tax_on, taxable_in
from generators.trade import MILLION, RUPEE, Move, Purpose, Rail
from kit.chance import Stream
from kit.ratio import half_even
from kit.shapes import whole

_REVERTING = 0.80
# What is still sold after a firm was abandoned.
_CEASED = 0.03
_ODD = frozenset("13579")
ABROAD = "96"
# A private person of another state who is sent an invoice by name; one of those who pay at the counter.
CONSUMER = f"{Tie.CUSTOMER}-0"
STATES = tuple(state for _, state in TOWNS)
_CONSUMER_SHARE = 0.05
_DEDUCTED = {
    "SERVICES": "professional",
    "CONTRACTOR": "contract",
    "TRANSPORT": "transport",
    "COMMISSION_AGENT": "professional",
}


class Sold(NamedTuple):
    """One day of sales: papers, money that will come and on which day, UPI takings in one sum, cash in the drawer."""

    retail: list[Retail]
    invoices: list[Invoice]
    coming: Coming
    takings: Takings | None
    cash_paise: int
    net_paise: int


class Supplied(NamedTuple):
    """What a month's return is reckoned from."""

    output: Tax
    exempt_paise: int
    export_paise: int


class _Levels(NamedTuple):
    """What the figures say in one month."""

    bad_debt: float
    rtgs_least_paise: int
    cheque_ppm: int
    large_consumer_paise: int
    deducted_bps: Mapping[str, int]


class Selling:
    """Draws demand, writes invoices and says when each rupee arrives."""

    def __init__(self, frame: Frame, wish: Wish, taken: frozenset[str]) -> None:
        """Begin with an empty counter in a plain mood; taken are numbers of planted papers, which are not given twice."""
        self._frame, self._firm = frame, frame.firm
        self._trade, self._tax = frame.figures["trade"], frame.figures["tax"]
        self._year = working_year(frame.figures["calendar"])
        self._taxed = frame.firm.scheme in (Scheme.MONTHLY, Scheme.QRMP)
        self._buyers: Sequence[Counterparty] = frame.people[Tie.BUYER]
        self._changes = self._tax.changes("rate_bps_by_hsn")
        self._counter = Counter(frame, wish)
        self._mood, self._base, self._stress = 0.0, 0.0, 1.0
        self._stress_left = 0
        self._levels = self._levels_on(frame.first)
        self.cost = 1.0
        self._offers: tuple[Offer, ...] = ()
        self._orders_due = 0.0
        self._number = self._note_number = 0
        self._taken = taken
        self._notes: dict[date, list[Invoice]] = {}
        self._planted: Sequence[Invoice] = ()
        self._pace = pace_of(frame)
        self._weekdays = tuple(percent / 100 for percent in frame.firm.sector.weekdays_percent)
        self._over_counter = 1 - frame.firm.b2b
        self._orders_per_paise = frame.firm.b2b * 7 / 6 / frame.firm.sector.invoice_paise
        self._deducts = _DEDUCTED.get(frame.firm.sector.id)
        self._favoured = 1 + 2 * frame.firm.concentration
        self._is_exporter = frame.firm.sector.id == "EXPORTER"
        self._credit_days = timedelta(days=frame.firm.sector.credit_days)
        # Every second buyer pays to the account takings are led to, where there is one.
        self._paid_to = (frame.till, frame.aside or frame.till)
        self._by_rate: dict[int, int] = {}
        self._output = NO_TAX
        self._exempt_paise = self._export_paise = 0
        self.month_net_paise = 0

    def copy(self) -> Selling:
        """Give one that sells on alone from here."""
        twin = object.__new__(Selling)
        twin.__dict__.update(self.__dict__)
        twin._counter = self._counter.copy()
        twin._notes = {day: list(notes) for day, notes in self._notes.items()}
        twin._by_rate = dict(self._by_rate)
        return twin

    @property
    def is_stressed(self) -> bool:
        """Say whether the firm goes through a season of stress."""
        return self._stress_left > 0

    def begin_month(self, day: date, chance: Stream) -> None:
        """Draw the month's mood, and whether stress begins or ends."""
        firm = self._firm
        self._mood = _REVERTING * self._mood + firm.volatility * 0.6 * normal(chance)
        self._draw_stress(day, chance)
        self._levels = self._levels_on(day)
        years = (day - self._frame.first).days / 365
        season = firm.sector.months_percent[day.month - 1] / 100
        grown = firm.turnover_paise / 365 * (1 + firm.growth) ** years
        self._base = grown * season * self._stress * math.exp(self._mood)
        self._counter.begin_month(day, chance)
        self._offers = ()
        self.month_net_paise = 0

    def cease(self) -> None:
        """Shut the shop for good."""
        self._stress, self._stress_left, self._base = _CEASED, 10_000, self._base * _CEASED

    def _levels_on(self, day: date) -> _Levels:
        rates = self._trade.table("tds_rates_bps", day)
        return _Levels(
            self._trade.whole("bad_debt_ppm", day) / MILLION,
            self._trade.whole("rtgs_least_paise", day),
            self._trade.whole("cheque_share_ppm", day),
            self._tax.whole("large_consumer_paise", day),
            {kind: whole(bps) for kind, bps in rates.items()},
        )

    def _draw_stress(self, day: date, chance: Stream) -> None:
        if self._stress_left:
            self._stress_left -= 1
            if not self._stress_left:
                self._stress = self.cost = 1.0
        elif chance.random() < self._hazard(day):
            kind = "ruin" if chance.randrange(MILLION) < self._trade.whole("ruin_ppm", day) else "stress"
            months = self._trade.table(f"{kind}_months", day)
            deep = self._trade.table(f"{kind}_demand_percent", day)
            self._stress_left = round(chance.uniform(whole(months["least"]), whole(months["most"])))
            self._stress = chance.uniform(whole(deep["least"]), whole(deep["most"])) / 100
            self.cost = 1 + (1 - self._stress) * self._trade.whole("stress_cost_ppm", day) / MILLION

    def _hazard(self, day: date) -> float:
        """Weak, concentrated and restless firms fall into stress more often; nothing observed alone decides it."""
        firm = self._firm
        lean = -1.0 * firm.quality + 0.5 * (firm.concentration - 0.35)
        return self._trade.whole("shock_ppm_a_month", day) / MILLION * math.exp(min(2.2, lean))

    def day(self, day: date, chance: Stream, elsewhere: Sequence[Sale], shelf: float) -> Sold:
        """Sell for one day what stands on the shelf of all that is asked for."""
        net = self._base * self._weekdays[day.weekday()] * shelf
        if self._pace is not None:
            net *= self._pace(day)
        if not self._offers or day in self._changes:
            self._offers = self._offers_on(day)
        coming: Coming = []
        invoices = self._invoiced(day, chance, net, coming)
        if day in self._notes:
            invoices += self._notes.pop(day)
        rung = self._counter.day(day, chance, net * self._over_counter, self._offers, coming)
        retail, takings, cash_paise, net_paise = rung
        if elsewhere:
            others = [self._sold_elsewhere(sale) for sale in elsewhere]
            net_paise += sum([row.taxable_paise for row in others])
            retail += others
        if invoices:
            net_paise += sum([_signed(one) for one in invoices])
        invoices += self._planted
        self._sum_up(retail, invoices)
        self.month_net_paise += net_paise
        return Sold(retail, invoices, coming, takings, cash_paise, net_paise)

    def _offers_on(self, day: date) -> tuple[Offer, ...]:
        since = max((change for change in self._changes if change <= day), default=day)
        return offers_on(self._tax, self._firm.sector.hsn, since, self._taxed)

    def plant(self, invoices: Iterable[Invoice]) -> None:
        """Put papers among the day's own that no trade stands behind: they bear tax, and are no turnover."""
        self._planted = tuple(invoices)

    def _sold_elsewhere(self, sale: Sale) -> Retail:
        rate = sale.rate_bps if self._taxed else 0
        return Retail(sale.day, rate, taxable_in(sale.gross_paise, rate), sale.gross_paise, sale.via)

    def _sum_up(self, retail: Sequence[Retail], invoices: Sequence[Invoice]) -> None:
        by_rate = self._by_rate
        for row in retail:
            by_rate[row.rate_bps] = by_rate.get(row.rate_bps, 0) + row.taxable_paise
        for one in invoices:
            if one.place == ABROAD:
                self._export_paise += _signed(one)
            elif self._taxed and not one.rate_bps:
                self._exempt_paise += _signed(one)
            else:
                self._output = self._output.plus(_negated(one.tax) if one.against else one.tax)

    def month_supplied(self) -> Supplied:
        """Sum up the month and begin another; tax on takings without a name is reckoned on the month's sum of each rate."""
        output, exempt = self._output, self._exempt_paise
        for rate, taxable in self._by_rate.items():
            if rate or not self._taxed:
                output = output.plus(tax_on(taxable, rate, is_inter=False))
            else:
                exempt += taxable
        supplied = Supplied(output, exempt, self._export_paise)
        self._by_rate, self._output = {}, NO_TAX
        self._exempt_paise = self._export_paise = 0
        return supplied

    def _invoiced(self, day: date, chance: Stream, net: float, coming: Coming) -> list[Invoice]:
        made: list[Invoice] = []
        if not self._orders_per_paise or day.weekday() == 6:
            return made
        self._orders_due += net * self._orders_per_paise * (0.4 + 1.2 * chance.random())
        while self._orders_due >= 1:
            self._orders_due -= 1
            invoice = self._invoice(day, chance)
            made.append(invoice)
            self._collect(invoice, chance, coming)
        return made

    def _invoice(self, day: date, chance: Stream) -> Invoice:
        firm, draw, offers = self._firm, chance.random, self._offers
        buyer = self._buyers[int(len(self._buyers) * draw() ** self._favoured)]
        offer = offers[int(draw() ** 2 * len(offers))]
        taxable = int(firm.sector.invoice_paise * math.exp(0.6 * normal(chance) - 0.18)) // RUPEE * RUPEE
        is_export = self._is_exporter and draw() < 0.85
        rate = 0 if is_export else offer.rate_bps
        supply = Supply.EXPORT if is_export else Supply.B2B if rate else Supply.EXEMPT
        who, state = buyer.id, ABROAD if is_export else buyer.gstin[:2]
        is_large = taxable > self._levels.large_consumer_paise
        if is_large and supply is Supply.B2B and draw() < _CONSUMER_SHARE:
            supply, who, state = Supply.B2C_LARGE, CONSUMER, next(one for one in STATES if one != firm.state)
        tax = tax_on(taxable, rate, state != firm.state)
        value, due_on = rounded_to_rupee(tax.gross_paise), day + self._credit_days
        number = self._next_number(day)
        return Invoice(number, day, supply, who, state, offer.hsn, rate, tax, value, due_on, "")

    def _next_number(self, day: date) -> str:
        while True:
            self._number += 1
            number = sales_number(day, self._number)
            if number not in self._taken:
                return number

    def _collect(self, invoice: Invoice, chance: Stream, coming: Coming) -> None:
        """Decide when a buyer pays, what he holds back, and what he sends back."""
        late = 1.0 + (0.45 if self._stress < 1 else 0.0)
        wait = self._firm.sector.credit_days * math.exp(0.38 * normal(chance)) * late
        draw, value = chance.random, invoice.value_paise
        if draw() < self._levels.bad_debt * late or draw() < self._firm.unseen:
            return
        if draw() < 0.03 and invoice.supply is not Supply.B2C_LARGE:
            value -= self._credit_note(invoice, chance)
        value -= self._deducted(invoice)
        pays_on = invoice.on + timedelta(days=max(1, int(wait)))
        rail = Rail.RTGS if value >= self._levels.rtgs_least_paise else Rail.NEFT
        if rail is Rail.NEFT and draw() * MILLION < self._levels.cheque_ppm:
            rail, pays_on = Rail.CHEQUE, self._year.working_from(pays_on)
        second, account = 36_000 + int(draw() * 25_200), self._paid_to[invoice.buyer[-1:] in _ODD]
        coming.append(
            (pays_on, Move(second, account, invoice.buyer, Purpose.SALE, rail, value, invoice.number))
        )

    def _deducted(self, invoice: Invoice) -> int:
        """Tax a buyer deducts, on taxable value; goods only from large buyers, told by their place in the list."""
        kind = self._deducts
        if kind is None:
            if invoice.buyer != self._buyers[0].id:
                return 0
            kind = "goods"
        if invoice.supply is Supply.B2C_LARGE or invoice.supply is Supply.EXPORT:
            return 0
        return half_even(invoice.tax.taxable_paise * self._levels.deducted_bps[kind], 10_000)

    def _credit_note(self, invoice: Invoice, chance: Stream) -> int:
        taxable = int(invoice.tax.taxable_paise * chance.uniform(0.05, 0.4)) // RUPEE * RUPEE
        is_inter = bool(invoice.tax.igst_paise)
        tax = tax_on(taxable, invoice.rate_bps, is_inter)
        self._note_number += 1
        day = invoice.on + timedelta(days=chance.randrange(3, 25))
        note = invoice._replace(
            number=f"CN{sales_number(day, self._note_number)}",
            on=day,
            supply=Supply.CREDIT_NOTE,
            tax=tax,
            value_paise=rounded_to_rupee(tax.gross_paise),
            due_on=day,
            against=invoice.number,
        )
        self._notes.setdefault(day, []).append(note)
        return note.value_paise


def _signed(invoice: Invoice) -> int:
    return -invoice.tax.taxable_paise if invoice.against else invoice.tax.taxable_paise


def _negated(tax: Tax) -> Tax:
    return Tax(-tax.taxable_paise, -tax.igst_paise, -tax.cgst_paise, -tax.sgst_paise)
