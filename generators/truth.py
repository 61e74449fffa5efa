"""What is true of a business, for those who judge the numbers made of it: nothing that makes them may read this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from generators.mess import Deed
from generators.papers import Application
from generators.soil import line
from generators.world import Business
from kit.period import month_of
from kit.ratio import ppm
from kit.source import Document, Json


class Sent(NamedTuple):
    """One delivery as it left the provider, with all that happened to its lines."""

    source: str
    delivery: str
    deeds: Sequence[Deed]


def truth_of(business: Business, lives_n: int, sent: Iterable[Sent]) -> Iterator[bytes]:
    """Write the truth in lines: the business and its future, its months, why each bank line moved, what was soiled."""
    yield line(_business(business, lives_n))
    yield from map(line, _months(business))
    shown: dict[str, list[str]] = {}
    yield from map(line, _bank_lines(business, shown))
    yield from map(line, _facts(business, shown))
    yield from map(line, _returned(business))
    for one in sent:
        yield from (line(_deed(one, deed)) for deed in one.deeds)


def application_of(business: Business) -> Document:
    """Word the ask as it is written down for whoever lends."""
    return _asked(business.application)


def _asked(application: Application) -> Document:
    return {
        "product": application.product,
        "amount_paise": application.amount_paise,
        "months": application.months,
        "rate_bps": application.rate_bps,
        "purpose": application.purpose,
        "asked_on": application.asked_on.isoformat(),
        "declared_loans": [
            {"lender": lender, "monthly_paise": paise} for lender, paise in application.declared
        ],
    }


def _business(business: Business, lives_n: int) -> Document:
    firm = business.firm
    return {
        "kind": "business",
        "name": business.name,
        "persona": business.persona,
        "facts": [*sorted(firm.facts)],
        "sector": firm.sector.id,
        "constitution": firm.constitution,
        "scheme": firm.scheme,
        "parties": [party.id for party in business.parties],
        "accounts": [
            {
                "id": one.id,
                "party": one.party,
                "account_kind": one.kind,
                "is_told": one.id not in business.frame.untold,
            }
            for one in business.accounts
        ],
        "first": business.first.isoformat(),
        "as_of": business.as_of.isoformat(),
        "application": _asked(business.application),
        "outcome": _outcome(business),
        "pd": _pd(business, lives_n),
    }


def _outcome(business: Business) -> Json:
    """What the hidden months brought."""
    fate = business.fate
    return {
        "is_default": fate.is_default,
        "default_on": None if fate.default_on is None else fate.default_on.isoformat(),
        "worst_dpd_days": fate.worst_dpd,
        "disbursed_on": fate.disbursed_on.isoformat(),
    }


def _pd(business: Business, lives_n: int) -> Json:
    """How many of as many hidden years end in default; none lived, none known."""
    defaults_n = business.defaults_n(lives_n) if lives_n else None
    share = None if defaults_n is None else ppm(defaults_n, lives_n)
    return {"lives_n": lives_n, "defaults_n": defaults_n, "pd_ppm": share}


def _months(business: Business) -> Iterator[Document]:
    """True turnover by month, without tax, of the days remembered."""
    days = sorted(day for day in business.course.turnover if business.first <= day <= business.as_of)
    for month, within in groupby(days, month_of):
        turnover = sum(business.course.turnover[day] for day in within)
        yield {"kind": "month", "month": str(month), "turnover_paise": turnover}


def _bank_lines(business: Business, shown: dict[str, list[str]]) -> Iterator[Document]:
    """Why each movement was made, with whom and by what paper; its number is the one the bank gives the line.

    The lines of planted documents are noted in shown.
    """
    planted = {document for _, documents in business.plants.facts for document in documents}
    for event in business.events(business.first, business.as_of):
        known = f"T{event.no}"
        if event.document in planted:
            shown.setdefault(event.document, []).append(known)
        yield {
            "kind": "bank_line",
            "id": known,
            "purpose": event.purpose,
            "counterparty": event.counterparty,
            "document": event.document,
        }


def _facts(business: Business, shown: Mapping[str, list[str]]) -> Iterator[Document]:
    """What was planted, in which papers and bank lines it shows."""
    for fact, documents in business.plants.facts:
        lines = [known for document in documents for known in shown.get(document, ())]
        yield {"kind": "fact", "fact": fact, "documents": [*documents], "bank_lines": [*lines]}


def _returned(business: Business) -> Iterator[Document]:
    """What a bank gave back unpaid, and when it was paid after all."""
    for passed in business.passed.values():
        if passed.returned_on:
            yield {
                "kind": "returned",
                "document": passed.document,
                "due_on": passed.due_on.isoformat(),
                "returned_on": [day.isoformat() for day in passed.returned_on],
                "paid_on": None if passed.paid_on is None else passed.paid_on.isoformat(),
            }


def _deed(sent: Sent, deed: Deed) -> Document:
    return {
        "kind": "deed",
        "source": sent.source,
        "delivery": sent.delivery,
        "party": deed.party,
        "line": deed.line,
        "dirt": deed.kind,
        "expected": deed.expected,
        "field": deed.field,
        "was": deed.was,
    }
