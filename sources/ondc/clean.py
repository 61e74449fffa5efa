"""From messages of the open network to clean records: each is read or held back with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from kit.errors import RecordError
from kit.fields import amount_paise
from kit.ident import gstin_grade, masked, pan_grade
from kit.plain import Parsed, parsed_or_held
from kit.source import Document, Item, Json, Outcome, Tables
from sources.ondc._reading import Reader, part, parts, tagged, words
from sources.ondc.records import (
    ACTIONS,
    BACK_STATES,
    DELIVERY_STATES,
    LINE_TYPES,
    PAYMENT_STATUSES,
    PAYMENT_TYPES,
    SETTLED,
    STATES,
)

Fields = Mapping[str, Json]
Told = dict[str, object]
_ENVELOPE = [
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
]
_ACTIONS = words(*ACTIONS)
_STATES = words(*STATES, IN_CANCELLED="Cancelled")
_DELIVERY = words(*DELIVERY_STATES, IN_CANCELLED="Cancelled")
_BACK = words(*BACK_STATES)
_BACK_TYPES = words("Cancel", "Return", "RTO")
_LINES = words(*LINE_TYPES, DISCOUNT_F="discount", TAX_F="tax")
_TYPES = words(*PAYMENT_TYPES)
_PAID = words(*PAYMENT_STATUSES, UN_PAID="NOT-PAID", UNPAID="NOT-PAID")
_COLLECTORS = words("BAP", "BPP")
_SETTLED = words(*SETTLED)
_BASES = words("delivery", "shipment", "return_window_expiry", "Collection")
# All of these are in use on the network, and none is a mistake.
_FEES = {"percent": "percent", "percentage": "percent", "amount": "amount"}


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content."""
    return parsed_or_held(items, tables, _parse, _readable)


def _parse(item: Item, body: Document) -> Parsed:
    reader = Reader(item)
    if body.get("kind") == "envelope":
        return _envelope(reader, body)
    message = part(body.get("message"))
    reader.unknown(body, ("context", "message"))
    if "order" in message:
        return _order(reader, part(body.get("context")), part(message["order"]))
    if "orders" in message:
        return _settlement(reader, part(body.get("context")), parts(message["orders"]))
    raise RecordError("KIND_UNKNOWN", "a line is neither an envelope nor a message of an order or a payout")


def _readable(body: Document) -> int | None:
    """Only a payout is a movement of money; one of which a part cannot be read is worth nobody knows what."""
    orders = parts(part(body.get("message")).get("orders"))
    settled = [
        part(one.get("amount")).get("value") for order in orders for one in parts(order.get("settlements"))
    ]
    known = [paise for value in settled if (paise := amount_paise(value)[0]) is not None]
    return sum(known) if settled and len(known) == len(settled) else None


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
    quote = part(order.get("quote"))
    value = part(quote.get("price")).get("value")
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
        "price_paise": reader.needed_paise("message.order.quote.price.value", value),
        "lines": _lines(reader, quote),
        **_ways(reader, order),
        **_payment(reader, part(order.get("payment"))),
        **_terms(reader, order),
        **_people(reader, order),
        "created_at": reader.moment("message.order.created_at", order.get("created_at")),
        "updated_at": reader.moment("message.order.updated_at", order.get("updated_at")),
        "extra": reader.extra,
    }
    return Parsed((action, message or at, number), told, None, tuple(reader.notes))


def _pieces(reader: Reader, order: Fields) -> list[Told]:
    pieces: list[Told] = []
    for place, one in enumerate(parts(order.get("items"))):
        path = f"message.order.items.{place}"
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
    """The delivery, and the first way back beside it with all that was taken off."""
    told: Told = {"delivery_state": None, "back_type": None, "back_state": None}
    trail: list[Told] = []
    for place, one in enumerate(parts(order.get("fulfillments"))):
        path = f"message.order.fulfillments.{place}"
        code = part(part(one.get("state")).get("descriptor")).get("code")
        back = _BACK_TYPES.spellings.get(str(one.get("type")).upper())
        trail += _trail(reader, one, path)
        if back is None:
            told["delivery_state"] = reader.word(f"{path}.state.descriptor.code", code, _DELIVERY)
        elif told["back_type"] is None:
            told["back_type"] = back
            told["back_state"] = reader.word(f"{path}.state.descriptor.code", code, _BACK)
    return {**told, "trail": trail}


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
    path = "message.order.payment"
    details = payment.get("@ondc/org/settlement_details")
    if isinstance(details, dict):
        reader.note(f"{path}.@ondc/org/settlement_details", "LIST_OF_ONE", "object", "list")
        details = [details]
    fee_type = payment.get("@ondc/org/buyer_app_finder_fee_type")
    number = next((one.get("settlement_bank_account_no") for one in parts(details)), None)
    account = reader.text(f"{path}.@ondc/org/settlement_details.0.settlement_bank_account_no", number)
    return {
        "payment_type": reader.word(f"{path}.type", payment.get("type"), _TYPES),
        "payment_status": reader.word(f"{path}.status", payment.get("status"), _PAID),
        "collected_by": reader.word(f"{path}.collected_by", payment.get("collected_by"), _COLLECTORS),
        "paid_paise": reader.stated_paise(f"{path}.params", part(payment.get("params")), "amount"),
        "fee_type": _FEES.get(fee_type.strip().lower()) if isinstance(fee_type, str) else None,
        "fee": reader.text(
            f"{path}.@ondc/org/buyer_app_finder_fee_amount",
            payment.get("@ondc/org/buyer_app_finder_fee_amount"),
        ),
        "withheld_paise": reader.stated_paise(path, payment, "@ondc/org/withholding_amount"),
        "settlement_basis": reader.word(
            f"{path}.@ondc/org/settlement_basis", payment.get("@ondc/org/settlement_basis"), _BASES
        ),
        "settlement_window": reader.stated(path, payment, "@ondc/org/settlement_window"),
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


def _settlement(reader: Reader, context: Fields, orders: list[Fields]) -> Parsed:
    at, on = reader.needed_moment("context.timestamp", context.get("timestamp"))
    shares = [share for place, order in enumerate(orders) for share in _shares(reader, place, order)]
    if not shares:
        raise RecordError("SHARES_MISSING", "a payout names no order")
    paise = sum(one for share in shares if isinstance(one := share["paid_paise"], int))
    message = reader.stated("context", context, "message_id")
    told: Told = {
        "kind": "settlement",
        "on": on,
        "at": at,
        "direction": "CREDIT" if paise >= 0 else "DEBIT",
        "amount_paise": abs(paise),
        "collector": reader.text("context.bap_id", context.get("bap_id")),
        "transaction": reader.text("context.transaction_id", context.get("transaction_id")),
        "message": message,
        "shares": shares,
        "extra": reader.extra,
    }
    return Parsed((message or at, shares[0]["order"]), told, paise, tuple(reader.notes))


def _shares(reader: Reader, place: int, order: Fields) -> list[Told]:
    number = reader.needed_text(f"message.orders.{place}.id", order.get("id"), "ORDER_MISSING")
    gross = part(order.get("amount")).get("value")
    shares: list[Told] = []
    for nth, one in enumerate(parts(order.get("settlements"))):
        path = f"message.orders.{place}.settlements.{nth}"
        amounts = {
            name: part(one.get(name)).get("value")
            for name in ("commission", "withholding_amount", "tcs", "tds")
        }
        fees, withheld, tcs, tds = (
            reader.paise(f"{path}.{name}.value", told) for name, told in amounts.items()
        )
        paid = reader.needed_paise(f"{path}.amount.value", part(one.get("amount")).get("value"))
        shares.append(
            {
                "order": number,
                "gross_paise": reader.paise(f"message.orders.{place}.amount.value", gross),
                "paid_paise": paid,
                "fees_paise": fees,
                "withheld_paise": withheld,
                "tcs_paise": tcs,
                "tds_paise": tds,
                "settlement": reader.text(f"{path}.id", one.get("id")),
                "payment": reader.text(f"{path}.payment_id", one.get("payment_id")),
                "status": reader.word(f"{path}.status", one.get("status"), _SETTLED),
                "reference": reader.stated(path, one, "settlement_ref_no"),
            }
        )
    return shares
