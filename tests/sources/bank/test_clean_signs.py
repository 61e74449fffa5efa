"""Overdrafts and cash credits: whichever sign a bank gives a balance, the chain tells the right one, and a break is located."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

import pytest

from kit.chance import Stream
from kit.source import Document, Fate
from tests.sources.bank.lines import clean_documents, cleaned, envelope, rules, summary, transaction

LEARNT, BROKEN = "transactionalBalance:BALANCE_SIGN_LEARNT", "transactionalBalance:BALANCE_CHAIN_BROKEN"
CASH_CREDIT = envelope(Summary=summary(facility="CC", currentODLimit="40000.00", drawingLimit="100000.00"))
SIGNS: dict[str, Callable[[int], int]] = {
    "as it is": lambda balance: balance,
    "drawn": lambda balance: -balance,
    "without sign": abs,
}


def _walk(
    opening: int, moves: list[int], stated: Callable[[int], int], per_second: int = 1
) -> list[Document]:
    """Lines of whole rupees whose balances are stated in the bank's own way."""
    after = list(accumulate(moves, initial=opening))[1:]
    return [
        transaction(
            number,
            type="CREDIT" if rupees >= 0 else "DEBIT",
            amount=f"{abs(rupees)}.00",
            transactionalBalance=f"{stated(balance)}.00",
            transactionTimestamp=_moment(number // per_second),
        )
        for number, (rupees, balance) in enumerate(zip(moves, after, strict=True))
    ]


def _moment(second: int) -> str:
    return f"2026-01-05T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+05:30"


def _balances(documents: list[dict[str, object]]) -> list[int]:
    return [int(str(document["balance_paise"])) // 100 for document in documents]


def _moves(seed: int, n: int) -> list[int]:
    chance = Stream("signs", seed)
    return [chance.randrange(-9_000, 9_000) for _ in range(n)]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("per_second", [1, 3])
@pytest.mark.parametrize("seed", range(6))
def test_a_limit_drawn_upon_is_below_zero_however_the_bank_states_it(
    sign: str, per_second: int, seed: int
) -> None:
    opening, moves = -200_000, _moves(seed, 40)
    outcomes = cleaned(CASH_CREDIT, *_walk(opening, moves, SIGNS[sign], per_second))
    assert _balances(clean_documents(outcomes)) == list(accumulate(moves, initial=opening))[1:]
    assert rules(outcomes)[1:] == ([] if sign == "as it is" else [LEARNT] * 40)
    assert rules(outcomes)[0] == "accounts[0].Summary.facility:ENUM_SYNONYM"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("opening", [30_000, -30_000])
@pytest.mark.parametrize("seed", range(6))
def test_an_account_that_crosses_zero_is_followed_across(sign: str, opening: int, seed: int) -> None:
    moves = _moves(seed, 120)
    after = list(accumulate(moves, initial=opening))[1:]
    outcomes = cleaned(CASH_CREDIT, *_walk(opening, moves, SIGNS[sign]))
    assert _balances(clean_documents(outcomes)) == after
    turned_n = sum(SIGNS[sign](balance) != balance for balance in after)
    assert rules(outcomes).count(LEARNT) == turned_n and BROKEN not in rules(outcomes)


def test_behind_a_missing_line_the_sign_is_learnt_again() -> None:
    lines = _walk(-50_000, [100] * 20 + [90_000] + [100] * 20, abs)
    outcomes = cleaned(CASH_CREDIT, *lines[:20], *lines[21:])
    found = _balances(clean_documents(outcomes))
    assert (found[19], found[20]) == (-48_000, 42_100)
    assert rules(outcomes).count(BROKEN) == 1 and rules(outcomes).count(LEARNT) == 20


def test_a_lone_line_keeps_the_sign_it_was_stated_with() -> None:
    outcomes = cleaned(CASH_CREDIT, *_walk(-50_000, [100], abs))
    assert _balances(clean_documents(outcomes)) == [49_900]
    assert LEARNT not in rules(outcomes)


def test_a_balance_marked_dr_is_below_zero_without_any_chain() -> None:
    outcomes = cleaned(envelope(), transaction(1, transactionalBalance="250.00 Dr"))
    assert _balances(clean_documents(outcomes)) == [-250]


@pytest.mark.parametrize("place", [1, 2_500, 4_999])
@pytest.mark.parametrize("field", ["amount", "transactionalBalance"])
def test_one_altered_figure_among_five_thousand_is_located_at_its_line(field: str, place: int) -> None:
    lines = _walk(1_000_000, _moves(7, 5_000), abs)
    altered = f"{float(str(lines[place][field])) + 7:.2f}"
    outcomes = cleaned(envelope(), *lines[:place], lines[place] | {field: altered}, *lines[place + 1 :])
    in_order = [one for one in outcomes if one.fate is Fate.CLEAN and one.paise is not None]
    broken = [n for n, one in enumerate(in_order) if "BALANCE_CHAIN_BROKEN" in {f.rule for f in one.findings}]
    assert broken[0] == place and in_order[place].ref.line == place + 2
    assert broken == [place] if field == "amount" else broken == [place, place + 1][: 5_000 - place]
    assert _balances(clean_documents(outcomes))[place] == int(
        float(str(lines[place]["transactionalBalance"]))
    ) + (7 if field == "transactionalBalance" else 0)
