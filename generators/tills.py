"""The accounts of a firm from day to day: balances and limits, money on its way, and what the bank itself books on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from datetime import date
from typing import Self

from generators.counter import Coming
from generators.frame import Frame
from generators.people import AccountKind, Tie
from generators.receipts import Takings
from generators.trade import RUPEE, Move, Purpose, Rail
from kit.ratio import half_even

_YEAR_BPS = 365 * 10_000
_TOP_UP_SECOND = 8 * 3600 + 600


class Tills:
    """Keeps the balances of all accounts; only the money of the morning is spent, so no payment overdraws a day."""

    def __init__(self, frame: Frame) -> None:
        """Open with what stood on the accounts."""
        self.till, self.purse = frame.till, frame.purse
        self.day = frame.first
        self.balance = {account.id: account.opening_paise for account in frame.accounts}
        self.opening = dict(self.balance)
        self.free = dict(self.balance)
        self.moves: list[Move] = []
        self.over_limit_since: date | None = None
        self.out_of_order_on: date | None = None
        self._figures = frame.figures
        self._limit = {account.id: account.drawing_paise for account in frame.accounts}
        self._has_limit = any(self._limit.values())
        self._bank = frame.people[Tie.BANK][0].id
        self._coming: dict[date, list[Move]] = defaultdict(list)
        self._used_paise_days = 0
        self._kept_paise_days = {one.id: 0 for one in frame.accounts if one.kind is AccountKind.SAVINGS}
        self._out_of_order_days = frame.figures["cash"].whole("out_of_order_days", frame.first)

    def copy(self) -> Self:
        """Give one that keeps its accounts alone from here."""
        twin = copy(self)
        twin.balance, twin.opening, twin.free = dict(self.balance), dict(self.opening), dict(self.free)
        twin.moves = []
        twin._kept_paise_days = dict(self._kept_paise_days)
        twin._coming = defaultdict(list, {day: list(moves) for day, moves in self._coming.items()})
        return twin

    def begin(self, day: date) -> None:
        """Begin a day with what arrives on it."""
        self.day = day
        self.opening = self.balance.copy()
        self.free = self.balance.copy()
        if self._has_limit:
            for name, paise in self._limit.items():
                self.free[name] += paise
        self.moves = self._coming.pop(day, [])

    def expect(self, coming: Coming) -> None:
        """Take note of money that will arrive."""
        for day, move in coming:
            if day <= self.day:
                self.moves.append(move)
            else:
                self._coming[day].append(move)

    def limit_paise(self) -> int:
        """Give the limit the bank grants on the till."""
        return self._limit[self.till]

    def transfer(self, giver: str, taker: str, paise: int, reason: str) -> None:
        """Move money between two accounts of one owner, early enough to be spent on the day."""
        document, purpose = f"TOPUP-{reason}", Purpose.OWN_TRANSFER
        gone = Move(_TOP_UP_SECOND, giver, "OWN-0", purpose, Rail.IMPS, -paise, f"{document}/out")
        self.moves += (
            gone,
            gone._replace(second=_TOP_UP_SECOND + 40, account=taker, paise=paise, document=f"{document}/in"),
        )
        self.free[giver] -= paise
        self.free[taker] += paise

    def with_owner(self, second: int, purpose: Purpose, paise: int, document: str) -> None:
        """Give the owner money out of the till, or put his own into it; what he brings is spent from the next morning."""
        self.free[self.till] += min(0, paise)
        self.moves.append(Move(second, self.till, "OWN-0", purpose, Rail.IMPS, paise, document))

    def bear_interest(self) -> None:
        """At a month's end the bank debits interest on what was used of a limit; savings are credited by the quarter."""
        if self._used_paise_days:
            rate = self._figures["trade"].whole("limit_rate_bps", self.day)
            interest = half_even(self._used_paise_days * rate, _YEAR_BPS)
            self._used_paise_days = 0
            self._book_interest(self.till, -interest, f"INT-{self.day:%Y%m}")
        if self.day.month % 3 == 0:
            self._credit_interest()

    def _credit_interest(self) -> None:
        """Savings bear interest on each day's balance, credited in whole rupees."""
        rate = self._figures["bank"].whole("savings_rate_bps", self.day)
        for place, (account, paise_days) in enumerate(self._kept_paise_days.items()):
            self._kept_paise_days[account] = 0
            paise = half_even(paise_days * rate, _YEAR_BPS * RUPEE) * RUPEE
            if paise:
                self._book_interest(account, paise, f"SAVINT-{self.day:%Y%m}{place}")

    def _book_interest(self, account: str, paise: int, document: str) -> None:
        move = Move(86_000, account, self._bank, Purpose.INTEREST, Rail.INTERNAL, paise, document)
        self.moves.append(move)

    def close(self, takings: Takings | None) -> Sequence[Move]:
        """End a day: balances follow from its movements."""
        balance = self.balance
        for move in self.moves:
            balance[move.account] += move.paise
        if takings is not None:
            balance[takings.account] += takings.paise
        for name in self._kept_paise_days:
            kept = balance[name]
            if kept > 0:
                self._kept_paise_days[name] += kept
        standing = balance[self.till]
        if standing < 0 or self.over_limit_since is not None:
            self._watch_limit(standing)
        return self.moves

    def _watch_limit(self, standing: int) -> None:
        """Count what is used of the limit, and the days it stood above."""
        if standing < 0:
            self._used_paise_days -= standing
        if standing < -self._limit[self.till]:
            self.over_limit_since = self.over_limit_since or self.day
            if (self.day - self.over_limit_since).days >= self._out_of_order_days:
                self.out_of_order_on = self.out_of_order_on or self.day
        else:
            self.over_limit_since = None
