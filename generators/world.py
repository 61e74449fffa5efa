"""The hidden business of one customer: who it is, what it lived, and what only the future will tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

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
    framed,
    payers,
    sectors_of,
)
from generators.duties import duties_of
from generators.figures import Figures
from generators.firm import Firm, Sector
from generators.frame import EPOCH, Frame
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
from generators.people import Account, Constitution, Counterparty, Party
from generators.personas import DRAWN, PERSONAS, names
from generators.plants import PlantBook, plants_of
from generators.sundries import sundries_of
from generators.trade import Event
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
        """List the accounts that stand in a party's name."""
        return tuple(account for account in self.accounts if account.party == party.id)

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
        return booked(self.course, self.application)

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
        others_n = sum(len(page.moves) for day, page in plain.course.pages.items() if day >= first)
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
            first=max(EPOCH, add_months(look.as_of + _DAY, -look.months)),
            course=lived.course,
            loans=lived.loans,
            orders=lived.orders,
            funds=lived.funds,
            covers=lived.covers,
            plants=lived.plants,
            counterparties={one.id: one for one in known},
            ledger=Ledger(lived.course.pages, frame.accounts, at_counter, stream.branch("lines"), failed_ppm),
            stream=stream,
            persona=look.persona,
        )

    def _lived(self, stream: Stream, name: str, look: Look, wish: Wish) -> _Lived:
        firm = self._firm(stream.branch("firm"), look.persona)
        last = add_months(look.as_of + _DAY, HIDDEN_MONTHS) - _DAY
        frame = framed(self.figures, stream, name, firm, Span(look.as_of, last))
        loans = loans_of(frame, stream.branch("loans"))
        orders = orders_of(frame, stream.branch("orders"))
        funds = funds_of(frame, stream.branch("funds"))
        covers = covers_of(frame, stream.branch("covers"))
        sundries = sundries_of(frame, stream.branch("sundries"))
        duties = duties_of(frame, stream.branch("duties"))
        plants = plants_of(frame, stream.branch("plants"))
        books = (loans, orders, funds, covers, sundries, duties, plants)
        course = Course(frame, stream.branch("life"), planned(books, plants.papers), wish)
        course.live_to(look.as_of)
        people = tuple(one for book in books for one in book.people)
        return _Lived(course, loans, orders, funds, covers, plants, people)

    def _firm(self, stream: Stream, persona: str | None) -> Firm:
        """Without a persona a proprietor who holds all six kinds of data; drawn is a firm of the portfolio."""
        trade = self.figures["trade"]
        sector = drawn_sector(trade, stream.branch("sector"))
        constitution = drawn_constitution(trade, stream.branch("constitution"))
        if persona == DRAWN:
            holdings = drawn_holdings(trade, stream.branch("holdings"), sector)
            return drawn_firm(trade, stream.branch("traits"), sector, constitution, holdings)
        planted = None if persona is None else PERSONAS[persona]
        if planted is not None:
            sector = sectors_of(trade)[planted.sector]
        one = Constitution.PROPRIETORSHIP
        firm = drawn_firm(trade, stream.branch("traits"), sector, one, ALL_KINDS)
        if planted is None:
            return firm
        marked = replace(firm, facts=firm.facts | {str(persona).upper()})
        return planted.shape(marked, stream.branch("persona"))


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
