"""Folios before the first day is lived: whose they are, what they hold, which plans feed them, what a lender has marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from generators.figures import Figures
from generators.frame import Frame
from generators.nav import Market, Scheme, market_of, nav_10000, units_1000
from generators.people import Counterparty, Tie, digits, ifsc
from generators.trade import MILLION
from kit.chance import Stream
from kit.period import add_months, month_of
from kit.shapes import whole


class Sip(NamedTuple):
    """A systematic plan: the same amount on the same day of each month; instalments count from one."""

    id: str
    isin: str
    paise: int
    created_on: date
    first_on: date
    instalments_n: int
    ceased_on: date | None
    market: Market

    def falls_on(self, number: int) -> date:
        """Give the business day on which an instalment is presented."""
        return self.market.open_from(add_months(self.first_on, number - 1))

    def is_due(self, number: int) -> bool:
        """Say whether the plan still stands on the day of an instalment."""
        is_ceased = self.ceased_on is not None and self.falls_on(number) > self.ceased_on
        return 1 <= number <= self.instalments_n and not is_ceased

    def paid_before(self, day: date) -> int:
        """Count the instalments that fell before a day."""
        month = (day.year - self.first_on.year) * 12 + day.month - self.first_on.month + 1
        number = max(0, min(self.instalments_n, month))
        return number - (number > 0 and self.falls_on(number) >= day)


class Holding(NamedTuple):
    """One scheme in a folio, with the units and cost it came into the world with."""

    scheme: Scheme
    held_since: date
    opening_units: int
    opening_cost_paise: int


class Lien(NamedTuple):
    """Units of a scheme a lender may sell; released_on is None while the mark stands."""

    isin: str
    units: int
    marked_on: date
    released_on: date | None

    def stands_on(self, day: date) -> bool:
        """Say whether the units are marked on a day."""
        return self.marked_on <= day and (self.released_on is None or day < self.released_on)


class Folio(NamedTuple):
    """What one person holds with one fund house."""

    number: str
    party: str
    house: str
    house_id: str
    registrar: str
    opened_on: date
    holdings: tuple[Holding, ...]
    sips: tuple[Sip, ...]
    lien: Lien | None


def owners_market(frame: Frame) -> Market:
    """Give the market the owner buys and sells on."""
    return market_of(frame.figures["funds"], frame.figures["calendar"], frame.first)


def houses_of(frame: Frame, stream: Stream) -> tuple[Counterparty, ...]:
    """Name the fund houses as those who take and pay the money."""
    named = [house[0].house for house in owners_market(frame).schemes]
    return tuple(
        Counterparty(f"{Tie.FUND_HOUSE}-{number}", Tie.FUND_HOUSE, name, "", ifsc(stream), "")
        for number, name in enumerate(named, 1)
    )


def monthly_profit_paise(frame: Frame, day: date) -> int:
    """Tell what a plain month is expected to leave; amounts put aside are parts of it."""
    years = (day - frame.first).days // 365
    grown: float = frame.firm.turnover_paise * max(0.03, frame.firm.margin) * (1 + frame.firm.growth) ** years
    return int(grown / 12)


def folios_of(frame: Frame, stream: Stream, people: Sequence[Counterparty]) -> tuple[Folio, ...]:
    """Open the owner's one to four folios, each with a fund house of its own."""
    figures = frame.figures["funds"]
    weights = [whole(one) for one in figures.row("folios_weights", frame.first)]
    count = stream.choices(range(1, len(weights) + 1), weights)[0]
    houses = stream.sample(range(len(people)), count)
    return tuple(
        _folio(frame, stream.branch(place), people[house], (place, house))
        for place, house in enumerate(sorted(houses), 1)
    )


def _folio(frame: Frame, stream: Stream, house: Counterparty, at: tuple[int, int]) -> Folio:
    figures, place = frame.figures["funds"], at[0]
    market = owners_market(frame)
    offered, weights = market.schemes[at[1]], market.class_weights
    chosen = {stream.choices(range(len(offered)), weights)[0]}
    if stream.randrange(MILLION) < figures.whole("second_scheme_ppm", frame.first):
        chosen.add(stream.choices(range(len(offered)), weights)[0])
    schemes = [offered[one] for one in sorted(chosen)]
    is_saving = stream.randrange(MILLION) < figures.whole("sip_ppm", frame.first)
    sip = _sip(frame, stream, f"SIP-{place}", schemes[0].isin)
    sips = (sip,) if is_saving else ()
    opened_on = market.open_until(frame.first - timedelta(days=stream.randrange(200, 2200)))
    opened_on = min([opened_on, *(one.created_on for one in sips)])
    holdings = tuple(_holding(frame, stream, scheme, (sip, opened_on)) for scheme in schemes)
    return Folio(
        number=f"{stream.randrange(10_000_000, 60_000_000)}/{digits(stream, 2)}",
        party=frame.owner.id,
        house=house.name,
        house_id=house.id,
        registrar=holdings[0].scheme.registrar,
        opened_on=opened_on,
        holdings=holdings,
        sips=sips,
        lien=_lien(frame, stream, holdings[-1]),
    )


def _instalment_paise(frame: Frame, stream: Stream) -> int:
    figures = frame.figures["funds"]
    low, high = bounds(figures, "sip_profit_percent", frame.first)
    least, most = bounds(figures, "sip_bounds_rupees", frame.first)
    rupees = monthly_profit_paise(frame, frame.first) * stream.randint(low, high) // 10_000
    return min(most, max(least, rupees // 500 * 500)) * 100


def _holding(frame: Frame, stream: Stream, scheme: Scheme, known: tuple[Sip, date]) -> Holding:
    """What a plan has paid in before the first day is the least its scheme holds then."""
    figures = frame.figures["funds"]
    sip, opened_on = known
    months = stream.randint(*bounds(figures, "opening_months", frame.first))
    if scheme.isin == sip.isin:
        months = max(months, sip.paid_before(frame.first))
    cost = sip.paise * months
    gain = stream.randint(*bounds(figures, "opening_gain_percent", frame.first))
    worth = cost * (100 + (gain if scheme.fund_type != "DEBT" else gain // 4)) // 100
    return Holding(scheme, opened_on, units_1000(worth, nav_10000(scheme, frame.first)), cost)


def _sip(frame: Frame, stream: Stream, name: str, isin: str) -> Sip:
    """Some plans began long before the first day, some begin after it, some are given up."""
    figures = frame.figures["funds"]
    paise = _instalment_paise(frame, stream)
    day = whole(stream.choice(figures.row("sip_days", frame.first)))
    begun = month_of(frame.first).plus(stream.randint(-30, 8))
    first_on = begun.first_day.replace(day=day)
    instalments_n = whole(stream.choice(figures.row("sip_instalments", frame.first)))
    lasts = stream.randint(5, 30)
    is_ceased = stream.randrange(MILLION) < figures.whole("sip_ceased_ppm", frame.first)
    ceased_on = add_months(max(first_on, frame.first), lasts) + timedelta(days=stream.randrange(1, 26))
    market = owners_market(frame)
    created_on = market.open_until(first_on - timedelta(days=stream.randrange(21, 40)))
    is_ceased = is_ceased and ceased_on < add_months(first_on, instalments_n - 1)
    return Sip(
        name, isin, paise, created_on, first_on, instalments_n, ceased_on if is_ceased else None, market
    )


def _lien(frame: Frame, stream: Stream, holding: Holding) -> Lien | None:
    is_marked = stream.randrange(MILLION) < frame.figures["funds"].whole("lien_ppm", frame.first)
    percent, wait, life = stream.randint(30, 70), stream.randrange(30, 620), stream.randrange(180, 900)
    if not is_marked or holding.scheme.lock_months:
        return None
    market = owners_market(frame)
    marked_on = market.open_from(frame.first + timedelta(days=wait))
    released_on = market.open_from(marked_on + timedelta(days=life))
    return Lien(
        holding.scheme.isin,
        holding.opening_units * percent // 100,
        marked_on,
        None if life > 700 else released_on,
    )


def bounds(figures: Figures, name: str, day: date) -> tuple[int, int]:
    """Read a figure that names a least and a most."""
    low, high = figures.row(name, day)
    return whole(low), whole(high)
