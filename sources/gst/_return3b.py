"""Reading one GSTR-3B in its two shapes: sums for what is reckoned with, and every row that is not nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sources.gst._checks import checked_credit, checked_payment
from sources.gst._reading import HEADS, Reader, Told

_SUPPLIES = ("osup_det", "osup_zero", "osup_nil_exmp", "isup_rev", "osup_nongst")
_PLACES = ("unreg_details", "comp_details", "uin_details")
_OWED, _CASH = ("igst.tx", "cgst.tx", "sgst.tx", "cess.tx"), ("ipd", "cpd", "spd", "cspd")
_BY_CREDIT = {
    "igst_paise": ("i_pdi", "i_pdc", "i_pds"),
    "cgst_paise": ("c_pdi", "c_pdc"),
    "sgst_paise": ("s_pdi", "s_pds"),
    "cess_paise": ("cs_pdcs",),
}
_FEES = ("intr_ltfee.ltfee_details.camt", "intr_ltfee.ltfee_details.samt")
_Lists = Callable[[str, str], str]
_ALL_PAID = tuple(name for names in _BY_CREDIT.values() for name in names)


def return3b(reader: Reader, told: Told) -> Told:
    """Read one return; as account aggregators carry it, its lists stand one level deeper."""
    is_carried = reader.at("pdcash_dtls") is not None
    lists = _carried if is_carried else _official
    credit = {
        name: _rows(reader, lists("itc_elg", f"itc_{name}"), f"itc_{name}")
        for name in ("avl", "rev", "inelg")
    }
    paid = "pdcash_dtls.pditc." if is_carried else "tx_pmt.pditc."
    owed = _taxes(reader, lists("tx_pmt", "tx_py"), "tx_py", _OWED)
    paid_in_cash = _taxes(reader, lists("pdcash_dtls" if is_carried else "tx_pmt", "pdcash"), "pdcash", _CASH)
    tables = (*_supplies(reader, lists), *credit.values(), owed, paid_in_cash)
    told = told | {
        "on": reader.day("dof").isoformat(),
        "taxable_paise": reader.paise("sup_details.osup_det.txval"),
        "outward": reader.heads("sup_details.osup_det."),
        "zero_rated_paise": reader.maybe_paise("sup_details.osup_zero.txval"),
        "exempt_paise": reader.maybe_paise("sup_details.osup_nil_exmp.txval"),
        "credit_available": _added(credit["avl"]),
        "credit_reversed": _added(credit["rev"]),
        "credit_net": reader.heads("itc_elg.itc_net."),
        "payable": _added(owed),
        "by_credit": _by_credit(reader, paid),
        "by_cash": _added(paid_in_cash),
        "interest": reader.heads("intr_ltfee.intr_details."),
        "late_fee_paise": sum(map(reader.maybe_paise, _FEES)),
        "rows": [row for rows in tables for row in rows if _is_told(row)],
    }
    checked_credit(reader, told)
    if reader.at("tx_pmt") is not None:
        checked_payment(reader, told, paid)
    reader.keep(*(f"{paid}{name}" for name in _ALL_PAID))
    return told


def _by_credit(reader: Reader, paid: str) -> dict[str, int]:
    """What credit paid of each head, whichever head the credit was of."""
    return {
        head: sum(reader.maybe_paise(f"{paid}{name}") for name in names) for head, names in _BY_CREDIT.items()
    }


def _official(table: str, name: str) -> str:
    return f"{table}.{name}"


def _carried(table: str, name: str) -> str:
    return f"{table}.{name}_list.{name}"


def _supplies(reader: Reader, lists: _Lists) -> list[list[Told]]:
    """Every table of supplies: outward, of the operator, by place of consumers, and inward without tax."""
    inter = "inter_sup" if lists is _official else "sup_inter"
    single = [_row(reader, f"sup_details.{name}", name) for name in _SUPPLIES]
    single += [_row(reader, f"eco_dtls.{name}", name) for name in ("eco_sup", "eco_reg_sup")]
    places = [_rows(reader, lists(inter, name), name) for name in _PLACES]
    return [single, *places, _untaxed(reader, lists("inward_sup", "isup_details"))]


def _rows(reader: Reader, path: str, table: str) -> list[Told]:
    return [_row(reader, row, table) for row in reader.rows(path)]


def _row(reader: Reader, at: str, table: str) -> Told:
    return {
        "table": table,
        "name": next(filter(None, (reader.words(f"{at}.{name}") for name in ("ty", "type", "pos"))), None),
        "taxable_paise": reader.maybe_paise(f"{at}.txval"),
        "tax": reader.heads(f"{at}."),
    }


def _untaxed(reader: Reader, path: str) -> list[Told]:
    none = dict.fromkeys(HEADS, 0)
    return [
        {
            "table": f"isup_{where}",
            "name": reader.words(f"{row}.ty"),
            "taxable_paise": reader.maybe_paise(f"{row}.{where}"),
            "tax": none,
        }
        for row in reader.rows(path)
        for where in ("inter", "intra")
    ]


def _is_told(row: Told) -> bool:
    return bool(row["taxable_paise"]) or any(cast("dict[str, int]", row["tax"]).values())


def _taxes(reader: Reader, path: str, table: str, names: tuple[str, ...]) -> list[Told]:
    """What is owed or paid of each kind of charge, ordinary and reverse."""
    return [
        {
            "table": table,
            "name": reader.words(f"{row}.trans_desc"),
            "taxable_paise": 0,
            "tax": reader.heads(f"{row}.", names),
        }
        for row in reader.rows(path)
    ]


def _added(rows: list[Told]) -> dict[str, int]:
    return {head: sum(cast("dict[str, int]", row["tax"])[head] for row in rows) for head in HEADS}
