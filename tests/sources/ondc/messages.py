"""What tests of the network's messages share: an answer as documents, amounts as paise, tags as names with values."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import cast

import orjson

from generators.people import MAIN_PARTY
from kit.scope import DataFilter, DateRange
from kit.source import Document
from tests.sources import given

FOLDER = Path(__file__).parent
SEEDS = (1, 2, 3)
Told = dict[str, object]


def fixture(name: str) -> Document:
    """Read one of the tables beside the tests."""
    read: Document = json.loads((FOLDER / name).read_text("utf-8"))
    return read


@cache
def answer(seed: int) -> tuple[Document, ...]:
    """All lines of a seller's answer."""
    parcels, _ = given.delivered("ondc", given.business(seed), seed=seed)
    return tuple(orjson.loads(line) for line in parcels[MAIN_PARTY])


def asked(
    days: DateRange,
    types: Sequence[str] = ("envelope", "order", "settlement"),
    rules: Sequence[DataFilter] = (),
    party: str = MAIN_PARTY,
) -> list[Document]:
    """Ask a question of the test's own."""
    business = given.business()
    pull = given.pulls(business)[MAIN_PARTY]
    pull = pull._replace(range=days, record_types=tuple(types), filters=tuple(rules))
    (parcel,) = given.answers("ondc", business, {party: pull})
    return [orjson.loads(line) for line in parcel.lines]


def at(document: object, path: str) -> object:
    """Follow a path."""
    for name in path.split("."):
        document = document[int(name)] if isinstance(document, list) else cast("Told", document)[name]
    return document


def text(document: object, path: str) -> str:
    """Follow a path to a text."""
    found = at(document, path)
    assert isinstance(found, str)
    return found


def rows(document: object, path: str) -> list[Told]:
    """Follow a path to a list of objects."""
    return cast("list[Told]", at(document, path))


def paise(document: object, path: str = "price.value") -> int:
    """Read an amount."""
    whole, _, rest = text(document, path).partition(".")
    return int(whole + rest)


def tags(holder: object, code: str) -> list[dict[str, str]]:
    """Read the groups of tags of one code."""
    groups = [one for one in rows(holder, "tags") if one["code"] == code]
    return [{text(one, "code"): text(one, "value") for one in rows(group, "list")} for group in groups]


def by_order(lines: Sequence[Document]) -> Mapping[str, list[Document]]:
    """The messages of each order in the order they were told."""
    told: dict[str, list[Document]] = defaultdict(list)
    for line in lines:
        if "order" in cast("Told", line.get("message", {})):
            told[text(line, "message.order.id")].append(line)
    return told


def payouts(lines: Sequence[Document]) -> list[Document]:
    """The messages of payouts."""
    return [line for line in lines if "orders" in cast("Told", line.get("message", {}))]
