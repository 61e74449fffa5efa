"""What tests of sources start from: a provider's answer as items, and the tables a cleaner is handed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import jsonschema_rs
import orjson

import sources
from generators.figures import Figures
from generators.mess import Deed, mess_of
from generators.world import Business, Look, World
from kit.chance import Stream
from kit.lines import parse_line
from kit.period import midnight
from kit.scope import DateRange
from kit.source import Document, Fate, Item, Outcome, Parcel, Pull, RawRef, Tables, Window
from pipeline.generated import schemas
from warehouse import assets

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 3, 31)
INPUT_SHA = "5" * 64
RATES = Figures(assets.figures()["mess"])


@cache
def tables(name: str) -> Tables:
    """Check records against the schemas as the code gives them now, not as they lie on the disk."""
    made = {
        named.split(".")[1]: jsonschema_rs.validator_for(orjson.loads(text)).is_valid
        for named, text in schemas()
        if named.split(".")[0] == name
    }
    return Tables(accepts=made, lookups={})


@cache
def world() -> World:
    """The synthetic world on the figures as they lie on the disk."""
    return World({name: Figures(document) for name, document in assets.figures().items()})


@cache
def business(seed: int = 1, as_of: date = AS_OF, rows: int | None = None) -> Business:
    """One business of the synthetic world."""
    return world().business(Stream(seed, "GIVEN", "world"), "GIVEN", Look(as_of, bank_rows=rows))


EVERY_TYPE = tuple(kind for declared in sources.declarations().values() for kind in declared.record_types)


def pulls(of: Business, first: date = date(2020, 1, 1), channel: str = "") -> dict[str, Pull]:
    """Ask for every party, all days, without filters."""
    answered_at = midnight(of.as_of + timedelta(days=1))
    pull = Pull(DateRange(first, of.as_of), (), answered_at, EVERY_TYPE, channel)
    return {party.id: pull for party in of.parties}


def delivered(
    name: str, of: Business, noise: str = "off", seed: int = 1
) -> tuple[dict[str, list[bytes]], list[Deed]]:
    """Let a source answer: the lines by party, and what the mess did to them."""
    mess = mess_of(noise, RATES)
    parcels = sources.source(name).generate(of, pulls(of), Stream(seed, "GIVEN", name), mess)
    return {parcel.party: list(parcel.lines) for parcel in parcels}, mess.deeds


def answers(name: str, of: Business, asked: Mapping[str, Pull]) -> Iterator[Parcel]:
    """Let a source answer a question of the test's own."""
    parcels: Iterator[Parcel] = sources.source(name).generate(of, asked, Stream(1), mess_of("off"))
    return parcels


def items(lines: Iterable[bytes], party: str = "ENTITY", delivery: str = "d" * 16) -> Iterator[Item]:
    """Read lines as the lake gives them."""
    for number, line in enumerate(lines, 1):
        raw = line.rstrip(b"\n")
        body, fault = parse_line(raw, 100)
        ref = RawRef(delivery, number, hashlib.sha256(raw).hexdigest()[:16])
        yield Item(ref, party, body, fault)


def all_items(parcels: Mapping[str, list[bytes]]) -> list[Item]:
    """Read every party's parcel as a delivery of its own."""
    return [
        item
        for party, lines in sorted(parcels.items())
        for item in items(lines, party, hashlib.sha256(party.encode()).hexdigest()[:16])
    ]


def cleaned(name: str, given: Iterable[Item]) -> list[Outcome]:
    """Clean items of a source."""
    return list(sources.source(name).clean(given, tables(name)))


def records(name: str, outcomes: Iterable[Outcome]) -> Sequence[object]:
    """Read clean outcomes back from their canonical text, and enrich them."""
    source = sources.source(name)
    read = [
        source.read(orjson.loads(orjson.dumps(outcome.document)))
        for outcome in outcomes
        if outcome.fate is Fate.CLEAN
    ]
    enriched: Sequence[object] = source.enrich(read, source.clues(read), tables(name))
    return enriched


def window(as_of: date = AS_OF, is_filtered: bool = False) -> Window:
    """The window of a summary."""
    return Window(as_of, INPUT_SHA, is_filtered)


def line(document: Document) -> bytes:
    """Write a document as a provider does."""
    return orjson.dumps(document)
