"""Bank deposits as ReBIT DEPOSIT 2.0.0 tells them: one envelope per delivery, then one transaction per line.

Accepted besides the letter of 2.0.0, each as a finding: version 1.1 names (currentBalance of a transaction, ifscCode),
transactionTimeStamp and transactionDateTime, snake_case and lower-case containers, a single Holder as an object,
accountType "SBA", amounts as numbers, times without zone (Indian time) or at 18:30Z (Indian midnight), any order.
txnId and reference may be empty or repeated, so a line is known by account, txnId and the balance it left behind.
An unknown mode becomes OTHERS with a finding; an unknown direction is held back, for money has a side.
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
