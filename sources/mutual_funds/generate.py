"""A registrar as provider: it tells what the owner holds in funds, what was booked in the days asked for, and the plans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from generators.folios import Folio
from generators.funds import OrderKind
from generators.holdings import Booked, Position, Standing, booked, positions, standings
from generators.mess import Expected, Mess, Mistake, Shape
from generators.nav import Scheme
from generators.people import Party
from generators.world import Business
from kit.chance import Stream
from kit.ident import masked
from kit.period import isoformat_ist
from kit.scope import DateRange
from kit.source import Document, Json, Parcel, Pull

FIP = "BAHI-RTA"
FI_TYPE = "MUTUAL_FUNDS"
VERSION = "1.0.0"


def _in_powers(document: Document, stream: Stream) -> str | None:
    """Some registrars' programs write what is large with a power of ten."""
    field = stream.choice(("currentValue", "costValue", "closingUnits"))
    whole, _, rest = str(document[field]).partition(".")
    if len(whole) < 2:
        return None
    document[field] = f"{whole[0]}.{whole[1:]}{rest}E{len(whole) - 1}"
    return field


SHAPES = {
    "holding": Shape(
        amounts=("currentValue", "costValue"),
        days=("navDate",),
        moments=(),
        enums=("schemeOption", "schemeTypes"),
        texts=("isinDescription", "amc"),
        needed=("folioNo", "isin", "closingUnits", "navDate", "currentValue"),
        mistakes=(Mistake("NUMBER_IN_POWERS", Expected.RESTORED, _in_powers),),
        spare=("costValue", "lienUnits", "schemeCategory"),
    ),
    "transaction": Shape(
        amounts=("amount",),
        days=("executionDate", "orderDate", "navDate"),
        moments=(),
        enums=("type", "schemePlan", "schemeTypes"),
        texts=("narration",),
        needed=("folioNo", "isin", "txnId", "type", "amount", "executionDate"),
        spare=("nav", "orderDate", "closingUnits"),
        account="folioNo",
    ),
    "sip": Shape(
        amounts=("amount",),
        days=(),
        moments=(),
        enums=("frequency",),
        texts=("holder1Name",),
        needed=("folioNo", "isin", "creationDate", "amount"),
        spare=("pendingInstalments", "amfiCode"),
    ),
}
NARRATIONS = {
    OrderKind.LUMP_SUM: "Purchase",
    OrderKind.REDEMPTION: "Redemption",
    OrderKind.SWITCH_OUT: "Switch Out",
    OrderKind.SWITCH_IN: "Switch In",
}


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about: an envelope, then holdings and plans on the last day, then what was booked."""
    for party_id in sorted(pull):
        party = business.party(party_id)
        noise = stream.branch("mess", party_id, pull[party_id].range.last.isoformat())
        documents = _documents(business, party, pull[party_id])
        yield Parcel(party_id, mess.soiled(documents, _shape, noise, party_id))


def _shape(document: Document) -> Shape | None:
    return SHAPES.get(str(document["kind"]))


class _Look(NamedTuple):
    """What one party holds, as the registrar sees it at the end of the last day it is asked for."""

    party: Party
    days: DateRange
    folios: dict[str, Folio]
    positions: list[Position]
    standings: list[tuple[Folio, Standing]]
    done: list[Booked]


def _documents(business: Business, party: Party, pull: Pull) -> Iterator[Document]:
    look = _look(business, party, pull)
    if "envelope" in pull.record_types:
        yield _envelope(look, pull)
    if look.days.first > look.days.last:
        return
    if "holding" in pull.record_types:
        yield from map(_holding, look.positions)
    if "sip" in pull.record_types:
        units = {(one.folio.number, one.holding.scheme.isin): one for one in look.positions}
        for folio, standing in look.standings:
            yield _sip(party, units[folio.number, standing.sip.isin], standing)
    if "transaction" in pull.record_types:
        yield from _transactions(business, look, pull)


def _look(business: Business, party: Party, pull: Pull) -> _Look:
    days = DateRange(max(pull.range.first, business.first), min(pull.range.last, business.as_of))
    folios = {folio.number: folio for folio in business.funds.folios if folio.party == party.id}
    done = booked(business.funds, business.passed, days.last)
    return _Look(
        party,
        days,
        folios,
        [one for one in positions(business.funds, done, days.last) if one.folio.number in folios],
        [(folio, one) for folio in folios.values() for one in standings(folio, done, days.last)],
        [one for one in done if one.order.folio in folios],
    )


def _envelope(look: _Look, pull: Pull) -> Document:
    is_answered = look.days.first <= look.days.last
    first = look.days.first.isoformat() if is_answered else ""
    last = look.days.last.isoformat() if is_answered else ""
    held = look.folios.values() if is_answered else ()
    return {
        "kind": "envelope",
        "ver": VERSION,
        "fiType": FI_TYPE,
        "fipID": FIP,
        "sentAt": isoformat_ist(pull.answered_at),
        "from": first,
        "to": last,
        "accounts": [_account(look, folio, first, last) for folio in held],
    }


def _account(look: _Look, folio: Folio, first: str, last: str) -> Json:
    held = [one for one in look.positions if one.folio is folio]
    return {
        "linkRefNumber": _link(folio),
        "maskedFolioNo": masked(folio.number),
        "type": FI_TYPE.lower().replace("_", ""),  # Of an account the standard writes it in one word.
        "version": VERSION,
        "registrar": folio.registrar,
        "Profile": {"Holders": {"type": "SINGLE", "Holder": [_holder(look.party, folio)]}},
        "Summary": {
            "costValue": _fixed(sum(one.cost_paise for one in held), 2),
            "currentValue": _fixed(sum(one.worth_paise for one in held), 2),
        },
        "Transactions": {"startDate": first, "endDate": last},
    }


def _holder(party: Party, folio: Folio) -> Json:
    return {
        "name": party.legal_name,
        "dob": party.born_on.isoformat(),
        "mobile": party.mobile,
        "nominee": "REGISTERED",
        "dematId": "",
        "landline": "",
        "address": party.address,
        "email": party.email,
        "pan": party.pan,
        "kycCompliance": "true",
        "folioNo": folio.number,
    }


def _holding(held: Position) -> Document:
    scheme = held.holding.scheme
    return {
        "kind": "holding",
        **_named(held.folio, scheme),
        "isinDescription": scheme.name,
        "schemeOption": "GROWTH_TYPE",
        "schemeTypes": scheme.types,
        "schemeCategory": scheme.category,
        "mode": "PHYSICAL",
        "FatcaStatus": "YES",
        "closingUnits": _fixed(held.units, 3),
        "lienUnits": _fixed(held.lien_units, 3),
        "lockinUnits": _fixed(held.locked_units, 3),
        "nav": _fixed(held.nav_10000, 4),
        "navDate": held.nav_on.isoformat(),
        "costValue": _fixed(held.cost_paise, 2),
        "currentValue": _fixed(held.worth_paise, 2),
    }


def _named(folio: Folio, scheme: Scheme) -> dict[str, Json]:
    return {
        "linkRefNumber": _link(folio),
        "amc": scheme.house,
        "registrar": scheme.registrar,
        "schemeCode": scheme.code,
        "isin": scheme.isin,
        "ucc": "",
        "amfiCode": scheme.amfi_code,
        "folioNo": folio.number,
    }


def _link(folio: Folio) -> str:
    return f"MF{folio.number.replace('/', '')}"


def _sip(party: Party, held: Position, standing: Standing) -> Document:
    sip = standing.sip
    return {
        "kind": "sip",
        **_named(held.folio, held.holding.scheme),
        "holdingType": "SOLE",
        "holder1Name": party.legal_name,
        "nominee": "REGISTERED",
        "devidentType": "",
        "units": _fixed(held.units, 3),
        "nav": _fixed(held.nav_10000, 4),
        "value": _fixed(held.worth_paise, 2),
        "amount": _fixed(sip.paise, 2),
        "frequency": "MONTHLY",
        "instalmentDay": str(sip.first_on.day),
        "pendingInstalments": str(standing.pending_n),
        "completeInstalments": str(standing.complete_n),
        "lastInstalmentDate": _day(standing.last_on),
        "nextInstalmentDate": _day(standing.next_on),
        "creationDate": sip.created_on.isoformat(),
        "modificationDate": "",
        "ceasedDate": _day(standing.ceased_on),
    }


def _transactions(business: Business, look: _Look, pull: Pull) -> Iterator[Document]:
    known = business.funds.holdings
    for one in look.done:
        side, paise = ("BUY", one.order.paise) if one.units > 0 else ("SELL", one.order.moved_paise)
        direction = "DEBIT" if side == "BUY" else "CREDIT"
        if one.on >= look.days.first and all(rule.passes(direction, paise) for rule in pull.filters):
            folio = look.folios[one.order.folio]
            scheme = known[folio.number, one.order.isin].scheme
            yield _transaction(folio, scheme, one, (side, paise))


def _transaction(folio: Folio, scheme: Scheme, done: Booked, what: tuple[str, int]) -> Document:
    side, paise = what
    is_locked = scheme.lock_months > 0 and side == "BUY"
    is_marked = folio.lien is not None and folio.lien.isin == scheme.isin and folio.lien.stands_on(done.on)
    return {
        "kind": "transaction",
        **_named(folio, scheme),
        "txnId": done.order.document,
        "schemePlan": scheme.plan,
        "fundType": scheme.fund_type,
        "schemeOption": "GROWTH_TYPE",
        "schemeTypes": scheme.types,
        "schemeCategory": scheme.category,
        "amount": _fixed(paise, 2),
        "units": _fixed(abs(done.units), 3),
        "closingUnits": _fixed(done.closing_units, 3),
        "lienUnits": _fixed(folio.lien.units if folio.lien is not None and is_marked else 0, 3),
        "nav": _fixed(done.nav_10000, 4),
        "navDate": done.on.isoformat(),
        "type": side,
        "orderDate": done.order.on.isoformat(),
        "executionDate": done.on.isoformat(),
        "lock-inFlag": "YES" if is_locked else "NO",
        "lock-inDays": str(done.lock_days) if is_locked else "0",
        "mode": "PHYSICAL",
        "narration": _narration(folio, done),
    }


def _narration(folio: Folio, done: Booked) -> str:
    order = done.order
    kept = f"{'stamp duty' if done.units > 0 else 'STT'} {_fixed(order.kept_paise, 2)}"
    if order.kind is not OrderKind.SIP:
        return f"{NARRATIONS[order.kind]} less {kept}"
    length = next(sip.instalments_n for sip in folio.sips if order.document.startswith(f"{sip.id}/"))
    return f"Purchase - Systematic Instalment {order.number} of {length} less {kept}"


def _fixed(value: int, decimals: int) -> str:
    """Write a scaled whole number with its decimals."""
    whole, rest = divmod(value, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
