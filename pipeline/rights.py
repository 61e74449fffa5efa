"""How a face asks for the right to read; a module of its own, since every reading command needs no more of pipeline."""

from __future__ import annotations

from consent.grants import Use, Wanted
from kit.ident import CustomerId
from kit.scope import Scope
from pipeline.wiring import House


def open_reading(house: House, customer: CustomerId, purpose: int, source: str | None = None) -> Scope:
    """Open the right to read what is held; a source that is not granted is refused by its own name."""
    return house.consents.open_scope(Wanted(customer=customer, purpose=purpose, use=Use.PROCESS), source)
