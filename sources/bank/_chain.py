"""The running balance: lines of one moment are put in the order in which their balances chain; breaks are noted, never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from sources.bank._line import Line, note

_same_account = attrgetter("party", "account")
_same_moment = attrgetter("at")


def chained(lines: Iterable[Line]) -> Iterator[Line]:
    """Take lines in order of their packed text and give them in chain order, each break noted on its line."""
    for _, of_account in groupby(lines, _same_account):
        balance: int | None = None
        for _, of_moment in groupby(of_account, _same_moment):
            group = list(of_moment)
            if len(group) > 1:
                group = _repeats_noted(_ordered(group, balance))
            for line in group:
                after = line.balance_paise
                before = None if after is None else after - line.signed_paise
                if before is not None and balance is not None and before != balance:
                    line = _broken(line)
                if after is not None:
                    balance = after
                elif balance is not None:
                    balance += line.signed_paise
                yield line


def _broken(line: Line) -> Line:
    stated = line.balance_paise
    broken = note("transactionalBalance", "BALANCE_CHAIN_BROKEN", stated, stated)
    return line._replace(notes=(*line.notes, broken))


def _repeats_noted(lines: list[Line]) -> list[Line]:
    """Two lines under one number that left different balances are two movements, and worth a look."""
    seen: set[str] = set()
    noted = []
    for line in lines:
        if line.txn_id is not None and line.txn_id in seen:
            repeat = note("txnId", "TXN_ID_REPEATED", line.txn_id, line.txn_id)
            line = line._replace(notes=(*line.notes, repeat))
        seen.add(line.txn_id or "")
        noted.append(line)
    return noted


def _ordered(lines: list[Line], balance: int | None) -> list[Line]:
    """Walk every line once from balance to balance, as one walks every bridge once; lines without balance come last."""
    leaving: dict[int, list[Line]] = {}
    for line in reversed(lines):
        if line.balance_paise is not None:
            leaving.setdefault(line.balance_paise - line.signed_paise, []).append(line)
    walked: list[Line] = []
    start = balance if balance in leaving else _start(leaving)
    while start is not None:
        walked += _walk(leaving, start)
        leaving = {before: left for before, left in leaving.items() if left}
        start = _start(leaving)
    return walked + [line for line in lines if line.balance_paise is None]


def _start(leaving: dict[int, list[Line]]) -> int | None:
    """Begin where more lines leave than arrive; in a closed round, at the least balance."""
    surplus = {before: len(left) for before, left in leaving.items()}
    for left in leaving.values():
        for line in left:
            after = line.balance_paise
            if after in surplus:
                surplus[after] -= 1
    open_ends = [before for before, n in surplus.items() if n > 0]
    return min(open_ends or leaving, default=None)


def _walk(leaving: dict[int, list[Line]], start: int) -> list[Line]:
    walked: list[Line] = []
    stack: list[tuple[int, Line | None]] = [(start, None)]
    while stack:
        at, arrived_by = stack[-1]
        left = leaving.get(at)
        if left:
            line = left.pop()
            assert line.balance_paise is not None
            stack.append((line.balance_paise, line))
        else:
            stack.pop()
            if arrived_by is not None:
                walked.append(arrived_by)
    return walked[::-1]
