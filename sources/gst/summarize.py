"""What GST lines say of a business: who it is registered as, and two numbers that only count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kit import plain
from kit.facets import Facet, IdentityClaim, claims_of
from kit.facts import Metric
from kit.ident import gstin_pan
from kit.plain import EVERYTHING, definitions, known
from kit.source import Selector, Tables, Window
from sources.gst.records import GstRecord, Profile

__all__ = ["DEFINITIONS", "SELECTORS", "clues", "enrich", "facets", "summarize"]

DEFINITIONS = definitions("gst", "GST returns")
SELECTORS: Mapping[str, Selector[GstRecord]] = {EVERYTHING: known}


def clues(records: Sequence[GstRecord]) -> tuple[IdentityClaim, ...]:
    """Tell the GSTIN, the PAN inside it, and the names of the registration."""
    said = (claim for record in records if isinstance(record, Profile) for claim in _claims(record))
    return tuple(dict.fromkeys(said))


def _claims(profile: Profile) -> Iterator[IdentityClaim]:
    said = [
        ("GSTIN", profile.gstin),
        ("GSTIN_MASKED", profile.masked_gstin),
        ("PAN", None if profile.gstin is None else gstin_pan(profile.gstin)),
        ("NAME", profile.legal_name),
        ("TRADE_NAME", profile.trade_name),
    ]
    yield from claims_of("gst", profile, said)


def enrich(
    records: Sequence[GstRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[GstRecord]:
    """Give the records as they are."""
    return records


def facets(enriched: Sequence[GstRecord]) -> Iterator[Facet]:
    """Say who the taxpayer is; that tax was paid is for the bank to say."""
    yield from clues(enriched)


def summarize(enriched: Sequence[GstRecord], window: Window) -> tuple[Metric, ...]:
    """Count the records and the days they span."""
    return plain.summary(DEFINITIONS, enriched, window)
