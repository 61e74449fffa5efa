"""Kinds of firms that can be asked for by name: what is planted in each, and whether it is guilt or only looks like it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from generators.figures import Figures
from generators.firm import Firm
from generators.papers import Scheme
from generators.people import AccountKind, Constitution
from generators.trade import MILLION
from kit.chance import Stream
from kit.shapes import whole

DRAWN = "drawn"
CIRCULAR = "circular_trader"
TAXED = (Scheme.MONTHLY, Scheme.QRMP)
Shape = Callable[[Firm], Firm]
Fits = Callable[[Firm], bool]


class Persona(NamedTuple):
    """One kind of firm: shape changes the traits that were drawn, fits tells which firms of a portfolio may be of its kind."""

    about: str
    is_guilty: bool
    sector: str
    shape: Shape
    fits: Fits
    constitution: Constitution = Constitution.PROPRIETORSHIP


def names() -> tuple[str, ...]:
    """List what can be asked for."""
    return (DRAWN, *sorted(PERSONAS))


def is_guilty(firm: Firm) -> bool:
    """Say whether fraud was planted in a firm."""
    return any(PERSONAS[fact.lower()].is_guilty for fact in firm.facts if fact.lower() in PERSONAS)


def shaped(name: str, firm: Firm) -> Firm:
    """Make a firm one of the kind."""
    known = PERSONAS[name]
    marked = replace(firm, facts=firm.facts | {name.upper()})
    return known.shape(_worse(marked) if known.is_guilty else marked)


def asked_for(figures: Figures, name: str, firm: Firm) -> Firm:
    """Make a firm that was asked for by name one of the kind: nothing else about it is unclear, and the innocent are sound."""
    most = figures.table("asked_for_percent", date.max)
    clear = replace(firm, unseen=min(firm.unseen, whole(most["unseen"]) / 100), unwritten=0.0)
    return shaped(name, clear if PERSONAS[name].is_guilty else _sounder(clear))


def _sounder(firm: Firm) -> Firm:
    return replace(
        firm,
        quality=max(firm.quality, 1.6),
        margin=max(firm.margin, firm.sector.margin_ppm / MILLION),
        discipline=max(firm.discipline, 0.85),
        buffer_days=max(firm.buffer_days, 18.0),
        volatility=min(firm.volatility, 0.08),
        leverage=min(firm.leverage, 0.06),
    )


def mixed(figures: Figures, stream: Stream, firm: Firm) -> Firm:
    """Let a drawn firm be one of the kinds that fit it, guilty or only suspicious, as often as a portfolio holds them."""
    drawn = stream.randrange(MILLION)
    guilty = figures.whole("guilty_ppm", date.max)
    if drawn >= guilty + figures.whole("innocent_ppm", date.max):
        return firm
    deceives = drawn < guilty
    kinds = [*_fitting(figures, firm, deceives)]
    # Where few kinds fit, most firms stay plain, so that no kind is met too often.
    spare = 0 if deceives else figures.whole("plain_weight", date.max)
    place = stream.randrange(max(1, len(kinds) + spare))
    return shaped(kinds[place], firm) if place < len(kinds) else firm


def _fitting(figures: Figures, firm: Firm, deceives: bool) -> Iterator[str]:
    """Name each kind as often as its weight says."""
    for name, weight in sorted(figures.table("weights", date.max).items()):
        known = PERSONAS[name]
        if known.is_guilty is deceives and known.fits(firm):
            yield from [name] * whole(weight)


def _worse(firm: Firm) -> Firm:
    """Who deceives is on the whole in a slightly worse state, and some of them are sound."""
    return replace(
        firm,
        quality=firm.quality - 0.3,
        volatility=firm.volatility * 1.12,
        leverage=min(0.6, firm.leverage * 1.12),
    )


def _plain(firm: Firm) -> Firm:
    return firm


def _any(firm: Firm) -> bool:
    return True


def _none(firm: Firm) -> bool:
    return False


def _taxed(firm: Firm) -> Firm:
    return firm if firm.scheme in TAXED else replace(firm, scheme=Scheme.MONTHLY)


def _invoices(firm: Firm) -> bool:
    return firm.scheme in TAXED and firm.b2b >= 0.3


def _is_taxed(firm: Firm) -> bool:
    return firm.scheme in TAXED


def _of(sector: str) -> Fits:
    return lambda firm: firm.sector.id == sector


def _is_free(firm: Firm) -> bool:
    """Say whether no limit of a bank stands behind the till."""
    return firm.facility is None


def _unlimited(firm: Firm) -> Firm:
    return replace(firm, facility=None)


def _bouncing(firm: Firm) -> Firm:
    return replace(firm, discipline=min(firm.discipline, 0.25), leverage=max(firm.leverage, 0.12))


def _renewing(firm: Firm) -> Firm:
    return replace(firm, facility=None, buffer_days=max(firm.buffer_days, 6.0))


def _ringed(firm: Firm) -> Firm:
    """What goes round a ring must not wait for money."""
    return replace(
        _taxed(firm), facility=None, buffer_days=max(firm.buffer_days, 12.0), leverage=firm.leverage / 2
    )


def _aside(firm: Firm) -> Firm:
    return replace(_taxed(firm), facility=None, leverage=min(firm.leverage, 0.1))


def _dormant(firm: Firm) -> Firm:
    """Trade is small, and so are its costs; the surge is a multiple of it."""
    turnover = firm.turnover_paise * 14 // 100
    return replace(_unlimited(firm), turnover_paise=turnover, employees_n=0, leverage=0.0)


def _composed(firm: Firm) -> Firm:
    return replace(firm, scheme=Scheme.COMPOSITION, turnover_paise=min(firm.turnover_paise, 90_00_000_00))


def _on_platforms(firm: Firm) -> Firm:
    """Two thirds of the takings come by the week from a marketplace."""
    sector = replace(
        firm.sector,
        upi_ppm=60_000,
        qr_ppm=120_000,
        card_ppm=60_000,
        gateway_ppm=0,
        market_ppm=680_000,
        cash_ppm=80_000,
    )
    return replace(firm, sector=sector, margin=max(firm.margin, 0.12))


def _lumpy(firm: Firm) -> Firm:
    """A few large works a year, each paid long after it."""
    invoice = max(firm.sector.invoice_paise, firm.turnover_paise // 9)
    sector = replace(firm.sector, invoice_paise=invoice, credit_days=75)
    return replace(
        firm, sector=sector, b2b=0.97, buffer_days=max(firm.buffer_days, 130.0), leverage=firm.leverage / 2
    )


def _in_cash(firm: Firm) -> Firm:
    return replace(firm, cash=0.9)


def _swept(firm: Firm) -> Firm:
    return replace(firm, facts=firm.facts | {"SWEEP"}, facility=None, buffer_days=max(firm.buffer_days, 20.0))


def _on_limit(firm: Firm) -> Firm:
    return replace(firm, facility=AccountKind.CASH_CREDIT)


def _working_for_others(firm: Firm) -> Firm:
    """Who works on others' goods buys little and lives from what he adds."""
    return replace(
        firm, sector=replace(firm.sector, hsn=("9988",), wages_ppm=190_000), margin=max(firm.margin, 0.25)
    )


def _new(firm: Firm) -> Firm:
    return replace(_unlimited(firm), leverage=0.0)


def _guilty(about: str, sector: str, shape: Shape, fits: Fits) -> Persona:
    return Persona(about, True, sector, shape, fits)


def _sound(about: str, sector: str, shape: Shape, fits: Fits) -> Persona:
    return Persona(about, False, sector, shape, fits)


def _gst(sector: str, shape: Shape, about: str) -> Persona:
    return Persona(
        about,
        False,
        sector,
        lambda firm: shape(_taxed(firm)),
        lambda firm: firm.sector.id == sector and _is_taxed(firm),
    )


PERSONAS: Mapping[str, Persona] = {
    "emi_bouncer": _guilty(
        "lets every third instalment go back to the lender",
        "FMCG_RETAIL",
        _bouncing,
        lambda firm: firm.leverage >= 0.08,
    ),
    "loan_stacker": _guilty(
        "took loans of three or four new lenders within weeks, and tells of none", "FMCG_RETAIL", _plain, _any
    ),
    "gst_inflator": _guilty(
        "tells the tax office of sales to related buyers that nobody ever pays",
        "WHOLESALE",
        _taxed,
        _invoices,
    ),
    "paper_itc": _guilty(
        "claims credit on purchases that were never delivered nor paid", "WHOLESALE", _taxed, _is_taxed
    ),
    CIRCULAR: _guilty(
        "sells to a neighbour who sells to another who sells back: X-1, X-2 and X-3 are one ring",
        "WHOLESALE",
        _ringed,
        _none,
    ),
    "balance_parker": _guilty(
        "borrows money for the days lenders look at the balance", "FMCG_RETAIL", _unlimited, _is_free
    ),
    "hidden_account": _guilty(
        "lets half of its buyers pay to an account nobody tells of", "MANUFACTURER", _aside, _invoices
    ),
    "hidden_loan": _guilty("repays a loan it does not tell of", "FMCG_RETAIL", _plain, _any),
    "informal_interest": _guilty(
        "pays round interest to a private lender every month", "KIRANA", _plain, _any
    ),
    "evergreening": _guilty(
        "repays a loan from the next one of the same lender, just before it is overdue",
        "FMCG_RETAIL",
        _renewing,
        _is_free,
    ),
    "dormant_then_surge": _guilty(
        "hardly trades until weeks before it asks, then surges", "FMCG_RETAIL", _dormant, _is_free
    ),
    "account_left_out": _guilty(
        "keeps an account beside that is not among those delivered", "FMCG_RETAIL", _unlimited, _is_free
    ),
    "composition_trader": _sound(
        "pays a flat tax on turnover, so there are no invoices to see",
        "KIRANA",
        _composed,
        lambda firm: firm.scheme is Scheme.COMPOSITION,
    ),
    "exempt_goods_trader": _gst(
        "EXEMPT_FOODS", _plain, "sells goods without tax, so returns show hardly any tax"
    ),
    "commission_agent": _gst(
        "COMMISSION_AGENT", _unlimited, "passes on its principals' money, so credits are far above turnover"
    ),
    "aggregator_restaurant": _gst(
        "RESTAURANT", _on_platforms, "sells through a platform that pays by the week, net of commission"
    ),
    "lumpy_contractor": _gst("CONTRACTOR", _lumpy, "is paid in a few large sums, long after the work"),
    "cash_heavy_kirana": _sound(
        "takes most of its money in cash and banks it", "KIRANA", _in_cash, _of("KIRANA")
    ),
    "sweep_owner": _sound(
        "its bank sweeps what is idle into deposits and back",
        "FMCG_RETAIL",
        _swept,
        lambda firm: firm.buffer_days > 14,
    ),
    "cc_wholesaler": _sound(
        "lives on a cash credit, far below nothing on most days",
        "WHOLESALE",
        _on_limit,
        lambda firm: firm.sector.id == "WHOLESALE" and firm.facility is not None,
    ),
    "mutual_branches": Persona(
        "two registrations of one PAN in two states that supply each other",
        False,
        "MANUFACTURER",
        _taxed,
        lambda firm: _invoices(firm) and firm.sector.id in ("MANUFACTURER", "WHOLESALE"),
    ),
    "job_worker": _gst(
        "MANUFACTURER", _working_for_others, "works on others' goods, told under heading 9988"
    ),
    "one_bad_month": _sound("lost most of one month's trade and recovered", "FMCG_RETAIL", _plain, _any),
    "thin_newcomer": _sound("began seven months before it asks", "FMCG_RETAIL", _new, _is_free),
    "plain_trader": _sound("a sound grocery without anything special", "KIRANA", _plain, _none),
    "family_company": Persona(
        "a sound company with two directors", False, "MANUFACTURER", _taxed, _none, Constitution.COMPANY
    ),
}
