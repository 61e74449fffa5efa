"""What was planted in a life: movements and papers no honest trade stands behind, or that only look so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from generators.frame import Frame
from generators.papers import Due, Invoice, Purchase, Sale
from generators.people import Counterparty
from kit.chance import Stream


@dataclass(frozen=True, slots=True)
class PlantBook:
    """Planted movements of money and papers, and one sentence for each planted fact with the documents it shows in."""

    dues: tuple[Due, ...] = ()
    papers: tuple[Invoice | Purchase, ...] = ()
    people: tuple[Counterparty, ...] = ()
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sales: tuple[Sale, ...] = ()


def plants_of(frame: Frame, stream: Stream) -> PlantBook:
    """Plant what the firm's facts ask for."""
    return PlantBook()


def pace_of(frame: Frame) -> Callable[[date], float] | None:
    """Tell by how much a day's trade is more or less than plain, where a fact of the firm says so."""
    return None
