"""What a business borrows over its life: term loans one after another, short loans of the open network, private money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from generators.bearing import Asked, asked_of, most_instalment_share
from generators.calendar_in import working_year
from generators.figures import Figures
from generators.frame import Frame
from generators.instalments import (
    Instalment,
    at_once,
    emi_paise,
    every,
    interest_only,
    lent_for_one,
    schedule_of,
)
from generators.papers import Application, Due, IfShort, Passed, Sale
from generators.people import Counterparty, Tie, person
from generators.trade import MILLION, RUPEE, Purpose, Rail
from kit.chance import Stream
from kit.ratio import half_even
from kit.shapes import listed, text, whole

__all__ = [
    "ASKED",
    "Instalment",
    "Loan",
    "LoanBook",
    "LoanKind",
    "asked_loan",
    "dues_of",
    "emi_paise",
    "loans_of",
    "quoted",
    "schedule_of",
]

ASKED = "ASKED"
# A loan repaid in level parts stands, over its life, at a little more than half of what was lent.
_MEAN_OUTSTANDING = 0.55
_LEAST_LEVERAGE = 0.02


class LoanKind(StrEnum):
    """How a loan is repaid and who may know of it; the OCEN kinds are told over the open credit network."""

    TERM = "TERM"
    OCEN_SHORT = "OCEN_SHORT"
    OCEN_BULLET = "OCEN_BULLET"
    OCEN_INVOICE = "OCEN_INVOICE"
    INFORMAL = "INFORMAL"

    @property
    def is_ocen(self) -> bool:
        """Tell whether the loan runs over the open credit network."""
        return self.value.startswith("OCEN")


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan; months or days tell its length, the other is 0, and what fell due before lived_from was paid on its day."""

    id: str
    lender: str
    kind: LoanKind
    principal_paise: int
    fee_paise: int
    gst_paise: int
    rate_bps: int
    months: int
    days: int
    disbursed_on: date
    lived_from: date
    rail: Rail
    schedule: tuple[Instalment, ...]

    @property
    def net_paise(self) -> int:
        """What reaches the account: the principal less the fee and the tax on it."""
        return self.principal_paise - self.fee_paise - self.gst_paise

    @property
    def interest_paise(self) -> int:
        """All interest agreed."""
        return sum(one.interest_paise for one in self.schedule)

    @property
    def emi_paise(self) -> int:
        """The first instalment, which the others equal but for the last."""
        return self.schedule[0].total_paise

    @property
    def ends_on(self) -> date:
        """The day the last instalment falls due."""
        return self.schedule[-1].due_on

    def document(self, no: int) -> str:
        """Name the movement of one instalment, 0 for the disbursal."""
        return f"{self.id}/{no}"

    def paid_on(self, one: Instalment, passed: Mapping[str, Passed]) -> date | None:
        """Tell when an instalment was paid, None while it is not."""
        if one.due_on < self.lived_from:
            return one.due_on
        became = passed.get(self.document(one.no))
        return None if became is None else became.paid_on

    def paid_by(self, passed: Mapping[str, Passed], day: date) -> Iterator[Instalment]:
        """List the instalments paid on the evening of a day."""
        for one in self.schedule:
            paid_on = self.paid_on(one, passed)
            if paid_on is not None and paid_on <= day:
                yield one

    def paid_paise(self, passed: Mapping[str, Passed], day: date) -> int:
        """Sum what was repaid, interest included, up to a day."""
        return sum(one.total_paise for one in self.paid_by(passed, day))

    def outstanding_paise(self, passed: Mapping[str, Passed], day: date) -> int:
        """Tell the principal still owed on the evening of a day."""
        if day < self.disbursed_on:
            return 0
        return self.principal_paise - sum(one.principal_paise for one in self.paid_by(passed, day))

    def days_past_due(self, passed: Mapping[str, Passed], day: date) -> int:
        """Count the days since the oldest instalment that is not paid fell due; 0 when none is late."""
        for one in self.schedule:
            if one.due_on >= day:
                return 0
            paid_on = self.paid_on(one, passed)
            if paid_on is None or paid_on > day:
                return (day - one.due_on).days
        return 0


@dataclass(frozen=True, slots=True)
class LoanBook:
    """All loans of a life with the movements of money they plan."""

    loans: tuple[Loan, ...]
    dues: tuple[Due, ...]
    people: tuple[Counterparty, ...]
    figures: Figures
    sales: tuple[Sale, ...] = ()


class _Lender(NamedTuple):
    known: Counterparty
    day: int


def loans_of(frame: Frame, stream: Stream) -> LoanBook:
    """Plan the loans of a life from how much the firm owes against what it turns over."""
    made = [
        *_term_loans(frame, stream.branch("term")),
        *_short_loans(frame, stream.branch("ocen")),
        *_private_loans(frame, stream.branch("informal")),
    ]
    dues = sorted(due for loan, _ in made for due in dues_of(frame, loan))
    people = {lender.id: lender for _, lender in made}
    figures = frame.figures["loans"]
    asked = _lender(figures.row("lender_asked", frame.first)).known
    return LoanBook(tuple(loan for loan, _ in made), tuple(dues), (*people.values(), asked), figures)


def asked_loan(frame: Frame, application: Application, disbursed_on: date) -> Loan:
    """Draw up the loan a business asks for as it will be repaid when it is granted."""
    figures = frame.figures["loans"]
    lender = _lender(figures.row("lender_asked", disbursed_on))
    fee_ppm = whole(figures.row("term_fee_ppm", disbursed_on)[0])
    fee, gst = _fee(figures, application.amount_paise, fee_ppm, disbursed_on)
    terms = (application.amount_paise, application.rate_bps, application.months)
    return Loan(
        id=ASKED,
        lender=lender.known.id,
        kind=LoanKind.TERM,
        principal_paise=application.amount_paise,
        fee_paise=fee,
        gst_paise=gst,
        rate_bps=application.rate_bps,
        months=application.months,
        days=0,
        disbursed_on=disbursed_on,
        lived_from=frame.first,
        rail=Rail.NACH,
        schedule=schedule_of(*terms, disbursed_on, lender.day),
    )


def dues_of(frame: Frame, loan: Loan) -> Iterator[Due]:
    """Tell the movements of money one loan plans inside the days of the world."""
    if frame.first <= loan.disbursed_on <= frame.last:
        rail = Rail.IMPS if loan.kind is LoanKind.INFORMAL else Rail.NEFT
        yield Due(
            loan.disbursed_on,
            loan.document(0),
            frame.till,
            loan.lender,
            Purpose.LOAN_DISBURSAL,
            rail,
            loan.net_paise,
            IfShort.WAITS,
        )
    if_short = IfShort.WAITS if loan.kind is LoanKind.INFORMAL else IfShort.BOUNCES
    for one in loan.schedule:
        if frame.first <= one.due_on <= frame.last:
            paise = -one.total_paise
            yield Due(
                one.due_on,
                loan.document(one.no),
                frame.till,
                loan.lender,
                Purpose.EMI,
                loan.rail,
                paise,
                if_short,
            )


def _lender(row: list[object]) -> _Lender:
    word, name, branch, day = row
    handle = f"{text(word).lower()}.loans@bahi"
    known = Counterparty(f"LENDER-{text(word)}", Tie.LENDER, text(name), handle, text(branch), "")
    return _Lender(known, whole(day))


def _chosen(stream: Stream, figures: Figures, name: str, day: date) -> int:
    return whole(stream.choice(figures.row(name, day)))


def _between(stream: Stream, figures: Figures, name: str, day: date) -> int:
    least, greatest = figures.row(name, day)
    return stream.randint(whole(least), whole(greatest))


def _rate_bps(stream: Stream, figures: Figures, name: str, day: date) -> int:
    step = figures.whole("rate_step_bps", day)
    return _between(stream, figures, name, day) // step * step


def _fee(figures: Figures, principal_paise: int, fee_ppm: int, day: date) -> tuple[int, int]:
    """The processing fee to the rupee, and the tax on it to the paisa."""
    fee = half_even(principal_paise * fee_ppm, MILLION * RUPEE) * RUPEE
    return fee, half_even(fee * figures.whole("fee_gst_bps", day), 10_000)


def _rounded(paise: float) -> int:
    step = (10_000 if paise >= 100_000 * RUPEE else 1_000) * RUPEE
    return round(paise / step) * step


def _term_loans(frame: Frame, stream: Stream) -> Iterator[tuple[Loan, Counterparty]]:
    """One or more strands of term loans, each loan taken some time after the one before it was repaid."""
    firm = frame.firm
    share = 1.0
    if firm.facility is not None:
        share -= frame.figures["loans"].whole("facility_share_ppm", frame.first) / MILLION
    debt = firm.leverage * share
    if debt < _LEAST_LEVERAGE:
        return
    strands_n = min(3, 1 + int(debt / stream.uniform(0.12, 0.25)))
    asked = asked_of(frame, stream.branch("believed"), debt, strands_n)
    for strand in range(1, strands_n + 1):
        yield from _strand(frame, stream.branch(strand), strand, asked)


def _strand(frame: Frame, stream: Stream, strand: int, asked: Asked) -> Iterator[tuple[Loan, Counterparty]]:
    day = frame.first - timedelta(days=stream.randrange(900))
    if stream.random() < 0.3:
        day = frame.first + timedelta(days=stream.randrange(20, 400))
    # Nobody lends for a term to a firm in its first half year.
    day = max(day, frame.firm.started_on + timedelta(days=180))
    for number in range(1, 100):
        if day > frame.last:
            return
        made = _term_loan(frame, stream.branch(number), f"LOAN-{strand}{number:02d}", (asked, day))
        if made is None:
            return
        if made[0].ends_on >= frame.first:
            yield made
        day = made[0].ends_on + timedelta(days=stream.randrange(15, 160))


def _term_loan(
    frame: Frame, stream: Stream, loan_id: str, wish: tuple[Asked, date]
) -> tuple[Loan, Counterparty] | None:
    asked, day = wish
    day = working_year(frame.figures["calendar"]).working_from(day)
    firm, figures = frame.firm, frame.figures["loans"]
    yearly = firm.turnover_paise * (1 + firm.growth) ** ((day - frame.first).days / 365)
    is_known = (day - firm.started_on).days >= 3 * 365 and firm.discipline > 0.4
    kind = "bank" if is_known and stream.random() < 0.6 else "nbfc"
    lender = _lender(listed(stream.choice(figures.row(f"lenders_{kind}", day))))
    # Who owes much could not bear a short term, so lenders grant a longer one.
    months = max(_chosen(stream, figures, f"{kind}_months", day) for _ in range(1 + int(firm.leverage * 8)))
    rate_bps = _rate_bps(stream, figures, f"{kind}_rate_bps", day)
    wished = yearly * asked.debt / _MEAN_OUTSTANDING * stream.uniform(0.8, 1.2)
    most = most_instalment_share(figures, kind, day, asked) * yearly / 12
    principal = _rounded(min(wished, most * lent_for_one(rate_bps, months)))
    if principal < figures.whole("least_term_principal_paise", day):
        return None
    fee, gst = _fee(figures, principal, _between(stream, figures, "term_fee_ppm", day), day)
    schedule = schedule_of(principal, rate_bps, months, day, lender.day)
    terms = (principal, fee, gst, rate_bps, months, 0, day, frame.first, Rail.NACH, schedule)
    return Loan(loan_id, lender.known.id, LoanKind.TERM, *terms), lender.known


def _short_loans(frame: Frame, stream: Stream) -> Iterator[tuple[Loan, Counterparty]]:
    """Small loans of a month to half a year, the next asked for before or soon after the last is repaid."""
    if not frame.firm.borrows_on_ocen:
        return
    opened_on = frame.firm.started_on + timedelta(days=90)
    day = max(frame.first - timedelta(days=stream.randrange(30, 200)), opened_on)
    number = 1
    while day <= frame.last:
        yield _short_loan(frame, stream.branch(number), f"OCEN-{number}", day)
        day += timedelta(days=stream.randrange(25, 110))
        number += 1


def _short_loan(frame: Frame, stream: Stream, loan_id: str, day: date) -> tuple[Loan, Counterparty]:
    figures = frame.figures["loans"]
    least, greatest = map(whole, figures.row("ocen_principal_paise", day))
    wished = int(frame.firm.turnover_paise / 12 * stream.uniform(0.08, 0.35))
    principal = min(greatest, max(least, wished)) // (1_000 * RUPEE) * 1_000 * RUPEE
    kind = stream.choice(
        (LoanKind.OCEN_SHORT, LoanKind.OCEN_SHORT, LoanKind.OCEN_BULLET, LoanKind.OCEN_INVOICE)
    )
    lender = _lender(listed(stream.choice(figures.row("lenders_ocen", day))))
    days = _chosen(stream, figures, "ocen_days", day)
    rate_bps = _rate_bps(stream, figures, "ocen_rate_bps", day)
    fee, gst = _fee(figures, principal, _between(stream, figures, "ocen_fee_ppm", day), day)
    months = 0
    if kind is not LoanKind.OCEN_SHORT:
        schedule = at_once(principal, rate_bps, day, days)
    elif days >= 90 and stream.random() < 0.4:
        months, days = days // 30, 0
        schedule = schedule_of(principal, rate_bps, months, day, lender.day)
    else:
        gap = stream.choice((1, 7, 7))
        dates = [day + timedelta(days=gap * no) for no in range(1, days // gap + 1)]
        schedule = every(principal, rate_bps, dates, gap)
        days = len(dates) * gap
    is_small = max(one.total_paise for one in schedule) <= figures.whole("upi_mandate_limit_paise", day)
    rail = Rail.UPI if is_small else Rail.NACH
    terms = (principal, fee, gst, rate_bps, months, days, day, frame.first, rail, schedule)
    return Loan(loan_id, lender.known.id, kind, *terms), lender.known


def quoted(figures: Figures, stream: Stream, principal_paise: int, day: date) -> tuple[Loan, Counterparty]:
    """Draw up a short loan over the open credit network that is offered and comes to nothing."""
    lender = _lender(listed(stream.choice(figures.row("lenders_ocen", day))))
    days = _chosen(stream, figures, "ocen_days", day)
    rate_bps = _rate_bps(stream, figures, "ocen_rate_bps", day)
    fee, gst = _fee(figures, principal_paise, _between(stream, figures, "ocen_fee_ppm", day), day)
    schedule = at_once(principal_paise, rate_bps, day, days)
    terms = (principal_paise, fee, gst, rate_bps, 0, days, day, day, Rail.NACH, schedule)
    return Loan("QUOTE", lender.known.id, LoanKind.OCEN_BULLET, *terms), lender.known


def _private_loans(frame: Frame, stream: Stream) -> Iterator[tuple[Loan, Counterparty]]:
    """Money from a private lender nobody reports, likelier the more a firm owes and the less orderly it is."""
    firm, figures = frame.firm, frame.figures["loans"]
    if stream.random() >= min(0.4, firm.leverage) * (1 - firm.discipline):
        return
    known = person(stream, Tie.LENDER, 0)
    lender = Counterparty("LENDER-PRIVATE", Tie.LENDER, known.name, known.upi, known.ifsc, "")
    least, greatest = map(whole, figures.row("informal_principal_paise", frame.first))
    wished = _rounded(firm.turnover_paise * stream.uniform(0.02, 0.07))
    principal = min(greatest, max(least, wished))
    day = frame.first + timedelta(days=stream.randrange(30, 500))
    for number in range(1, 10):
        if day > frame.last:
            return
        months = _chosen(stream, figures, "informal_months", day)
        rate_bps = _rate_bps(stream, figures, "informal_rate_bps", day)
        schedule = interest_only(principal, rate_bps, months, day)
        terms = (principal, 0, 0, rate_bps, months, 0, day, frame.first, Rail.IMPS, schedule)
        yield Loan(f"PRIVATE-{number}", lender.id, LoanKind.INFORMAL, *terms), lender
        day = schedule[-1].due_on + timedelta(days=stream.randrange(60, 400))
