"""What comes after the day of the look: the loan a firm asks for, and the year in which it is repaid or not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from generators.course import Course
from generators.failing import Failing
from generators.loans import ASKED, Loan, LoanBook, LoanKind, asked_loan, dues_of
from generators.papers import Application, Due, Fate, IfShort, Product
from generators.people import Tie
from generators.trade import MILLION, RUPEE, Purpose, Rail
from kit.chance import Stream
from kit.shapes import whole

DEFAULT_DAYS = 90
YEAR_DAYS = 365
DISBURSED_AFTER_DAYS = 6
SPENT_SHARE = 0.9
HIDDEN = frozenset({LoanKind.INFORMAL})
_ROUND_PAISE = 10_000 * RUPEE
_PURPOSES = (
    "stock for the season",
    "machinery and tools",
    "a second outlet",
    "bridging unpaid invoices",
    "renovation of the shop",
    "repayment of suppliers",
)


def application_of(course: Course, loans: LoanBook, stream: Stream) -> Application:
    """Draw the ask: what a share of the year's margin can repay, for a term and at a rate the market would quote."""
    frame, as_of = course.frame, course.frame.as_of
    first = as_of - timedelta(days=YEAR_DAYS - 1)
    turnover = sum(paise for day, paise in course.turnover.items() if first <= day <= as_of)
    is_term = stream.random() < 0.72 or frame.firm.facility is not None
    months = stream.choice((12, 18, 24, 36)) if is_term else 12
    rate_bps = stream.randrange(1_350, 2_401, 25)
    shares = frame.figures["trade"].table("ask_of_margin_ppm", as_of)
    share = (
        whole(shares["middle"]) / MILLION * math.exp(stream.gauss(0.0, whole(shares["spread_ppm"]) / MILLION))
    )
    bearable = turnover / 12 * frame.firm.margin * share
    amount = bearable * _worth(rate_bps, months)
    return Application(
        product=Product.TERM if is_term else Product.WORKING_CAPITAL,
        amount_paise=max(3, int(amount) // _ROUND_PAISE) * _ROUND_PAISE,
        months=months,
        rate_bps=rate_bps,
        purpose=stream.choice(_PURPOSES),
        asked_on=as_of,
        declared=tuple(_declared(course, loans)),
    )


def _worth(rate_bps: int, months: int) -> float:
    """What an instalment of one is worth today."""
    rate = rate_bps / 120_000
    worth: float = (1 - (1 + rate) ** -months) / rate
    return worth


def _declared(course: Course, loans: LoanBook) -> Iterator[tuple[str, int]]:
    names = {one.id: one.name for one in loans.people}
    as_of = course.frame.as_of
    for loan in loans.loans:
        is_running = loan.disbursed_on <= as_of < loan.ends_on
        if is_running and loan.kind not in HIDDEN:
            yield names[loan.lender], loan.emi_paise


class Ahead(NamedTuple):
    """The loan as it would be booked, and what its booking moves."""

    loan: Loan
    dues: tuple[Due, ...]
    failing: Failing


def booked(course: Course, loans: LoanBook, application: Application) -> Ahead:
    """Book the loan asked for: it is disbursed, most of it spent within weeks, and repaid by mandate."""
    frame = course.frame
    disbursed_on = frame.as_of + timedelta(days=DISBURSED_AFTER_DAYS)
    loan = asked_loan(frame, application, disbursed_on)
    spent = int(loan.net_paise * SPENT_SHARE) // 3 // RUPEE * RUPEE
    supplier = frame.people[Tie.SUPPLIER][0].id
    spending = tuple(
        Due(
            disbursed_on + timedelta(days=2 + 6 * part),
            f"{ASKED}/SPENT-{part}",
            frame.till,
            supplier,
            Purpose.SUPPLIER,
            Rail.NEFT,
            -spent,
            IfShort.SKIPPED,
        )
        for part in range(3)
    )
    service = loan.emi_paise + _service_paise(course, loans)
    return Ahead(loan, tuple(sorted((*dues_of(frame, loan), *spending))), Failing(frame, service))


def _service_paise(course: Course, loans: LoanBook) -> int:
    """What running loans take a month."""
    as_of = course.frame.as_of
    running = (loan for loan in loans.loans if loan.disbursed_on <= as_of < loan.ends_on)
    return sum(loan.emi_paise for loan in running if loan.kind is LoanKind.TERM)


def fate_of(course: Course, ahead: Ahead, stream: Stream) -> Fate:
    """Live the hidden year once, from the evening of the look."""
    twin = course.fork(stream, ahead.dues, ahead.failing)
    last = course.frame.last
    twin.live_to(last)
    default_on = _default_on(twin, ahead.loan, last)
    worst = 0
    for one in ahead.loan.schedule:
        paid_on = ahead.loan.paid_on(one, twin.cashier.passed)
        if one.due_on <= last:
            worst = max(worst, ((paid_on or last) - one.due_on).days)
    return Fate(default_on is not None, default_on, worst, ahead.loan.disbursed_on)


def _default_on(twin: Course, loan: Loan, last: date) -> date | None:
    """An instalment 90 days unpaid, or a limit 90 days out of order, whichever comes first."""
    found = []
    for one in loan.schedule:
        matures = one.due_on + timedelta(days=DEFAULT_DAYS)
        paid_on = loan.paid_on(one, twin.cashier.passed)
        if matures <= last and (paid_on is None or paid_on >= matures):
            found.append(matures)
    if twin.cashier.out_of_order_on is not None:
        found.append(twin.cashier.out_of_order_on)
    return min(found, default=None)


def default_n(course: Course, ahead: Ahead, stream: Stream, lives_n: int) -> int:
    """Live the hidden year again and again, and count the years that end in default."""
    return sum(_ends_in_default(course, ahead, stream.branch("again", number)) for number in range(lives_n))


def _ends_in_default(course: Course, ahead: Ahead, stream: Stream) -> bool:
    """Live only as far as the end is open: what is in order 90 days before the last cannot default any more."""
    twin = course.fork(stream, ahead.dues, ahead.failing)
    last = course.frame.last
    watch = last - timedelta(days=DEFAULT_DAYS)
    twin.live_to(watch)
    unpaid = (one for one in ahead.loan.schedule if one.due_on <= watch)
    is_open = any(ahead.loan.paid_on(one, twin.cashier.passed) is None for one in unpaid)
    if is_open or twin.cashier.over_limit_since is not None:
        twin.live_to(last)
    return _default_on(twin, ahead.loan, twin.next_day - timedelta(days=1)) is not None
