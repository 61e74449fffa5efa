"""A seller's orders, and the payouts that must be their exact sum."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

from generators.drawing import drawn_seller, sectors_of
from generators.orders import NO_ORDERS, OrderBook, orders_of
from generators.papers import Scheme
from generators.payouts import Ending, Part
from generators.tax import taxable_in
from generators.trade import Purpose, Rail
from kit.chance import Stream
from kit.ident import Grade, gstin_grade
from kit.period import month_of
from tests.generators.frames import figures, frame

SEEDS = (1, 2, 3)
LAST = date(2027, 3, 31)
UNSOLD = (Ending.CANCELLED, Ending.RTO)


def book(seed: int, sector: str = "KIRANA", last: date = LAST) -> OrderBook:
    """Plan one seller's orders."""
    return orders_of(frame(seed, sector, last=last, scheme=Scheme.MONTHLY), Stream(seed, "orders"))


def test_who_does_not_sell_there_has_no_orders() -> None:
    assert orders_of(frame(1, sells_on_ondc=False), Stream(1)) is NO_ORDERS
    assert not (NO_ORDERS.dues or NO_ORDERS.sales or NO_ORDERS.people or NO_ORDERS.orders)


def test_whoever_sells_there_deals_in_goods_the_domain_is_for() -> None:
    trade, goods = figures()["trade"], figures()["orders"]
    titles, domains = (
        goods.table(name, LAST) for name in ("goods_titles_by_hsn", "network_domain_by_chapter")
    )
    expected = {
        "09": 10,
        "10": 10,
        "33": 13,
        "34": 13,
        "61": 12,
        "64": 12,
        "73": 16,
        "39": 16,
        "85": 14,
        "99": 11,
    }
    assert all(
        domains.get(chapter, domains[""]) == f"ONDC:RET{number}" for chapter, number in expected.items()
    )
    kitchens = {chapter for chapter, domain in domains.items() if domain == "ONDC:RET11"}
    for sector in sectors_of(trade).values():
        of = frame(1, sector.id)
        shop = orders_of(of, Stream(1)).shop
        assert of.firm.sells_on_ondc is (shop is not None)
        assert of.firm.sells_on_ondc is (sector.id in trade.row("sectors_on_network", LAST))
        for hsn, sold in shop.goods.items() if shop else ():
            assert hsn in titles and sold.titles != ("Goods",)
            assert (sold.domain == "ONDC:RET11") is (hsn == "9963") and (hsn[:2] in kitchens) is (
                hsn == "9963"
            )


def test_the_usual_customer_holds_all_six_kinds_and_sells_what_fits() -> None:
    trade = figures()["trade"]
    drawn = {drawn_seller(trade, Stream("SELLER", seed)).id for seed in range(300)}
    assert drawn == set(trade.row("sectors_on_network", LAST))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("last", [date(2025, 9, 10), date(2026, 3, 31)])
def test_a_later_look_tells_the_same_past(seed: int, last: date) -> None:
    early, late = book(seed, last=last), book(seed)
    assert early.orders == tuple(one for one in late.orders if one.on <= last)
    assert early.settlements == tuple(one for one in late.settlements if one.on <= last)
    assert early.dues == tuple(one for one in late.dues if one.day <= last)
    assert early.sales == tuple(one for one in late.sales if one.day <= last)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ordinary_seller_packs_two_to_four_orders_a_day(seed: int) -> None:
    made = book(seed)
    months = Counter(month_of(order.on) for order in made.orders)
    assert 50 <= sum(months.values()) / len(months) <= 110 and len(months) == 36
    values = sorted(order.value_paise for order in made.orders)
    assert 300_00 < values[len(values) // 2] < 900_00
    assert [order.no for order in made.orders] == list(range(1, len(values) + 1))
    assert 0 < made.of_takings < 0.3 < book(seed, "ONDC_SELLER").of_takings


@pytest.mark.parametrize("seed", SEEDS)
def test_orders_end_in_every_way_and_their_days_follow_each_other(seed: int) -> None:
    reasons = figures()["orders"].table("reasons_percent", LAST)
    made = book(seed).orders
    assert {order.ending for order in made} == set(Ending)
    for order in made:
        assert (order.delivered_on is None) == (order.ending in UNSOLD)
        assert order.delivered_on is None or order.on <= order.delivered_on <= order.on + timedelta(days=6)
        assert (order.ended_on is None) == (order.ending is Ending.DELIVERED) == (not order.off_paise)
        assert 0 <= order.kept_paise <= order.value_paise
        if order.ended_on is None:
            continue
        assert [order.reason, order.by] in [row[:2] for row in reasons[order.ending]]  # type: ignore[attr-defined]
        assert order.on <= order.ended_on
        assert not order.is_return or (order.delivered_on or LAST) + timedelta(days=2) <= order.ended_on


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("sector", ["KIRANA", "ONDC_SELLER"])
def test_a_payout_is_its_orders_less_fees_returns_and_taxes(seed: int, sector: str) -> None:
    made = book(seed, sector)
    assert len(made.dues) == len(made.settlements) == len({due.document for due in made.dues})
    till = frame(seed, sector).till
    for due, settlement in zip(made.dues, made.settlements, strict=True):
        sold = sum(part.gross_paise for part in settlement.parts if part.gross_paise > 0)
        back = -sum(part.gross_paise for part in settlement.parts if part.gross_paise < 0)
        taken = sum(part.fees_paise + part.tcs_paise + part.tds_paise for part in settlement.parts)
        assert due.paise == sold - back - taken > 0
        assert (due.day, due.document, due.account) == (settlement.on, settlement.document, till)
        assert (due.purpose, due.rail) == (Purpose.SETTLEMENT, Rail.NEFT)
        assert due.counterparty == made.payers[settlement.payer].id
    assert list(made.dues) == sorted(made.dues, key=lambda due: due.day)
    assert {due.counterparty for due in made.dues} == {one.id for one in made.people}
    assert all(gstin_grade(one.gstin) is Grade.VALID for one in made.people)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_is_paid_out_once_and_a_return_taken_back_once(seed: int) -> None:
    made = book(seed)
    of_order: defaultdict[int, list[tuple[date, Part]]] = defaultdict(list)
    for settlement in made.settlements:
        for part in settlement.parts:
            of_order[part.order].append((settlement.on, part))
    for order in made.orders:
        told = of_order[order.no]
        payer = made.payers[-1 if order.is_cod else order.app]
        if order.ending in UNSOLD:
            assert not told
        elif order.delivered_on is not None and payer.pays_on(order.delivered_on) <= LAST:
            gross = [part.gross_paise for _, part in told]
            assert gross in (
                [order.kept_paise],
                [order.value_paise, -order.off_paise],
                [order.value_paise],
                [],
            )
            assert gross or not order.kept_paise
            late = order.ended_on is not None and order.ended_on < LAST - timedelta(days=30)
            assert not late or sum(gross) == order.kept_paise


@pytest.mark.parametrize("seed", SEEDS)
def test_fees_and_taxes_follow_the_rates_of_the_day(seed: int) -> None:
    made = book(seed)
    rate_of = {order.no: order.rate_bps for order in made.orders}
    seen = set()
    for settlement in made.settlements:
        tcs_ppm = 10_000 if settlement.on < date(2024, 7, 10) else 5_000
        tds_ppm = 10_000 if settlement.on < date(2024, 10, 1) else 1_000
        seen.add((tcs_ppm, tds_ppm))
        for part in settlement.parts:
            if part.gross_paise > 0:
                taxable = taxable_in(part.gross_paise, rate_of[part.order])
                assert abs(part.fees_paise - part.gross_paise * 1_121 / 10_000) <= 1
                assert abs(part.tcs_paise - taxable * tcs_ppm / 1_000_000) <= 1
                assert abs(part.tds_paise - taxable * tds_ppm / 1_000_000) <= 1
    assert len(seen) == 3


@pytest.mark.parametrize("seed", SEEDS)
def test_a_payer_keeps_its_window_and_its_weekday(seed: int) -> None:
    made = book(seed)
    assert sorted({payer.window_days for payer in made.payers}) == [1, 2, 7, 15]
    for payer in made.payers:
        for offset in range(21):
            day = date(2025, 1, 1) + timedelta(days=offset)
            waits = (payer.pays_on(day) - day).days
            assert payer.window_days <= waits <= payer.window_days + (1 if payer.weekday is None else 6)
            assert payer.pays_on(day).weekday() != 6 and payer.weekday in (None, payer.pays_on(day).weekday())


@pytest.mark.parametrize("seed", SEEDS)
def test_sales_are_told_when_delivered_and_taken_back_when_returned(seed: int) -> None:
    made = book(seed)
    expected: Counter[date] = Counter()
    for order in made.orders:
        if order.delivered_on is not None:
            expected[order.delivered_on] += order.value_paise if order.is_return else order.kept_paise
            if order.is_return and order.ended_on is not None:
                expected[order.ended_on] -= order.off_paise
    told: Counter[date] = Counter()
    for sale in made.sales:
        assert sale.via == "ONDC" and sale.day <= LAST
        told[sale.day] += sale.gross_paise
    assert told == {day: paise for day, paise in expected.items() if day <= LAST and paise}


def test_tax_is_that_of_the_goods_and_of_the_scheme() -> None:
    rates = {(one.hsn, one.on < date(2025, 9, 22)): one.rate_bps for one in book(1).orders}
    assert (rates["1905", True], rates["1905", False], rates["1006", True]) == (1_800, 500, 500)
    composed = orders_of(frame(1, scheme=Scheme.COMPOSITION), Stream(1))
    assert {one.rate_bps for one in composed.orders} == {0}


def test_no_tax_is_collected_of_who_has_no_number() -> None:
    framed = replace(frame(1), registration=None)
    parts = [part for one in orders_of(framed, Stream(1)).settlements for part in one.parts]
    assert parts and not any(part.tcs_paise for part in parts) and any(part.tds_paise for part in parts)
