"""Reading one line of GSTR-1: a document with its items, or a row that stands for many sales."""

from __future__ import annotations

from kit.errors import RecordError
from kit.source import Json
from sources.gst._checks import checked_items, checked_value, is_whole_share
from sources.gst._reading import HEADS, IN_FULL, Reader, Told

_NUMBERED = {"b2b": "inv", "b2cl": "inv", "exp": "inv", "cdnr": "nt", "cdnur": "nt"}
_NUMBERED |= {f"{section}a": holder for section, holder in _NUMBERED.items()}
_INVOICE, _NOTE = ("inum", "idt", "oinum", "oidt"), ("nt_num", "nt_dt", "ont_num", "ont_dt")
_ADVANCES = ("at", "ata", "txpd", "txpda")
_NOTHING = ("number", "amends_number", "amends_on", "place", "type", "is_reverse_charge", "value_paise")
_NO_ROW = ("counterparty", "hsn", "title", "quantity_hundredths", "papers_n")


def outward(reader: Reader, section: str, told: Told) -> Told:
    """Read what a line of a section tells; told holds what every line of a return has."""
    told = told | {
        "section": section,
        "filed_on": reader.day("dof").isoformat(),
        **dict.fromkeys((*_NOTHING, *_NO_ROW)),
    }
    if section in _NUMBERED:
        return told | _document(reader, section)
    return told | _row(reader, section, told)


def known_by(told: Told) -> list[object]:
    """A document is known by its number and date's return, a row by its section and what sets it apart."""
    names = ("form", "period", "section", "counterparty", "number", "place", "type", "hsn")
    return [*(told[name] for name in names), [line["rate_bps"] for line in lines_of(told)]]


def lines_of(told: Told) -> list[Told]:
    """Give the lines of what was told."""
    lines = told["lines"]
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _document(reader: Reader, section: str) -> Told:
    """A document with a number; as account aggregators carry it, it stands at the top and knows no rate."""
    is_carried = reader.at("itm_det") is not None
    at = "" if is_carried else f"{_NUMBERED[section]}."
    rows = reader.rows("itm_det.itm") if is_carried else reader.rows(f"{at}itms")
    items = [_detail(reader, row) for row in rows]
    if not items:
        raise RecordError("ITEMS_MISSING", "a document has no items")
    number, on, before, before_on = _NOTE if section.startswith("cdn") else _INVOICE
    terms = _share(reader, at), _is_untaxed(reader, at), number == _NOTE[0]
    told: Told = {
        "number": reader.name(f"{at}{number}", "NUMBER_MISSING"),
        "on": reader.day(f"{at}{on}").isoformat(),
        "amends_number": reader.words(f"{at}{before}"),
        "amends_on": reader.iso(f"{at}{before_on}"),
        "counterparty": reader.gstin("ctin"),
        "place": reader.words(f"{at}pos") or reader.words("pos"),
        "type": _type_of(reader, at),
        "is_reverse_charge": reader.flag(f"{at}rchrg"),
        "value_paise": reader.paise(f"{at}val"),
        "lines": [_line(reader, f"{item}.") for item in items],
    }
    checked_value(reader, f"{at}val", told)
    checked_items(reader, items, told, terms)
    return told


def _share(reader: Reader, at: str) -> Json:
    """The part of the tax that is taken, kept aside where it is not all of it."""
    share = reader.at(f"{at}diff_percent")
    if not is_whole_share(share):
        reader.keep(f"{at}diff_percent")
    return share


def _is_untaxed(reader: Reader, at: str) -> bool:
    """Exports, and sales to special zones, may go without payment of tax."""
    return any("WOP" in str(reader.at(path)).upper() for path in ("exp_typ", "typ", f"{at}inv_typ"))


def _detail(reader: Reader, row: str) -> str:
    """Exports have no details within their items; an item is numbered by its rate."""
    reader.at(f"{row}.num")
    return row if reader.at(f"{row}.itm_det") is None else f"{row}.itm_det"


def _type_of(reader: Reader, at: str) -> str | None:
    kind = reader.word(f"{at}inv_typ", ("R", "DE", "SEWP", "SEWOP", "CBW"))
    note = reader.word(f"{at}ntty", ("C", "D"))
    other = reader.words("typ")
    if note is not None:
        reader.keep(f"{at}inv_typ", "typ")
    return note or kind or reader.words("exp_typ") or other


def _line(reader: Reader, at: str, taxable: str = "txval") -> Told:
    return {
        "rate_bps": reader.rate_bps(f"{at}rt"),
        "taxable_paise": reader.paise(f"{at}{taxable}"),
        "tax": reader.heads(at),
    }


def _row(reader: Reader, section: str, told: Told) -> Told:
    """A row that stands for many sales, dated by the day its return was filed."""
    row: Told = {"on": told["filed_on"], "lines": [], "place": reader.words("pos")}
    if section == "nil":
        return row | _untaxed(reader)
    if section == "doc_issue":
        return row | _numbers(reader)
    if section == "supeco":
        return row | _through(reader)
    row |= {"counterparty": reader.gstin("etin")}
    if section in (*_ADVANCES, "b2csa"):
        taxable = "txval" if section == "b2csa" else "ad_amt"
        lines = [_line(reader, f"{item}.", taxable) for item in reader.rows("itms")]
        return row | {"type": reader.word("sply_ty", ("INTRA", "INTER")), "lines": lines}
    row |= {"lines": [_line(reader, "")]}
    if section == "b2cs":
        return row | {"type": reader.word("sply_ty", ("INTRA", "INTER"))}
    return row | {
        "hsn": reader.name("hsn_sc", "HSN_MISSING"),
        "title": reader.words("desc"),
        "type": reader.words("uqc"),
        "quantity_hundredths": reader.maybe_paise("qty"),
    }


def _untaxed(reader: Reader) -> Told:
    """Exempt, nil-rated and outside GST as one line; what is nil-rated or outside of it is kept aside too."""
    kind = reader.name("sply_ty", "TYPE_MISSING")
    total = sum(reader.maybe_paise(name) for name in ("expt_amt", "nil_amt", "ngsup_amt"))
    reader.keep("nil_amt", "ngsup_amt")
    line: Told = {"rate_bps": 0, "taxable_paise": total, "tax": dict.fromkeys(HEADS, 0)}
    return {"type": kind, "lines": [line]}


def _numbers(reader: Reader) -> Told:
    papers_n = sum(reader.maybe_paise(f"{row}.net_issue") for row in reader.rows("docs")) // 100
    if papers_n < 0:
        raise RecordError("COUNT_NEGATIVE", "fewer than no papers were issued")
    return {
        "type": str(reader.paise("doc_num") // 100),
        "title": reader.words("doc_typ"),
        "papers_n": papers_n,
    }


def _through(reader: Reader) -> Told:
    etin = reader.gstin("etin")
    line: Told = {
        "rate_bps": None,
        "taxable_paise": reader.paise("suppval"),
        "tax": reader.heads("", IN_FULL),
    }
    return {"type": reader.words("table"), "counterparty": etin, "lines": [line]}
