"""Loans are repaid to the paisa, tell one past whatever the look, and know what is owed on every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from generators.instalments import yearly_cost_bps
from generators.loans import (
    Loan,
    LoanBook,
    LoanKind,
    asked_loan,
    dues_of,
    emi_paise,
    loans_of,
    schedule_of,
)
from generators.papers import Application, Passed, Product
from generators.trade import Purpose, Rail
from kit.chance import Stream
from kit.ratio import half_even
from tests.generators.frames import frame

SEEDS = range(24)
DISBURSED_ON = date(2026, 1, 22)


def _book(seed: int, last: date = date(2027, 3, 31), **traits: object) -> LoanBook:
    asked: dict[str, object] = {
        "leverage": 0.1 + seed % 5 / 10,
        "borrows_on_ocen": seed % 2 == 0,
        "discipline": 0.2,
    }
    framed = frame(1 + seed, last=last, **(asked | traits))  # type: ignore[arg-type]
    return loans_of(framed, Stream(seed, "LOANS"))


def _loans() -> list[Loan]:
    return [loan for seed in SEEDS for loan in _book(seed).loans]


def _all_paid(loan: Loan, late_days: int = 0) -> dict[str, Passed]:
    late = timedelta(days=late_days)
    return {
        loan.document(one.no): Passed(loan.document(one.no), one.due_on, one.due_on + late, ())
        for one in loan.schedule
        if one.due_on >= loan.lived_from
    }


def test_every_kind_of_loan_occurs() -> None:
    assert {loan.kind for loan in _loans()} == set(LoanKind)


def test_a_schedule_repays_exactly_what_was_lent_on_rising_days() -> None:
    for loan in _loans():
        days = [one.due_on for one in loan.schedule]
        assert sum(one.principal_paise for one in loan.schedule) == loan.principal_paise, loan.id
        assert days == sorted(set(days)) and days[0] > loan.disbursed_on
        assert [one.no for one in loan.schedule] == list(range(1, len(days) + 1))
        assert all(one.principal_paise >= 0 and one.interest_paise > 0 for one in loan.schedule)
        assert 0 < loan.net_paise <= loan.principal_paise


def test_interest_of_a_term_loan_is_that_of_the_balance_left() -> None:
    for loan in _loans():
        left = loan.principal_paise
        for one in loan.schedule if loan.kind is LoanKind.TERM else ():
            assert one.interest_paise == half_even(left * loan.rate_bps, 120_000)
            assert one.no == len(loan.schedule) or one.total_paise == loan.emi_paise
            left -= one.principal_paise


def test_instalments_are_whole_rupees_but_for_the_last_which_takes_the_rest() -> None:
    assert emi_paise(100_000_00, 1_200, 12) == 8_885_00
    assert emi_paise(500_000_00, 1_800, 36) == 18_076_00
    assert emi_paise(120_000_00, 0, 12) == 10_000_00
    schedule = schedule_of(100_000_00, 1_200, 12, DISBURSED_ON, 5)
    assert {one.total_paise for one in schedule[:-1]} == {8_885_00}
    assert abs(schedule[-1].total_paise - 8_885_00) < 12 * 100
    assert schedule[0].due_on == date(2026, 3, 5), "the 5th of February is too near"


@pytest.mark.parametrize(("numerator", "rounded"), [(5, 2), (15, 8), (14, 7), (16, 8), (25, 12)])
def test_a_tie_goes_to_the_even_paisa(numerator: int, rounded: int) -> None:
    assert half_even(numerator * 5, 10) == rounded


def test_fees_make_a_loan_dearer_than_its_rate() -> None:
    schedule = schedule_of(100_000_00, 1_200, 12, DISBURSED_ON, 5)
    plain, dear = (yearly_cost_bps(net, schedule, DISBURSED_ON) for net in (100_000_00, 98_000_00))
    assert 1_000 < plain < dear < 2_500


def test_dues_are_the_schedule_inside_the_days_of_the_world() -> None:
    for seed in SEEDS:
        book, framed = _book(seed), frame(1 + seed)
        assert list(book.dues) == sorted(book.dues)
        assert len({due.document for due in book.dues}) == len(book.dues)
        paise = {due.document: due.paise for due in book.dues}
        wished = {
            loan.document(no): amount
            for loan in book.loans
            for no, day, amount in (
                (0, loan.disbursed_on, loan.net_paise),
                *((one.no, one.due_on, -one.total_paise) for one in loan.schedule),
            )
            if framed.first <= day <= framed.last
        }
        assert paise == wished
        assert {due.counterparty for due in book.dues} <= {one.id for one in book.people}


def test_money_in_is_a_disbursal_and_mandates_are_drawn_by_their_rail() -> None:
    for due in (due for seed in SEEDS for due in _book(seed).dues):
        assert (due.purpose is Purpose.LOAN_DISBURSAL) == (due.paise > 0) == due.document.endswith("/0")
        if due.rail is Rail.UPI:
            assert due.document.startswith("OCEN-") and -due.paise <= 15_000_00


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_later_end_tells_the_same_past(seed: int) -> None:
    early, late = _book(seed, date(2025, 12, 31)), _book(seed, date(2027, 12, 31))
    assert list(early.dues) == [due for due in late.dues if due.day <= date(2025, 12, 31)]
    assert set(early.loans) <= set(late.loans)


def test_a_firm_that_owes_nothing_has_no_loans() -> None:
    book = _book(3, leverage=0.0, borrows_on_ocen=False)
    assert (book.loans, book.dues, book.sales) == ((), (), ())


def test_what_is_owed_falls_to_nothing_when_all_is_paid() -> None:
    for loan in _loans():
        passed = _all_paid(loan)
        assert loan.outstanding_paise(passed, loan.disbursed_on - timedelta(days=1)) == 0
        assert loan.outstanding_paise(passed, loan.disbursed_on) == loan.principal_paise
        assert loan.outstanding_paise(passed, loan.ends_on) == 0
        assert loan.paid_paise(passed, loan.ends_on) == loan.principal_paise + loan.interest_paise
        assert all(loan.days_past_due(passed, one.due_on + timedelta(days=1)) == 0 for one in loan.schedule)


@pytest.mark.parametrize("late_days", [1, 20, 95])
def test_days_past_due_count_from_the_oldest_instalment_not_paid(late_days: int) -> None:
    for loan in _loans():
        one = loan.schedule[-1]
        if one.due_on < loan.lived_from + timedelta(days=200) or len(loan.schedule) > 1 and late_days > 6:
            continue
        passed = _all_paid(loan, late_days)
        assert loan.days_past_due(passed, one.due_on + timedelta(days=late_days - 1)) == late_days - 1
        assert loan.days_past_due(passed, one.due_on + timedelta(days=late_days)) == 0
    never = _loans()[0]
    last_day = never.ends_on + timedelta(days=10)
    open_since = next(one.due_on for one in never.schedule if one.due_on >= never.lived_from)
    assert never.days_past_due({}, last_day) == (last_day - open_since).days


def test_the_loan_asked_for_is_repaid_as_it_was_asked() -> None:
    framed = frame(2)
    ask = Application(Product.TERM, 600_000_00, 24, 1_600, "STOCK", date(2026, 3, 31), ())
    loan = asked_loan(framed, ask, date(2026, 4, 3))
    assert (loan.id, loan.principal_paise, len(loan.schedule)) == ("ASKED", 600_000_00, 24)
    assert loan.schedule[0].due_on == date(2026, 5, 5)
    dues = list(dues_of(framed, loan))
    assert dues[0].paise == loan.net_paise and {due.counterparty for due in dues} == {"LENDER-ASKED"}
    assert len(dues) == 1 + sum(one.due_on <= framed.last for one in loan.schedule)
    assert any(one.id == "LENDER-ASKED" for one in _book(1).people)


def test_all_term_instalments_together_stay_in_what_lenders_let_a_firm_bear() -> None:
    for seed in SEEDS:
        framed = frame(1 + seed, leverage=0.6, growth=0.0, margin=0.03 + seed / 40)
        book = loans_of(framed, Stream(seed, "LOANS"))
        loans = [loan for loan in book.loans if loan.kind is LoanKind.TERM]
        monthly = framed.firm.turnover_paise / 12
        most = monthly * book.figures.whole("most_of_turnover_percent", framed.first) / 100
        for day in {loan.disbursed_on for loan in loans}:
            running = [loan for loan in loans if loan.disbursed_on <= day < loan.ends_on]
            # Principals are rounded, so each instalment may stand a little above its bound.
            assert sum(loan.emi_paise for loan in running) <= most + 60_000 * len(running), seed
