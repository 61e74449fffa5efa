"""The words of the ledger of events: how value moves, why, and what one movement is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from kit.facets import Direction

RUPEE = 100
OPENING_SECOND, CLOSING_SECOND = 8 * 3600, 22 * 3600
MILLION = 1_000_000


class Rail(StrEnum):
    """How value moves; NONE is for what moves no money, such as an invoice on credit."""

    UPI = "UPI"
    IMPS = "IMPS"
    NEFT = "NEFT"
    RTGS = "RTGS"
    NACH = "NACH"
    CASH = "CASH"
    CHEQUE = "CHEQUE"
    CARD = "CARD"
    ATM = "ATM"
    INTERNAL = "INTERNAL"
    NONE = "NONE"


class Purpose(StrEnum):
    """Why value moves: the truth behind a narration."""

    SALE = "SALE"
    SETTLEMENT = "SETTLEMENT"
    SUPPLIER = "SUPPLIER"
    RENT = "RENT"
    WAGES = "WAGES"
    STATUTORY = "STATUTORY"
    UTILITY = "UTILITY"
    TAX = "TAX"
    LOAN_DISBURSAL = "LOAN_DISBURSAL"
    EMI = "EMI"
    INTEREST = "INTEREST"
    CHARGE = "CHARGE"
    BOUNCE = "BOUNCE"
    REFUND = "REFUND"
    REVERSAL = "REVERSAL"
    PREMIUM = "PREMIUM"
    CLAIM = "CLAIM"
    INVESTMENT = "INVESTMENT"
    REDEMPTION = "REDEMPTION"
    OWN_TRANSFER = "OWN_TRANSFER"
    DRAWINGS = "DRAWINGS"
    CAPITAL = "CAPITAL"
    PENNY_DROP = "PENNY_DROP"
    SWEEP = "SWEEP"
    CHIT = "CHIT"
    TOLL = "TOLL"
    CARD_BILL = "CARD_BILL"
    DONATION = "DONATION"
    PRINCIPAL = "PRINCIPAL"


class Event(NamedTuple):
    """One event of the ledger; no is unique and rises with time on each account, document names the invoice, order or loan behind it."""

    no: int
    at: datetime
    party: str
    account: str
    counterparty: str
    purpose: Purpose
    rail: Rail
    direction: Direction
    amount_paise: int
    balance_paise: int
    document: str


class Move(NamedTuple):
    """A movement within a day; paise are signed, money in is positive."""

    second: int
    account: str
    counterparty: str
    purpose: Purpose
    rail: Rail
    paise: int
    document: str
