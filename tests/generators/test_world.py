"""The hidden business: one past for one seed, cash that adds up, obligations on their days."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from generators.trade import Event, Purpose
from generators.world import EPOCH, Business, Scale, business_of, emi_paise
from kit.chance import Stream
from kit.errors import CallerError
from kit.facets import Direction
from kit.ident import is_synthetic_pan

AS_OF = date(2026, 3, 31)


def _business(seed: int = 1, as_of: date = AS_OF, scale: Scale | None = None) -> Business:
    return business_of(Stream(seed, "FIRM"), "FIRM", as_of, scale or Scale(), None)


def _events(business: Business) -> list[Event]:
    return list(business.events(business.first, business.as_of))


def test_the_same_seed_tells_the_same_story_and_another_seed_another() -> None:
    assert _events(_business()) == _events(_business())
    assert _events(_business()) != _events(_business(seed=2))
    assert _business().parties != _business(seed=2).parties


def test_a_later_look_tells_the_same_past() -> None:
    early, late = _business(as_of=date(2025, 12, 31)), _business(as_of=date(2026, 6, 15))
    shared = (late.first, early.as_of)
    assert list(early.events(*shared)) == list(late.events(*shared)) != []
    assert early.parties == late.parties and early.accounts == late.accounts


@pytest.mark.parametrize("seed", range(10))
def test_cash_is_the_running_sum_and_never_below_nothing(seed: int) -> None:
    business = _business(seed)
    events = _events(business)
    for before, event in zip(events, events[1:], strict=False):
        moved = event.amount_paise if event.direction is Direction.IN else -event.amount_paise
        assert before.balance_paise + moved == event.balance_paise >= 0
        assert before.no < event.no and before.at <= event.at and event.amount_paise > 0
    assert events[-1].balance_paise == business.ledger.closing_paise(events[-1].account, AS_OF)


@pytest.mark.parametrize("seed", range(10))
def test_a_plain_trader_sells_buys_pays_rent_and_wages_and_serves_a_loan(seed: int) -> None:
    business = _business(seed)
    told = Counter(event.purpose for event in _events(business))
    assert told[Purpose.SALE] > 1_000 and told[Purpose.SUPPLIER] > 80
    assert told[Purpose.RENT] == 14 and told[Purpose.WAGES] == 14 * business.sector.employees
    rents = [event.at.day for event in _events(business) if event.purpose is Purpose.RENT]
    assert set(rents) <= set(range(1, 11))
    assert business.loans


def test_instalments_follow_the_schedule_of_their_loan() -> None:
    business = _business(as_of=date(2026, 10, 31))
    loan = business.loans[0]
    paid = [
        event
        for event in business.ledger.between(EPOCH, business.as_of)
        if event.purpose is Purpose.EMI and event.document == loan.id
    ]
    assert len(paid) == loan.months
    assert {event.amount_paise for event in paid} == {loan.emi_paise}
    assert {event.at.day for event in paid} == {5}


def test_an_instalment_is_the_textbook_one() -> None:
    assert emi_paise(100_000_00, 1_200, 12) == 8_885_00
    assert emi_paise(500_000_00, 1_800, 36) == 18_076_00


@pytest.mark.parametrize("rows", [3_000, 20_000])
def test_the_wished_number_of_lines_is_met_within_a_few(rows: int) -> None:
    events = _events(_business(scale=Scale(14, rows)))
    assert abs(len(events) - rows) <= rows * 0.03


def test_months_say_how_far_back_the_provider_remembers() -> None:
    assert _business(scale=Scale(14)).first == date(2025, 2, 1)
    assert _business(scale=Scale(3)).first == date(2026, 1, 1)
    assert _business(as_of=date(2022, 6, 30)).first == EPOCH


def test_unknown_personas_and_days_before_the_world_are_refused() -> None:
    with pytest.raises(CallerError) as refused:
        business_of(Stream(1), "FIRM", AS_OF, Scale(), "werewolf")
    assert refused.value.code == "PERSONA_UNKNOWN" and "plain_trader" in refused.value.hint
    assert business_of(Stream(1), "FIRM", AS_OF, Scale(), "plain_trader").parties
    for day, months in ((date(2021, 1, 1), 14), (AS_OF, 0)):
        with pytest.raises(CallerError) as early:
            _business(as_of=day, scale=Scale(months))
        assert early.value.code == "AS_OF_TOO_EARLY"


@pytest.mark.parametrize("seed", range(20))
def test_people_are_unreal_by_construction(seed: int) -> None:
    business = _business(seed)
    for party in business.parties:
        assert is_synthetic_pan(party.pan) and party.mobile[0] == "5" and len(party.mobile) == 10
        assert party.email.endswith(".example")
    assert all(account.ifsc.startswith("BAHI0") for account in business.accounts)
    for other in business.counterparties.values():
        assert other.ifsc.startswith("BAHI0") and (not other.upi or other.upi.endswith("@bahi"))
        assert not other.gstin or is_synthetic_pan(other.gstin[2:12])
