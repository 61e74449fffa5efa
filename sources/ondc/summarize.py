"""What the open network says of a business: who it is there, and two numbers that only count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kit import plain
from kit.facets import Facet, IdentityClaim, claims_of
from kit.facts import Metric
from kit.plain import EVERYTHING, definitions, known
from kit.source import Selector, Tables, Window
from sources.ondc.records import Envelope, OndcRecord, Order

__all__ = ["DEFINITIONS", "SELECTORS", "clues", "enrich", "facets", "summarize"]

DEFINITIONS = definitions("ondc", "ONDC orders")
SELECTORS: Mapping[str, Selector[OndcRecord]] = {EVERYTHING: known}


def clues(records: Sequence[OndcRecord]) -> tuple[IdentityClaim, ...]:
    """Tell the tax numbers, names and accounts a seller goes by; each is told once for an envelope or an order."""
    told = (claim for record in records for claim in _claims(record))
    return tuple({(claim.party, claim.kind, claim.value): claim for claim in told}.values())


def _claims(record: OndcRecord) -> Iterator[IdentityClaim]:
    if isinstance(record, Envelope):
        said = [("PAN", record.pan), ("NAME", record.name), ("GSTIN", record.tax_number)]
        said.append(("ACCOUNT_MASKED", record.masked_number))
    elif isinstance(record, Order):
        said = [("GSTIN", record.tax_number), ("ACCOUNT_MASKED", record.masked_number)]
    else:
        return
    yield from claims_of("ondc", record, said)


def enrich(
    records: Sequence[OndcRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[OndcRecord]:
    """Give the records as they are."""
    return records


def facets(enriched: Sequence[OndcRecord]) -> Iterator[Facet]:
    """Say what a seller goes by; that a payout moved money is for the bank to say."""
    yield from clues(enriched)


def summarize(enriched: Sequence[OndcRecord], window: Window) -> tuple[Metric, ...]:
    """Count the records and the days they span."""
    return plain.summary(DEFINITIONS, enriched, window)
