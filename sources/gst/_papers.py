"""One outward or inward document of one rate in the shapes of each section."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from zlib import crc32

from kit.source import Document, Json
from sources.gst._written import Heads, day, items, percent, rupees, valued

PORT = "INNSA1"


class Paper(NamedTuple):
    """A document as every section needs it; gstin is the other side's, empty for a consumer."""

    number: str
    on: date
    gstin: str
    place: str
    rate_bps: int
    heads: Heads
    value_paise: int
    is_inter: bool


def b2b(paper: Paper) -> Document:
    """An invoice to a registered buyer."""
    kind: Document = {"pos": paper.place, "rchrg": "N", "inv_typ": "R", "itms": _items(paper)}
    return {"ctin": paper.gstin, "inv": _invoice(paper) | kind}


def b2cl(paper: Paper) -> Document:
    """A large invoice to a consumer of another state."""
    return {"pos": paper.place, "inv": _invoice(paper) | {"itms": _items(paper)}}


def export(paper: Paper) -> Document:
    """An export without payment of tax, with its shipping bill."""
    told: Document = {
        "sbpcode": PORT,
        "sbnum": f"{1_000_000 + crc32(paper.number.encode()) % 5_000_000}",
        "sbdt": day(paper.on),
        "itms": [
            {
                "rt": percent(paper.rate_bps),
                "txval": rupees(paper.heads[0]),
                "iamt": rupees(paper.heads[1]),
                "csamt": rupees(0),
            }
        ],
    }
    return {"exp_typ": "WOPAY", "inv": _invoice(paper) | told}


def note(paper: Paper) -> Document:
    """A credit note to a registered buyer."""
    return {"ctin": paper.gstin, "nt": _note(paper) | {"rchrg": "N", "inv_typ": "R"}}


def note_to_others(paper: Paper, kind: str) -> Document:
    """A credit note on an export or a large consumer's invoice."""
    return {"typ": kind, "nt": _note(paper)}


def carried_invoice(paper: Paper) -> Document:
    """An invoice as account aggregators carry it: every head, and no rate."""
    return {
        "ctin": paper.gstin,
        "inum": paper.number,
        "idt": day(paper.on),
        "val": rupees(paper.value_paise),
        "pos": paper.place,
        "rchrg": "N",
        "inv_typ": "R",
        "diff_percent": rupees(100_00),
        "itm_det": {"itm": [valued(paper.heads)]},
    }


def inward(paper: Paper) -> Document:
    """A supplier's invoice, whose statement names the heads in full."""
    told: Document = {
        "inum": paper.number,
        "typ": "R",
        "dt": day(paper.on),
        "val": rupees(paper.value_paise),
        "pos": paper.place,
        "rev": "N",
        "itcavl": "Y",
        "rsn": "",
        "diffprcnt": 1,
        "items": [
            {
                "num": paper.rate_bps + 1,
                "rt": percent(paper.rate_bps),
                "txval": rupees(paper.heads[0]),
                **renamed(paper.heads),
            }
        ],
    }
    return told


def renamed(heads: Heads) -> dict[str, Json]:
    """Write the heads by the names of statements of inward supplies."""
    _, igst, cgst, sgst = heads
    return {"igst": rupees(igst), "cgst": rupees(cgst), "sgst": rupees(sgst), "cess": rupees(0)}


def _invoice(paper: Paper) -> Document:
    return {"inum": paper.number, "idt": day(paper.on), "val": rupees(paper.value_paise)}


def _note(paper: Paper) -> Document:
    return {
        "ntty": "C",
        "nt_num": paper.number,
        "nt_dt": day(paper.on),
        "val": rupees(paper.value_paise),
        "pos": paper.place,
        "itms": _items(paper),
    }


def _items(paper: Paper) -> Json:
    return items(paper.rate_bps, paper.heads, paper.is_inter)
