"""The messages of a running loan: each attempt to collect, the lines of its statement, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from generators.instalments import Instalment
from kit.money import decimal_rupees
from kit.period import IST, isoformat_ist
from kit.source import Document, Json
from sources.ocen import _parts as parts
from sources.ocen._applying import Desk, Told
from sources.ocen._story import Case, closed, paid_of

_RETURNED_AT, _PAID_AT, _STATED_AT, _SUMMED_AT = 19, 20, 21, 23


def served(desk: Desk, case: Case) -> Iterator[Told]:
    """Tell what became of a loan after its money was paid out."""
    yield from _returned(desk, case)
    yield from _paid(desk, case)
    yield from _statement(desk, case)
    on = closed(desk.business, case.loan) or desk.business.as_of
    yield Told(_evening(on, _SUMMED_AT), "summary", None, partial(_summary, desk, case, on))


def _returned(desk: Desk, case: Case) -> Iterator[Told]:
    for one in case.loan.schedule:
        became = desk.business.passed.get(case.loan.document(one.no))
        for attempt, on in enumerate(became.returned_on if became else ()):
            if on <= desk.business.as_of:
                at = _evening(on, _RETURNED_AT)
                told = ("FAILURE", parts.method(case.loan), "EMI_OVERDUE", attempt)
                yield Told(at, "payment", None, partial(_payment, case, one, at, told))


def _paid(desk: Desk, case: Case) -> Iterator[Told]:
    paid = paid_of(desk.business, case.loan)
    for count, (on, one) in enumerate(paid, 1):
        at = _evening(on, _PAID_AT)
        told = ("SUCCESS", _way(desk, case, one), _status_after(count, case), 0)
        yield Told(at, "payment", ("DEBIT", one.total_paise), partial(_payment, case, one, at, told))


def _way(desk: Desk, case: Case, one: Instalment) -> str:
    """What the mandate could not collect the borrower pays himself."""
    became = desk.business.passed.get(case.loan.document(one.no))
    return "NETBANKING" if became is not None and became.returned_on else parts.method(case.loan)


def _status_after(count: int, case: Case) -> str:
    return "LOAN_CLOSED" if count == len(case.loan.schedule) else "EMI_PAID"


def _payment(case: Case, one: Instalment, at: datetime, told: tuple[str, str, str, int]) -> Document:
    outcome, way, loan_status, attempt = told
    return parts.head(case, at, outcome, one.no, attempt) | {
        "loanId": case.loan_id,
        "loanStatus": loan_status,
        "payment": parts.payment(case, one, (outcome, way), at.date()),
    }


def _statement(desk: Desk, case: Case) -> Iterator[Told]:
    """The money out, then each repayment, with what is still to be paid after it."""
    loan = case.loan
    left = loan.principal_paise + loan.interest_paise
    line: Document = {
        "narration": "LOAN DISBURSED TO BORROWER",
        "txnRefNo": loan.document(0),
        "amount": decimal_rupees(loan.net_paise),
        "type": "WITHDRAWL",
        "closingBalance": decimal_rupees(left),
    }
    at = _evening(loan.disbursed_on, _STATED_AT)
    yield Told(at, "transaction", ("CREDIT", loan.net_paise), partial(_line, case, at, "HEALTHY", line))
    for count, (on, one) in enumerate(paid_of(desk.business, loan), 1):
        left -= one.total_paise
        line = {
            "narration": f"INSTALMENT {one.no} RECEIVED",
            "txnRefNo": loan.document(one.no),
            "amount": decimal_rupees(one.total_paise),
            "type": "DEPOSIT",
            "closingBalance": decimal_rupees(left),
        }
        at = _evening(on, _STATED_AT)
        write = partial(_line, case, at, _status_after(count, case), line)
        yield Told(at, "transaction", ("DEBIT", one.total_paise), write)


def _line(case: Case, at: datetime, loan_status: str, line: Document) -> Document:
    told: Json = {"date": at.date().isoformat(), **line}
    return parts.head(case, at, "line", str(line["txnRefNo"])) | {
        "loanId": case.loan_id,
        "loanStatus": loan_status,
        "accountStatement": [told],
    }


def _summary(desk: Desk, case: Case, on: date) -> Document:
    loan = case.loan
    return parts.head(case, _evening(on, _SUMMED_AT), "summary", on.isoformat()) | {
        "loanId": case.loan_id,
        "lenderAccount": parts.lender_account(case),
        "loanStatus": _standing(desk, case, on),
        "createdDate": isoformat_ist(case.created_at),
        "startDate": loan.disbursed_on.isoformat(),
        "endDate": loan.ends_on.isoformat(),
        "summary": _summed(desk, case),
    }


def _summed(desk: Desk, case: Case) -> Document:
    """What was paid and what is left; the two make the whole."""
    loan = case.loan
    paid = [one for _, one in paid_of(desk.business, loan)]
    done = {one.no for one in paid}
    following = next((one for one in loan.schedule if one.no not in done), None)
    current = paid[-1] if paid else loan.schedule[0]
    principal, interest = sum(one.principal_paise for one in paid), sum(one.interest_paise for one in paid)
    told = ("SUCCESS" if paid else "PENDING_AUTH", _way(desk, case, current))
    return {
        "nextRepayment": parts.next_payment(case, following),
        "currentRepayment": parts.payment(case, current, told, current.due_on),
        "principalPaid": decimal_rupees(principal),
        "interestPaid": decimal_rupees(interest),
        "penaltyPaid": decimal_rupees(0),
        "principalPending": decimal_rupees(loan.principal_paise - principal),
        "interestPending": decimal_rupees(loan.interest_paise - interest),
        "amountDisbursed": decimal_rupees(loan.net_paise),
        "amountRepaid": decimal_rupees(principal + interest),
        "tenure": parts.tenure(loan),
        "description": f"{len(paid)} of {len(loan.schedule)} instalments paid",
    }


def _standing(desk: Desk, case: Case, on: date) -> str:
    loan, passed = case.loan, desk.business.passed
    if closed(desk.business, loan) is not None:
        return "LOAN_CLOSED"
    late_days = loan.days_past_due(passed, on)
    if late_days:
        return "NPA" if late_days > desk.figures.whole("npa_days", on) else "EMI_OVERDUE"
    is_due = any(one.due_on == on and loan.paid_on(one, passed) is None for one in loan.schedule)
    return "EMI_DUE" if is_due else "HEALTHY"


def _evening(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), IST)
