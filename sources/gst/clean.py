"""From GST lines to clean records: each is read or held back with its reason, and what is left out of an item is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from kit.errors import RecordError
from kit.ident import gstin_grade
from kit.plain import Parsed, parsed_or_held
from kit.source import Document, Item, Outcome, Tables
from sources.gst._reading import Reader, parts
from sources.gst.records import FORMS, SECTIONS

Told = dict[str, object]
_NUMBERED = {"b2b": "inv", "b2cl": "inv", "exp": "inv", "cdnr": "nt", "cdnur": "nt"}
_PERIODS = ("fp", "ret_period", "ret_prd", "rtnprd")
_TOP = ("kind", "form", "gstin", *_PERIODS, "dof", "gendt", "section", "filingFrequency", "status")
_HEADED = ("txval", "rt", "iamt", "camt", "samt", "csamt", "igst", "cgst", "sgst", "cess")
_KNOWN = {
    "envelope": (
        *("kind", "ver", "gstin", "lgnm", "tradeNam", "ctb", "dty", "sts", "rgdt", "from", "to", "sentAt"),
        *("filing", "fiType", "type", "version", "linkedAccRef", "maskedGstinNumber", "Profile"),
        "Transactions",
    ),
    "filing": (*_TOP, "arn", "frq", "version", "hash", "itcsumm"),
    "outward": (
        *(*_TOP, *_HEADED, "ctin", "inv", "nt", "pos", "typ", "etin", "sply_ty", "exp_typ", "num"),
        *("expt_amt", "nil_amt", "ngsup_amt", "hsn_sc", "desc", "uqc", "qty", "doc_num", "doc_typ", "docs"),
        *("table", "suppval", "inum", "idt", "val", "rchrg", "inv_typ", "diff_percent", "itm_det"),
    ),
    "inward": (*_TOP, "ctin", "trdnm", "supfildt", "supprd", "inv"),
    "return3b": (
        *(*_TOP, "sup_details", "eco_dtls", "inter_sup", "sup_inter", "itc_elg", "inward_sup"),
        *("intr_ltfee", "tx_pmt", "pdcash_dtls"),
    ),
    "composition": (*_TOP, "outward_supp", "inward_supp", "intr"),
}


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content."""
    return parsed_or_held(items, tables, _parse, _readable)


def _parse(item: Item, body: Document) -> Parsed:
    kind = body.get("kind")
    parse = _PARSERS.get(kind) if isinstance(kind, str) else None
    if parse is None:
        raise RecordError("KIND_UNKNOWN", "a line is neither an envelope nor a part of a return")
    reader = Reader(item, body)
    reader.unknown(_KNOWN[str(kind)])
    known_by, told = parse(reader)
    return Parsed(known_by, told, None, reader.findings)


def _readable(body: Document) -> None:
    """A return tells of supplies and tax; money moves at the bank."""


Read = tuple[list[object], Told]


def _envelope(reader: Reader) -> Read:
    business = "Profile.BusinessDetails." if isinstance(reader.at("Profile"), dict) else ""
    gstin = reader.gstin("gstin")
    first, last = _covered(reader, is_carried=bool(business))
    told: Told = {
        "kind": "profile",
        "on": last,
        "gstin": gstin,
        "masked_gstin": reader.words("maskedGstinNumber"),
        "gstin_grade": gstin_grade(gstin),
        "legal_name": reader.words(f"{business}lgnm"),
        "trade_name": reader.words("Profile.BusinessDetails.trdnm" if business else "tradeNam"),
        "constitution": reader.words("ctb"),
        "taxpayer_type": reader.words(f"{business}dty"),
        "status": reader.words(f"{business}sts"),
        "registered_on": _iso(reader, "Profile.BusinessDetails.apprvdt" if business else "rgdt"),
        "covered_from": first,
        "covered_to": last,
        "sent_at": _sent_at(reader),
        "schedule": [_told_of(reader, place) for place in range(len(parts(reader.at("filing") or [])))],
    }
    return [told["gstin"], told["masked_gstin"], told["covered_from"], told["covered_to"]], told


def _covered(reader: Reader, is_carried: bool) -> tuple[str | None, str | None]:
    first, last = ("Transactions.strdt", "Transactions.endt") if is_carried else ("from", "to")
    return _iso(reader, first), _iso(reader, last)


def _told_of(reader: Reader, place: int) -> Told:
    at = f"filing.{place}"
    form = reader.name(f"{at}.rtntype", "FORM_MISSING")
    return {"form": form, "period": reader.period(f"{at}.ret_prd"), "filed_on": _iso(reader, f"{at}.dof")}


def _sent_at(reader: Reader) -> str | None:
    moment = reader.moment("sentAt")
    return None if moment is None else moment.isoformat()


def _iso(reader: Reader, path: str) -> str | None:
    day = reader.maybe_day(path)
    return None if day is None else day.isoformat()


def _return_of(reader: Reader, kind: str) -> Told:
    form = reader.word("form", FORMS)
    if form is None:
        raise RecordError("FORM_UNKNOWN", "a line names no return that is known")
    if kind != "filing":  # The record of its filing tells whose a return is; here a wrong one is only told.
        reader.gstin("gstin")
    return {"kind": kind, "form": form, "period": reader.period(*_PERIODS)}


def _filing(reader: Reader) -> Read:
    told = _return_of(reader, "filing") | {
        "on": reader.day("dof").isoformat(),
        "gstin": reader.gstin("gstin"),
        "status": reader.words("status"),
        "reference": reader.words("arn"),
    }
    return [told["form"], told["period"], told["on"]], told


def _outward(reader: Reader) -> Read:
    section = reader.word("section", SECTIONS)
    if section is None:
        raise RecordError("SECTION_UNKNOWN", "a row names no section that is known")
    told = _return_of(reader, "outward") | {
        "section": section,
        "filed_on": reader.day("dof").isoformat(),
        **dict.fromkeys(("number", "place", "type", "value_paise", "counterparty")),
        **dict.fromkeys(("hsn", "title", "quantity_hundredths", "papers_n")),
    }
    told |= _document(reader, section) if section in _NUMBERED else _row(reader, section, told)
    names = ("form", "period", "section", "counterparty", "number", "place", "type", "hsn", "lines")
    known_by = [told[name] for name in names]
    known_by[-1] = [line["rate_bps"] for line in _lines_of(told)]
    return known_by, told


def _lines_of(told: Told) -> list[Told]:
    lines = told["lines"]
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def _document(reader: Reader, section: str) -> Told:
    """A document with a number; as account aggregators carry it, it stands at the top and knows no rate."""
    if reader.at("itm_det") is not None:
        at, items = "", [f"itm_det.itm.{i}" for i in range(len(parts(reader.at("itm_det.itm"))))]
    else:
        at = f"{_NUMBERED[section]}."
        inner = "" if section == "exp" else ".itm_det"
        items = [f"{at}itms.{i}{inner}" for i in range(len(parts(reader.at(f"{at}itms"))))]
    number, on = ("nt_num", "nt_dt") if section.startswith("cdn") else ("inum", "idt")
    if not items:
        raise RecordError("ITEMS_MISSING", "a document has no items")
    reader.word(f"{at}rchrg", ("Y", "N"))
    return {
        "number": reader.name(f"{at}{number}", "NUMBER_MISSING"),
        "on": reader.day(f"{at}{on}").isoformat(),
        "counterparty": reader.gstin("ctin"),
        "place": reader.words(f"{at}pos") or reader.words("pos"),
        "type": _type_of(reader, at),
        "value_paise": reader.paise(f"{at}val"),
        "lines": [_line(reader, f"{item}.") for item in items],
    }


def _type_of(reader: Reader, at: str) -> str | None:
    kind = reader.word(f"{at}inv_typ", ("R", "DE", "SEWP", "SEWOP", "CBW"))
    note = reader.word(f"{at}ntty", ("C", "D"))
    return note or kind or reader.words("exp_typ") or reader.words("typ")


def _line(reader: Reader, at: str, taxable: str = "txval") -> Told:
    return {
        "rate_bps": reader.rate_bps(f"{at}rt"),
        "taxable_paise": reader.paise(f"{at}{taxable}"),
        "tax": _heads(reader, at),
    }


def _heads(reader: Reader, at: str, names: tuple[str, ...] = ("iamt", "camt", "samt", "csamt")) -> Told:
    heads = ("igst_paise", "cgst_paise", "sgst_paise", "cess_paise")
    return {head: reader.maybe_paise(f"{at}{name}") for head, name in zip(heads, names, strict=True)}


_IN_FULL = ("igst", "cgst", "sgst", "cess")


def _row(reader: Reader, section: str, told: Told) -> Told:
    """A row that stands for many sales, dated by the day its return was filed."""
    row: Told = {"on": told["filed_on"], "lines": [], "place": reader.words("pos")}
    if section == "nil":
        kind = reader.name("sply_ty", "TYPE_MISSING")
        total = sum(reader.maybe_paise(name) for name in ("expt_amt", "nil_amt", "ngsup_amt"))
        none = dict.fromkeys(("igst_paise", "cgst_paise", "sgst_paise", "cess_paise"), 0)
        return row | {"type": kind, "lines": [{"rate_bps": 0, "taxable_paise": total, "tax": none}]}
    if section == "doc_issue":
        docs = parts(reader.at("docs") or [])
        papers_n = sum(reader.maybe_paise(f"docs.{i}.net_issue") for i in range(len(docs))) // 100
        return row | {
            "type": str(reader.paise("doc_num") // 100),
            "title": reader.words("doc_typ"),
            "papers_n": papers_n,
        }
    if section == "supeco":
        etin = reader.gstin("etin")
        line: Told = {
            "rate_bps": None,
            "taxable_paise": reader.paise("suppval"),
            "tax": _heads(reader, "", _IN_FULL),
        }
        return row | {"type": reader.words("table"), "counterparty": etin, "lines": [line]}
    row |= {"lines": [_line(reader, "")], "counterparty": reader.gstin("etin")}
    if section == "b2cs":
        return row | {"type": reader.word("sply_ty", ("INTRA", "INTER"))}
    return row | {
        "hsn": reader.name("hsn_sc", "HSN_MISSING"),
        "title": reader.words("desc"),
        "type": reader.words("uqc"),
        "quantity_hundredths": reader.maybe_paise("qty"),
    }


def _inward(reader: Reader) -> Read:
    told = _return_of(reader, "inward")
    items = [f"inv.items.{i}" for i in range(len(parts(reader.at("inv.items") or [])))]
    if not items:
        raise RecordError("ITEMS_MISSING", "a document has no items")
    available = reader.word("inv.itcavl", ("Y", "N"))
    reader.word("inv.rev", ("Y", "N"))
    told |= {
        "on": reader.day("inv.dt").isoformat(),
        "made_on": _iso(reader, "gendt"),
        "supplier": reader.gstin("ctin") or reader.name("ctin", "SUPPLIER_MISSING"),
        "supplier_name": reader.words("trdnm"),
        "supplier_filed_on": _iso(reader, "supfildt"),
        "number": reader.name("inv.inum", "NUMBER_MISSING"),
        "place": reader.words("inv.pos"),
        "is_available": None if available is None else available == "Y",
        "value_paise": reader.paise("inv.val"),
        "lines": [
            {
                "rate_bps": reader.rate_bps(f"{at}.rt"),
                "taxable_paise": reader.paise(f"{at}.txval"),
                "tax": _heads(reader, f"{at}.", _IN_FULL),
            }
            for at in items
        ],
    }
    return [told["period"], told["supplier"], told["number"], told["on"]], told


def _return3b(reader: Reader) -> Read:
    credit = "itc_elg.itc_{}_list.itc_{}" if reader.at("pdcash_dtls") is not None else "itc_elg.itc_{}"
    is_carried = reader.at("pdcash_dtls") is not None
    cash, paid = (
        ("pdcash_dtls.pdcash_list.pdcash", "pdcash_dtls.pditc.")
        if is_carried
        else ("tx_pmt.pdcash", "tx_pmt.pditc.")
    )
    payable = "tx_pmt.tx_py_list.tx_py" if is_carried else "tx_pmt.tx_py"
    told = _return_of(reader, "return3b") | {
        "on": reader.day("dof").isoformat(),
        "taxable_paise": reader.paise("sup_details.osup_det.txval"),
        "outward": _heads(reader, "sup_details.osup_det."),
        "zero_rated_paise": reader.maybe_paise("sup_details.osup_zero.txval"),
        "exempt_paise": reader.maybe_paise("sup_details.osup_nil_exmp.txval"),
        "credit_available": _summed(reader, credit.format("avl", "avl")),
        "credit_reversed": _summed(reader, credit.format("rev", "rev")),
        "credit_net": _heads(reader, "itc_elg.itc_net."),
        "payable": _summed(reader, payable, ("igst.tx", "cgst.tx", "sgst.tx", "cess.tx")),
        "by_credit": _by_credit(reader, paid),
        "by_cash": _summed(reader, cash, ("ipd", "cpd", "spd", "cspd")),
        "interest": _heads(reader, "intr_ltfee.intr_details."),
        "late_fee_paise": sum(
            reader.maybe_paise(f"intr_ltfee.ltfee_details.{head}") for head in ("camt", "samt")
        ),
    }
    return [told["period"], told["on"]], told


def _summed(reader: Reader, path: str, names: tuple[str, ...] = ("iamt", "camt", "samt", "csamt")) -> Told:
    rows = [_heads(reader, f"{path}.{i}.", names) for i in range(len(parts(reader.at(path) or [])))]
    heads = ("igst_paise", "cgst_paise", "sgst_paise", "cess_paise")
    return {head: sum(paise for row in rows if isinstance(paise := row[head], int)) for head in heads}


def _by_credit(reader: Reader, at: str) -> Told:
    """What credit paid of each head, whichever head the credit was of."""
    paid = {"igst_paise": ("i_pdi", "i_pdc", "i_pds"), "cgst_paise": ("c_pdi", "c_pdc")}
    paid |= {"sgst_paise": ("s_pdi", "s_pds"), "cess_paise": ("cs_pdcs",)}
    return {head: sum(reader.maybe_paise(f"{at}{name}") for name in names) for head, names in paid.items()}


def _composition(reader: Reader) -> Read:
    told = _return_of(reader, "composition") | {
        "on": reader.day("dof").isoformat(),
        "turnover_paise": reader.paise("outward_supp.txval"),
        "tax": _heads(reader, "outward_supp."),
        "interest_paise": reader.maybe_paise("intr"),
    }
    return [told["form"], told["period"]], told


_PARSERS: Mapping[str, Callable[[Reader], Read]] = {
    "envelope": _envelope,
    "filing": _filing,
    "outward": _outward,
    "inward": _inward,
    "return3b": _return3b,
    "composition": _composition,
}
