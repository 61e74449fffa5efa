"""One customer as all sources tell of him: whether every line holds, and how the lines are spread."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import orjson

import sources
from generators.mess import mess_of
from generators.papers import Scheme
from generators.personas import DRAWN
from generators.trade import Event, Purpose, Rail
from generators.world import Business, Look
from kit.chance import Stream
from kit.facets import Direction
from kit.ident import Grade, gstin_grade, is_synthetic_pan
from kit.lines import parse_line
from kit.period import midnight
from kit.scope import DateRange
from kit.shapes import listed, mapping, text, whole
from kit.source import Fate, Item, Pull, RawRef, Tables
from pipeline.tables import tables_for
from pipeline.world.estimates import hill
from pipeline.world.portfolio import AS_OF, world

DEPTH = 100
TERM_LOANS = "LOAN-"
MODEST_PAISE, HANDSOME_PAISE, HUNDRED_PAISE = 50_000, 200_000, 10_000
TRANSFERS = (Rail.NEFT, Rail.RTGS, Rail.IMPS)
PEAKS = {
    "EMI mandates: 2, 3, 5, 7, 10, 15": (Purpose.EMI, frozenset((2, 3, 5, 7, 10, 15))),
    "rent: 1 to 10": (Purpose.RENT, frozenset(range(1, 11))),
    "salaries: 1 to 7": (Purpose.WAGES, frozenset(range(1, 8))),
    "taxes: 7 and 18 to 25": (Purpose.TAX, frozenset((7, *range(18, 26)))),
}
FAULTS = (
    "lines not clean",
    "repaired fields",
    "records that break their schema",
    "keys used twice",
    "breaks of a balance chain",
    "days outside the range asked for",
    "GST periods whose 3B is not the sum of GSTR-1",
    "identifiers that could be somebody's",
)
_RUN = re.compile(rb"[A-Z0-9]{10,}")
_PAN = re.compile(rb"[A-Z]{5}[0-9]{4}[A-Z]")
_GSTIN = re.compile(rb"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]")
_IFSC = re.compile(rb"[A-Z]{4}0[A-Z0-9]{6}")
_MOBILE = re.compile(rb"(?<![0-9A-Za-z.])(?:\+?91)?([6-9][0-9]{9})(?![0-9])")
_HANDLE = re.compile(rb"@(?<=[A-Za-z0-9._-]@)([A-Za-z0-9.-]+)")
_TAXED_SECTIONS = ("b2b", "b2cl", "b2cs", "cdnr")


class Shown(NamedTuple):
    """What one customer's lines add up to; counts are told apart by the name of what they count."""

    lines_n: int
    periods_n: int
    faults: Mapping[str, int]
    receipts: tuple[int, int, int, int]
    rounds: Mapping[str, tuple[int, int]]
    digits: Mapping[str, tuple[int, ...]]
    peaks: Mapping[str, tuple[int, int]]
    tails: Mapping[str, float]
    sha256: str


class Ask(NamedTuple):
    """A customer by seed and number; every second one holds all six kinds of data, the others what a portfolio holds."""

    seed: int
    number: int


@cache
def _tables(name: str) -> Tables:
    return tables_for(name)


def shown(ask: Ask) -> Shown:
    """Let every source speak of one customer, clean what it says, and count."""
    name = f"SHOWN{ask.number}"
    look = Look(AS_OF, persona=DRAWN if ask.number % 2 else None)
    business = world().business(Stream(ask.seed, name, "world"), name, look)
    faults, sha = Counter[str](), hashlib.sha256()
    lines_n, told = 0, list[Mapping[str, object]]()
    for source in sources.names():
        lines = [*_lines(business, source, Stream(ask.seed, name, source))]
        lines_n += len(lines)
        faults["identifiers that could be somebody's"] += sum(_leaks_n(raw) for _, raw in lines)
        for _, raw in lines:
            sha.update(raw)
        told += _cleaned(source, lines, faults)
    faults["breaks of a balance chain"] += _broken_n(told)
    faults["days outside the range asked for"] += _outside_n(told, business)
    periods_n, unequal_n = _periods(told, business)
    faults["GST periods whose 3B is not the sum of GSTR-1"] += unequal_n
    return _counted(business, Counted(lines_n, periods_n, dict(faults), sha.hexdigest()))


class Counted(NamedTuple):
    """What reading a customer's lines one by one gave."""

    lines_n: int
    periods_n: int
    faults: Mapping[str, int]
    sha256: str


def _counted(business: Business, counted: Counted) -> Shown:
    """Add how amounts and days are spread."""
    events = [*business.events(business.first, AS_OF)]
    groups = _groups(events)
    return Shown(
        lines_n=counted.lines_n,
        periods_n=counted.periods_n,
        faults={fault: counted.faults.get(fault, 0) for fault in FAULTS},
        receipts=_receipts(events),
        rounds={group: _rounds(rows) for group, rows in groups.items()},
        digits={group: _digits(rows) for group, rows in groups.items()},
        peaks={peak: _peak(events, *asked) for peak, asked in PEAKS.items()},
        tails={
            side: hill([event.amount_paise for event in events if event.direction is direction])
            for side, direction in (("credits", Direction.IN), ("debits", Direction.OUT))
        },
        sha256=counted.sha256,
    )


def prints(seed: int, customers_n: int) -> str:
    """Hash all lines of the first customers, one hash beside the other."""
    return " ".join(shown(Ask(seed, number)).sha256 for number in range(customers_n))


def _lines(business: Business, source: str, stream: Stream) -> Iterator[tuple[str, bytes]]:
    kinds = tuple(kind for declared in sources.declarations().values() for kind in declared.record_types)
    answered_at = midnight(AS_OF + timedelta(days=1))
    pull = Pull(DateRange(business.first, AS_OF), (), answered_at, kinds, "")
    asked = {party.id: pull for party in business.parties}
    for parcel in sources.source(source).generate(business, asked, stream, mess_of("off")):
        for raw in parcel.lines:
            yield parcel.party, raw


def _leaks_n(raw: bytes) -> int:
    """Count identifiers that are not unreal by construction."""
    runs = _RUN.findall(raw)
    leaks = sum(map(_is_leak, runs))
    if any(run.isdigit() for run in runs):
        leaks += len(_MOBILE.findall(raw))
    hosts: list[bytes] = _HANDLE.findall(raw)
    return leaks + sum(host != b"bahi" and not host.endswith(b".example") for host in hosts)


def _is_leak(run: bytes) -> bool:
    if _PAN.fullmatch(run):
        return not run.startswith(b"XXXXX") and not is_synthetic_pan(run.decode())
    if _GSTIN.fullmatch(run):
        return run[7:11] != b"0000" or gstin_grade(run.decode()) is not Grade.VALID
    return bool(_IFSC.fullmatch(run)) and not run.startswith(b"BAHI")


def _cleaned(
    source: str, lines: Sequence[tuple[str, bytes]], faults: Counter[str]
) -> Iterator[Mapping[str, object]]:
    """Clean the lines of a source with its schemas, and give the records."""
    tables, keys = _tables(source), Counter[tuple[str, str]]()
    for outcome in sources.source(source).clean(_items(lines), tables):
        faults["repaired fields"] += len(outcome.findings)
        if outcome.fate is not Fate.CLEAN or outcome.document is None:
            faults["lines not clean"] += 1
            continue
        document = mapping(orjson.loads(orjson.dumps(outcome.document)))
        kind = text(document["kind"])
        keys[kind, text(document["id"])] += 1
        faults["records that break their schema"] += not tables.accepts[kind](document)
        yield document
    faults["keys used twice"] += sum(n - 1 for n in keys.values())


def _items(lines: Sequence[tuple[str, bytes]]) -> Iterator[Item]:
    number = Counter[str]()
    for party, line in lines:
        number[party] += 1
        raw = line.rstrip(b"\n")
        body, fault = parse_line(raw, DEPTH)
        delivery = hashlib.sha256(party.encode()).hexdigest()[:16]
        yield Item(RawRef(delivery, number[party], hashlib.sha256(raw).hexdigest()[:16]), party, body, fault)


def _broken_n(told: Sequence[Mapping[str, object]]) -> int:
    """Walk each account by the bank's own numbers: every balance is the one before it and the movement."""
    chains: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for record in told:
        if record["kind"] == "transaction" and {"account", "balance_paise"} <= set(record):
            paise = whole(record["amount_paise"])
            signed = paise if record["direction"] == "CREDIT" else -paise
            chains[text(record["account"])].append(
                (text(record["txn_id"]), signed, whole(record["balance_paise"]))
            )
    broken_n = 0
    for chain in chains.values():
        ordered = sorted(chain, key=lambda one: int(one[0][1:]))
        broken_n += sum(
            before[2] + after[1] != after[2] for before, after in zip(ordered, ordered[1:], strict=False)
        )
    return broken_n


def _outside_n(told: Sequence[Mapping[str, object]], business: Business) -> int:
    """What moved, was ordered or was filed carries a day of the range; envelopes and standing policies carry none."""
    days = [record["on"] for record in told if record["kind"] in ("transaction", "filing", "return3b")]
    known = [date.fromisoformat(text(day)) for day in days]
    return sum(not business.first <= day <= AS_OF for day in known)


def _periods(told: Sequence[Mapping[str, object]], business: Business) -> tuple[int, int]:
    """Compare each GSTR-3B with what its GSTR-1 told of the same months, where all of them are inside the range."""
    registration = business.registration
    is_monthly = registration is None or registration.scheme is Scheme.MONTHLY
    sums = Counter[str]()
    for period, paise in _supplies(told):
        sums[period if is_monthly else _quarter(period)] += paise
    returned = {
        text(record["period"]): whole(record["taxable_paise"])
        for record in told
        if record["kind"] == "return3b"
    }
    first = business.first.isoformat()[:7]
    compared = {period for period in returned if (period if is_monthly else _opening(period)) >= first}
    return len(compared), sum(returned[period] != sums[period] for period in compared)


def _supplies(told: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, int]]:
    """Give the taxable supplies of each document or row by its month, credit notes taken off."""
    for record in told:
        if record["kind"] == "outward" and record["section"] in _TAXED_SECTIONS:
            sign = -1 if record["section"] == "cdnr" else 1
            lines = [mapping(line) for line in listed(record["lines"])]
            yield text(record["period"]), sign * sum(whole(line["taxable_paise"]) for line in lines)


def _quarter(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year}-{month + -month % 3:02d}"


def _opening(quarter: str) -> str:
    return f"{quarter[:5]}{int(quarter[5:]) - 2:02d}"


def _receipts(events: Sequence[Event]) -> tuple[int, int, int, int]:
    """Payments of customers by UPI: how many, what they make, how many are modest and how many handsome."""
    paid = [
        event.amount_paise
        for event in events
        if event.rail is Rail.UPI and event.purpose is Purpose.SALE and event.direction is Direction.IN
    ]
    modest = sum(paise <= MODEST_PAISE for paise in paid)
    return len(paid), sum(paid), modest, sum(paise > HANDSOME_PAISE for paise in paid)


def _groups(events: Sequence[Event]) -> dict[str, list[int]]:
    is_in = {event.no: event.direction is Direction.IN for event in events}
    cash = (Rail.CASH, Rail.ATM)
    return {
        "all": [event.amount_paise for event in events],
        "cash in": [one.amount_paise for one in events if one.rail is Rail.CASH and is_in[one.no]],
        "cash out": [one.amount_paise for one in events if one.rail in cash and not is_in[one.no]],
        "transfers": [one.amount_paise for one in events if one.rail in TRANSFERS],
        "incoming transfers": [one.amount_paise for one in events if one.rail in TRANSFERS and is_in[one.no]],
    }


def _rounds(row: Sequence[int]) -> tuple[int, int]:
    return sum(paise % HUNDRED_PAISE == 0 for paise in row), len(row)


def _digits(row: Sequence[int]) -> tuple[int, ...]:
    first = Counter(str(paise)[0] for paise in row)
    return tuple(first[str(digit)] for digit in range(1, 10))


def _peak(events: Sequence[Event], purpose: Purpose, days: frozenset[int]) -> tuple[int, int]:
    """Count what moved on the days expected; day labour in cash and short loans by the week have no day of the month."""
    moved = [
        event
        for event in events
        if event.purpose is purpose
        and event.rail is not Rail.CASH
        and (purpose is not Purpose.EMI or _is_mandate(event))
    ]
    return sum(event.at.day in days for event in moved), len(moved)


def _is_mandate(event: Event) -> bool:
    """What was returned is made good by another rail, on whatever day there is money."""
    return event.rail is Rail.NACH and event.document.startswith(TERM_LOANS)
