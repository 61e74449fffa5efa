"""The running balance: lines of one moment are put in the order in which their balances chain; breaks are noted, never dropped.

Banks state what is drawn of an overdraft or cash credit as a plain number, or state every balance without a sign. A line
tells its sign by the line before it; the first line of an account, and a line behind a break, by those that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby, islice, takewhile

from sources.bank._line import ACCOUNT, AMOUNT, AT, BALANCE, DIRECTION, PARTY, Line, note, parts_of, unpacked

Ahead = Callable[[], Iterator[list[Line]]]
# So many moments are looked at to tell a sign; a chain that needs more to be told is told as it was stated.
_MOMENTS_N = 8


def chained(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Take packed lines in order of their text and give their parts in chain order, each break noted on its line."""
    chain = _Chain(texts)
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
                yield from chain.ordered([first, *more], at)
                more = []
            else:
                yield chain.joined(first, at)
            first = parts
    if first:
        yield from chain.ordered([first, *more], len(texts))


def _moments(texts: Sequence[str], at: int) -> Iterator[list[Line]]:
    """Look ahead from a place, moment by moment; nothing is read before it is asked for."""
    lines = (unpacked(texts[n]) for n in range(at, len(texts)))
    return (list(group) for _, group in groupby(lines, key=lambda line: (line.party, line.account, line.at)))


class _Chain:
    """Remembers the balance of the account it is walking along, and up to where the bank's sign was turned."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._account = self._party = ""
        self._balance: int | None = None
        self._turned_to = -1

    def joined(self, parts: Sequence[str], at: int) -> Sequence[str]:
        """Compare the balance before the line with the balance after the one before it; what follows stands from at on."""
        if self._account != parts[ACCOUNT] or self._party != parts[PARTY]:
            self._turn(parts)
        before = self._balance
        paise = int(parts[AMOUNT])
        expected = None if before is None else before + (paise if parts[DIRECTION] == "CREDIT" else -paise)
        if not parts[BALANCE]:
            self._balance = expected
            return parts
        after = int(parts[BALANCE])
        if expected == after:
            self._balance = after
            return parts
        return self._weighed(Line(*parts), expected, at)

    def _weighed(self, line: Line, expected: int | None, at: int) -> Line:
        """A balance that does not chain as stated may do so with the other sign."""
        if line.after_paise == -(expected or 0) or self._is_told_turned([line], at):
            line = self._turned([line], at)[0]
        self._balance = line.after_paise
        return line if expected in (None, self._balance) else _broken(line)

    def ordered(self, group: list[Sequence[str]], at: int) -> Iterator[Sequence[str]]:
        """Join several lines of one moment, in the order in which they chain."""
        if len(group) == 1:
            return iter([self.joined(group[0], at)])
        lines = [Line(*parts) for parts in group]
        before = self._before(group[0])
        if self._are_turned(lines, before, at):
            lines = self._turned(lines, at)
        ahead = partial(_moments, self._texts, at)
        return map(self._linked, _repeats_noted(_ordered(lines, before, ahead)))

    def _linked(self, line: Line) -> Line:
        """Join a line whose sign is settled."""
        after = line.after_paise
        expected = None if self._balance is None else self._balance + line.signed_paise
        self._balance = expected if after is None else after
        return line if after is None or expected in (None, after) else _broken(line)

    def _are_turned(self, lines: list[Line], before: int | None, at: int) -> bool:
        if before is not None:
            if before in _leaving(lines):
                return False
            if before in _leaving([_turned(line) for line in lines]):
                return True
        return self._is_told_turned(lines, at)

    def _is_told_turned(self, lines: list[Line], at: int) -> bool:
        """The right sign makes lines chain with fewer breaks; where both do alike, the sign is the one last in force."""
        head = lines[0][:2]
        following = takewhile(lambda group: group[0][:2] == head, _moments(self._texts, at))
        groups = [lines, *islice(following, _MOMENTS_N)]
        as_stated, turned = _breaks_n(groups), _breaks_n([list(map(_turned, group)) for group in groups])
        if as_stated == turned:
            return self._turned_to == at - len(lines)
        return turned < as_stated

    def _turned(self, lines: list[Line], at: int) -> list[Line]:
        self._turned_to = at
        return list(map(_turned, lines))

    def _before(self, parts: Sequence[str]) -> int | None:
        if self._account != parts[ACCOUNT] or self._party != parts[PARTY]:
            self._turn(parts)
        return self._balance

    def _turn(self, parts: Sequence[str]) -> None:
        self._account, self._party, self._balance = parts[ACCOUNT], parts[PARTY], None
        self._turned_to = -1


def _turned(line: Line) -> Line:
    """Give the same line with its balance on the other side of nothing."""
    after = line.after_paise
    if not after:
        return line
    learnt = note("transactionalBalance", "BALANCE_SIGN_LEARNT", after, -after)
    return line._replace(balance_paise=str(-after)).noted(learnt)


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


def _ordered(lines: list[Line], balance: int | None, ahead: Ahead) -> list[Line]:
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


def _breaks_n(groups: list[list[Line]]) -> int:
    """Count the breaks within moments, whose lines may stand in any order, and between one moment and the next."""
    told = [known for group in groups if (known := [line for line in group if line.after_paise is not None])]
    reached = [{line.after_paise for line in group} for group in told]
    left = [_leaving(group) for group in told]
    within = sum(max(0, sum(_surplus(one).values()) - 1) for one in left)
    return within + sum(ends.isdisjoint(starts) for ends, starts in zip(reached, left[1:], strict=False))


def _surplus(leaving: _Leaving) -> dict[int, int]:
    """Tell by how many more lines leave a balance than arrive there; a closed round has no such balance."""
    surplus = {before: len(left) for before, left in leaving.items()}
    for left in leaving.values():
        for line in left:
            after = line.after_paise
            if after in surplus:
                surplus[after] -= 1
    return {before: n for before, n in surplus.items() if n > 0}


def _open_ends(leaving: _Leaving) -> list[int]:
    """Find where more lines leave than arrive."""
    return list(_surplus(leaving))


def _start(leaving: _Leaving, lines: list[Line], ahead: Ahead) -> int | None:
    """Begin at an open end; a closed round ends where it began, so begin where what follows goes on."""
    open_ends = _open_ends(leaving)
    if open_ends or len(leaving) < 2:
        return min(open_ends or leaving, default=None)
    same_account = takewhile(lambda following: following[0][:2] == lines[0][:2], ahead())
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
