"""Each way participants of the network are known to write, on messages typed here: read, repaired and told, or held back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import cast

import orjson
import pytest

from kit.source import Document, Fate, Json, Outcome
from tests.sources import given

GOOD_GSTIN = "27ABCFB0000C1ZJ"
SENT = "2026-01-10T06:00:00.000Z"
PAYMENT = "message.order.payment"
DETAILS = f"{PAYMENT}.@ondc/org/settlement_details"
WAY = "message.order.fulfillments.0"


def _line(kind: str, title: str, value: str, count: Json = None) -> Json:
    told: Document = {
        "@ondc/org/item_id": "I1",
        "@ondc/org/title_type": kind,
        "title": title,
        "price": {"currency": "INR", "value": value},
    }
    return told if count is None else told | {"@ondc/org/item_quantity": {"count": count}}


def order() -> Document:
    """An order of 118 rupees, as its seller confirmed it."""
    return {
        "context": {
            "domain": "ONDC:RET10",
            "action": "on_confirm",
            "core_version": "1.2.0",
            "bap_id": "buyer.example",
            "bpp_id": "seller.example",
            "transaction_id": "T1",
            "message_id": "M1",
            "timestamp": SENT,
            "ttl": "PT30S",
        },
        "message": {
            "order": {
                "id": "O1",
                "state": "Created",
                "provider": {"id": "P1"},
                "items": [{"id": "I1", "fulfillment_id": "F1", "quantity": {"count": 2}}],
                "billing": {"name": "A B", "phone": "5000000001", "address": {"area_code": "411001"}},
                "fulfillments": [
                    {
                        "id": "F1",
                        "type": "Delivery",
                        "tracking": False,
                        "state": {"descriptor": {"code": "Pending"}},
                    }
                ],
                "quote": {
                    "price": {"currency": "INR", "value": "118.00"},
                    "breakup": [_line("item", "Rice", "100.00", 2), _line("tax", "Tax", "18.00")],
                },
                "payment": {
                    "type": "ON-ORDER",
                    "status": "PAID",
                    "collected_by": "BAP",
                    "params": {"amount": "118.00", "currency": "INR"},
                    "@ondc/org/buyer_app_finder_fee_type": "percent",
                    "@ondc/org/buyer_app_finder_fee_amount": "3.0",
                    "@ondc/org/withholding_amount": "0.00",
                    "@ondc/org/settlement_basis": "delivery",
                    "@ondc/org/settlement_window": "P1D",
                    "@ondc/org/settlement_details": [
                        {
                            "settlement_counterparty": "seller-app",
                            "settlement_type": "neft",
                            "settlement_bank_account_no": "00112233445566",
                        }
                    ],
                },
                "tags": [
                    {"code": "bpp_terms", "list": [{"code": "tax_number", "value": GOOD_GSTIN}]},
                ],
                "created_at": "2026-01-10T05:59:00.000Z",
                "updated_at": SENT,
            }
        },
    }


def payout(on: date = date(2026, 1, 15), order_id: str = "O1", share: Document | None = None) -> Document:
    """A payout of 112.00 for that order after 6.00 of fees."""
    settled: Document = {
        "id": "S1",
        "payment_id": "P1",
        "status": "SETTLED",
        "amount": {"currency": "INR", "value": "112.00"},
        "commission": {"currency": "INR", "value": "6.00"},
        "withholding_amount": {"currency": "INR", "value": "0.00"},
        "tcs": {"currency": "INR", "value": "0.00"},
        "tds": {"currency": "INR", "value": "0.00"},
        "settlement_ref_no": "R1",
    }
    context: Document = {
        "domain": "ONDC:NTS10",
        "location": {"city": {"code": "*"}},
        "version": "2.0.0",
        "action": "recon",
        "message_id": f"{on}",
        "timestamp": f"{on}T06:00:00Z",
    }
    one: Document = {
        "id": order_id,
        "amount": {"currency": "INR", "value": "118.00"},
        "settlements": [settled | (share or {})],
    }
    return {"context": context, "message": {"orders": [one]}}


def _set(document: Document, path: str, value: Json) -> Document:
    """Give a copy with something else at a path."""
    copy: Document = orjson.loads(orjson.dumps(document))
    *above, name = path.split(".")
    holder: Json = copy
    for step in above:
        holder = holder[int(step)] if isinstance(holder, list) else cast("Document", holder)[step]
    if isinstance(holder, list):
        holder[int(name)] = value
    else:
        cast("Document", holder)[name] = value
    return copy


def _cleaned(*documents: Document) -> list[Outcome]:
    return given.cleaned("ondc", given.items(map(given.line, documents)))


def _told(document: Document) -> tuple[Mapping[str, object], list[str]]:
    (outcome,) = _cleaned(document)
    assert outcome.document is not None, outcome.reason
    return outcome.document, [one.rule for one in outcome.findings]


def test_the_typed_messages_are_read_as_they_stand() -> None:
    first, second = _cleaned(order(), payout())
    assert not first.findings and not second.findings
    assert first.document is not None and second.document is not None
    assert first.document["price_paise"] == 11_800 and second.document["amount_paise"] == 11_200


@pytest.mark.parametrize(
    ("path", "value", "name", "read", "rules"),
    [
        ("message.order.items.0.quantity.count", "0", "pieces", 0, ["COUNT_TEXT"]),
        ("message.order.items.0.quantity.count", "two", "pieces", None, ["COUNT_UNREADABLE"]),
        ("message.order.quote.price.value", 118, "price_paise", 11_800, ["AMOUNT_NUMBER"]),
        ("message.order.quote.price.value", 118.0, "price_paise", 11_800, ["AMOUNT_NUMBER"]),
        (f"{PAYMENT}.@ondc/org/withholding_amount", "", "withheld_paise", None, ["AMOUNT_EMPTY"]),
        (f"{PAYMENT}.@ondc/org/withholding_amount", "00.00", "withheld_paise", 0, []),
        (f"{PAYMENT}.status", "UN-PAID", "payment_status", "NOT-PAID", ["ENUM_SYNONYM"]),
        (f"{PAYMENT}.status", "paid", "payment_status", "PAID", ["ENUM_CASE"]),
        (f"{PAYMENT}.params.amount", "_", "paid_paise", None, ["AMOUNT_UNREADABLE"]),
        (f"{PAYMENT}.params.amount", None, "paid_paise", None, ["AMOUNT_EMPTY"]),
        (f"{PAYMENT}.params.amount", "0.00", "paid_paise", 0, []),
        (f"{WAY}.tracking", "true", "ways", True, ["FLAG_TEXT"]),
        (f"{WAY}.tracking", "perhaps", "ways", None, ["FLAG_UNREADABLE"]),
        (f"{WAY}.tracking", None, "ways", None, []),
        (DETAILS, {"settlement_type": "upi"}, "settlement_type", "upi", ["LIST_OF_ONE"]),
        (f"{DETAILS}.0.settlement_type", "netbanking", "settlement_type", "netbanking", []),
        (f"{DETAILS}.0.settlement_type", "UPI", "settlement_type", "upi", ["ENUM_SYNONYM"]),
        (f"{DETAILS}.0.settlement_type", "pigeon", "settlement_type", None, ["ENUM_UNKNOWN"]),
        (f"{PAYMENT}.@ondc/org/buyer_app_finder_fee_type", "Percentage", "fee_type", "percent", []),
        (f"{PAYMENT}.@ondc/org/buyer_app_finder_fee_type", "Amount", "fee_type", "amount", []),
        (f"{PAYMENT}.@ondc/org/buyer_app_finder_fee_type", "share", "fee_type", None, ["ENUM_UNKNOWN"]),
        (f"{PAYMENT}.@ondc/org/buyer_app_finder_fee_type", "", "fee_type", None, ["ENUM_EMPTY"]),
        (f"{PAYMENT}.@ondc/org/settlement_basis", "Delivery", "settlement_basis", "delivery", ["ENUM_SYNONYM"]),
        (f"{PAYMENT}.@ondc/org/settlement_basis", "-", "settlement_basis", None, ["ENUM_EMPTY"]),
        (f"{PAYMENT}.@ondc/org/settlement_basis", "ON-ORDER", "settlement_basis", None, ["ENUM_UNKNOWN"]),
        (f"{PAYMENT}.@ondc/org/settlement_window", "PT24H", "settlement_window", "PT24H", []),
        (f"{PAYMENT}.@ondc/org/settlement_window", "None", "settlement_window", None, ["TEXT_EMPTY"]),
        (f"{PAYMENT}.@ondc/org/settlement_window", "", "settlement_window", None, ["TEXT_EMPTY"]),
        (f"{WAY}.state.descriptor.code", "In-Cancelled", "delivery_state", "Cancelled", ["ENUM_SYNONYM"]),
        (f"{WAY}.state.descriptor.code", "order-delivered", "delivery_state", "Order-delivered", ["ENUM_SYNONYM"]),
        (f"{WAY}.state.descriptor.code", "Lost", "delivery_state", None, ["ENUM_UNKNOWN"]),
        ("message.order.state", "in-progress", "state", "In-progress", ["ENUM_SYNONYM"]),
        ("message.order.updated_at", "2026-01-09T00:00:00Z", "state", "Created", ["UPDATED_BEFORE_CREATED"]),
        ("message.order.quote.breakup.0.@ondc/org/title_type", "discount_f", "lines", "discount_f", []),
        ("message.order.quote.breakup.0.@ondc/org/title_type", "offer", "lines", "offer", []),
        ("message.order.quote.breakup.0.@ondc/org/title_type", "Item", "lines", "item", ["ENUM_SYNONYM"]),
        ("message.order.quote.breakup.0.@ondc/org/title_type", "gift", "lines", None, ["ENUM_UNKNOWN"]),
        (f"{WAY}.type", "Self-Pickup", "delivery_state", "Pending", []),
        ("context.city", {"code": "std:080"}, "state", "Created", []),
        ("message.order.cancellation", {"cancelled_by": "x", "reason": {"id": "011"}}, "reason", "011", []),
        ("message.order.billing.address", None, "area", None, []),
        ("context.action", "confirm", "action", "confirm", []),
    ],
)  # fmt: skip
def test_a_message_written_so_is_read_so(
    path: str, value: Json, name: str, read: object, rules: list[str]
) -> None:
    told, found = _told(_set(order(), path, value))
    inside = {"pieces": "pieces_n", "ways": "is_tracked", "lines": "type"}
    have = cast("list[Document]", told[name])[0][inside[name]] if name in inside else told[name]
    assert (have, found) == (read, rules)


@pytest.mark.parametrize(
    ("number", "grade", "rules"),
    [
        (GOOD_GSTIN, "VALID", []),
        (GOOD_GSTIN[:-1] + "A", "WRONG_CHECK", ["GSTIN_WRONG_CHECK"]),
        ("gst_number_here", "MALFORMED", ["GSTIN_MALFORMED"]),
        ("", "EMPTY", ["TEXT_EMPTY"]),
    ],
)
def test_a_tax_number_is_graded_and_kept(number: str, grade: str, rules: list[str]) -> None:
    told, found = _told(_set(order(), "message.order.tags.0.list.0.value", number))
    assert (told["tax_number"], told["tax_number_grade"], found) == (number or None, grade, rules)


def test_a_telephone_number_names_the_same_buyer_as_text_and_as_number() -> None:
    told, rules = _told(_set(order(), "message.order.billing.phone", 5000000001))
    assert rules == ["TEXT_NUMBER"] and told["buyer"] == _told(order())[0]["buyer"]


@pytest.mark.parametrize(
    ("value", "rules"),
    [("118.00", []), ("118.40", ["QUOTE_SUM_ROUNDED"]), ("120.00", ["QUOTE_SUM_DIFFERS"])],
)
def test_a_quote_is_the_sum_of_its_lines_or_that_is_told(value: str, rules: list[str]) -> None:
    told, found = _told(_set(order(), "message.order.quote.price.value", value))
    assert found == rules and told["price_paise"] == int(value.replace(".", ""))


def test_a_quote_without_lines_says_so_and_one_with_an_unreadable_line_is_not_summed() -> None:
    assert _told(_set(order(), "message.order.quote.breakup", []))[1] == ["QUOTE_LINES_MISSING"]
    unread = _set(order(), "message.order.quote.breakup.1.price.value", "?")
    assert _told(unread)[1] == ["AMOUNT_UNREADABLE"]


def test_fields_of_nobodys_are_kept_aside_by_their_place() -> None:
    odd = _set(_set(order(), f"{PAYMENT}.cashback", "5"), "context.shard", 7)
    odd = _set(_set(odd, "message.order.mood", None), f"{WAY}.drone", True)
    told, rules = _told(odd)
    assert rules == ["UNKNOWN_FIELD"] * 4
    assert told["extra"] == {
        "context.shard": "7",
        "message.order.mood": "null",
        f"{WAY}.drone": "true",
        f"{PAYMENT}.cashback": '"5"',
    }


def _way(kind: str, code: str, *tags: Json) -> Json:
    return {"id": kind[0], "type": kind, "state": {"descriptor": {"code": code}}, "tags": [*tags]}


def _off(value: str) -> Json:
    told = {"type": "item", "id": "I1", "currency": "INR", "value": value}
    return {"code": "quote_trail", "list": [{"code": name, "value": one} for name, one in told.items()]}


def _returned(off: str, left: str) -> Document:
    """The order after goods went back: a rupee amount taken off, and what is left of the quote."""
    ways = [_way("Delivery", "Order-delivered"), _way("Return", "Return-Initiated", _off(off))]
    told = _set(_set(order(), "message.order.fulfillments", ways), "context.action", "on_update")
    told = _set(told, "message.order.quote.price.value", left)
    return _set(told, "message.order.quote.breakup", [_line("item", "Rice", left, 1)])


def test_every_way_is_kept_and_the_first_way_back_stands_for_the_others() -> None:
    ways = [
        _way("Delivery", "Order-delivered"),
        _way("Return", "return_picked"),
        _way("RTO", "RTO-Delivered"),
    ]
    told, rules = _told(_set(order(), "message.order.fulfillments", [*ways, _way("Drone", "Pending")]))
    kept = [(one["type"], one["state"]) for one in cast("list[Document]", told["ways"])]
    assert kept == [
        ("Delivery", "Order-delivered"),
        ("Return", "Return_Picked"),
        ("RTO", "RTO-Delivered"),
        (None, "Pending"),
    ]
    assert (told["delivery_state"], told["back_type"]) == ("Order-delivered", "Return")
    assert rules == ["ENUM_SYNONYM", "ENUM_UNKNOWN"]


def test_what_was_taken_off_leads_from_the_first_quote_to_the_last() -> None:
    for off, rules in (("-59.00", ["ENUM_SYNONYM"]), ("-50.00", ["ENUM_SYNONYM", "TRAIL_SUM_DIFFERS"])):
        _, later = _cleaned(order(), _returned(off, "59.00"))
        assert later.fate is Fate.CLEAN and [one.rule for one in later.findings] == rules
        assert later.document is not None and later.document["paid_paise"] == 11_800
        assert {(one.was, one.became) for one in later.findings if one.rule == "TRAIL_SUM_DIFFERS"} <= {
            ('"59.00"', '"59.00"')
        }
    alone = _cleaned(_returned("-50.00", "59.00"))
    assert [one.rule for one in alone[0].findings] == ["ENUM_SYNONYM"]


def _payout_rules(*documents: Document) -> list[str]:
    (last,) = [one for one in _cleaned(*documents) if one.document and one.document["kind"] == "settlement"]
    return [one.rule for one in last.findings]


def test_a_payout_for_an_order_nobody_told_of_is_told_once_it_cannot_be_older() -> None:
    begun = date(2026, 1, 10)
    late, early = begun + timedelta(days=61), begun + timedelta(days=60)
    assert _payout_rules(order(), payout(late, "O2")) == ["ORDER_UNKNOWN"]
    assert _payout_rules(payout(late, "O2"), order()) == ["ORDER_UNKNOWN"]
    assert _payout_rules(order(), payout(late, "O1")) == []
    assert _payout_rules(order(), payout(early, "O2")) == []
    assert _payout_rules(payout(late, "O2")) == []


@pytest.mark.parametrize("status", ["PENDING", "not settled", "TO_BE_INITIATED"])
def test_a_share_that_is_still_to_be_paid_moved_nothing(status: str) -> None:
    (outcome,) = _cleaned(payout(share={"status": status}))
    assert outcome.document is not None and outcome.document["amount_paise"] == outcome.paise == 0
    (held,) = _cleaned(_set(payout(share={"status": status}), "context.timestamp", ""))
    assert (held.fate, held.paise) == (Fate.QUARANTINED, 0)


@pytest.mark.parametrize(
    ("share", "rules"),
    [
        ({}, []),
        ({"amount": {"value": "118.00"}}, []),
        ({"amount": {"value": "100.00"}}, ["PAYOUT_SUM_DIFFERS"]),
        ({"amount": {"value": "100.00"}, "tcs": {"value": ""}}, ["AMOUNT_EMPTY"]),
        ({"withholding_amount": {"value": 0}}, ["AMOUNT_NUMBER"]),
        ({"status": "Lost"}, ["ENUM_UNKNOWN"]),
    ],
)
def test_an_order_is_worth_its_shares_with_or_without_what_was_taken_off(
    share: Document, rules: list[str]
) -> None:
    assert _payout_rules(payout(share=share)) == rules


def test_a_counterparty_that_disagrees_is_told() -> None:
    assert _payout_rules(_set(payout(), "message.orders.0.recon_accord", False)) == ["COUNTERPARTY_DISAGREES"]
    assert _payout_rules(_set(payout(), "message.orders.0.recon_accord", True)) == []


def test_the_older_book_of_orders_is_a_payout_too() -> None:
    details: Json = {"settlement_amount": "112", "settlement_status": "PAID", "settlement_reference": "R1"}
    booked: Document = {
        "id": "O1",
        "payment": {
            "params": {"amount": "118.00", "transaction_id": "P1"},
            "@ondc/org/withholding_amount": "0",
            "@ondc/org/settlement_details": [details],
        },
        "withholding_tax_gst": {"value": "0.50"},
        "withholding_tax_tds": {"value": "0.10"},
        "settlement_id": "S1",
    }
    document = _set(payout(), "message", {"orderbook": {"orders": [booked, booked | {"id": "O2"}]}})
    told, rules = _told(document)
    assert told["amount_paise"] == 22_400 and rules == ["ENUM_SYNONYM"] * 2
    shares = cast("list[Document]", told["shares"])
    assert [one["order"] for one in shares] == ["O1", "O2"]
    assert (shares[0]["gross_paise"], shares[0]["tcs_paise"], shares[0]["tds_paise"]) == (11_800, 50, 10)
    (held,) = _cleaned(_set(document, "context.timestamp", ""))
    assert held.paise == 22_400


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("context.action", "on_init", "MESSAGE_NOT_KEPT"),
        ("context.action", "issue", "MESSAGE_NOT_KEPT"),
        ("context.action", "settle", "MESSAGE_NOT_KEPT"),
        ("context.domain", "ONDC:FIS12", "MARKET_NOT_KEPT"),
        ("context.action", "on_dance", "ENUM_UNKNOWN"),
        ("message", {"catalog": {}}, "KIND_UNKNOWN"),
    ],
)
def test_what_is_no_order_and_no_payout_is_held_back_and_says_why(
    path: str, value: Json, reason: str
) -> None:
    (outcome,) = _cleaned(_set(order(), path, value))
    assert (outcome.fate, outcome.reason, outcome.paise) == (Fate.QUARANTINED, reason, None)
