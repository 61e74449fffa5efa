"""The running balance: lines of one moment are put in the order in which their balances chain; breaks are noted, never dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from sources.bank._line import ACCOUNT, AMOUNT, AT, BALANCE, DIRECTION, PARTY, Line, note, parts_of, unpacked


def chained(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Take packed lines in order of their text and give their parts in chain order, each break noted on its line."""
    chain = _Chain()
    first: Sequence[str] = ()
    more: list[Sequence[str]] = []
    for at, text in enumerate(texts):
        parts = parts_of(text)
        if not first:
            first = parts
        elif parts[AT] == first[AT] and parts[ACCOUNT] == first[ACCOUNT] and parts[PARTY] == first[PARTY]:
            more.append(parts)
        else:
            if more:
                yield from chain.ordered([first, *more], _moments(texts, at))
                more = []
            else:
                yield chain.joined(first)
            first = parts
    if first:
        yield from chain.ordered([first, *more], iter(()))


def _moments(texts: Sequence[str], at: int) -> Iterator[list[Line]]:
    """Look ahead from a place, moment by moment; nothing is read before it is asked for."""
    lines = (unpacked(texts[n]) for n in range(at, len(texts)))
    return (list(group) for _, group in groupby(lines, key=lambda line: (line.party, line.account, line.at)))


class _Chain:
    """Remembers the balance of the account it is walking along."""

    def __init__(self) -> None:
        self._account = self._party = ""
        self._balance: int | None = None

    def joined(self, parts: Sequence[str]) -> Sequence[str]:
        """Compare the balance before the line with the balance after the one before it."""
        if self._account != parts[ACCOUNT] or self._party != parts[PARTY]:
            self._turn(parts)
        before = self._balance
        paise = int(parts[AMOUNT])
        expected = None if before is None else before + (paise if parts[DIRECTION] == "CREDIT" else -paise)
        if not parts[BALANCE]:
            self._balance = expected
            return parts
        self._balance = after = int(parts[BALANCE])
        return parts if expected is None or expected == after else _broken(Line(*parts))

    def ordered(self, group: list[Sequence[str]], ahead: Iterator[list[Line]]) -> Iterator[Sequence[str]]:
        """Join several lines of one moment, in the order in which they chain."""
        if len(group) == 1:
            return map(self.joined, group)
        lines = [Line(*parts) for parts in group]
        return map(self.joined, _repeats_noted(_ordered(lines, self._before(group[0]), ahead)))

    def _before(self, parts: Sequence[str]) -> int | None:
        if self._account != parts[ACCOUNT] or self._party != parts[PARTY]:
            self._turn(parts)
        return self._balance

    def _turn(self, parts: Sequence[str]) -> None:
        self._account, self._party, self._balance = parts[ACCOUNT], parts[PARTY], None


def _broken(line: Line) -> Line:
    """The record keeps what the bank stated; the finding says so by equal texts."""
    return line.noted(
        note("transactionalBalance", "BALANCE_CHAIN_BROKEN", line.after_paise, line.after_paise)
    )


def _repeats_noted(lines: list[Line]) -> list[Line]:
    """Two lines under one number that left different balances are two movements, and worth a look."""
    seen: set[str] = set()
    noted = []
    for line in lines:
        if line.txn_id and line.txn_id in seen:
            line = line.noted(note("txnId", "TXN_ID_REPEATED", line.txn_id, line.txn_id))
        seen.add(line.txn_id)
        noted.append(line)
    return noted


_Leaving = dict[int, list[Line]]


def _ordered(lines: list[Line], balance: int | None, ahead: Iterator[list[Line]]) -> list[Line]:
    """Walk every line once from balance to balance, as one walks every bridge once; lines without balance come last."""
    leaving = _leaving(lines)
    walked: list[Line] = []
    start = balance if balance in leaving else _start(leaving, lines, ahead)
    while start is not None:
        walked += _walk(leaving, start)
        leaving = {before: left for before, left in leaving.items() if left}
        start = min(_open_ends(leaving) or leaving, default=None)
    return walked + [line for line in lines if line.after_paise is None]


def _leaving(lines: list[Line]) -> _Leaving:
    leaving: _Leaving = {}
    for line in reversed(lines):
        if line.after_paise is not None:
            leaving.setdefault(line.after_paise - line.signed_paise, []).append(line)
    return leaving


def _open_ends(leaving: _Leaving) -> list[int]:
    """Find where more lines leave than arrive; a closed round has no such balance."""
    surplus = {before: len(left) for before, left in leaving.items()}
    for left in leaving.values():
        for line in left:
            after = line.after_paise
            if after in surplus:
                surplus[after] -= 1
    return [before for before, n in surplus.items() if n > 0]


def _start(leaving: _Leaving, lines: list[Line], ahead: Iterator[list[Line]]) -> int | None:
    """Begin at an open end; a closed round ends where it began, so begin where what follows goes on."""
    open_ends = _open_ends(leaving)
    if open_ends or len(leaving) < 2:
        return min(open_ends or leaving, default=None)
    same_account = takewhile(lambda following: following[0][:2] == lines[0][:2], ahead)
    return min(_going_on(list(leaving), _moved_unseen(lines), same_account))


def _going_on(possible: list[int], moved: int, ahead: Iterator[list[Line]]) -> list[int]:
    """Drop the balances from which what follows does not go on, until one is left or a moment has an open end."""
    for following in ahead:
        leaving = _leaving(following)
        open_ends = _open_ends(leaving)
        going_on = [balance for balance in possible if balance + moved in (open_ends or leaving)]
        if open_ends or len(going_on) == 1 or (leaving and not going_on):
            return going_on or possible
        possible = going_on or possible
        moved += _moved_unseen(following)
    return possible


def _moved_unseen(lines: list[Line]) -> int:
    """Add up the lines that state no balance."""
    return sum(line.signed_paise for line in lines if line.after_paise is None)


def _walk(leaving: dict[int, list[Line]], start: int) -> list[Line]:
    walked: list[Line] = []
    stack: list[tuple[int, Line | None]] = [(start, None)]
    while stack:
        at, arrived_by = stack[-1]
        left = leaving.get(at)
        if left:
            line = left.pop()
            stack.append((line.after_paise or 0, line))
        else:
            stack.pop()
            if arrived_by is not None:
                walked.append(arrived_by)
    return walked[::-1]
