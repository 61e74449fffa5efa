"""What can be wrong with bank records: balances that do not chain, lines of unlisted accounts, what was left unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from kit.ident import Grade, ifsc_grade
from kit.quality import Covered, Dimension, Rule, Tally, tally, together
from sources.bank._coverage import accounts_of
from sources.bank.records import BankRecord, Held, Statement, Transaction

BOOKED_WITHIN_DAYS = 7
Holds = Callable[[Held], list[bool]]


def _lines(records: Sequence[BankRecord]) -> list[Transaction]:
    return [one for one in records if isinstance(one, Transaction)]


def _statements(records: Sequence[BankRecord]) -> list[Statement]:
    return [one for one in records if isinstance(one, Statement)]


def _balance_chain(records: Sequence[BankRecord]) -> Tally:
    """Walk each account in the order its lines stand in; a stated balance starts the chain anew."""
    balances: dict[tuple[str, str], int | None] = {}

    def breaks(line: Transaction) -> bool:
        account = line.party, line.account
        before = balances.get(account)
        expected = None if before is None else before + line.signed_paise
        balances[account] = expected if line.balance_paise is None else line.balance_paise
        return None not in (expected, line.balance_paise) and expected != line.balance_paise

    return tally(_lines(records), breaks)


def _account_listed(records: Sequence[BankRecord]) -> Tally:
    listed = {(one.party, held.account) for one in _statements(records) for held in one.accounts}
    return tally(_lines(records), lambda line: (line.party, line.account) not in listed)


def _number_used_once(records: Sequence[BankRecord]) -> Tally:
    seen: set[tuple[str, str, str]] = set()

    def again(line: Transaction) -> bool:
        known = line.party, line.account, line.txn_id or ""
        is_again = known in seen
        seen.add(known)
        return is_again

    return tally((line for line in _lines(records) if line.txn_id), again)


def _booked_in_time(records: Sequence[BankRecord]) -> Tally:
    def is_far(line: Transaction) -> bool:
        return line.value_on is not None and abs((line.value_on - line.on).days) > BOOKED_WITHIN_DAYS

    return tally(_lines(records), is_far)


def _ifsc_shape(records: Sequence[BankRecord]) -> Tally:
    return _of_accounts(records, lambda held: [held.ifsc is None or ifsc_grade(held.ifsc) is Grade.VALID])


def _holder_pan(records: Sequence[BankRecord]) -> Tally:
    return _of_accounts(records, lambda held: [one.pan_grade in ("VALID", "EMPTY") for one in held.holders])


def _of_accounts(records: Sequence[BankRecord], holds: Holds) -> Tally:
    return together(
        Tally(len(held), held.count(False), None if all(held) else one.raw)
        for one in _statements(records)
        for held in map(holds, one.accounts)
    )


RULES: tuple[Rule[BankRecord], ...] = (
    Rule(
        "balance_chain",
        Dimension.CONSISTENCY,
        "each stated balance follows from the one before it and the amount",
        _balance_chain,
        frozenset({"BALANCE_CHAIN_BROKEN"}),
    ),
    Rule(
        "balance_stated",
        Dimension.COMPLETENESS,
        "a movement states the balance after it",
        lambda records: tally(_lines(records), lambda line: line.balance_paise is None),
    ),
    Rule(
        "narration_stated",
        Dimension.COMPLETENESS,
        "a movement says what it was for",
        lambda records: tally(_lines(records), lambda line: line.narration is None),
    ),
    Rule(
        "account_listed",
        Dimension.REFERENTIAL,
        "a movement is on an account that an answer names",
        _account_listed,
        frozenset({"ACCOUNT_UNLISTED"}),
    ),
    Rule(
        "number_used_once",
        Dimension.UNIQUENESS,
        "a transaction number stands for one movement of its account",
        _number_used_once,
        frozenset({"TXN_ID_REPEATED"}),
    ),
    Rule(
        "booked_in_time",
        Dimension.TIMELINESS,
        f"a movement is booked within {BOOKED_WITHIN_DAYS} days of its value date",
        _booked_in_time,
    ),
    Rule(
        "ifsc_shape",
        Dimension.VALIDITY,
        "the IFSC of an account is well formed",
        _ifsc_shape,
        frozenset({"IFSC_MALFORMED"}),
    ),
    Rule(
        "holder_pan",
        Dimension.VALIDITY,
        "the PAN of a holder is well formed",
        _holder_pan,
        frozenset({"PAN_MALFORMED"}),
    ),
)


def covered(records: Sequence[BankRecord]) -> Iterator[Covered]:
    """Each account's days; before it was opened there is nothing to miss."""
    for (party, account), told in accounts_of(records).items():
        if not told:
            # An account only lines speak of is known, and no day of it is vouched for.
            yield Covered(party, account, date.max, date.min)
        for held in told:
            yield Covered(party, account, held.covered_from or date.max, held.covered_to or date.min)
            if held.opened_on is not None and held.covered_from is not None:
                yield Covered(party, account, date.min, held.opened_on)
