"""The seller app as provider: it tells every message of the orders and payouts of a business, and an envelope before them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from heapq import heappop, heappush, merge
from operator import itemgetter

from generators.mess import Mess, Shape
from generators.network_mistakes import ORDER_MISTAKES, SETTLEMENT_MISTAKES
from generators.payouts import Settlement
from generators.people import MAIN_PARTY, Party, digits
from generators.world import Business
from kit.chance import Stream
from kit.period import isoformat_ist, midnight
from kit.scope import DataFilter, DateRange
from kit.source import Document, Json, Parcel, Pull
from sources.ondc._message import SELLER_APP, Seller, Telling, message, paid_to, shop_side, telling, terms
from sources.ondc._payout import recon

STANDARD = "ONDC RET 1.2.0 + RSF 2.0"
# No order is spoken of longer after it was placed.
LONGEST_TOLD = timedelta(days=45)
PAID_OUT_AT = timedelta(hours=20)
ORDER = Shape(
    amounts=(
        "message.order.quote.price.value",
        "message.order.payment.params.amount",
        "message.order.quote.breakup.0.price.value",
    ),
    days=(),
    moments=("context.timestamp", "message.order.created_at", "message.order.updated_at"),
    enums=("message.order.state", "message.order.payment.type"),
    texts=("message.order.quote.breakup.0.title",),
    needed=(
        "context.timestamp",
        "context.action",
        "message.order.id",
        "message.order.state",
        "message.order.quote.price.value",
    ),
    mistakes=ORDER_MISTAKES,
    spare=("message.order.payment.params.amount", "message.order.created_at"),
)
SETTLEMENT = Shape(
    amounts=(
        "message.orders.0.settlements.0.amount.value",
        "message.orders.0.settlements.0.commission.value",
        "message.orders.0.amount.value",
    ),
    days=(),
    moments=("context.timestamp",),
    enums=("message.orders.0.settlements.0.status",),
    texts=("message.orders.0.settlements.0.payment_id",),
    needed=("context.timestamp", "message.orders", "message.orders.0.settlements.0.amount.value"),
    mistakes=SETTLEMENT_MISTAKES,
    spare=("message.orders.0.settlements.0.settlement_ref_no",),
)


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about; only the business itself sells."""
    for party_id in sorted(pull):
        party, asked = business.party(party_id), pull[party_id]
        noise = stream.branch("mess", party_id, asked.range.last.isoformat())
        yield Parcel(
            party_id, mess.soiled(_documents(business, party, asked, stream), _shape, noise, party_id)
        )


def _shape(document: Document) -> Shape | None:
    if "context" not in document:
        return None
    told = document["message"]
    return ORDER if isinstance(told, dict) and "order" in told else SETTLEMENT


def _documents(business: Business, party: Party, pull: Pull, stream: Stream) -> Iterator[Document]:
    days = DateRange(max(pull.range.first, business.first), min(pull.range.last, business.as_of))
    seller = _seller(business, party, stream)
    if "envelope" in pull.record_types:
        yield _envelope(party, seller, days, pull.answered_at)
    if seller is None or days.first > days.last:
        return
    told: list[Iterator[tuple[datetime, Document]]] = []
    if "order" in pull.record_types:
        told.append(_orders(business, seller, days, stream))
    if "settlement" in pull.record_types:
        told.append(_settlements(business, seller, (days, pull.filters), stream))
    for _, document in merge(*told, key=itemgetter(0)):
        yield document


def _seller(business: Business, party: Party, stream: Stream) -> Seller | None:
    shop = business.orders.shop
    if party.id != MAIN_PARTY or shop is None:
        return None
    gstin = "" if business.registration is None else business.registration.gstin
    account = business.accounts_of(party)[0]
    return Seller(
        party=party,
        account=account,
        gstin=gstin,
        provider=f"P{digits(stream.branch('provider'), 6)}",
        shop=shop,
        payers=business.orders.payers,
        side=shop_side(shop.place, party),
        paid_to=paid_to(party, account),
        terms={one.id: terms(party, gstin, one) for one in business.orders.people},
    )


def _envelope(party: Party, seller: Seller | None, days: DateRange, answered_at: datetime) -> Document:
    is_answered = seller is not None and days.first <= days.last
    return {
        "kind": "envelope",
        "standard": STANDARD,
        "bpp_id": SELLER_APP,
        "provider_id": "" if seller is None else seller.provider,
        "provider_name": party.name,
        "pan": party.pan,
        "gstin": "" if seller is None else seller.gstin,
        "account_no": "" if seller is None else seller.account.number,
        "from": days.first.isoformat() if is_answered else "",
        "to": days.last.isoformat() if is_answered else "",
        "sentAt": isoformat_ist(answered_at),
    }


def _orders(
    business: Business, seller: Seller, days: DateRange, stream: Stream
) -> Iterator[tuple[datetime, Document]]:
    """Tell the messages in order of time; an order waits with its later messages while others begin."""
    orders = business.orders.orders
    waiting: list[tuple[datetime, int, int, Telling]] = []
    buyers: dict[int, Mapping[str, Json]] = {}
    begin = bisect_left(orders, days.first - LONGEST_TOLD, key=lambda order: order.on)
    for order in orders[begin:]:
        if order.on > days.last:
            break
        begun = midnight(order.on)
        while waiting and waiting[0][0] < begun:
            at, _, place, told = heappop(waiting)
            yield at, message(seller, told, place)
        told = telling(order, seller.shop, stream, buyers)
        for place, step in enumerate(told.steps):
            if days.holds(step.at.date()):
                heappush(waiting, (step.at, order.no, place, told))
    while waiting:
        at, _, place, told = heappop(waiting)
        yield at, message(seller, told, place)


def _settlements(
    business: Business, seller: Seller, asked: tuple[DateRange, tuple[DataFilter, ...]], stream: Stream
) -> Iterator[tuple[datetime, Document]]:
    """Tell the payouts that have reached the account, and pass the filters asked for."""
    days, filters = asked
    for settlement in business.orders.settlements:
        on = _paid_on(business, settlement)
        if on is None or not days.holds(on):
            continue
        if all(rule.passes("CREDIT", settlement.net_paise) for rule in filters):
            at = midnight(on) + PAID_OUT_AT
            yield at, recon(seller, settlement, at, stream)


def _paid_on(business: Business, settlement: Settlement) -> date | None:
    passed = business.passed.get(settlement.document)
    return None if passed is None else passed.paid_on
