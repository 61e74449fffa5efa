"""Bank deposits as ReBIT DEPOSIT 2.0.0 tells them: one envelope per delivery, then one transaction per line.

Accepted besides the letter of 2.0.0, each as a finding: the names of version 1.1 (currentBalance of a transaction,
ifscCode, type, Pending), transactionTimeStamp and transactionDateTime, snake_case and lower-case containers, a single
Holder as an object, accountType "SBA", amounts as numbers, times without zone (Indian time), any order. 18:30Z is an
Indian midnight. txnId and reference may be empty or repeated, so a line is known by account, txnId and the balance it left behind.
A field without a name in its place is kept aside as JSON text and counted. A word outside a closed list is taken by case
or as a listed synonym; else it becomes nothing, an unknown mode OTHERS, an unknown ckyc NO_DATA_AVAILABLE; an unknown
direction is held back, for money has a side. An overdraft or cash credit stated as what is drawn, or without sign, gets its
sign from the chain of balances; the envelope's own balance stays as stated. Every break of a chain is told at its line.
An empty startDate or endDate is unknown coverage, never full coverage.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="bank",
    title="Bank deposits",
    standard="ReBIT DEPOSIT 2.0.0",
    channels=(Channel.AA, Channel.DIRECT_UPLOAD),
    fi_types=("DEPOSIT",),
    record_types=("statement", "transaction"),
    party_kinds=("entity", "proprietor", "partner", "director", "guarantor"),
)
