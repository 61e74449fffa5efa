"""Schemes that do not exist, and what a unit of each is worth on a day: one market for all businesses of the world."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from generators.figures import Figures
from kit.chance import Stream
from kit.period import Month, month_of
from kit.ratio import half_even
from kit.shapes import mapping, text, whole

ISSUER = "INF0BH"
_DAY = timedelta(days=1)


class Walk(NamedTuple):
    """How a NAV moves: its first value in ten-thousandths of a rupee, and the ways of one trading day."""

    isin: str
    market: str
    first: date
    start_10000: int
    drift: float
    spread: float
    market_share: float


class Scheme(NamedTuple):
    """One open-ended scheme in its growth option; pace is what its payouts go by."""

    isin: str
    amfi_code: str
    code: str
    house: str
    registrar: str
    name: str
    plan: str
    fund_type: str
    types: str
    category: str
    lock_months: int
    is_taxed: bool
    pace: str
    walk: Walk


def isin_check_digit(first_11: str) -> str:
    """Compute the twelfth character: letters count 10 to 35, then every second digit from the right is doubled."""
    digits = "".join(str(int(letter, 36)) for letter in first_11)
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


@cache
def schemes_of(figures: Figures, first: date) -> tuple[tuple[Scheme, ...], ...]:
    """List the schemes of every fund house, one of each class and plan, classes in the order of the figures."""
    houses = [mapping(one) for one in figures.row("fund_houses", first)]
    return tuple(_offered(figures, first, number, house) for number, house in enumerate(houses))


def class_weights(figures: Figures, day: date) -> list[int]:
    """Tell how often each class is chosen, in the order of the figures."""
    return [whole(mapping(one)["weight"]) for one in figures.row("fund_classes", day)]


def _offered(figures: Figures, first: date, number: int, house: dict[str, object]) -> tuple[Scheme, ...]:
    return tuple(
        _scheme(figures, first, house, (number, place, mapping(one)))
        for place, one in enumerate(figures.row("fund_classes", first))
    )


def _scheme(
    figures: Figures, first: date, house: dict[str, object], at: tuple[int, int, dict[str, object]]
) -> Scheme:
    number, place, made = at
    name, code = text(house["name"]), text(house["code"])
    plan = "DIRECT" if (number + place) % 3 == 0 else "REGULAR"
    serial = f"{number + 1:02d}{'D' if plan == 'DIRECT' else 'R'}{place + 1:02d}"
    isin = f"{ISSUER}{serial}"
    isin += isin_check_digit(isin)
    title = name.removesuffix(" Mutual Fund")
    return Scheme(
        isin=isin,
        amfi_code=str(900_000 + (number + 1) * 100 + place + 1),
        code=f"{code}{place + 1:02d}{'DG' if plan == 'DIRECT' else 'RG'}",
        house=name,
        registrar=text(house["registrar"]),
        name=f"{title} {text(made['title'])} - {plan.title()} Plan - Growth",
        plan=plan,
        fund_type=text(made["fund"]),
        types=text(made["types"]),
        category=text(made["category"]),
        lock_months=whole(made["lock_months"]),
        is_taxed=made["is_taxed"] is True,
        pace=text(made["pace"]),
        walk=_walk(figures, first, made, (isin, number)),
    )


def _walk(figures: Figures, first: date, made: dict[str, object], scheme: tuple[str, int]) -> Walk:
    isin, number = scheme
    days = figures.whole("trading_days_a_year", first)
    return Walk(
        isin=isin,
        market=text(made["fund"]),
        first=first,
        start_10000=whole(made["nav_10000"]) * (83 + number * 9) // 100,
        drift=whole(made["drift_bps"]) / 10_000 / days,
        spread=whole(made["volatility_bps"]) / 10_000 / days**0.5,
        market_share=figures.whole("market_share_percent", first) / 100,
    )


def is_business_day(day: date) -> bool:
    """Schemes publish no NAV on Saturdays and Sundays, and clearing houses do not work."""
    return day.weekday() < 5


def business_day(day: date, later: int = 0) -> date:
    """Give the first business day on or after a day, and go on by some more."""
    while not is_business_day(day):
        day += _DAY
    for _ in range(later):
        day = business_day(day + _DAY)
    return day


def nav_day(day: date) -> date:
    """Give the last business day up to a day, whose NAV holds on it."""
    return day - _DAY * max(0, day.weekday() - 4)


def nav_10000(scheme: Scheme, day: date) -> int:
    """Tell the NAV that holds on a day in ten-thousandths of a rupee; before the first day of the world it stands still."""
    if day < scheme.walk.first:
        return scheme.walk.start_10000
    return _month(scheme.walk, month_of(day))[day.day - 1]


def units_1000(paise: int, nav: int) -> int:
    """Tell how many thousandths of a unit an amount buys, rounded half to even."""
    return half_even(paise * 100_000, nav)


def worth_paise(units: int, nav: int) -> int:
    """Tell what thousandths of a unit are worth, rounded half to even."""
    return half_even(units * nav, 100_000)


@cache
def _month(walk: Walk, month: Month) -> tuple[int, ...]:
    """Walk through one month from the last NAV of the one before, calendar day by calendar day."""
    begin = month_of(walk.first)
    nav = walk.start_10000 if month <= begin else _month(walk, month.prev)[-1]
    shared = _market(walk.market, month)
    own = Stream("nav", walk.isin, str(month))
    alone = (1 - walk.market_share**2) ** 0.5
    found = []
    for place, day in enumerate(_days(month)):
        if is_business_day(day) and day > walk.first:
            chance = walk.market_share * shared[place] + alone * own.gauss(0.0, 1.0)
            nav = max(1, round(nav * (1 + walk.drift + walk.spread * chance)))
        found.append(nav)
    return tuple(found)


@cache
def _market(name: str, month: Month) -> tuple[float, ...]:
    stream = Stream("market", name, str(month))
    return tuple(stream.gauss(0.0, 1.0) for _ in _days(month))


def _days(month: Month) -> list[date]:
    return [month.first_day + _DAY * n for n in range(month.last_day.day)]
