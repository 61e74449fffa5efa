"""What is true of a business, for those who judge the numbers made of it: nothing that makes them may read this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from generators.mess import Deed
from generators.soil import line
from generators.world import Business
from kit.source import Document


class Sent(NamedTuple):
    """One delivery as it left the provider, with all that happened to its lines."""

    source: str
    delivery: str
    deeds: Sequence[Deed]


def truth_of(business: Business, sent: Iterable[Sent]) -> Iterator[bytes]:
    """Write the truth in lines: the business, why each of its bank lines moved, and what became of soiled ones."""
    yield line(_business(business))
    yield from map(line, _lines(business))
    for one in sent:
        for deed in one.deeds:
            yield line(_deed(one, deed))


def application_of(business: Business) -> dict[str, object]:
    """Word the ask as it is written down for whoever lends."""
    return {"asked_on": business.as_of.isoformat()}


def _business(business: Business) -> Document:
    return {"kind": "business", "name": business.name, "as_of": business.as_of.isoformat()}


def _lines(business: Business) -> Iterator[Document]:
    for event in business.events(business.first, business.as_of):
        yield {
            "kind": "bank_line",
            "id": f"T{event.no}",
            "purpose": event.purpose,
            "counterparty": event.counterparty,
        }


def _deed(sent: Sent, deed: Deed) -> Document:
    return {
        "kind": "deed",
        "source": sent.source,
        "delivery": sent.delivery,
        "party": deed.party,
        "line": deed.line,
        "dirt": deed.kind,
        "expected": deed.expected,
        "field": deed.field,
        "was": deed.was,
    }
