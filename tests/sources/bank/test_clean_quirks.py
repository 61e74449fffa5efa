"""What real banks send: each quirk is accepted with its finding, or held back with its reason."""

from __future__ import annotations

import pytest

from kit.source import Document, Fate, Json
from tests.sources.bank.lines import clean_documents, cleaned, envelope, holder, rules, summary, transaction

RESTORED: tuple[tuple[dict[str, Json], dict[str, object], list[str]], ...] = (
    ({"amount": 100}, {"amount_paise": 10_000}, ["amount:AMOUNT_NUMBER"]),
    ({"amount": 100.5}, {"amount_paise": 10_050}, ["amount:AMOUNT_NUMBER"]),
    ({"amount": "₹1,00,000.00"}, {"amount_paise": 10_000_000}, ["amount:AMOUNT_CURRENCY"]),
    ({"amount": "100.00 CR"}, {"amount_paise": 10_000}, ["amount:AMOUNT_CR"]),
    ({"amount": "-100.00", "type": "DEBIT"}, {"amount_paise": 10_000}, ["amount:AMOUNT_SIGN"]),
    ({"transactionalBalance": "1100.00 DR"}, {"balance_paise": -110_000}, ["transactionalBalance:AMOUNT_DR"]),
    ({"transactionalBalance": None}, {"balance_paise": None}, ["transactionalBalance:AMOUNT_EMPTY"]),
    (
        {"transactionTimestamp": "2026-01-05T10:00:01"},
        {"at": "2026-01-05T10:00:01+05:30"},
        ["transactionTimestamp:MOMENT_NO_ZONE"],
    ),
    (
        {"transactionTimestamp": "2026-01-04T18:30:00Z"},
        {"at": "2026-01-05T00:00:00+05:30", "on": "2026-01-05"},
        [],
    ),
    (
        {"transactionTimestamp": "05/01/2026 10:00:01"},
        {"at": "2026-01-05T10:00:01+05:30"},
        ["transactionTimestamp:DATE_DMY"],
    ),
    ({"valueDate": "2026-01-04T18:30:00Z"}, {"value_on": "2026-01-05"}, ["valueDate:DATE_UTC_MIDNIGHT"]),
    ({"valueDate": "05-Jan-2026"}, {"value_on": "2026-01-05"}, ["valueDate:DATE_MONTH_NAME"]),
    ({"valueDate": "31/02/2026"}, {"value_on": None}, ["valueDate:DATE_IMPOSSIBLE"]),
    ({"type": "credit"}, {"direction": "CREDIT"}, ["type:ENUM_CASE"]),
    ({"type": "Dr"}, {"direction": "DEBIT"}, ["type:ENUM_SYNONYM"]),
    ({"mode": "FT"}, {"mode": "OTHERS"}, ["mode:ENUM_SYNONYM"]),
    ({"mode": "PIGEON"}, {"mode": "OTHERS"}, ["mode:ENUM_UNKNOWN"]),
    ({"txnId": ""}, {"txn_id": None}, ["txnId:TEXT_EMPTY"]),
    ({"reference": ""}, {"reference": None}, ["reference:TEXT_EMPTY"]),
    ({"narration": " PAID\tIN "}, {"narration": "PAID IN"}, ["narration:TEXT_CONTROL"]),
    ({"narration": "दुकान किराया"}, {"narration": "दुकान किराया"}, []),
    ({"schemaLocation": "x"}, {"extra": {"schemaLocation": '"x"'}}, ["schemaLocation:UNKNOWN_FIELD"]),
)
HELD_BACK: tuple[tuple[dict[str, Json], str, int | None], ...] = (
    ({"amount": "N/A"}, "AMOUNT_EMPTY", None),
    ({"amount": "12.3.4"}, "AMOUNT_UNREADABLE", None),
    ({"amount": True}, "AMOUNT_NOT_A_NUMBER", None),
    ({"amount": "100.00 DR"}, "AMOUNT_SIGN_CONFLICT", 10_000),
    ({"amount": "-100.00"}, "AMOUNT_SIGN_CONFLICT", 10_000),
    ({"type": "SIDEWAYS"}, "DIRECTION_UNKNOWN", 10_000),
    ({"type": None}, "DIRECTION_MISSING", 10_000),
    ({"transactionTimestamp": "yesterday"}, "DATE_UNREADABLE", 10_000),
    ({"transactionTimestamp": "2026-13-45T00:00:00+05:30"}, "DATE_IMPOSSIBLE", 10_000),
    ({"linkRefNumber": ""}, "ACCOUNT_MISSING", 10_000),
    ({"kind": "gossip"}, "KIND_UNKNOWN", 10_000),
    ({"kind": ["transaction"]}, "KIND_UNKNOWN", 10_000),
)


@pytest.mark.parametrize(("changed", "became", "found"), RESTORED, ids=str)
def test_a_quirk_of_a_transaction_is_restored_with_a_finding(
    changed: dict[str, Json], became: dict[str, object], found: list[str]
) -> None:
    outcomes = cleaned(envelope(), transaction(1, **changed))
    (document,) = clean_documents(outcomes)
    assert {name: document[name] for name in became} == became
    assert rules(outcomes) == found


@pytest.mark.parametrize(("changed", "reason", "paise"), HELD_BACK, ids=str)
def test_what_cannot_be_read_is_held_back_with_its_reason_and_readable_amount(
    changed: dict[str, Json], reason: str, paise: int | None
) -> None:
    held = [one for one in cleaned(envelope(), transaction(1, **changed)) if one.fate is Fate.QUARANTINED]
    assert [(one.reason, one.paise) for one in held] == [(reason, paise)]


@pytest.mark.parametrize("field", ["transactionTimeStamp", "transactionDateTime", "transaction_timestamp"])
def test_the_moment_is_known_by_its_other_spellings(field: str) -> None:
    line = transaction(1)
    line[field] = line.pop("transactionTimestamp")
    outcomes = cleaned(envelope(), line)
    assert [document["at"] for document in clean_documents(outcomes)] == ["2026-01-05T10:00:01+05:30"]
    assert rules(outcomes) == ["transactionTimestamp:FIELD_SPELLING"]


def test_version_1_1_calls_the_balance_current_balance() -> None:
    line = transaction(1)
    line["currentBalance"] = line.pop("transactionalBalance")
    outcomes = cleaned(envelope(), line)
    assert [document["balance_paise"] for document in clean_documents(outcomes)] == [110_000]
    assert rules(outcomes) == ["transactionalBalance:FIELD_SPELLING"]


def test_a_line_without_reference_is_clean() -> None:
    line = transaction(1)
    del line["reference"]
    assert [document["reference"] for document in clean_documents(cleaned(envelope(), line))] == [None]


def test_descending_order_is_turned_round() -> None:
    lines = [transaction(number) for number in range(1, 30)]
    there, back = cleaned(envelope(), *lines), cleaned(envelope(), *reversed(lines))
    assert [one["id"] for one in clean_documents(there)] == [one["id"] for one in clean_documents(back)]
    assert [one["at"] for one in clean_documents(back)] == sorted(
        str(one["at"]) for one in clean_documents(there)
    )


ENVELOPES: tuple[tuple[Document, str, object, list[str]], ...] = (
    (
        envelope(Profile={"Holders": {"type": "SINGLE", "Holder": holder()}}),
        "holders",
        1,
        ["accounts[0].Profile.Holders.Holder:HOLDER_OBJECT"],
    ),
    (
        envelope(Summary=summary(accountType="SBA", accountSubType="")),
        "sub_type",
        "SAVINGS",
        [
            "accounts[0].Summary.accountSubType:ENUM_SYNONYM",
            "accounts[0].Summary.accountType:ACCOUNT_TYPE_SHORT",
        ],
    ),
    (
        envelope(Transactions={"startDate": "", "endDate": ""}),
        "covered_from",
        None,
        ["accounts[0].Transactions.startDate:COVERAGE_UNKNOWN"],
    ),
    (
        envelope(Transactions={"startDate": "2026-03-31", "endDate": "2025-04-01"}),
        "covered_to",
        None,
        ["accounts[0].Transactions.startDate:COVERAGE_UNKNOWN"],
    ),
    (
        envelope(Transactions={"startDate": "01-04-2025", "endDate": "31-03-2026"}),
        "covered_from",
        "2025-04-01",
        ["accounts[0].Transactions.endDate:DATE_DMY", "accounts[0].Transactions.startDate:DATE_DMY"],
    ),
    (envelope(Summary=summary(currentBalance="1500")), "balance_paise", 150_000, []),
    (envelope(Summary=summary(openingDate="")), "opened_on", None, []),
    (
        envelope(Summary=summary(facility="OD")),
        "facility",
        "OVERDRAFT",
        ["accounts[0].Summary.facility:ENUM_SYNONYM"],
    ),
    (
        envelope(Summary=summary(ifsc="BAHI1")),
        "ifsc",
        "BAHI1",
        ["accounts[0].Summary.ifsc:IFSC_MALFORMED"],
    ),
    (
        envelope(Summary=summary(surprise=1)),
        "currency",
        "INR",
        ["accounts[0].Summary.surprise:UNKNOWN_FIELD"],
    ),
)


@pytest.mark.parametrize(("sent", "field", "became", "found"), ENVELOPES, ids=lambda one: str(one)[:40])
def test_a_quirk_of_an_envelope_is_restored_with_a_finding(
    sent: Document, field: str, became: object, found: list[str]
) -> None:
    (outcome,) = cleaned(sent)
    assert outcome.document is not None
    accounts = outcome.document["accounts"]
    assert isinstance(accounts, list)
    value = accounts[0][field]
    assert (len(value) if isinstance(value, list) else value) == became
    assert rules([outcome]) == found


def test_a_holder_is_graded_not_judged() -> None:
    people = {
        "Holder": [holder(pan="AAAPA00", email="asha@traders", ckycRegistered="true", dob="29-02-1980")]
    }
    (outcome,) = cleaned(envelope(Profile={"Holders": people}))
    assert outcome.fate is Fate.CLEAN
    assert [rule.split(":")[1] for rule in rules([outcome])] == [
        "ENUM_SYNONYM",
        "DATE_DMY",
        "EMAIL_SHAPE",
        "PAN_MALFORMED",
    ]


def test_snake_case_and_lower_case_containers_are_known() -> None:
    account: dict[str, Json] = {
        "link_ref_number": "LRN1",
        "masked_account_number": "XXXXXX1234",
        "version": "2.0.0",
        "profile": {"holders": {"type": "SINGLE", "holder": [holder()]}},
        "summary": summary(),
        "transactions": {"startDate": "2025-04-01", "endDate": "2026-03-31"},
    }
    (outcome,) = cleaned(envelope() | {"accounts": [account]})
    (expected,) = cleaned(envelope())
    assert outcome.document is not None and expected.document is not None
    assert outcome.document["accounts"] == expected.document["accounts"]
    assert {rule.split(":")[1] for rule in rules([outcome])} == {"FIELD_SPELLING"}


def test_an_envelope_without_accounts_is_held_back() -> None:
    for said in (None, "none", 0):
        assert [one.reason for one in cleaned(envelope() | {"accounts": said})] == ["ACCOUNTS_MISSING"]
    assert [one.reason for one in cleaned(envelope(linkRefNumber=""))] == ["ACCOUNT_MISSING"]
    assert [one.reason for one in cleaned(envelope() | {"accounts": ["x"]})] == ["ACCOUNT_MISSING"]


def test_a_bank_may_say_that_it_keeps_no_account() -> None:
    (one,) = cleaned(envelope() | {"accounts": []})
    assert one.fate is Fate.CLEAN and one.document is not None
    assert (one.document["accounts"], one.document["on"], one.findings) == ([], None, ())


def test_an_account_no_envelope_speaks_of_is_told_once() -> None:
    assert rules(cleaned(transaction(1), transaction(2))) == ["linkRefNumber:ACCOUNT_UNLISTED"]
