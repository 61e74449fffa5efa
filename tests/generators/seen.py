"""What anybody sees of a persona: raw lines as the sources deliver them, read by a few plain lines that know no generator."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import NamedTuple

import orjson

from generators.world import Business, Look
from kit.chance import Stream
from kit.source import Document, Json
from tests.sources.given import AS_OF, delivered, world

Told = Document
_BOILERPLATE = re.compile(
    r"NACH[0-9]{10}|STAN:[0-9]+|DEBIT-ACHDR|ACHDR/|ACH D-|NACH DR|ACH RTN|ACH/|NACH RTN.*|INSUFFICIENT.*|RETURNED.*|[/-]"
)


class Line(NamedTuple):
    """One line of a bank, money out negative."""

    day: date
    paise: int
    text: str
    account: str
    balance: int
    reference: str
    mode: str


@cache
def life(persona: str, name: str = "X-1", seed: int = 1, as_of: date = AS_OF) -> Business:
    """Ask for one customer of a kind."""
    return world().business(Stream(seed, name, "world"), name, Look(as_of, persona=persona))


@cache
def told(persona: str, source: str, name: str = "X-1", seed: int = 1) -> tuple[Told, ...]:
    """All lines of a source, whoever they are of."""
    parcels = delivered(source, life(persona, name, seed))[0]
    return tuple(orjson.loads(line) for _, lines in sorted(parcels.items()) for line in lines)


def accounts(persona: str, name: str = "X-1", seed: int = 1) -> list[Told]:
    """The accounts banks answer for."""
    envelopes = [one for one in told(persona, "bank", name, seed) if one["kind"] == "envelope"]
    return [one for envelope in envelopes for one in parts(envelope, "accounts")]


@cache
def lines(persona: str, name: str = "X-1", seed: int = 1) -> tuple[Line, ...]:
    """All movements on accounts that are told of."""
    return tuple(
        Line(
            date.fromisoformat(at(one, "valueDate")),
            paise(one["amount"]) * (1 if one["type"] == "CREDIT" else -1),
            at(one, "narration").upper(),
            at(one, "linkRefNumber"),
            paise(one["transactionalBalance"]),
            at(one, "reference"),
            at(one, "mode"),
        )
        for one in told(persona, "bank", name, seed)
        if one["kind"] == "transaction"
    )


def paise(rupees: Json) -> int:
    """Read rupees."""
    return round(float(str(rupees)) * 100)


def inner(told: Json, *path: str | int) -> Json:
    """Go down into a document."""
    for step in path:
        if isinstance(told, dict):
            told = told[str(step)]
        elif isinstance(told, list) and isinstance(step, int):
            told = told[step]
        else:
            raise KeyError(step)
    return told


def at(told: Json, *path: str | int) -> str:
    """Read a value deep in a document as text."""
    return str(inner(told, *path))


def parts(told: Json, *path: str | int) -> list[Told]:
    """Read a list of documents in a document."""
    found = inner(told, *path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def holders(account: Told) -> list[Told]:
    """Who holds an account."""
    return parts(account, "Profile", "Holders", "Holder")


def till(persona: str, name: str = "X-1", seed: int = 1) -> list[Line]:
    """The lines of the account with most of them."""
    found = lines(persona, name, seed)
    busiest = max(
        {one.account for one in found}, key=lambda account: sum(one.account == account for one in found)
    )
    return [one for one in found if one.account == busiest]


def gst(persona: str, name: str = "X-1", seed: int = 1, **marks: str) -> list[Told]:
    """Lines of the tax office that bear some marks."""
    held = told(persona, "gst", name, seed)
    return [one for one in held if all(one.get(key) == mark for key, mark in marks.items())]


def gstin(persona: str, name: str = "X-1", seed: int = 1) -> str:
    """The registration the tax office answers for."""
    return str(taxpayer(persona, name, seed)["gstin"])


def taxpayer(persona: str, name: str = "X-1", seed: int = 1) -> Told:
    """What the tax office says of the registered party."""
    return next(one for one in gst(persona, name, seed, kind="envelope") if one["gstin"])


class Paper(NamedTuple):
    """One invoice as the tax office tells of it; out is from the taxpayer's own return."""

    other: str
    number: str
    on: date
    value: int
    taxable: int
    name: str


def invoices(persona: str, name: str = "X-1", seed: int = 1, is_out: bool = True) -> list[Paper]:
    """Invoices told by the business itself, or by its suppliers."""
    found = []
    for one in gst(persona, name, seed, kind="outward" if is_out else "inward", section="b2b"):
        inv = inner(one, "inv")
        day, month, year = at(inv, "idt" if is_out else "dt").split("-")
        path = ("itms", 0, "itm_det", "txval") if is_out else ("items", 0, "txval")
        on = date(int(year), int(month), int(day))
        who = "" if is_out else at(one, "trdnm")
        sums = paise(inner(inv, "val")), paise(inner(inv, *path))
        found.append(Paper(at(one, "ctin"), at(inv, "inum"), on, *sums, who))
    return found


def mandates(persona: str, name: str = "X-1", seed: int = 1) -> dict[str, list[Line]]:
    """Debits by mandate, those that came back left out."""
    found: dict[str, list[Line]] = {}
    for line in lines(persona, name, seed):
        number = re.search(r"NACH[0-9]{10}", line.text)
        if number and line.paise < 0 and not re.search(r"RTN|RETURN", line.text):
            found.setdefault(number[0], []).append(line)
    return found


def collector(line: Line) -> str:
    """Who collects under a mandate, as the bank cuts the name."""
    return _BOILERPLATE.sub(" ", line.text).strip()


def evenings(found: list[Line]) -> dict[date, int]:
    """The balance of each evening on which something moved."""
    return {line.day: line.balance for line in found}


def balance_on(known: dict[date, int], day: date) -> int:
    """The balance of an evening, carried forward."""
    return known[max((one for one in known if one <= day), default=min(known))]
