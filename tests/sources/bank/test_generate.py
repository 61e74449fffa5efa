"""The bank answers for what was granted and nothing more, and its answer holds together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache

import orjson
import pytest

from generators.people import MAIN_PARTY, AccountKind
from generators.trade import Purpose, Rail
from generators.world import Business, Look
from kit.chance import Stream
from kit.ident import Grade, ifsc_grade
from kit.scope import DataFilter, DateRange
from kit.source import Document
from sources.bank._styles import STYLES
from tests.sources import given

ASKED = DateRange(date(2025, 6, 10), date(2025, 8, 20))
WHOLE = DateRange(date(2025, 1, 1), given.AS_OF)


def _answer(days: DateRange, *filters: tuple[str, str, str]) -> tuple[list[Document], list[Document]]:
    return _parted(_lines(given.business(), MAIN_PARTY, days, given.EVERY_TYPE, *filters))


def _parted(lines: list[Document]) -> tuple[list[Document], list[Document]]:
    return (
        [line for line in lines if line["kind"] == "envelope"],
        [line for line in lines if line["kind"] == "transaction"],
    )


def _lines(
    business: Business, party: str, days: DateRange, types: tuple[str, ...], *filters: tuple[str, str, str]
) -> list[Document]:
    rules = tuple(DataFilter(*rule) for rule in filters)
    pull = given.pulls(business)[party]._replace(range=days, filters=rules, record_types=types)
    (parcel,) = given.answers("bank", business, {party: pull})
    return [orjson.loads(line) for line in parcel.lines]


@cache
def _drawn(seed: int) -> Business:
    look = Look(given.AS_OF, persona="drawn")
    return given.world().business(Stream(seed, "BANK", "world"), "BANK", look)


DRAWN = tuple(range(1, 7))


def test_the_envelope_comes_first_and_only_the_types_asked_for_are_delivered() -> None:
    business = given.business()
    assert _lines(business, MAIN_PARTY, ASKED, given.EVERY_TYPE)[0]["kind"] == "envelope"
    for kind, line in (("statement", "envelope"), ("transaction", "transaction")):
        assert {one["kind"] for one in _lines(business, MAIN_PARTY, ASKED, (kind,))} == {line}


def _accounts(heads: list[Document]) -> Iterator[Document]:
    for head in heads:
        accounts = head["accounts"]
        assert isinstance(accounts, list)
        for account in accounts:
            assert isinstance(account, dict)
            yield account


def _summary(account: Document) -> Document:
    summary = account["Summary"]
    assert isinstance(summary, dict)
    return summary


def test_only_days_inside_the_grant_are_delivered_and_vouched_for() -> None:
    heads, lines = _answer(ASKED)
    days = sorted(str(line["valueDate"]) for line in lines)
    assert (days[0], days[-1]) == ("2025-06-10", "2025-08-20")
    for account in _accounts(heads):
        assert account["Transactions"] == {"startDate": "2025-06-10", "endDate": "2025-08-20"}


def test_a_smaller_question_gets_the_same_lines() -> None:
    _, whole = _answer(WHOLE)
    _, part = _answer(ASKED)
    assert part == [line for line in whole if "2025-06-10" <= str(line["valueDate"]) <= "2025-08-20"]


def test_a_question_before_all_memory_is_answered_with_nothing_and_no_coverage() -> None:
    heads, lines = _answer(DateRange(date(2020, 1, 1), date(2020, 12, 31)))
    assert lines == []
    assert all(one["Transactions"] == {"startDate": "", "endDate": ""} for one in _accounts(heads))


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


def _answers(business: Business) -> Iterator[tuple[list[Document], list[Document]]]:
    for party in business.parties:
        yield _parted(_lines(business, party.id, WHOLE, given.EVERY_TYPE))


@pytest.mark.parametrize("seed", DRAWN)
def test_every_balance_of_an_account_follows_from_the_one_before(seed: int) -> None:
    for heads, lines in _answers(_drawn(seed)):
        balance: dict[object, int] = {}
        for line in lines:
            account, after = line["linkRefNumber"], _paise(line["transactionalBalance"])
            moved = _paise(line["amount"]) * (1 if line["type"] == "CREDIT" else -1)
            assert balance.get(account, after - moved) + moved == after
            balance[account] = after
        for account in _accounts(heads):
            stated = _paise(_summary(account)["currentBalance"])
            assert balance.get(account["linkRefNumber"], stated) == stated


@pytest.mark.parametrize("seed", DRAWN)
def test_every_party_is_answered_for_all_its_accounts_by_the_banks_that_keep_them(seed: int) -> None:
    business = _drawn(seed)
    for party, (heads, lines) in zip(business.parties, _answers(business), strict=True):
        kept = {account.id: account for account in business.accounts_of(party)}
        told = {
            str(one["linkRefNumber"]): (head["fipID"], one) for head in heads for one in _accounts([head])
        }
        assert set(told) == set(kept) and {str(line["linkRefNumber"]) for line in lines} <= set(kept)
        assert heads and len({head["fipID"] for head in heads}) == len(heads)
        for name, (bank, stated) in told.items():
            summary = _summary(stated)
            assert bank == kept[name].bank and bank in STYLES
            assert ifsc_grade(str(summary["ifsc"])) is Grade.VALID
            is_savings = kept[name].kind is AccountKind.SAVINGS
            assert (summary["accountSubType"] == "SAVINGS") == is_savings


def test_a_limit_tells_its_sanction_and_what_may_still_be_drawn() -> None:
    seen: set[AccountKind] = set()
    for seed in range(1, 60):
        if len(seen) == 2:
            break
        business = _drawn(seed)
        limits = [one for one in business.accounts if one.limit_paise and one.kind not in seen]
        if not limits:
            continue
        heads, lines = _parted(_lines(business, MAIN_PARTY, WHOLE, given.EVERY_TYPE))
        stated = {str(one["linkRefNumber"]): _summary(one) for one in _accounts(heads)}
        for account in limits:
            summary = stated[account.id]
            balance, limit = _paise(summary["currentBalance"]), _paise(summary["drawingLimit"])
            assert summary["facility"] == str(account.kind) and limit == account.limit_paise
            assert _paise(summary["currentODLimit"]) == max(0, limit + min(0, balance))
            mine = [line for line in lines if line["linkRefNumber"] == account.id]
            if any(_paise(line["transactionalBalance"]) < 0 for line in mine):
                seen.add(account.kind)
    assert seen == {AccountKind.CASH_CREDIT, AccountKind.OVERDRAFT}


def test_numbers_of_transactions_are_unique_and_moments_rise() -> None:
    _, lines = _answer(WHOLE)
    assert len({line["txnId"] for line in lines}) == len(lines)
    moments = [str(line["transactionTimestamp"]) for line in lines]
    assert moments == sorted(moments)


def test_each_line_names_the_event_it_tells_of() -> None:
    business = given.business()
    known = {f"T{event.no}": event for event in business.events(business.first, business.as_of)}
    _, lines = _answer(WHOLE)
    assert {str(line["txnId"]) for line in lines} == {
        name for name, event in known.items() if event.party == MAIN_PARTY
    }
    for line in lines:
        event = known[str(line["txnId"])]
        assert _paise(line["amount"]) == event.amount_paise and line["linkRefNumber"] == event.account


def test_presented_mandates_are_the_nach_debits_of_the_bank() -> None:
    shown: dict[str, list[int]] = defaultdict(list)
    business = given.business()
    _, lines = _answer(WHOLE)
    for line in lines:
        if line["mode"] in ("NACH", "AUTO_DEBIT"):
            shown[str(line["linkRefNumber"])].append(_paise(line["amount"]))
    presented: dict[str, list[int]] = defaultdict(list)
    for event in business.events(business.first, business.as_of):
        if event.rail is Rail.NACH and event.party == MAIN_PARTY:
            presented[event.account].append(event.amount_paise)
            assert event.purpose in (Purpose.EMI, Purpose.INVESTMENT, Purpose.PREMIUM, Purpose.CARD_BILL)
    assert shown == presented and presented
