"""What a customer's sources said, line by line, as anybody reads it who knows nothing of how it was made."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

Body = dict[str, Any]  # type: ignore[explicit-any]
INDIA = timezone(timedelta(hours=5, minutes=30))
# Numbers are kept to their last digit.
_READER = json.JSONDecoder(parse_float=Decimal)


class Line(NamedTuple):
    """One line as it was sent, with its place: the line's number counts from one in its party's parcel."""

    source: str
    party: str
    number: int
    body: Body


class Fault(NamedTuple):
    """A line at which something does not add up, and what."""

    line: Line
    said: str


class Violation(NamedTuple):
    """A fault with the identity it breaks and the customer it was found at."""

    identity: str
    customer: str
    source: str
    party: str
    line: int
    said: str


@dataclass(frozen=True)
class Answers:
    """All lines of all sources of one customer, in the order they were sent."""

    customer: str
    lines: tuple[Line, ...]

    def of(self, source: str, **said: str) -> Iterator[Line]:
        """The lines of a source that say something."""
        lines = self._of_kind.get((source, said.pop("kind", None)), ())
        if not said:
            yield from lines
            return
        for line in lines:
            if all(line.body.get(name) == value for name, value in said.items()):
                yield line

    @cached_property
    def _of_kind(self) -> Mapping[tuple[str, str | None], Sequence[Line]]:
        """Lines by source and kind, and all of a source under no kind."""
        found: dict[tuple[str, str | None], list[Line]] = defaultdict(list)
        for line in self.lines:
            found[line.source, None].append(line)
            if "kind" in line.body:
                found[line.source, line.body["kind"]].append(line)
        return found

    @cached_property
    def movements(self) -> Mapping[tuple[str, str, int], Sequence[Line]]:
        """The bank's lines by account, side and amount."""
        found: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
        for line in self.of("bank", kind="transaction"):
            body = line.body
            found[body["linkRefNumber"], body["type"], paise(body["amount"])].append(line)
        return found

    @cached_property
    def first(self) -> date:
        """The first day a bank tells of."""
        days = [
            account["Transactions"]["startDate"]
            for line in self.of("bank", kind="envelope")
            for account in line.body["accounts"]
        ]
        return date.fromisoformat(min(days))


Check = Callable[[Answers], Iterator[Fault]]


def read(customer: str, told: Mapping[str, Mapping[str, Sequence[bytes]]]) -> Answers:
    """Read the lines by source and party."""
    found = [
        Line(source, party, number, _READER.decode(line.decode()))
        for source, parcels in sorted(told.items())
        for party, lines in sorted(parcels.items())
        for number, line in enumerate(lines, 1)
    ]
    return Answers(customer, tuple(found))


@lru_cache(maxsize=100_000)
def paise(rupees: Decimal | str | int) -> int:
    """Read rupees; a part of a paisa is no amount."""
    scaled = Decimal(str(rupees)) * 100
    if scaled != int(scaled):
        raise ValueError("an amount has parts of a paisa")
    return int(scaled)


def first_of(value: object) -> Body:
    """The object of a place, or the first of its list, or nothing."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


def indian_day(moment: str) -> date:
    """The civil day in India of a moment in any zone."""
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).astimezone(INDIA).date()


def tax_day(text: str) -> date:
    """Read a day as the tax office writes it."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def day_of(line: Line) -> date | None:
    """The day a line happened on; None for what only says how things stand."""
    body = line.body
    if body.get("kind") == "envelope":
        return None
    if line.source == "bank":
        return indian_day(body["transactionTimestamp"])
    if line.source == "gst":
        paper = body.get("inv") or body.get("nt") or {}
        return tax_day(paper.get("idt") or paper.get("dt") or paper.get("nt_dt") or body["dof"])
    if line.source == "ondc":
        return indian_day(body["context"]["timestamp"])
    if line.source == "ocen":
        return indian_day(body["metadata"]["timestamp"])
    if body["kind"] != "transaction":
        return None
    return (
        indian_day(body["txnDate"])
        if line.source == "insurance"
        else date.fromisoformat(body["executionDate"])
    )
