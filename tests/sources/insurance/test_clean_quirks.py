"""Each way insurers of the three families are known to write, on lines typed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from kit.source import Document, Fate, Json, Outcome
from tests.sources import given

HOLDER: Document = {
    "rank": "1",
    "name": "A B",
    "dob": "1980-07-24",
    "mobile": "5000000001",
    "nominee": "REGISTERED",
    "pan": "ABCPB0000C",
    "ckycCompliance": "true",
}


def _policy(form: str, summary: Document, **changed: Json) -> Document:
    told: Document = {
        "kind": "policy",
        "fiType": form.upper(),
        "type": form,
        "version": "1.0.0",
        "linkedAccRef": "A1",
        "maskedPolicyNumber": "XXXXXX1234",
        "insurerName": "Bahi Assurance",
        "Profile": {"Holders": {"type": "SINGLE", "Holder": [HOLDER]}, "Riders": {"Rider": []}},
        "Summary": summary,
    }
    return told | changed


def older(**changed: Json) -> Document:
    """A policy of the older family, which tells every number and no status."""
    summary: Document = {
        "policyName": "Children Plan",
        "policyNumber": "B1",
        "eiaNumber": "E1",
        "sumAssured": "1500000.00",
        "coverAmount": "1300000.00",
        "tenureMonths": "144",
        "tenureYears": "12",
        "premiumAmount": "12000.00",
        "policyStartDate": "2021-03-12",
        "policyExpiryDate": "2033-03-11",
        "policyType": "CHILDREN_PLAN",
        "coverType": "SELF",
        "premiumFrequency": "QUARTELY",
        "premiumPaymentYears": "2",
        "premiumPaymentMonths": "24",
        "maturityDate": "2033-03-12",
        "maturityBenefit": "1600000.00",
        "MoneyBacks": {
            "MoneyBack": [{"date": "2028-03-12", "amount": "1000.00", "description": "First"}],
        },
        "ContractClauses": {"ContractClause": [{"title": "Suicide", "amount": "0.00", "exlcusions": "a year"}]},
        "Covers": {"Cover": [{"amount": "120000.00", "description": "Waiver"}]},
    }  # fmt: skip
    return _policy("insurance_policies", summary | changed)


def life(**changed: Json) -> Document:
    """A term cover on a life."""
    summary: Document = {
        "policyType": "TERM",
        "policyStatus": "ACTIVE",
        "sumAssured": "5000000.00",
        "tenureYears": "30",
        "premiumPaymentYears": "30",
        "premiumAmount": "1100.00",
        "premiumFrequency": "MONTHLY",
        "policyLoanStatus": "NOT_OPTED",
        "currentValue": "0.00",
        "assignment": "NO",
        "surrenderValue": "0.00",
        "exclusions": "None stated",
    }
    return _policy("life_insurance", summary | changed)


def general(**changed: Json) -> Document:
    """A cover of health for a year."""
    summary: Document = {
        "policyName": "Health",
        "policyNumber": "H1",
        "uinNumber": "U1",
        "policyDescription": "Family floater",
        "sumAssured": "500000.00",
        "tenureMonths": "12",
        "premiumAmount": "9000.00",
        "policyStartDate": "2025-06-01",
        "policyExpiryDate": "2026-05-31",
        "policyType": "FIXED_BENEFIT",
        "insuranceType": "HEALTH",
        "premiumFrequency": "ANNUALLY",
        "premiumPaymentYears": "1",
        "nextPremiumDueDate": "2026-06-01",
        "policyStatus": "ACTIVE",
        "Covers": {
            "Cover": [
                {"uinNumber": "U1", "coverName": "Hospital", "sumAssured": "1.00", "sumInsured": "500000.00"}
            ]
        },
    }
    return _policy("general_insurance", summary | changed)


def paid(**changed: Json) -> Document:
    """A premium paid on that policy."""
    told: Document = {
        "kind": "transaction",
        "fiType": "INSURANCE_POLICIES",
        "linkedAccRef": "A1",
        "txnId": "T1",
        "txnDate": "2026-01-05T10:00:00+05:30",
        "narration": "Premium",
        "type": "PREMIUM_PAYMENT",
        "amount": "12000.00",
    }
    return told | changed


def _cleaned(*lines: Document) -> list[Outcome]:
    return given.cleaned("insurance", given.items(map(given.line, lines)))


def _told(line: Document) -> tuple[Mapping[str, object], list[str]]:
    (outcome,) = _cleaned(line)
    assert outcome.document is not None, outcome.reason
    return outcome.document, [str(one.rule) for one in outcome.findings]


@pytest.mark.parametrize(
    "line", [older(), life(), general(), paid()], ids=["older", "life", "general", "paid"]
)
def test_the_typed_lines_are_read_as_they_stand(line: Document) -> None:
    assert _told(line)[1] == []


def test_each_family_is_read_without_leaving_anything_out() -> None:
    old, term, health = _told(older())[0], _told(life())[0], _told(general())[0]
    assert (old["cover_paise"], old["maturity_paise"]) == (130_000_000, 160_000_000)
    assert (old["tenure_months_n"], old["paying_months_n"], old["repository_number"]) == (144, 24, "E1")
    assert old["money_backs"] == [{"on": "2028-03-12", "paise": 100_000, "name": "First"}]
    assert old["clauses"] == [{"name": "Suicide", "sum_paise": 0}]
    assert old["covers"] == [{"name": "Waiver", "sum_paise": 12_000_000}]
    assert (term["tenure_months_n"], term["loan_status"], term["exclusions"]) == (
        360,
        "NOT_OPTED",
        "None stated",
    )
    assert (term["cover_type"], term["assignment"], old["status"]) == ("LIFE", "NO", None)
    assert (health["uin"], health["description"], health["frequency"]) == ("U1", "Family floater", "YEARLY")
    assert health["covers"] == [{"name": "Hospital", "sum_paise": 50_000_000}]
    (record,) = given.records("insurance", _cleaned(older()))
    assert record.money_backs[0].on.isoformat() == "2028-03-12"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("line", "field", "value", "rules"),
    [
        (older(premiumFrequency="QUARTERLY"), "frequency", "QUARTERLY", []),
        (older(premiumFrequency="quartely"), "frequency", "QUARTERLY", ["ENUM_SYNONYM"]),
        (life(premiumFrequency="ANNUALLY"), "frequency", "YEARLY", ["ENUM_SYNONYM"]),
        (life(premiumFrequency="FORTNIGHTLY"), "frequency", None, ["ENUM_UNKNOWN"]),
        (life(policyType="UNHEARD_OF"), "plan", None, ["ENUM_UNKNOWN"]),
        (life(policyType="Whole Life"), "plan", "WHOLE_LIFE", ["ENUM_CASE"]),
        (life(policyStatus="IN FORCE"), "status", "ACTIVE", ["ENUM_SYNONYM"]),
        (life(policyStatus="21"), "status", "ACTIVE", ["ENUM_SYNONYM"]),
        (life(policyStatus="31"), "status", "PAID_UP", ["ENUM_SYNONYM"]),
        (life(policyStatus="42"), "status", "LAPSED", ["ENUM_SYNONYM"]),
        (life(policyStatus="43"), "status", "SURRENDERED", ["ENUM_SYNONYM"]),
        (life(policyStatus="51"), "status", None, ["ENUM_UNKNOWN"]),
        (life(policyStatus="FULLY_PAID_UP"), "status", "PAID_UP", ["ENUM_SYNONYM"]),
        (general(insuranceType="Vehicle"), "cover_type", "MOTOR", ["ENUM_SYNONYM"]),
        (general(insuranceType="CROP"), "cover_type", None, ["ENUM_UNKNOWN"]),
        (older(policyStartDate="12-03-2021"), "starts_on", "2021-03-12", ["DATE_DMY"]),
        (older(maturityDate="2004-04-12"), "matures_on", "2004-04-12", ["ENDS_BEFORE_START"]),
        (older(maturityDate="", maturityBenefit=""), "maturity_paise", None, []),
        (older(sumAssured=1500000), "sum_paise", 150_000_000, ["AMOUNT_NUMBER"]),
        (older(premiumAmount="1,600,000"), "premium_paise", 160_000_000, ["AMOUNT_COMMAS"]),
        (older(tenureMonths="twelve"), "tenure_months_n", 144, ["AMOUNT_UNREADABLE"]),
        (older(Covers={"Cover": {"amount": "5.00"}}), "covers", [{"name": None, "sum_paise": 500}], ["OBJECT_ALONE"]),
        (older(Covers="none"), "covers", [], ["NOT_AN_OBJECT"]),
        (older(agent="X"), "extra", {"Summary.agent": '"X"'}, ["UNKNOWN_FIELD"]),
        (paid(type="INSURANCE_RENEWWAL"), "type", "RENEWAL", []),
        (paid(type="INSURANCE_RENEWAL"), "type", "RENEWAL", ["ENUM_SYNONYM"]),
        (paid(type="BONUS"), "direction", None, []),
        (paid(type="CLAIM"), "direction", "CREDIT", []),
        (paid(type="GIFT"), "type", "OTHERS", ["ENUM_UNKNOWN"]),
        (paid(txnDate="05/01/2026"), "on", "2026-01-05", ["MOMENT_NO_TIME"]),
        (paid(txnDate="2026-01-04T20:00:00Z"), "on", "2026-01-05", []),
    ],
)  # fmt: skip
def test_what_is_written_so_is_read_so(line: Document, field: str, value: object, rules: list[str]) -> None:
    read, found = _told(line)
    assert (read[field], found) == (value, rules)


def test_names_in_small_letters_are_read_and_told() -> None:
    """A gateway sends the older family so: no fiType, separators in names, one holder as an object."""
    small: Document = {
        "kind": "policy",
        "type": "insurance_policies",
        "masked_account_number": "XXXXXXX123",
        "link_ref_number": "A1",
        "profile": {"holders": {"type": "JOINT", "holder": dict(HOLDER)}},
        "summary": {
            "sumAssured": "1500000",
            "premiumAmount": "12000",
            "policyType": "CHILDREN_PLAN",
            "premiumFrequency": "HALF_YEARLY",
            "moneyBacks": {"moneyBack": [{"amount": "1000", "date": "2028-03-12"}]},
        },
    }
    read, rules = _told(small)
    assert (read["account"], read["form"], read["masked_number"]) == (
        "A1",
        "insurance_policies",
        "XXXXXXX123",
    )
    assert (read["sum_paise"], read["frequency"]) == (150_000_000, "HALF_YEARLY")
    assert cast("list[Document]", read["holders"])[0]["pan"] == "ABCPB0000C"
    assert cast("list[Document]", read["money_backs"])[0]["paise"] == 100_000
    assert set(rules) == {"FIELD_SPELLING", "OBJECT_ALONE"}


def test_unknown_fields_are_kept_aside_wherever_they_stand() -> None:
    line = older(Covers={"Cover": [{"amount": "5.00", "colour": "red"}]})
    line["Profile"] = {"Holders": {"Holder": [HOLDER | {"shoe": 7}]}, "mood": None}
    read, rules = _told(line | {"batch": 1})
    assert rules == ["UNKNOWN_FIELD"] * 4
    assert read["extra"] == {
        "batch": "1",
        "Profile.mood": "null",
        "Profile.Holders.Holder.0.shoe": "7",
        "Summary.Covers.Cover.0.colour": '"red"',
    }


def test_a_movement_on_a_policy_nobody_told_of_is_told_where_policies_are_told_at_all() -> None:
    for lines, rules in (
        ([paid()], []),
        ([older(), paid()], []),
        ([older(), paid(linkedAccRef="A2")], ["POLICY_UNKNOWN"]),
        ([paid(linkedAccRef="A2"), older()], ["POLICY_UNKNOWN"]),
    ):
        assert [one.rule for outcome in _cleaned(*lines) for one in outcome.findings] == rules


def test_an_envelope_whose_days_are_turned_round_covers_none_and_says_so() -> None:
    line: Document = {
        "kind": "envelope",
        "ver": "2.0.0",
        "fipID": "F",
        "name": "A B",
        "pan": "ABCPB0000C",
        "from": "2026-03-31",
        "to": "2025-02-01",
        "sentAt": "2026-04-01T00:00:00+05:30",
    }
    read, rules = _told(line)
    assert (read["covered_from"], read["covered_to"], rules) == (None, None, ["COVERAGE_UNKNOWN"])
    assert _told(line | {"to": "2026-03-31"})[1] == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (older(sumAssured=""), "AMOUNT_EMPTY"),
        (paid(amount=""), "AMOUNT_EMPTY"),
        (paid(type=""), "TYPE_MISSING"),
        (paid(txnDate=""), "DATE_EMPTY"),
        (paid(linkedAccRef=None), "ACCOUNT_MISSING"),
    ],
)
def test_without_what_it_needs_a_line_is_held_back(line: Document, reason: str) -> None:
    (outcome,) = _cleaned(line)
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, reason)
