"""What an owner takes out and a bank books: planned from the past alone, in pairs that sum to nothing, in proportion."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache

import pytest

from generators.frame import Frame
from generators.papers import Due
from generators.people import Constitution, Counterparty
from generators.sundries import SundryBook, sundries_of
from generators.trade import Purpose, Rail
from kit.chance import Stream
from kit.shapes import whole
from tests.generators.frames import frame

SEEDS = range(1, 9)
every_seed = pytest.mark.parametrize("seed", SEEDS)


@cache
def _frame(seed: int, sector: str = "KIRANA") -> Frame:
    return frame(seed, sector)


@cache
def _book(seed: int, sector: str = "KIRANA") -> SundryBook:
    return sundries_of(_frame(seed, sector), Stream(seed, "SUNDRIES"))


def _named(book: SundryBook, start: str) -> list[Due]:
    return [due for due in book.dues if due.document.startswith(start)]


@every_seed
def test_dues_lie_inside_the_life_rise_by_day_and_have_a_name_of_their_own(seed: int) -> None:
    dues, framed = _book(seed).dues, _frame(seed)
    days = [due.day for due in dues]
    assert days == sorted(days) and framed.first <= days[0] and days[-1] <= framed.last
    assert len({due.document for due in dues}) == len(dues)
    accounts = {account.id for account in framed.accounts}
    assert {due.account for due in dues} <= accounts and all(due.paise for due in dues)


@every_seed
def test_everybody_named_is_known(seed: int) -> None:
    framed, book = _frame(seed), _book(seed)
    known: dict[str, Counterparty] = {one.id: one for group in framed.people.values() for one in group}
    known |= {one.id: one for one in book.people}
    assert {due.counterparty for due in book.dues} <= set(known)
    assert all(one.upi == "" or one.upi.endswith("@bahi") for one in book.people)


@every_seed
def test_a_longer_life_only_adds_later_dues(seed: int) -> None:
    day = date(2026, 5, 17)
    short = sundries_of(frame(seed, last=day), Stream(seed, "SUNDRIES")).dues
    assert short == tuple(due for due in _book(seed).dues if due.day <= day)


@every_seed
def test_what_goes_out_to_come_back_is_the_same_sum_and_never_comes_first(seed: int) -> None:
    facts = frozenset({"SWEEP"})
    dues = sundries_of(frame(seed, facts=facts), Stream(seed, "SUNDRIES")).dues
    legs: dict[str, dict[str, tuple[int, Due]]] = defaultdict(dict)
    for place, due in enumerate(dues):
        name, _, leg = due.document.rpartition("/")
        if leg in ("out", "in"):
            legs[name][leg] = (place, due)
    assert {name.split("-")[0] for name in legs} >= {"OWN", "SWEEP"}
    for pair in legs.values():
        out_place, out = pair["out"]
        assert out.paise < 0
        if "in" in pair:
            in_place, back = pair["in"]
            assert out_place < in_place and out.paise + back.paise == 0


def test_only_an_account_that_sweeps_is_swept() -> None:
    assert not any(_named(_book(seed), "SWEEP") for seed in SEEDS)


@every_seed
@pytest.mark.parametrize("sector", ["KIRANA", "WHOLESALE", "SERVICES"])
def test_what_is_taken_out_is_about_the_margin_less_what_is_kept(seed: int, sector: str) -> None:
    framed, book = _frame(seed, sector), _book(seed, sector)
    private = {Purpose.DRAWINGS, Purpose.CARD_BILL, Purpose.OWN_TRANSFER, Purpose.CHIT}
    taken = -sum(
        due.paise
        for due in book.dues
        if due.purpose in private and due.account == framed.till and not due.document.startswith("CHITPAID")
    )
    days_n = (framed.last - framed.first).days + 1
    turnover = sum(framed.turnover_on(date.fromordinal(framed.first.toordinal() + n)) for n in range(days_n))
    kept = framed.figures["bank"].table("retained_share_ppm", framed.first)
    careless, careful = (framed.firm.margin * (1 - whole(kept[who]) / 1e6) for who in ("careless", "careful"))
    assert 0.85 * careful < taken / turnover < 1.15 * careless


def test_a_charge_has_its_tax_as_a_line_of_its_own() -> None:
    for seed in SEEDS:
        of_name = {due.document: due for due in _book(seed).dues if due.purpose is Purpose.CHARGE}
        assert of_name
        for document, due in of_name.items():
            name, part = document.rsplit("/", 1)
            assert part in ("charge", "tax")
            if part == "charge":
                assert of_name[f"{name}/tax"].paise * 100 == due.paise * 18


def test_a_cheque_that_comes_back_costs_its_sum_and_a_charge() -> None:
    found = [due for seed in range(1, 40) for due in _named(_book(seed), "CHQRET")]
    assert found
    for first, back, charge, tax in zip(*[iter(found)] * 4, strict=True):
        assert first.paise > 0 and first.paise + back.paise == 0 and first.day < back.day
        assert charge.day == tax.day == back.day and charge.paise < tax.paise < 0
        assert all(day.weekday() != 6 for day in (first.day, back.day))


def test_a_director_is_paid_by_his_company_and_parks_nothing_for_it() -> None:
    framed = frame(3, constitution=Constitution.COMPANY)
    dues = sundries_of(framed, Stream(3, "SUNDRIES")).dues
    legs = [due for due in dues if due.document.startswith("OWN-")]
    assert legs and {due.purpose for due in legs} == {Purpose.DRAWINGS}
    assert not any(due.account == framed.purse and due.paise < 0 for due in legs)


def test_machines_give_round_sums_within_their_limit() -> None:
    found = [due for seed in range(1, 30) for due in _book(seed).dues if due.rail is Rail.ATM]
    assert found and all(due.paise % 50_000 == 0 and -1_000_000 <= due.paise < 0 for due in found)
