"""The running balance: lines of one moment are put in the order in which their balances chain; breaks are noted, never dropped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sources.bank._line import ACCOUNT, AMOUNT, AT, BALANCE, DIRECTION, PARTY, Line, note, parts_of


def chained(texts: Iterable[str]) -> Iterator[Sequence[str]]:
    """Take packed lines in order of their text and give their parts in chain order, each break noted on its line."""
    chain = _Chain()
    first: Sequence[str] = ()
    more: list[Sequence[str]] = []
    for text in texts:
        parts = parts_of(text)
        if not first:
            first = parts
        elif parts[AT] == first[AT] and parts[ACCOUNT] == first[ACCOUNT] and parts[PARTY] == first[PARTY]:
            more.append(parts)
        else:
            if more:
                yield from chain.ordered([first, *more])
                more = []
            else:
                yield chain.joined(first)
            first = parts
    if first:
        yield from chain.ordered([first, *more])


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

    def ordered(self, group: list[Sequence[str]]) -> Iterator[Sequence[str]]:
        """Join several lines of one moment, in the order in which they chain."""
        if len(group) == 1:
            return map(self.joined, group)
        lines = [Line(*parts) for parts in group]
        return map(self.joined, _repeats_noted(_ordered(lines, self._before(group[0]))))

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


def _ordered(lines: list[Line], balance: int | None) -> list[Line]:
    """Walk every line once from balance to balance, as one walks every bridge once; lines without balance come last."""
    leaving: dict[int, list[Line]] = {}
    for line in reversed(lines):
        if line.after_paise is not None:
            leaving.setdefault(line.after_paise - line.signed_paise, []).append(line)
    walked: list[Line] = []
    start = balance if balance in leaving else _start(leaving)
    while start is not None:
        walked += _walk(leaving, start)
        leaving = {before: left for before, left in leaving.items() if left}
        start = _start(leaving)
    return walked + [line for line in lines if line.after_paise is None]


def _start(leaving: dict[int, list[Line]]) -> int | None:
    """Begin where more lines leave than arrive; in a closed round, at the least balance."""
    surplus = {before: len(left) for before, left in leaving.items()}
    for left in leaving.values():
        for line in left:
            after = line.after_paise
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
            stack.append((line.after_paise or 0, line))
        else:
            stack.pop()
            if arrived_by is not None:
                walked.append(arrived_by)
    return walked[::-1]
