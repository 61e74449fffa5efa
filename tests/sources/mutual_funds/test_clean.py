"""Fund lines become records exactly, whatever the mess did to them; each kind of dirt meets the end it must."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest

import sources
from generators.mess import Deed, Expected, mess_of
from kit.chance import Stream
from kit.ident import is_synthetic_pan
from kit.source import Document, Fate, Outcome
from sources.mutual_funds.records import Envelope, Holding, Sip, Transaction
from tests.sources import given
from tests.sources.mutual_funds.lived import SEEDS, documents, life, lines, of_kind, pull, scaled

FATES = {
    Expected.RESTORED: Fate.CLEAN,
    Expected.KEPT: Fate.CLEAN,
    Expected.NULLED: Fate.CLEAN,
    Expected.DUPLICATE: Fate.DUPLICATE,
    Expected.SUPERSEDED: Fate.SUPERSEDED,
    Expected.QUARANTINED: Fate.QUARANTINED,
}


def _cleaned(*changed: Document) -> list[Outcome]:
    return given.cleaned("mutual_funds", given.items(map(given.line, changed)))


def _one(kind: str) -> Document:
    return of_kind(kind, documents(life(3)))[0]


def _delivered(seed: int, noise: str) -> tuple[list[bytes], list[Deed]]:
    of, mess = life(seed), mess_of(noise, given.RATES)
    (parcel,) = sources.source("mutual_funds").generate(of, {"ENTITY": pull(of)}, Stream(seed), mess)
    return list(parcel.lines), mess.deeds


@pytest.mark.parametrize("seed", SEEDS)
def test_every_record_says_what_its_line_said(seed: int) -> None:
    (told,) = lines(life(seed)).values()
    outcomes = given.cleaned("mutual_funds", given.items(told))
    assert len(outcomes) == len(told) and not [one for one in outcomes if one.findings]
    read = {one.raw.line: one for one in given.records("mutual_funds", outcomes)}  # type: ignore[attr-defined]
    assert len(read) == len(told)
    for number, line in enumerate(map(orjson.loads, told), 1):
        record = read[number]
        if isinstance(record, Holding):
            assert record.closing_units_1000 == scaled(line["closingUnits"], 3)
            assert record.nav_10000 == scaled(line["nav"], 4) and record.nav_on.isoformat() == line["navDate"]
            assert record.value_paise == scaled(line["currentValue"], 2) and record.isin_grade == "VALID"
        elif isinstance(record, Transaction):
            assert record.amount_paise == scaled(line["amount"], 2) and record.txn_id == line["txnId"]
            assert (
                record.units_1000 == scaled(line["units"], 3)
                and record.on.isoformat() == line["executionDate"]
            )
            assert record.direction == {"BUY": "DEBIT", "SELL": "CREDIT"}[line["type"]]
        elif isinstance(record, Sip):
            assert record.complete_n == int(line["completeInstalments"])
            assert (record.ceased_on is None) == (line["ceasedDate"] == "")
        else:
            assert isinstance(record, Envelope) and record.on == life(seed).as_of
            assert [folio.account for folio in record.folios] == [
                one["linkRefNumber"] for one in line["accounts"]
            ]


@pytest.mark.parametrize("noise", ["light", "heavy"])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_deed_of_the_mess_meets_the_end_it_must(seed: int, noise: str) -> None:
    told, deeds = _delivered(seed, noise)
    outcomes = {one.ref.line: one for one in given.cleaned("mutual_funds", given.items(told))}
    assert len(outcomes) == len(told)
    for one in outcomes.values():
        assert one.document is None or one.paise == one.document.get("amount_paise"), (
            "sums are counted again by it"
        )
    ids = {line: str(one.document["id"]) for line, one in outcomes.items() if one.document is not None}
    touched = {deed.line: deed for deed in deeds if deed.expected is not Expected.LOST}
    copied = {
        outcomes[line].stands_for or ids.get(line)
        for line, deed in touched.items()
        if FATES[deed.expected] is not Fate.CLEAN
    }
    for number, outcome in outcomes.items():
        expected = FATES[touched[number].expected] if number in touched else Fate.CLEAN
        if outcome.fate is not expected:
            again = outcome.stands_for or ids.get(number)
            assert again in copied, ("of two copies either may stand", outcome)
    fates = Counter(one.fate for one in outcomes.values())
    owed = Counter(FATES[deed.expected] for deed in touched.values())
    for fate in (Fate.DUPLICATE, Fate.SUPERSEDED, Fate.QUARANTINED):
        assert fates[fate] == owed[fate]
    for deed in deeds:
        if deed.expected in (Expected.RESTORED, Expected.NULLED):
            fields = [finding.field for finding in outcomes[deed.line].findings]
            assert fields == [deed.field], deed


@pytest.mark.parametrize(
    ("kind", "changed", "reason"),
    [
        ("holding", {"folioNo": ""}, "FOLIO_NO_MISSING"),
        ("holding", {"isin": None}, "ISIN_MISSING"),
        ("holding", {"closingUnits": "some"}, "UNITS_UNREADABLE"),
        ("holding", {"closingUnits": "1.2345"}, "UNITS_UNREADABLE"),
        ("holding", {"navDate": "yesterday"}, "DATE_UNREADABLE"),
        ("holding", {"currentValue": "-1.00"}, "AMOUNT_NEGATIVE"),
        ("transaction", {"amount": "N/A"}, "AMOUNT_EMPTY"),
        ("transaction", {"type": "BARTER"}, "TYPE_UNKNOWN"),
        ("transaction", {"txnId": ""}, "TXN_ID_MISSING"),
        ("transaction", {"kind": "gift"}, "KIND_UNKNOWN"),
        ("sip", {"creationDate": ""}, "DATE_EMPTY"),
        ("envelope", {"accounts": [{}]}, "ACCOUNT_MISSING"),
    ],
)
def test_a_line_that_cannot_be_read_is_held_back_with_its_reason(
    kind: str, changed: Document, reason: str
) -> None:
    (outcome,) = _cleaned(_one(kind) | changed)
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, reason)


@pytest.mark.parametrize(
    ("kind", "changed", "field", "rule", "value"),
    [
        ("holding", {"closingUnits": 2.025018787e3}, "closing_units_1000", None, None),
        ("holding", {"closingUnits": 2.025e3}, "closing_units_1000", "NUMBER_FORM", 2025000),
        ("holding", {"nav": "4.56E1"}, "nav_10000", "NUMBER_FORM", 456000),
        ("holding", {"nav": "45.67891"}, "nav_10000", "NUMBER_TOO_FINE", None),
        ("holding", {"isin": "INF0BH02D031"}, "isin_grade", "ISIN_WRONG_CHECK", "WRONG_CHECK"),
        ("holding", {"currentValue": 2.025018787e7}, "value_paise", "AMOUNT_NUMBER", 2025018787),
        ("holding", {"currentValue": "2.025018787E7"}, "value_paise", "NUMBER_FORM", 2025018787),
        ("holding", {"costValue": "2.0250187871E1"}, "cost_paise", "NUMBER_TOO_FINE", None),
        ("transaction", {"type": "Purchase"}, "type", "ENUM_SYNONYM", "BUY"),
        ("transaction", {"type": "others"}, "direction", "ENUM_CASE", None),
        ("transaction", {"lockingUnitsX": 1}, "txn_id", "UNKNOWN_FIELD", "SIP-1/29"),
        ("transaction", {"schemePlan": ""}, "plan", "ENUM_EMPTY", None),
        ("sip", {"ceasedDate": "03/04/2026"}, "ceased_on", "DATE_DMY", "2026-04-03"),
    ],
)
def test_what_peers_send_is_read_with_a_finding(
    kind: str, changed: Document, field: str, rule: str | None, value: object
) -> None:
    line = _one(kind)
    (outcome,) = _cleaned(line | changed)
    if rule is None:
        assert outcome.fate is Fate.QUARANTINED
        return
    # Units, price and value no longer agree where one of them was changed alone.
    rules = [one.rule for one in outcome.findings if one.rule != "VALUE_DIFFERS"]
    assert outcome.document is not None and rules == [rule]
    assert outcome.document[field] == (line["txnId"] if field == "txn_id" else value)


def test_names_of_the_older_schema_are_read() -> None:
    line = _one("holding")
    older = {("lockingUnits" if key == "lockinUnits" else key): value for key, value in line.items()}
    (outcome,) = _cleaned(older)
    assert outcome.document is not None and outcome.document["locked_units_1000"] == 0
    assert [one.rule for one in outcome.findings] == ["FIELD_SPELLING"]
    (envelope,) = _cleaned(_one("envelope") | {"channelCode": "7"})
    assert envelope.document is not None and envelope.document["extra"] == {"channelCode": '"7"'}


def test_clues_name_the_person_and_the_folios() -> None:
    of = life(3)
    records = given.records("mutual_funds", given.cleaned("mutual_funds", given.items(lines(of)["ENTITY"])))
    claims = {(one.kind, one.value) for one in sources.source("mutual_funds").clues(records)}
    owner = of.frame.owner
    assert {("PAN", owner.pan), ("NAME", owner.legal_name), ("MOBILE", owner.mobile)} < claims
    assert {("FOLIO", folio.number) for folio in of.funds.folios} < claims
    assert all(is_synthetic_pan(value) for kind, value in claims if kind == "PAN")
    count, days = sources.source("mutual_funds").summarize(records, given.window())
    assert count.value == len(records) and isinstance(days.value, int) and 300 < days.value <= 425
