"""What loans over OCEN say of a business: whose they are, how many records there are, and the days they span."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kit.facets import Facet, IdentityClaim, claims_of
from kit.facts import Metric
from kit.plain import EVERYTHING, definitions, known, summary
from kit.source import Tables, Window
from sources.ocen.records import Account, Application, Envelope, Loan, OcenRecord

DEFINITIONS = definitions("ocen", "Loans over OCEN")
SELECTORS = {EVERYTHING: known}


def clues(records: Sequence[OcenRecord]) -> tuple[IdentityClaim, ...]:
    """Tell PANs, GSTINs, Udyam numbers, names and accounts, each by the first record that says it."""
    first: dict[tuple[str, str, str], IdentityClaim] = {}
    for record in records:
        for claim in claims_of("ocen", record, _said(record)):
            first.setdefault((claim.party, claim.kind, claim.value), claim)
    return tuple(first.values())


def _said(record: OcenRecord) -> tuple[tuple[str, str | None], ...]:
    if isinstance(record, Envelope | Application):
        return (
            ("PAN", record.pan),
            ("GSTIN", record.gstin),
            ("UDYAM", record.udyam),
            ("NAME", record.name),
        )
    if isinstance(record, Account):
        return (("ACCOUNT_MASKED", record.masked_number), ("IFSC", record.ifsc))
    return (("PAN", record.pan),) if isinstance(record, Loan) else ()


def enrich(
    records: Sequence[OcenRecord], clues_of_all: Sequence[IdentityClaim], tables: Tables
) -> Sequence[OcenRecord]:
    """Nothing follows from other sources yet."""
    return records


def facets(enriched: Sequence[OcenRecord]) -> Iterator[Facet]:
    """Tell every claim; the money itself moves on the bank account, which tells of it."""
    yield from clues(enriched)


def summarize(enriched: Sequence[OcenRecord], window: Window) -> tuple[Metric, ...]:
    """Count the records and the days between the first and the last."""
    return summary(DEFINITIONS, enriched, window)
