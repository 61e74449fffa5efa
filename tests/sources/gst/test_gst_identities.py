"""What returns say adds up: sections, headings, summaries, credit, cash, and the bank's own lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest

from generators.gst import credited_in
from generators.papers import Scheme
from generators.trade import Purpose
from kit.facets import Direction
from kit.ident import Grade, GstinKind, gstin_grade, gstin_kind
from kit.period import Month
from tests.sources import given
from tests.sources.gst.told import (
    SEEDS,
    Line,
    added,
    day,
    heads,
    is_filer,
    lines,
    month,
    of,
    paise,
    quarter_of,
    whole_periods,
)

every_seed = pytest.mark.parametrize("seed", SEEDS)
NOTHING = (0, 0, 0, 0)
LATE_SEEDS = (9, 13, 16, 26)


def _documents(line: Line) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Each item of a document: its rate, and its value with the heads."""
    holder = line.get("inv") or line["nt"]
    for item in holder["itms"]:
        told = item.get("itm_det", item)
        yield paise(told["rt"]), (paise(told["txval"]), *heads(told))


def _sales(seed: int, is_gross: bool) -> dict[Month, tuple[int, ...]]:
    """Taxable sales by period of 3B, credit notes taken off or not; exports and exempt sales are apart."""
    business = given.business(seed)
    sums: dict[Month, tuple[int, ...]] = defaultdict(lambda: NOTHING)
    for line in of(seed, kind="outward"):
        period = quarter_of(month(line["fp"]), business)
        if line["section"] in ("b2b", "b2cl"):
            for _, told in _documents(line):
                sums[period] = added(sums[period], told)
        elif line["section"] == "cdnr" and not is_gross:
            for _, told in _documents(line):
                sums[period] = added(sums[period], told, -1)
        elif line["section"] == "b2cs":
            sums[period] = added(sums[period], (paise(line["txval"]), *heads(line)))
    return sums


def _untaxed(seed: int) -> dict[tuple[str, Month], int]:
    business = given.business(seed)
    sums: dict[tuple[str, Month], int] = defaultdict(int)
    for line in of(seed, kind="outward"):
        period = quarter_of(month(line["fp"]), business)
        if line["section"] in ("exp", "cdnur"):
            sign = 1 if line["section"] == "exp" else -1
            sums[line["section"], period] += sign * sum(told[0] for _, told in _documents(line))
        elif line["section"] == "nil":
            sums["nil", period] += paise(line["expt_amt"])
    return sums


@every_seed
def test_3b_is_the_sum_of_gstr_1(seed: int) -> None:
    net, untaxed = _sales(seed, is_gross=False), _untaxed(seed)
    assert len(whole_periods(seed)) >= 3 or not is_filer(given.business(seed))
    for line in of(seed, kind="return3b"):
        period = month(line["ret_period"])
        if period in whole_periods(seed):
            said = line["sup_details"]
            assert (paise(said["osup_det"]["txval"]), *heads(said["osup_det"])) == net[period], str(period)
            exported = untaxed["exp", period] + untaxed["cdnur", period]
            assert paise(said["osup_zero"]["txval"]) == exported
            assert paise(said["osup_nil_exmp"]["txval"]) == untaxed["nil", period]


@every_seed
def test_headings_add_up_to_the_sections_gross_of_credit_notes(seed: int) -> None:
    business = given.business(seed)
    gross, untaxed = _sales(seed, is_gross=True), _untaxed(seed)
    headed: dict[Month, tuple[int, ...]] = defaultdict(lambda: NOTHING)
    for line in of(seed, kind="outward"):
        if line["section"].startswith("hsn"):
            period = quarter_of(month(line["fp"]), business)
            headed[period] = added(headed[period], (paise(line["txval"]), *heads(line)))
            assert (line["section"] == "hsn") is (month(line["fp"]) < Month(2025, 5))
    for period in whole_periods(seed) & set(headed):
        taxable, *taxes = headed[period]
        assert tuple(taxes) == gross[period][1:]
        rest = taxable - gross[period][0] - untaxed["exp", period] - untaxed["nil", period]
        assert 0 <= rest <= taxable // 20, "only credit notes on exempt sales may stand between"


@every_seed
def test_tax_is_exact_to_the_paisa_on_every_document(seed: int) -> None:
    business = given.business(seed)
    assert business.registration is not None
    for line in of(seed, kind="outward"):
        if line["section"] not in ("b2b", "b2cl", "cdnr"):
            continue
        holder = line.get("inv") or line["nt"]
        is_inter = (holder.get("pos") or line["pos"]) != business.registration.state
        for item, (rate, told) in zip(holder["itms"], _documents(line), strict=True):
            value, igst, cgst, sgst = told
            assert item["num"] == rate + 1
            assert ("iamt" in item["itm_det"]) is is_inter and ("camt" in item["itm_det"]) is not is_inter
            assert cgst == sgst and abs((igst + 2 * cgst) * 10_000 - value * rate) <= 10_000
        assert paise(holder["val"]) % 100 == 0
        assert abs(paise(holder["val"]) - sum(sum(told) for _, told in _documents(line))) <= 50
    for line in of(seed, kind="outward", section="b2cs"):
        _, cgst, sgst = heads(line)
        assert cgst == sgst and abs(cgst * 20_000 - paise(line["txval"]) * paise(line["rt"])) <= 5 * 20_000


@every_seed
def test_credit_and_cash_pay_what_is_owed_and_the_bank_knows_the_cash(seed: int) -> None:
    business = given.business(seed)
    if not is_filer(business):
        return
    assert business.registration is not None
    paid = {
        one.document: one.amount_paise
        for one in business.events(date.min, date.max)
        if one.purpose is Purpose.TAX
    }
    is_monthly = business.registration.scheme is Scheme.MONTHLY
    for line in of(seed, kind="return3b"):
        credit, pay = line["itc_elg"], line["tx_pmt"]
        available: tuple[int, ...] = NOTHING[:3]
        turned = available
        for row in credit["itc_avl"]:
            available = added(available, heads(row))
        for row in credit["itc_rev"]:
            turned = added(turned, heads(row))
        assert heads(credit["itc_net"]) == added(available, turned, -1)
        by, cash, owed = pay["pditc"], pay["pdcash"][0], pay["tx_py"][0]
        for head, letter in (("igst", "i"), ("cgst", "c"), ("sgst", "s")):
            from_credit = sum(paise(value) for name, value in by.items() if name.startswith(f"{letter}_pd"))
            assert paise(owed[head]["tx"]) == from_credit + paise(cash[f"{letter}pd"])
            assert paise(owed[head]["intr"]) == paise(cash[f"{letter}_intrpd"])
        document = f"GST-{line['ret_period'][2:]}{line['ret_period'][:2]}"
        total = sum(paise(cash[name]) for name in ("ipd", "cpd", "spd"))
        if is_monthly:
            assert paid.get(document, 0) == total
        else:
            assert paid.get(document, 0) <= total


def _charged(line: Line) -> int:
    charges = line["intr_ltfee"]
    return sum(heads(charges["intr_details"])) + sum(heads(charges["ltfee_details"]))


@pytest.mark.parametrize("seed", LATE_SEEDS)
def test_interest_and_fees_in_a_return_are_what_the_bank_paid_since_the_one_before(seed: int) -> None:
    events = list(given.business(seed).events(date.min, date.max))
    paid = [(one.at.date(), one.amount_paise) for one in events if one.document.startswith("GSTLATE-")]
    returns = sorted((day(line["dof"]), _charged(line)) for line in of(seed, kind="return3b"))
    pairs = list(pairwise(returns))
    for (before, _), (filed_on, charged) in pairs:
        assert charged == sum(paise for on, paise in paid if before < on <= filed_on)
    assert any(charged for _, (_, charged) in pairs)


@every_seed
def test_2b_holds_exactly_the_purchases_suppliers_told_of(seed: int) -> None:
    business = given.business(seed)
    if not is_filer(business):
        return
    figures = business.frame.figures["tax"]
    periods = {month(line["rtnprd"]) for line in of(seed, form="GSTR2B", kind="filing")}
    expected = Counter(
        (one.number, one.value_paise, str(quarter_of(told, business)))
        for one in business.purchases(business.first, business.as_of)
        if (told := credited_in(one, figures)) is not None and quarter_of(told, business) in periods
    )
    found = Counter(
        (line["inv"]["inum"], paise(line["inv"]["val"]), str(month(line["rtnprd"])))
        for line in of(seed, kind="inward")
    )
    assert found == expected
    for line in of(seed, kind="inward"):
        assert day(line["inv"]["dt"]) <= day(line["supfildt"]) <= day(line["gendt"])
        assert day(line["gendt"]).day == 14


@every_seed
def test_credit_claimed_is_what_2b_gives(seed: int) -> None:
    given_by: dict[Month, tuple[int, ...]] = {
        month(line["rtnprd"]): heads(line["itcsumm"]["itcavl"]["nonrevsup"])
        for line in of(seed, form="GSTR2B", kind="filing")
    }
    for line in of(seed, kind="return3b"):
        available: tuple[int, ...] = NOTHING[:3]
        for row in line["itc_elg"]["itc_avl"]:
            available = added(available, heads(row))
        assert available == given_by[month(line["ret_period"])]


@every_seed
def test_days_lie_in_their_periods_and_returns_are_filed_after_them(seed: int) -> None:
    business = given.business(seed)
    for line in lines(seed)[1:]:
        period = month(next(line[name] for name in ("fp", "ret_period", "rtnprd") if name in line))
        last = period.last_day
        start = period.plus(-2).first_day if line.get("form") in ("GSTR1", "CMP08") else period.first_day
        if "dof" in line and line["form"] != "GSTR2B":
            assert last < day(line["dof"]) <= business.as_of
        if line["kind"] == "outward":
            on = (line.get("inv") or {}).get("idt") or (line.get("nt") or {}).get("nt_dt")
            assert on is None or start <= day(on) <= last


@every_seed
def test_every_registration_named_is_valid_and_synthetic(seed: int) -> None:
    named = {line[name] for line in lines(seed) for name in ("gstin", "ctin", "etin") if line.get(name)}
    operators = {line["etin"] for line in lines(seed) if line.get("etin")}
    for gstin in named:
        assert gstin_grade(gstin) is Grade.VALID and gstin[7:11] == "0000"
        expected = GstinKind.TCS_COLLECTOR if gstin in operators else GstinKind.TAXPAYER
        assert gstin_kind(gstin) is expected


@every_seed
def test_what_went_through_operators_is_told_twice_alike(seed: int) -> None:
    through: Counter[tuple[str, str]] = Counter()
    for line in of(seed, kind="outward"):
        if line["section"] == "b2cs" and "etin" in line:
            through[line["fp"], line["etin"]] += paise(line["txval"]) + sum(heads(line))
        elif line["section"] == "supeco":
            through[line["fp"], line["etin"]] -= paise(line["suppval"]) + sum(heads(line))
    assert not any(through.values())


@every_seed
def test_composition_pays_its_rate_on_its_turnover(seed: int) -> None:
    business = given.business(seed)
    if business.registration is None or business.registration.scheme is not Scheme.COMPOSITION:
        return
    rates = business.frame.figures["tax"].table("composition_rate_bps", business.as_of)
    rate = rates.get(business.sector.id, rates["REST"])
    paid = {
        one.document: one.amount_paise
        for one in business.events(date.min, date.max)
        if one.direction is Direction.OUT
    }
    quarters = list(of(seed, kind="composition", form="CMP08"))
    assert quarters and not list(of(seed, kind="outward"))
    for line in quarters:
        tax = sum(heads(line["outward_supp"]))
        assert abs(tax * 10_000 - paise(line["outward_supp"]["txval"]) * int(str(rate))) <= 20_000
        assert paid.get(f"CMP08-{line['ret_period'][2:]}{line['ret_period'][:2]}", tax) == tax
        assert month(line["ret_period"]).month % 3 == 0


def test_the_seeds_show_every_scheme_and_section() -> None:
    schemes = {one.scheme for seed in SEEDS if (one := given.business(seed).registration) is not None}
    assert schemes >= {Scheme.MONTHLY, Scheme.QRMP, Scheme.COMPOSITION}
    sections = {line["section"] for seed in SEEDS for line in of(seed, kind="outward")}
    assert sections >= {
        "b2b",
        "b2cs",
        "cdnr",
        "exp",
        "nil",
        "hsn",
        "hsn_b2b",
        "hsn_b2c",
        "doc_issue",
        "supeco",
    }
    forms = {line["form"] for seed in SEEDS for line in of(seed, kind="filing")}
    assert forms == {"GSTR1", "IFF", "GSTR3B", "GSTR2B", "CMP08", "GSTR4"}
