"""Facets: what a source knows of the business, in words every source shares, each pointing at its clean record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kit.source import Record


class Direction(StrEnum):
    """Which way money moved, seen from the business."""

    IN = "IN"
    OUT = "OUT"


@dataclass(frozen=True, slots=True)
class CashFlow:
    """Money that moved on an account of the business."""

    source: str
    record_id: str
    party: str
    on: date
    direction: Direction
    amount_paise: int
    channel: str


@dataclass(frozen=True, slots=True)
class IdentityClaim:
    """Something a source says of who the party is: a PAN, a name, an account."""

    source: str
    record_id: str
    party: str
    kind: str
    value: str


Facet = CashFlow | IdentityClaim


def claims_of(source: str, record: Record, said: Iterable[tuple[str, str | None]]) -> Iterator[IdentityClaim]:
    """Claim what a record says of its party, and nothing of what it leaves out."""
    for kind, value in said:
        if value is not None:
            yield IdentityClaim(source, record.id, record.party, kind, value)
