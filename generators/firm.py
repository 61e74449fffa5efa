"""What a firm is made of before its first day: its line of business, its size, its habits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from generators.papers import Scheme
from generators.people import AccountKind, Constitution


@dataclass(frozen=True, slots=True)
class Sector:
    """A line of business; shares are parts of one million, seasons percent of a plain month or weekday."""

    id: str
    title: str
    weight: int
    turnover_paise: int
    turnover_spread: float
    ticket_paise: int
    ticket_spread: float
    b2b_ppm: int
    invoice_paise: int
    margin_ppm: int
    cash_ppm: int
    stock_days: int
    credit_days: int
    hsn: tuple[str, ...]
    months_percent: tuple[int, ...]
    weekdays_percent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """The hidden traits of one firm; turnover is a year's without tax, habits lie between 0 and 1."""

    sector: Sector
    constitution: Constitution
    state: str
    town: str
    started_on: date
    turnover_paise: int
    growth: float
    margin: float
    b2b: float
    cash: float
    volatility: float
    discipline: float
    leverage: float
    concentration: float
    buffer_days: int
    employees_n: int
    scheme: Scheme
    facility: AccountKind | None
    sells_on_ondc: bool
    borrows_on_ocen: bool
    invests: bool
    insures: bool
    facts: frozenset[str]
