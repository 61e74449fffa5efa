"""One message of the network about one order, as the seller app holds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from generators.orders import Place, Shop
from generators.payouts import Ending, Order, Payer
from generators.people import Account, Counterparty, Party, digits, person_name
from kit.chance import Stream
from kit.money import decimal_rupees
from kit.source import Document, Json
from sources.ondc._quote import DELIVERY, Line, lines_of, quote, tag, trail
from sources.ondc._steps import Clock, Step, clock_of, steps_of

SELLER_APP = "dukaandari.example"
CARRIER = "doot.example"
BUYERS_N = 600
SPELLINGS = ("percent", "Percent", "Percentage", "percent")
STREETS = ("MG Road", "Station Road", "Gandhi Nagar", "Shivaji Chowk", "Nehru Colony", "Lake View")
ROUTING = tag("routing", type="P2P")
KINDS_OF_BACK = {"Cancelled": "Cancel", "RTO": "RTO", "Return": "Return"}


@dataclass(frozen=True, slots=True)
class Seller:
    """What stays the same over all messages of one seller."""

    party: Party
    account: Account
    gstin: str
    provider: str
    shop: Shop
    payers: tuple[Payer, ...]
    side: Json
    paid_to: Json
    terms: Mapping[str, list[Json]]

    def order_id(self, number: int) -> str:
        """Name an order on the network."""
        return f"{self.provider}-{number:06d}"


@dataclass(frozen=True, slots=True)
class Telling:
    """All that its messages share: an order with its lines, its steps, its buyer and its numbers."""

    order: Order
    lines: tuple[Line, ...]
    clock: Clock
    steps: tuple[Step, ...]
    numbers: tuple[str, ...]
    buyer: Mapping[str, Json]
    written: dict[str, Json]

    def once(self, part: str, write: Callable[[], Json]) -> Json:
        """Write what several messages share only once."""
        if part not in self.written:
            self.written[part] = write()
        return self.written[part]


def telling(order: Order, shop: Shop, stream: Stream, buyers: dict[int, Mapping[str, Json]]) -> Telling:
    """Draw what the messages of an order need; buyers come again, so they are kept."""
    chance = stream.branch("order", order.no)
    clock = clock_of(chance)
    steps = steps_of(order, clock)
    who = min(chance.randrange(BUYERS_N), chance.randrange(BUYERS_N))
    if who not in buyers:
        buyers[who] = _buyer(stream.branch("buyer", who), shop.place)
    return Telling(
        order=order,
        lines=lines_of(order, shop.goods[order.hsn], chance),
        clock=clock,
        steps=steps,
        numbers=tuple(network_id(chance) for _ in range(len(steps) + 1)),
        buyer=buyers[who],
        written={},
    )


def network_id(chance: Stream) -> str:
    """Draw an id of the form the network uses; a letter leads its last part, so that none reads as a telephone number."""
    drawn = f"{chance.getrandbits(128):032x}"
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-a{drawn[17:20]}-b{drawn[21:]}"


def moment(at: datetime) -> str:
    """Write a moment as the network does: of London, with thousandths."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _buyer(chance: Stream, place: Place) -> Mapping[str, Json]:
    """Invent somebody who lives near the shop."""
    name = person_name(chance)
    pin = f"{int(place.pin) + chance.randrange(30):06d}"
    address: Json = {
        "name": name,
        "building": f"{chance.randrange(1, 300)}, Block {chance.choice('ABCDEF')}",
        "locality": chance.choice(STREETS),
        "city": place.town,
        "state": place.state,
        "country": "IND",
        "area_code": pin,
    }
    gps = _gps(
        place.north + chance.randrange(-60_000, 60_000), place.east + chance.randrange(-60_000, 60_000)
    )
    handle = name.lower().replace(" ", ".")
    return {
        "name": name,
        "address": address,
        "email": f"{handle}{chance.randrange(100)}@buyer.example",
        "phone": "5" + digits(chance, 9),
        "gps": gps,
    }


def _gps(north: int, east: int) -> str:
    return f"{north // 1_000_000}.{north % 1_000_000:06d},{east // 1_000_000}.{east % 1_000_000:06d}"


def message(seller: Seller, told: Telling, place: int) -> Document:
    """Write one of an order's messages."""
    order, step = told.order, told.steps[place]
    app = seller.payers[order.app]
    at = moment(step.at)
    context: Json = {
        "domain": seller.shop.goods[order.hsn].domain,
        "country": "IND",
        "city": f"std:{seller.shop.place.dialling}",
        "action": step.action,
        "core_version": "1.2.0",
        "bap_id": f"{app.domain}.example",
        "bap_uri": f"https://{app.domain}.example/ondc",
        "bpp_id": SELLER_APP,
        "bpp_uri": f"https://{SELLER_APP}/ondc",
        "transaction_id": told.numbers[0],
        "message_id": told.numbers[place + 1],
        "timestamp": at,
        "ttl": "PT30S",
    }
    return {"context": context, "message": {"order": _order(seller, told, step, at)}}


def _order(seller: Seller, told: Telling, step: Step, at: str) -> Json:
    order = told.order
    created_at = moment(told.steps[0].at)
    document: dict[str, Json] = {
        "id": seller.order_id(order.no),
        "state": step.order,
        "provider": {"id": seller.provider, "locations": [{"id": "L1"}]},
        "items": told.once(f"items {step.is_off}", lambda: _items(told, step)),
        "billing": told.once("billing", lambda: _billing(told.buyer, created_at)),
        "fulfillments": _fulfillments(seller, told, step),
        "quote": told.once(f"quote {step.is_off}", lambda: quote(told.lines, step.is_off)),
        "payment": _payment(seller, told, step, at),
        "tags": seller.terms[seller.payers[order.app].id],
        "created_at": created_at,
        "updated_at": at,
    }
    if step.order in ("In-progress", "Completed"):
        url = f"https://{SELLER_APP}/invoice/{seller.order_id(order.no)}"
        document["documents"] = [{"label": "Invoice", "url": url}]
    if step.order == "Cancelled":
        document["cancellation"] = {"cancelled_by": _ender(seller, order), "reason": {"id": order.reason}}
    return document


def _ender(seller: Seller, order: Order) -> str:
    apps = {"BNP": f"{seller.payers[order.app].domain}.example", "LSP": CARRIER}
    return apps.get(order.by, SELLER_APP)


def _back_id(step: Step) -> str:
    return {"Cancelled": "C1", "RTO": "B1"}.get(step.back.split("-")[0], "R1")


def _items(told: Telling, step: Step) -> list[Json]:
    """What goes back is named twice: with nothing left on its way, and with its number on the way back."""
    items: list[Json] = []
    goes_back: list[Json] = []
    for line in told.lines:
        if line.pieces_n:
            is_gone = step.is_off and line.goes_back
            items.append(_line_item(line, DELIVERY, 0 if is_gone else line.pieces_n))
            if is_gone:
                goes_back.append(_line_item(line, _back_id(step), line.pieces_n))
    return items + goes_back


def _line_item(line: Line, fulfillment: str, count: int) -> Json:
    return {"id": line.item, "fulfillment_id": fulfillment, "quantity": {"count": count}}


def _billing(buyer: Mapping[str, Json], created_at: str) -> Json:
    return {
        "name": buyer["name"],
        "address": buyer["address"],
        "email": buyer["email"],
        "phone": buyer["phone"],
        "created_at": created_at,
        "updated_at": created_at,
    }


def _fulfillments(seller: Seller, told: Telling, step: Step) -> list[Json]:
    order = told.order
    delivery: dict[str, Json] = {
        "id": DELIVERY,
        "type": "Delivery",
        "@ondc/org/provider_name": CARRIER,
        "@ondc/org/category": "Standard Delivery",
        "@ondc/org/TAT": "P1D",
        "tracking": False,
        "state": {"descriptor": {"code": step.delivery}},
        "start": seller.side,
        "end": told.once("end", lambda: _buyer_side(told.buyer)),
    }
    tags: list[Json] = [ROUTING]
    if step.order == "Cancelled":
        before = "Order-picked-up" if order.ending is Ending.RTO else "Pending"
        tags.append(tag("cancel_request", reason_id=order.reason, initiated_by=_ender(seller, order)))
        tags.append(tag("precancel_state", fulfillment_state=before))
    delivery["tags"] = tags
    return [delivery, _way_back(seller, told, step)] if step.back else [delivery]


def _buyer_side(buyer: Mapping[str, Json]) -> Json:
    return {
        "location": {"gps": buyer["gps"], "address": buyer["address"]},
        "person": {"name": buyer["name"]},
        "contact": {"phone": buyer["phone"], "email": buyer["email"]},
    }


def shop_side(place: Place, party: Party) -> Json:
    """Write where a delivery begins."""
    return {
        "location": {
            "id": "L1",
            "descriptor": {"name": party.name},
            "gps": _gps(place.north, place.east),
            "address": {
                "locality": party.address,
                "city": place.town,
                "state": place.state,
                "area_code": place.pin,
            },
        },
        "contact": {"phone": party.mobile, "email": party.email},
    }


def _way_back(seller: Seller, told: Telling, step: Step) -> Json:
    order = told.order
    tags = trail(told.lines) if step.is_off else []
    if order.is_return:
        asked = {"reason_id": order.reason, "initiated_by": _ender(seller, order)}
        tags = [tag("return_request", id=_back_id(step), **asked), *tags]
    elif order.ending is Ending.PART_CANCELLED:
        asked = {"reason_id": order.reason, "initiated_by": _ender(seller, order)}
        tags = [tag("cancel_request", **asked), *tags]
    kind = KINDS_OF_BACK[step.back.replace("_", "-").split("-")[0]]
    state: Json = {"descriptor": {"code": step.back}}
    return {"id": _back_id(step), "type": kind, "state": state, "tags": tags}


def _payment(seller: Seller, told: Telling, step: Step, at: str) -> Json:
    order = told.order
    app = seller.payers[order.app]
    is_paid = not order.is_cod or (step.order == "Completed")
    details: list[Json] = [seller.paid_to]
    if step.is_off and is_paid:
        details.append(
            {
                "settlement_counterparty": "buyer",
                "settlement_phase": "refund",
                "settlement_type": "upi",
                "settlement_amount": decimal_rupees(order.off_paise),
                "settlement_timestamp": at,
            }
        )
    return {
        "type": "ON-FULFILLMENT" if order.is_cod else "ON-ORDER",
        "status": "PAID" if is_paid else "NOT-PAID",
        "collected_by": "BPP" if order.is_cod else "BAP",
        "params": {
            "amount": decimal_rupees(order.value_paise),
            "currency": "INR",
            "transaction_id": f"pay{told.numbers[0][24:]}",
        },
        "@ondc/org/buyer_app_finder_fee_type": SPELLINGS[order.app % len(SPELLINGS)],
        "@ondc/org/buyer_app_finder_fee_amount": _percent(seller.shop.finder_fee_bps),
        "@ondc/org/withholding_amount": decimal_rupees(0),
        "@ondc/org/return_window": f"P{seller.shop.return_days}D",
        "@ondc/org/settlement_basis": "delivery",
        "@ondc/org/settlement_window": f"P{app.window_days}D",
        "@ondc/org/settlement_details": details,
    }


def paid_to(party: Party, account: Account) -> Json:
    """Write the account payouts go to."""
    return {
        "settlement_counterparty": "seller-app",
        "settlement_phase": "sale-amount",
        "settlement_type": "neft",
        "settlement_bank_account_no": account.number,
        "settlement_ifsc_code": account.ifsc,
        "beneficiary_name": party.name,
        "bank_name": account.bank,
        "branch_name": account.branch,
    }


def _percent(bps: int) -> str:
    whole, rest = divmod(bps, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def terms(party: Party, gstin: str, app: Counterparty) -> list[Json]:
    """Write who the two sides of an order are for the tax office; who is not registered has no number."""
    own = {"tax_number": gstin} if gstin else {}
    return [
        tag("bpp_terms", **own, provider_tax_number=party.pan, np_type="MSN"),
        tag("bap_terms", tax_number=app.gstin, accept_bpp_terms="Y"),
    ]
