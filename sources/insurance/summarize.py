"""What insurance lines say of a business: who its people are, how many records there are, and the days they span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit.facets import Facet, IdentityClaim, claims_of
from kit.facts import Definition, Metric
from kit.plain import EVERYTHING, definitions, known, summary
from kit.source import Tables, Window
from sources.insurance.records import Envelope, InsuranceRecord, Policy

DEFINITIONS: tuple[Definition, ...] = definitions("insurance", "Insurance")
SELECTORS = {EVERYTHING: known}


def clues(records: Sequence[InsuranceRecord]) -> tuple[IdentityClaim, ...]:
    """Tell names and PANs of those asked about and of the holders, and the masked numbers of their policies."""
    return tuple(dict.fromkeys(claim for record in records for claim in _claims(record)))


def _claims(record: InsuranceRecord) -> Iterator[IdentityClaim]:
    said: list[tuple[str, str | None]] = []
    if isinstance(record, Envelope):
        said = [("NAME", record.name), ("PAN", record.pan)]
    elif isinstance(record, Policy):
        said = [("POLICY_MASKED", record.masked_number)]
        for holder in record.holders:
            said += [("NAME", holder.name), ("PAN", holder.pan), ("MOBILE", holder.mobile)]
    yield from claims_of("insurance", record, said)


def enrich(
    records: Sequence[InsuranceRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[InsuranceRecord]:
    """Leave every record as it is."""
    return records


def facets(enriched: Sequence[InsuranceRecord]) -> Iterator[Facet]:
    """Say who the people are; the money of a policy is told by the account it moved on."""
    yield from clues(enriched)


def summarize(enriched: Sequence[InsuranceRecord], window: Window) -> tuple[Metric, ...]:
    """Count the records and their days."""
    return summary(DEFINITIONS, enriched, window)
