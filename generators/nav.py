"""Schemes that do not exist, and what a unit of each is worth on a day: one market for all businesses of the world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from generators.calendar_in import WorkingYear
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
    market: Market
    fund_type: str
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


class Market:
    """One market for all businesses of a world: its schemes, and the weekdays that are no holidays."""

    def __init__(self, funds: Figures, calendar: Figures, first: date) -> None:
        """Draw up the schemes of every house from the first day of the world on."""
        self.funds, self.first = funds, first
        self._year = WorkingYear(calendar)
        self._open: dict[date, date] = {}
        houses = [mapping(one) for one in funds.row("fund_houses", first)]
        self.classes = [mapping(one) for one in funds.row("fund_classes", first)]
        self.schemes = tuple(self._offered(number, house) for number, house in enumerate(houses))

    @property
    def class_weights(self) -> list[int]:
        """Tell how often each class of scheme is chosen; a house's schemes stand in the same order."""
        return [whole(one["weight"]) for one in self.classes]

    def _offered(self, number: int, house: Mapping[str, object]) -> tuple[Scheme, ...]:
        return tuple(_scheme(self, house, (number, place, made)) for place, made in enumerate(self.classes))

    def is_open(self, day: date) -> bool:
        """Say whether schemes publish a NAV and carry out orders on a day."""
        return day.weekday() < 5 and self._year.is_working(day)

    def open_from(self, day: date, later: int = 0) -> date:
        """Give the first open day on or after a day, and go on by some more."""
        found = self._open.get(day)
        if found is None:
            found = day
            while not self.is_open(found):
                found += _DAY
            self._open[day] = found
        return found if later == 0 else self.open_from(found + _DAY, later - 1)

    def open_until(self, day: date) -> date:
        """Give the last open day up to a day, whose NAV holds on it."""
        while not self.is_open(day):
            day -= _DAY
        return day


@cache
def market_of(funds: Figures, calendar: Figures, first: date) -> Market:
    """Open the market once."""
    return Market(funds, calendar, first)


def _scheme(market: Market, house: Mapping[str, object], at: tuple[int, int, dict[str, object]]) -> Scheme:
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
        walk=_walk(market, made, (isin, number)),
    )


def _walk(market: Market, made: Mapping[str, object], scheme: tuple[str, int]) -> Walk:
    isin, number = scheme
    figures, first = market.funds, market.first
    days = figures.whole("trading_days_a_year", first)
    return Walk(
        isin=isin,
        market=market,
        fund_type=text(made["fund"]),
        first=first,
        start_10000=whole(made["nav_10000"]) * (83 + number * 9) // 100,
        drift=whole(made["drift_bps"]) / 10_000 / days,
        spread=whole(made["volatility_bps"]) / 10_000 / days**0.5,
        market_share=figures.whole("market_share_percent", first) / 100,
    )


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
    common = _shared(walk.fund_type, month)
    own = Stream("nav", walk.isin, str(month))
    alone = (1 - walk.market_share**2) ** 0.5
    found = []
    for place, day in enumerate(_days(month)):
        if walk.market.is_open(day) and day > walk.first:
            chance = walk.market_share * common[place] + alone * own.gauss(0.0, 1.0)
            nav = max(1, round(nav * (1 + walk.drift + walk.spread * chance)))
        found.append(nav)
    return tuple(found)


@cache
def _shared(name: str, month: Month) -> tuple[float, ...]:
    stream = Stream("market", name, str(month))
    return tuple(stream.gauss(0.0, 1.0) for _ in _days(month))


def _days(month: Month) -> list[date]:
    return [month.first_day + _DAY * n for n in range(month.last_day.day)]
