"""Mistakes that sellers on the open network really make in their messages, each with the end it must meet when cleaned."""

from __future__ import annotations

from generators.soil import Expected, Mistake, found
from kit.chance import Stream
from kit.source import Document, Json

Place = dict[str, Json]
PAYMENT = "message.order.payment"
DELIVERY = "message.order.fulfillments.0.state.descriptor"
SETTLED = "message.orders.0.settlements.0"
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _at(document: Document, path: str) -> Place:
    """Give the object a path leads to; where there is none an empty one, which can hold no mistake."""
    held = found(document, path)
    return held if isinstance(held, dict) else {}


def _put(document: Document, path: str, name: str, value: Json) -> str | None:
    held = _at(document, path)
    if name not in held or held[name] == value:
        return None
    held[name] = value
    return f"{path}.{name}"


def _phone_as_number(document: Document, stream: Stream) -> str | None:
    phone = _at(document, "message.order.billing").get("phone")
    return _put(document, "message.order.billing", "phone", int(phone)) if isinstance(phone, str) else None


def _count_as_text(document: Document, stream: Stream) -> str | None:
    path = "message.order.items.0.quantity"
    count = _at(document, path).get("count")
    return _put(document, path, "count", str(count)) if isinstance(count, int) else None


def _price_as_number(document: Document, stream: Stream) -> str | None:
    path = "message.order.quote.price"
    value = _at(document, path).get("value")
    whole = value.removesuffix(".00") if isinstance(value, str) else ""
    return _put(document, path, "value", int(whole)) if whole.isdigit() else None


def _unpaid(document: Document, stream: Stream) -> str | None:
    is_open = _at(document, PAYMENT).get("status") == "NOT-PAID"
    return _put(document, PAYMENT, "status", "UN-PAID") if is_open else None


def _amount_as_dash(document: Document, stream: Stream) -> str | None:
    return _put(document, f"{PAYMENT}.params", "amount", "_")


def _withholding_empty(document: Document, stream: Stream) -> str | None:
    return _put(document, PAYMENT, "@ondc/org/withholding_amount", "")


def _window_none(document: Document, stream: Stream) -> str | None:
    return _put(document, PAYMENT, "@ondc/org/settlement_window", stream.choice((None, "None")))


def _details_as_object(document: Document, stream: Stream) -> str | None:
    details = _at(document, PAYMENT).get("@ondc/org/settlement_details")
    if not isinstance(details, list) or len(details) != 1:
        return None
    return _put(document, PAYMENT, "@ondc/org/settlement_details", details[0])


def _in_cancelled(document: Document, stream: Stream) -> str | None:
    is_cancelled = _at(document, DELIVERY).get("code") == "Cancelled"
    return _put(document, DELIVERY, "code", "In-Cancelled") if is_cancelled else None


def _state_in_small_letters(document: Document, stream: Stream) -> str | None:
    code = _at(document, DELIVERY).get("code")
    return _put(document, DELIVERY, "code", code.lower()) if isinstance(code, str) else None


def _return_with_hyphen(document: Document, stream: Stream) -> str | None:
    path = "message.order.fulfillments.1.state.descriptor"
    code = _at(document, path).get("code")
    return _put(document, path, "code", code.replace("_", "-")) if isinstance(code, str) else None


def _tax_number_wrong(document: Document, stream: Stream) -> str | None:
    """A check character that cannot be right: the next one in the row."""
    path = "message.order.tags.0.list.0"
    told = _at(document, path)
    value = told.get("value")
    if told.get("code") != "tax_number" or not isinstance(value, str):
        return None
    following = _BASE_36[(_BASE_36.index(value[-1]) + 1) % len(_BASE_36)]
    return _put(document, path, "value", value[:-1] + following)


def _invoice_nowhere(document: Document, stream: Stream) -> str | None:
    return _put(document, "message.order.documents.0", "url", None)


def _withheld_as_number(document: Document, stream: Stream) -> str | None:
    value = _at(document, f"{SETTLED}.withholding_amount").get("value")
    return _put(document, f"{SETTLED}.withholding_amount", "value", 0) if value == "0.00" else None


def _status_spelled(document: Document, stream: Stream) -> str | None:
    return _put(document, SETTLED, "status", stream.choice(("Settled", "settled", "SETTLED ")))


def _tax_collected_none(document: Document, stream: Stream) -> str | None:
    return _put(document, f"{SETTLED}.tcs", "value", stream.choice((None, "")))


ORDER_MISTAKES = (
    Mistake("PHONE_AS_NUMBER", Expected.RESTORED, _phone_as_number),
    Mistake("COUNT_AS_TEXT", Expected.RESTORED, _count_as_text),
    Mistake("PRICE_AS_NUMBER", Expected.RESTORED, _price_as_number),
    Mistake("UNPAID", Expected.RESTORED, _unpaid),
    Mistake("AMOUNT_AS_DASH", Expected.NULLED, _amount_as_dash),
    Mistake("WITHHOLDING_EMPTY", Expected.NULLED, _withholding_empty),
    Mistake("WINDOW_NONE", Expected.NULLED, _window_none),
    Mistake("DETAILS_AS_OBJECT", Expected.RESTORED, _details_as_object),
    Mistake("IN_CANCELLED", Expected.RESTORED, _in_cancelled),
    Mistake("STATE_IN_SMALL_LETTERS", Expected.RESTORED, _state_in_small_letters),
    Mistake("RETURN_WITH_HYPHEN", Expected.RESTORED, _return_with_hyphen),
    Mistake("TAX_NUMBER_WRONG", Expected.KEPT, _tax_number_wrong),
    Mistake("INVOICE_NOWHERE", Expected.KEPT, _invoice_nowhere),
)
SETTLEMENT_MISTAKES = (
    Mistake("WITHHELD_AS_NUMBER", Expected.RESTORED, _withheld_as_number),
    Mistake("STATUS_SPELLED", Expected.RESTORED, _status_spelled),
    Mistake("TAX_COLLECTED_NONE", Expected.NULLED, _tax_collected_none),
)
MISTAKES = ORDER_MISTAKES + SETTLEMENT_MISTAKES
