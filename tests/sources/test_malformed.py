"""Malformed deliveries of every source: what can be read is cleaned as if nothing stood beside it, the rest is held back by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import pytest

import sources
from kit.source import Fate, Item, Outcome
from tests.sources import given
from tests.sources._malformed import Planned, is_readable, lines_in, planned, written
from tests.support import in_memory
from tests.warehouse.world import Place, arrival, grant, scope

USUAL_N, FULL_N, LINES_MOST = 8, 500, 30
PIECES = (1, 7, 4096, 1 << 16, 1 << 24)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    for root in in_memory(tmp_path):
        yield Place(root)


@cache
def _lines(name: str) -> tuple[bytes, ...]:
    return tuple(line[:-1] for line in given.delivered(name, given.business())[0]["ENTITY"])


def _plan(name: str, number: int) -> tuple[list[Planned], bytes]:
    """Take the envelope and some other lines of an answer, in their order."""
    random = Random(f"{name} {number}")
    envelope, *others = _lines(name)
    chosen = sorted(random.sample(range(len(others)), random.randrange(1, min(LINES_MOST, len(others)))))
    plan = list(planned([envelope, *(others[n] for n in chosen)], random))
    return plan, written(plan, random)


def _read(place: Place, name: str, content: bytes, piece_bytes: int) -> list[Item]:
    """Deliver a file in pieces of any size and read it back as the cleaner is given it."""
    under = scope(grant(source=name, party="ENTITY"))
    step = max(piece_bytes, len(content) // 5_000)
    pieces = [content[at : at + step] for at in range(0, len(content), step)]
    delivery = place.lake.deliver(under, name, pieces, arrival("ENTITY"))
    return [item for item in place.lake.items(under, name) if item.ref.delivery == delivery.id]


def _worth(outcomes: list[Outcome]) -> Counter[tuple[object, object]]:
    return Counter((one.document["id"], one.paise) for one in outcomes if one.document is not None)


def _hold(place: Place, name: str, number: int) -> None:
    plan, content = _plan(name, number)
    items = _read(place, name, content, PIECES[number % len(PIECES)])
    readable_n = sum(map(is_readable, lines_in(content)))
    assert readable_n == sum(line.fault is None for line in plan), (name, number)
    assert [item.fault for item in items] == [line.fault for line in plan], (name, number)
    outcomes = given.cleaned(name, items)
    assert Counter(one.ref for one in outcomes) == Counter(item.ref for item in items), (name, number)
    held = {one.ref: one.reason for one in outcomes if one.fate is Fate.QUARANTINED}
    assert held == {item.ref: item.fault for item in items if item.fault}, (name, number)
    alone = given.cleaned(name, given.items([line.was for line in plan if line.fault is None]))
    assert sum(_worth(outcomes).values()) == readable_n
    assert _worth(outcomes) == _worth(alone), (name, number)


@pytest.mark.parametrize("name", sources.names())
def test_some_malformed_deliveries_lose_nothing_that_can_be_read(place: Place, name: str) -> None:
    for number in range(USUAL_N):
        _hold(place, name, number)


@pytest.mark.full
@pytest.mark.parametrize("name", sources.names())
def test_five_hundred_malformed_deliveries_lose_nothing_that_can_be_read(place: Place, name: str) -> None:
    for number in range(FULL_N):
        _hold(place, name, number)


WHOLE = {
    "nothing": (lambda _: b"", 0),
    "newlines alone": (lambda _: b"\n\r\n\n", 0),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), 0),
    "UTF-16 of the other end": (lambda text: text.decode().encode("utf-16-be"), 0),
    "UTF-32": (lambda text: text.decode().encode("utf-32"), 0),
    "one list": (lambda text: b"[" + text.replace(b"\n", b",") + b"]", 0),
    "compressed": (lambda text: __import__("zlib").compress(text), 0),
    "CR alone": (lambda text: text.replace(b"\n", b"\r"), 0),
    "CRLF": (lambda text: text.replace(b"\n", b"\r\n"), 12),
    "a mark": (lambda text: b"\xef\xbb\xbf" + text, 12),
    "no last newline": (lambda text: text.rstrip(b"\n"), 12),
    "blank lines between": (lambda text: text.replace(b"\n", b"\n\n"), 12),
}


@pytest.mark.parametrize("name", sources.names())
@pytest.mark.parametrize("way", WHOLE)
def test_a_file_that_is_wrong_as_a_whole_is_held_back_line_by_line(place: Place, name: str, way: str) -> None:
    spoil, readable_n = WHOLE[way]
    content = spoil(b"".join(line + b"\n" for line in _lines(name)[:12]))
    items = _read(place, name, content, 4096)
    assert len(items) == len(lines_in(content))
    outcomes = given.cleaned(name, items)
    assert Counter(one.ref for one in outcomes) == Counter(item.ref for item in items)
    assert Counter(one.fate for one in outcomes) == Counter(
        {Fate.CLEAN: readable_n, Fate.QUARANTINED: len(items) - readable_n}
    )
    assert all(one.reason for one in outcomes if one.fate is Fate.QUARANTINED)
