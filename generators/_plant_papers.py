"""Papers no delivery or no payment stands behind: sales nobody pays, purchases never made, supplies between branches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from generators._plant_book import (
    FILE,
    PlantBook,
    drawn_n,
    drawn_share,
    monthly_paise,
    months_before,
    months_of,
)
from generators.frame import Frame
from generators.gst import rate_bps
from generators.numbering import Numbers
from generators.papers import Invoice, Purchase, Supply
from generators.people import SUPPLY_WORDS, TOWNS, Counterparty, Tie, firm
from generators.tax import rounded_to_rupee, tax_on
from generators.trade import RUPEE
from kit.chance import Stream
from kit.ident import synthetic_gstin, synthetic_pan
from kit.period import Month, month_of


class Paper(NamedTuple):
    """What is written on a planted paper: its number and day, the other side, the heading and the value without tax."""

    number: str
    on: date
    other: Counterparty
    hsn: str
    taxable_paise: int


def sold(frame: Frame, paper: Paper) -> Invoice:
    """Write an outward invoice."""
    rate = rate_bps(frame.figures["tax"], paper.hsn, paper.on)
    state = paper.other.gstin[:2]
    tax = tax_on(paper.taxable_paise, rate, state != frame.firm.state)
    return Invoice(
        number=paper.number,
        on=paper.on,
        supply=Supply.B2B if rate else Supply.EXEMPT,
        buyer=paper.other.id,
        place=state,
        hsn=paper.hsn,
        rate_bps=rate,
        tax=tax,
        value_paise=rounded_to_rupee(tax.gross_paise),
        due_on=paper.on + timedelta(days=frame.firm.sector.credit_days),
        against="",
    )


def bought(frame: Frame, paper: Paper) -> Purchase:
    """Write an inward invoice its supplier tells of in time."""
    rate = rate_bps(frame.figures["tax"], paper.hsn, paper.on)
    tax = tax_on(paper.taxable_paise, rate, paper.other.gstin[:2] != frame.firm.state)
    return Purchase(
        number=paper.number,
        on=paper.on,
        supplier=paper.other.id,
        place=frame.firm.state,
        hsn=paper.hsn,
        rate_bps=rate,
        tax=tax,
        value_paise=rounded_to_rupee(tax.gross_paise),
        is_eligible=True,
        filed_on=month_of(paper.on).next.first_day.replace(day=7 + paper.taxable_paise // RUPEE % 5),
    )


def related(frame: Frame, stream: Stream, count: int) -> list[Counterparty]:
    """Invent firms of the owner's own name in his own state."""
    surname = frame.owner.legal_name.split()[-1]
    found = []
    for number, word in enumerate(stream.sample(SUPPLY_WORDS, count)):
        gstin = synthetic_gstin(synthetic_pan(stream, "F"), frame.firm.state)
        known = firm(stream, Tie.BUYER, 60 + number, frame.firm.state)
        found.append(known._replace(id=f"RELATED-{number}", name=f"{surname} {word}", gstin=gstin))
    return found


def _monthly(frame: Frame, chance: Stream, month: Month, names: tuple[str, str]) -> Iterator[Paper]:
    """Share a month's planted value out among some papers, most of them late in the month."""
    share, number = names
    papers_n = drawn_n(frame, chance, number)
    total = monthly_paise(frame) * drawn_share(frame, chance, share)
    nobody = Counterparty("", Tie.OTHER, "", "", "", "")
    days = sorted(chance.randrange(16, 29) for _ in range(papers_n))
    for number_of_day in days:
        day = month.first_day.replace(day=number_of_day)
        paise = int(total / papers_n * chance.uniform(0.7, 1.3)) // RUPEE * RUPEE
        yield Paper("", day, nobody, "", paise)


def inflated(frame: Frame, stream: Stream) -> PlantBook:
    """Sales to related firms on paper, and purchases on paper that bring the tax on them back."""
    buyers, shells = related(frame, stream, 3), _shells(frame, stream)
    hsn, numbers = _dearest(frame), Numbers(frame)
    papers: list[Invoice | Purchase] = []
    for month in months_before(frame, frame.figures[FILE].whole("inflated_months", frame.first)):
        chance = stream.branch(str(month))
        for one in _monthly(frame, chance, month, ("inflated_share_ppm", "inflated_n")):
            number, buyer, shell = numbers.sold(one.on), chance.choice(buyers), chance.choice(shells)
            papers.append(sold(frame, one._replace(number=number, other=buyer, hsn=hsn)))
            number, paise = numbers.bought(shell.id, one.on), one.taxable_paise * 97 // 100
            papers.append(bought(frame, Paper(number, one.on, shell, hsn, paise)))
    sales = tuple(one.number for one in papers if isinstance(one, Invoice))
    cover = tuple(one.number for one in papers if isinstance(one, Purchase))
    facts = (
        ("sales to related firms are told to the tax office and never paid", sales),
        ("purchases nobody delivered cover the tax on them", cover),
    )
    return PlantBook(papers=tuple(papers), people=(*buyers, *shells), facts=facts)


def _dearest(frame: Frame) -> str:
    """Choose the heading of the lowest tax the firm deals in, as false sales cost tax."""
    tax = frame.figures["tax"]
    rates = [(rate_bps(tax, hsn, frame.anchor), hsn) for hsn in frame.firm.sector.hsn]
    return min((one for one in rates if one[0]), default=rates[0])[1]


def _shells(frame: Frame, stream: Stream) -> list[Counterparty]:
    return [
        firm(stream, Tie.SUPPLIER, 50 + number, frame.firm.state)._replace(id=f"SHELL-{number}")
        for number in range(3)
    ]


def on_paper(frame: Frame, stream: Stream) -> PlantBook:
    """Purchases of suppliers that exist on paper; their credit lowers the tax that is paid."""
    shells, hsn = _shells(frame, stream), frame.firm.sector.inputs_hsn[0]
    given, papers = Numbers(frame), []
    for month in months_of(frame):
        chance = stream.branch(str(month))
        for one in _monthly(frame, chance, month, ("paper_share_ppm", "paper_n")):
            shell = chance.choice(shells)
            number = given.bought(shell.id, one.on)
            papers.append(bought(frame, one._replace(number=number, other=shell, hsn=hsn)))
    numbers = tuple(one.number for one in papers)
    fact = ("credit is claimed on purchases nobody delivered and nobody pays", numbers)
    return PlantBook(papers=tuple(papers), people=tuple(shells), facts=(fact,))


def branched(frame: Frame, stream: Stream) -> PlantBook:
    """A second registration of the same PAN in another state sends goods and gets some; no money is asked for."""
    if frame.registration is None:
        return PlantBook()
    states = sorted({state for _, state in TOWNS} - {frame.firm.state})
    main = frame.parties[0]
    name = frame.registration.trade_name
    gstin = synthetic_gstin(main.pan, stream.choice(states))
    branch = Counterparty("BRANCH", Tie.OWN, name, "", frame.accounts[0].ifsc, gstin)
    hsn, given = frame.firm.sector.hsn[0], Numbers(frame)
    papers: list[Invoice | Purchase] = []
    for month in months_of(frame):
        chance = stream.branch(str(month))
        for way in ("T", "U"):
            share = monthly_paise(frame) * drawn_share(frame, chance, "branch_share_ppm")
            papers_n = frame.figures[FILE].whole("branch_n", frame.first)
            days = sorted(chance.randrange(3, 29) for _ in range(papers_n))
            for number_of_day in days:
                day = month.first_day.replace(day=number_of_day)
                number = given.sold(day) if way == "T" else given.bought(branch.id, day)
                paper = Paper(number, day, branch, hsn, int(share / papers_n) // RUPEE * RUPEE)
                papers.append(sold(frame, paper) if way == "T" else bought(frame, paper))
    fact = ("two registrations of one PAN supply each other", tuple(one.number for one in papers))
    return PlantBook(papers=tuple(papers), people=(branch,), facts=(fact,))
