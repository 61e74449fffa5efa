"""What happens to soiled and odd GST lines: repaired with a finding, or held back with a reason, never lost."""

from __future__ import annotations

from collections import Counter

import pytest

from generators.soil import Expected
from kit.source import Document, Fate, Outcome
from tests.sources import given

GSTIN = "27AAAPA0000A1Z"
FATES = {
    Expected.RESTORED: Fate.CLEAN,
    Expected.KEPT: Fate.CLEAN,
    Expected.NULLED: Fate.CLEAN,
    Expected.DUPLICATE: Fate.DUPLICATE,
    Expected.SUPERSEDED: Fate.SUPERSEDED,
    Expected.QUARANTINED: Fate.QUARANTINED,
}


def _invoice(**inv: object) -> Document:
    held: dict[str, object] = {
        "inum": "25-26/7",
        "idt": "04-06-2025",
        "val": 1180,
        "pos": "27",
        "rchrg": "N",
        "inv_typ": "R",
        "itms": [{"num": 1801, "itm_det": {"rt": 18, "txval": 1000, "camt": 90, "samt": 90, "csamt": 0}}],
    }
    body: dict[str, object] = {
        "kind": "outward",
        "form": "GSTR1",
        "fp": "062025",
        "dof": "11-07-2025",
        "section": "b2b",
    }
    return body | {"inv": {name: value for name, value in (held | inv).items() if value != "gone"}}  # type: ignore[return-value]


def _one(body: Document) -> Outcome:
    (outcome,) = given.cleaned("gst", given.items([given.line(body)]))
    return outcome


@pytest.mark.parametrize("noise", ["light", "heavy"])
@pytest.mark.parametrize("seed", [4, 10, 13, 16])
def test_the_mess_of_the_world_meets_the_ends_it_expects(noise: str, seed: int) -> None:
    lines, deeds = given.delivered("gst", given.business(seed), noise, seed)
    deeds = [deed for deed in deeds if deed.expected is not Expected.LOST]
    outcomes = given.cleaned("gst", given.all_items(lines))
    found = Counter(outcome.fate for outcome in outcomes)
    owed = Counter(FATES[deed.expected] for deed in deeds)
    for fate in (Fate.DUPLICATE, Fate.SUPERSEDED, Fate.QUARANTINED):
        assert found[fate] == owed[fate], fate
    by_line = {outcome.ref.line: outcome for outcome in outcomes}
    for deed in deeds:
        if deed.expected in (Expected.RESTORED, Expected.KEPT, Expected.QUARANTINED):
            assert by_line[deed.line].fate is FATES[deed.expected], deed
    assert len(deeds) > 0 or noise == "light"


@pytest.mark.parametrize("seed", [4, 10, 13, 16])
def test_what_is_restored_is_what_stood_there_before(seed: int) -> None:
    soiled, deeds = given.delivered("gst", given.business(seed), "heavy", seed)
    pure, _ = given.delivered("gst", given.business(seed), "off", seed)
    ends = {one.ref.line: one.document for one in given.cleaned("gst", given.all_items(soiled))}
    aims = {
        (one.document["kind"], one.document["id"]): one.document
        for one in given.cleaned("gst", given.all_items(pure))
        if one.document is not None
    }
    restored = [deed for deed in deeds if deed.expected is Expected.RESTORED]
    assert restored
    for deed in restored:
        end = ends[deed.line]
        assert end is not None
        assert {**end, "raw": None} == {**aims[end["kind"], end["id"]], "raw": None}, deed


def test_other_ways_of_writing_are_read_with_a_finding() -> None:
    plain = _one(_invoice())
    assert plain.fate is Fate.CLEAN and not plain.findings and plain.paise is None
    assert plain.document is not None and plain.document["value_paise"] == 1180_00
    ways: tuple[tuple[dict[str, object], str], ...] = (
        ({"idt": "04/06/2025"}, "DATE_DMY"),
        ({"val": "1,180.00"}, "AMOUNT_COMMAS"),
        ({"rchrg": "n"}, "ENUM_CASE"),
        ({"inv_typ": " r "}, "ENUM_CASE"),
        ({"inum": " 25-26/7"}, "TEXT_BLANKS"),
    )
    for change, rule in ways:
        outcome = _one(_invoice(**change))
        assert [finding.rule for finding in outcome.findings] == [rule], change
        assert outcome.document is not None and plain.document is not None
        assert {**outcome.document, "raw": None} == {**plain.document, "raw": None}


def test_what_cannot_be_read_is_held_back_with_its_reason() -> None:
    reasons: dict[str, Document] = {
        "NUMBER_MISSING": _invoice(inum="gone"),
        "DATE_EMPTY": _invoice(idt="gone"),
        "DATE_IMPOSSIBLE": _invoice(idt="31-02-2025"),
        "AMOUNT_EMPTY": _invoice(val="gone"),
        "AMOUNT_UNREADABLE": _invoice(val="12.3.4"),
        "ITEMS_MISSING": _invoice(itms=[]),
        "SECTION_UNKNOWN": _invoice() | {"section": "b2x"},
        "FORM_UNKNOWN": _invoice() | {"form": "GSTR9"},
        "PERIOD_UNREADABLE": _invoice() | {"fp": "132025"},
        "KIND_UNKNOWN": {"kind": "outwards"},
    }
    for reason, body in reasons.items():
        outcome = _one(body)
        assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, reason)


def test_unknown_fields_are_set_aside_and_a_wrong_registration_is_kept_and_said() -> None:
    outcome = _one(_invoice() | {"batch": "7", "ctin": f"{GSTIN}x"})
    assert outcome.fate is Fate.CLEAN and outcome.document is not None
    rules = {finding.field: finding.rule for finding in outcome.findings if finding.rule != "GSTIN_CASE"}
    assert rules == {"batch": "UNKNOWN_FIELD", "ctin": "GSTIN_WRONG_CHECK"}
    assert outcome.document["counterparty"] == f"{GSTIN}X"


def test_a_document_sent_twice_stands_once() -> None:
    first, again = _invoice(), _invoice(val=1181)
    outcomes = given.cleaned("gst", given.items([given.line(first), given.line(first), given.line(again)]))
    assert Counter(one.fate for one in outcomes)[Fate.CLEAN] == 1
    assert len(outcomes) == 3
