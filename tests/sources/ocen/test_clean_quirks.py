"""Each way lenders are known to write beside the published standard, on messages typed here."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kit.source import Document, Fate, Json, Outcome
from tests.sources import given
from tests.sources.ocen.messages import head, repayment, statement

PAN, GSTIN = "ABCFB0000C", "27ABCFB0000C1ZJ"
APPLICATION = "22222222-2222-4222-8222-a22222222222"


def _cleaned(*messages: Document) -> list[Outcome]:
    return given.cleaned("ocen", given.items(map(given.line, messages)))


def _told(message: Document) -> tuple[Mapping[str, object], list[str]]:
    (outcome,) = _cleaned(message)
    assert outcome.document is not None, outcome.reason
    return outcome.document, [str(one.rule) for one in outcome.findings]


def _step(status: str, request: str = "1", minute: int = 0) -> Document:
    """A step that tells only the state an application has come to."""
    at = f"2026-01-05T10:{minute:02d}:00+05:30"
    return head(requestId=request, timestamp=at) | {
        "loanApplicationId": APPLICATION,
        "loanApplicationStatus": status,
        "kyc": {},
    }


def _application(**changed: Json) -> Document:
    borrower: Document = {
        "primaryId": PAN,
        "primaryIdType": "PAN",
        "name": "Asha Traders",
        "category": "ORGANIZATION",
        "contactDetails": [{"type": "PRIMARY", "desctiption": "shop", "phone": "5000000001"}],
        "additionalIdentifiers": [{"key": "GSTIN", "value": GSTIN}, {"key": "udyam", "value": "UDYAM-MH-00-0000001"}],
    }  # fmt: skip
    one: Document = {
        "loanApplicationId": APPLICATION,
        "loanApplicationStatus": "CREATED",
        "borrower": borrower | changed,
        "terms": {"requestedAmount": 50000, "currency": "INR"},
    }
    return head() | {"loanApplications": [one]}


def _terms(**changed: Json) -> Document:
    told: Document = {
        "requestedAmount": "50000.00",
        "sanctionedAmount": "50000.00",
        "interestAmount": "5000.00",
        "totalRepayableAmount": "55000.00",
        "tenure": {"duration": 12, "unit": "MONTH"},
    }
    return told | changed


def _offered(*offers: Json) -> Document:
    one: Document = {
        "loanApplicationId": APPLICATION,
        "loanApplicationStatus": "OFFERED",
        "offers": [*offers],
    }
    return head() | {"loanApplications": [one]}


def _summary(**changed: Json) -> Document:
    told: Document = {
        "amountDisbursed": "50000.00",
        "amountRepaid": "11000.00",
        "principalPaid": "10000.00",
        "interestPaid": "1000.00",
        "penaltyPaid": "0.00",
        "principalPending": "40000.00",
        "interestPending": "4000.00",
        "nextRepayment": {},
    }
    return head() | {"loanId": "L", "loanStatus": "HEALTHY", "summary": told | changed}


@pytest.mark.parametrize("name", ["loanApplications", "accountStatement", "payment", "plan"])
def test_a_line_that_tells_several_is_held_back_with_all_its_money(name: str) -> None:
    one: Json = {"amount": "10.00", "totalAmount": "10.00"}
    message: Document = head() | {"loanId": "L", "loanStatus": "HEALTHY", name: [one, one]}
    (outcome,) = _cleaned(message)
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, "MESSAGE_HOLDS_SEVERAL")
    assert outcome.paise == (2_000 if name in ("accountStatement", "payment") else None)
    unread: Document = message | {name: [one, {"amount": "much", "totalAmount": "much"}]}
    assert _cleaned(unread)[0].paise is None


def test_several_offers_in_one_line_are_held_back() -> None:
    offer: Document = {"id": "A", "terms": _terms()}
    assert _told(_offered(offer))[0]["repayable_paise"] == 5_500_000
    (outcome,) = _cleaned(_offered(offer, offer | {"id": "B"}))
    assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, "MESSAGE_HOLDS_SEVERAL")


def test_a_step_that_tells_only_its_state_is_part_of_the_trail() -> None:
    told, rules = _told(_step("KYC_INITIATED"))
    assert (told["kind"], told["status"], told["application"], rules) == (
        "application",
        "KYC_INITIATED",
        APPLICATION,
        [],
    )


@pytest.mark.parametrize(
    ("states", "rules"),
    [
        (("CREATED", "PROCESSING", "OFFERED"), []),
        (("CREATED", "OFFERED"), []),
        (("KYC_FAILED", "KYC_INITIATED", "KYC_COMPLETED"), []),
        (("OFFERED", "CREATED"), ["STATUS_OUT_OF_ORDER"]),
        (("REJECTED", "GRANTED"), ["STATUS_OUT_OF_ORDER"]),
        (("DISBURSEMENT_COMPLETED", "CLOSED", "CLOSED"), []),
    ],
)
def test_states_follow_each_other_as_the_standard_says_or_that_is_told(
    states: tuple[str, ...], rules: list[str]
) -> None:
    messages = [_step(status, str(place), place) for place, status in enumerate(states)]
    for told in (messages, messages[::-1]):
        outcomes = {one.ref.sha: one for one in _cleaned(*told)}
        assert [one.rule for outcome in outcomes.values() for one in outcome.findings] == rules


def test_a_payment_of_a_loan_nobody_told_of_is_told_where_loans_are_told_at_all() -> None:
    other = repayment() | {"loanId": "M", "metadata": head(requestId="other")["metadata"]}
    for messages, rules in (
        ([other], []),
        ([_summary(), repayment() | {"metadata": head(requestId="own")["metadata"]}], []),
        ([_summary(), other], ["LOAN_UNKNOWN"]),
        ([other, _summary()], ["LOAN_UNKNOWN"]),
    ):
        assert [one.rule for outcome in _cleaned(*messages) for one in outcome.findings] == rules


@pytest.mark.parametrize(
    ("message", "rules"),
    [
        (_offered({"id": "A", "terms": _terms()}), []),
        (_offered({"id": "A", "terms": _terms(totalRepayableAmount="55000.01")}), ["SUM_DIFFERS"]),
        (_offered({"id": "A", "terms": _terms(interestAmount=None)}), ["AMOUNT_EMPTY"]),
        (repayment(principal=900, interestAmount=100.0), []),
        (repayment(principal=900, interestAmount=50, fee="30.00", penalty=20), []),
        (repayment(principal=900, interestAmount=99), ["SUM_DIFFERS"]),
        (repayment(principal=900), []),
        (_summary(), []),
        (_summary(amountRepaid="10000.00"), ["SUM_DIFFERS"]),
    ],
)
def test_a_total_is_the_sum_of_its_parts_or_that_is_told(message: Document, rules: list[str]) -> None:
    assert _told(message)[1] == rules


def test_the_first_schemas_are_read_by_their_own_names() -> None:
    """They write request and sender beside the metadata, totalAmount, days first, and two other words for states."""
    older: Document = {
        "metadata": {"version": "0.0.1", "timestamp": "2026-01-05T20:00:00+05:30"},
        "requestId": "R-1",
        "orgId": "lender",
        "response": {"status": "SUCESS", "error": "0"},
    }
    terms = _terms(totalAmount="55000.00")
    del terms["totalRepayableAmount"]
    one: Document = {
        "loanApplicationId": "A",
        "loanApplicationStatus": "OFFERED",
        "offers": {"id": "1", "terms": terms},
    }
    told, rules = _told(older | {"loanApplications": [one]})
    assert (told["lender"], told["repayable_paise"], rules) == ("lender", 5_500_000, [])
    summed = _summary() | older | {"loanStatus": "OVERDUE", "startDate": "18-12-2025"}
    told, rules = _told(summed)
    assert (told["loan_status"], told["starts_on"]) == ("EMI_OVERDUE", "2025-12-18")
    assert sorted(rules) == ["DATE_DMY", "ENUM_SYNONYM"]
    bare = statement() | older
    del bare["loanStatus"]
    told, rules = _told(bare)
    assert (told["kind"], told["loan_status"], rules) == ("transaction", None, [])
    (held,) = _cleaned(summed | {"loanStatus": "DEFAULTED"})
    assert (held.fate, held.reason) == (Fate.QUARANTINED, "STATUS_UNKNOWN")


@pytest.mark.parametrize(
    ("changed", "name", "value", "rules"),
    [
        ({}, "pan", PAN, []),
        ({"primaryId": "NOPAN"}, "pan", "NOPAN", ["PAN_MALFORMED"]),
        ({"primaryIdType": "MOBILE", "primaryId": "5000000001"}, "pan", None, []),
        ({"additionalIdentifiers": [{"key": "GSTIN", "value": GSTIN[:-1] + "A"}]}, "gstin", GSTIN[:-1] + "A", ["GSTIN_WRONG_CHECK"]),
        ({"additionalIdentifiers": [{"key": "UDYAM", "value": "MH-1"}]}, "udyam", "MH-1", ["UDYAM_MALFORMED"]),
        ({"additionalIdentifiers": None}, "gstin", None, []),
        ({"shoeSize": 7}, "extra", {"borrower.shoeSize": "7"}, ["UNKNOWN_FIELD"]),
    ],
)  # fmt: skip
def test_who_borrows_is_graded_and_kept(
    changed: Document, name: str, value: object, rules: list[str]
) -> None:
    told, found = _told(_application(**changed))
    assert (told[name], found) == (value, rules)


def test_of_an_account_told_in_full_only_the_last_digits_are_kept() -> None:
    data: Document = {
        "accountType": "CURRENT",
        "accountIFSC": "BAHI0000001",
        "accountNumber": "00112233445566",
    }
    begun = head() | {"loanApplicationId": "A", "loanApplicationStatus": "SET_DISBURSEMENT_ACCOUNT_INITIATED"}
    told, rules = _told(begun | {"account": {"accountDataType": "ACCOUNT", "data": data}})
    assert (told["masked_number"], rules) == ("XXXXXXXXXX5566", [])
    told, rules = _told(begun | {"account": {"data": data | {"accountIFSC": "ICK000856"}}})
    assert rules == ["IFSC_MALFORMED"] and told["ifsc"] == "ICK000856"
    told, rules = _told(begun | {"account": {"accountDataType": "VPA", "data": {"vpa": "shop@bahi"}}})
    assert (told["masked_number"], rules) == (None, [])


def test_unknown_fields_are_kept_aside_wherever_they_stand() -> None:
    odd = repayment(mood="good") | {"batch": 7}
    told, rules = _told(odd)
    assert rules == ["UNKNOWN_FIELD"] * 2 and told["extra"] == {"batch": "7", "payment.mood": '"good"'}
    told, _ = _told(statement(weather=None))
    assert told["extra"] == {"accountStatement.weather": "null"}
