"""The hidden business of one customer: who it is, what it lived, and what only the future will tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from generators._plant_places import dated, first_of, placed
from generators._plant_rings import beside, known_as, ring_of
from generators.counter import Wish
from generators.course import Course, planned
from generators.covers import CoverBook, covers_of
from generators.drawing import (
    ALL_KINDS,
    Span,
    drawn_constitution,
    drawn_firm,
    drawn_holdings,
    drawn_sector,
    drawn_seller,
    framed,
    payers,
    sectors_of,
)
from generators.duties import duties_of
from generators.figures import Figures
from generators.firm import Firm, Sector
from generators.frame import EPOCH, Circle, Frame
from generators.funds import FundBook, funds_of
from generators.future import Ahead, application_of, booked, default_n, fate_of
from generators.ledger import Ledger
from generators.loans import LoanBook, loans_of
from generators.orders import OrderBook, orders_of
from generators.papers import (
    Application,
    Fate,
    Invoice,
    Passed,
    Purchase,
    Registration,
    Retail,
    TaxMonth,
)
from generators.people import Account, Constitution, Counterparty, Party, Tie
from generators.personas import CIRCULAR, DRAWN, PERSONAS, asked_for, mixed, names, shaped
from generators.plants import PlantBook, plants_of
from generators.sundries import sundries_of
from generators.trade import MILLION, Event
from kit.chance import Stream
from kit.errors import CallerError, NotFound
from kit.period import add_months

HIDDEN_MONTHS = 12
_DAY = timedelta(days=1)


class Look(NamedTuple):
    """The day a life is looked at, how far back the provider remembers, how many bank lines are wished for, and whom to show."""

    as_of: date
    months: int = 14
    bank_rows: int | None = None
    persona: str | None = None


@dataclass(frozen=True)
class Business:
    """One business with its people, accounts and papers, remembered from first to as_of."""

    name: str
    first: date
    course: Course
    loans: LoanBook
    orders: OrderBook
    funds: FundBook
    covers: CoverBook
    plants: PlantBook
    counterparties: Mapping[str, Counterparty]
    ledger: Ledger
    stream: Stream
    persona: str | None

    @property
    def frame(self) -> Frame:
        """The fixed frame of the life."""
        return self.course.frame

    @property
    def firm(self) -> Firm:
        """The hidden traits."""
        return self.frame.firm

    @property
    def constitution(self) -> Constitution:
        """The legal form."""
        return self.firm.constitution

    @property
    def sector(self) -> Sector:
        """The line of business."""
        return self.firm.sector

    @property
    def as_of(self) -> date:
        """The day of the look."""
        return self.frame.as_of

    @property
    def parties(self) -> tuple[Party, ...]:
        """The entity first, then the persons behind it."""
        return self.frame.parties

    @property
    def accounts(self) -> tuple[Account, ...]:
        """All accounts, those nobody tells of included."""
        return self.frame.accounts

    @property
    def registration(self) -> Registration | None:
        """The GST registration, where there is one."""
        return self.frame.registration

    def party(self, party_id: str) -> Party:
        """Find a party by its id."""
        for party in self.parties:
            if party.id == party_id:
                return party
        known = ", ".join(party.id for party in self.parties)
        raise NotFound("PARTY_UNKNOWN", "the business has no such party", hint=f"its parties: {known}")

    def accounts_of(self, party: Party) -> tuple[Account, ...]:
        """List the accounts that stand in a party's name, but for those nobody tells of."""
        untold = self.frame.untold
        return tuple(one for one in self.accounts if one.party == party.id and one.id not in untold)

    def events(self, first: date, last: date) -> Iterator[Event]:
        """Tell the events of the remembered days between two days, both included, in order of time."""
        return self.ledger.between(*self._remembered(first, last))

    def invoices(self, first: date, last: date) -> Iterator[Invoice]:
        """Tell the outward documents dated between two days, whatever the provider remembers."""
        return (one for one in self.course.invoices if first <= one.on <= last)

    def purchases(self, first: date, last: date) -> Iterator[Purchase]:
        """Tell the inward invoices dated between two days."""
        return (one for one in self.course.purchases if first <= one.on <= last)

    def retail(self, first: date, last: date) -> Iterator[Retail]:
        """Tell the takings without a name between two days."""
        return (one for one in self.course.retail if first <= one.day <= last)

    def _remembered(self, first: date, last: date) -> tuple[date, date]:
        return max(first, self.first), min(last, self.as_of)

    @cached_property
    def passed(self) -> Mapping[str, Passed]:
        """What became of every due, by its document."""
        return self.course.cashier.standing()

    @cached_property
    def tax_months(self) -> tuple[TaxMonth, ...]:
        """The months of GST that are closed."""
        return self.course.desk.months(self.passed, self.as_of)

    @cached_property
    def application(self) -> Application:
        """The loan the business asks for on the day of the look."""
        return application_of(self.course, self.loans, self.stream.branch("application"))

    @cached_property
    def _ahead(self) -> Ahead:
        return booked(self.course, self.loans, self.application)

    @cached_property
    def fate(self) -> Fate:
        """What the hidden months bring."""
        return fate_of(self.course, self._ahead, self.stream.branch("future"))

    def defaults_n(self, lives_n: int) -> int:
        """Count the defaults of as many hidden years lived from the evening of the look."""
        return default_n(self.course, self._ahead, self.stream.branch("futures"), lives_n)


class World:
    """The synthetic world: figures in, businesses out; the same stream tells the same past whatever the day it is asked."""

    def __init__(self, figures: Mapping[str, Figures]) -> None:
        """Stand on the figures of all parts of the world."""
        self.figures = figures

    def business(self, stream: Stream, name: str, look: Look) -> Business:
        """Make the business a stream decides."""
        first = max(EPOCH, add_months(look.as_of + _DAY, -look.months))
        _check(look, first)
        plain = self._lived(stream, name, look, Wish({}))
        if look.bank_rows is None:
            return self._told(stream, name, look, plain)
        first = max(first, plain.course.frame.first)
        untold = plain.course.frame.untold
        pages = (page for day, page in plain.course.pages.items() if day >= first)
        others_n = sum(move.account not in untold for page in pages for move in page.moves)
        wish = _wished(max(0, look.bank_rows - others_n), first, look.as_of)
        return self._told(stream, name, look, self._lived(stream, name, look, wish))

    def _told(self, stream: Stream, name: str, look: Look, lived: _Lived) -> Business:
        frame = lived.course.frame
        at_counter = payers(stream.branch("payers"))
        known = [one for group in frame.people.values() for one in group]
        known += [*at_counter, *lived.people]
        failed_ppm = 0 if look.bank_rows else self.figures["bank"].whole("failed_upi_ppm", look.as_of)
        return Business(
            name=name,
            first=max(frame.first, add_months(look.as_of + _DAY, -look.months)),
            course=lived.course,
            loans=lived.loans,
            orders=lived.orders,
            funds=lived.funds,
            covers=lived.covers,
            plants=lived.plants,
            counterparties={one.id: one for one in known},
            ledger=Ledger(lived.course.pages, frame, at_counter, stream.branch("lines"), failed_ppm),
            stream=stream,
            persona=look.persona,
        )

    def _lived(self, stream: Stream, name: str, look: Look, wish: Wish) -> _Lived:
        frame = self._framed(stream, name, look)
        if frame.firm.facts:
            frame = self._circled(frame, stream, look)
        loans = loans_of(frame, stream.branch("loans"))
        orders = orders_of(frame, stream.branch("orders"))
        funds = funds_of(frame, stream.branch("funds"))
        covers = covers_of(frame, stream.branch("covers"))
        sundries = sundries_of(frame, stream.branch("sundries"))
        duties = duties_of(frame, stream.branch("duties"))
        plants = plants_of(frame, stream.branch("plants"))
        books = (loans, orders, funds, covers, sundries, duties, plants)
        course = Course(
            frame,
            stream.branch("life"),
            planned(books, plants.papers),
            wish._replace(elsewhere=orders.of_takings),
        )
        course.live_to(look.as_of)
        people = tuple(one for book in books for one in book.people)
        return _Lived(course, loans, orders, funds, covers, plants, people)

    def _framed(self, stream: Stream, name: str, look: Look) -> Frame:
        """Draw the firm and give it people, accounts and days, as its facts ask for."""
        firm = self._firm(stream, name, look.persona)
        first = first_of(self.figures["personas"], firm, look.as_of)
        last = add_months(look.as_of + _DAY, HIDDEN_MONTHS) - _DAY
        frame = framed(self.figures, stream, name, dated(firm, first), Span(look.as_of, last))
        return placed(frame, stream.branch("places"), first) if firm.facts else frame

    def _circled(self, frame: Frame, stream: Stream, look: Look) -> Frame:
        """Let a member of a ring know the other two, who are drawn as they will be when they are asked for."""
        if CIRCULAR.upper() not in frame.firm.facts:
            return frame
        name, ring = frame.name, ring_of(frame.name)
        members = [
            frame if one == name else self._framed(beside(stream, name, one), one, look)
            for one in ring.members
        ]
        others = [(ring.place + step) % len(members) for step in (1, 2)]
        known = {Tie.PARTNER: tuple(known_as(members[place], place) for place in others)}
        shared = beside(stream, name, ring.id).branch("turns")
        circle = Circle(shared, ring.place, tuple(one.firm for one in members))
        return replace(frame, people={**frame.people, **known}, circle=circle)

    def _firm(self, stream: Stream, name: str, persona: str | None) -> Firm:
        """Without a persona a proprietor who holds all six kinds of data; drawn is a firm of the portfolio."""
        trade, chance = self.figures["trade"], stream.branch("firm")
        draw = drawn_seller if persona is None else drawn_sector
        sector = draw(trade, chance.branch("sector"))
        if persona == DRAWN:
            constitution = drawn_constitution(trade, chance.branch("constitution"))
            holdings = drawn_holdings(trade, chance.branch("holdings"), sector)
            firm = drawn_firm(trade, chance.branch("traits"), sector, constitution, holdings)
            return self._mixed(stream, name, firm)
        known = None if persona is None else PERSONAS[persona]
        constitution = Constitution.PROPRIETORSHIP if known is None else known.constitution
        sector = sector if known is None else sectors_of(trade)[known.sector]
        firm = drawn_firm(trade, chance.branch("traits"), sector, constitution, ALL_KINDS)
        return firm if persona is None else asked_for(self.figures["personas"], persona, firm)

    def _mixed(self, stream: Stream, name: str, firm: Firm) -> Firm:
        """Rings are drawn for three neighbours at once, all other kinds for each firm by itself."""
        figures = self.figures["personas"]
        shared = beside(stream, name, ring_of(name).id).branch("ring")
        if shared.randrange(MILLION) < figures.whole("ring_ppm", date.max):
            return shaped(CIRCULAR, firm)
        return mixed(figures, stream.branch("firm", "persona"), firm)


class _Lived(NamedTuple):
    course: Course
    loans: LoanBook
    orders: OrderBook
    funds: FundBook
    covers: CoverBook
    plants: PlantBook
    people: tuple[Counterparty, ...]


def _check(look: Look, first: date) -> None:
    if look.persona is not None and look.persona not in names():
        raise CallerError("PERSONA_UNKNOWN", "no such persona", hint=f"known personas: {', '.join(names())}")
    if not first <= look.as_of or look.months < 1:
        raise CallerError(
            "AS_OF_TOO_EARLY",
            "the synthetic world has no history at that day",
            hint=f"choose a day after {EPOCH.isoformat()} and at least one month",
        )


def _wished(receipts_n: int, first: date, last: date) -> Wish:
    """Spread the wished number of receipts evenly over the remembered days."""
    days_n = (last - first).days + 1
    return Wish(
        {
            first + timedelta(days=i): receipts_n * (i + 1) // days_n - receipts_n * i // days_n
            for i in range(days_n)
        }
    )
