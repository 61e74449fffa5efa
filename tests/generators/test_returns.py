"""GST month by month: credit in the legal order, nothing lost from month to month, and days as the calendar wants them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from generators.gst import NOTHING, Offset, late_fee, offset, operator_gstin, rate_bps, reckoned
from generators.papers import NO_TAX, Due, Passed, Purchase, Registration, Scheme, Tax, TaxMonth
from generators.returns import TaxDesk, credited_in, paying_document
from generators.trade import Purpose, Rail
from kit.chance import Stream
from kit.ident import Grade, GstinKind, gstin_grade, gstin_kind
from kit.period import Month, month_of, months_between
from tests.generators.frames import figures, frame

TAX = figures()["tax"]
MONTHS = months_between(Month(2024, 4), Month(2026, 3))
AS_OF = date(2026, 3, 31)
SEEDS = range(12)
FILED = (Scheme.MONTHLY, Scheme.QRMP, Scheme.COMPOSITION)


def _tax(chance: Stream, most: int) -> Tax:
    half = chance.randrange(most)
    return Tax(chance.randrange(20 * most), chance.randrange(most), half, half)


def _desk(seed: int, scheme: Scheme, discipline: float = 0.5) -> tuple[TaxDesk, list[Due]]:
    desk = TaxDesk(frame(seed, scheme=scheme, discipline=discipline), Stream(seed, "DESK"))
    chance = Stream(seed, "SUPPLIED")
    dues: list[Due] = []
    for month in MONTHS:
        sold = _tax(chance, 90_000_00)
        if scheme is Scheme.COMPOSITION:
            sold = Tax(sold.taxable_paise, 0, 0, 0)
        dues += desk.closed(month, sold, 0, 0, _tax(chance, 50_000_00))
    return desk, dues


def _paid(desk: TaxDesk, dues: list[Due], late_days: int = 0) -> dict[str, Passed]:
    """Let every due be paid as planned or some days later, and what lateness costs with it."""
    wait = timedelta(days=late_days)
    passed = {due.document: Passed(due.document, due.day, due.day + wait, ()) for due in dues}
    for due in dues:
        cost = desk.late(due.document, due.day + wait)
        if cost is not None:
            passed[cost.document] = Passed(cost.document, cost.day, cost.day, ())
    return passed


def _told(seed: int, scheme: Scheme, late_days: int = 0) -> tuple[TaxMonth, ...]:
    desk, dues = _desk(seed, scheme)
    return desk.months(_paid(desk, dues, late_days), AS_OF)


@pytest.mark.parametrize("seed", SEEDS)
def test_credit_pays_in_the_legal_order(seed: int) -> None:
    chance = Stream(seed, "OFFSET")
    for _ in range(200):
        owed, credit = _tax(chance, 10_000), _tax(chance, 10_000)
        owed = owed._replace(sgst_paise=chance.randrange(10_000))
        by = offset(owed, credit)
        left = [had - spent for had, spent in zip(credit[1:], by.spent[1:], strict=True)]
        unpaid = [due - paid for due, paid in zip(owed[1:], by.paid[1:], strict=True)]
        assert min(by) >= 0 and min(left) >= 0 and min(unpaid) >= 0
        assert left[0] == 0 or not any(unpaid), "integrated credit lies idle while tax is paid in cash"
        assert by.i_by_i == min(owed.igst_paise, credit.igst_paise)
        used_central = by.i_by_c + by.c_by_c + by.i_by_s + by.s_by_s
        assert left[0] == 0 or used_central == 0, "another credit was used before the integrated one"
        assert not (unpaid[0] and (left[1] or left[2])) and not (unpaid[1] and left[1])


def test_a_worked_offset() -> None:
    assert offset(Tax(0, 100, 50, 50), Tax(0, 130, 40, 10)) == Offset(100, 0, 0, 10, 40, 20, 10)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_between_returns(seed: int) -> None:
    chance, position = Stream(seed, "CARRIED"), NOTHING
    output = credit = cash = NO_TAX
    spent = NO_TAX
    for _ in range(40):
        sold = _tax(chance, 5_000)
        if chance.random() < 0.3:
            sold = Tax(*(-paise for paise in sold))
        given = _tax(chance, 4_000)
        done = reckoned(position, sold, given)
        position = done.after
        output, credit, cash = output.plus(sold), credit.plus(given), cash.plus(done.cash)
        spent = spent.plus(done.offset.spent)
        assert min(done.owed) >= 0 and min(done.cash) >= 0 and max(position.given_back) <= 0
        assert done.owed == done.offset.paid.plus(done.cash)
    assert credit[1:] == spent.plus(position.credit)[1:]
    assert output.tax_paise == cash.tax_paise + spent.tax_paise + position.given_back.tax_paise


@pytest.mark.parametrize("scheme", FILED)
@pytest.mark.parametrize("seed", SEEDS)
def test_dues_carry_the_cash_of_their_months(seed: int, scheme: Scheme) -> None:
    desk, dues = _desk(seed, scheme)
    months = desk.months(_paid(desk, dues), AS_OF)
    cash = {paying_document(scheme, one.month): one.cash.tax_paise for one in months if one.cash.tax_paise}
    paid = {due.document: -due.paise for due in dues if not due.document.startswith("GSTLATE")}
    assert {document: paise for document, paise in paid.items() if document in cash} == cash
    assert len({due.document for due in dues}) == len(dues)
    for due in dues:
        assert (due.purpose, due.rail, due.paise < 0) == (Purpose.TAX, Rail.NEFT, True)


@pytest.mark.parametrize("scheme", FILED)
@pytest.mark.parametrize("late_days", [0, 40])
@pytest.mark.parametrize("seed", SEEDS)
def test_returns_are_filed_in_their_order(seed: int, late_days: int, scheme: Scheme) -> None:
    before = date.min
    for one in _told(seed, scheme, late_days):
        if one.filed_on is None:
            continue
        assert one.month.last_day < one.filed_on <= AS_OF
        assert one.sales_filed_on is not None and one.sales_filed_on <= max(one.filed_on, one.sales_due_on)
        if scheme is Scheme.MONTHLY:
            assert before <= one.sales_filed_on <= one.filed_on
            before = one.filed_on


@pytest.mark.parametrize("seed", SEEDS)
def test_an_unpaid_month_blocks_all_that_follow(seed: int) -> None:
    desk, dues = _desk(seed, Scheme.MONTHLY)
    passed = _paid(desk, dues)
    missed = next(due for due in dues[2:] if due.document.startswith("GST-"))
    del passed[missed.document]
    months = desk.months(passed, AS_OF)
    place = next(
        i for i, one in enumerate(months) if f"GST-{one.month.year}{one.month.month:02}" == missed.document
    )
    assert months[place].filed_on is None and months[place].sales_filed_on is not None
    assert all(one.filed_on is None and one.sales_filed_on is None for one in months[place + 1 :])
    assert all(one.filed_on is not None for one in months[:place])


@pytest.mark.parametrize("seed", SEEDS)
def test_late_payment_costs_what_the_law_says(seed: int) -> None:
    desk, dues = _desk(seed, Scheme.MONTHLY)
    for due in (one for one in dues if one.document.startswith("GST-")):
        month = next(m for m in MONTHS if f"GST-{m.year}{m.month:02}" == due.document)
        due_on = month.next.first_day.replace(day=20)
        assert desk.late(due.document, due_on) is None
        cost = desk.late(due.document, due_on + timedelta(days=16))
        assert cost is not None
        exact = -due.paise * 18 * 16 / 36_500
        assert abs(-cost.paise - 800_00 - exact) <= 2
    desk, dues = _desk(seed, Scheme.MONTHLY)
    told = desk.months(_paid(desk, dues, 10), AS_OF)
    assert any(one.interest_paise and one.late_fee_paise for one in told)
    assert desk.late("GSTLATE-202404", AS_OF) is None


def test_a_nil_return_costs_less_and_fees_have_a_ceiling() -> None:
    due = date(2025, 10, 20)
    assert late_fee(TAX, 10**9, True, (due, date(2025, 11, 5))) == 320_00
    assert late_fee(TAX, 10**9, False, (due, date(2025, 11, 5))) == 800_00
    years_later = (due, date(2027, 1, 1))
    assert late_fee(TAX, 10**9, True, years_later) == 500_00
    caps = [late_fee(TAX, lakh * 100_000_00, False, years_later) for lakh in (150, 151, 500, 501)]
    assert caps == [2_000_00, 5_000_00, 5_000_00, 10_000_00]


def test_a_nil_return_filed_late_is_charged_at_once() -> None:
    desk = TaxDesk(frame(1, scheme=Scheme.MONTHLY, discipline=0.0), Stream(3, "NIL"))
    dues = [due for month in MONTHS for due in desk.closed(month, NO_TAX, 0, 0, NO_TAX)]
    assert dues and all(due.document.startswith("GSTLATE-") for due in dues)
    fees = {one.month: one.late_fee_paise for one in desk.months({}, AS_OF) if one.late_fee_paise}
    assert fees.items() <= {month_of_document(due.document): -due.paise for due in dues}.items()


def month_of_document(document: str) -> Month:
    """Read the month at the end of a document's name."""
    return Month(int(document[-6:-2]), int(document[-2:]))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_quarter_pays_its_deposits_and_then_the_rest(seed: int) -> None:
    desk, dues = _desk(seed, Scheme.QRMP)
    months = desk.months(_paid(desk, dues), AS_OF)
    ledger = 0
    for quarter in range(0, len(months), 3):
        three = months[quarter : quarter + 3]
        assert [one.credit_used.tax_paise for one in three[:2]] == [0, 0]
        last_day = 24 if frame(seed).firm.state == "08" else 22
        assert [one.due_on.day for one in three] == [25, 25, last_day]
        last = three[-1]
        owed_in_cash = sum(one.output.tax_paise for one in three) - last.credit_used.tax_paise
        ledger += sum(one.cash.tax_paise for one in three) - owed_in_cash
        assert ledger >= 0
        if last.filed_on is not None:
            assert last.filed_on >= max(one.filed_on or date.max for one in three[:2])


@pytest.mark.parametrize("seed", SEEDS)
def test_composition_pays_one_percent_by_quarter(seed: int) -> None:
    months = _told(seed, Scheme.COMPOSITION)
    for quarter in range(0, len(months), 3):
        three = months[quarter : quarter + 3]
        turnover = sum(one.output.taxable_paise for one in three)
        assert three[-1].cash.tax_paise == pytest.approx(turnover / 100, abs=2)
        assert three[0].cash == three[1].cash == NO_TAX
        assert {one.due_on for one in three} == {three[-1].month.next.first_day.replace(day=18)}
        assert len({one.filed_on for one in three}) == 1


def test_who_is_not_registered_has_nothing_and_before_registration_there_is_nothing() -> None:
    desk, dues = _desk(1, Scheme.UNREGISTERED)
    assert (dues, desk.months({}, AS_OF)) == ([], ())
    held = frame(1, scheme=Scheme.MONTHLY)
    assert isinstance(held.registration, Registration)
    young = replace(held, registration=replace(held.registration, registered_on=date(2025, 1, 15)))
    desk = TaxDesk(young, Stream(1))
    for month in MONTHS:
        desk.closed(month, Tax(100, 0, 9, 9), 0, 0, NO_TAX)
    assert [one.month for one in desk.months({}, AS_OF)] == list(months_between(Month(2025, 1), MONTHS[-1]))


@pytest.mark.parametrize("scheme", FILED)
def test_a_copy_goes_on_alone(scheme: Scheme) -> None:
    desk, dues = _desk(2, scheme)
    passed = _paid(desk, dues)
    before = desk.months(passed, AS_OF)
    twin = desk.copy(Stream("OTHER"))
    for month in months_between(Month(2026, 4), Month(2026, 9)):
        twin.closed(month, Tax(10**7, 0, 9 * 10**5, 9 * 10**5), 0, 0, NO_TAX)
    assert desk.months(passed, AS_OF) == before == twin.months(passed, AS_OF)
    assert desk.months(passed, date(2026, 12, 31))[-1].month == MONTHS[-1]
    assert twin.months(passed, date(2026, 12, 31))[-1].month == Month(2026, 9)


@pytest.mark.parametrize("scheme", FILED)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_later_look_tells_the_same_past(seed: int, scheme: Scheme) -> None:
    desk, dues = _desk(seed, scheme)
    passed = _paid(desk, dues)
    early, late = desk.months(passed, date(2025, 9, 30)), desk.months(passed, AS_OF)
    for one, again in zip(early, late, strict=False):
        assert (one.month, one.output, one.cash, one.due_on) == (
            again.month,
            again.output,
            again.cash,
            again.due_on,
        )
        assert one.filed_on in (None, again.filed_on)


def test_the_careful_are_in_time_more_often() -> None:
    def on_time(discipline: float) -> int:
        told = [
            one
            for seed in SEEDS
            for desk, dues in [_desk(seed, Scheme.MONTHLY, discipline)]
            for one in desk.months(_paid(desk, dues), AS_OF)
        ]
        return sum(one.filed_on is not None and one.filed_on <= one.due_on for one in told)

    counts = [on_time(discipline) for discipline in (0.0, 0.5, 1.0)]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_rates_follow_the_heading_and_the_day() -> None:
    before, after = date(2025, 9, 21), date(2025, 9, 22)
    changed = {
        code: (rate_bps(TAX, code, before), rate_bps(TAX, code, after))
        for code in ("1905", "2202", "8415", "0405")
    }
    assert changed == {"1905": (1800, 500), "2202": (2800, 4000), "8415": (2800, 1800), "0405": (1200, 500)}
    assert rate_bps(TAX, "19053100", after) == 500
    with pytest.raises(KeyError):
        rate_bps(TAX, "0000", after)
    codes = TAX.table("rate_bps_by_hsn", after)
    assert len(codes) >= 40
    assert {rate_bps(TAX, code, after) for code in codes} <= {0, 300, 500, 1800, 4000}
    for name in ("hsn_uqc", "hsn_title", "hsn_unit_paise"):
        assert set(TAX.table(name, after)) == set(codes)


def test_a_purchase_is_credited_once_its_supplier_has_told_of_it() -> None:
    bought = Purchase("1", date(2025, 5, 20), "S", "27", "1905", 500, NO_TAX, 0, True, None)
    days = {
        date(2025, 6, 11): 5,
        date(2025, 6, 13): 5,
        date(2025, 6, 14): 6,
        date(2025, 7, 13): 6,
        date(2025, 5, 25): 5,
    }
    assert credited_in(bought, TAX) is None
    for filed_on, month in days.items():
        assert credited_in(bought._replace(filed_on=filed_on), TAX) == Month(2025, month)


@pytest.mark.parametrize("state", ["27", "33", "08"])
def test_an_operators_registration_is_valid_and_nobodys(state: str) -> None:
    gstin = operator_gstin("ONDC", state)
    assert (gstin_grade(gstin), gstin_kind(gstin)) == (Grade.VALID, GstinKind.TCS_COLLECTOR)
    assert gstin[7:11] == "0000" and gstin[:2] == state
    assert month_of(AS_OF) == MONTHS[-1]
