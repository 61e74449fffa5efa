"""Reading a payout: each order's share of it, and whether the sums a message states are those of its parts."""

from __future__ import annotations

from collections.abc import Mapping

from kit.errors import RecordError
from kit.fields import amount_paise
from kit.plain import Parsed
from kit.source import Document, Json
from sources.ondc._known_fields import IN_SHARE
from sources.ondc._reading import Reader, listed, part, parts, words
from sources.ondc.records import SETTLED

Fields = Mapping[str, Json]
Told = dict[str, object]
_SETTLED = words(*SETTLED, PAID="SETTLED", NOT_PAID="NOT_SETTLED", UN_PAID="NOT_SETTLED")
# What a message says has yet to be paid moved no money; a share that does not say so did.
_UNPAID = frozenset({"NOT_SETTLED", "PENDING", "TO_BE_INITIATED"})
_TAKEN_OFF = ("fees_paise", "withheld_paise", "tcs_paise", "tds_paise")
_DETAILS = "@ondc/org/settlement_details"
_WITHHELD = "@ondc/org/withholding_amount"


def is_payout(message: Fields) -> bool:
    """Tell whether a message settles orders, in today's form or in the older book of orders."""
    return "orders" in message or "orders" in part(message.get("orderbook"))


def readable_paise(message: Fields) -> int | None:
    """Count what a payout held back would have moved; one of which a part cannot be read is worth nobody knows what."""
    settled = [
        (one.get("status"), part(one.get("amount")).get("value"))
        for order in parts(message.get("orders"))
        for one in parts(order.get("settlements"))
    ]
    settled += [
        (one.get("settlement_status"), one.get("settlement_amount"))
        for order in parts(part(message.get("orderbook")).get("orders"))
        for one in _first(part(order.get("payment")).get(_DETAILS))
    ]
    moved = [value for status, value in settled if _word(status) not in _UNPAID]
    known = [paise for value in moved if (paise := amount_paise(value)[0]) is not None]
    return sum(known) if settled and len(known) == len(moved) else None


def _first(details: Json) -> list[Fields]:
    return parts([details] if isinstance(details, dict) else details)[:1]


def _word(status: Json) -> str:
    folded = "_".join(str(status).upper().replace("-", " ").replace("_", " ").split())
    return _SETTLED.spellings.get(folded, folded)


def settlement(reader: Reader, context: Fields, message: Fields) -> Parsed:
    """Read a payout; what it moved is the sum of the shares that were paid."""
    at, on = reader.needed_moment("context.timestamp", context.get("timestamp"))
    shares: list[Told] = []
    for place, order in enumerate(parts(message.get("orders"))):
        shares += _shares(reader, f"message.orders.{place}", order)
    for place, order in enumerate(parts(part(message.get("orderbook")).get("orders"))):
        shares.append(_booked(reader, f"message.orderbook.orders.{place}", order))
    if not shares:
        raise RecordError("SHARES_MISSING", "a payout names no order")
    paid = [one["paid_paise"] for one in shares if one["status"] not in _UNPAID]
    paise = sum(one for one in paid if isinstance(one, int))
    number = reader.stated("context", context, "message_id")
    told: Told = {
        "kind": "settlement",
        "on": on,
        "at": at,
        "direction": "CREDIT" if paise >= 0 else "DEBIT",
        "amount_paise": abs(paise),
        "collector": reader.text("context.bap_id", context.get("bap_id")),
        "transaction": reader.text("context.transaction_id", context.get("transaction_id")),
        "message": number,
        "shares": shares,
        "extra": reader.extra,
    }
    return Parsed((number or at, shares[0]["order"]), told, paise, tuple(reader.notes))


def _shares(reader: Reader, place: str, order: Fields) -> list[Told]:
    number = reader.needed_text(f"{place}.id", order.get("id"), "ORDER_MISSING")
    stated = part(order.get("amount")).get("value")
    gross = reader.paise(f"{place}.amount.value", stated)
    if order.get("recon_accord") is False:
        reader.note(f"{place}.recon_accord", "COUNTERPARTY_DISAGREES", False, False)
    shares: list[Told] = []
    for nth, one in enumerate(listed(reader, f"{place}.settlements", order.get("settlements"))):
        path = f"{place}.settlements.{nth}"
        reader.unknown(one, IN_SHARE, f"{path}.")
        amounts = (
            reader.paise(f"{path}.{name}.value", part(one.get(name)).get("value"))
            for name in ("commission", "withholding_amount", "tcs", "tds")
        )
        paid = reader.needed_paise(f"{path}.amount.value", part(one.get("amount")).get("value"))
        shares.append(
            {
                "order": number,
                "gross_paise": gross,
                "paid_paise": paid,
                **dict(zip(_TAKEN_OFF, amounts, strict=True)),
                "settlement": reader.text(f"{path}.id", one.get("id")),
                "payment": reader.text(f"{path}.payment_id", one.get("payment_id")),
                "status": reader.word(f"{path}.status", one.get("status"), _SETTLED),
                "reference": reader.stated(path, one, "settlement_ref_no"),
            }
        )
    if not _is_summed(gross, shares):
        reader.note(f"{place}.amount.value", "PAYOUT_SUM_DIFFERS", stated, stated)
    return shares


def _is_summed(gross: int | None, shares: list[Told]) -> bool:
    """An order's value is the sum of its shares, or that sum with all that was taken off; what is unknown is not held against it."""
    paid = [one["paid_paise"] for one in shares]
    off = [one[name] for one in shares for name in _TAKEN_OFF]
    known = [paise for paise in (*paid, *off) if isinstance(paise, int)]
    is_known = gross is not None and shares and len(known) == len(paid) + len(off)
    return not is_known or gross in (sum(known), sum(known[: len(paid)]))


def _booked(reader: Reader, place: str, order: Fields) -> Told:
    """Read one entry of the older book of orders, whose first settlement is the seller's."""
    payment = part(order.get("payment"))
    path = f"{place}.payment"
    details = listed(reader, f"{path}.{_DETAILS}", payment.get(_DETAILS))
    seller = details[0] if details else {}
    paid = f"{path}.{_DETAILS}.0"
    taxes = {name: part(order.get(f"withholding_tax_{name}")).get("value") for name in ("gst", "tds")}
    return {
        "order": reader.needed_text(f"{place}.id", order.get("id"), "ORDER_MISSING"),
        "gross_paise": reader.stated_paise(f"{path}.params", part(payment.get("params")), "amount"),
        "paid_paise": reader.needed_paise(f"{paid}.settlement_amount", seller.get("settlement_amount")),
        "fees_paise": None,
        "withheld_paise": reader.stated_paise(path, payment, _WITHHELD),
        "tcs_paise": reader.paise(f"{place}.withholding_tax_gst.value", taxes["gst"]),
        "tds_paise": reader.paise(f"{place}.withholding_tax_tds.value", taxes["tds"]),
        "settlement": reader.text(f"{place}.settlement_id", order.get("settlement_id")),
        "payment": reader.text(
            f"{path}.params.transaction_id", part(payment.get("params")).get("transaction_id")
        ),
        "status": reader.word(f"{paid}.settlement_status", seller.get("settlement_status"), _SETTLED),
        "reference": reader.text(f"{paid}.settlement_reference", seller.get("settlement_reference")),
    }


def readable(body: Document) -> int | None:
    """Only a payout is a movement of money."""
    return readable_paise(part(body.get("message")))
