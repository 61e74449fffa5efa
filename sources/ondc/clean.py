"""From messages of the open network to clean records: each is read or held back with its reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from kit.errors import RecordError
from kit.ident import gstin_grade, masked, pan_grade
from kit.plain import Parsed, held_together
from kit.source import Document, Item, Json, Outcome, Tables
from sources.ondc._joined import Known
from sources.ondc._known_fields import (
    IN_CONTEXT,
    IN_ITEM,
    IN_LINE,
    IN_MESSAGE,
    IN_ORDER,
    IN_PAYMENT,
    IN_QUOTE,
    IN_WAY,
    NOT_KEPT,
)
from sources.ondc._reading import Reader, listed, part, parts, tagged, words
from sources.ondc._settlement import is_payout, readable, settlement
from sources.ondc.records import (
    ACTIONS,
    BACK_STATES,
    DELIVERY_STATES,
    LINE_TYPES,
    PAYMENT_STATUSES,
    PAYMENT_TYPES,
    STATES,
    TRANSFERS,
    WAY_TYPES,
)

Fields = Mapping[str, Json]
Told = dict[str, object]
_ENVELOPE = {
    "kind",
    "standard",
    "bpp_id",
    "provider_id",
    "provider_name",
    "pan",
    "gstin",
    "account_no",
    "from",
    "to",
    "sentAt",
}
_TOP = {"context", "message"}
_ACTIONS = words(*ACTIONS)
_STATES = words(*STATES, IN_CANCELLED="Cancelled")
_DELIVERY = words(*DELIVERY_STATES, IN_CANCELLED="Cancelled")
_BACK = words(*BACK_STATES)
_EITHER = words(*DELIVERY_STATES, *BACK_STATES, IN_CANCELLED="Cancelled")
_WAYS = words(*WAY_TYPES)
_BACK_WAYS = ("Cancel", "Return", "RTO")
_LINES = words(*LINE_TYPES)
_TYPES = words(*PAYMENT_TYPES)
_PAID = words(*PAYMENT_STATUSES, UN_PAID="NOT-PAID", UNPAID="NOT-PAID")
_COLLECTORS = words("BAP", "BPP")
_BASES = words("delivery", "shipment", "return_window_expiry", "Collection")
_TRANSFERS = words(*TRANSFERS)
# All of these are in use on the network, and none is a mistake.
_FEES = {"percent": "percent", "percentage": "percent", "amount": "amount"}
_OTHER_MARKET = re.compile("ONDC:(FIS|LOG|TRV|SRV)", re.IGNORECASE).match


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content; what only several tell is held together."""
    return held_together(items, tables, _parse, readable, Known())


def _parse(item: Item, body: Document) -> Parsed:
    reader = Reader(item)
    if body.get("kind") == "envelope":
        return _envelope(reader, body)
    context, message = part(body.get("context")), part(body.get("message"))
    if str(context.get("action")) in NOT_KEPT:
        raise RecordError("MESSAGE_NOT_KEPT", "a message tells neither an order nor a payout")
    reader.unknown(body, _TOP)
    reader.unknown(context, IN_CONTEXT, "context.")
    reader.unknown(message, IN_MESSAGE, "message.")
    if "order" in message:
        if _OTHER_MARKET(str(context.get("domain"))):
            raise RecordError("MARKET_NOT_KEPT", "an order is of a market that sells no goods")
        return _order(reader, context, part(message["order"]))
    if is_payout(message):
        return settlement(reader, context, message)
    raise RecordError("KIND_UNKNOWN", "a line is neither an envelope nor a message of an order or a payout")


def _envelope(reader: Reader, body: Document) -> Parsed:
    reader.unknown(body, _ENVELOPE)
    number = reader.text("account_no", body.get("account_no") or None)
    pan = reader.text("pan", body.get("pan"))
    gstin = reader.text("gstin", body.get("gstin") or None)
    told: Told = {
        "kind": "envelope",
        "on": reader.day("to", body.get("to")),
        "seller_app": reader.text("bpp_id", body.get("bpp_id")),
        "provider": reader.text("provider_id", body.get("provider_id") or None),
        "name": reader.text("provider_name", body.get("provider_name")),
        "pan": pan,
        "pan_grade": str(pan_grade(pan)),
        "tax_number": gstin,
        "tax_number_grade": str(gstin_grade(gstin)),
        "masked_number": number and masked(number),
        "covered_from": reader.day("from", body.get("from")),
        "covered_to": reader.day("to", body.get("to")),
        "sent_at": reader.moment("sentAt", body.get("sentAt")),
        "extra": reader.extra,
    }
    known_by = (told["seller_app"], told["provider"], told["covered_from"], told["covered_to"])
    return Parsed(known_by, told, None, tuple(reader.notes))


def _order(reader: Reader, context: Fields, order: Fields) -> Parsed:
    at, on = reader.needed_moment("context.timestamp", context.get("timestamp"))
    action = reader.word("context.action", context.get("action"), _ACTIONS)
    state = reader.word("message.order.state", order.get("state"), _STATES)
    if action is None or state is None:
        raise RecordError("ENUM_UNKNOWN", "a message names no known action or state")
    number = reader.needed_text("message.order.id", order.get("id"), "ORDER_MISSING")
    reader.unknown(order, IN_ORDER, "message.order.")
    message = reader.stated("context", context, "message_id")
    told: Told = {
        "kind": "order",
        "on": on,
        "at": at,
        "action": action,
        "transaction": reader.text("context.transaction_id", context.get("transaction_id")),
        "message": message,
        "domain": reader.text("context.domain", context.get("domain")),
        "buyer_app": reader.text("context.bap_id", context.get("bap_id")),
        "order": number,
        "provider": reader.text("message.order.provider.id", part(order.get("provider")).get("id")),
        "state": state,
        "pieces": _pieces(reader, order),
        **_quote(reader, part(order.get("quote"))),
        **_ways(reader, order),
        **_payment(reader, part(order.get("payment"))),
        **_terms(reader, order),
        **_people(reader, order),
        **_times(reader, order),
        "extra": reader.extra,
    }
    return Parsed((action, message or at, number), told, None, tuple(reader.notes))


def _times(reader: Reader, order: Fields) -> Told:
    created = reader.moment("message.order.created_at", order.get("created_at"))
    updated = reader.moment("message.order.updated_at", order.get("updated_at"))
    if created is not None and updated is not None and updated < created:
        was = order.get("updated_at")
        reader.note("message.order.updated_at", "UPDATED_BEFORE_CREATED", was, was)
    return {"created_at": created, "updated_at": updated}


def _quote(reader: Reader, quote: Fields) -> Told:
    """The value of an order and its lines, which should add up to it; less than a rupee apart is rounding."""
    path, stated = "message.order.quote.price.value", part(quote.get("price")).get("value")
    reader.unknown(quote, IN_QUOTE, "message.order.quote.")
    price, lines = reader.needed_paise(path, stated), _lines(reader, quote)
    known = [paise for one in lines if isinstance(paise := one["paise"], int)]
    if not lines:
        reader.note(path, "QUOTE_LINES_MISSING", stated, stated)
    elif len(known) == len(lines) and sum(known) != price:
        is_near = abs(sum(known) - price) < 100
        reader.note(path, "QUOTE_SUM_ROUNDED" if is_near else "QUOTE_SUM_DIFFERS", stated, stated)
    return {"price_paise": price, "lines": lines}


def _pieces(reader: Reader, order: Fields) -> list[Told]:
    pieces: list[Told] = []
    for place, one in enumerate(parts(order.get("items"))):
        path = f"message.order.items.{place}"
        reader.unknown(one, IN_ITEM, f"{path}.")
        pieces.append(
            {
                "item": reader.text(f"{path}.id", one.get("id")),
                "fulfillment": reader.text(f"{path}.fulfillment_id", one.get("fulfillment_id")),
                "pieces_n": reader.count(f"{path}.quantity.count", part(one.get("quantity")).get("count")),
            }
        )
    return pieces


def _lines(reader: Reader, quote: Fields) -> list[Told]:
    lines: list[Told] = []
    for place, one in enumerate(parts(quote.get("breakup"))):
        path = f"message.order.quote.breakup.{place}"
        reader.unknown(one, IN_LINE, f"{path}.")
        quantity = one.get("@ondc/org/item_quantity")
        count = part(quantity).get("count")
        kind = one.get("@ondc/org/title_type")
        lines.append(
            {
                "type": reader.word(f"{path}.@ondc/org/title_type", kind, _LINES),
                "item": reader.text(f"{path}.@ondc/org/item_id", one.get("@ondc/org/item_id")),
                "title": reader.text(f"{path}.title", one.get("title")),
                "pieces_n": None
                if quantity is None
                else reader.count(f"{path}.@ondc/org/item_quantity.count", count),
                "paise": reader.paise(f"{path}.price.value", part(one.get("price")).get("value")),
            }
        )
    return lines


def _ways(reader: Reader, order: Fields) -> Told:
    """Every way the goods go; of the delivery and of the first way back the state is told again on its own."""
    told: Told = {"delivery_state": None, "back_type": None, "back_state": None}
    ways: list[Told] = []
    trail: list[Told] = []
    for place, one in enumerate(parts(order.get("fulfillments"))):
        path = f"message.order.fulfillments.{place}"
        reader.unknown(one, IN_WAY, f"{path}.")
        trail += _trail(reader, one, path)
        way = _way(reader, one, path)
        ways.append(way)
        if way["type"] in _BACK_WAYS:
            if told["back_type"] is None:
                told |= {"back_type": way["type"], "back_state": way["state"]}
        elif way["type"] is not None or one.get("type") is None:
            told["delivery_state"] = way["state"]
    return {**told, "ways": ways, "trail": trail}


def _way(reader: Reader, one: Fields, path: str) -> Told:
    kind = reader.word(f"{path}.type", one.get("type"), _WAYS)
    code = part(part(one.get("state")).get("descriptor")).get("code")
    is_unknown = kind is None and one.get("type") is not None
    known = _EITHER if is_unknown else _BACK if kind in _BACK_WAYS else _DELIVERY
    return {
        "fulfillment": reader.text(f"{path}.id", one.get("id")),
        "type": kind,
        "state": reader.word(f"{path}.state.descriptor.code", code, known),
        "is_tracked": reader.flag(f"{path}.tracking", one.get("tracking")),
    }


def _trail(reader: Reader, fulfillment: Fields, path: str) -> list[Told]:
    return [
        {
            "type": reader.text(f"{path}.tags.{place}.type", one.get("type")),
            "item": reader.text(f"{path}.tags.{place}.id", one.get("id")),
            "paise": reader.paise(f"{path}.tags.{place}.value", one.get("value")),
        }
        for place, one in enumerate(tagged(fulfillment.get("tags"), "quote_trail"))
    ]


def _payment(reader: Reader, payment: Fields) -> Told:
    path, org = "message.order.payment", "message.order.payment.@ondc/org"
    reader.unknown(payment, IN_PAYMENT, f"{path}.")
    basis = payment.get("@ondc/org/settlement_basis")
    fee = payment.get("@ondc/org/buyer_app_finder_fee_amount")
    return {
        "payment_type": reader.word(f"{path}.type", payment.get("type"), _TYPES),
        "payment_status": reader.word(f"{path}.status", payment.get("status"), _PAID),
        "collected_by": reader.word(f"{path}.collected_by", payment.get("collected_by"), _COLLECTORS),
        "paid_paise": reader.stated_paise(f"{path}.params", part(payment.get("params")), "amount"),
        "fee_type": _fee_type(reader, payment.get("@ondc/org/buyer_app_finder_fee_type")),
        "fee": reader.text(f"{org}/buyer_app_finder_fee_amount", fee),
        "withheld_paise": reader.stated_paise(path, payment, "@ondc/org/withholding_amount"),
        "settlement_basis": reader.word(f"{org}/settlement_basis", basis, _BASES),
        "settlement_window": reader.stated(path, payment, "@ondc/org/settlement_window"),
        **_paid_to(reader, f"{org}/settlement_details", payment.get("@ondc/org/settlement_details")),
    }


def _fee_type(reader: Reader, value: Json) -> str | None:
    found = _FEES.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None and value is not None:
        rule = "ENUM_UNKNOWN" if value != "" else "ENUM_EMPTY"
        reader.note("message.order.payment.@ondc/org/buyer_app_finder_fee_type", rule, value, None)
    return found


def _paid_to(reader: Reader, path: str, details: Json) -> Told:
    """How and to which account the seller is paid: the first detail that names one."""
    told = listed(reader, path, details)
    number = next((one.get("settlement_bank_account_no") for one in told), None)
    account = reader.text(f"{path}.0.settlement_bank_account_no", number)
    way = told[0].get("settlement_type") if told else None
    return {
        "settlement_type": reader.word(f"{path}.0.settlement_type", way, _TRANSFERS),
        "masked_number": account and masked(account),
    }


def _terms(reader: Reader, order: Fields) -> Told:
    terms = tagged(order.get("tags"), "bpp_terms")
    number = reader.text(
        "message.order.tags.bpp_terms.tax_number", terms[0].get("tax_number") if terms else None
    )
    grade = str(gstin_grade(number))
    if grade not in ("VALID", "EMPTY"):
        reader.note("message.order.tags.bpp_terms.tax_number", f"GSTIN_{grade}", number, number)
    cancelled = part(order.get("cancellation"))
    reason = part(cancelled.get("reason")).get("id")
    return {
        "tax_number": number,
        "tax_number_grade": grade,
        "cancelled_by": reader.text("message.order.cancellation.cancelled_by", cancelled.get("cancelled_by")),
        "reason": reader.text("message.order.cancellation.reason.id", reason),
    }


def _people(reader: Reader, order: Fields) -> Told:
    """Who bought is nobody's business here; that somebody came again is."""
    billing = part(order.get("billing"))
    phone = reader.text("message.order.billing.phone", billing.get("phone"))
    area = part(billing.get("address")).get("area_code")
    return {
        "buyer": phone and hashlib.blake2b(phone.encode(), digest_size=8).hexdigest(),
        "area": reader.text("message.order.billing.address.area_code", area),
    }
