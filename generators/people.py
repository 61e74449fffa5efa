"""Who a business is and whom it deals with: all invented, and unreal by construction.

PAN digits are 0000, mobiles start with 5, e-mail ends in .example, UPI handles in @bahi, IFSC starts with BAHI.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

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
    PARTNER = "PARTNER"
    OTHER = "OTHER"


class Party(NamedTuple):
    """The entity or a person behind it, with identifiers of its own; legal_name is whom the PAN was given to."""

    id: str
    role: Role
    name: str
    legal_name: str
    pan: str
    born_on: date
    mobile: str
    email: str
    address: str


class Account(NamedTuple):
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


class Counterparty(NamedTuple):
    """Somebody money comes from or goes to; gstin is empty for persons and the unregistered."""

    id: str
    tie: Tie
    name: str
    upi: str
    ifsc: str
    gstin: str


_LETTERS_OF = {Constitution.PARTNERSHIP: "F", Constitution.LLP: "F", Constitution.COMPANY: "C"}
_ENDINGS = {
    Constitution.PARTNERSHIP: "and Sons",
    Constitution.LLP: "Ventures LLP",
    Constitution.COMPANY: "Private Limited",
}


def person_name(stream: Stream) -> str:
    """Invent a person's name."""
    return f"{stream.choice(FIRST_NAMES)} {stream.choice(LAST_NAMES)}"


def digits(stream: Stream, count: int) -> str:
    """Draw a run of decimal digits."""
    return f"{stream.randrange(10**count):0{count}d}"


def proprietor(stream: Stream, started_on: date, town: str) -> Party:
    """Invent the one party of a proprietorship: the firm under its owner's PAN."""
    owner = person_name(stream)
    trade = f"{owner.split()[1]} {stream.choice(TRADE_WORDS)}"
    known = _person(stream, owner, started_on, town)
    return known._replace(id=MAIN_PARTY, role=Role.ENTITY, name=f"{trade} (Prop. {owner})")


def natural_person(stream: Stream, constitution: Constitution, number: int, town: str) -> Party:
    """Invent a partner or director."""
    role = Role.DIRECTOR if constitution is Constitution.COMPANY else Role.PARTNER
    known = _person(stream, person_name(stream), date(2020, 1, 1), town)
    return known._replace(id=f"{role.name}-{number}", role=role)


def _person(stream: Stream, name: str, grown_on: date, town: str) -> Party:
    handle = name.lower().replace(" ", ".")
    return Party(
        id="",
        role=Role.PROPRIETOR,
        name=name,
        legal_name=name,
        pan=synthetic_pan(stream, "P"),
        born_on=grown_on - timedelta(days=stream.randrange(22 * 365, 55 * 365)),
        mobile="5" + digits(stream, 9),
        email=f"{handle}@{name.split()[1].lower()}.example",
        address=f"{stream.randrange(1, 400)}, Market Road, {town}",
    )


def entity(stream: Stream, constitution: Constitution, head: Party, started_on: date) -> Party:
    """Invent a firm or company, with a PAN of its own."""
    surname = head.name.split()[1]
    name = f"{surname} {stream.choice(TRADE_WORDS)} {_ENDINGS[constitution]}"
    return head._replace(
        id=MAIN_PARTY,
        role=Role.ENTITY,
        name=name,
        legal_name=name,
        pan=synthetic_pan(stream, _LETTERS_OF[constitution]),
        born_on=started_on,
        mobile="5" + digits(stream, 9),
        email=f"accounts@{surname.lower()}.example",
    )


def account(
    stream: Stream, party: str, kind: AccountKind, place: tuple[str, str], opened_on: date
) -> Account:
    """Open an account of a party at a bank and town; what stands on it is told by whoever opens it."""
    bank, town = place
    return Account(
        id="LRN" + digits(stream, 12),
        party=party,
        kind=kind,
        bank=bank,
        number=digits(stream, 14),
        ifsc=ifsc(stream),
        micr=_micr(stream),
        branch=town,
        opened_on=opened_on,
        opening_paise=0,
        limit_paise=0,
        drawing_paise=0,
    )


def _micr(stream: Stream) -> str:
    """Draw a city and a branch; between them stands the bank, and 000 is none."""
    drawn = digits(stream, 9)
    return f"{drawn[:3]}000{drawn[6:]}"


def ifsc(stream: Stream) -> str:
    """Draw a branch of a bank that does not exist."""
    return f"{BANK}0{digits(stream, 6)}"


def person(stream: Stream, tie: Tie, number: int) -> Counterparty:
    """Invent a natural person on the other side."""
    name = person_name(stream)
    upi = f"{name.lower().replace(' ', '.')}{number}@bahi"
    return Counterparty(f"{tie}-{number}", tie, name, upi, ifsc(stream), "")


def firm(stream: Stream, tie: Tie, number: int, state: str) -> Counterparty:
    """Invent a registered firm on the other side, mostly of the same state."""
    surname = stream.choice(LAST_NAMES)
    name = f"{surname} {stream.choice(SUPPLY_WORDS)}"
    place = state if stream.random() < 0.75 else stream.choice(TOWNS)[1]
    gstin = synthetic_gstin(synthetic_pan(stream, "F"), place)
    return Counterparty(f"{tie}-{number}", tie, name, f"{surname.lower()}.{number}@bahi", ifsc(stream), gstin)


def institution(stream: Stream, tie: Tie, name: str) -> Counterparty:
    """Name a lender, a bank or a utility."""
    return Counterparty(str(tie), tie, name, "", ifsc(stream), "")
