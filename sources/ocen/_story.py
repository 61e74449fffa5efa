"""The way of each application: when it entered which state, and the loan it became if it did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from generators.instalments import Instalment, yearly_cost_bps
from generators.loans import Loan, quoted
from generators.people import Counterparty
from generators.world import Business
from kit.chance import Stream
from kit.period import IST, month_of, months_between

_STEP = 1_000 * 100
_LEAST = 20 * _STEP
_IN_VAIN_PERCENT = 15
_LONGEST_WAY = timedelta(days=7)
_TO_OFFER = ("CREATED", "PROCESSING", "CONSENT_INITIATED", "CONSENT_RECEIVED", "OFFERED")
_TO_MONEY = (
    "LOAN_AGREEMENT_INITIATED",
    "LOAN_AGREEMENT_COMPLETED",
    "REPAYMENT_SETUP_INITIATED",
    "REPAYMENT_SETUP_COMPLETED",
    "SET_DISBURSEMENT_ACCOUNT_INITIATED",
    "SET_DISBURSEMENT_ACCOUNT_COMPLETED",
    "GRANTED",
    "DISBURSEMENT_INITIATED",
    "DISBURSEMENT_COMPLETED",
)
_REASONS = (
    ("LOW_CREDIT_SCORE", "Score below the lender's least"),
    ("DOC_IRREGULARITIES", "Documents do not agree with each other"),
    ("OTHERS", "Outside the lender's policy"),
    ("AA_FAILED", "Account data could not be fetched"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One application: the loan it became, or was only offered, its states in order, and what was said of a refusal."""

    loan: Loan
    is_granted: bool
    lender: Counterparty
    requested_paise: int
    application_id: str
    loan_id: str
    steps: tuple[tuple[str, datetime], ...]
    reason: tuple[str, str] | None
    stream: Stream

    @property
    def created_at(self) -> datetime:
        """The moment the application was made."""
        return self.steps[0][1]

    def id_of(self, *names: str | int) -> str:
        """Give a thing of this application its identifier."""
        return uuid_of(self.stream, *names)

    @property
    def yearly_cost_bps(self) -> int:
        """What the loan costs a year with its fees."""
        return yearly_cost_bps(self.loan.net_paise, self.loan.schedule, self.loan.disbursed_on)


def uuid_of(stream: Stream, *names: str | int) -> str:
    """Derive an identifier of the fourth version; its last group begins with a letter, lest it look like a telephone."""
    text = f"{stream.branch(*names).getrandbits(128):032x}"
    variant, letter = "89ab"[int(text[16], 16) % 4], "abcdef"[int(text[20], 16) % 6]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{letter}{text[21:]}"


def cases_of(business: Business, stream: Stream) -> Iterator[Case]:
    """Tell the applications that became or will become loans, then those that came to nothing."""
    for loan in business.loans.loans:
        # What was asked for before the day of the look may be paid out after it.
        if loan.kind.is_ocen and loan.disbursed_on <= business.as_of + _LONGEST_WAY:
            yield _granted(business, loan, stream.branch("loan", loan.id))
    # A month is drawn whatever the days asked about, and one before the first may reach into them.
    for month in months_between(month_of(business.first).prev, month_of(business.as_of)):
        drawn = stream.branch("month", month.year, month.month)
        if drawn.randrange(100) < _IN_VAIN_PERCENT:
            yield _refused(business, month.first_day, drawn)


def _granted(business: Business, loan: Loan, stream: Stream) -> Case:
    done_at = _moment(loan.disbursed_on, stream.randrange(10 * 60, 13 * 60))
    statuses = _statuses(stream)
    lead_minutes = stream.choice((90, 240, 1_500, 3_000, 6_000))
    minutes = sorted(stream.sample(range(1, lead_minutes), len(statuses) - 1), reverse=True)
    steps = [
        (status, done_at - timedelta(minutes=ago))
        for status, ago in zip(statuses, [*minutes, 0], strict=True)
    ]
    closed_on = closed(business, loan)
    if closed_on is not None:
        steps.append(("CLOSED", _moment(closed_on, 22 * 60)))
    requested = loan.principal_paise
    if stream.randrange(5) == 0:
        requested = requested * stream.randrange(105, 140) // 100 // _STEP * _STEP
    lender = business.counterparties[loan.lender]
    ids = uuid_of(stream, "application"), uuid_of(stream, "loan")
    return Case(loan, True, lender, requested, *ids, tuple(steps), None, stream)


def _statuses(stream: Stream) -> list[str]:
    """Most go straight; some are asked for a paper more, or fail the first check of who they are."""
    found = list(_TO_OFFER)
    if stream.randrange(10) == 0:
        found[-1:] = ["ACTION_REQUIRED", "OFFERED"]
    found += ["OFFER_ACCEPTED", "KYC_INITIATED"]
    if stream.randrange(20) == 0:
        found += ["KYC_FAILED", "KYC_INITIATED"]
    return [*found, "KYC_COMPLETED", *_TO_MONEY]


def _refused(business: Business, month: date, stream: Stream) -> Case:
    minute = stream.randrange(24 * 60 * 27)
    statuses = list(_TO_OFFER)[: stream.randint(2, len(_TO_OFFER))]
    is_refused = stream.randrange(5) < 3
    steps = []
    for status in (*statuses, "REJECTED" if is_refused else "CANCELLED"):
        steps.append((status, _moment(month, minute)))
        minute += stream.randrange(1, 300)
    requested = max(business.firm.turnover_paise * stream.randrange(8, 40) // 1_200, _LEAST) // _STEP * _STEP
    loan, lender = quoted(business.loans.figures, stream, requested, steps[-1][1].date())
    ids = uuid_of(stream, "application"), uuid_of(stream, "loan")
    reason = stream.choice(_REASONS) if is_refused else None
    return Case(loan, False, lender, requested, *ids, tuple(steps), reason, stream)


def paid_of(business: Business, loan: Loan) -> list[tuple[date, Instalment]]:
    """The instalments paid by the day of the look, in the order they were."""
    days = ((loan.paid_on(one, business.passed), one) for one in loan.schedule)
    return sorted((day, one) for day, one in days if day is not None and day <= business.as_of)


def closed(business: Business, loan: Loan) -> date | None:
    """The day the last of all instalments was paid, None while one is open."""
    paid = paid_of(business, loan)
    return paid[-1][0] if len(paid) == len(loan.schedule) else None


def _moment(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), IST) + timedelta(minutes=minute)
