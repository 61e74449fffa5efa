"""The rows of GSTR-1 that stand for many sales: to consumers, exempt, by heading, numbers used, and through operators."""

from __future__ import annotations

from collections.abc import Iterable

from kit.source import Document, Json
from sources.gst._papers import renamed
from sources.gst._written import Heads, percent, rupees, taxed, valued

_PAPERS = {1: "Invoices for outward supply", 5: "Credit Note"}
Numbers = tuple[str, str, int]


def consumers(place: tuple[str, bool], etin: str, rate_bps: int, heads: Heads) -> Document:
    """Sales of one place and rate, over the counter or through an operator."""
    pos, is_inter = place
    via: Document = {"typ": "E", "etin": etin} if etin else {"typ": "OE"}
    return {
        "section": "b2cs",
        "sply_ty": "INTER" if is_inter else "INTRA",
        **via,
        "pos": pos,
        "rt": percent(rate_bps),
        **taxed(heads, is_inter),
    }


def exempt(is_inter: bool, is_b2b: bool, paise: int) -> Document:
    """Exempt sales of one kind."""
    return {
        "section": "nil",
        "sply_ty": f"INTR{'' if is_inter else 'A'}{'B2B' if is_b2b else 'B2C'}",
        "expt_amt": rupees(paise),
        "nil_amt": rupees(0),
        "ngsup_amt": rupees(0),
    }


def headed(hsn: tuple[str, str, str], quantity_hundredths: int, rate_bps: int, heads: Heads) -> Document:
    """Supplies of one heading: its code, short name and unit of quantity."""
    code, title, unit = hsn
    return {
        "hsn_sc": code,
        "desc": title,
        "uqc": unit,
        "qty": rupees(quantity_hundredths),
        "rt": percent(rate_bps),
        **valued(heads),
    }


def numbered(kind: int, used: Iterable[Numbers]) -> Document:
    """Numbers used of one kind of papers, series by series."""
    docs: list[Json] = [
        {"num": place, "from": first, "to": last, "totnum": papers_n, "cancel": 0, "net_issue": papers_n}
        for place, (first, last, papers_n) in enumerate(used, 1)
    ]
    return {"section": "doc_issue", "doc_num": kind, "doc_typ": _PAPERS[kind], "docs": docs}


def through(etin: str, heads: Heads) -> Document:
    """Sales through an operator who collects tax on them."""
    return {
        "section": "supeco",
        "table": "clttx",
        "etin": etin,
        "suppval": rupees(heads[0]),
        **renamed(heads),
    }
