"""The returns of GST as they were told, in paise: what a projection writes in the forms of the tax office."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from generators.frame import Frame
from generators.gst import Offset
from generators.papers import Invoice, Passed, Purchase, Registration, Retail, Tax, TaxMonth
from generators.people import Counterparty
from kit.period import Month


class Books(Protocol):
    """What is asked of a business to tell its returns."""

    @property
    def first(self) -> date: ...
    @property
    def as_of(self) -> date: ...
    @property
    def frame(self) -> Frame: ...
    @property
    def registration(self) -> Registration | None: ...
    @property
    def counterparties(self) -> Mapping[str, Counterparty]: ...
    @property
    def passed(self) -> Mapping[str, Passed]: ...
    @property
    def tax_months(self) -> Sequence[TaxMonth]: ...
    def invoices(self, first: date, last: date) -> Iterable[Invoice]: ...
    def purchases(self, first: date, last: date) -> Iterable[Purchase]: ...
    def retail(self, first: date, last: date) -> Iterable[Retail]: ...


class Small(NamedTuple):
    """Sales to consumers of one period at one place, rate and way; via is empty for those over the counter."""

    place: str
    rate_bps: int
    via: str
    tax: Tax


class Heading(NamedTuple):
    """Supplies of one heading and rate, gross of credit notes, to registered buyers or to others."""

    hsn: str
    rate_bps: int
    is_b2b: bool
    tax: Tax


class Series(NamedTuple):
    """Numbers used of one series of papers: the kind as the return counts it, first, last and how many."""

    kind: int
    first: str
    last: str
    papers_n: int


class SalesTold(NamedTuple):
    """One GSTR-1 or IFF; exempt maps (inter-state, registered) to paise."""

    form: str
    period: Month
    filed_on: date
    papers: tuple[Invoice, ...]
    small: tuple[Small, ...]
    exempt: Mapping[tuple[bool, bool], int]
    headings: tuple[Heading, ...]
    series: tuple[Series, ...]


class ReturnTold(NamedTuple):
    """One GSTR-3B: what is owed equals what credit and cash paid, head by head."""

    period: Month
    filed_on: date
    outward: Tax
    exempt_paise: int
    export_paise: int
    consumers: tuple[Small, ...]
    credit: Tax
    reversed: Tax
    inward_exempt: tuple[int, int]
    owed: Tax
    offset: Offset
    cash: Tax
    interest: Tax
    fee_paise: int


class CreditTold(NamedTuple):
    """One GSTR-2B: the purchases suppliers told of in time."""

    period: Month
    made_on: date
    purchases: tuple[Purchase, ...]


class CompositionTold(NamedTuple):
    """One CMP-08, or a GSTR-4 of a year; interest is that of the months told."""

    form: str
    period: Month
    filed_on: date
    turnover_paise: int
    tax: Tax
    interest_paise: int


class Expected(NamedTuple):
    """A return of the taxpayer's schedule; filed_on is None when nobody has seen it yet."""

    form: str
    period: Month
    due_on: date
    filed_on: date | None


@dataclass(frozen=True, slots=True)
class Filings:
    """All that was told of whole months the provider remembers, up to the day of the look."""

    sales: tuple[SalesTold, ...]
    returns: tuple[ReturnTold, ...]
    credits: tuple[CreditTold, ...]
    composition: tuple[CompositionTold, ...]
    expected: tuple[Expected, ...]


NO_FILINGS = Filings((), (), (), (), ())
