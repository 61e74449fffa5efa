"""One corpus of whole customers for every test of sources: made once for a state of the code and kept under .cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import count
from pathlib import Path
from typing import NamedTuple

import orjson

import sources
from generators.drawing import drawn_sector, drawn_seller, sectors_of
from generators.firm import Sector
from generators.mess import mess_of
from generators.world import Business, Look
from kit.chance import Stream
from kit.source import Pull
from tests.sources import given

SEED = 20_260_331
CORPUS = given.ROOT / ".cache" / "corpus"
TREES = ("kit", "sources", "generators")
KEPT_S = 86_400
MONTHS, FEW_MONTHS, ALL_MONTHS = 14, 8, 24
Told = Mapping[str, Sequence[bytes]]


class Customer(NamedTuple):
    """A customer by its id; without a persona it has all six kinds of data, drawn ones are as a portfolio has them."""

    name: str
    persona: str | None


def customers() -> Iterator[Customer]:
    """Number customers without end, every second one drawn from the portfolio."""
    return (Customer(f"WORLD-{n:04}", "drawn" if n % 2 else None) for n in count(1))


@cache
def mixed(wanted_n: int) -> tuple[Customer, ...]:
    """Take the first customers among whom every line of business is as often as can be, drawn and with all kinds of data."""
    on_network = given.world().figures["trade"].row("sectors_on_network", given.AS_OF)
    kinds_n = len(drawn_sectors()) + len(on_network)
    each_n = wanted_n // kinds_n
    chosen: list[Customer] = []
    spare: list[Customer] = []
    seen: Counter[tuple[str, str | None]] = Counter()
    for customer in customers():
        kind = sector_of(customer).id, customer.persona
        seen[kind] += 1
        (chosen if seen[kind] <= each_n else spare).append(customer)
        if len(chosen) == kinds_n * each_n:
            break
    return tuple(sorted([*chosen, *spare[: wanted_n - len(chosen)]]))


def drawn_sectors() -> set[str]:
    """The lines of business a customer can be drawn for; others are asked for by persona alone."""
    known = sectors_of(given.world().figures["trade"])
    return {name for name, sector in known.items() if sector.weight}


def sector_of(customer: Customer) -> Sector:
    """Draw the line of business alone, which costs nothing."""
    world = given.world()
    draw = drawn_sector if customer.persona else drawn_seller
    return draw(world.figures["trade"], stream(customer, SEED).branch("world", "firm", "sector"))


def stream(customer: Customer, seed: int = SEED) -> Stream:
    return Stream(seed, customer.name)


@lru_cache(maxsize=2)
def business(customer: Customer, seed: int = SEED, months: int = MONTHS) -> Business:
    """Make the life behind a customer as the provider does."""
    look = Look(given.AS_OF, months, persona=customer.persona)
    return given.world().business(stream(customer, seed).branch("world"), customer.name, look)


def answered(
    customer: Customer,
    source: str,
    noise: str = "off",
    asked: Mapping[str, Pull] | None = None,
    of: Business | None = None,
    seed: int = SEED,
) -> Told:
    """Let a source answer as the provider does; by default for every party and all days."""
    of = of or business(customer, seed)
    chance = stream(customer, seed).branch(source)
    mess = mess_of(noise, given.RATES)
    pulls = given.pulls(of) if asked is None else asked
    parcels = sources.source(source).generate(of, pulls, chance, mess)
    return {parcel.party: list(parcel.lines) for parcel in parcels}


def digests(asked: Sequence[tuple[str, str | None, str, str]]) -> dict[str, str]:
    """Answer in the order asked, by name, persona, source and noise, past the corpus; tell a digest of each answer."""
    found = {}
    for name, persona, source, noise in asked:
        told = answered(Customer(name, persona), source, noise)
        digest = hashlib.sha256()
        for party, sent in told.items():
            digest.update(f"{party} {len(sent)}\n".encode() + b"".join(sent))
        found[f"{name}/{persona}/{source}/{noise}"] = digest.hexdigest()
    return found


def tell_digests(asked: str) -> None:
    """Answer in a process of its own."""
    sys.stdout.buffer.write(orjson.dumps(digests(orjson.loads(asked))))


def lines(customer: Customer, source: str, noise: str = "off", months: int = MONTHS) -> Told:
    """The lines of one source for all parties at one noise, out of the corpus where they lie there already."""
    place = CORPUS / _CODE / f"{customer.name}-{customer.persona}-{noise}-{source}-{months}"
    if place.exists():
        held: dict[str, list[str]] = orjson.loads(zlib.decompress(place.read_bytes()))
        return {party: [line.encode() for line in told] for party, told in held.items()}
    told = answered(customer, source, noise, of=business(customer, months=months))
    if _code() == _CODE:
        _keep(place, told)
    return told


def _keep(place: Path, told: Told) -> None:
    """Write beside and rename, as two halves of the tests may come to it at once."""
    if not place.parent.exists():
        _forget_older()
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    packed = orjson.dumps({party: [line.decode() for line in sent] for party, sent in told.items()})
    draft.write_bytes(zlib.compress(packed, 1))
    draft.replace(place)


def _forget_older() -> None:
    """Keep the corpora of other states of the code for a day."""
    for folder in CORPUS.glob("*"):
        if time.time() - folder.stat().st_mtime > KEPT_S:  # noqa: TID251
            shutil.rmtree(folder, ignore_errors=True)


def _code() -> str:
    """Hash what the lines depend on: the code and the figures of the world, and the way they are asked for here."""
    digest = hashlib.sha256()
    places = [path for tree in TREES for path in (given.ROOT / tree).rglob("*")]
    asking = [Path(__file__), Path(given.__file__)]
    for path in sorted(path for path in places if path.suffix in (".py", ".json")) + asking:
        digest.update(f"{path.name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


_CODE = _code()
