"""What a seller app tells fits the shapes of the network, and every sum of it holds to the paisa."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast

import jsonschema_rs
import orjson
import pytest

from generators.orders import NO_ORDERS
from generators.people import MAIN_PARTY
from kit.facets import Direction
from kit.period import IST
from kit.scope import DataFilter, DateRange
from kit.source import Document
from tests.sources import given
from tests.sources.ondc.messages import (
    SEEDS,
    answer,
    asked,
    at,
    by_order,
    fixture,
    paise,
    payouts,
    rows,
    tags,
    text,
)

WHOLE = DateRange(date(2020, 1, 1), given.AS_OF)
PART = DateRange(date(2025, 6, 10), date(2025, 8, 20))
every_seed = pytest.mark.parametrize("seed", SEEDS)


def _day(line: Document) -> date:
    return datetime.fromisoformat(text(line, "context.timestamp")).astimezone(IST).date()


@every_seed
def test_every_message_fits_its_shape(seed: int) -> None:
    fits = jsonschema_rs.validator_for(fixture("shapes.json"))
    lines = answer(seed)[1:]
    faults = [str(error) for line in lines for error in fits.iter_errors(line)]
    assert len(lines) > 1_000 and not faults, faults[:3]
    actions = Counter(text(line, "context.action") for line in lines)
    assert set(actions) == {"on_confirm", "on_status", "on_cancel", "on_update", "recon"}


@every_seed
def test_what_is_sent_twice_has_two_numbers_and_lines_come_in_order_of_time(seed: int) -> None:
    lines = answer(seed)[1:]
    moments = [text(line, "context.timestamp") for line in lines]
    assert moments == sorted(moments)
    assert len({text(line, "context.message_id") for line in lines}) == len(lines)
    for told in by_order(lines).values():
        assert len({text(line, "context.transaction_id") for line in told}) == 1
        assert len({text(line, "message.order.created_at") for line in told}) == 1


def _hops(after: dict[str, list[str]], state: str, other: str) -> bool:
    """Say whether a state can follow another, over states that were not told of."""
    reached, edge = {state}, [state]
    while edge:
        edge = [one for had in edge for one in after.get(had, ()) if one not in reached]
        reached |= set(edge)
    return other in reached


@every_seed
def test_states_follow_each_other_as_the_network_allows(seed: int) -> None:
    table = cast("dict[str, dict[str, list[str]]]", fixture("states.json"))
    seen = set()
    for told in by_order(answer(seed)).values():
        delivery, back, order = "Pending", "", ""
        for line in told:
            ways = rows(line, "message.order.fulfillments")
            code, state = text(ways[0], "state.descriptor.code"), text(line, "message.order.state")
            other = text(ways[1], "state.descriptor.code") if len(ways) > 1 else ""
            assert _hops(table["after"], delivery, code)
            assert _hops(table["back_after"], back, other)
            assert not order or _hops(table["order_after"], order, state)
            assert state in table["order_of_delivery"][code]
            delivery, back, order = code, other, state
            seen.add((code, other))
    assert {back for _, back in seen} >= {"Cancelled", "RTO-Delivered", "Return_Delivered"}


@every_seed
def test_an_order_that_simply_arrives_is_told_in_three_lines(seed: int) -> None:
    told = [
        lines for lines in by_order(answer(seed)).values() if text(lines[0], "context.action") == "on_confirm"
    ]
    arrived = [lines for lines in told if text(lines[-1], "message.order.state") == "Completed"]
    assert Counter(len(lines) for lines in arrived).most_common(1)[0][0] == 3
    assert max(len(lines) for lines in told) <= 5


@every_seed
def test_a_quote_is_the_sum_of_its_lines(seed: int) -> None:
    kinds: Counter[str] = Counter()
    for told in by_order(answer(seed)).values():
        for line in told:
            quote = at(line, "message.order.quote")
            lines = rows(quote, "breakup")
            assert sum(paise(one) for one in lines) == paise(quote)
            kinds.update(text(one, "@ondc/org/title_type") for one in lines)
            for one in lines:
                if "item" in one:
                    count = cast("int", at(one, "@ondc/org/item_quantity.count"))
                    assert paise(one, "item.price.value") * count == paise(one)
    assert set(kinds) - {"tax"} == {"item", "delivery", "packing", "discount"}
    assert ("tax" in kinds) == any(order.rate_bps for order in given.business(seed).orders.orders)


@every_seed
def test_the_first_quote_and_the_trail_are_the_quote_that_is_left(seed: int) -> None:
    taken_off = 0
    for told in by_order(answer(seed)).values():
        if text(told[0], "context.action") != "on_confirm":
            continue
        first = paise(told[0], "message.order.quote.price.value")
        for line in told:
            trails = [
                one for way in rows(line, "message.order.fulfillments") for one in tags(way, "quote_trail")
            ]
            off = sum(paise(one, "value") for one in trails)
            assert first + off == paise(line, "message.order.quote.price.value")
            assert paise(line, "message.order.payment.params.amount") == first
            taken_off += off < 0
            refunds = rows(line, "message.order.payment.@ondc/org/settlement_details")[1:]
            assert sum(paise(one, "settlement_amount") for one in refunds) in (0, -off)
    assert taken_off > 20


@every_seed
def test_tax_in_a_quote_is_that_of_its_goods(seed: int) -> None:
    book = given.business(seed).orders
    told = by_order(answer(seed))
    for name, lines in told.items():
        order = book.orders[int(name.rpartition("-")[2]) - 1]
        breakup = rows(lines[0], "message.order.quote.breakup")
        if text(lines[0], "context.action") == "on_confirm":
            tax = sum(paise(one) for one in breakup if one["@ondc/org/title_type"] == "tax")
            plain = order.value_paise - tax
            assert paise(lines[0], "message.order.quote.price.value") == order.value_paise
            assert abs(tax - plain * order.rate_bps / 10_000) <= len(breakup)


@every_seed
def test_a_payout_is_its_orders_less_fees_and_taxes_and_lands_in_the_bank(seed: int) -> None:
    business = given.business(seed)
    landed = {event.document: event for event in business.events(business.first, business.as_of)}
    lines = payouts(answer(seed))
    assert len(lines) > 150
    for line in lines:
        net = 0
        orders = rows(line, "message.orders")
        for order in orders:
            (settled,) = rows(order, "settlements")
            taken = [paise(settled, f"{name}.value") for name in ("commission", "tcs", "tds")]
            assert paise(settled, "amount.value") == paise(order, "amount.value") - sum(taken)
            net += paise(settled, "amount.value")
        event = landed[text(orders[0], "settlements.0.id")]
        assert (event.amount_paise, event.direction) == (net, Direction.IN)
        assert event.at.date() == _day(line) == business.passed[event.document].paid_on
        assert len({text(order, "settlements.0.id") for order in orders}) == 1


@every_seed
def test_what_is_paid_for_an_order_is_what_its_messages_leave(seed: int) -> None:
    lines = answer(seed)
    gross: defaultdict[str, int] = defaultdict(int)
    for line in payouts(lines):
        for order in rows(line, "message.orders"):
            gross[text(order, "id")] += paise(order, "amount.value")
    checked = 0
    for name, told in by_order(lines).items():
        last = told[-1]
        is_old = _day(last) < given.AS_OF - timedelta(days=45) and _day(told[0]) > given.business(seed).first
        if is_old and text(told[0], "context.action") == "on_confirm":
            assert gross[name] == paise(last, "message.order.quote.price.value")
            checked += 1
    assert checked > 250


@every_seed
def test_what_is_sold_there_is_among_the_takings_the_tax_is_reckoned_from(seed: int) -> None:
    business = given.business(seed)
    taken = [row for row in business.retail(business.first, business.as_of) if row.via == "ONDC"]
    sold = [row for row in business.orders.sales if business.first <= row.day <= business.as_of]
    assert [(row.day, row.gross_paise) for row in taken] == [(row.day, row.gross_paise) for row in sold] != []


@every_seed
def test_the_seller_goes_by_its_own_numbers(seed: int) -> None:
    business = given.business(seed)
    assert business.registration is not None
    numbers = {account.number for account in business.accounts if account.party == MAIN_PARTY}
    for told in by_order(answer(seed)).values():
        for line in told:
            (own,) = tags(at(line, "message.order"), "bpp_terms")
            assert own["tax_number"] == business.registration.gstin
            assert own["provider_tax_number"] == business.parties[0].pan
            paid_to = rows(line, "message.order.payment.@ondc/org/settlement_details")[0]
            assert paid_to["settlement_bank_account_no"] in numbers


@every_seed
def test_who_cancels_and_why_is_told(seed: int) -> None:
    apps: Counter[str] = Counter()
    for told in by_order(answer(seed)).values():
        state, order = text(told[-1], "message.order.state"), at(told[-1], "message.order")
        assert ("cancellation" in cast("dict[str, object]", order)) == (state == "Cancelled")
        if state == "Cancelled":
            (asked_for,) = tags(rows(order, "fulfillments")[0], "cancel_request")
            assert asked_for["reason_id"] == text(order, "cancellation.reason.id")
            assert asked_for["initiated_by"] == text(order, "cancellation.cancelled_by")
            apps[asked_for["initiated_by"]] += 1
    assert len(apps) >= 3


def test_cash_at_the_door_is_paid_when_it_is_handed_over() -> None:
    statuses = {
        (text(line, "message.order.state"), text(line, "message.order.payment.status"))
        for told in by_order(answer(1)).values()
        for line in told
        if text(line, "message.order.payment.collected_by") == "BPP"
    }
    assert {("Accepted", "NOT-PAID"), ("In-progress", "NOT-PAID"), ("Completed", "PAID")} <= statuses
    assert all((status == "PAID") == (state == "Completed") for state, status in statuses)


def test_a_smaller_question_gets_the_same_lines() -> None:
    whole, part = asked(WHOLE)[1:], asked(PART)
    assert part[1:] == [line for line in whole if PART.holds(_day(line))]
    assert (part[0]["from"], part[0]["to"]) == ("2025-06-10", "2025-08-20")
    assert len(part) > 100 and all(given.business().first <= _day(line) <= given.AS_OF for line in whole)


def test_an_earlier_look_tells_the_same_past() -> None:
    early_on = date(2025, 12, 31)
    business = given.business(1, early_on)
    (parcel,) = given.answers("ondc", business, {MAIN_PARTY: given.pulls(business)[MAIN_PARTY]})
    early = [orjson.loads(line) for line in list(parcel.lines)[1:]]
    first = given.business().first
    late = [line for line in asked(WHOLE)[1:] if _day(line) <= early_on]
    assert [line for line in early if _day(line) >= first] == late


def test_only_the_types_asked_for_are_delivered() -> None:
    assert [line["kind"] for line in asked(PART, ["envelope"])] == ["envelope"]
    assert {"order"} == {next(iter(cast("Document", one["message"]))) for one in asked(PART, ["order"])}
    assert {"orders"} == {next(iter(cast("Document", one["message"]))) for one in asked(PART, ["settlement"])}


def test_filters_hold_back_payouts_alone() -> None:
    rules = [DataFilter("TRANSACTIONAMOUNT", ">", "2000")]
    kept = asked(PART, rules=rules)
    assert by_order(kept) == by_order(asked(PART))
    sums = [
        sum(paise(one, "settlements.0.amount.value") for one in rows(line, "message.orders"))
        for line in payouts(kept)
    ]
    assert sums and min(sums) > 2_000_00 and len(sums) < len(payouts(asked(PART)))
    assert not payouts(asked(PART, rules=[DataFilter("TRANSACTIONTYPE", "=", "DEBIT")]))


def test_who_does_not_sell_answers_with_an_envelope_alone() -> None:
    business = replace(given.business(), orders=NO_ORDERS)
    (parcel,) = given.answers("ondc", business, given.pulls(business))
    (envelope,) = [orjson.loads(line) for line in parcel.lines]
    assert envelope["kind"] == "envelope" and (envelope["from"], envelope["to"]) == ("", "")
    assert not asked(DateRange(date(2020, 1, 1), date(2020, 2, 1)))[1:]
