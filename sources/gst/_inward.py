"""Reading one line of GSTR-2A or 2B: an invoice or note a supplier told of, credit handed on by an office, or an import."""

from __future__ import annotations

from typing import NamedTuple

from kit.errors import RecordError
from sources.gst._checks import checked_value, is_whole_share
from sources.gst._reading import IN_FULL, Reader, Told
from sources.gst.records import INWARD_SECTIONS


class _Names(NamedTuple):
    """Where a document stands in its line, and what the two forms call its parts there."""

    section: str
    number: tuple[str, ...]
    on: tuple[str, ...]
    type: tuple[str, ...]


_HOLDERS = {
    "inv": _Names("b2b", ("inum",), ("dt", "idt"), ("typ", "inv_typ")),
    "nt": _Names("cdnr", ("ntnum", "nt_num"), ("dt", "nt_dt"), ("typ", "ntty")),
    "doclist": _Names("isd", ("docnum",), ("docdt",), ("doctyp", "isd_docty")),
}


def inward(reader: Reader, told: Told) -> Told:
    """Read one document, told apart by what holds it where the line names no section."""
    holder = next((name for name in _HOLDERS if isinstance(reader.at(name), dict)), "")
    section = reader.word("section", INWARD_SECTIONS) or (_HOLDERS[holder].section if holder else None)
    told = told | {
        "section": section,
        "made_on": reader.iso("gendt"),
        "supplier_name": reader.words("trdnm"),
        "supplier_filed_on": reader.iso("supfildt"),
        "supplier_period": None if reader.at("supprd") is None else reader.period("supprd"),
    }
    if section in ("impg", "impgsez"):
        return told | _imported(reader)
    if section is None or not holder:
        raise RecordError("ITEMS_MISSING", "a document has no items")
    return told | _document(reader, holder)


def known_by(told: Told) -> list[object]:
    """A document is known by its return, its supplier, and its number and day."""
    return [told[name] for name in ("form", "period", "section", "supplier", "number", "on")]


def _document(reader: Reader, holder: str) -> Told:
    at, names = f"{holder}.", _HOLDERS[holder]
    told: Told = {
        "on": reader.day(reader.first(at, names.on)).isoformat(),
        "number": reader.name(reader.first(at, names.number), "NUMBER_MISSING"),
        "supplier": reader.gstin("ctin") or reader.name("ctin", "SUPPLIER_MISSING"),
        "place": reader.words(f"{at}pos"),
        "type": reader.words(reader.first(at, names.type)),
        "is_reverse_charge": reader.flag(reader.first(at, ("rev", "rchrg"))),
        "is_available": reader.flag(reader.first(at, ("itcavl", "itcelg", "itc_elg"))),
        "value_paise": None if holder == "doclist" else reader.paise(f"{at}val"),
        "lines": [_handed_on(reader, at)] if holder == "doclist" else _lines(reader, at),
    }
    for name in ("diffprcnt", "diff_percent"):
        if not is_whole_share(reader.at(f"{at}{name}")):
            reader.keep(f"{at}{name}")
    if told["value_paise"] is not None:
        checked_value(reader, f"{at}val", told)
    return told


def _lines(reader: Reader, at: str) -> list[Told]:
    rows = reader.rows(f"{at}items") or reader.rows(f"{at}itms")
    if not rows:
        raise RecordError("ITEMS_MISSING", "a document has no items")
    return [_line(reader, row) for row in rows]


def _line(reader: Reader, row: str) -> Told:
    """The statement of 2B names the heads in full, 2A as returns do."""
    reader.at(f"{row}.num")
    at = f"{row}." if reader.at(f"{row}.itm_det") is None else f"{row}.itm_det."
    is_full = any(reader.at(f"{at}{name}") is not None for name in IN_FULL[:3])
    return {
        "rate_bps": reader.rate_bps(f"{at}rt"),
        "taxable_paise": reader.paise(f"{at}txval"),
        "tax": reader.heads(at, IN_FULL) if is_full else reader.heads(at),
    }


def _handed_on(reader: Reader, at: str) -> Told:
    """An office hands on credit alone."""
    is_full = reader.at(f"{at}igst") is not None
    tax = reader.heads(at, IN_FULL if is_full else ("iamt", "camt", "samt", "cess"))
    return {"rate_bps": None, "taxable_paise": 0, "tax": tax}


def _imported(reader: Reader) -> Told:
    """A bill of entry, whose number is a number."""
    number = reader.at("benum")
    line = {"rate_bps": None, "taxable_paise": reader.paise("txval"), "tax": reader.heads("")}
    return {
        "on": reader.day("bedt").isoformat(),
        "number": str(number) if isinstance(number, int) else reader.name("benum", "NUMBER_MISSING"),
        "supplier": reader.gstin("sgstin"),
        "supplier_name": reader.words("tdname"),
        **dict.fromkeys(("place", "type", "is_reverse_charge", "is_available", "value_paise")),
        "lines": [line],
    }
