"""The papers a business leaves behind: what falls due and what became of it, what is invoiced, filed and asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

from generators.people import Counterparty
from generators.trade import Purpose, Rail
from kit.period import Month


class IfShort(StrEnum):
    """What happens to a payment when the account cannot bear it: it waits, is returned by the bank, or is left out."""

    WAITS = "WAITS"
    BOUNCES = "BOUNCES"
    SKIPPED = "SKIPPED"


class Due(NamedTuple):
    """A movement of money a book has planned; paise are signed, money in is positive and never short.

    The document is unique among all dues of a business: LOAN-2/7 is the seventh instalment of a loan.
    """

    day: date
    document: str
    account: str
    counterparty: str
    purpose: Purpose
    rail: Rail
    paise: int
    if_short: IfShort


class Passed(NamedTuple):
    """What became of a due up to the day of the look: paid_on is None while it is open, skipped or given up."""

    document: str
    due_on: date
    paid_on: date | None
    returned_on: tuple[date, ...]


class Sale(NamedTuple):
    """Takings of one day at one rate of tax that a book brings to the till's own; gross holds the tax, returns are negative."""

    day: date
    rate_bps: int
    gross_paise: int
    via: str


class Book(Protocol):
    """A part of the business's life that is planned before its days are lived: loans, orders, funds, covers, sundries."""

    @property
    def dues(self) -> Sequence[Due]: ...
    @property
    def sales(self) -> Sequence[Sale]: ...
    @property
    def people(self) -> Sequence[Counterparty]: ...


class Supply(StrEnum):
    """The kinds of outward documents GSTR-1 tells apart."""

    B2B = "B2B"
    B2C_LARGE = "B2C_LARGE"
    EXPORT = "EXPORT"
    EXEMPT = "EXEMPT"
    CREDIT_NOTE = "CREDIT_NOTE"


class Tax(NamedTuple):
    """Taxable value and the three heads of tax on it, in paise."""

    taxable_paise: int
    igst_paise: int
    cgst_paise: int
    sgst_paise: int

    @property
    def tax_paise(self) -> int:
        """Sum the heads."""
        return self.igst_paise + self.cgst_paise + self.sgst_paise

    @property
    def gross_paise(self) -> int:
        """Value with tax."""
        return self.taxable_paise + self.igst_paise + self.cgst_paise + self.sgst_paise

    def plus(self, other: Tax) -> Tax:
        """Add head by head."""
        return Tax(
            self.taxable_paise + other.taxable_paise,
            self.igst_paise + other.igst_paise,
            self.cgst_paise + other.cgst_paise,
            self.sgst_paise + other.sgst_paise,
        )


NO_TAX = Tax(0, 0, 0, 0)


class Invoice(NamedTuple):
    """One outward document of one rate; of a credit note the amounts are positive and against names the invoice."""

    number: str
    on: date
    supply: Supply
    buyer: str
    place: str
    hsn: str
    rate_bps: int
    tax: Tax
    value_paise: int
    due_on: date
    against: str


class Purchase(NamedTuple):
    """One inward invoice; filed_on is the day the supplier told of it, None when he never did."""

    number: str
    on: date
    supplier: str
    place: str
    hsn: str
    rate_bps: int
    tax: Tax
    value_paise: int
    is_eligible: bool
    filed_on: date | None


class Retail(NamedTuple):
    """Takings without a buyer's name: one day, one rate, one way (empty: over the counter)."""

    day: date
    rate_bps: int
    taxable_paise: int
    gross_paise: int
    via: str


class Scheme(StrEnum):
    """How a business stands towards GST."""

    MONTHLY = "MONTHLY"
    QRMP = "QRMP"
    COMPOSITION = "COMPOSITION"
    UNREGISTERED = "UNREGISTERED"


@dataclass(frozen=True, slots=True)
class Registration:
    """A GST registration: whose it is, where, since when, and under which scheme."""

    gstin: str
    party: str
    state: str
    scheme: Scheme
    registered_on: date
    legal_name: str
    trade_name: str


@dataclass(frozen=True, slots=True)
class TaxMonth:
    """One calendar month of GST as it was closed: what was supplied, credited, owed and paid.

    Output is net of credit notes. Owed in cash is output less credit used, head by head; credit left goes on.
    For QRMP a month that is not a quarter's third carries the deposit of PMT-06 as its cash. sales_filed_on is the day of
    GSTR-1 (or IFF), filed_on the day of GSTR-3B (QRMP: of the quarter, in its third month; composition: of CMP-08).
    """

    month: Month
    output: Tax
    exempt_paise: int
    export_paise: int
    credit: Tax
    credit_used: Tax
    cash: Tax
    interest_paise: int
    late_fee_paise: int
    sales_due_on: date
    sales_filed_on: date | None
    due_on: date
    filed_on: date | None


class Product(StrEnum):
    """What a business may ask for."""

    TERM = "TERM"
    WORKING_CAPITAL = "WORKING_CAPITAL"


@dataclass(frozen=True, slots=True)
class Application:
    """The ask at the day of the look; declared are the lenders the business tells of, with what it says it pays a month."""

    product: Product
    amount_paise: int
    months: int
    rate_bps: int
    purpose: str
    asked_on: date
    declared: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Fate:
    """What the hidden months brought to the loan asked for."""

    is_default: bool
    default_on: date | None
    worst_dpd: int
    disbursed_on: date
