"""What an auditor would look for in the accounts of a life: branches that were open, interest that follows, no loan taken home."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from generators.buying import Buying, Payable
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


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_cut_off_by_suppliers_owes_them_no_more_than_before(seed: int) -> None:
    frame = _business(seed, DRAWN).frame
    buying, chance = Buying(frame, frozenset()), Stream(seed, "BUYING")
    sold = frame.firm.turnover_paise // 365
    days = [frame.first + timedelta(days=n) for n in range(240)]
    for day in days[:90]:
        buying.day(day, chance, sold)
    assert buying.payables and buying.shelf == 1.0
    patience = frame.figures["cash"].whole("supplier_patience_days", frame.first)
    buying.wait(patience + 1)
    owed = sum(one.paise for one in buying.payables)
    for day in days[90:]:
        buying.day(day, chance, sold)
        buying.wait(patience + 1)
    bare = frame.figures["cash"].whole("bare_shelf_sells_percent", frame.first) / 100
    assert sum(one.paise for one in buying.payables) == owed and bare <= buying.shelf < (1 + bare) / 2
    one = buying.payables.pop(0)
    buying.released(one.paise + max(item.paise for item in buying.payables))
    buying.day(days[-1], chance, sold)
    assert sum(item.paise for item in buying.payables) <= owed * 1.2
    buying.wait(0)
    assert buying.shelf == 1.0


def test_an_old_bill_is_paid_in_parts_that_sum_up_to_it() -> None:
    bill = Payable(EPOCH, 900, "SUPPLIER-0", "B-1")
    rest = bill.less(300).less(200)
    assert [bill.paper, bill.less(300).paper, rest.paper] == ["B-1", "B-1/PART1", "B-1/PART2"]
    assert rest.paise == 400 and rest.due_on == bill.due_on
    parted = 0
    for seed in range(12):
        business = _business(seed, DRAWN)
        events = business.ledger.between(EPOCH, AS_OF)
        bills = {one.number: one.value_paise for one in business.course.purchases}
        owed = {one.document: one.paise for one in business.course._buying.payables}
        paid: dict[str, int] = defaultdict(int)
        for event in events:
            if event.purpose is Purpose.SUPPLIER:
                paid[event.document.partition("/PART")[0]] += event.amount_paise
                parted += "/PART" in event.document
        assert all(paid[name] + owed.get(name, 0) == bills[name] for name in paid if name in bills), seed
    assert parted


def test_suppliers_of_most_firms_wait_for_weeks_and_not_for_ever() -> None:
    waited = []
    for seed in range(24):
        payables = _business(seed, DRAWN).course._buying.payables
        waited.append(max([(AS_OF - one.due_on).days for one in payables], default=0))
    assert sorted(waited)[20] <= 90, waited


@pytest.mark.parametrize("seed", SEEDS)
def test_savings_come_back_before_an_instalment_does(seed: int) -> None:
    business = _business(seed)
    kept = business.frame.figures["cash"].table("savings_back", EPOCH)["kept_paise"]
    brought = [
        event
        for event in business.ledger.between(EPOCH, AS_OF)
        if event.document.startswith("TOPUP-") and event.account != business.frame.till
        if event.direction is Direction.OUT
    ]
    returned = {day for passed in business.passed.values() for day in passed.returned_on}
    morning = {day: page.opening[business.frame.purse] for day, page in business.course.pages.items()}
    assert all(morning[one.at.date()] - one.amount_paise >= int(str(kept)) for one in brought)
    assert len(returned) < 40


def test_a_contractor_paid_in_lumps_bridges_them() -> None:
    met = []
    for seed in SEEDS:
        business = _business(seed, "lumpy_contractor")
        names = {loan.document(one.no) for loan in business.loans.loans for one in loan.schedule}
        met += [became for name, became in business.passed.items() if name in names]
    assert len(met) > 20 and sum(bool(became.returned_on) for became in met) * 20 <= len(met)
