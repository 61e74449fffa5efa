"""What an auditor would look for in the accounts of a life: branches that were open, interest that follows, no loan taken home."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from generators.calendar_in import working_year
from generators.frame import EPOCH
from generators.loans import LoanKind
from generators.people import AccountKind
from generators.personas import DRAWN
from generators.trade import Purpose, Rail
from generators.world import Business, Look
from kit.chance import Stream
from kit.facets import Direction
from tests.sources.given import AS_OF, world

SEEDS = range(6)
PERSONAS = (None, DRAWN, "hidden_account")


@cache
def _business(seed: int, persona: str | None = None) -> Business:
    return world().business(Stream(seed, "SHOP", "world"), "SHOP", Look(AS_OF, persona=persona))


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("seed", SEEDS)
def test_cash_and_cheques_pass_where_a_branch_works_and_else_by_machine(
    seed: int, persona: str | None
) -> None:
    business = _business(seed, persona)
    year = working_year(business.frame.figures["calendar"])
    at_branch = [
        event
        for event in business.events(business.first, AS_OF)
        if event.rail in (Rail.CASH, Rail.CHEQUE) and not event.document.startswith("CDM")
    ]
    assert at_branch
    assert all(year.is_working(event.at.date()) for event in at_branch)


@pytest.mark.parametrize("seed", SEEDS)
def test_term_loans_are_disbursed_on_working_days(seed: int) -> None:
    business = _business(seed)
    year = working_year(business.frame.figures["calendar"])
    lent_on = [loan.disbursed_on for loan in business.loans.loans if loan.kind is LoanKind.TERM]
    assert all(year.is_working(day) for day in lent_on)
    assert lent_on or business.firm.leverage < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_savings_bear_interest_on_each_evening_s_balance_by_the_quarter(seed: int) -> None:
    business = _business(seed)
    (savings,) = (one for one in business.accounts if one.kind is AccountKind.SAVINGS)
    earned = {
        event.at.date(): event.amount_paise
        for event in business.ledger.between(EPOCH, AS_OF)
        if event.account == savings.id and event.purpose is Purpose.INTEREST
    }
    assert {(day.month, (day + timedelta(days=1)).day) for day in earned} <= {(3, 1), (6, 1), (9, 1), (12, 1)}
    figures = business.frame.figures["bank"]
    for before, day in pairwise([EPOCH - timedelta(days=1), *_quarter_ends()]):
        evenings = (before + timedelta(days=n) for n in range((day - before).days))
        kept = sum(max(0, business.ledger.closing_paise(savings.id, one)) for one in evenings if one >= EPOCH)
        due = kept * figures.whole("savings_rate_bps", day) / 3_650_000
        assert abs(earned.get(day, 0) - due) <= 50


def _quarter_ends() -> list[date]:
    days = (EPOCH + timedelta(days=n) for n in range((AS_OF - EPOCH).days + 1))
    return [day for day in days if day.month % 3 == 0 and (day + timedelta(days=1)).day == 1]


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_owner_takes_at_a_months_end_no_more_than_some_months_earn(seed: int, persona: str | None) -> None:
    business = _business(seed, persona)
    best = max(
        sum(
            paise for day, paise in business.course.turnover.items() if (day.year, day.month) == (year, month)
        )
        for year, month in {(day.year, day.month) for day in business.course.turnover}
    )
    figures = business.frame.figures["bank"]
    most = best * business.firm.margin * figures.whole("most_drawn_margin_percent", AS_OF) / 100
    taken = [
        event.amount_paise
        for event in business.ledger.between(EPOCH, AS_OF)
        if event.document.removeprefix("TOPUP-").startswith("DRAW-2") and event.direction is Direction.OUT
    ]
    # A long month has a little more than thirty days.
    assert all(paise <= most * 1.05 for paise in taken)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_owners_own_transfers_bear_the_owners_name(seed: int) -> None:
    for business in (_business(seed), _business(seed, DRAWN)):
        own = business.counterparties["OWN-0"]
        assert own.name == business.frame.owner.legal_name
        assert own.ifsc == business.accounts[-1 - len(business.frame.untold)].ifsc


@pytest.mark.parametrize("persona", PERSONAS)
@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_of_told_accounts_leave_no_gap(seed: int, persona: str | None) -> None:
    business = _business(seed, persona)
    events = list(business.events(business.first, AS_OF))
    assert len({event.no for event in events}) == len(events)
    by_day: dict[date, list[int]] = {}
    for event in events:
        if event.account not in business.frame.untold:
            by_day.setdefault(event.at.date(), []).append(event.no)
    for day, numbers in by_day.items():
        start = day.toordinal() * 1_000_000
        assert numbers == list(range(start + 1, start + 1 + len(numbers)))


@pytest.mark.parametrize("persona", (None, DRAWN, "emi_bouncer"))
@pytest.mark.parametrize("seed", SEEDS)
def test_a_charge_is_followed_at_once_by_the_tax_on_it(seed: int, persona: str | None) -> None:
    business = _business(seed, persona)
    booked = {
        event.document: event
        for event in business.ledger.between(EPOCH, AS_OF)
        if event.rail is Rail.INTERNAL and event.purpose in (Purpose.CHARGE, Purpose.BOUNCE)
    }
    charges = [name for name in booked if name.endswith(("/charge", "/CHG"))]
    assert charges
    for name in charges:
        tax = booked.get(name.replace("/charge", "/tax").replace("/CHG", "/GST"))
        gap = None if tax is None else tax.at - booked[name].at
        # Where nothing is left after the charge, its tax waits for another day.
        assert gap is None or timedelta(0) < gap <= timedelta(seconds=10) or gap >= timedelta(hours=20)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_charge_marks_a_mandate_that_was_stopped_only_where_there_was_money(seed: int) -> None:
    business = _business(seed, "emi_bouncer")
    limits = {account.id: account.drawing_paise for account in business.frame.accounts}
    planned = {due.document: due for due in business.loans.dues}
    marks = set()
    for event in business.ledger.between(EPOCH, AS_OF):
        document, _, times = event.document.removesuffix("/CHG").partition("/RTN")
        if event.document.endswith("/CHG") and document in planned:
            marks.add(times.lstrip("0123456789"))
            if times.endswith("S"):
                due, day = planned[document], business.passed[document].returned_on[int(times[:-1]) - 1]
                held = business.ledger.closing_paise(due.account, day - timedelta(days=1))
                assert held + limits[due.account] >= -due.paise
    assert "S" in marks and marks <= {"", "S"}
