"""Rings of three firms that sell to each other in a circle: who belongs to one, and what goes round it."""

from __future__ import annotations

import re
from typing import NamedTuple

from generators._plant_book import DAY, FILE, PlantBook, drawn_share, months_before, transfer_rail
from generators._plant_papers import Paper, bought, sold
from generators.frame import EPOCH, Circle, Frame
from generators.numbering import sales_n, sales_number
from generators.papers import Due, IfShort, Invoice, Purchase
from generators.people import Counterparty, Tie
from generators.trade import MILLION, RUPEE, Purpose
from kit.chance import Stream
from kit.period import Month

SIZE = 3
# Days of a month, or after it began, on which the three invoices and then the three payments of a turn are made.
_INVOICED, _PAID = (3, 5, 7), {0: 11, 2: 13, 1: 15}
_NUMBERED = re.compile(r"(.*?)([0-9]+)")


class Ring(NamedTuple):
    """The names of the three members and the place of one of them."""

    id: str
    members: tuple[str, ...]
    place: int

    @property
    def others(self) -> tuple[str, ...]:
        """Name whom a member sells to, and whom it buys from."""
        return tuple(self.members[(self.place + step) % SIZE] for step in (1, 2))


def ring_of(name: str) -> Ring:
    """X-1, X-2 and X-3 share a ring, as do X-4, X-5 and X-6; who bears no number is a first."""
    found = _NUMBERED.fullmatch(name)
    stem, number = (found[1], found[2]) if found else (f"{name}-", "")
    first = (int(number or 1) - 1) // SIZE * SIZE + 1
    width = len(number)
    members = [f"{stem}{first + place:0{width}d}" for place in range(SIZE)]
    place = (int(number or 1) - 1) % SIZE
    members[place] = name
    return Ring(f"{stem}RING{first}", tuple(members), place)


def beside(stream: Stream, name: str, other: str) -> Stream:
    """Open the stream a neighbour has, or one that all neighbours share."""
    named = tuple(other if one == name else one for one in stream.names)
    return Stream(*named) if named != stream.names else stream.branch(other)


def known_as(frame: Frame, place: int) -> Counterparty:
    """Tell how the members of a ring know one of them."""
    registration, account = frame.registration, frame.accounts[0]
    gstin = "" if registration is None else registration.gstin
    name = frame.parties[0].name.split(" (")[0]
    return Counterparty(f"RING-{place}", Tie.PARTNER, name, "", account.ifsc, gstin)


class _Turn(NamedTuple):
    place: int
    month: Month
    taxable: tuple[int, ...]


def _turns(frame: Frame, ring: Circle) -> list[_Turn]:
    """Draw what goes round each month; a payer never has to send more than has come to him."""
    figures = frame.figures[FILE]
    least = min(one.turnover_paise for one in ring.firms) / 12
    loss = figures.whole("ring_loss_ppm", frame.first) / MILLION
    found = []
    months = months_before(frame, figures.whole("ring_months", frame.first))
    for place, month in enumerate(months, 1):
        chance = ring.stream.branch(str(month))
        base = least * drawn_share(frame, chance, "ring_share_ppm")
        second = base * (1 - loss * chance.random())
        third = second * (1 - loss * chance.random())
        # The first seller is paid first, then the third, then the second.
        taxable = tuple(int(one) // (100 * RUPEE) * 100 * RUPEE for one in (base, third, second))
        found.append(_Turn(place, month, taxable))
    return found


def turned(frame: Frame, stream: Stream) -> PlantBook:
    """Write one member's part of every turn: a sale, a purchase, and the money for both."""
    ring = frame.circle
    if ring is None:
        return PlantBook()
    buyer, seller = frame.people[Tie.PARTNER]
    hsn = str(frame.figures[FILE].on("ring_hsn", frame.first))
    sells, buys = ring.place, (ring.place + 2) % SIZE
    papers: list[Invoice | Purchase] = []
    dues: list[Due] = []
    for turn in _turns(frame, ring):
        out = sold(frame, _paper(ring, turn, sells, (buyer, hsn)))
        inward = bought(frame, _paper(ring, turn, buys, (seller, hsn)))
        papers += [out, inward]
        dues += _money(frame, turn, (out, sells), (inward, buys))
    numbers = tuple(one.number for one in papers)
    fact = ("what is sold to a neighbour comes back from another at nearly the same sum", numbers)
    return PlantBook(dues=tuple(dues), papers=tuple(papers), facts=(fact,))


def _paper(ring: Circle, turn: _Turn, leg: int, what: tuple[Counterparty, str]) -> Paper:
    """Write one leg's paper; both sides know its number, which no other leg's has."""
    day = turn.month.first_day.replace(day=_INVOICED[leg])
    written = sales_n(ring.firms[leg], EPOCH, day) // SIZE + turn.place
    return Paper(sales_number(day, written * SIZE + leg), day, *what, turn.taxable[leg])


def _money(frame: Frame, turn: _Turn, sale: tuple[Invoice, int], purchase: tuple[Purchase, int]) -> list[Due]:
    """Who pays first is given the money by his owner, who takes it back at the end of the turn."""
    (out, sells), (inward, buys) = sale, purchase
    first = turn.month.first_day
    got, sent = out.value_paise, inward.value_paise
    came, went = first.replace(day=_PAID[sells]), first.replace(day=_PAID[buys])
    dues = [
        Due(
            came,
            out.number,
            frame.till,
            out.buyer,
            Purpose.SALE,
            transfer_rail(frame, got),
            got,
            IfShort.WAITS,
        ),
        Due(
            went,
            inward.number,
            frame.till,
            inward.supplier,
            Purpose.SUPPLIER,
            transfer_rail(frame, sent),
            -sent,
            IfShort.WAITS,
        ),
    ]
    if went < came:
        owner, stem = frame.people[Tie.OWN][0].id, f"RINGCAP-{first:%y%m}"
        rail, on = transfer_rail(frame, sent), went - DAY
        lent = Due(on, f"{stem}/got", frame.till, owner, Purpose.CAPITAL, rail, sent, IfShort.WAITS)
        back = Due(
            came + DAY, f"{stem}/gone", frame.till, owner, Purpose.DRAWINGS, rail, -got, IfShort.SKIPPED
        )
        dues += [lent, back]
    return dues
