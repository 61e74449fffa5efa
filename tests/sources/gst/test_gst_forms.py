"""The forms themselves: what a line holds, what an aggregator carries, which days are told, and what is missing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import orjson
import pytest

from generators.world import Look
from kit.chance import Stream
from kit.period import Month, midnight
from kit.scope import DateRange
from kit.source import Channel, Fate, Pull
from sources.gst.records import Filing, Heads, Outward, Profile, Return3b
from tests.sources import given
from tests.sources.gst.told import SEEDS, day, is_filer, lines, of

every_seed = pytest.mark.parametrize("seed", SEEDS)
TOP = {"kind", "form", "gstin", "dof", "section", "fp"}
SECTIONS = {
    "b2b": {"ctin", "inv"},
    "b2cl": {"pos", "inv"},
    "cdnr": {"ctin", "nt"},
    "cdnur": {"typ", "nt"},
    "exp": {"exp_typ", "inv"},
    "nil": {"sply_ty", "expt_amt", "nil_amt", "ngsup_amt"},
    "doc_issue": {"doc_num", "doc_typ", "docs"},
    "supeco": {"table", "etin", "suppval", "igst", "cgst", "sgst", "cess"},
    "hsn": {"num", "hsn_sc", "desc", "uqc", "qty", "rt", "txval", "iamt", "camt", "samt", "csamt"},
}
CARRIED = {"ctin", "inum", "idt", "val", "pos", "rchrg", "inv_typ", "diff_percent", "itm_det"}


@every_seed
def test_each_section_has_the_fields_of_its_form(seed: int) -> None:
    for line in of(seed, kind="outward"):
        section = str(line["section"])
        if section == "b2cs":
            assert set(line) - TOP - {"etin"} == {
                "sply_ty",
                "typ",
                "pos",
                "rt",
                "txval",
                "camt",
                "samt",
                "csamt",
            }
            assert ("etin" in line) is (line["typ"] == "E")
        else:
            assert set(line) - TOP == SECTIONS[section.partition("_b2")[0]], section
    for line in of(seed, kind="outward", form="IFF"):
        assert line["section"] in ("b2b", "cdnr"), "the month's facility takes trade alone"


@every_seed
def test_numbers_are_written_with_two_decimals_and_days_as_the_portal_writes_them(seed: int) -> None:
    business = given.business(seed)
    raw = [line for parcel in given.answers("gst", business, given.pulls(business)) for line in parcel.lines]
    for line in raw:
        body = orjson.loads(line)
        if body["kind"] == "outward" and "inv" in body:
            assert b'"val":%s.' % str(int(body["inv"]["val"])).encode() in line
            assert body["inv"]["idt"] == f"{day(body['inv']['idt']):%d-%m-%Y}"
        assert line.isascii() and line.endswith(b"\n")


@every_seed
def test_papers_issued_are_papers_told_of(seed: int) -> None:
    business = given.business(seed)
    for line in of(seed, kind="outward", section="doc_issue"):
        for row in line["docs"]:
            assert row["totnum"] == row["cancel"] + row["net_issue"] > 0
    if not is_filer(business):
        return
    months = [one.month for one in business.tax_months if one.month.last_day >= business.first]
    notes = sum(
        row["net_issue"]
        for line in of(seed, section="doc_issue")
        if line["doc_num"] == 5
        for row in line["docs"]
    )
    held = [one for one in business.invoices(months[0].plus(-2).first_day, business.as_of) if one.against]
    assert notes <= len(held)


@every_seed
def test_what_was_not_filed_is_missing_and_said_to_be(seed: int) -> None:
    envelope, *rest = lines(seed)
    filed = {
        (line["form"], line.get("fp") or line.get("ret_period")) for line in rest if line["kind"] == "filing"
    }
    for one in envelope["filing"]:
        assert ((one["rtntype"], one["ret_prd"]) in filed) is (one["status"] == "Filed") is bool(one["dof"])
        assert one["status"] in ("Filed", "Not Filed")
    told = [(one["rtntype"], one["ret_prd"]) for one in envelope["filing"]]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("seed", [9, 13])
def test_a_return_is_told_from_the_day_it_is_filed_and_never_otherwise(seed: int) -> None:
    """Looked at before a month is paid for its summary is not there yet; a later look adds lines and changes none."""
    early, late = _answer(seed, date(2026, 1, 12)), _answer(seed, given.AS_OF)
    first = given.business(seed).first
    kept = [line for line in early[1:] if _on(orjson.loads(line)) >= first]
    assert kept and not set(kept) - set(late)
    told = {line["ret_period"] for line in map(orjson.loads, early) if line["kind"] == "return3b"}
    assert told and "122025" not in told and any(b'"ret_period":"122025"' in line for line in late)


def _answer(seed: int, as_of: date) -> list[bytes]:
    business = given.business(seed, as_of)
    asked = {"ENTITY": given.pulls(business)["ENTITY"]}
    return [line for one in given.answers("gst", business, asked) for line in one.lines]


@every_seed
def test_a_smaller_question_gets_the_same_lines(seed: int) -> None:
    business = given.business(seed)
    whole = _answer(seed, given.AS_OF)
    first, last = date(2025, 6, 10), date(2025, 11, 20)
    pull = Pull(
        DateRange(first, last), (), midnight(business.as_of + timedelta(days=1)), given.EVERY_TYPE, ""
    )
    part = [line for one in given.answers("gst", business, {"ENTITY": pull}) for line in one.lines]
    inside = [line for line in whole[1:] if first <= _on(orjson.loads(line)) <= last]
    assert part[1:] == inside
    few = pull._replace(record_types=("return3b",))
    only = [line for one in given.answers("gst", business, {"ENTITY": few}) for line in one.lines]
    assert only == [line for line in inside if orjson.loads(line)["kind"] == "return3b"]


def _on(line: dict[str, dict[str, str]]) -> date:
    holder = line.get("inv") or line.get("nt") or {}
    text = holder.get("idt") or holder.get("nt_dt") or holder.get("dt") or line.get("dof")
    return day(str(text))


@every_seed
def test_an_aggregator_carries_invoices_to_trade_and_summaries_alone(seed: int) -> None:
    carried, full = lines(seed, Channel.AA), lines(seed)
    envelope = carried[0]
    assert (envelope["type"], envelope["version"], envelope["fiType"]) == ("gstr1_3b", "1.1.0", "GSTR1_3B")
    assert "gstin" not in envelope and set(envelope["maskedGstinNumber"][:11]) <= {"X"}
    assert {line["kind"] for line in carried[1:]} <= {"filing", "outward", "return3b"}
    invoices = [line for line in carried if line["kind"] == "outward"]
    trade = [line for line in full if line.get("section") == "b2b" and line["kind"] == "outward"]
    assert [line["inum"] for line in invoices] == [line["inv"]["inum"] for line in trade]
    for line in invoices:
        assert set(line) >= CARRIED and all("rt" not in item for item in line["itm_det"]["itm"])
    assert (
        Counter(line["kind"] for line in carried)["return3b"]
        == Counter(line["kind"] for line in full)["return3b"]
    )


@every_seed
def test_both_channels_clean_to_the_same_figures(seed: int) -> None:
    business = given.business(seed)
    told: list[dict[tuple[str, str], tuple[object, ...]]] = []
    for channel in ("", Channel.AA):
        parcels = given.answers("gst", business, given.pulls(business, channel=channel))
        raw = {parcel.party: list(parcel.lines) for parcel in parcels}
        outcomes = given.cleaned("gst", given.all_items(raw))
        assert {one.fate for one in outcomes} == {Fate.CLEAN}
        assert not [finding for one in outcomes for finding in one.findings]
        records = given.records("gst", outcomes)
        told.append(
            {
                (one.kind, one.period): (
                    one.taxable_paise,
                    one.outward,
                    one.credit_net,
                    one.payable,
                    one.by_cash,
                )
                for one in records
                if isinstance(one, Return3b)
            }
            | {
                (one.number or "", one.period): (one.on, one.counterparty, one.value_paise, one.lines[0].tax)
                for one in records
                if isinstance(one, Outward) and one.section == "b2b"
            }
        )
    assert told[0] == told[1]


def test_a_return_reads_as_it_was_reckoned() -> None:
    for seed in (10, 13, 16):
        business = given.business(seed)
        outcomes = given.cleaned("gst", given.all_items(given.delivered("gst", business)[0]))
        records = given.records("gst", outcomes)
        months = {str(one.month): one for one in business.tax_months}
        found = [one for one in records if isinstance(one, Return3b)]
        assert len(found) > 10
        for one in found:
            month = months[one.period]
            assert one.on == month.filed_on and one.taxable_paise == month.output.taxable_paise
            assert one.outward == Heads(*month.output[1:], 0) and one.credit_net == Heads(
                *month.credit[1:], 0
            )
            assert one.by_cash == Heads(*month.cash[1:], 0) and one.by_credit == Heads(
                *month.credit_used[1:], 0
            )
        told = [one for one in records if isinstance(one, Filing) and one.form == "GSTR1"]
        assert {one.period: one.on for one in told}.items() <= {
            period: one.sales_filed_on for period, one in months.items()
        }.items()


def test_who_is_not_registered_has_an_envelope_alone() -> None:
    found = 0
    for seed in range(1, 40):
        business = given.world().business(
            Stream(seed, "PORTFOLIO"), "PORTFOLIO", Look(given.AS_OF, persona="drawn")
        )
        raw = {one.party: list(one.lines) for one in given.answers("gst", business, given.pulls(business))}
        for party, sent in raw.items():
            if business.registration is None or business.registration.party != party:
                (envelope,) = map(orjson.loads, sent)
                assert (envelope["gstin"], envelope["from"], envelope["to"]) == ("", "", "")
                (outcome,) = given.cleaned("gst", given.items(sent, party))
                assert outcome.fate is Fate.CLEAN
                found += business.registration is None
        if found >= 2:
            break
    assert found >= 2


def test_a_profile_tells_who_and_which_days() -> None:
    outcomes = given.cleaned("gst", given.all_items(given.delivered("gst", given.business())[0]))
    (profile,) = (one for one in given.records("gst", outcomes) if isinstance(one, Profile))
    business = given.business()
    assert business.registration is not None
    assert (profile.gstin, profile.gstin_grade) == (business.registration.gstin, "VALID")
    assert (profile.covered_from, profile.covered_to) == (business.first, business.as_of)
    assert profile.legal_name == business.registration.legal_name
    assert {one.form for one in profile.schedule} == {"GSTR1", "GSTR3B"}
    assert Month(2025, 3).last_day >= business.first
