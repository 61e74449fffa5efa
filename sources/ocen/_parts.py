"""The parts OCEN messages are put together from: who borrows, on what terms, by which plan, with which payment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

import orjson

from generators.figures import Figures
from generators.loans import Instalment, Loan
from generators.people import Account, Constitution, Counterparty, Party
from generators.trade import Rail
from generators.world import Business
from kit.chance import Stream
from kit.ident import masked
from kit.money import decimal_rupees
from kit.period import isoformat_ist
from kit.source import Document, Json
from sources.ocen._story import Case

VERSION = "4.0.0alpha"
AGENT = "bahi-loan-agent"
_OFFER_STANDS = timedelta(days=10)
_STATE_LETTERS = {
    "27": "MH",
    "23": "MP",
    "24": "GJ",
    "08": "RJ",
    "33": "TN",
    "29": "KA",
    "09": "UP",
    "07": "DL",
}


def number(hundredths: int) -> Json:
    """Write hundredths as a number with two digits, which no binary fraction could hold."""
    return cast("Json", orjson.Fragment(decimal_rupees(hundredths)))


def head(case: Case, at: datetime, *names: str | int) -> Document:
    """Begin a message of a case's lender: the metadata, the product, and that all went well."""
    lender = slug(case.lender)
    return {
        "metadata": {
            "version": VERSION,
            "orgId": lender,
            "originatorOrgId": lender,
            "participantId": f"{lender}-lender",
            "originatorParticipantId": f"{lender}-lender",
            "timestamp": isoformat_ist(at),
            "traceId": case.id_of("trace"),
            "requestId": case.id_of("request", *names),
        },
        "productData": {
            "productId": f"{lender}-short-credit",
            "productNetworkId": "bahi-net",
            "networkId": "bahi-net",
        },
        "response": {"status": "SUCCESS"},
    }


def slug(lender: Counterparty) -> str:
    """Name a lender as the registry does."""
    return lender.id.removeprefix("LENDER-").lower()


def udyam(business: Business, stream: Stream) -> str:
    """Number the enterprise in a district that does not exist."""
    letters = _STATE_LETTERS.get(business.firm.state, "MH")
    return f"UDYAM-{letters}-00-{stream.branch('udyam').randrange(10**7):07d}"


def identifiers(business: Business, udyam_number: str) -> list[Json]:
    """The other numbers a borrower is known by."""
    known: list[Json] = [{"key": "UDYAM", "value": udyam_number}]
    if business.registration is not None:
        known.insert(0, {"key": "GSTIN", "value": business.registration.gstin})
    return known


def borrower(business: Business, party: Party, udyam_number: str) -> Document:
    """Who borrows: a proprietor is his business."""
    is_person = business.constitution is Constitution.PROPRIETORSHIP
    return {
        "primaryId": party.pan,
        "primaryIdType": "PAN",
        "name": party.name,
        "category": "INDIVIDUAL" if is_person else "ORGANIZATION",
        "additionalIdentifiers": identifiers(business, udyam_number),
        "contactDetails": [
            {
                "type": "PRIMARY",
                "phone": party.mobile,
                "email": party.email,
                "address": {
                    "hba": party.address,
                    "srl": "Market Road",
                    "vtc": business.firm.town,
                    # No post office has a number that begins with 0.
                    "pinCode": "000000",
                    "state": business.firm.state,
                    "country": "IN",
                },
            }
        ],
        "aaIdentifier": f"{party.mobile}@bahi",
    }


def kyc(business: Business, party: Party, udyam_number: str) -> Document:
    """What the lender found out of the business."""
    return {
        "business": {
            "type": "UDYAM",
            "scale": "MICRO",
            "category": "SERVICE",
            "name": party.name,
            "commencementDate": business.firm.started_on.isoformat(),
            "udyam": {
                "registrationNumber": udyam_number,
                "registrationDate": max(business.firm.started_on, date(2020, 7, 1)).isoformat(),
            },
            "status": "SUCCESS",
        }
    }


def asked(case: Case) -> Document:
    """The terms before anybody has offered any."""
    return {"requestedAmount": number(case.requested_paise), "currency": "INR"}


def terms(case: Case, figures: Figures) -> Document:
    """The terms as offered: principal less charges reaches the account, principal and interest are paid back."""
    loan = case.loan
    day = loan.disbursed_on
    outstanding = "OUTSTANDING_PAYABLE_AMOUNT"
    cooling_off: Json = {"duration": figures.whole("cooling_off_days", day), "unit": "DAY"}
    return {
        **asked(case),
        "sanctionedAmount": number(loan.principal_paise),
        "netDisbursedAmount": number(loan.net_paise),
        "interestType": "FIXED",
        "interestRate": number(loan.rate_bps),
        "annualPercentageRate": number(case.yearly_cost_bps),
        "coolingOffPeriod": cooling_off,
        "totalRepayableAmount": number(loan.principal_paise + loan.interest_paise),
        "interestAmount": number(loan.interest_paise),
        "tenure": tenure(loan),
        "legalAgreement": {"type": "TEXT", "data": "Demonstration agreement; binds nobody."},
        "charges": {
            "prepayment": _rated(0, outstanding),
            "bounce": _fixed(figures.whole("penal_charge_paise", day), "For each returned instalment"),
            "latePayment": _rated(figures.whole("late_rate_bps", day), outstanding),
            "processing": _fixed(loan.fee_paise, "Deducted from the disbursal"),
            "other": _fixed(loan.gst_paise, "GST on the processing fee"),
        },
    }


def _fixed(paise: int, words: str) -> Json:
    return {"chargeType": "FIXED_AMOUNT", "data": {"amount": number(paise), "description": words}}


def _rated(bps: int, of: str) -> Json:
    return {"chargeType": "RATE_BASED", "data": {"rate": number(bps), "applicableParameter": of}}


def tenure(loan: Loan) -> Json:
    """How long a loan runs."""
    if loan.months:
        return {"duration": loan.months, "unit": "MONTH"}
    return {"duration": loan.days, "unit": "DAY"}


def offer(case: Case, figures: Figures) -> Document:
    """One offer with the plans of its money out and in."""
    loan = case.loan
    return {
        "id": case.id_of("offer"),
        "validTill": (case.created_at + _OFFER_STANDS).date().isoformat(),
        "terms": terms(case, figures),
        "disbursement": {"plans": [_disbursal_plan(case)]},
        "repayment": {"plans": [plan(case, "ACTIVE")]},
        "description": f"{loan.kind.value.replace('_', ' ').title()} credit of {case.lender.name}",
    }


def _disbursal_plan(case: Case) -> Json:
    return {
        "id": case.id_of("disbursal plan"),
        "automatic": True,
        "scheduleType": "ONE_TIME",
        "noOfInstallment": 1,
        "noOfInstallments": 1,
        "totalAmount": number(case.loan.net_paise),
        "startDate": case.loan.disbursed_on.isoformat(),
        "status": "ACTIVE",
    }


def plan(case: Case, status: str) -> Document:
    """How the loan is paid back; the standard has no word for daily, so that frequency is left out."""
    loan = case.loan
    made: Document = {
        "id": case.id_of("plan"),
        "automatic": True,
        "scheduleType": "RECURRING" if len(loan.schedule) > 1 else "ONE_TIME",
        "noOfInstallment": len(loan.schedule),
        "noOfInstallments": len(loan.schedule),
        "tenure": tenure(loan),
        "totalAmount": number(loan.principal_paise + loan.interest_paise),
        "principal": number(loan.principal_paise),
        "interestAmount": number(loan.interest_paise),
        "penalty": number(0),
        "startDate": loan.schedule[0].due_on.isoformat(),
        "status": status,
    }
    if len(loan.schedule) > 1 and loan.months:
        made["frequency"] = "MONTHLY"
    elif len(loan.schedule) > 1 and (loan.schedule[1].due_on - loan.schedule[0].due_on).days == 7:
        made["frequency"] = "WEEKLY"
    return made


def method(loan: Loan) -> str:
    """By which mandate the instalments are drawn."""
    return "EMANDATE_UPI" if loan.rail is Rail.UPI else "ENACH"


def payment(case: Case, one: Instalment, told: tuple[str, str], on: date) -> Document:
    """One attempt to collect one instalment: its outcome and the way it took."""
    status, way = told
    loan = case.loan
    return {
        "id": case.id_of("payment", one.no),
        "totalAmount": number(one.total_paise),
        "date": on.isoformat(),
        "status": status,
        "installmentNumber": one.no,
        "txnRefNo": loan.document(one.no),
        "description": f"Instalment {one.no} of {len(loan.schedule)}",
        "principal": number(one.principal_paise),
        "interestAmount": number(one.interest_paise),
        "fee": number(0),
        "penalty": number(0),
        "paymentMethodType": way,
    }


def next_payment(case: Case, one: Instalment | None) -> Document:
    """What is to be collected next: nothing once all is paid."""
    if one is not None:
        return payment(case, one, ("PENDING_AUTH", method(case.loan)), one.due_on)
    return {
        "id": case.id_of("payment", "none"),
        "totalAmount": number(0),
        "status": "SUCCESS",
        "paymentMethodType": method(case.loan),
    }


def account(held: Account, holder: str) -> Document:
    """The account of the business the money is paid into."""
    return {
        "accountDataType": "ACCOUNT",
        "status": "ACTIVE",
        "data": {
            "accountType": "CURRENT",
            "accountIFSC": held.ifsc,
            "maskedAccountNumber": masked(held.number),
            "accountHolderName": holder,
        },
    }


def lender_account(case: Case) -> Document:
    """The account the lender is paid on."""
    return {
        "accountDataType": "ACCOUNT",
        "data": {
            "accountType": "ESCROW",
            "accountIFSC": case.lender.ifsc,
            "maskedAccountNumber": f"XXXXXXXX{case.stream.branch('escrow').randrange(10_000):04d}",
            "accountHolderName": case.lender.name,
        },
    }
