"""The book of funds: planned ahead, the same past for every later look, never more sold than is held for certain."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from generators.funds import BOUGHT_WITH_MONEY, FundBook, OrderKind, funds_of
from generators.holdings import booked, positions
from generators.nav import isin_check_digit, market_of, nav_10000
from generators.papers import IfShort
from generators.people import Tie
from generators.trade import Purpose, Rail
from kit.chance import Stream
from tests.generators.frames import figures, frame

SEEDS = range(1, 25)
every_seed = pytest.mark.parametrize("seed", SEEDS)
MARKET = market_of(figures()["funds"], figures()["calendar"], date(2024, 4, 1))
SCHEMES = [one for offered in MARKET.schemes for one in offered]


def _book(seed: int, **changed: object) -> FundBook:
    return funds_of(frame(seed, **changed), Stream(seed, "FUNDS"))  # type: ignore[arg-type]


def _is_open(day: date) -> bool:
    rest = figures()["calendar"].table("bank_holidays", day)
    return day.weekday() < 5 and str(day) not in rest["moving"] and str(day)[5:] not in rest["fixed"]  # type: ignore[operator]


def test_who_does_not_invest_has_an_empty_book() -> None:
    assert _book(1, invests=False) == FundBook()
    assert not (FundBook().dues or FundBook().sales or FundBook().people)


@every_seed
def test_a_longer_life_only_adds_later_dues(seed: int) -> None:
    long, short = _book(seed), _book(seed, last=date(2025, 10, 14))
    assert short.folios == long.folios and short.people == long.people
    assert short.orders == tuple(one for one in long.orders if one.on <= date(2025, 10, 14))
    assert short.dues == tuple(one for one in long.dues if one.day <= date(2025, 10, 14))


@every_seed
def test_dues_are_told_apart_sorted_and_on_the_owners_account(seed: int) -> None:
    given, book = frame(seed), _book(seed)
    assert max(Counter(due.document for due in book.dues).values()) == 1
    assert max(Counter(one.document for one in book.orders).values()) == 1
    assert list(book.dues) == sorted(book.dues) and 1 <= len(book.folios) <= 4
    kinds = {one.document: one.kind for one in book.orders}
    known = {one.id for one in book.people if one.tie is Tie.FUND_HOUSE}
    for due in book.dues:
        assert due.account == given.purse and due.counterparty in known and _is_open(due.day)
        assert given.first <= due.day <= given.last
        if kinds[due.document] is OrderKind.SIP:
            assert (due.rail, due.if_short, due.purpose) == (Rail.NACH, IfShort.BOUNCES, Purpose.INVESTMENT)
        assert (
            (due.paise > 0)
            == (kinds[due.document] is OrderKind.REDEMPTION)
            == (due.purpose is Purpose.REDEMPTION)
        )


@every_seed
def test_the_money_of_a_redemption_comes_some_business_days_later(seed: int) -> None:
    book = _book(seed)
    days = {due.document: due.day for due in book.dues}
    for one in book.orders:
        if one.kind is OrderKind.REDEMPTION and one.document in days:
            between = (one.on + timedelta(days=n) for n in range(1, (days[one.document] - one.on).days + 1))
            pace = book.holdings[one.folio, one.isin].scheme.pace
            paces = {"EQUITY": 2, "HYBRID": 3, "DEBT": 2, "LIQUID": 1}
            assert sum(_is_open(day) for day in between) == paces[pace]


@every_seed
def test_nothing_is_sold_that_is_not_held_even_when_no_payment_arrives(seed: int) -> None:
    book = _book(seed)
    for one in booked(book, {}, date(2027, 3, 31)):
        assert one.order.kind not in BOUGHT_WITH_MONEY and one.closing_units >= 0
        holding = book.holdings[one.order.folio, one.order.isin]
        assert one.units > 0 or not holding.scheme.lock_months
    for day in (date(2024, 4, 1), date(2025, 12, 31), date(2027, 3, 31)):
        for held in positions(book, booked(book, {}, day), day):
            assert 0 <= max(held.lien_units, held.locked_units) <= held.units and held.cost_paise >= 0


@every_seed
def test_cost_goes_with_the_units_first_in_first_out(seed: int) -> None:
    book = _book(seed)
    done = booked(book, {}, date(2027, 3, 31))
    sold = defaultdict(int)
    for one in done:
        sold[one.order.folio, one.order.isin] -= min(one.units, 0)
    for held in positions(book, done, date(2027, 3, 31)):
        opening, left = (
            held.holding,
            max(0, held.holding.opening_units - sold[held.folio.number, held.holding.scheme.isin]),
        )
        bought = sum(
            one.order.paise
            for one in done
            if one.units > 0 and (one.order.folio, one.order.isin) == (held.folio.number, opening.scheme.isin)
        )
        if left:
            share = (held.cost_paise - bought) * opening.opening_units
            assert abs(share - opening.opening_cost_paise * left) <= 8 * opening.opening_units


def test_isins_bear_their_check_digit_and_codes_are_told_apart() -> None:
    assert len({one.isin for one in SCHEMES}) == len({one.amfi_code for one in SCHEMES}) == len(SCHEMES) > 30
    assert isin_check_digit("US037833100") == "5" and isin_check_digit("AU0000XVGZA") == "3"
    for one in SCHEMES:
        assert one.isin.startswith("INF0BH") and len(one.isin) == 12 and one.amfi_code.startswith("9")
        digits = "".join(str(int(letter, 36)) for letter in one.isin)[::-1]
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(digits)]
        assert sum(value // 10 + value % 10 for value in doubled) % 10 == 0


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda one: one.isin)
def test_a_nav_moves_on_business_days_only_and_never_far(scheme: object) -> None:
    of = next(one for one in SCHEMES if one is scheme)
    days = [date(2024, 4, 1) + timedelta(days=n) for n in range(1095)]
    path = [nav_10000(of, day) for day in days]
    for (day, before), (_, nav) in pairwise(zip(days, path, strict=True)):
        assert 0.88 < nav / before < 1.14
        assert nav == before or _is_open(day + timedelta(days=1))
    assert 0.4 < path[-1] / path[0] < 4.5 and len(set(path)) > 600


def test_investors_do_all_that_investors_do() -> None:
    books = [_book(seed) for seed in range(1, 61)]
    assert {one.kind for book in books for one in book.orders} == set(OrderKind)
    sips = [sip for book in books for folio in book.folios for sip in folio.sips]
    assert any(sip.ceased_on for sip in sips) and any(folio.lien for book in books for folio in book.folios)
    assert {len(book.folios) for book in books} == {1, 2, 3, 4}
