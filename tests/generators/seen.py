"""What anybody sees of a persona: raw lines as the sources deliver them, read by a few plain lines that know no generator."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import orjson

from generators.world import Business, Look
from kit.chance import Stream
from tests.sources.given import AS_OF, delivered, world

Told = dict[str, Any]
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
    return [account for envelope in envelopes for account in envelope["accounts"]]


@cache
def lines(persona: str, name: str = "X-1", seed: int = 1) -> tuple[Line, ...]:
    """All movements on accounts that are told of."""
    return tuple(
        Line(
            date.fromisoformat(one["valueDate"]),
            paise(one["amount"]) * (1 if one["type"] == "CREDIT" else -1),
            one["narration"].upper(),
            one["linkRefNumber"],
            paise(one["transactionalBalance"]),
            one["reference"],
            one["mode"],
        )
        for one in told(persona, "bank", name, seed)
        if one["kind"] == "transaction"
    )


def paise(rupees: str | float) -> int:
    """Read rupees."""
    return round(float(rupees) * 100)


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
        inv = one["inv"]
        day, month, year = str(inv["idt" if is_out else "dt"]).split("-")
        taxable = inv["itms"][0]["itm_det"]["txval"] if is_out else inv["items"][0]["txval"]
        on = date(int(year), int(month), int(day))
        who = one.get("trdnm", "")
        found.append(Paper(one["ctin"], inv["inum"], on, paise(inv["val"]), paise(taxable), who))
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
