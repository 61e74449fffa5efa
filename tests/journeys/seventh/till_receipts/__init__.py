"""Receipts of a shop's till as its printer numbers them: one line about the till, then one line for each receipt.

Accepted besides, each as a finding: amounts, days, moments and tenders in other forms, and fields nobody declared.
A receipt without number, moment, day or amount is held back; an unknown tender becomes OTHER.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="till_receipts",
    title="Till receipts",
    standard="Till export 1",
    channels=(Channel.DIRECT_UPLOAD,),
    fi_types=(),
    record_types=("receipt", "till"),
    party_kinds=("entity", "proprietor"),
)
