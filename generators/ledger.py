"""The ledger of events: what is due is paid from what is there, suppliers wait when cash is short, balances chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from generators.people import Tie
from generators.trade import RUPEE, Event, Move, Purpose, Rail, Setting, receipts
from kit.chance import Stream
from kit.facets import Direction
from kit.period import add_months, midnight, month_of

EVENTS_A_DAY = 1_000_000
BUFFER_PAISE = 25_000 * RUPEE
COMFORT_PAISE = 160_000 * RUPEE
SUPPLIER_DAYS = (1, 4)
EMI_DAY, RENT_DAY, WAGE_DAY, UTILITY_DAY = 5, 4, 2, 12
# SMS charges of Rs 15 a quarter with 18 % GST.
CHARGE_PAISE = 1_770
_DAY = timedelta(days=1)


class Ledger:
    """Events in order of time, made anew at each reading so that a million of them need no room."""

    def __init__(self, setting: Setting) -> None:
        """Settle first, day by day, what is paid and when; receipts are drawn again when they are read."""
        self._setting = setting
        self._payouts: dict[date, list[Move]] = {}
        self._opening: dict[date, int] = {}
        self._settle()

    def between(self, first: date, last: date) -> Iterator[Event]:
        """Tell the events of the days from first to last, both included."""
        day = max(first, self._setting.epoch)
        while day <= min(last, self._setting.last):
            yield from self._events(day)
            day += _DAY

    def closing_paise(self, account: str, day: date) -> int:
        """Tell the balance of an account at the end of a day."""
        if account != self._setting.account.id:
            raise KeyError(account)
        return self._opening[min(max(day, self._setting.epoch - _DAY), self._setting.last) + _DAY]

    def _settle(self) -> None:
        payables = _Payables(self._setting)
        balance = self._setting.account.opening_paise
        day = self._setting.epoch
        while day <= self._setting.last:
            self._opening[day] = balance
            received = sum(move.paise for move in _income(self._setting, day))
            payouts = payables.paid(day, balance, received)
            if payouts:
                self._payouts[day] = payouts
            balance += received + sum(move.paise for move in payouts)
            day += _DAY
        self._opening[day] = balance

    def _events(self, day: date) -> Iterator[Event]:
        account, balance = self._setting.account, self._opening[day]
        moves = sorted(_income(self._setting, day) + self._payouts.get(day, []))
        start, number = midnight(day), day.toordinal() * EVENTS_A_DAY
        for move in moves:
            second, counterparty, purpose, rail, paise, document = move
            balance += paise
            number += 1
            yield Event(
                number,
                start + timedelta(seconds=second),
                account.party,
                account.id,
                counterparty,
                purpose,
                rail,
                Direction.IN if paise > 0 else Direction.OUT,
                abs(paise),
                balance,
                document,
            )


def _income(setting: Setting, day: date) -> list[Move]:
    moves = receipts(setting, day)
    for loan in setting.loans:
        if loan.disbursed_on == day:
            moves.append(
                Move(41_000, loan.lender, Purpose.LOAN_DISBURSAL, Rail.NEFT, loan.principal_paise, loan.id)
            )
    return moves


class _Payables:
    """What the business owes; only the money of the morning is spent, so that no payment overdraws the day."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._owed_paise = 0
        self._waiting: list[Move] = []

    def paid(self, day: date, balance: int, received: int) -> list[Move]:
        """Pay what is due in order, then suppliers with what is left above a buffer."""
        stream = self._setting.stream.branch("due", day.toordinal())
        self._owed_paise += received * self._setting.sector.purchase_percent // 100
        paid, self._waiting, due = [], [], self._waiting + _due(self._setting, stream, day)
        for move in due:
            if balance + move.paise >= 0:
                paid.append(move)
                balance += move.paise
            else:
                self._waiting.append(move)
        if day.weekday() in SUPPLIER_DAYS:
            paid += self._to_suppliers(stream, min(self._owed_paise, balance - BUFFER_PAISE))
        if day == month_of(day).last_day:
            paid += _drawings(stream, balance)
        return paid

    def _to_suppliers(self, stream: Stream, paise: int) -> list[Move]:
        moves = []
        parts = stream.randrange(1, 4)
        for part in range(parts, 0, -1):
            share = paise // part // RUPEE * RUPEE
            if share < 500 * RUPEE:
                continue
            supplier = stream.choice(self._setting.people[Tie.SUPPLIER])
            rail = (
                Rail.RTGS
                if share >= 200_000 * RUPEE
                else stream.choice((Rail.NEFT, Rail.IMPS, Rail.CHEQUE, Rail.UPI))
            )
            moves.append(Move(_office(stream), supplier.id, Purpose.SUPPLIER, rail, -share, ""))
            paise -= share
            self._owed_paise -= share
        return moves


def _due(setting: Setting, stream: Stream, day: date) -> list[Move]:
    moves = []
    if day.day == RENT_DAY:
        moves.append(_monthly(setting, stream, Purpose.RENT, setting.sector.rent_rupees * RUPEE))
    if day.day == WAGE_DAY:
        wage = -setting.sector.wage_rupees * RUPEE
        moves += [
            Move(_office(stream), worker.id, Purpose.WAGES, Rail.IMPS, wage, "")
            for worker in setting.people[Tie.EMPLOYEE]
        ]
    if day.day == UTILITY_DAY:
        moves.append(_monthly(setting, stream, Purpose.UTILITY, stream.randrange(2_200, 5_800) * RUPEE))
    if day.month % 3 == 0 and day.day == 28:
        moves.append(_monthly(setting, stream, Purpose.CHARGE, CHARGE_PAISE))
    return moves + _instalments(setting, day)


_PAYEES = {
    Purpose.RENT: (Tie.LANDLORD, Rail.NEFT),
    Purpose.UTILITY: (Tie.UTILITY, Rail.UPI),
    Purpose.CHARGE: (Tie.BANK, Rail.INTERNAL),
}


def _monthly(setting: Setting, stream: Stream, purpose: Purpose, paise: int) -> Move:
    tie, rail = _PAYEES[purpose]
    return Move(_office(stream), setting.people[tie][0].id, purpose, rail, -paise, "")


def _instalments(setting: Setting, day: date) -> list[Move]:
    """NACH is presented on holidays too, so the day never moves."""
    if day.day != EMI_DAY:
        return []
    return [
        Move(36_000, loan.lender, Purpose.EMI, Rail.NACH, -loan.emi_paise, loan.id)
        for loan in setting.loans
        if month_of(loan.disbursed_on) < month_of(day)
        and day < add_months(month_of(loan.disbursed_on).next.first_day, loan.months)
    ]


def _drawings(stream: Stream, balance: int) -> list[Move]:
    """The owner lives on what the business can spare."""
    spare = (balance - COMFORT_PAISE) * 2 // 5 // (500 * RUPEE) * (500 * RUPEE)
    if spare <= 0:
        return []
    return [Move(_office(stream), "OWN", Purpose.DRAWINGS, Rail.ATM, -min(spare, 40_000 * RUPEE), "")]


def _office(stream: Stream) -> int:
    return stream.randrange(10 * 3600, 17 * 3600)
