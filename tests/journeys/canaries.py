"""Canaries: words that occur nowhere else, one for each customer and place, and the count of them in every file of a home."""

from __future__ import annotations

import base64
import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import sources
from consent.artefact import Account, Artefact, Identifier
from consent.grants import Use, Wanted
from generators.figures import Figures
from generators.mess import mess_of
from generators.world import Look, World
from kit.chance import Stream
from kit.ident import CustomerId
from kit.period import midnight
from kit.scope import Scope
from kit.source import Pull
from pipeline.wiring import House
from warehouse import assets
from warehouse.lake import Arrival, Document, NoteKind, Remark, Shelf, SourceEntry

PIPELINE, PLANTED = 103, 104
_WORD = re.compile(rb"CANARY[0-9A-Z]{20}")
_ENCODED = re.compile(rb"[A-Za-z0-9+/_-]{34,}")
# What a bank may say in its own words; in any other field a word of ours is a mess to be repaired or held back.
_FREE = frozenset(
    "fipID linkRefNumber maskedAccNumber name mobile nominee landline address email pan branch ifsc micrCode"
    " narration reference txnId".split()
)
Json = object
Steps = tuple[str | int, ...]


class Counted(NamedTuple):
    """Which canaries stand in which files, and how often."""

    in_files: Mapping[str, Counter[str]]

    def of(self, canary: str) -> int:
        """Count one canary over all files."""
        return sum(found[canary] for found in self.in_files.values())

    def files_of(self, canary: str) -> list[str]:
        """Name the files a canary stands in."""
        return [name for name, found in self.in_files.items() if found[canary]]


def count(root: Path) -> Counted:
    """Read every byte below a folder, names of files too: in capitals or not, plain or in base64."""
    found = {}
    paths = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        try:
            content = b"" if path.is_symlink() else path.read_bytes()
        except FileNotFoundError:  # Whoever is at work took it away in between.
            content = b""
        words = count_in(name.encode() + b"\n" + content)
        if words:
            found[name] = words
    return Counted(found)


@lru_cache(maxsize=4_000)
def count_in(content: bytes) -> Counter[str]:
    """Count canaries in bytes; most files are the same whenever a home is counted."""
    words = Counter(word.decode() for word in _WORD.findall(content.upper()))
    for text in _decoded(content):
        words.update(word.decode() for word in _WORD.findall(text.upper()))
    return words


def _decoded(content: bytes) -> Iterator[bytes]:
    """Read every run of base64 from each place where it may begin."""
    for run in _ENCODED.findall(content):
        plain = run.replace(b"-", b"+").replace(b"_", b"/")
        for first in range(4):
            part = plain[first:]
            yield base64.b64decode(part[: len(part) // 4 * 4])


class Aviary:
    """Makes the canaries of one run and remembers where each belongs."""

    def __init__(self, seed: int) -> None:
        self._stream = Stream("canaries", seed)
        self.places: dict[tuple[CustomerId, str], str] = {}

    def canary(self, customer: CustomerId, place: str) -> str:
        """Give the canary of a place, a new one at first."""
        letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        drawn = "".join(self._stream.choice(letters) for _ in range(20))
        return self.places.setdefault((customer, place), f"CANARY{drawn}")

    def of(self, customer: CustomerId) -> dict[str, str]:
        """List the canaries of one customer by place."""
        return {place: word for (whose, place), word in self.places.items() if whose == customer}

    def artefact(self, asked: Artefact) -> Artefact:
        """Word what identifies the customer in an artefact: at the aggregator, by contact and by account."""

        def word(place: str) -> str:
            return self.canary(asked.customer, f"artefact {asked.purpose} {place}")

        identifiers = tuple(Identifier(kind, word(kind)) for kind in ("MOBILE", "EMAIL", "OTHERS"))
        account = Account("DEPOSIT", "BAHI-FIP", "SAVINGS", word("linked account"), word("masked account"))
        detail = asked.detail._replace(
            customer_vua=f"{word('vua')}@bahi-aa",
            identifiers=identifiers,
            accounts=(account,),
        )
        return asked._replace(detail=detail)


def provider_lines(scope: Scope) -> list[dict[str, Json]]:
    """Ask the synthetic bank once: its envelope and a few of its lines, every field as it sends them."""
    (grant,) = scope.grants
    stream = Stream("canaries", str(scope.customer))
    days = grant.range._replace(first=grant.range.last - timedelta(days=75))
    world = World({name: Figures(document) for name, document in assets.figures().items()})
    business = world.business(stream, scope.customer, Look(days.last, 3, 60))
    answered_at = midnight(days.last + timedelta(days=1))
    pull = Pull(days, (), answered_at, grant.record_types, grant.channel)
    (parcel,) = sources.source("bank").generate(business, {grant.party: pull}, stream, mess_of("off"))
    lines = [json.loads(line) for line in b"".join(parcel.lines).splitlines()]
    return [lines[0], *lines[1:40:5]]


def soiled(aviary: Aviary, customer: CustomerId, documents: list[dict[str, Json]]) -> Iterator[bytes]:
    """Send the lines as they are, then with a canary in every text field, and lines that cannot be read at all."""
    yield from (_line(document) for document in documents)
    for document in documents[:2]:
        kind = str(document["kind"])
        paths = [path for path, value in _leaves(document) if isinstance(value, str)]
        words = {path: aviary.canary(customer, f"{kind} {'.'.join(map(str, path))}") for path in paths}
        free = {path: word for path, word in words.items() if path[-1] in _FREE}
        yield _line(_with(document, free))
        for number, path in enumerate(sorted(words.keys() - free.keys(), key=str)):
            # Each about an account of its own, or the newest envelope would supersede the others unread.
            accounts = {own: f"ACCOUNT-{number}" for own in paths if own[-1] == "linkRefNumber"}
            yield _line(_with(document, accounts | {path: words[path]}))
        unknown = aviary.canary(customer, f"{kind} unknown field")
        yield _line(document | {unknown: unknown})
    yield f'{{"kind": "transaction", "{aviary.canary(customer, "no document")}\n'.encode()
    yield _line({"kind": "transaction", "narration": aviary.canary(customer, "no amount")})


def _line(document: Mapping[str, Json]) -> bytes:
    return json.dumps(document).encode() + b"\n"


def _leaves(value: Json, path: Steps = ()) -> Iterator[tuple[Steps, Json]]:
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        yield path, value
        return
    for key, below in inner:
        yield from _leaves(below, (*path, key))


def _with(document: dict[str, Json], words: Mapping[Steps, str]) -> dict[str, Json]:
    changed = json.loads(json.dumps(document))
    for path, word in words.items():
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = word
    assert isinstance(changed, dict)
    return changed


def opened(house: House, customer: CustomerId, purpose: int) -> Scope:
    """Open the right to fetch and count its use."""
    scope = house.consents.open_scope(Wanted(customer, purpose, Use.FETCH))
    house.consents.record_use(scope, "bank", "k-1")
    return scope


def plant(house: House, aviary: Aviary, customer: CustomerId, documents: list[dict[str, Json]]) -> None:
    """Put a file of every kind there, each with a canary of its own; what cleaning makes of the lines comes later."""

    def word(place: str) -> bytes:
        return aviary.canary(customer, place).encode()

    lake, scope = house.lake, opened(house, customer, PIPELINE)
    recheck = house.consents.recheck(scope)
    arrival = Arrival("ENTITY", "k-1", house.clock.now(), recheck)
    delivery = lake.deliver(scope, "bank", soiled(aviary, customer, documents), arrival)
    lake.keep_original(scope, delivery.id, Document("pdf", [b"%PDF ", word("original")]), recheck)
    for kind in NoteKind:
        remark = Remark(kind, {"words": word(kind).decode()})
        lake.note(scope, remark, recheck)
    lake.keep_log(scope, "bank.ndjson", [word("log")], recheck)
    lake.keep_reply(scope, "ab" * 32, word("reply"), recheck)
    lake.keep_truth(scope, "world.json", [word("truth")], recheck)
    _plant_shelves(house, aviary, customer)


def _plant_shelves(house: House, aviary: Aviary, customer: CustomerId) -> None:
    """Records, quarantine, findings and results of a purpose no step is run for."""
    scope = opened(house, customer, PLANTED)
    recheck = house.consents.recheck(scope)
    for shelf, names in {
        Shelf.CLEAN: ("bank.ndjson", "bank.outcomes.ndjson", "bank.findings.ndjson"),
        Shelf.RESULTS: ("bank.json",),
    }.items():
        with house.lake.draft(scope, shelf, recheck) as draft:
            for name in names:
                with draft.writer(name) as out:
                    out.write(aviary.canary(customer, f"{shelf} {name}").encode())
            entry = SourceEntry("key", "in", scope.rows("bank"), {}, draft.stored("bank"), "code", None)
            house.lake.commit(scope, draft, {"bank": entry}, recheck)
