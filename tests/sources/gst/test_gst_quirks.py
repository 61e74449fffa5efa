"""Lines of GST as portals, books and aggregators really write them: read whole, and told of where they do not add up."""

from __future__ import annotations

from typing import Any

import pytest

from kit.source import Document, Fate, Json, Outcome
from tests.sources import given

Fields = dict[str, Any]  # type: ignore[explicit-any]
OWN, OTHER = "27AAAPA0000A1Z5", "29AAAPA0000A1Z1"
SOLD: Document = {"kind": "outward", "form": "GSTR1", "fp": "062025", "dof": "11-07-2025"}


def _cleaned(*bodies: Document) -> list[Outcome]:
    return given.cleaned("gst", given.items([given.line(body) for body in bodies]))


def _one(body: Document) -> tuple[Fields, list[str]]:
    (outcome,) = _cleaned(body)
    assert outcome.fate is Fate.CLEAN and outcome.document is not None, outcome.reason
    return dict(outcome.document), _rules([outcome])


def _rules(outcomes: list[Outcome]) -> list[str]:
    return sorted(
        f"{found.field}:{found.rule}"
        for one in outcomes
        for found in one.findings
        if not found.rule.startswith("GSTIN_")
    )


def _item(rate: Json = 18, taxable: Json = 1000, **tax: Json) -> Json:
    return {
        "num": 1801,
        "itm_det": {"rt": rate, "txval": taxable, "csamt": 0} | (tax or {"camt": 90, "samt": 90}),
    }


def _invoice(*items: Json, **inv: Json) -> Document:
    held: Document = {
        "inum": "G-1069",
        "idt": "04-06-2025",
        "val": 1180,
        "pos": "27",
        "rchrg": "N",
        "inv_typ": "R",
    }
    return SOLD | {"section": "b2b", "ctin": OTHER, "inv": held | {"itms": list(items or [_item()])} | inv}


def test_the_own_registration_may_be_written_small() -> None:
    filing: Document = {
        "kind": "filing",
        "form": "GSTR1",
        "fp": "062025",
        "dof": "11-07-2025",
        "gstin": OWN.lower(),
    }
    (outcome,) = _cleaned(filing)
    assert outcome.document is not None and outcome.document["gstin"] == OWN
    assert "GSTIN_CASE" in {found.rule for found in outcome.findings}


def test_a_supply_inside_the_state_has_no_integrated_tax_at_all() -> None:
    told, rules = _one(_invoice())
    assert told["lines"][0]["tax"] == {
        "igst_paise": 0,
        "cgst_paise": 9000,
        "sgst_paise": 9000,
        "cess_paise": 0,
    }
    assert rules == []


@pytest.mark.parametrize("value", [1180, 1179, 1180.49, 1181])
def test_a_value_may_be_rounded_to_the_rupee(value: Json) -> None:
    told, rules = _one(_invoice(val=value))
    assert rules == [] and told["value_paise"] == round(float(str(value)) * 100)


@pytest.mark.parametrize("value", [1186.16, 1170, 11800])
def test_a_value_farther_off_is_told_and_kept(value: Json) -> None:
    told, rules = _one(_invoice(val=value))
    assert rules == ["inv.val:VALUE_UNEQUAL"] and told["value_paise"] == round(float(str(value)) * 100)


def test_where_the_buyer_owes_the_tax_a_document_may_be_worth_its_supplies_alone() -> None:
    for value in (1000, 1180):
        told, rules = _one(_invoice(val=value, rchrg="Y"))
        assert told["is_reverse_charge"] is True and rules == []
    assert _one(_invoice(val=1000))[1] == ["inv.val:VALUE_UNEQUAL"]


@pytest.mark.parametrize(
    ("item", "rule"),
    [
        (_item(camt=80, samt=100), "camt:HEADS_UNEQUAL"),
        (_item(iamt=90, camt=45, samt=45), "iamt:HEADS_MIXED"),
        (_item(iamt=190), "iamt:TAX_UNEQUAL"),
        (_item(17, iamt=170), "rt:RATE_UNKNOWN"),
    ],
    ids=str,
)
def test_tax_that_is_not_its_rates_share_is_told(item: Json, rule: str) -> None:
    _, rules = _one(_invoice(item, inum="1") | {"section": "b2b"})
    assert f"inv.itms.0.itm_det.{rule}" in rules


@pytest.mark.parametrize("share", [0.65, 65])
def test_a_part_of_the_tax_may_be_taken(share: Json) -> None:
    told, rules = _one(_invoice(_item(iamt=117), val=1117, diff_percent=share))
    assert rules == [] and told["extra"] == {"inv.diff_percent": str(share)}


def test_a_rate_that_ended_is_told_of_invoices_alone() -> None:
    late: Fields = {"idt": "22-09-2025", "val": 1120}
    ended = _item(12, camt=60, samt=60)
    assert _one(_invoice(ended, **late))[1] == ["inv.itms.0.itm_det.rt:RATE_ENDED"]
    assert _one(_invoice(ended, val=1120, idt="21-09-2025"))[1] == []
    note = {"ntty": "C", "nt_num": "C1", "nt_dt": "22-09-2025", "val": 1120, "itms": [ended]}
    assert _one(SOLD | {"section": "cdnr", "ctin": OTHER, "nt": note})[1] == []


def _row(section: str, **fields: Json) -> Document:
    return SOLD | {"section": section, **fields}


_INV: Fields = {"inum": "1", "idt": "04-06-2025", "val": 1180, "itms": [_item(iamt=180)]}
_NT: Fields = {"ntty": "C", "nt_num": "C1", "nt_dt": "05-06-2025", "val": 1180, "itms": [_item(iamt=180)]}
_ADVANCE: Fields = {
    "pos": "29",
    "sply_ty": "INTER",
    "itms": [{"rt": 18, "ad_amt": 1000, "iamt": 180, "csamt": 0}],
}
_WAS: Fields = {"oinum": "0", "oidt": "03-05-2025"}
_HEADING: Fields = {
    "num": 1,
    "hsn_sc": "6114",
    "desc": "Shirts",
    "uqc": "NOS",
    "qty": 2.5,
    "rt": 18,
    "txval": 1000,
}
SECTIONS: tuple[tuple[Document, Fields], ...] = (
    (_row("b2b", ctin=OTHER, inv=_INV | {"pos": "29", "inv_typ": "SEWP"}), {"type": "SEWP", "place": "29"}),
    (_row("b2ba", ctin=OTHER, inv=_INV | _WAS), {"amends_number": "0", "amends_on": "2025-05-03"}),
    (_row("b2cl", pos="29", inv=_INV), {"place": "29", "number": "1"}),
    (_row("b2cla", pos="29", inv=_INV | _WAS), {"amends_number": "0"}),
    (
        _row("b2cs", sply_ty="INTRA", typ="OE", pos="27", rt=18, txval=1000, camt=90, samt=90, csamt=0),
        {"type": "INTRA"},
    ),
    (
        _row(
            "b2csa",
            omon="052025",
            sply_ty="INTER",
            typ="OE",
            pos="29",
            itms=[{"rt": 18, "txval": 1000, "iamt": 180}],
        ),
        {"type": "INTER"},
    ),
    (_row("cdnr", ctin=OTHER, nt=_NT | {"rchrg": "N", "inv_typ": "R"}), {"type": "C", "number": "C1"}),
    (_row("cdnra", ctin=OTHER, nt=_NT | {"ont_num": "C0", "ont_dt": "03-05-2025"}), {"amends_number": "C0"}),
    (_row("cdnur", typ="B2CL", nt=_NT | {"pos": "29"}), {"type": "C"}),
    (
        _row("cdnura", typ="B2CL", nt=_NT | {"ont_num": "C0", "ont_dt": "03-05-2025"}),
        {"amends_on": "2025-05-03"},
    ),
    (
        _row(
            "exp", exp_typ="WPAY", inv=_INV | {"itms": [{"rt": 18, "txval": 1000, "iamt": 180, "csamt": 0}]}
        ),
        {"type": "WPAY"},
    ),
    (
        _row(
            "exp", exp_typ="WOPAY", inv=_INV | {"val": 1000, "itms": [{"rt": 18, "txval": 1000, "iamt": 0}]}
        ),
        {"type": "WOPAY"},
    ),
    (
        _row("expa", exp_typ="WOPAY", inv=_INV | _WAS | {"val": 1000, "itms": [{"rt": 0, "txval": 1000}]}),
        {"amends_number": "0"},
    ),
    (_row("at", **_ADVANCE), {"type": "INTER", "place": "29"}),
    (_row("ata", omon="052025", **_ADVANCE), {"type": "INTER"}),
    (_row("txpd", **_ADVANCE), {"type": "INTER"}),
    (_row("txpda", omon="052025", **_ADVANCE), {"type": "INTER"}),
    (_row("nil", sply_ty="INTRAB2C", expt_amt=500, nil_amt=300, ngsup_amt=200), {"type": "INTRAB2C"}),
    (_row("hsn", **_HEADING, iamt=180, csamt=0), {"hsn": "6114", "quantity_hundredths": 250}),
    (_row("hsn_b2b", **_HEADING, iamt=180, csamt=0), {"title": "Shirts"}),
    (_row("hsn_b2c", **_HEADING, camt=90, samt=90, csamt=0), {"type": "NOS"}),
    (
        _row("supeco", table="clttx", etin=OTHER, suppval=1000, igst=180, cgst=0, sgst=0, cess=0),
        {"type": "clttx"},
    ),
)


@pytest.mark.parametrize(("body", "became"), SECTIONS, ids=lambda one: str(one.get("section", "")))
def test_each_section_is_read_in_its_own_shape(body: Document, became: Fields) -> None:
    told, rules = _one(body)
    assert {name: told[name] for name in became} == became and rules == []
    assert sum(line["taxable_paise"] for line in told["lines"]) == 100_000


def test_what_a_note_is_of_stands_beside_its_side() -> None:
    of_export = _NT | {"itms": [_item(0, iamt=0)], "val": 1000}
    assert _one(_row("cdnur", typ="EXPWOP", nt=of_export))[0]["extra"] == {"typ": '"EXPWOP"'}
    assert _one(_row("cdnr", ctin=OTHER, nt=_NT | {"inv_typ": "DE"}))[0]["extra"] == {"nt.inv_typ": '"DE"'}


def test_numbers_used_are_kept_with_their_series() -> None:
    docs: Json = [{"num": 1, "from": "G-1", "to": "G-10", "totnum": 10, "cancel": 2, "net_issue": 8}]
    told, rules = _one(_row("doc_issue", doc_num=1, doc_typ="Invoices for outward supply", docs=docs))
    assert (told["papers_n"], rules) == (8, [])
    assert told["extra"] == {
        "docs.0.cancel": "2",
        "docs.0.from": '"G-1"',
        "docs.0.to": '"G-10"',
        "docs.0.totnum": "10",
    } | {"docs.0.num": "1"}


def test_what_has_no_field_is_kept_aside_and_what_no_form_knows_is_told() -> None:
    irn = "a" * 64
    told, rules = _one(_invoice(irn=irn, srctyp="e-Invoice", mood={"good": [1]}, val=1180))
    assert told["extra"] == {
        "inv.irn": f'"{irn}"',
        "inv.srctyp": '"e-Invoice"',
        "inv.mood": '{"good":[1]}',
    }
    assert rules == ["inv.mood:UNKNOWN_FIELD"]
    split, _ = _one(_row("nil", sply_ty="INTRAB2C", expt_amt=500, nil_amt=300, ngsup_amt=200))
    assert split["extra"] == {"nil_amt": "300", "ngsup_amt": "200"}


def test_an_invoice_as_an_aggregator_carries_it_may_spell_days_and_places_in_words() -> None:
    item: Json = {"itm": [{"txval": 1000, "iamt": 180, "camt": 0, "samt": 0, "csamt": 0}]}
    carried: Document = {
        **{"kind": "outward", "form": "GSTR1", "ret_prd": "122020", "dof": "01-JAN-2021", "section": "b2b"},
        **{"filingFrequency": "MONTHLY", "status": "Filed", "ctin": OTHER, "inum": "1", "idt": "05-12-2020"},
        **{
            "val": "1180.00",
            "pos": "Karnataka",
            "rchrg": "N",
            "inv_typ": "R",
            "diff_percent": "100",
            "itm_det": item,
        },
    }
    told, rules = _one(carried)
    assert (told["filed_on"], told["place"], told["lines"][0]["rate_bps"]) == (
        "2021-01-01",
        "Karnataka",
        None,
    )
    assert rules == ["dof:DATE_MONTH_NAME"]


BOUGHT: Document = {
    "kind": "inward",
    "form": "GSTR2B",
    "rtnprd": "062025",
    "gendt": "14-07-2025",
    "ctin": OTHER,
}
_FULL: Json = [{"num": 1, "rt": 18, "txval": 1000, "igst": 180, "cgst": 0, "sgst": 0, "cess": 0}]
_SHORT: Json = [
    {"num": 1, "itm_det": {"rt": 18, "txval": 1000, "iamt": 180, "camt": 0, "samt": 0, "csamt": 0}}
]
_OLD: Document = {"kind": "inward", "form": "GSTR2A", "fp": "062025", "ctin": OTHER}
INWARD: tuple[tuple[Document, Fields], ...] = (
    (
        BOUGHT | {"inv": {"inum": "1", "typ": "R", "dt": "04-06-2025", "val": 1180, "pos": "27", "rev": "N", "itcavl": "N", "rsn": "P", "diffprcnt": 1, "items": _FULL}},
        {"section": "b2b", "is_available": False, "is_reverse_charge": False, "extra": {"inv.rsn": '"P"'}},
    ),
    (
        BOUGHT | {"supprd": "052025", "nt": {"ntnum": "C1", "typ": "C", "suptyp": "R", "dt": "04-06-2025", "val": 1180, "pos": "27", "rev": "N", "itcavl": "Y", "items": _FULL}},
        {"section": "cdnr", "number": "C1", "type": "C", "supplier_period": "2025-05", "extra": {"nt.suptyp": '"R"'}},
    ),
    (
        _OLD | {"section": "b2b", "cfs": "Y", "inv": {"inum": "1", "idt": "04-06-2025", "val": 1180, "pos": "27", "rchrg": "N", "inv_typ": "R", "itms": _SHORT}},
        {"section": "b2b", "type": "R", "extra": {"cfs": '"Y"'}},
    ),
    (
        _OLD | {"section": "cdn", "nt": {"ntty": "C", "nt_num": "C1", "nt_dt": "05-06-2025", "inum": "1", "idt": "04-06-2025", "val": 1180, "itms": _SHORT}},
        {"section": "cdn", "number": "C1", "on": "2025-06-05", "extra": {"nt.inum": '"1"', "nt.idt": '"04-06-2025"'}},
    ),
    (
        _OLD | {"section": "isd", "doclist": {"isd_docty": "ISD", "docnum": "S1", "docdt": "03-06-2025", "itc_elg": "Y", "iamt": 20, "camt": 0, "samt": 0, "cess": 0}},
        {"section": "isd", "type": "ISD", "is_available": True, "value_paise": None},
    ),
    (
        {"kind": "inward", "form": "GSTR2A", "fp": "062025", "section": "impg", "portcd": "INNSA1", "benum": 2566282, "bedt": "18-06-2025", "txval": 1000, "iamt": 180, "csamt": 0, "amd": "N"},
        {"section": "impg", "supplier": None, "number": "2566282", "extra": {"amd": '"N"', "portcd": '"INNSA1"'}},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("body", "became"), INWARD, ids=lambda one: str(one.get("section", "")))
def test_a_purchase_is_read_in_either_form(body: Document, became: Fields) -> None:
    told, rules = _one(body)
    assert {name: told[name] for name in became} == became and rules == []


def test_a_statement_of_purchases_that_knows_no_section_is_held_back() -> None:
    (outcome,) = _cleaned(BOUGHT | {"thing": {}})
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, "ITEMS_MISSING")
