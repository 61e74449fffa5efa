"""The messages of an application: one for each state it enters, in the shape the standard gives that step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from generators.people import Party
from generators.world import Business
from kit.chance import Stream
from kit.period import isoformat_ist
from kit.source import Document, Json
from sources.ocen import _parts as parts
from sources.ocen._story import Case

_PURPOSE = "Working capital for trade"
_PLANS = {"REPAYMENT_SETUP_INITIATED": "PENDING_AUTH", "REPAYMENT_SETUP_COMPLETED": "ACTIVE"}
_DISBURSALS = {"DISBURSEMENT_INITIATED": "PENDING_AUTH", "DISBURSEMENT_COMPLETED": "SUCCESS"}


class Told(NamedTuple):
    """One message before it is written: when, of which kind, what money it moves (a side and paise), and its writer."""

    at: datetime
    kind: str
    moves: tuple[str, int] | None
    write: Callable[[], Document]


class Desk:
    """What all messages of one borrower share."""

    def __init__(self, business: Business, party: Party, stream: Stream) -> None:
        """Draw up who borrows, once."""
        self.business = business
        self.party = party
        self.udyam = parts.udyam(business, stream)
        self.borrower = parts.borrower(business, party, self.udyam)
        self.figures = business.loans.figures


def steps_of(desk: Desk, case: Case) -> Iterator[Told]:
    """Tell the states of one application."""
    for place, (status, at) in enumerate(case.steps):
        kind, write = _STEPS.get(status, ("application", _application))
        moves = ("CREDIT", case.loan.net_paise) if status == "DISBURSEMENT_COMPLETED" else None
        yield Told(at, kind, moves, partial(write, desk, case, place))


def _begun(case: Case, place: int) -> Document:
    status, at = case.steps[place]
    return parts.head(case, at, status, place)


def _named(case: Case, place: int) -> Document:
    return {"loanApplicationId": case.application_id, "loanApplicationStatus": case.steps[place][0]}


def _application(desk: Desk, case: Case, place: int) -> Document:
    is_agreed = "OFFER_ACCEPTED" in (name for name, _ in case.steps[: place + 1])
    application: Document = _named(case, place) | {
        "createdDate": isoformat_ist(case.created_at),
        "loanType": "WORKING_CAPITAL",
        "description": _PURPOSE,
        "borrower": desk.borrower,
        "pledgedDocuments": {"totalDocumentCount": 0, "hasAdditionalDocuments": False, "documents": []},
        "guarantors": [],
        "applicants": [{"primaryId": desk.party.pan, "primaryIdType": "PAN"}],
        "terms": parts.terms(case, desk.figures) if is_agreed else parts.asked(case),
    }
    return _begun(case, place) | {"loanApplications": [application]}


def _answered(desk: Desk, case: Case, place: int, answer: Document) -> Document:
    application: Json = {
        **_named(case, place),
        "createdDate": case.created_at.date().isoformat(),
        "description": _PURPOSE,
        "kyc": parts.kyc(desk.business, desk.party, desk.udyam),
        **answer,
    }
    return _begun(case, place) | {"loanApplications": [application]}


def _offer(desk: Desk, case: Case, place: int) -> Document:
    return _answered(desk, case, place, {"offers": [parts.offer(case, desk.figures)]})


def _refusal(desk: Desk, case: Case, place: int) -> Document:
    reason, words = case.reason or ("OTHERS", "Outside the lender's policy")
    details: Json = [{"reason": reason, "description": words}]
    return _answered(desk, case, place, {"offers": [], "rejectionDetails": details})


def _plan(desk: Desk, case: Case, place: int) -> Document:
    plan_status = _PLANS[case.steps[place][0]]
    mandate: Json = {
        "id": case.id_of("mandate"),
        "type": parts.method(case.loan),
        "status": "ACTIVE" if plan_status == "ACTIVE" else "INACTIVE",
    }
    return (
        _begun(case, place)
        | _named(case, place)
        | {"plan": parts.plan(case, plan_status), "paymentMethod": mandate, "useCollectionSupport": False}
    )


def _account(desk: Desk, case: Case, place: int) -> Document:
    till = desk.business.frame.till
    held = next(one for one in desk.business.accounts if one.id == till)
    return (
        _begun(case, place)
        | _named(case, place)
        | {
            "account": parts.account(held, desk.party.name),
            "isWorkingCapitalUndertakingDone": True,
            "hasOtherWorkingCapitalAccount": False,
            "isWorkingCapitalAccount": True,
            "otherWorkingCapitalAccounts": [],
        }
    )


def _grant(desk: Desk, case: Case, place: int) -> Document:
    details: Json = {
        **_named(case, place),
        "loanId": case.loan_id,
        "createdDate": isoformat_ist(case.steps[place][1]),
        "startDate": case.loan.disbursed_on.isoformat(),
        "endDate": case.loan.ends_on.isoformat(),
        "borrower": desk.borrower,
        "offer": parts.offer(case, desk.figures),
    }
    return _begun(case, place) | {"loanDetails": details}


def _disbursal(desk: Desk, case: Case, place: int) -> Document:
    status, at = case.steps[place]
    payment: Json = {
        "id": case.id_of("payment", 0),
        "totalAmount": parts.number(case.loan.net_paise),
        "date": at.date().isoformat(),
        "status": _DISBURSALS[status],
        "txnRefNo": case.loan.document(0),
        "description": "Disbursal to the account of the borrower",
        "paymentMethodType": "NETBANKING",
    }
    return _begun(case, place) | _named(case, place) | {"loanId": case.loan_id, "payment": payment}


_STEPS: dict[str, tuple[str, Callable[[Desk, Case, int], Document]]] = {
    "OFFERED": ("offer", _offer),
    "REJECTED": ("application", _refusal),
    "REPAYMENT_SETUP_INITIATED": ("plan", _plan),
    "REPAYMENT_SETUP_COMPLETED": ("plan", _plan),
    "SET_DISBURSEMENT_ACCOUNT_INITIATED": ("account", _account),
    "SET_DISBURSEMENT_ACCOUNT_COMPLETED": ("account", _account),
    "GRANTED": ("loan", _grant),
    "DISBURSEMENT_INITIATED": ("payment", _disbursal),
    "DISBURSEMENT_COMPLETED": ("payment", _disbursal),
}
