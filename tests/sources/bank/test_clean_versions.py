"""Whole answers in the shapes banks and gateways send: version 1.1, version 2.0.0, and feeds that follow neither to the letter."""

from __future__ import annotations

from typing import Any, cast

import pytest

from kit.source import Document, Fate, Json, Outcome
from tests.sources.bank.lines import (
    clean_documents,
    cleaned,
    envelope,
    holder,
    rules,
    summary,
    transaction,
    wrapped,
)

Account = dict[str, Any]  # type: ignore[explicit-any]


def _account(outcome: Outcome) -> Account:
    assert outcome.fate is Fate.CLEAN and outcome.document is not None
    (account,) = cast("list[Account]", outcome.document["accounts"])
    return account


def _old_answer() -> Document:
    """One account as version 1.1 spells it."""
    person: dict[str, Json] = {
        "name": "ASHA TRADERS",
        "dob": "29-02-1980",
        "mobile": "5000000001",
        "nominee": "NOT-REGISTERED",
        "landline": "020 5550101",
        "address": "1, Market Road",
        "email": "asha@traders",
        "pan": "AAAPA0000A",
        "ckycCompliance": "true",
    }
    summed: dict[str, Json] = {
        "currentBalance": "-2500",
        "currency": "INR",
        "exchgeRate": "1.00",
        "balanceDateTime": "2026-03-31T18:30:00Z",
        "type": "CURRENT",
        "branch": "Pune",
        "facility": "CC",
        "ifscCode": "BAHI0000001",
        "micrCode": "411000001",
        "openingDate": "06-08-2015",
        "currentODLimit": "7500",
        "drawingLimit": "10000",
        "status": "ACTIVE",
        "Pending": {"transactionType": "DEBIT", "amount": "20.0"},
    }
    account: dict[str, Json] = {
        "linkedAccRef": "LRN1",
        "maskedAccNumber": "XXXXXX1234",
        "type": "deposit",
        "version": "1.1",
        "Profile": {"Holders": {"type": "JOINTLY", "Holder": [person]}},
        "Summary": summed,
        "Transactions": {"startDate": "2025-04-01", "endDate": "2026-03-31"},
    }
    return wrapped(account) | {"ver": "1.1"}


def test_an_answer_of_version_1_1_is_read_whole() -> None:
    (outcome,) = cleaned(_old_answer())
    account = _account(outcome)
    assert outcome.document is not None and (outcome.document["extra"], outcome.document["version"]) == (
        {},
        "1.1",
    )
    (person,) = account["holders"]
    assert {name: account[name] for name in account if name != "holders"} == {
        "account": "LRN1",
        "masked_number": "XXXXXX1234",
        "version": "1.1",
        "holding": "JOINT",
        "account_type": None,
        "sub_type": "CURRENT",
        "facility": "CASH_CREDIT",
        "status": "ACTIVE",
        "ifsc": "BAHI0000001",
        "micr": "411000001",
        "branch": "Pune",
        "currency": "INR",
        "exchange_rate": "1.00",
        "opened_on": "2015-08-06",
        "balance_paise": -250_000,
        "balance_at": "2026-04-01T00:00:00+05:30",
        "pending": [{"direction": "DEBIT", "amount_paise": 2_000}],
        "limit_paise": 1_000_000,
        "drawable_paise": 750_000,
        "covered_from": "2025-04-01",
        "covered_to": "2026-03-31",
    }
    assert person == {
        "name": "ASHA TRADERS",
        "pan": "AAAPA0000A",
        "pan_grade": "VALID",
        "born_on": "1980-02-29",
        "mobile": "5000000001",
        "email": "asha@traders",
        "landline": "020 5550101",
        "address": "1, Market Road",
        "nominee": "NOT_REGISTERED",
        "ckyc": "YES",
    }


def test_a_movement_of_version_1_1_is_read_whole() -> None:
    line = transaction(1, mode="FT", amount="1239", reference="RFN1")
    line["currentBalance"] = line.pop("transactionalBalance")
    line["linkedAccRef"] = line.pop("linkRefNumber")
    (document,) = clean_documents(outcomes := cleaned(_old_answer(), line))
    told = ("account", "amount_paise", "balance_paise", "mode", "reference", "extra")
    assert tuple(document[name] for name in told) == ("LRN1", 123_900, 110_000, "OTHERS", "RFN1", {})
    assert [rule for rule in rules(outcomes) if not rule.startswith("accounts")] == [
        "linkRefNumber:FIELD_SPELLING",
        "mode:ENUM_SYNONYM",
        "transactionalBalance:FIELD_SPELLING",
    ]


def test_a_movement_of_a_gateway_that_mixes_numbers_and_texts_is_read_whole() -> None:
    line = transaction(
        1,
        amount=1239.5,
        mode="OTHERS",
        narration="UPI/512345678901/TEA STALL/tea@bahi/BAHI",
        valueDate="2026-01-04T18:30:00Z",
        schemaLocation="somewhere deposit.xsd",
    )
    (document,) = clean_documents(outcomes := cleaned(envelope(), line))
    assert (document["amount_paise"], document["mode"], document["value_on"]) == (
        123_950,
        "OTHERS",
        "2026-01-05",
    )
    assert document["extra"] == {"schemaLocation": '"somewhere deposit.xsd"'}
    assert rules(outcomes) == [
        "amount:AMOUNT_NUMBER",
        "schemaLocation:UNKNOWN_FIELD",
        "valueDate:DATE_UTC_MIDNIGHT",
    ]


def test_a_movement_of_a_live_feed_without_zone_and_reference_is_read_whole() -> None:
    line = transaction(1, txnId="")
    line["transactionTimeStamp"] = str(line.pop("transactionTimestamp")).partition("+")[0]
    del line["reference"]
    (document,) = clean_documents(outcomes := cleaned(envelope(), line))
    assert (document["at"], document["reference"], document["txn_id"]) == (
        "2026-01-05T10:00:01+05:30",
        None,
        None,
    )
    assert "transactionTimestamp:MOMENT_NO_ZONE" in rules(outcomes)


@pytest.mark.parametrize(
    ("sent", "became"),
    [
        ({"PendingTxn": []}, []),
        (
            {"PendingTxn": [{"transactionType": "UNKNOWN", "amount": "0"}]},
            [{"direction": "UNKNOWN", "amount_paise": 0}],
        ),
        (
            {"PendingTxn": {"transactionType": "CREDIT", "amount": 12}},
            [{"direction": "CREDIT", "amount_paise": 1_200}],
        ),
        ({"amount": "20.0"}, [{"direction": None, "amount_paise": 2_000}]),
        (
            [{"amount": "1"}, {"amount": "2"}],
            [{"direction": None, "amount_paise": 100}, {"direction": None, "amount_paise": 200}],
        ),
        (None, []),
    ],
    ids=str,
)
def test_movements_not_posted_yet_are_read_in_every_shape(sent: Json, became: list[Json]) -> None:
    (outcome,) = cleaned(envelope(Summary=summary(pendingTxns=sent)))
    assert _account(outcome)["pending"] == became and rules([outcome]) == []


UNKNOWN_WORDS: tuple[tuple[str, str, str], ...] = (
    ("accountType", "SOMETHING", "account_type"),
    ("accountSubType", "SOMETHING", "sub_type"),
    ("facility", "SOMETHING", "facility"),
    ("status", "SOMETHING", "status"),
)


@pytest.mark.parametrize(("field", "word", "became"), UNKNOWN_WORDS)
def test_a_word_nobody_knows_becomes_nothing_and_is_told(field: str, word: str, became: str) -> None:
    (outcome,) = cleaned(envelope(Summary=summary(**{field: word})))
    assert _account(outcome)[became] is None
    assert [(one.field, one.rule, one.was) for one in outcome.findings] == [
        (f"accounts[0].Summary.{field}", "ENUM_UNKNOWN", f'"{word}"')
    ]


def test_a_word_nobody_knows_of_a_holder_becomes_nothing_or_no_answer() -> None:
    people: Json = {"type": "CROWD", "Holder": [holder(nominee="MAYBE", ckycRegistered="PERHAPS")]}
    (outcome,) = cleaned(envelope(Profile={"Holders": people}))
    account = _account(outcome)
    assert account["holding"] is None and account["holders"][0]["nominee"] is None
    assert account["holders"][0]["ckyc"] == "NO_DATA_AVAILABLE"
    assert {rule.split(":")[1] for rule in rules([outcome])} == {"ENUM_UNKNOWN"}


def test_a_field_out_of_its_place_or_said_twice_is_kept_aside_and_counted() -> None:
    (outcome,) = cleaned(envelope(Summary=summary(pan="AAAPA0000A", ifscCode="BAHI0000002")))
    assert outcome.document is not None
    assert outcome.document["extra"] == {
        "accounts[0].Summary.ifscCode": '"BAHI0000002"',
        "accounts[0].Summary.pan": '"AAAPA0000A"',
    }
    assert _account(outcome)["ifsc"] == "BAHI0000001"
    assert {rule.split(":")[1] for rule in rules([outcome])} == {"UNKNOWN_FIELD"}


def test_what_should_be_a_list_and_is_neither_list_nor_object_is_kept_aside() -> None:
    (outcome,) = cleaned(envelope(Profile={"Holders": {"type": "SINGLE", "Holder": "Asha"}}))
    assert _account(outcome)["holders"] == []
    assert rules([outcome]) == ["accounts[0].Profile.Holders.Holder:NOT_A_LIST"]


def test_a_deposit_of_another_kind_among_the_accounts_is_told() -> None:
    (outcome,) = cleaned(
        envelope(type="term_deposit", Summary=summary(accountType="FIXED", tenureDays="180"))
    )
    assert _account(outcome)["account_type"] is None
    assert rules([outcome]) == [
        "accounts[0].Summary.accountType:ENUM_UNKNOWN",
        "accounts[0].Summary.tenureDays:UNKNOWN_FIELD",
        "accounts[0].type:ACCOUNT_NOT_DEPOSIT",
    ]


def test_an_empty_reference_or_number_may_be_repeated() -> None:
    lines = [transaction(number, txnId="", reference="") for number in range(1, 4)]
    outcomes = cleaned(envelope(), *lines)
    assert len(clean_documents(outcomes)) == 3
    same = [transaction(number, reference="SAME") for number in range(1, 4)]
    assert len(clean_documents(cleaned(envelope(), *same))) == 3
