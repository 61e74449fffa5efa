"""Which fields of an OCEN message hold what, so that a mess can soil it like any other line."""

from __future__ import annotations

from generators.mess import Shape
from kit.source import Document

_AT = "metadata.timestamp"
_REQUEST = "metadata.requestId"
_ONE = "loanApplications.0."
_APPLICATION = Shape(
    amounts=(f"{_ONE}terms.requestedAmount",),
    days=(),
    moments=(_AT,),
    enums=(f"{_ONE}loanApplicationStatus",),
    texts=(f"{_ONE}description",),
    needed=(_AT, _REQUEST, f"{_ONE}loanApplicationId", f"{_ONE}loanApplicationStatus"),
    spare=(f"{_ONE}borrower.name",),
)
_TERMS = f"{_ONE}offers.0.terms."
_OFFER = Shape(
    amounts=tuple(
        f"{_TERMS}{name}"
        for name in ("requestedAmount", "sanctionedAmount", "netDisbursedAmount", "interestAmount")
    ),
    days=(f"{_ONE}offers.0.validTill",),
    moments=(_AT,),
    enums=(f"{_TERMS}tenure.unit",),
    texts=(f"{_ONE}offers.0.description",),
    needed=(_AT, _REQUEST, f"{_ONE}offers.0.id", f"{_TERMS}sanctionedAmount"),
    spare=(f"{_TERMS}annualPercentageRate", f"{_ONE}offers.0.validTill"),
)
_PLAN = Shape(
    amounts=("plan.totalAmount", "plan.principal"),
    days=("plan.startDate",),
    moments=(_AT,),
    enums=("loanApplicationStatus", "paymentMethod.type"),
    texts=(),
    needed=(_AT, _REQUEST, "loanApplicationId", "plan.id", "plan.totalAmount"),
    spare=("plan.startDate",),
)
_ACCOUNT = Shape(
    amounts=(),
    days=(),
    moments=(_AT,),
    enums=("loanApplicationStatus",),
    texts=("account.data.accountHolderName",),
    needed=(_AT, _REQUEST, "loanApplicationId"),
    spare=("account.data.accountIFSC",),
)
_LOAN = Shape(
    amounts=("loanDetails.offer.terms.sanctionedAmount", "loanDetails.offer.terms.netDisbursedAmount"),
    days=("loanDetails.startDate", "loanDetails.endDate"),
    moments=(_AT,),
    enums=("loanDetails.loanApplicationStatus",),
    texts=(),
    needed=(_AT, _REQUEST, "loanDetails.loanId", "loanDetails.offer.terms.sanctionedAmount"),
    spare=("loanDetails.endDate",),
    account="loanDetails.loanId",
)
_PAYMENT = Shape(
    amounts=("payment.totalAmount", "payment.principal", "payment.interestAmount"),
    days=("payment.date",),
    moments=(_AT,),
    enums=("payment.status", "payment.paymentMethodType", "loanStatus"),
    texts=("payment.description",),
    needed=(_AT, _REQUEST, "loanId", "payment.id", "payment.status", "payment.totalAmount"),
    spare=("payment.txnRefNo",),
    account="loanId",
)
_LINE = "accountStatement.0."
_TRANSACTION = Shape(
    amounts=(f"{_LINE}amount", f"{_LINE}closingBalance"),
    days=(f"{_LINE}date",),
    moments=(_AT,),
    enums=(f"{_LINE}type", "loanStatus"),
    texts=(f"{_LINE}narration",),
    needed=(_REQUEST, "loanId", f"{_LINE}date", f"{_LINE}type", f"{_LINE}amount", f"{_LINE}txnRefNo"),
    spare=(f"{_LINE}closingBalance",),
    account="loanId",
)
_SUMMARY = Shape(
    amounts=("summary.amountDisbursed", "summary.amountRepaid", "summary.principalPending"),
    days=("startDate", "endDate"),
    moments=(_AT,),
    enums=("loanStatus",),
    texts=("summary.description",),
    needed=(_AT, _REQUEST, "loanId", "loanStatus", "summary.amountRepaid", "summary.principalPending"),
    spare=("endDate",),
    account="loanId",
)
_BY_PART = {
    "plan": _PLAN,
    "account": _ACCOUNT,
    "loanDetails": _LOAN,
    "payment": _PAYMENT,
    "accountStatement": _TRANSACTION,
    "summary": _SUMMARY,
}


def shape_of(document: Document) -> Shape | None:
    """Find the shape of a message by the part that tells its kind."""
    for part, shape in _BY_PART.items():
        if part in document:
            return shape
    listed = document.get("loanApplications")
    first = listed[0] if isinstance(listed, list) else None
    if not isinstance(first, dict):
        return None
    return _OFFER if first.get("offers") else _APPLICATION
