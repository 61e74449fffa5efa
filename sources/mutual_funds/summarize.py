"""What fund lines say of a business before they are understood: who holds the folios, how many lines, over which days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kit.facets import Facet, IdentityClaim, claims_of
from kit.facts import Metric
from kit.plain import EVERYTHING, definitions, known, summary
from kit.source import Selector, Tables, Window
from sources.mutual_funds.records import Envelope, FundRecord, Holding

__all__ = ["DEFINITIONS", "SELECTORS", "clues", "enrich", "facets", "summarize"]

DEFINITIONS = definitions("mutual_funds", "Mutual funds")
SELECTORS: Mapping[str, Selector[FundRecord]] = {EVERYTHING: known}


def clues(records: Sequence[FundRecord]) -> tuple[IdentityClaim, ...]:
    """Tell folios, and the names, PANs and mobiles of those who hold them."""
    return tuple(dict.fromkeys(claim for record in records for claim in _claims(record)))


def _claims(record: FundRecord) -> Iterator[IdentityClaim]:
    said: list[tuple[str, str | None]] = []
    if isinstance(record, Holding):
        said.append(("FOLIO", record.folio))
    elif isinstance(record, Envelope):
        for folio in record.folios:
            for holder in folio.holders:
                said += [("NAME", holder.name), ("PAN", holder.pan), ("MOBILE", holder.mobile)]
    yield from claims_of("mutual_funds", record, said)


def enrich(
    records: Sequence[FundRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[FundRecord]:
    """Nothing follows from other sources here."""
    return records


def facets(enriched: Sequence[FundRecord]) -> Iterator[Facet]:
    """Say every holder as a claim; units in a fund are no money on an account."""
    yield from clues(enriched)


def summarize(enriched: Sequence[FundRecord], window: Window) -> tuple[Metric, ...]:
    """Count the records and the days they span."""
    return summary(DEFINITIONS, enriched, window)
