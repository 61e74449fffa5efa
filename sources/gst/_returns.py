"""GSTR-3B in its two shapes: the tax office's own, and the one account aggregators carry."""

from __future__ import annotations

from typing import NamedTuple

from kit.source import Document, Json
from sources.gst._written import Heads, all_heads, rupees, valued

_NOTHING = (0, 0, 0, 0)


class Summary(NamedTuple):
    """What a GSTR-3B says, in paise; consumers are (place, taxable, integrated tax) of inter-state sales to them.

    by_credit holds i_pdi, i_pdc, i_pds, c_pdi, c_pdc, s_pdi, s_pds in this order.
    """

    outward: Heads
    export_paise: int
    exempt_paise: int
    consumers: tuple[tuple[str, int, int], ...]
    available: Heads
    reversed: Heads
    net: Heads
    inward_exempt: tuple[int, int]
    owed: Heads
    by_credit: tuple[int, ...]
    cash: Heads
    interest: Heads
    fee_paise: int


def official(said: Summary, ledger: int) -> Document:
    """Write it as the tax office does."""
    return {
        "sup_details": _supplies(said),
        "eco_dtls": {"eco_sup": valued(_NOTHING), "eco_reg_sup": {"txval": rupees(0)}},
        "inter_sup": {
            "unreg_details": _consumers(said),
            "comp_details": [],
            "uin_details": [],
        },
        "itc_elg": {
            "itc_avl": _available(said, "ty"),
            "itc_rev": _reversed(said, "ty"),
            "itc_net": all_heads(said.net),
            "itc_inelg": [{"ty": "RUL", **all_heads(_NOTHING)}, {"ty": "OTH", **all_heads(_NOTHING)}],
        },
        "inward_sup": {"isup_details": _inward(said)},
        "intr_ltfee": _charges(said),
        "tx_pmt": {
            "tx_py": [
                {"trans_typ": 30002, "trans_desc": "Other than reverse charge", **_payable(said, ledger)},
                {"trans_typ": 30003, "trans_desc": "Reverse charge", **_nothing_payable(ledger)},
            ],
            "pdcash": [{"liab_ldg_id": ledger, "trans_typ": 30002, **_by_cash(said)}],
            "pditc": {"liab_ldg_id": ledger, "trans_typ": 30002, **_by_credit(said)},
        },
    }


def carried(said: Summary) -> Document:
    """Write it as account aggregators carry it: the same figures under lists with names of their own."""
    return {
        "sup_details": _supplies(said),
        "sup_inter": {
            "unreg_details_list": {"unreg_details": _consumers(said)},
            "comp_details_list": {"comp_details": []},
            "uin_details_list": {"uin_details": []},
        },
        "eco_dtls": {"eco_sup": valued(_NOTHING), "eco_reg_sup": {"txval": rupees(0)}},
        "itc_elg": {
            "itc_avl_list": {"itc_avl": _available(said, "type")},
            "itc_rev_list": {"itc_rev": _reversed(said, "type")},
            "itc_net": all_heads(said.net),
            "itc_inelg_list": {"itc_inelg": [{"type": "OTH", **all_heads(_NOTHING)}]},
        },
        "inward_sup": {"isup_details_list": {"isup_details": _inward(said)}},
        "intr_ltfee": _charges(said),
        "tx_pmt": {
            "tx_py_list": {"tx_py": [{"trans_desc": "Other than reverse charge", **_payable(said, None)}]}
        },
        "pdcash_dtls": {
            "pdcash_list": {"pdcash": [{"trans_desc": "Other than reverse charge", **_by_cash(said)}]},
            "pditc": {"trans_desc": "Other than reverse charge", **_by_credit(said)},
        },
    }


def _supplies(said: Summary) -> Json:
    return {
        "osup_det": valued(said.outward),
        "osup_zero": {"txval": rupees(said.export_paise), "iamt": rupees(0), "csamt": rupees(0)},
        "osup_nil_exmp": {"txval": rupees(said.exempt_paise)},
        "isup_rev": valued(_NOTHING),
        "osup_nongst": {"txval": rupees(0)},
    }


def _consumers(said: Summary) -> list[Json]:
    return [
        {"pos": place, "txval": rupees(taxable), "iamt": rupees(igst)}
        for place, taxable, igst in said.consumers
    ]


def _available(said: Summary, kind: str) -> list[Json]:
    kinds = ("IMPG", "IMPS", "ISRC", "ISD", "OTH")
    return [{kind: name, **all_heads(said.available if name == "OTH" else _NOTHING)} for name in kinds]


def _reversed(said: Summary, kind: str) -> list[Json]:
    return [{kind: "RUL", **all_heads(said.reversed)}, {kind: "OTH", **all_heads(_NOTHING)}]


def _inward(said: Summary) -> list[Json]:
    inter, intra = said.inward_exempt
    return [
        {"ty": "GST", "inter": rupees(inter), "intra": rupees(intra)},
        {"ty": "NONGST", "inter": rupees(0), "intra": rupees(0)},
    ]


def _charges(said: Summary) -> Json:
    half = rupees(said.fee_paise // 2)
    return {"intr_details": all_heads(said.interest), "ltfee_details": {"camt": half, "samt": half}}


def _payable(said: Summary, ledger: int | None) -> dict[str, Json]:
    _, igst, cgst, sgst = said.owed
    _, i_late, c_late, s_late = said.interest
    half = rupees(said.fee_paise // 2)
    numbered: dict[str, Json] = {} if ledger is None else {"liab_ldg_id": ledger}
    return {
        **numbered,
        "igst": {"tx": rupees(igst), "intr": rupees(i_late)},
        "cgst": {"tx": rupees(cgst), "intr": rupees(c_late), "fee": half},
        "sgst": {"tx": rupees(sgst), "intr": rupees(s_late), "fee": half},
        "cess": {"tx": rupees(0), "intr": rupees(0)},
    }


def _nothing_payable(ledger: int) -> dict[str, Json]:
    tax: Json = {"tx": rupees(0), "intr": rupees(0)}
    fee: Json = {"tx": rupees(0), "intr": rupees(0), "fee": rupees(0)}
    return {"liab_ldg_id": ledger, "igst": tax, "cgst": fee, "sgst": fee, "cess": tax}


def _by_cash(said: Summary) -> dict[str, Json]:
    names = ("ipd", "cpd", "spd"), ("i_intrpd", "c_intrpd", "s_intrpd")
    paid = zip(names[0], said.cash[1:], strict=True)
    late = zip(names[1], said.interest[1:], strict=True)
    half = rupees(said.fee_paise // 2)
    return {
        **{name: rupees(paise) for name, paise in paid},
        "cspd": rupees(0),
        **{name: rupees(paise) for name, paise in late},
        "cs_intrpd": rupees(0),
        "c_lfeepd": half,
        "s_lfeepd": half,
    }


def _by_credit(said: Summary) -> dict[str, Json]:
    names = ("i_pdi", "i_pdc", "i_pds", "c_pdi", "c_pdc", "s_pdi", "s_pds")
    paid = {name: rupees(paise) for name, paise in zip(names, said.by_credit, strict=True)}
    return {**paid, "cs_pdcs": rupees(0)}
