"""Kinds of firms that can be asked for by name: what is planted in each, and whether it is guilt or only looks like it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from generators.firm import Firm
from kit.chance import Stream

DRAWN = "drawn"


class Persona(NamedTuple):
    """One kind of firm; shape changes the traits that were drawn."""

    about: str
    is_guilty: bool
    sector: str
    shape: Callable[[Firm, Stream], Firm]


def _as_drawn(firm: Firm, stream: Stream) -> Firm:
    return firm


PERSONAS: Mapping[str, Persona] = {
    "plain_trader": Persona("a sound grocery without anything special", False, "KIRANA", _as_drawn),
}


def names() -> tuple[str, ...]:
    """List what can be asked for."""
    return (DRAWN, *sorted(PERSONAS))
