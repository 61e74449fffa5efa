"""What returns must add up to: told where it does not, never repaired, and silent where it does."""

from __future__ import annotations

from typing import Any

import pytest

from kit.source import Channel, Document, Fate, Json, Outcome
from tests.sources import given

Fields = dict[str, Any]  # type: ignore[explicit-any]
BUYER = "29AAAPA0000A1Z1"


def _heads(igst: Json = 0, cgst: Json = 0, sgst: Json = 0) -> Fields:
    return {"iamt": igst, "camt": cgst, "samt": sgst, "csamt": 0}


def _paid(**changed: Json) -> Fields:
    """Credit of 300 integrated tax and cash of 60 pay 180 of each half."""
    credit: Fields = {"i_pdi": 0, "i_pdc": 0, "i_pds": 0, "c_pdi": 150, "c_pdc": 0, "s_pdi": 150, "s_pds": 0}
    owed: Fields = {
        "igst": {"tx": 0},
        "cgst": {"tx": 180, "fee": 25},
        "sgst": {"tx": 180, "fee": 25},
        "cess": {"tx": 0},
    }
    cash: Fields = {"ipd": 0, "cpd": 30, "spd": 30, "cspd": 0, "c_lfeepd": 25, "s_lfeepd": 25}
    head: Fields = {"trans_typ": 30002, "trans_desc": "Other than reverse charge"}
    return {"tx_py": [head | owed], "pdcash": [head | cash], "pditc": credit | {"cs_pdcs": 0} | changed}


def _return3b(period: str = "062025", on: str = "20-07-2025", **changed: Json) -> Document:
    """A month of sales of 2,000 at 18 percent within the state."""
    supplies: Fields = {
        "osup_det": {"txval": 2000} | _heads(0, 180, 180),
        "osup_zero": {"txval": 700, "iamt": 0, "csamt": 0},
        "osup_nil_exmp": {"txval": 50},
        "isup_rev": {"txval": 0} | _heads(),
        "osup_nongst": {"txval": 40},
    }
    credit: Fields = {
        "itc_avl": [{"ty": "IMPG"} | _heads(), {"ty": "OTH"} | _heads(320)],
        "itc_rev": [{"ty": "RUL"} | _heads(20)],
        "itc_net": _heads(300),
        "itc_inelg": [{"ty": "OTH"} | _heads(7)],
    }
    return {
        **{"kind": "return3b", "form": "GSTR3B", "ret_period": period, "dof": on, "sup_details": supplies},
        "eco_dtls": {"eco_sup": {"txval": 0} | _heads(), "eco_reg_sup": {"txval": 90}},
        "inter_sup": {
            "unreg_details": [{"pos": "29", "txval": 10, "iamt": 1.8}],
            "comp_details": [],
            "uin_details": [],
        },
        "itc_elg": credit,
        "inward_sup": {
            "isup_details": [
                {"ty": "GST", "inter": 11, "intra": 12},
                {"ty": "NONGST", "inter": 0, "intra": 0},
            ]
        },
        "intr_ltfee": {"intr_details": _heads(), "ltfee_details": {"camt": 25, "samt": 25}},
        "tx_pmt": _paid(),
    } | changed


def _cleaned(*bodies: Document) -> list[Outcome]:
    return given.cleaned("gst", given.items([given.line(body) for body in bodies]))


def _rules(outcomes: list[Outcome]) -> list[str]:
    assert {one.fate for one in outcomes} == {Fate.CLEAN}
    found = [finding for one in outcomes for finding in one.findings if not finding.rule.startswith("GSTIN_")]
    assert all(one.was == one.became for one in found), "what does not add up is told, not repaired"
    return sorted(f"{one.field}:{one.rule}" for one in found)


def test_a_return_that_adds_up_is_read_with_every_row_that_is_not_nothing() -> None:
    (outcome,) = outcomes = _cleaned(_return3b())
    assert _rules(outcomes) == [] and outcome.document is not None
    rows = {(row["table"], row["name"]): row["taxable_paise"] for row in _rows(outcome)}
    assert rows == {
        ("osup_det", None): 200_000,
        ("osup_zero", None): 70_000,
        ("osup_nil_exmp", None): 5_000,
        ("osup_nongst", None): 4_000,
        ("eco_reg_sup", None): 9_000,
        ("unreg_details", "29"): 1_000,
        ("isup_inter", "GST"): 1_100,
        ("isup_intra", "GST"): 1_200,
        ("itc_avl", "OTH"): 0,
        ("itc_rev", "RUL"): 0,
        ("itc_inelg", "OTH"): 0,
        ("tx_py", "Other than reverse charge"): 0,
        ("pdcash", "Other than reverse charge"): 0,
    }
    extra: Fields = dict(outcome.document["extra"])  # type: ignore[call-overload]
    assert {name.rpartition(".")[2] for name in extra} == {
        "trans_typ",
        "c_pdi",
        "s_pdi",
        "fee",
        "c_lfeepd",
        "s_lfeepd",
    }
    assert outcome.document["late_fee_paise"] == 5_000


def _rows(outcome: Outcome) -> list[Fields]:
    assert outcome.document is not None
    return list(outcome.document["rows"])  # type: ignore[call-overload]


def test_a_return_without_payment_is_not_held_to_one() -> None:
    body = _return3b()
    del body["tx_pmt"]
    assert _rules(_cleaned(body)) == []


BROKEN: tuple[tuple[Fields, list[str]], ...] = (
    (
        {"itc_elg": {"itc_avl": [{"ty": "OTH"} | _heads(320)], "itc_rev": [], "itc_net": _heads(300)}},
        ["itc_elg.itc_net.iamt:CREDIT_NET_UNEQUAL"],
    ),
    ({"tx_pmt": _paid(c_pdi=140)}, ["tx_pmt.cgst:TAX_PAID_UNEQUAL"]),
    ({"tx_pmt": _paid(s_pdi=160)}, ["tx_pmt.sgst:TAX_PAID_UNEQUAL"]),
    ({"tx_pmt": _paid(c_pdi=0, c_pdc=150)}, ["tx_pmt.pditc.i_pdi:CREDIT_ORDER"]),
)


@pytest.mark.parametrize(("changed", "found"), BROKEN, ids=lambda one: str(one)[-40:])
def test_a_return_that_does_not_add_up_is_told_and_kept(changed: Fields, found: list[str]) -> None:
    assert _rules(_cleaned(_return3b(**changed))) == found


def test_a_rupee_of_rounding_is_no_break() -> None:
    assert _rules(_cleaned(_return3b(tx_pmt=_paid(c_pdi=149.5, s_pdi=150.5)))) == []


def _profile(first: str = "2025-04-01") -> Document:
    return {
        "kind": "envelope",
        "from": first,
        "to": "2026-03-31",
        "sentAt": "2026-04-01T00:00:00+05:30",
        "filing": [],
    }


def _filed(form: str, fp: str, frequency: str) -> Document:
    return {
        "kind": "filing",
        "form": form,
        "fp": fp,
        "dof": "13-07-2025",
        "frq": frequency,
        "status": "Filed",
    }


def _sold(fp: str = "062025", tax: Json = 180, section: str = "b2cs", **changed: Json) -> Document:
    top: Document = {"kind": "outward", "form": "GSTR1", "fp": fp, "dof": "11-07-2025", "section": section}
    row: Document = {
        "sply_ty": "INTRA",
        "typ": "OE",
        "pos": "27",
        "rt": 18,
        "txval": 2000,
        "camt": tax,
        "samt": tax,
    }
    return top | row | changed


def _note(tax: Json, kind: str = "C") -> Document:
    item: Json = {"num": 1801, "itm_det": {"rt": 18, "txval": 1000, "camt": tax, "samt": tax}}
    note: Fields = {"ntty": kind, "nt_num": "N1", "nt_dt": "05-06-2025", "val": 1180, "itms": [item]}
    return {
        "kind": "outward",
        "form": "GSTR1",
        "fp": "062025",
        "dof": "11-07-2025",
        "section": "cdnr",
        "ctin": BUYER,
        "nt": note,
    }


UNEQUAL = ["sup_details.osup_det:OUTWARD_UNEQUAL"]


def test_outward_tax_of_a_month_is_that_of_its_sales() -> None:
    assert _rules(_cleaned(_profile(), _return3b(), _sold())) == []
    assert _rules(_cleaned(_profile(), _return3b(), _sold(tax=185))) == []
    assert _rules(_cleaned(_profile(), _return3b(), _sold(tax=270, txval=3000), _note(90))) == []
    assert _rules(_cleaned(_profile(), _return3b(), _sold(tax=90, txval=1000), _note(90, "D"))) == []
    assert _rules(_cleaned(_profile(), _return3b(), _sold(), _note(90))) == UNEQUAL
    assert _rules(_cleaned(_profile(), _return3b(), _sold(tax=270, txval=3000))) == UNEQUAL


def test_a_quarter_is_held_against_its_three_months() -> None:
    quarter = [
        _sold(fp, 60, txval=667) | {"form": form}
        for fp, form in (("042025", "IFF"), ("052025", "IFF"), ("062025", "GSTR1"))
    ]
    filed = _filed("GSTR1", "062025", "Q")
    assert _rules(_cleaned(_profile(), filed, _return3b(), *quarter)) == []
    assert _rules(_cleaned(_profile(), filed, _return3b(), *quarter[1:])) == UNEQUAL


def test_only_whole_periods_told_in_full_are_compared() -> None:
    off = _sold(tax=270, txval=3000)
    assert _rules(_cleaned(_profile("2025-06-02"), _return3b(), off)) == []
    assert _rules(_cleaned(_return3b(), off)) == [], "nobody said which days are covered"
    assert _rules(_cleaned(_profile(), _return3b())) == [], "no sales were asked for"
    amended = _sold(section="b2csa", itms=[{"rt": 18, "txval": 1000, "camt": 90, "samt": 90}])
    assert _rules(_cleaned(_profile(), _return3b(), off, amended)) == []


def test_sales_without_payment_of_tax_or_taxed_at_the_buyer_stand_apart() -> None:
    item: Json = {"num": 1801, "itm_det": {"rt": 18, "txval": 1000, "iamt": 180}}
    for changed in ({"inv_typ": "SEWP", "rchrg": "N"}, {"inv_typ": "R", "rchrg": "Y"}):
        inv: Fields = {"inum": "1", "idt": "04-06-2025", "val": 1180, "pos": "29", "itms": [item]} | changed
        apart = _sold(section="b2b", ctin=BUYER, inv=inv)
        lone: Document = {
            name: value
            for name, value in apart.items()
            if name not in ("rt", "txval", "camt", "samt", "sply_ty")
        }
        assert _rules(_cleaned(_profile(), _return3b(), _sold(), lone)) == []


def _composed(form: str, period: str, turnover: int, **changed: Json) -> Document:
    name = "fp" if form == "GSTR4" else "ret_period"
    half = turnover / 200
    return {
        **{"kind": "composition", "form": form, name: period, "dof": "18-07-2026"},
        "outward_supp": {"txval": turnover} | _heads(0, half, half),
        "inward_supp": {"txval": 100} | _heads(0, 9, 9),
        "intr": 12.5,
    } | changed


def test_composition_forms_are_read_whole_and_a_year_is_its_quarters() -> None:
    quarters = [_composed("CMP08", period, 10_000) for period in ("062025", "092025", "122025", "032026")]
    (profile, *told) = _cleaned(_profile(), *quarters, _composed("GSTR4", "032026", 40_000))
    assert _rules([profile, *told]) == []
    year = next(one.document for one in told if one.document and one.document["form"] == "GSTR4")
    assert (year["turnover_paise"], year["inward_paise"], year["interest_paise"]) == (
        4_000_000,
        10_000,
        1_250,
    )
    assert year["inward_tax"] == {"igst_paise": 0, "cgst_paise": 900, "sgst_paise": 900, "cess_paise": 0}
    unlike = _cleaned(_profile(), *quarters, _composed("GSTR4", "032026", 41_000))
    assert _rules(unlike) == ["outward_supp:YEAR_UNEQUAL"]
    assert _rules(_cleaned(_profile(), *quarters[1:], _composed("GSTR4", "032026", 40_000))) == []


def test_a_composition_taxpayer_pays_halves() -> None:
    odd = _composed("CMP08", "062025", 10_000, outward_supp={"txval": 10_000} | _heads(0, 60, 40))
    assert _rules(_cleaned(odd)) == ["outward_supp.camt:HEADS_UNEQUAL"]


@pytest.mark.parametrize("channel", ["", Channel.AA])
@pytest.mark.parametrize("seed", [1, 5, 13, 22])
def test_the_world_adds_up_without_a_finding(seed: int, channel: str) -> None:
    business = given.business(seed)
    parcels = given.answers("gst", business, given.pulls(business, channel=channel))
    outcomes = given.cleaned("gst", given.all_items({one.party: list(one.lines) for one in parcels}))
    assert _rules(outcomes) == []
