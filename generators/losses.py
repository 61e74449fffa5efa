"""What never leaves the provider: whole months, the end of an account, the beginning of all it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from generators.soil import Shape, day_of, found, own, text_of
from kit.chance import Stream
from kit.source import Document, Json

COVERS = (("from", "to"), ("startDate", "endDate"))
KINDS = ("COVER_SHORT", "MONTH_MISSING", "ACCOUNT_PARTIAL")
_LOST_MONTHS_MOST = 3


class Lost(NamedTuple):
    """One thing left out: of which kind, about which field, and what stood there, with the count of lines."""

    kind: str
    field: str
    was: str


class Losses:
    """Decides for one parcel what is left out; an envelope that is honest about it says a shorter cover."""

    def __init__(self, rate: Callable[[str], int], stream: Stream, envelope: Document) -> None:
        """Draw what goes for the parcel as a whole; months and accounts are drawn as they come."""
        self._rate = rate
        self._stream = stream
        self._months: dict[str, int | None] = {}
        self._ends: dict[str, list[str | int] | None] = {}
        self._cover = _cover_of(envelope)
        self._first = self._shortened()

    def _shortened(self) -> str:
        """The day the answer begins on instead of the one it should, or nothing."""
        stream = self._stream.branch("cover")
        if self._cover is None or stream.randrange(1_000_000) >= self._rate("COVER_SHORT"):
            return ""
        first = date.fromisoformat(self._cover[0])
        for _ in range(stream.randint(1, _LOST_MONTHS_MOST)):
            first = (first.replace(day=1) + timedelta(days=31)).replace(day=1)
        return first.isoformat() if first.isoformat() < self._cover[1] else ""

    def honest(self, envelope: Document) -> Document:
        """Give an envelope the cover that is left; a line that is none stays as it is."""
        if not self._first or envelope.get("kind") != "envelope":
            return envelope
        envelope = own(envelope)
        for holder, first, last in _covers(envelope):
            if "" != str(holder[first]) < self._first <= str(holder[last]):
                holder[first] = self._first
        return envelope

    def takes(self, document: Document, shape: Shape) -> bool:
        """Say whether a line is left out, and count it."""
        day = _first_day(document, shape)
        if not day:
            return False
        return day < self._first or self._takes_month(day[:7]) or self._takes_account(document, shape, day)

    def _takes_month(self, month: str) -> bool:
        if month not in self._months:
            drawn = self._stream.branch("month", month).randrange(1_000_000)
            self._months[month] = 0 if drawn < self._rate("MONTH_MISSING") else None
        lines_n = self._months[month]
        if lines_n is None:
            return False
        self._months[month] = lines_n + 1
        return True

    def _takes_account(self, document: Document, shape: Shape, day: str) -> bool:
        if not shape.account:
            return False
        account = text_of(found(document, shape.account))
        if account not in self._ends:
            self._ends[account] = self._end_of(account, shape)
        end = self._ends[account]
        if end is None or day <= str(end[1]):
            return False
        end[2] = int(end[2]) + 1
        return True

    def _end_of(self, account: str, shape: Shape) -> list[str | int] | None:
        """The field, the last day still told and a count, for an account that stops early: in the second half of the days."""
        stream = self._stream.branch("account", account)
        if self._cover is None or stream.randrange(1_000_000) >= self._rate("ACCOUNT_PARTIAL"):
            return None
        first, last = (date.fromisoformat(day) for day in self._cover)
        half = (last - first).days // 2
        return [shape.account, (last - timedelta(days=stream.randint(1, half + 1))).isoformat(), 0]

    def told(self) -> Iterator[Lost]:
        """Tell what was left out, once all lines have passed."""
        if self._first and self._cover is not None:
            yield Lost("COVER_SHORT", "from", text_of(self._cover[0]))
        for month, lines_n in self._months.items():
            if lines_n:
                yield Lost("MONTH_MISSING", "", text_of({"lines": lines_n, "month": month}))
        for account, end in self._ends.items():
            if end is not None and end[2]:
                yield Lost(
                    "ACCOUNT_PARTIAL",
                    str(end[0]),
                    f'{{"account":{account},"after":"{end[1]}","lines":{end[2]}}}',
                )


def _first_day(document: Document, shape: Shape) -> str:
    for field in (*shape.days, *shape.moments):
        told = day_of(found(document, field))
        if told is not None:
            return "-".join(told)
    return ""


def _cover_of(envelope: Document) -> tuple[str, str] | None:
    """The days an envelope vouches for; one that covers nothing has none."""
    told = [(str(holder[first]), str(holder[last])) for holder, first, last in _covers(envelope)]
    told = [(first, last) for first, last in told if _is_day(first) and _is_day(last) and first <= last]
    return (min(first for first, _ in told), max(last for _, last in told)) if told else None


def _is_day(text: str) -> bool:
    return day_of(text) is not None and len(text) == 10 and text[4] == "-"


def _covers(value: Json) -> Iterator[tuple[dict[str, Json], str, str]]:
    """Find every object below that says from when to when, in the words of any standard."""
    if isinstance(value, dict):
        for first, last in COVERS:
            if isinstance(value.get(first), str) and isinstance(value.get(last), str):
                yield value, first, last
        for one in value.values():
            yield from _covers(one)
    elif isinstance(value, list):
        for one in value:
            yield from _covers(one)
