"""A business of which only the funds are lived: every due arrives on its day but for the instalments a bank returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import orjson

import sources
from generators.frame import Frame
from generators.funds import FundBook, OrderKind, funds_of
from generators.mess import mess_of
from generators.papers import Passed
from generators.people import Constitution, Party
from kit.chance import Stream
from kit.errors import NotFound
from kit.period import add_months, midnight
from kit.scope import DataFilter, DateRange
from kit.source import Document, Pull
from tests.generators.frames import AS_OF, frame

EVERY_TYPE = sources.source("mutual_funds").declaration.record_types
SEEDS = range(1, 9)


@dataclass(frozen=True)
class Life:
    """What a registrar's projection may ask of a business."""

    frame: Frame
    funds: FundBook
    passed: Mapping[str, Passed]
    first: date
    as_of: date

    @property
    def parties(self) -> tuple[Party, ...]:
        return self.frame.parties

    def party(self, party_id: str) -> Party:
        for party in self.parties:
            if party.id == party_id:
                return party
        raise NotFound("PARTY_UNKNOWN", "the business has no such party", hint="none")


@cache
def life(
    seed: int,
    as_of: date = AS_OF,
    constitution: Constitution = Constitution.PROPRIETORSHIP,
    invests: bool = True,
) -> Life:
    """Live the funds up to a day: one instalment in five is returned, one of those is paid three days late."""
    framed = frame(seed, constitution=constitution, invests=invests)
    book = funds_of(framed, Stream(seed, "FUNDS"))
    kinds = {order.document: order.kind for order in book.orders}
    passed = {}
    for number, due in enumerate(book.dues):
        is_returned = kinds[due.document] is OrderKind.SIP and number % 5 == seed % 5
        late = due.day + timedelta(days=3)
        paid_on = (late if number % 2 else None) if is_returned else due.day
        if due.day <= as_of:
            paid_on = None if paid_on is not None and paid_on > as_of else paid_on
            returned = (due.day,) if is_returned else ()
            passed[due.document] = Passed(due.document, due.day, paid_on, returned)
    first = max(framed.first, add_months(as_of + timedelta(days=1), -14))
    return Life(framed, book, passed, first, as_of)


def pull(
    of: Life,
    days: DateRange | None = None,
    types: tuple[str, ...] = EVERY_TYPE,
    filters: tuple[DataFilter, ...] = (),
) -> Pull:
    """Ask for all days, or for some."""
    answered_at = midnight(of.as_of + timedelta(days=1))
    return Pull(days or DateRange(date(2020, 1, 1), of.as_of), filters, answered_at, types, "AA")


def lines(of: Life, noise: str = "off", **asked: object) -> dict[str, list[bytes]]:
    """Let the registrar answer for every party."""
    answer = pull(of, **asked)  # type: ignore[arg-type]
    parcels = sources.source("mutual_funds").generate(
        of, {party.id: answer for party in of.parties}, Stream(1), mess_of(noise)
    )
    return {parcel.party: list(parcel.lines) for parcel in parcels}


def documents(of: Life, **asked: object) -> list[Document]:
    """Give all the parties' lines as documents, the owner's last."""
    return [orjson.loads(line) for _, parcel in sorted(lines(of, **asked).items()) for line in parcel]


def of_kind(kind: str, found: list[Document]) -> list[Document]:
    """Keep the documents of one kind."""
    return [one for one in found if one["kind"] == kind]


def scaled(value: object, decimals: int) -> int:
    """Read a number with fixed decimals as a whole one, in a way of the tests' own."""
    whole, _, rest = str(value).partition(".")
    assert len(rest) == decimals, value
    return int(whole + rest)
