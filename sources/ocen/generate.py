"""The lenders of the open credit network as provider: they answer with the messages of each application and loan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generators.mess import Mess
from generators.people import MAIN_PARTY, Party
from generators.world import Business
from kit.chance import Stream
from kit.period import isoformat_ist, ist_day
from kit.scope import DateRange
from kit.source import Document, Parcel, Pull
from sources.ocen import _parts as parts
from sources.ocen._applying import Desk, Told, steps_of
from sources.ocen._serving import served
from sources.ocen._shapes import shape_of
from sources.ocen._story import cases_of


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about: an envelope, then the messages of the days asked for in order of time."""
    for party_id in sorted(pull):
        party = business.party(party_id)
        documents = _documents(business, party, pull[party_id], stream)
        noise = stream.branch("mess", party_id, pull[party_id].range.last.isoformat())
        yield Parcel(party_id, mess.soiled(documents, shape_of, noise, party_id))


def _documents(business: Business, party: Party, pull: Pull, stream: Stream) -> Iterator[Document]:
    is_held = party.id == MAIN_PARTY and business.firm.borrows_on_ocen
    days = DateRange(max(pull.range.first, business.first), min(pull.range.last, business.as_of))
    desk = Desk(business, party, stream)
    if "envelope" in pull.record_types:
        yield _envelope(desk, pull, days if is_held and days.first <= days.last else None)
    if not is_held:
        return
    for told in sorted(_all_told(desk, stream), key=lambda one: one.at):
        if days.first <= ist_day(told.at) <= days.last and _is_asked(told, pull):
            yield told.write()


def _is_asked(told: Told, pull: Pull) -> bool:
    """Filters speak of movements of money; a message of none passes them."""
    if told.kind not in pull.record_types:
        return False
    return told.moves is None or all(rule.passes(*told.moves) for rule in pull.filters)


def _all_told(desk: Desk, stream: Stream) -> Iterator[Told]:
    for case in cases_of(desk.business, stream):
        yield from steps_of(desk, case)
        if case.is_granted and case.loan.disbursed_on <= desk.business.as_of:
            yield from served(desk, case)


def _envelope(desk: Desk, pull: Pull, days: DateRange | None) -> Document:
    party = desk.party
    return {
        "kind": "envelope",
        "version": parts.VERSION,
        "originatorOrgId": parts.AGENT,
        "sentAt": isoformat_ist(pull.answered_at),
        "from": days.first.isoformat() if days else "",
        "to": days.last.isoformat() if days else "",
        "borrower": {
            "primaryId": party.pan,
            "primaryIdType": "PAN",
            "name": party.name,
            "additionalIdentifiers": parts.identifiers(desk.business, desk.udyam) if days else [],
        },
    }
