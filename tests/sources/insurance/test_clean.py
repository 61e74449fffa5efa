"""Insurance lines become records exactly, in the spelling of each family; each kind of dirt meets the end it must."""

from __future__ import annotations

from collections import Counter
from functools import cache

import orjson
import pytest

import sources
from generators.mess import Deed, Expected, mess_of
from kit.chance import Stream
from kit.source import Document, Fate, Outcome
from sources.insurance._words import FREQUENCIES, MOVEMENTS, PLANS
from sources.insurance.records import Envelope, Policy, Transaction
from tests.sources import given
from tests.sources.insurance.lived import SEEDS, asked, life, paise, told

FATES = {
    Expected.RESTORED: Fate.CLEAN,
    Expected.KEPT: Fate.CLEAN,
    Expected.NULLED: Fate.CLEAN,
    Expected.DUPLICATE: Fate.DUPLICATE,
    Expected.SUPERSEDED: Fate.SUPERSEDED,
    Expected.QUARANTINED: Fate.QUARANTINED,
}


def _cleaned(*lines: Document) -> list[Outcome]:
    return given.cleaned("insurance", given.items(map(given.line, lines)))


@cache
def _all(kind: str) -> tuple[Document, ...]:
    return tuple(line for seed in range(1, 17) for line in told(life(seed), kind))


def _one(kind: str, form: str) -> Document:
    return next(line for line in _all(kind) if line["fiType"] == form)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_record_says_what_its_line_said(seed: int) -> None:
    lines = asked(life(seed))["ENTITY"]
    outcomes = _cleaned(*lines)
    assert {one.fate for one in outcomes} == {Fate.CLEAN} and not [one for one in outcomes if one.findings]
    for record in given.records("insurance", outcomes):
        assert isinstance(record, Envelope | Policy | Transaction)
        line = lines[record.raw.line - 1]
        if isinstance(record, Transaction):
            assert record.amount_paise == paise(line["amount"]) and str(line["txnDate"]).startswith(
                record.on.isoformat()
            )
            assert (record.direction is None) == (line["type"] == "BONUS")
        elif isinstance(record, Policy):
            summary = line["Summary"]
            assert isinstance(summary, dict) and record.sum_paise == paise(summary["sumAssured"])
            assert record.premium_paise == paise(summary["premiumAmount"]) and record.on is None
            assert record.status == summary.get("policyStatus")
            assert sum(one.sum_paise or 0 for one in record.covers) in (0, record.sum_paise)
            assert [one.pan for one in record.holders] == [life(seed).party("ENTITY").pan]
        else:
            assert record.covered_to == life(seed).as_of and record.pan == line["pan"]


def test_each_family_spells_in_its_own_way_and_is_read_into_the_same_words() -> None:
    spelled: dict[str, set[str]] = {"premiumFrequency": set(), "type": set()}
    for line in _all("policy"):
        summary = line["Summary"]
        assert isinstance(summary, dict)
        spelled["premiumFrequency"].add(f"{line['fiType']} {summary['premiumFrequency']}")
        assert ("exlcusions" in str(summary)) == (line["fiType"] == "INSURANCE_POLICIES")
        assert ("maskedPolicyNumber" in line) == (line["version"] == "1.0.0") == ("policyStatus" in summary)
        (outcome,) = _cleaned(line)
        assert outcome.document is not None and not outcome.findings
        assert outcome.document["frequency"] in FREQUENCIES and outcome.document["plan"] in PLANS
    spelled["type"] = {f"{line['fiType']} {line['type']}" for line in _all("transaction")}
    assert {
        "INSURANCE_POLICIES QUARTELY",
        "INSURANCE_POLICIES YEARLY",
        "GENERAL_INSURANCE ANNUALLY",
    } <= spelled["premiumFrequency"]
    assert "GENERAL_INSURANCE YEARLY" not in spelled["premiumFrequency"]
    assert "INSURANCE_POLICIES INSURANCE_RENEWWAL" in spelled["type"]
    assert {word.split()[1] for word in spelled["type"]} <= {*MOVEMENTS, "INSURANCE_RENEWWAL"}


def test_a_cover_of_a_loan_says_that_it_is_assigned() -> None:
    found = Counter(
        (summary["policyType"], summary["assignment"])
        for line in _all("policy")
        if line["fiType"] == "LIFE_INSURANCE" and isinstance(summary := line["Summary"], dict)
    )
    assert found["LOAN_COVER_TERM", "YES"] and found["TERM", "NO"]
    assert all((plan == "LOAN_COVER_TERM") == (word == "YES") for plan, word in found)


def _delivered(seed: int, noise: str) -> tuple[list[bytes], list[Deed]]:
    of, mess = life(seed), mess_of(noise, given.RATES)
    (parcel,) = sources.source("insurance").generate(of, given.pulls(of), Stream(seed), mess)
    return list(parcel.lines), mess.deeds


@pytest.mark.parametrize("noise", ["light", "heavy"])
def test_every_deed_of_the_mess_meets_the_end_it_must(noise: str) -> None:
    met = Counter[str]()
    for seed in range(1, 17):
        lines, deeds = _delivered(seed, noise)
        outcomes = {one.ref.line: one for one in given.cleaned("insurance", given.items(lines))}
        touched = {deed.line: deed for deed in deeds if deed.expected is not Expected.LOST}
        fates = Counter(one.fate for one in outcomes.values())
        owed = Counter(FATES[deed.expected] for deed in touched.values())
        for fate in (Fate.DUPLICATE, Fate.SUPERSEDED, Fate.QUARANTINED):
            assert fates[fate] == owed[fate], (seed, fate)
        for line, deed in touched.items():
            met[deed.kind] += 1
            if deed.expected in (Expected.RESTORED, Expected.NULLED):
                assert deed.field in [one.field for one in outcomes[line].findings], deed
    assert met and (noise == "light" or {"POLICY_DAYS_INDIAN", "AMOUNT_FORM", "ENUM_CASE"} <= set(met))


@pytest.mark.parametrize("seed", range(1, 16))
def test_what_was_restored_says_again_what_it_said(seed: int) -> None:
    clean = {_without(one)["id"]: _without(one) for one in _cleaned(*asked(life(seed))["ENTITY"])}
    lines, deeds = _delivered(seed, "heavy")
    restored = {deed.line for deed in deeds if deed.expected is Expected.RESTORED}
    for outcome in given.cleaned("insurance", given.items(lines)):
        if outcome.ref.line in restored and outcome.fate is Fate.CLEAN:
            assert _without(outcome) == clean[_without(outcome)["id"]]


def _without(outcome: Outcome) -> dict[str, object]:
    assert outcome.document is not None
    return {name: value for name, value in outcome.document.items() if name != "raw"}


@pytest.mark.parametrize(
    ("kind", "changed", "reason"),
    [
        ("policy", {"linkedAccRef": ""}, "ACCOUNT_MISSING"),
        ("policy", {"Summary": {}}, "AMOUNT_EMPTY"),
        ("policy", {"Summary": {"sumAssured": "-5"}}, "AMOUNT_UNREADABLE"),
        ("transaction", {"amount": "N/A"}, "AMOUNT_EMPTY"),
        ("transaction", {"amount": "-12.00"}, "AMOUNT_NEGATIVE"),
        ("transaction", {"txnDate": "31/02/2026"}, "DATE_IMPOSSIBLE"),
        ("transaction", {"type": None}, "TYPE_MISSING"),
        ("transaction", {"kind": "gift"}, "KIND_UNKNOWN"),
    ],
)
def test_a_line_that_cannot_be_read_is_held_back_with_its_reason(
    kind: str, changed: Document, reason: str
) -> None:
    (outcome,) = _cleaned(_one(kind, "GENERAL_INSURANCE") | changed)
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, reason)


@pytest.mark.parametrize(
    ("kind", "changed", "field", "rule", "value"),
    [
        ("transaction", {"type": "insurance renewal"}, "type", "ENUM_SYNONYM", "RENEWAL"),
        ("transaction", {"type": "WINDFALL"}, "type", "ENUM_UNKNOWN", "OTHERS"),
        ("transaction", {"fiType": "INSURANCE"}, "direction", "ENUM_UNKNOWN", "DEBIT"),
        ("transaction", {"agentCode": 7}, "extra", "UNKNOWN_FIELD", {"agentCode": "7"}),
        ("transaction", {"narration": None}, "narration", "TEXT_EMPTY", None),
        ("policy", {"Profile": None}, "holders", None, []),
        ("policy", {"Profile": []}, "holders", "NOT_AN_OBJECT", []),
    ],
)
def test_what_insurers_send_is_read_with_a_finding(
    kind: str, changed: Document, field: str, rule: str | None, value: object
) -> None:
    lines = (line for line in _all(kind) if line["fiType"] == "GENERAL_INSURANCE")
    line = next(one for one in lines if kind == "policy" or one["type"] == "PREMIUM_PAYMENT")
    (outcome,) = _cleaned(line | changed)
    assert outcome.document is not None and outcome.document[field] == value
    assert [one.rule for one in outcome.findings] == ([] if rule is None else [rule])


@pytest.mark.parametrize(
    ("word", "value", "rule"),
    [
        ("QUARTELY", "QUARTERLY", None),
        ("QUARTERLY", "QUARTERLY", None),
        ("quartely", "QUARTERLY", "ENUM_SYNONYM"),
        ("Annually", "YEARLY", "ENUM_SYNONYM"),
        ("WEEKLY", None, "ENUM_UNKNOWN"),
    ],
)
def test_a_frequency_of_the_older_family_is_read_in_both_spellings(
    word: str, value: str | None, rule: str | None
) -> None:
    line: Document = orjson.loads(orjson.dumps(_one("policy", "INSURANCE_POLICIES")))
    summary = line["Summary"]
    assert isinstance(summary, dict)
    summary["premiumFrequency"] = word
    (outcome,) = _cleaned(line)
    assert outcome.document is not None and outcome.document["frequency"] == value
    assert [one.rule for one in outcome.findings] == ([] if rule is None else [rule])


def test_clues_tell_who_is_covered_and_the_masked_number_alone() -> None:
    of = life(1)
    outcomes = _cleaned(*asked(of)["ENTITY"])
    claims = sources.source("insurance").clues(given.records("insurance", outcomes))
    said = {(one.kind, one.value) for one in claims}
    party = of.party("ENTITY")
    assert {("PAN", party.pan), ("NAME", party.legal_name)} <= said
    masked = [value for kind, value in said if kind == "POLICY_MASKED"]
    numbers = [one.number for one in of.covers.policies]
    assert masked and not [one for one in masked if any(number in one for number in numbers)]
