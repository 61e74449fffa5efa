"""The book of what was planted, and the words all plantings share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from generators.frame import Frame
from generators.papers import Due, Invoice, Purchase, Sale
from generators.people import Counterparty
from generators.trade import MILLION, RUPEE, Rail
from kit.chance import Stream
from kit.period import Month, month_of, months_between
from kit.shapes import whole

FILE = "personas"
DAY = timedelta(days=1)
Fact = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PlantBook:
    """Planted movements of money and papers, and one sentence for each planted fact with the documents it shows in."""

    dues: tuple[Due, ...] = ()
    papers: tuple[Invoice | Purchase, ...] = ()
    people: tuple[Counterparty, ...] = ()
    facts: tuple[Fact, ...] = ()
    sales: tuple[Sale, ...] = ()


def joined(books: Iterable[PlantBook]) -> PlantBook:
    """Lay plantings into one book; dues of a day stay in the order they were planned in."""
    held = list(books)
    return PlantBook(
        dues=tuple(sorted(chain.from_iterable(one.dues for one in held), key=lambda due: due.day)),
        papers=tuple(chain.from_iterable(one.papers for one in held)),
        people=tuple(chain.from_iterable(one.people for one in held)),
        facts=tuple(chain.from_iterable(one.facts for one in held)),
    )


def months_of(frame: Frame) -> tuple[Month, ...]:
    """List the months of a life."""
    return months_between(month_of(frame.first), month_of(frame.last))


def months_before(frame: Frame, months_n: int) -> tuple[Month, ...]:
    """List so many months up to the anchor's, those before the life left out."""
    last = month_of(frame.anchor)
    return tuple(
        month for month in months_between(last.plus(1 - months_n), last) if month >= month_of(frame.first)
    )


def monthly_paise(frame: Frame) -> float:
    """Reckon a plain month's turnover."""
    return frame.firm.turnover_paise / 12


def drawn_share(frame: Frame, stream: Stream, name: str) -> float:
    """Draw a share between the least and the most a figure tells."""
    bounds = frame.figures[FILE].table(name, frame.first)
    return stream.uniform(whole(bounds["least"]), whole(bounds["most"])) / MILLION


def drawn_n(frame: Frame, stream: Stream, name: str) -> int:
    """Draw a whole number between the least and the most a figure tells, both included."""
    bounds = frame.figures[FILE].table(name, frame.first)
    return stream.randint(whole(bounds["least"]), whole(bounds["most"]))


def round_paise(paise: float, rupees: int = 1_000) -> int:
    """Round down to so many rupees, once of them at least."""
    step = rupees * RUPEE
    return max(1, int(paise) // step) * step


def transfer_rail(frame: Frame, paise: int) -> Rail:
    """Choose how firms send a sum to each other."""
    return Rail.RTGS if paise >= frame.figures["trade"].whole("rtgs_least_paise", frame.first) else Rail.NEFT


def inside(frame: Frame, dues: Iterable[Due]) -> Iterator[Due]:
    """Keep the dues of the days of the life."""
    return (due for due in dues if frame.first <= due.day <= frame.last)
