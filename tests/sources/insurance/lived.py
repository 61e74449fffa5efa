"""Businesses whose insurers are asked, and ways to read what they answer."""

from __future__ import annotations

from datetime import date
from functools import cache

import orjson

import sources
from generators.mess import mess_of
from generators.policies import Policy
from generators.world import Business, Look
from kit.chance import Stream
from kit.scope import DataFilter, DateRange
from kit.source import Document, Pull
from tests.sources import given

EVERY_TYPE = sources.source("insurance").declaration.record_types
SEEDS = range(1, 9)
# Drawn from the portfolio, so that firms and companies are among them; some of these insure nothing.
DRAWN = "drawn"


@cache
def life(seed: int, as_of: date = given.AS_OF, persona: str | None = None) -> Business:
    """One business, by default a proprietor who insures; it is kept for the tests after."""
    return lived(seed, as_of, persona)


def lived(seed: int, as_of: date = given.AS_OF, persona: str | None = None) -> Business:
    """One business that nobody keeps."""
    return given.world().business(Stream(seed, "COVERS", "world"), "COVERS", Look(as_of, persona=persona))


@cache
def of_a_firm() -> Business:
    """A business of several persons that insures on both sides."""
    for seed in range(1, 400):
        of = lived(seed, persona=DRAWN)
        parties = {one.party for one in of.covers.policies if one.terms}
        if len(of.parties) > 1 and len(parties) > 1:
            return of
    raise AssertionError("no firm of the portfolio insures on both sides")


def asked(
    of: Business,
    days: DateRange | None = None,
    types: tuple[str, ...] = EVERY_TYPE,
    filters: tuple[DataFilter, ...] = (),
) -> dict[str, list[Document]]:
    """Let the insurers answer for every party."""
    usual = next(iter(given.pulls(of).values()))
    pull = Pull(days or usual.range, filters, usual.answered_at, types, "AA")
    answer = sources.source("insurance").generate(
        of, {one.id: pull for one in of.parties}, Stream(1), mess_of("off")
    )
    return {parcel.party: [orjson.loads(line) for line in parcel.lines] for parcel in answer}


def told(of: Business, kind: str, **question: object) -> list[Document]:
    """The lines of one kind, of all parties."""
    answer = asked(of, **question)  # type: ignore[arg-type]
    return [line for _, lines in sorted(answer.items()) for line in lines if line["kind"] == kind]


def paise(amount: object) -> int:
    """Read rupees with two places."""
    whole, _, rest = str(amount).partition(".")
    assert len(rest) == 2, amount
    return int(whole + rest)


def policy_of(of: Business, line: Document) -> Policy:
    """Find the planned policy behind a line by the number within its reference."""
    (found,) = [one for one in of.covers.policies if one.number in str(line["linkedAccRef"])]
    return found


def document_of(of: Business, line: Document) -> str:
    """Name the due behind a movement."""
    return f"{policy_of(of, line).id}/{str(line['txnId']).partition('/')[2]}"
