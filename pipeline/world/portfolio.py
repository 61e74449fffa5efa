"""One firm of the portfolio, from its ledger alone: what a lender could have seen, what became of it, and what it cost to live."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from time import process_time
from typing import NamedTuple

from generators.figures import Figures
from generators.frame import EPOCH
from generators.loans import LoanKind
from generators.papers import Retail, Scheme
from generators.people import Constitution
from generators.personas import DRAWN
from generators.world import Business, Look, World
from kit.chance import Stream
from kit.period import Month, month_of
from kit.ratio import half_even
from warehouse import assets

AS_OF = date(2026, 3, 31)
YEAR = timedelta(days=364)
QUARTER = timedelta(days=89)
TAXED = (Scheme.MONTHLY, Scheme.QRMP)
# What a machine learns of a firm's habits when it is told all of them.
TRAITS = (
    "quality",
    "growth",
    "margin",
    "b2b",
    "cash",
    "volatility",
    "discipline",
    "leverage",
    "concentration",
    "buffer_days",
    "unseen",
    "unwritten",
)


class Ask(NamedTuple):
    """A firm by its seed and number, and how many hidden years to live for its true probability of default."""

    seed: int
    number: int
    lives_n: int


class Seen(NamedTuple):
    """One firm: single features that rise with danger, hidden traits, and the outcome."""

    features: Mapping[str, float | None]
    traits: tuple[float, ...]
    is_default: bool
    defaults_n: int
    lives_n: int
    holds: Mapping[str, bool]
    form: Constitution
    sector: str
    facts: frozenset[str]
    months: tuple[float, ...]
    output_tax: tuple[float, ...]
    credits_paise: int
    billed_paise: int
    seconds: float
    years: float


@cache
def world() -> World:
    """The synthetic world on the figures that ship with the program."""
    return World(figures())


@contextmanager
def _unswept() -> Iterator[None]:
    """What a life leaves behind holds hardly a circle, and looking for some would take a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@cache
def figures() -> Mapping[str, Figures]:
    """Read the figures of the world once in a process."""
    return {name: Figures(document) for name, document in assets.figures().items()}


@_unswept()
def seen(ask: Ask) -> Seen:
    """Live one drawn firm up to the day of the look and through its hidden year; what is measured costs no time of its life."""
    name, living = f"FIRM{ask.number}", world()
    began = process_time()
    business = living.business(Stream(ask.seed, name, "world"), name, Look(AS_OF, persona=DRAWN))
    fate = business.fate
    seconds = process_time() - began
    firm = business.firm
    return Seen(
        features=_features(business),
        traits=tuple(float(getattr(firm, trait)) for trait in TRAITS),
        is_default=fate.is_default,
        defaults_n=business.defaults_n(ask.lives_n) if ask.lives_n else 0,
        lives_n=ask.lives_n,
        holds={
            "gst": firm.scheme is not Scheme.UNREGISTERED,
            "insurance": firm.insures,
            "funds": firm.invests,
            "ondc": firm.sells_on_ondc,
            "ocen": firm.borrows_on_ocen,
        },
        form=firm.constitution,
        sector=firm.sector.id,
        facts=firm.facts,
        months=_takings(business),
        output_tax=_output_tax(business) if firm.scheme in TAXED else (),
        credits_paise=_credits_paise(business),
        billed_paise=_billed_paise(business) if firm.scheme in TAXED else 0,
        seconds=seconds,
        years=(business.frame.last - EPOCH).days / 365.25,
    )


def _features(business: Business) -> dict[str, float | None]:
    """Give each feature so that more of it should mean more danger; None where it cannot be computed."""
    application = business.application
    asked = instalment_paise(application.amount_paise, application.rate_bps, application.months)
    running = sum(
        loan.emi_paise
        for loan in business.loans.loans
        if loan.disbursed_on <= AS_OF < loan.ends_on and loan.kind is LoanKind.TERM
    )
    inflow = max(1, _credits_paise(business)) / 12
    standing = _balances(business)
    returns = [one for one in business.tax_months if AS_OF - YEAR < one.due_on <= AS_OF]
    on_time = [one for one in returns if one.filed_on is not None and one.filed_on <= one.due_on]
    turnover = sum(paise for day, paise in business.course.turnover.items() if day > AS_OF - YEAR)
    firm, limit = business.firm, business.accounts[0].drawing_paise
    return {
        "lowest money at hand of 90 days over the instalment asked for": -(min(standing) + limit) / asked,
        "average balance of 90 days over all instalments": -sum(standing) / len(standing) / (asked + running),
        "all instalments over monthly inflow": (asked + running) / inflow,
        "payments returned in 12 months": float(_returned_n(business)),
        "GST returns filed late, share of 12 months": 1 - len(on_time) / len(returns) if returns else None,
        "variation of monthly takings": _variation(_deseasoned(business)),
        "no instalment running": float(not running),
        "cash credit or overdraft": float(firm.facility is not None),
        "small turnover": -math.log(max(1, turnover)),
        "young firm": (firm.started_on - AS_OF).days / 365,
    }


def instalment_paise(principal_paise: int, rate_bps: int, months: int) -> int:
    """Give the level instalment of a loan."""
    rate = rate_bps / 120_000
    return half_even(int(principal_paise * rate * 1_000_000), int((1 - (1 + rate) ** -months) * 1_000_000))


def _balances(business: Business) -> list[int]:
    """The balance of the main account on each evening of the last quarter."""
    till, course = business.frame.till, business.course
    days = [day for day in course.pages if AS_OF - QUARTER <= day <= AS_OF]
    return [business.ledger.closing_paise(till, day) for day in days]


def _returned_n(business: Business) -> int:
    return sum(day > AS_OF - YEAR for passed in business.passed.values() for day in passed.returned_on)


def _credits_paise(business: Business) -> int:
    """All money that reached the main account in twelve months."""
    till, total = business.frame.till, 0
    for day, page in business.course.pages.items():
        if AS_OF - YEAR <= day <= AS_OF:
            total += sum(move.paise for move in page.moves if move.paise > 0 and move.account == till)
            total += page.takings.paise if page.takings is not None and page.takings.account == till else 0
    return total


def _billed_paise(business: Business) -> int:
    """A year's turnover as GST sees it, tax included."""
    retail: list[Retail] = [*business.retail(AS_OF - YEAR, AS_OF)]
    invoices = business.invoices(AS_OF - YEAR, AS_OF)
    billed = sum(-one.value_paise if one.against else one.value_paise for one in invoices)
    return billed + sum(row.gross_paise for row in retail)


def _takings(business: Business) -> tuple[float, ...]:
    """Takings of the last twelve months from April to March, against their own mean."""
    months = [0.0] * 12
    for day, paise in business.course.turnover.items():
        if AS_OF - YEAR <= day <= AS_OF:
            months[(day.month - 4) % 12] += paise
    mean = sum(months) / 12
    return tuple(one / mean for one in months) if mean > 0 else (0.0,) * 12


def _deseasoned(business: Business) -> tuple[float, ...]:
    """The same without the seasons of the sector."""
    factors = business.sector.months_percent
    return tuple(one / factors[(place + 3) % 12] for place, one in enumerate(_takings(business)))


def _output_tax(business: Business) -> tuple[float, ...]:
    """Tax on the supplies of each of the last twelve months from April to March."""
    first: Month = month_of(AS_OF - YEAR)
    taxed = {one.month: one.output.tax_paise for one in business.tax_months if one.month >= first}
    months = [0.0] * 12
    for month, paise in taxed.items():
        months[(month.month - 4) % 12] += paise
    return tuple(months)


def _variation(row: tuple[float, ...]) -> float:
    mean = sum(row) / len(row)
    return math.sqrt(sum((one - mean) ** 2 for one in row) / len(row)) / mean if mean > 0 else 9.0
