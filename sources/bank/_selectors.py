"""Named choices of bank records: each number lists its lines by one of these, and is measured on them alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from operator import itemgetter

from kit.source import Selector
from sources.bank.records import BankRecord, Statement, Transaction

Records = Sequence[BankRecord]
Args = Mapping[str, str]
Lines = list[Transaction]


def statements(records: Records, args: Args) -> list[Statement]:
    """All envelopes: they say which accounts there are and which days are covered."""
    return [one for one in records if isinstance(one, Statement)]


def movements(records: Records, args: Args) -> Lines:
    """The transactions of the window."""
    first, last = date.fromisoformat(args["from"]), date.fromisoformat(args["to"])
    return [one for one in records if isinstance(one, Transaction) and first <= one.on <= last]


def money_in(records: Records, args: Args) -> Lines:
    """The credits of the window."""
    return [one for one in movements(records, args) if one.direction == "CREDIT"]


def money_out(records: Records, args: Args) -> Lines:
    """The debits of the window."""
    return [one for one in movements(records, args) if one.direction == "DEBIT"]


def cash_deposits(records: Records, args: Args) -> Lines:
    """Cash paid in, over the counter or by machine."""
    return [one for one in money_in(records, args) if one.channel == "CASH"]


def upi_receipts(records: Records, args: Args) -> Lines:
    """Credits by UPI."""
    return [one for one in money_in(records, args) if one.channel == "UPI"]


def nach_debits(records: Records, args: Args) -> Lines:
    """Debits presented through the clearing house under a mandate."""
    return [one for one in money_out(records, args) if one.channel == "NACH"]


def largest_credit(records: Records, args: Args) -> Lines:
    """The one largest credit; of equal ones the first."""
    found = money_in(records, args)
    return [max(found, key=lambda one: one.amount_paise)] if found else []


def lowest_balance(records: Records, args: Args) -> Lines:
    """The one transaction that left the lowest balance; of equal ones the first."""
    found = [(one.balance_paise, one) for one in movements(records, args) if one.balance_paise is not None]
    return [min(found, key=itemgetter(0))[1]] if found else []


def first_from_start(records: Records, args: Args) -> Lines:
    """Of each account the first transaction on or after the window's first day."""
    return _firsts(records, date.fromisoformat(args["from"]))


def last_to_end(records: Records, args: Args) -> Lines:
    """Of each account the last transaction of the window, or where it has none, the first one after."""
    last_day = date.fromisoformat(args["to"])
    lasts = {_account(one): one for one in movements(records, args) if one.balance_paise is not None}
    later = _firsts(records, last_day + timedelta(days=1))
    return list({**{_account(one): one for one in later}, **lasts}.values())


def _firsts(records: Records, first_day: date) -> Lines:
    firsts: dict[tuple[str, str], Transaction] = {}
    for one in records:
        if isinstance(one, Transaction) and one.on >= first_day and one.balance_paise is not None:
            firsts.setdefault(_account(one), one)
    return list(firsts.values())


def _account(one: Transaction) -> tuple[str, str]:
    return one.party, one.account


SELECTORS: Mapping[str, Selector[BankRecord]] = {
    "statements": statements,
    "movements": movements,
    "money_in": money_in,
    "money_out": money_out,
    "cash_deposits": cash_deposits,
    "upi_receipts": upi_receipts,
    "nach_debits": nach_debits,
    "largest_credit": largest_credit,
    "lowest_balance": lowest_balance,
    "first_from_start": first_from_start,
    "last_to_end": last_to_end,
}
