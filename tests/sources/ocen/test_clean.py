"""OCEN messages become records; what the published standard or its readers got wrong is read and told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import orjson
import pytest

import sources
from generators.mess import Deed, Expected
from kit.source import Document, Fate, Json, Outcome
from tests.sources import given
from tests.sources.ocen.messages import at, head, repayment, statement


def _one(message: Document) -> Outcome:
    (outcome,) = given.cleaned("ocen", given.items([given.line(message)]))
    return outcome


def _told(message: Document) -> Mapping[str, object]:
    outcome = _one(message)
    assert outcome.document is not None, outcome.reason
    return outcome.document


def _rules(message: Document) -> dict[str, str]:
    return {one.field.rpartition(".")[2]: one.rule for one in _one(message).findings}


def test_money_to_the_business_is_a_credit_and_to_the_lender_a_debit() -> None:
    assert (_told(statement())["direction"], _told(repayment())["direction"]) == ("DEBIT", "DEBIT")
    assert _told(statement(type="WITHDRAWL"))["direction"] == "CREDIT"
    assert _told(repayment(status="FAILURE"))["direction"] is None
    disbursed = repayment() | {"loanApplicationId": "A", "loanApplicationStatus": "DISBURSEMENT_COMPLETED"}
    assert _told(disbursed)["direction"] == "CREDIT"


@pytest.mark.parametrize("amount", ["1000.00", 1000, 1000.0, "1,000.00", "Rs. 1,000"])
def test_amounts_are_read_as_numbers_or_text(amount: Json) -> None:
    assert _told(statement(amount=amount))["amount_paise"] == 100_000
    assert _told(repayment(totalAmount=amount))["amount_paise"] == 100_000


def test_misspelt_words_are_read_and_told() -> None:
    spelt = statement(type="WITHDRAWAL")
    assert (_told(spelt)["direction"], _rules(spelt)) == ("CREDIT", {"type": "ENUM_SYNONYM"})
    spelt = repayment(status="SUCESS")
    assert (_told(spelt)["outcome"], _rules(spelt)) == ("SUCCESS", {"status": "ENUM_SYNONYM"})


def test_the_older_name_of_an_organisation_is_read() -> None:
    message = statement()
    message["metadata"] = {
        "orgId": "old",
        "requestId": "11111111-1111-4111-8111-a11111111111",
        "timestamp": "2026-01-05T20:00:00+05:30",
    }
    assert _told(message)["lender"] == "old"


def test_an_unknown_field_is_told_and_a_value_of_nothing_is_told() -> None:
    assert _rules(statement() | {"batch": "7"}) == {"batch": "UNKNOWN_FIELD"}
    emptied = statement(closingBalance=None)
    assert _told(emptied)["balance_paise"] is None
    assert _rules(emptied) == {"closingBalance": "AMOUNT_EMPTY"}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (head() | {"loanId": "L"}, "KIND_UNKNOWN"),
        (statement(type="SIDEWAYS"), "STATUS_UNKNOWN"),
        (statement(amount="much"), "AMOUNT_UNREADABLE"),
        (statement(amount="-5.00"), "AMOUNT_NEGATIVE"),
        (statement(date="31/02/2026"), "DATE_IMPOSSIBLE"),
        (statement(txnRefNo=""), "FIELD_MISSING"),
        (statement() | {"loanStatus": "MELLOW"}, "STATUS_UNKNOWN"),
        (statement() | {"metadata": {}}, "FIELD_MISSING"),
        ({"loanApplications": []} | head(), "DATE_EMPTY"),
    ],
)
def test_what_a_record_cannot_do_without_holds_its_line_back(message: Document, reason: str) -> None:
    if reason == "DATE_EMPTY":
        message = message | {"metadata": {"requestId": "r"}}
    outcome = _one(message)
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, reason)


def test_a_repeated_request_is_one_message() -> None:
    lines = [given.line(one) for one in (statement(), statement(), statement(narration="AMENDED"))]
    outcomes = given.cleaned("ocen", given.items(lines))
    assert sorted(one.fate for one in outcomes) in (
        [Fate.CLEAN, Fate.DUPLICATE, Fate.SUPERSEDED],
        [Fate.CLEAN, Fate.SUPERSEDED, Fate.SUPERSEDED],
    )
    again = given.cleaned("ocen", given.items(reversed(lines)))
    assert [one.document for one in again if one.document][0]["narration"] == (
        [one.document for one in outcomes if one.document][0]["narration"]
    )


ENDS = {
    Expected.RESTORED: Fate.CLEAN,
    Expected.NULLED: Fate.CLEAN,
    Expected.KEPT: Fate.CLEAN,
    Expected.QUARANTINED: Fate.QUARANTINED,
}


@cache
def _soiled(seed: int) -> tuple[list[bytes], list[Deed]]:
    parcels, deeds = given.delivered("ocen", given.business(seed), "heavy", seed)
    return parcels["ENTITY"], deeds


@pytest.mark.parametrize("seed", range(1, 5))
def test_each_kind_of_dirt_meets_its_end(seed: int) -> None:
    lines, deeds = _soiled(seed)
    outcomes = {one.ref.line: one for one in given.cleaned("ocen", given.items(lines))}
    clean = {
        str(orjson.loads(line)["metadata"]["requestId"]): line
        for line in given.delivered("ocen", given.business(seed), seed=seed)[0]["ENTITY"][1:]
    }
    assert len(deeds) > 10
    for deed in deeds:
        if deed.expected not in ENDS:
            continue
        outcome = outcomes[deed.line]
        if outcome.fate in (Fate.DUPLICATE, Fate.SUPERSEDED):
            continue
        assert outcome.fate is ENDS[deed.expected], deed
        if deed.expected is Expected.RESTORED and outcome.document is not None:
            request = str(orjson.loads(lines[deed.line - 1])["metadata"]["requestId"])
            stood = _one(orjson.loads(clean[request])).document
            assert stood is not None
            assert {**outcome.document, "raw": 0} == {**stood, "raw": 0}, deed
            # A number in the place of text, or a zone without its colon, is another way to write the same.
            is_plain = deed.kind == "MOMENT_FORM" or not isinstance(
                at(orjson.loads(lines[deed.line - 1]), deed.field), str
            )
            assert outcome.findings or is_plain, deed
        if deed.expected is Expected.NULLED:
            assert outcome.findings, deed


def test_clues_tell_who_borrows_and_on_which_account() -> None:
    business = given.business()
    outcomes = given.cleaned("ocen", given.all_items(given.delivered("ocen", business)[0]))
    claims = {(one.kind, one.value) for one in sources.source("ocen").clues(given.records("ocen", outcomes))}
    till = next(one for one in business.accounts if one.id == business.frame.till)
    assert ("PAN", business.parties[0].pan) in claims
    assert business.registration is not None and ("GSTIN", business.registration.gstin) in claims
    assert {value[-4:] for kind, value in claims if kind == "ACCOUNT_MASKED"} == {till.number[-4:]}
    udyams = {value for kind, value in claims if kind == "UDYAM"}
    assert len(udyams) == 1 and udyams.pop().split("-")[2] == "00"
