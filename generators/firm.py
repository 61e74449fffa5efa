"""What a firm is made of before its first day: its line of business, its size, its habits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from generators.papers import Scheme
from generators.people import AccountKind, Constitution
from kit.shapes import listed, text, whole


@dataclass(frozen=True, slots=True)
class Sector:
    """A line of business; shares are parts of one million, seasons percent of a plain month or weekday.

    The six ways tell how takings without an invoice arrive and sum up to one million; turnover is a year's without tax.
    """

    id: str
    title: str
    weight: int
    turnover_paise: int
    turnover_spread_ppm: int
    ticket_paise: int
    ticket_spread_ppm: int
    b2b_ppm: int
    invoice_paise: int
    margin_ppm: int
    upi_ppm: int
    qr_ppm: int
    card_ppm: int
    gateway_ppm: int
    market_ppm: int
    cash_ppm: int
    wages_ppm: int
    rent_ppm: int
    stock_days: int
    credit_days: int
    hsn: tuple[str, ...]
    inputs_hsn: tuple[str, ...]
    inputs_registered_ppm: int
    months_percent: tuple[int, ...]
    weekdays_percent: tuple[int, ...]


_NOT_NUMBERS = frozenset(("id", "title", "hsn", "inputs_hsn", "months_percent", "weekdays_percent"))


def sector_of(fields: Mapping[str, object]) -> Sector:
    """Read a sector from its figures; a field too many or too few is a TypeError or a KeyError."""
    numbers = {name: whole(value) for name, value in fields.items() if name not in _NOT_NUMBERS}
    return Sector(
        id=text(fields["id"]),
        title=text(fields["title"]),
        hsn=tuple(map(text, listed(fields["hsn"]))),
        inputs_hsn=tuple(map(text, listed(fields["inputs_hsn"]))),
        months_percent=tuple(map(whole, listed(fields["months_percent"]))),
        weekdays_percent=tuple(map(whole, listed(fields["weekdays_percent"]))),
        **numbers,
    )


@dataclass(frozen=True, slots=True)
class Firm:
    """The hidden traits of one firm; turnover is a year's without tax, shares and habits lie between 0 and 1.

    quality is the latent soundness all habits lean on, growth a year's, volatility the spread of a month's takings,
    leverage debt over turnover, buffer the days of turnover kept at hand, unseen the share of takings that reaches other hands than the account and pays
    suppliers from there, unwritten the share of the counter's cash without a bill, facts the names of what was planted.
    """

    sector: Sector
    constitution: Constitution
    state: str
    town: str
    started_on: date
    turnover_paise: int
    quality: float
    growth: float
    margin: float
    b2b: float
    cash: float
    volatility: float
    discipline: float
    leverage: float
    concentration: float
    buffer_days: float
    employees_n: int
    scheme: Scheme
    facility: AccountKind | None
    sells_on_ondc: bool
    borrows_on_ocen: bool
    invests: bool
    insures: bool
    unseen: float
    unwritten: float
    facts: frozenset[str]
