"""What happens to a business day by day: trade, obligations and one loan; cash is the running sum of the events.

A day is a function of the seed and of the days before it, never of the day the world is looked at,
so that a later look tells the same past.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from generators.people import Account, Counterparty, Tie
from kit.chance import Stream
from kit.facets import Direction

RUPEE = 100
OPENING_HOUR, CLOSING_HOUR = 8, 22


class Rail(StrEnum):
    """How value moves; NONE is for what moves no money, such as an invoice on credit."""

    UPI = "UPI"
    IMPS = "IMPS"
    NEFT = "NEFT"
    RTGS = "RTGS"
    NACH = "NACH"
    CASH = "CASH"
    CHEQUE = "CHEQUE"
    CARD = "CARD"
    ATM = "ATM"
    INTERNAL = "INTERNAL"
    NONE = "NONE"


class Purpose(StrEnum):
    """Why value moves: the truth behind a narration."""

    SALE = "SALE"
    SETTLEMENT = "SETTLEMENT"
    SUPPLIER = "SUPPLIER"
    RENT = "RENT"
    WAGES = "WAGES"
    UTILITY = "UTILITY"
    TAX = "TAX"
    LOAN_DISBURSAL = "LOAN_DISBURSAL"
    EMI = "EMI"
    INTEREST = "INTEREST"
    CHARGE = "CHARGE"
    BOUNCE = "BOUNCE"
    REFUND = "REFUND"
    REVERSAL = "REVERSAL"
    PREMIUM = "PREMIUM"
    CLAIM = "CLAIM"
    INVESTMENT = "INVESTMENT"
    REDEMPTION = "REDEMPTION"
    OWN_TRANSFER = "OWN_TRANSFER"
    DRAWINGS = "DRAWINGS"
    CAPITAL = "CAPITAL"
    PENNY_DROP = "PENNY_DROP"
    SWEEP = "SWEEP"
    CHIT = "CHIT"
    TOLL = "TOLL"
    CARD_BILL = "CARD_BILL"
    DONATION = "DONATION"


class Event(NamedTuple):
    """One event of the ledger; no is unique and rises with time, document names the invoice, order or loan behind it."""

    no: int
    at: datetime
    party: str
    account: str
    counterparty: str
    purpose: Purpose
    rail: Rail
    direction: Direction
    amount_paise: int
    balance_paise: int
    document: str


class Move(NamedTuple):
    """An event before the account is known to be able to bear it; paise are signed, money in is positive."""

    second: int
    counterparty: str
    purpose: Purpose
    rail: Rail
    paise: int
    document: str


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan of level instalments, the first one month after the money came."""

    id: str
    lender: str
    principal_paise: int
    rate_bps: int
    months: int
    emi_paise: int
    disbursed_on: date


@dataclass(frozen=True, slots=True)
class Sector:
    """How a line of business earns and spends: counts a day, rupees a ticket, shares in percent."""

    id: str
    receipts_a_day: int
    ticket_rupees: int
    ticket_spread: float
    invoices_a_week: int
    invoice_rupees: int
    cash_rupees_a_day: int
    purchase_percent: int
    rent_rupees: int
    wage_rupees: int
    employees: int
    month_percent: Sequence[int]
    weekday_percent: Sequence[int]


PLAIN_TRADE = Sector(
    id="GENERAL_TRADE",
    receipts_a_day=9,
    ticket_rupees=190,
    ticket_spread=1.35,
    invoices_a_week=2,
    invoice_rupees=24_000,
    cash_rupees_a_day=6_500,
    purchase_percent=82,
    rent_rupees=18_000,
    wage_rupees=14_500,
    employees=3,
    month_percent=(96, 95, 108, 98, 97, 92, 88, 96, 103, 122, 113, 98),
    weekday_percent=(96, 94, 97, 100, 106, 118, 89),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """The fixed frame of one simulation: where it starts, whom it knows, how large it is."""

    stream: Stream
    sector: Sector
    epoch: date
    last: date
    account: Account
    people: Mapping[Tie, Sequence[Counterparty]]
    loans: Sequence[Loan]
    size_percent: int
    receipts_n: Mapping[date, int]


def receipts(setting: Setting, day: date) -> list[Move]:
    """Tell who paid the business on a day."""
    stream = setting.stream.branch("day", day.toordinal())
    moves = [_small_receipt(setting, stream) for _ in range(_small_n(setting, stream, day))]
    share = setting.sector.invoices_a_week * 100 // 6
    if day.weekday() < 6 and stream.randrange(100) < share:
        moves.append(_invoice_receipt(setting, stream))
    if day.weekday() in (0, 3):
        moves.append(_cash_deposit(setting, stream, day))
    return moves


def _small_n(setting: Setting, stream: Stream, day: date) -> int:
    asked = setting.receipts_n.get(day)
    if asked is not None:
        return asked
    percent = setting.sector.month_percent[day.month - 1] * setting.sector.weekday_percent[day.weekday()]
    mean = setting.sector.receipts_a_day * percent / 10_000
    return max(0, round(stream.gauss(mean, mean**0.5)))


def _small_receipt(setting: Setting, stream: Stream) -> Move:
    customers = setting.people[Tie.CUSTOMER]
    second = int(stream.triangular(OPENING_HOUR * 3600, CLOSING_HOUR * 3600, 18 * 3600))
    rupees = stream.lognormvariate(0.0, setting.sector.ticket_spread) * setting.sector.ticket_rupees
    rupees = min(99_999, max(5, int(rupees)))
    odd_paise = stream.randrange(1, 100) if rupees % 8 == 0 else 0
    customer = customers[int(stream.random() * len(customers))]
    return Move(second, customer.id, Purpose.SALE, Rail.UPI, rupees * RUPEE + odd_paise, "")


def _invoice_receipt(setting: Setting, stream: Stream) -> Move:
    buyers = setting.people[Tie.BUYER]
    rupees = int(stream.lognormvariate(0.0, 0.7) * setting.sector.invoice_rupees * setting.size_percent / 100)
    rail = Rail.RTGS if rupees >= 200_000 else stream.choice((Rail.NEFT, Rail.NEFT, Rail.IMPS, Rail.CHEQUE))
    paise = max(500, rupees) * RUPEE + stream.randrange(100)
    return Move(_office_second(stream), stream.choice(buyers).id, Purpose.SALE, rail, paise, "")


def _cash_deposit(setting: Setting, stream: Stream, day: date) -> Move:
    days = 3 if day.weekday() == 3 else 4
    percent = setting.sector.month_percent[day.month - 1] * setting.size_percent
    rupees = days * setting.sector.cash_rupees_a_day * percent / 10_000 * stream.uniform(0.7, 1.3)
    paise = max(500, int(rupees) // 500 * 500) * RUPEE
    return Move(_office_second(stream), setting.account.id, Purpose.SALE, Rail.CASH, paise, "")


def _office_second(stream: Stream) -> int:
    return stream.randrange(10 * 3600, 17 * 3600)
