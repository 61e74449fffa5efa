"""The shapes of OCEN 4.0 messages in our own words: what each answer of a lender must hold, and which words it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import jsonschema_rs

from kit.source import Document

Schema = dict[str, object]
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
YES_NO: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
MONEY_TEXT: Schema = {"type": "string", "pattern": "^[0-9]+\\.[0-9]{2}$"}
UUID: Schema = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}


def _words(text: str) -> Schema:
    return {"enum": text.split()}


def _object(needed: Mapping[str, object], **spare: Schema) -> Schema:
    return {"type": "object", "required": list(needed), "properties": {**needed, **spare}}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


APPLICATION_STATUS = _words(
    "CREATED PROCESSING CONSENT_INITIATED CONSENT_RECEIVED CONSENT_REJECTED OFFERED OFFER_ACCEPTED KYC_INITIATED"
    " KYC_COMPLETED KYC_FAILED KYC_REJECTED LOAN_AGREEMENT_INITIATED LOAN_AGREEMENT_COMPLETED LOAN_AGREEMENT_FAILED"
    " REPAYMENT_SETUP_INITIATED REPAYMENT_SETUP_COMPLETED REPAYMENT_SETUP_FAILED REPAYMENT_SETUP_REJECTED"
    " SET_DISBURSEMENT_ACCOUNT_INITIATED SET_DISBURSEMENT_ACCOUNT_COMPLETED SET_DISBURSEMENT_ACCOUNT_FAILED"
    " SET_DISBURSEMENT_ACCOUNT_REJECTED GRANTED REJECTED ACTION_REQUIRED DISBURSEMENT_INITIATED"
    " DISBURSEMENT_COMPLETED DISBURSED_FAILED CLOSED CANCELLED"
)
LOAN_STATUS = _words(
    "EMI_DUE EMI_PAID EMI_OVERDUE EMI_WAIVED LOAN_CLOSED NPA PARTIALLY_PAID PRECLOSURE SETTLEMENT_STARTED"
    " SETTLEMENT_COMPLETED SETTLEMENT_FAILED SETTLEMENT_PAID HEALTHY"
)
METADATA = _object(
    {
        "version": {"const": "4.0.0alpha"},
        "originatorOrgId": TEXT,
        "originatorParticipantId": TEXT,
        "timestamp": MOMENT,
        "traceId": UUID,
        "requestId": UUID,
    }
)
HEAD: Schema = {
    "metadata": METADATA,
    "productData": _object({"productId": TEXT, "productNetworkId": TEXT}),
    "response": _object({"status": _words("SUCCESS ERROR")}),
}
TENURE = _object({"duration": NUMBER, "unit": _words("MONTH DAY YEAR")})
ADDRESS = _object({name: TEXT for name in ("hba", "srl", "pinCode", "state", "country")})
CONTACT = _object({"type": _words("PRIMARY OTHER"), "phone": TEXT}, email=TEXT, address=ADDRESS)
KNOWN_BY: Schema = {"primaryId": TEXT, "primaryIdType": _words("PAN MOBILE AADHAAR")}
BORROWER = _object(
    KNOWN_BY | {"category": _words("ORGANIZATION INDIVIDUAL"), "contactDetails": _list(CONTACT)},
    name=TEXT,
    additionalIdentifiers=_list(_object({"key": TEXT, "value": TEXT})),
    aaIdentifier=TEXT,
)
CHARGE = _object(
    {
        "chargeType": _words("FIXED_AMOUNT RATE_BASED"),
        "data": _object(
            {},
            rate=NUMBER,
            amount=NUMBER,
            applicableParameter=_words(
                "TOTAL_LOAN_AMOUNT OUTSTANDING_PAYABLE_AMOUNT EMI REPAYMENT_PRINCIPAL"
            ),
        ),
    }
)
TERMS = _object(
    {"requestedAmount": NUMBER, "currency": {"const": "INR"}},
    sanctionedAmount=NUMBER,
    netDisbursedAmount=NUMBER,
    interestType=_words("FIXED FLOATING"),
    interestRate=NUMBER,
    annualPercentageRate=NUMBER,
    coolingOffPeriod=TENURE,
    totalRepayableAmount=NUMBER,
    interestAmount=NUMBER,
    tenure=TENURE,
    legalAgreement=_object({"type": _words("TEXT DOCUMENT_URL REDIRECT_TO_LENDER_URL"), "data": TEXT}),
    charges=_object(
        {}, **dict.fromkeys(("prepayment", "bounce", "latePayment", "processing", "other"), CHARGE)
    ),
)
PLAN = _object(
    {
        "id": UUID,
        "automatic": YES_NO,
        "scheduleType": _words("RECURRING ONE_TIME AS_PRESENTED"),
        "noOfInstallment": NUMBER,
        "totalAmount": NUMBER,
    },
    frequency=_words("MONTHLY WEEKLY QUARTERLY HALF_YEARLY YEARLY"),
    tenure=TENURE,
    principal=NUMBER,
    interestAmount=NUMBER,
    penalty=NUMBER,
    startDate=DAY,
    status=_words("ACTIVE INACTIVE PENDING_AUTH"),
)
ACCOUNT = _object(
    {
        "accountDataType": _words("ACCOUNT VPA"),
        "data": _object(
            {},
            accountType=_words("CURRENT SAVING OVERDRAFT ESCROW WALLET"),
            accountIFSC=TEXT,
            maskedAccountNumber={"type": "string", "pattern": "^X+[0-9]{4}$"},
        ),
    }
)
OFFER = _object(
    {
        "id": UUID,
        "validTill": DAY,
        "terms": TERMS,
        "disbursement": _object({"plans": _list(PLAN)}),
        "repayment": _object({"plans": _list(PLAN)}),
    }
)
PAYMENT = _object(
    {
        "id": UUID,
        "totalAmount": NUMBER,
        "status": _words("SUCCESS FAILURE PENDING_AUTH"),
        "paymentMethodType": _words("UPI EMANDATE_UPI NETBANKING ENACH DEBIT_CARD"),
    },
    date=DAY,
    installmentNumber=NUMBER,
    txnRefNo=TEXT,
    principal=NUMBER,
    interestAmount=NUMBER,
    fee=NUMBER,
    penalty=NUMBER,
)
PLEDGED = _object(
    {"totalDocumentCount": {"type": "integer"}, "hasAdditionalDocuments": YES_NO, "documents": _list(TEXT)}
)
STEP: Schema = {"loanApplicationId": UUID, "loanApplicationStatus": APPLICATION_STATUS}
APPLICATION = _object(
    STEP
    | {
        "createdDate": MOMENT,
        "borrower": BORROWER,
        "pledgedDocuments": PLEDGED,
        "guarantors": _list(BORROWER),
        "applicants": _list(_object(KNOWN_BY)),
        "terms": TERMS,
    },
    description={"type": "string", "maxLength": 1000},
)
REASON = _words("LOW_CREDIT_SCORE FRAUD DOC_IRREGULARITIES OTHERS AA_FAILED")
ANSWERED = _object(
    STEP | {"kyc": _object({}), "offers": _list(OFFER)},
    createdDate=DAY,
    rejectionDetails=_list(_object({"reason": REASON, "description": TEXT})),
)
MANDATE = _object(
    {"type": _words("EMANDATE_UPI ELIEN ENACH ANY"), "status": _words("INACTIVE ACTIVE CANCELLED PAUSE")}
)
DETAILS = _object(
    {
        "loanId": UUID,
        "startDate": DAY,
        "endDate": DAY,
        "createdDate": MOMENT,
        "borrower": BORROWER,
        "offer": OFFER,
    }
    | STEP
)
TRANSACTION = _object(
    {
        "date": DAY,
        "narration": TEXT,
        "txnRefNo": TEXT,
        "amount": MONEY_TEXT,
        "type": _words("DEPOSIT WITHDRAWL"),
        "closingBalance": MONEY_TEXT,
    }
)
SUMS = "principalPaid interestPaid penaltyPaid principalPending interestPending amountDisbursed amountRepaid"
SUMMARY = _object(
    {name: MONEY_TEXT for name in SUMS.split()}
    | {"nextRepayment": PAYMENT, "currentRepayment": PAYMENT, "tenure": TENURE, "description": TEXT}
)
RUNNING: Schema = {"loanId": UUID, "loanStatus": LOAN_STATUS}
MESSAGES: dict[str, Schema] = {
    "application": _object(HEAD | {"loanApplications": _list(APPLICATION)}),
    "answer": _object(HEAD | {"loanApplications": _list(ANSWERED)}),
    "plan": _object(HEAD | STEP | {"plan": PLAN, "paymentMethod": MANDATE, "useCollectionSupport": YES_NO}),
    "account": _object(
        HEAD
        | STEP
        | {
            "account": ACCOUNT,
            "isWorkingCapitalUndertakingDone": YES_NO,
            "hasOtherWorkingCapitalAccount": YES_NO,
            "isWorkingCapitalAccount": YES_NO,
            "otherWorkingCapitalAccounts": _list(ACCOUNT),
        }
    ),
    "loanDetails": _object(HEAD | {"loanDetails": DETAILS}),
    "disbursal": _object(HEAD | STEP | {"loanId": UUID, "payment": PAYMENT}),
    "repayment": _object(HEAD | RUNNING | {"payment": PAYMENT}),
    "accountStatement": _object(HEAD | RUNNING | {"accountStatement": _list(TRANSACTION)}),
    "summary": _object(
        HEAD
        | RUNNING
        | {
            "lenderAccount": ACCOUNT,
            "createdDate": TEXT,
            "startDate": TEXT,
            "endDate": TEXT,
            "summary": SUMMARY,
        }
    ),
}


@cache
def accepts(name: str) -> Callable[[object], bool]:
    """Check messages of one shape."""
    return jsonschema_rs.validator_for(MESSAGES[name], validate_formats=True).is_valid


def shape_of(message: Document) -> str:
    """Name the shape of a message by what it holds."""
    listed = message.get("loanApplications")
    if isinstance(listed, list):
        first = listed[0]
        return "answer" if isinstance(first, dict) and "offers" in first else "application"
    if "payment" in message:
        return "disbursal" if "loanApplicationId" in message else "repayment"
    return next(name for name in MESSAGES if name in message)
