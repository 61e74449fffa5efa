"""Who a business is and whom it deals with: all invented, and unreal by construction.

PAN digits are 0000, mobiles start with 5, e-mail ends in .example, UPI handles in @bahi, IFSC starts with BAHI.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kit.chance import Stream
from kit.ident import synthetic_gstin, synthetic_pan

MAIN_PARTY = "ENTITY"
BANK = "BAHI"
_FIRST = (
    "Aarav Aditi Amit Anjali Arjun Asha Bhavna Chetan Deepa Devika Dinesh Farhan Gauri Girish Harpreet Imran Isha "
    "Jaya Joseph Kavita Kiran Lakshmi Mahesh Meera Mohan Nadia Naresh Nisha Omkar Pooja Prakash Priya Rahul Rekha "
    "Rohan Sagar Salim Sandhya Sanjay Shalini Suresh Tara Uma Vijay Vinod Yasmin"
)
_LAST = (
    "Agarwal Bansal Bhat Chauhan Das Desai Fernandes Gill Gupta Iyer Jain Joshi Kale Khan Kulkarni Kumar Lal "
    "Mehta Menon Mishra Naidu Nair Pandey Patel Pillai Rao Rathod Reddy Saxena Shah Sharma Shetty Singh Solanki "
    "Tiwari Verma Yadav"
)
FIRST_NAMES = tuple(_FIRST.split())
LAST_NAMES = tuple(_LAST.split())
TRADE_WORDS = ("Traders", "Stores", "Agencies", "Enterprises", "Marketing", "Distributors", "General Stores")
SUPPLY_WORDS = ("Wholesale", "Foods", "Supply Co", "Sales Corporation", "Mills", "Provisions")
TOWNS = (
    ("Pune", "27"),
    ("Indore", "23"),
    ("Surat", "24"),
    ("Nagpur", "27"),
    ("Jaipur", "08"),
    ("Salem", "33"),
)


class Constitution(StrEnum):
    """The legal form of the business."""

    PROPRIETORSHIP = "PROPRIETORSHIP"
    PARTNERSHIP = "PARTNERSHIP"
    LLP = "LLP"
    COMPANY = "COMPANY"


class Role(StrEnum):
    """What a party is to the business; a proprietorship and its owner are one party with one PAN."""

    ENTITY = "entity"
    PROPRIETOR = "proprietor"
    PARTNER = "partner"
    DIRECTOR = "director"
    GUARANTOR = "guarantor"


class AccountKind(StrEnum):
    """The deposit and limit accounts a bank keeps for a business."""

    CURRENT = "CURRENT"
    SAVINGS = "SAVINGS"
    OVERDRAFT = "OVERDRAFT"
    CASH_CREDIT = "CASH_CREDIT"


class Tie(StrEnum):
    """What a counterparty is to the business; a customer walks in, a buyer has a GSTIN and is sent an invoice."""

    CUSTOMER = "CUSTOMER"
    BUYER = "BUYER"
    SUPPLIER = "SUPPLIER"
    LANDLORD = "LANDLORD"
    EMPLOYEE = "EMPLOYEE"
    LENDER = "LENDER"
    BANK = "BANK"
    UTILITY = "UTILITY"
    GOVERNMENT = "GOVERNMENT"
    AGGREGATOR = "AGGREGATOR"
    MARKETPLACE = "MARKETPLACE"
    FUND_HOUSE = "FUND_HOUSE"
    INSURER = "INSURER"
    FAMILY = "FAMILY"
    OWN = "OWN"


@dataclass(frozen=True, slots=True)
class Party:
    """The entity or a person behind it, with identifiers of its own."""

    id: str
    role: Role
    name: str
    pan: str
    born_on: date
    mobile: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class Account:
    """One bank account; limits are zero where the bank lends nothing on it."""

    id: str
    party: str
    kind: AccountKind
    bank: str
    number: str
    ifsc: str
    micr: str
    branch: str
    opened_on: date
    opening_paise: int
    limit_paise: int
    drawing_paise: int


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Somebody money comes from or goes to; gstin is empty for persons and the unregistered."""

    id: str
    tie: Tie
    name: str
    upi: str
    ifsc: str
    gstin: str


def person_name(stream: Stream) -> str:
    """Invent a person's name."""
    return f"{stream.choice(FIRST_NAMES)} {stream.choice(LAST_NAMES)}"


def digits(stream: Stream, count: int) -> str:
    """Draw a run of decimal digits."""
    return f"{stream.randrange(10**count):0{count}d}"


def proprietor(stream: Stream, as_of: date) -> Party:
    """Invent the one party of a proprietorship: the firm under its owner's PAN."""
    owner = person_name(stream)
    firm = f"{owner.split()[1]} {stream.choice(TRADE_WORDS)}"
    town, _ = stream.choice(TOWNS)
    handle = owner.lower().replace(" ", ".")
    return Party(
        id=MAIN_PARTY,
        role=Role.ENTITY,
        name=f"{firm} (Prop. {owner})",
        pan=synthetic_pan(stream, "P"),
        born_on=as_of - timedelta(days=stream.randrange(26 * 365, 60 * 365)),
        mobile="5" + digits(stream, 9),
        email=f"{handle}@{firm.split()[0].lower()}.example",
        address=f"{stream.randrange(1, 400)}, Market Road, {town}",
    )


def current_account(stream: Stream, party: Party, opened_on: date, opening_paise: int) -> Account:
    """Open the current account a plain trader lives from."""
    return Account(
        id="LRN" + digits(stream, 12),
        party=party.id,
        kind=AccountKind.CURRENT,
        bank=f"{BANK}-FIP",
        number=digits(stream, 14),
        ifsc=ifsc(stream),
        micr=digits(stream, 9),
        branch=stream.choice(TOWNS)[0],
        opened_on=opened_on,
        opening_paise=opening_paise,
        limit_paise=0,
        drawing_paise=0,
    )


def ifsc(stream: Stream) -> str:
    """Draw a branch of a bank that does not exist."""
    return f"{BANK}0{digits(stream, 6)}"


def person(stream: Stream, tie: Tie, number: int) -> Counterparty:
    """Invent a natural person on the other side."""
    name = person_name(stream)
    upi = f"{name.lower().replace(' ', '.')}{number}@bahi"
    return Counterparty(f"{tie}-{number}", tie, name, upi, ifsc(stream), "")


def firm(stream: Stream, tie: Tie, number: int) -> Counterparty:
    """Invent a registered firm on the other side."""
    surname = stream.choice(LAST_NAMES)
    name = f"{surname} {stream.choice(SUPPLY_WORDS)}"
    gstin = synthetic_gstin(synthetic_pan(stream, "F"), stream.choice(TOWNS)[1])
    return Counterparty(f"{tie}-{number}", tie, name, f"{surname.lower()}.{number}@bahi", ifsc(stream), gstin)


def institution(stream: Stream, tie: Tie, name: str) -> Counterparty:
    """Name a lender, a bank or a utility."""
    return Counterparty(str(tie), tie, name, "", ifsc(stream), "")
