"""However a provider splits what it sends, and in whatever order it arrives, cleaning gives the records of one whole load."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import orjson
import pytest

import sources
from kit.chance import Stream
from kit.source import Fate, Item, Outcome
from tests.sources import given, shared

NOISES = ("off", "light", "heavy")
USUAL_N, FULL_N = 6, 200
BLOCK_N = 50
CUSTOMERS = shared.mixed(50)[:6]


def _is_envelope(line: bytes) -> bool:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(told, dict) and told.get("kind") == "envelope"


def _day(line: bytes) -> bytes:
    """A line of the bank without a number may have a twin, and twins are told apart within one delivery: days stay whole."""
    _, found, rest = line.partition(b'"valueDate":"')
    return rest[:10] if found else hashlib.sha256(line).digest()


def _split(lines: Sequence[bytes], stream: Stream) -> list[list[bytes]]:
    """Deal the lines onto some deliveries, each under the envelope of the whole."""
    envelopes = [line for line in lines if _is_envelope(line)]
    parts: list[list[bytes]] = [[*envelopes] for _ in range(stream.randint(2, 5))]
    by_day: dict[bytes, int] = {}
    for line in lines:
        if not _is_envelope(line):
            parts[by_day.setdefault(_day(line), stream.randrange(len(parts)))].append(line)
    for part in parts:
        stream.shuffle(part)
    stream.shuffle(parts)
    return parts


def _items(told: Mapping[str, Sequence[bytes]], stream: Stream) -> list[Item]:
    found = []
    for party, lines in told.items():
        for part in _split(lines, stream):
            delivery = hashlib.sha256(b"".join([party.encode(), *part])).hexdigest()[:16]
            found += given.items(part, party, delivery)
    return found


def _records(outcomes: Sequence[Outcome]) -> list[object]:
    """The clean records in order, each with the hash of its line and not with where that stood."""
    return [
        {**outcome.document, "raw": outcome.ref.sha}
        for outcome in outcomes
        if outcome.fate is Fate.CLEAN and outcome.document is not None
    ]


def _held(outcomes: Sequence[Outcome]) -> list[tuple[str, str, int | None]]:
    found = [one for one in outcomes if one.fate is Fate.QUARANTINED]
    return sorted((one.ref.sha, one.reason or "", one.paise) for one in found)


def _example(name: str, number: int) -> None:
    customer, noise = CUSTOMERS[number % len(CUSTOMERS)], NOISES[number % len(NOISES)]
    told = shared.lines(customer, name, noise, shared.FEW_MONTHS)
    whole = given.cleaned(name, given.all_items(told))
    parted = given.cleaned(name, _items(told, Stream("SPLIT", name, number)))
    assert _records(parted) == _records(whole), (name, customer, noise)
    assert {sha for sha, _, _ in _held(parted)} == {sha for sha, _, _ in _held(whole)}


@pytest.mark.parametrize("name", sources.names())
def test_any_split_in_any_order_gives_the_records_of_one_load(name: str) -> None:
    for number in range(USUAL_N):
        _example(name, number)


@pytest.mark.full
@pytest.mark.parametrize("block", range(FULL_N // BLOCK_N))
@pytest.mark.parametrize("name", sources.names())
def test_two_hundred_splits_give_the_records_of_one_load(name: str, block: int) -> None:
    for number in range(block * BLOCK_N, (block + 1) * BLOCK_N):
        _example(name, number)
