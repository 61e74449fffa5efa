"""The till as provider: it prints a receipt for every sale the hidden business makes over the counter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generators.mess import Mess, Shape
from generators.people import Party
from generators.trade import Event, Purpose, Rail
from generators.world import Business
from kit.chance import Stream
from kit.scope import DateRange
from kit.source import Document, Parcel, Pull

SHAPE = Shape(
    amounts=("amount",),
    days=("businessDay",),
    moments=("printedAt",),
    enums=("tender",),
    texts=("note",),
    needed=("number", "printedAt", "businessDay", "amount"),
)
TILL = "TILL-1"
COUNTER = (Rail.UPI, Rail.CASH)


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about: its till, then the receipts of the days asked for."""
    for party_id in sorted(pull):
        asked = pull[party_id].range
        days = DateRange(max(asked.first, business.first), min(asked.last, business.as_of))
        documents = _documents(business, business.party(party_id), days)
        noise = stream.branch("mess", party_id, asked.last.isoformat())
        yield Parcel(party_id, mess.soiled(documents, SHAPE, noise, party_id))


def _documents(business: Business, party: Party, days: DateRange) -> Iterator[Document]:
    yield {
        "kind": "till",
        "till": TILL,
        "shop": party.name,
        "pan": party.pan,
        "from": days.first.isoformat(),
        "to": days.last.isoformat(),
    }
    for event in business.events(*days):
        if event.party == party.id and event.purpose is Purpose.SALE and event.rail in COUNTER:
            yield _receipt(event)


def _receipt(event: Event) -> Document:
    at = event.at.isoformat()
    return {
        "kind": "receipt",
        "till": TILL,
        "number": f"R{event.no}",
        "printedAt": at,
        "businessDay": at[:10],
        "tender": str(event.rail),
        "amount": f"{event.amount_paise // 100}.{event.amount_paise % 100:02d}",
        "note": "SALE OVER THE COUNTER",
    }
