"""Copies, twins and chains: what stands is decided by content, however the lines arrive."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kit.source import Document, Fate, Outcome
from tests.sources import given
from tests.sources.bank.lines import (
    clean_documents,
    cleaned,
    envelope,
    items,
    rules,
    transaction,
    wrapped,
)

SIZES = pytest.mark.parametrize("examples_n", [60, pytest.param(2000, marks=pytest.mark.full)])


def _fates(outcomes: list[Outcome]) -> dict[str, int]:
    return dict(Counter(str(outcome.fate) for outcome in outcomes))


def _apart_from_raw(outcomes: list[Outcome]) -> list[dict[str, object]]:
    return [{**document, "raw": None} for document in clean_documents(outcomes)]


def test_an_exact_copy_is_a_duplicate() -> None:
    outcomes = cleaned(envelope(), transaction(1), transaction(1), transaction(2))
    assert _fates(outcomes) == {"clean": 3, "duplicate": 1}
    (copy,) = [one for one in outcomes if one.fate is Fate.DUPLICATE]
    assert copy.stands_for == clean_documents(outcomes)[0]["id"]


def test_a_copy_in_other_forms_is_a_duplicate_and_the_canonical_one_stands() -> None:
    outcomes = cleaned(envelope(), transaction(1, amount=100, type="credit"), transaction(1))
    assert _fates(outcomes) == {"clean": 2, "duplicate": 1}
    assert rules(outcomes) == []


def test_a_line_sent_again_with_other_words_supersedes_by_the_time_of_its_envelope() -> None:
    account = envelope()["accounts"]
    assert isinstance(account, list)
    late = wrapped(account[0], sent_at="2026-05-01T00:00:00+05:30")
    first = items(envelope(), transaction(1, narration="Z FIRST"), delivery="f" * 16)
    second = items(late, transaction(1, narration="A SECOND"), delivery="a" * 16)
    for order in (first + second, second + first):
        outcomes = given.cleaned("bank", order)
        assert [document["narration"] for document in clean_documents(outcomes)] == ["A SECOND"]
        assert _fates(outcomes) == {"clean": 2, "superseded": 2}


def test_one_number_with_two_balances_is_two_movements() -> None:
    charge = transaction(
        1, type="DEBIT", amount="5.90", transactionalBalance="1094.10", narration="IMPS CHARGE"
    )
    outcomes = cleaned(envelope(), transaction(1), charge)
    assert _fates(outcomes) == {"clean": 3}
    assert rules(outcomes) == ["txnId:TXN_ID_REPEATED"]


def test_lines_without_number_and_balance_are_twins_within_a_delivery() -> None:
    twin = transaction(1, txnId="", transactionalBalance="", transactionTimestamp="2026-01-05")
    once = items(envelope(), twin, delivery="a" * 16)
    twice = items(envelope(), twin, twin, delivery="b" * 16)
    outcomes = given.cleaned("bank", once + twice)
    ids = [str(document["id"]) for document in clean_documents(outcomes)]
    assert sorted(one[16:] for one in ids) == ["", "-1"] and len({one[:16] for one in ids}) == 1
    assert _fates(outcomes) == {"clean": 3, "duplicate": 2}


def test_lines_of_one_second_are_put_in_chain_order() -> None:
    at: dict[str, str] = {"transactionTimestamp": "2026-01-05T00:00:00+05:30"}
    lines = [
        transaction(1, amount="50.00", transactionalBalance="150.00", **at),
        transaction(2, amount="30.00", type="DEBIT", transactionalBalance="120.00", **at),
        transaction(3, amount="30.00", transactionalBalance="150.00", **at),
        transaction(4, amount="150.00", type="DEBIT", transactionalBalance="0.00", **at),
    ]
    for shift in range(4):
        outcomes = cleaned(envelope(), *lines[shift:], *lines[:shift])
        assert rules(outcomes) == []
        assert [document["balance_paise"] for document in clean_documents(outcomes)] == [
            15_000,
            12_000,
            15_000,
            0,
        ]


def test_a_broken_chain_is_told_and_nothing_is_dropped() -> None:
    outcomes = cleaned(envelope(), transaction(1), transaction(2), transaction(4))
    assert rules(outcomes) == ["transactionalBalance:BALANCE_CHAIN_BROKEN"]
    assert len(clean_documents(outcomes)) == 3


STEPS = st.lists(
    st.tuples(st.integers(-1, 1) | st.integers(-50, 50), st.integers(0, 2)), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    "steps",
    [
        [(-1, 0), (1, 0), (0, 1)],
        [(-1, 0), (1, 0), (-1, 1), (1, 0), (0, 1)],
        [(1, 0), (-1, 0), (1, 1), (-1, 0), (1, 1)],
    ],
)
def test_a_round_at_the_start_begins_where_the_next_moments_go_on(steps: list[tuple[int, int]]) -> None:
    for order in permutations(_chain(steps)):
        assert rules(cleaned(envelope(), *order)) == []


@SIZES
def test_any_chain_of_few_moments_is_found_again(examples_n: int) -> None:
    @settings(deadline=None, max_examples=examples_n)
    @drawn(steps=STEPS, randomness=st.randoms(use_true_random=False))
    def found_again(steps: list[tuple[int, int]], randomness: Random) -> None:
        lines = _chain(steps)
        randomness.shuffle(lines)
        assert rules(cleaned(envelope(), *lines)) == []

    found_again()


def _chain(steps: list[tuple[int, int]]) -> list[Document]:
    lines, balance, second = [], 10_000, 0
    for number, (rupees, later) in enumerate(steps):
        balance, second = balance + rupees, second + later
        lines.append(
            transaction(
                number,
                type="CREDIT" if rupees >= 0 else "DEBIT",
                amount=f"{abs(rupees)}.00",
                transactionalBalance=f"{balance}.00",
                transactionTimestamp=f"2026-01-05T10:00:{second:02d}+05:30",
            )
        )
    return lines


def _dirty_lines() -> list[Document]:
    plain = [transaction(number) for number in range(12)]
    copies = [transaction(3), transaction(4, amount=100), transaction(5, narration="AMENDED")]
    other_account = [transaction(number, linkRefNumber="LRN2") for number in range(3)]
    return plain + copies + other_account


@SIZES
def test_any_split_into_deliveries_in_any_order_gives_the_same_records(examples_n: int) -> None:
    expected = cleaned(envelope(), *_dirty_lines())

    @settings(deadline=None, max_examples=examples_n)
    @drawn(order=st.permutations(_dirty_lines()), cuts=st.sets(st.integers(1, 17), max_size=4))
    def gives_the_same(order: list[Document], cuts: set[int]) -> None:
        ends = [0, *sorted(cuts), len(order)]
        split = [
            item
            for first, last in zip(ends, ends[1:], strict=False)
            for item in items(envelope(), *order[first:last], delivery=f"{first:016x}")
        ]
        outcomes = given.cleaned("bank", split)
        assert _apart_from_raw(outcomes) == _apart_from_raw(expected)
        assert rules(outcomes) == rules(expected)

    gives_the_same()
