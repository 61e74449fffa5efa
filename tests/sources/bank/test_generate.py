"""The bank answers for what was granted and nothing more, and its answer holds together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import orjson
import pytest

from generators.people import MAIN_PARTY
from generators.trade import Purpose
from kit.scope import DataFilter, DateRange
from kit.source import Document
from tests.sources import given

ASKED = DateRange(date(2025, 6, 10), date(2025, 8, 20))


def _answer(days: DateRange, *filters: tuple[str, str, str]) -> tuple[Document, list[Document]]:
    head, *lines = _lines(days, given.EVERY_TYPE, *filters)
    return head, lines


def _lines(days: DateRange, types: tuple[str, ...], *filters: tuple[str, str, str]) -> list[Document]:
    business = given.business()
    rules = tuple(DataFilter(*rule) for rule in filters)
    pull = given.pulls(business)[MAIN_PARTY]._replace(range=days, filters=rules, record_types=types)
    (parcel,) = given.answers("bank", business, {MAIN_PARTY: pull})
    return [orjson.loads(line) for line in parcel.lines]


def test_only_the_record_types_asked_for_are_delivered() -> None:
    assert {line["kind"] for line in _lines(ASKED, ("statement",))} == {"envelope"}
    assert {line["kind"] for line in _lines(ASKED, ("transaction",))} == {"transaction"}


def _period(head: Document) -> object:
    return head["accounts"][0]["Transactions"]  # type: ignore[index,call-overload]


def test_only_days_inside_the_grant_are_delivered_and_vouched_for() -> None:
    head, lines = _answer(ASKED)
    days = sorted(str(line["valueDate"]) for line in lines)
    assert (days[0], days[-1]) == ("2025-06-10", "2025-08-20")
    assert _period(head) == {"startDate": "2025-06-10", "endDate": "2025-08-20"}


def test_a_smaller_question_gets_the_same_lines() -> None:
    _, whole = _answer(DateRange(date(2025, 1, 1), date(2026, 3, 31)))
    _, part = _answer(ASKED)
    assert part == [line for line in whole if "2025-06-10" <= str(line["valueDate"]) <= "2025-08-20"]


def test_a_question_before_all_memory_is_answered_with_nothing_and_no_coverage() -> None:
    head, lines = _answer(DateRange(date(2020, 1, 1), date(2020, 12, 31)))
    assert (lines, _period(head)) == ([], {"startDate": "", "endDate": ""})


FILTERS = (
    ((("TRANSACTIONTYPE", "=", "DEBIT"),), lambda line: line["type"] == "DEBIT"),
    ((("TRANSACTIONTYPE", "!=", "DEBIT"),), lambda line: line["type"] == "CREDIT"),
    ((("TRANSACTIONAMOUNT", ">=", "5000"),), lambda line: float(line["amount"]) >= 5000),
    (
        (("TRANSACTIONAMOUNT", "<", "5000.50"), ("TRANSACTIONTYPE", "=", "CREDIT")),
        lambda line: float(line["amount"]) < 5000.50 and line["type"] == "CREDIT",
    ),
)


@pytest.mark.parametrize(("filters", "passes"), FILTERS, ids=lambda one: str(one)[:60])
def test_filters_are_joined_by_and(filters: tuple[tuple[str, str, str], ...], passes: object) -> None:
    _, whole = _answer(ASKED)
    _, some = _answer(ASKED, *filters)
    assert some == [line for line in whole if passes(line)]  # type: ignore[operator]
    assert 0 < len(some) < len(whole)


def _paise(text: object) -> int:
    return int(str(text).replace(".", ""))


def test_every_balance_follows_from_the_one_before() -> None:
    head, lines = _answer(DateRange(date(2025, 1, 1), date(2026, 3, 31)))
    balance = None
    for line in lines:
        moved = _paise(line["amount"]) * (1 if line["type"] == "CREDIT" else -1)
        assert balance is None or balance + moved == _paise(line["transactionalBalance"])
        balance = _paise(line["transactionalBalance"])
    assert balance == _paise(head["accounts"][0]["Summary"]["currentBalance"])  # type: ignore[index,call-overload]


def test_numbers_of_transactions_are_unique_and_moments_rise() -> None:
    _, lines = _answer(DateRange(date(2025, 1, 1), date(2026, 3, 31)))
    assert len({line["txnId"] for line in lines}) == len(lines)
    moments = [str(line["transactionTimestamp"]) for line in lines]
    assert moments == sorted(moments)


def _events(purpose: Purpose) -> Iterator[int]:
    business = given.business()
    return (
        event.amount_paise
        for event in business.events(business.first, business.as_of)
        if event.purpose is purpose
    )


def test_instalments_of_the_ledger_are_the_nach_debits_of_the_bank() -> None:
    _, lines = _answer(DateRange(date(2025, 1, 1), date(2026, 3, 31)))
    presented = [_paise(line["amount"]) for line in lines if line["mode"] == "NACH"]
    assert presented == list(_events(Purpose.EMI)) != []
