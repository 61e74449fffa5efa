"""Loans over the open credit network as OCEN 4.0.0alpha tells them: one envelope per delivery, then one message per line.

Lines are the lender's answers in their published shapes, told apart by what they hold: loanApplications (with offers in
it: an offer), plan, account, loanDetails, payment, accountStatement, summary. Amounts are numbers, but text in statements
and summaries; either is read wherever it stands. Accepted besides, each as a finding: amounts in any other form, WITHDRAWAL
for the published WITHDRAWL, SUCESS. Of names the standard gives twice (orgId, noOfInstallments) the later one is written
too. A status nobody knows is held back, for the order of statuses counts. A repeated requestId is the same message.
A line that lists several applications, offers or statement lines is held back whole with all its money: a line has one end,
and the others would be lost. A step that tells nothing but its state is an application in that state.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="ocen",
    title="Loans over OCEN",
    standard="OCEN 4.0.0alpha",
    channels=(Channel.OCEN,),
    fi_types=(),
    record_types=(
        "account",
        "application",
        "envelope",
        "loan",
        "offer",
        "payment",
        "plan",
        "summary",
        "transaction",
    ),
    party_kinds=("entity", "proprietor"),
)
