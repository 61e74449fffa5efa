"""The fields OCEN gives each object, in 4.0.0alpha and in the schemas before it; any other is kept aside."""

from __future__ import annotations

_EVERYWHERE = "description url extensibleData "


def _named(fields: str) -> frozenset[str]:
    return frozenset((_EVERYWHERE + fields).split())


METADATA = _named(
    "version originatorOrgId originatorParticipantId participantId orgId timestamp traceId requestId"
)
APPLICATION = _named(
    """createdDate loanApplicationId loanApplicationStatus loanType pledgedDocuments borrower guarantors applicants terms
    creditGuarantees consents kyc offers rejectionDetails actionRequired"""
)
BORROWER = _named(
    "primaryId primaryIdType additionalIdentifiers name category contactDetails documents aaIdentifier"
)
TERMS = _named(
    """requestedAmount currency sanctionedAmount netDisbursedAmount interestType interestRate annualPercentageRate
    coolingOffPeriod totalRepayableAmount totalAmount interestAmount tenure legalAgreement documents charges"""
)
OFFER = _named("id isMappedtoDocument documentId validTill terms disbursement repayment documents")
PLAN = _named(
    """id title shortDescription paymentUrl payNowAllowed editPlanAllowed changeMethodAllowed automatic scheduleType
    noOfInstallment noOfInstallments frequency tenure totalAmount principal interestAmount penalty startDate status"""
)
ACCOUNT = _named("id status accountDataType data")
HELD = _named("accountType accountIFSC accountNumber vpa maskedAccountNumber accountHolderName")
LOAN = _named(
    """loanId loanApplicationId loanApplicationStatus createdDate startDate endDate borrower documents guarantors
    applications offer terms"""
)
PAYMENT = _named(
    """id totalAmount date status installmentNumber txnRefNo principal interestAmount fee penalty useSavedPaymentOption
    paymentMethodType paymentUrl"""
)
LINE = _named("date narration txnRefNo amount type closingBalance")
SUMMARY = _named(
    """nextRepayment currentRepayment principalPaid interestPaid penaltyPaid principalPending interestPending
    amountDisbursed amountRepaid tenure"""
)
