"""Drawing a firm, its people and its accounts, before its first day is lived."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from generators.figures import Figures
from generators.firm import Firm, Sector, sector_of
from generators.frame import EPOCH, Frame
from generators.papers import Registration, Scheme
from generators.people import (
    MAIN_PARTY,
    TOWNS,
    Account,
    AccountKind,
    Constitution,
    Counterparty,
    Party,
    Tie,
    account,
    entity,
    firm,
    institution,
    natural_person,
    person,
    proprietor,
)
from generators.trade import MILLION
from kit.chance import Stream
from kit.ident import synthetic_gstin
from kit.shapes import listed, mapping, whole

BUYERS_N, SUPPLIERS_N, UNREGISTERED_N, PAYERS_N = 9, 7, 3, 160
# Power, fees, freight and repairs: what no purchase and no wage explains.
SUNDRY_SHARE = 0.03
BANKS = ("BAHI-FIP", "BAHI-FIP-2", "BAHI-FIP-3", "BAHI-FIP-4", "BAHI-FIP-5")


class Holdings(NamedTuple):
    """Which kinds of data a firm has beside its bank account."""

    gst: bool
    insurance: bool
    funds: bool
    ondc: bool
    ocen: bool


ALL_KINDS = Holdings(gst=True, insurance=True, funds=True, ondc=True, ocen=True)


@cache
def sectors_of(trade: Figures) -> Mapping[str, Sector]:
    """Read the lines of business by their ids."""
    rows = (sector_of(mapping(row)) for row in listed(trade.on("sectors", date.max)))
    return {sector.id: sector for sector in rows}


def drawn_holdings(trade: Figures, stream: Stream, sector: Sector) -> Holdings:
    """Draw the kinds of data a firm of the portfolio has; who lives from the open network sells on it."""
    shares = trade.table("source_ppm", date.max)
    holds = {name: stream.randrange(MILLION) < whole(ppm) for name, ppm in sorted(shares.items())}
    holds["ondc"] = holds["ondc"] or sector.id == "ONDC_SELLER"
    return Holdings(**holds)


def drawn_sector(trade: Figures, stream: Stream) -> Sector:
    """Draw a line of business by its weight in a portfolio."""
    sectors = list(sectors_of(trade).values())
    totals = list(accumulate(sector.weight for sector in sectors))
    drawn = stream.randrange(totals[-1])
    return next(sector for sector, total in zip(sectors, totals, strict=True) if drawn < total)


def drawn_seller(trade: Figures, stream: Stream) -> Sector:
    """Draw a line of business until it is one that sells on the open network."""
    sector = drawn_sector(trade, stream)
    return sector if _is_on_network(trade, sector) else drawn_seller(trade, stream)


def _is_on_network(trade: Figures, sector: Sector) -> bool:
    return sector.id in trade.row("sectors_on_network", date.max)


def drawn_constitution(trade: Figures, stream: Stream) -> Constitution:
    """Draw the legal form."""
    drawn = stream.randrange(100)
    for name, weight in sorted(trade.table("constitution_weights", date.max).items()):
        drawn -= whole(weight)
        if drawn < 0:
            return Constitution(name)
    return Constitution.PROPRIETORSHIP


def drawn_firm(
    trade: Figures, stream: Stream, sector: Sector, constitution: Constitution, holdings: Holdings
) -> Firm:
    """Draw the traits; quality stands behind most of them, none of them alone decides what becomes of the firm."""
    quality = stream.gauss(0.0, 1.0)
    size = math.exp(stream.gauss(0.0, sector.turnover_spread_ppm / MILLION))
    if constitution is not Constitution.PROPRIETORSHIP:
        size *= 1.9
    turnover = int(sector.turnover_paise * size)
    town, state = stream.choice(TOWNS)
    growth = trade.table("growth_percent", date.max)
    margin = sector.margin_ppm / MILLION * math.exp(stream.gauss(0.10 * quality, 0.22))
    wages = turnover * sector.wages_ppm // MILLION // 12
    return Firm(
        sector=sector,
        constitution=constitution,
        state=state,
        town=town,
        started_on=EPOCH - timedelta(days=stream.randrange(200, 5_200)),
        turnover_paise=turnover,
        quality=quality,
        growth=(whole(growth["middle"]) + whole(growth["spread"]) * stream.gauss(0.25 * quality, 1.0)) / 100,
        margin=margin,
        b2b=min(0.98, sector.b2b_ppm / MILLION * math.exp(stream.gauss(0.0, 0.12))),
        cash=min(0.9, sector.cash_ppm / MILLION * math.exp(stream.gauss(0.0, 0.35))),
        volatility=0.11 * math.exp(stream.gauss(-0.25 * quality, 0.40)),
        discipline=_squashed(1.1 + 0.8 * quality + stream.gauss(0.0, 0.9)),
        leverage=_leverage(trade, stream, quality, margin),
        concentration=_squashed(stream.gauss(-0.8, 1.0)),
        buffer_days=_buffer_days(trade, stream, quality),
        employees_n=max(0, round(wages / trade.whole("employees_paise", date.max))),
        scheme=_scheme(trade, stream, turnover, sector) if holdings.gst else Scheme.UNREGISTERED,
        facility=_facility(trade, stream, turnover),
        sells_on_ondc=holdings.ondc and _is_on_network(trade, sector),
        borrows_on_ocen=holdings.ocen,
        invests=holdings.funds,
        insures=holdings.insurance,
        unseen=_unseen(trade, stream, sector, margin),
        unwritten=_unwritten(trade, stream),
        facts=frozenset(),
    )


def _squashed(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def _leverage(trade: Figures, stream: Stream, quality: float, margin: float) -> float:
    """Who earns little on what he sells can carry little debt on it."""
    bearing = min(1.4, margin * MILLION / trade.whole("borrowing_margin_ppm", date.max))
    figures = trade.table("leverage_ppm", date.max)
    is_free = stream.randrange(MILLION) < whole(figures["none"])
    drawn = whole(figures["middle"]) / MILLION * math.exp(stream.gauss(-0.25 * quality, 0.65))
    return 0.0 if is_free else min(0.6, drawn * bearing)


def _buffer_days(trade: Figures, stream: Stream, quality: float) -> float:
    figures = trade.table("buffer_days", date.max)
    spread = whole(figures["spread_ppm"]) / MILLION
    return whole(figures["middle"]) * math.exp(stream.gauss(0.7 * quality, spread))


def _unseen(trade: Figures, stream: Stream, sector: Sector, margin: float) -> float:
    """What arrives in other hands is spent on goods there, so it never is more than goods cost."""
    figures = trade.table("unseen_ppm", date.max)
    is_none = stream.randrange(MILLION) < whole(figures["none"])
    drawn = stream.expovariate(MILLION / whole(figures["mean"]))
    goods = 1 - margin - (sector.wages_ppm + sector.rent_ppm) / MILLION - SUNDRY_SHARE
    return 0.0 if is_none else min(drawn, whole(figures["most"]) / MILLION, 0.85 * max(0.05, goods))


def _unwritten(trade: Figures, stream: Stream) -> float:
    figures = trade.table("unwritten_ppm", date.max)
    drawn = stream.expovariate(MILLION / whole(figures["mean"]))
    return min(drawn, whole(figures["most"]) / MILLION)


def _scheme(trade: Figures, stream: Stream, turnover_paise: int, sector: Sector) -> Scheme:
    drawn = stream.randrange(MILLION), stream.randrange(MILLION)
    is_small = turnover_paise * 12 < trade.whole("composition_limit_paise", date.max) * 10
    if is_small and sector.b2b_ppm < 200_000 and drawn[0] < trade.whole("composition_ppm", date.max):
        return Scheme.COMPOSITION
    may_wait = turnover_paise * 12 < trade.whole("qrmp_limit_paise", date.max) * 10
    if may_wait and drawn[1] < trade.whole("qrmp_ppm", date.max):
        return Scheme.QRMP
    return Scheme.MONTHLY


def _facility(trade: Figures, stream: Stream, turnover_paise: int) -> AccountKind | None:
    shares = trade.table("facility_ppm", date.max)
    drawn = stream.randrange(MILLION)
    if drawn >= whole(shares["large" if turnover_paise >= 1_00_00_000 * 100 else "small"]):
        return None
    return AccountKind.CASH_CREDIT if stream.random() < 0.7 else AccountKind.OVERDRAFT


def drawn_parties(stream: Stream, drawn: Firm) -> tuple[Party, ...]:
    """Invent the entity, and the persons behind it where the law tells them apart."""
    if drawn.constitution is Constitution.PROPRIETORSHIP:
        return (proprietor(stream, drawn.started_on, drawn.town),)
    people = tuple(natural_person(stream, drawn.constitution, n, drawn.town) for n in (1, 2))
    return (entity(stream, drawn.constitution, people[0], drawn.started_on), *people)


def drawn_accounts(
    trade: Figures, stream: Stream, drawn: Firm, parties: Sequence[Party]
) -> tuple[Account, ...]:
    """Open the account the business lives from, and its owner's savings account where private money moves."""
    monthly = drawn.turnover_paise // 12
    opening = int(monthly * drawn.buffer_days / 30)
    bank = stream.choice(BANKS)
    opened_on = drawn.started_on + timedelta(days=stream.randrange(0, 160))
    limit = 0
    if drawn.facility is not None:
        limit = drawn.turnover_paise * trade.whole("limit_share_ppm", date.max) // MILLION // 10_000_00
        limit *= 10_000_00
        opening = -limit * stream.randrange(15, 75) // 100
    kind = drawn.facility or AccountKind.CURRENT
    till = account(stream, MAIN_PARTY, kind, (bank, drawn.town), opened_on)
    till = till._replace(opening_paise=opening, limit_paise=limit, drawing_paise=limit)
    if not (drawn.invests or drawn.insures):
        return (till,)
    person_id = parties[min(1, len(parties) - 1)].id
    purse = account(stream, person_id, AccountKind.SAVINGS, (stream.choice(BANKS), drawn.town), opened_on)
    return till, purse._replace(opening_paise=stream.randrange(8_000, 60_000) * 100)


def drawn_people(stream: Stream, drawn: Firm, own: Counterparty) -> dict[Tie, tuple[Counterparty, ...]]:
    """Invent those the firm deals with by name, but not those who pay at its counter; own is its owner's other account."""
    return {
        Tie.BUYER: tuple(firm(stream, Tie.BUYER, n, drawn.state) for n in range(BUYERS_N)),
        Tie.SUPPLIER: (
            *(firm(stream, Tie.SUPPLIER, n, drawn.state) for n in range(SUPPLIERS_N)),
            *(person(stream, Tie.SUPPLIER, SUPPLIERS_N + n) for n in range(UNREGISTERED_N)),
        ),
        Tie.EMPLOYEE: tuple(person(stream, Tie.EMPLOYEE, n) for n in range(min(drawn.employees_n, 6))),
        Tie.LANDLORD: (person(stream, Tie.LANDLORD, 0),),
        Tie.BANK: (institution(stream, Tie.BANK, "Bahi Demonstration Bank"),),
        Tie.UTILITY: (
            institution(stream, Tie.UTILITY, "State Electricity Board")._replace(
                upi="electricity.bills@bahi"
            ),
        ),
        Tie.GOVERNMENT: (institution(stream, Tie.GOVERNMENT, "Central Tax Account"),),
        Tie.AGGREGATOR: (institution(stream, Tie.AGGREGATOR, "Chaukhat Pay"),),
        Tie.MARKETPLACE: (institution(stream, Tie.MARKETPLACE, "Thaali Online"),),
        Tie.FAMILY: tuple(person(stream, Tie.FAMILY, n) for n in range(3)),
        Tie.OWN: (own,),
    }


def own_account(owner: Party, account: Account) -> Counterparty:
    """Tell how a bank names the owner of a business as the other side: by the name his own accounts bear."""
    handle = owner.legal_name.lower().replace(" ", ".")
    return Counterparty(f"{Tie.OWN}-0", Tie.OWN, owner.legal_name, f"{handle}@bahi", account.ifsc, "")


def payers(stream: Stream) -> tuple[Counterparty, ...]:
    """Invent those who pay at the counter."""
    return tuple(person(stream, Tie.CUSTOMER, n) for n in range(PAYERS_N))


def drawn_registration(stream: Stream, drawn: Firm, parties: Sequence[Party]) -> Registration | None:
    """Register the entity for GST where it has a scheme."""
    if drawn.scheme is Scheme.UNREGISTERED:
        return None
    main = parties[0]
    return Registration(
        gstin=synthetic_gstin(main.pan, drawn.state),
        party=main.id,
        state=drawn.state,
        scheme=drawn.scheme,
        registered_on=max(date(2017, 7, 1), drawn.started_on + timedelta(days=stream.randrange(10, 120))),
        legal_name=main.legal_name,
        trade_name=main.name.split(" (")[0],
    )


class Span(NamedTuple):
    """The days of a life: the day it is looked at, and the last of its hidden months."""

    as_of: date
    last: date


def framed(figures: Mapping[str, Figures], stream: Stream, name: str, drawn: Firm, span: Span) -> Frame:
    """Give a firm its people and accounts."""
    parties = drawn_parties(stream.branch("party"), drawn)
    accounts = drawn_accounts(figures["trade"], stream.branch("account"), drawn, parties)
    owner = parties[min(1, len(parties) - 1)]
    return Frame(
        name=name,
        firm=drawn,
        parties=parties,
        accounts=accounts,
        people=drawn_people(stream.branch("people"), drawn, own_account(owner, accounts[-1])),
        registration=drawn_registration(stream.branch("registration"), drawn, parties),
        till=accounts[0].id,
        purse=accounts[-1].id,
        first=EPOCH,
        as_of=span.as_of,
        last=span.last,
        figures=figures,
    )
