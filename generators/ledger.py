"""The ledger of events, told from the pages of a life: takings become single receipts only when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from operator import itemgetter

from generators.course import Page
from generators.frame import Frame
from generators.people import Counterparty
from generators.receipts import reversals, spread
from generators.trade import Event, Move
from kit.chance import Stream
from kit.facets import Direction
from kit.period import midnight

EVENTS_A_DAY = 1_000_000
# Numbers of accounts nobody tells of leave no gap among those that are told.
_UNTOLD = EVENTS_A_DAY // 2
_DAY = timedelta(days=1)
_SECOND = itemgetter(0, 1, 5, 2, 6)
_new = tuple.__new__


class Ledger:
    """Events in order of time, made anew at each reading so that a million of them need no room."""

    def __init__(
        self,
        pages: Mapping[date, Page],
        frame: Frame,
        payers: Sequence[Counterparty],
        stream: Stream,
        failed_ppm: int,
    ) -> None:
        """Take the pages as they were written; receipts are drawn again at each reading, the same ones."""
        self._pages = pages
        self._owner = {account.id: account.party for account in frame.accounts}
        self._opening = {account.id: account.opening_paise for account in frame.accounts}
        self._untold = frame.untold
        self._payers, self._stream, self._failed_ppm = payers, stream, failed_ppm

    def between(self, first: date, last: date) -> Iterator[Event]:
        """Tell the events of the days from first to last, both included."""
        day = max(first, min(self._pages))
        while day <= min(last, max(self._pages)):
            yield from self._events(day, self._pages[day])
            day += _DAY

    def closing_paise(self, account: str, day: date) -> int:
        """Tell the balance of an account at the end of a day."""
        if day < min(self._pages):
            return self._opening[account]
        page = self._pages[min(day, max(self._pages))]
        moved = sum(move.paise for move in page.moves if move.account == account)
        if page.takings is not None and page.takings.account == account:
            moved += page.takings.paise
        return page.opening[account] + moved

    def moves_of(self, day: date) -> list[Move]:
        """Tell the movements of a day, each receipt by itself, in order of time."""
        page = self._pages[day]
        moves = list(page.moves)
        if page.takings is not None and page.takings.n:
            stream = self._stream.branch("day", day.toordinal())
            moves += spread(stream, page.takings, self._payers)
            if self._failed_ppm:
                moves += reversals(stream, page.takings, self._payers, self._failed_ppm)
        moves.sort(key=_SECOND)
        return moves

    def _events(self, day: date, page: Page) -> Iterator[Event]:
        balance = dict(page.opening)
        start, first = midnight(day), day.toordinal() * EVENTS_A_DAY
        numbers, others = count(first + 1), count(first + _UNTOLD + 1)
        untold, owner, into, out = self._untold, self._owner, Direction.IN, Direction.OUT
        for second, account, counterparty, purpose, rail, paise, document in self.moves_of(day):
            balance[account] += paise
            yield _new(
                Event,
                (
                    next(others if account in untold else numbers),
                    start + timedelta(seconds=second),
                    owner[account],
                    account,
                    counterparty,
                    purpose,
                    rail,
                    into if paise > 0 else out,
                    abs(paise),
                    balance[account],
                    document,
                ),
            )
