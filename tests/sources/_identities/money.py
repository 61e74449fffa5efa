"""The bank's side: balances that chain, and every movement other sources tell of as a line of the right account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from operator import add, sub
from typing import NamedTuple

from tests.sources._identities.told import Answers, Body, Fault, Line, first_of, indian_day, paise, tax_day

DAY = timedelta(days=1)
# Funds pay out two or three working days after a sale, holidays between.
PAID_OUT = timedelta(days=7)
PREMIUMS = ("PREMIUM_PAYMENT", "INSURANCE_RENEWWAL", "LATE_FEES")
PERSONAL = ("TERM", "ENDOWMENT", "MONEYBACK", "LOAN_COVER_TERM")
SIGN = {"CREDIT": 1, "DEBIT": -1}


def chain(answers: Answers) -> Iterator[Fault]:
    """Each balance is the one before with the movement between; the last is the envelope's."""
    for account, lines in _by_account(answers).items():
        for before, line in pairwise(lines):
            moved = SIGN[line.body["type"]] * paise(line.body["amount"])
            if _balance(before) + moved != _balance(line):
                yield Fault(line, f"{_balance(before)} and {moved} are not {_balance(line)}")
            if before.body["transactionTimestamp"] > line.body["transactionTimestamp"]:
                yield Fault(line, "a line is older than the one before it")
        for line, told in _accounts(answers):
            if told["linkRefNumber"] == account and paise(told["Summary"]["currentBalance"]) != _balance(
                lines[-1]
            ):
                yield Fault(line, "the balance of the envelope is not the last line's")
    numbers: set[tuple[str, str]] = set()
    for line in answers.of("bank", kind="transaction"):
        number = line.body["linkRefNumber"], line.body["txnId"]
        if number in numbers:
            yield Fault(line, "a number was given twice")
        numbers.add(number)


def _by_account(answers: Answers) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in answers.of("bank", kind="transaction"):
        found[line.body["linkRefNumber"]].append(line)
    return found


def _balance(line: Line) -> int:
    return paise(line.body["transactionalBalance"])


def _accounts(answers: Answers) -> Iterator[tuple[Line, Body]]:
    for line in answers.of("bank", kind="envelope"):
        for account in line.body["accounts"]:
            yield line, account


class Claim(NamedTuple):
    """A movement another source tells of: where and when a bank has to show it, and who must show it."""

    line: Line
    accounts: tuple[str, ...]
    days: tuple[date, date]
    side: str
    paise: int
    is_open: bool = False
    words: str = ""


class Till:
    """The bank's lines, each of which can bear one claim only."""

    def __init__(self, answers: Answers) -> None:
        """Nothing is borne yet."""
        self._all = answers.movements
        self._left: dict[tuple[str, str, int], list[Line]] = {}

    def bears(self, claim: Claim) -> bool:
        """Take the line that bears a claim."""
        for account in claim.accounts:
            key = account, claim.side, claim.paise
            lines = self._left.setdefault(key, list(self._all.get(key, ())))
            for line in lines:
                is_in_time = claim.days[0] <= indian_day(line.body["transactionTimestamp"]) <= claim.days[1]
                if is_in_time and claim.words in line.body["narration"].upper():
                    lines.remove(line)
                    return True
        return False


def landed(claimed: Callable[[Answers], Iterable[Claim]]) -> Callable[[Answers], Iterator[Fault]]:
    """Make the check that every claim is borne by a bank line of its own."""

    def check(answers: Answers) -> Iterator[Fault]:
        till = Till(answers)
        for claim in sorted(claimed(answers), key=lambda one: (one.days, one.line[:3])):
            if not till.bears(claim) and not claim.is_open:
                days = f"{claim.days[0]} to {claim.days[1]}"
                yield Fault(claim.line, f"no {claim.side} of {claim.paise} paise on {claim.accounts}, {days}")

    return check


def business_accounts(answers: Answers) -> tuple[str, ...]:
    """The accounts the business lives from."""
    return tuple(
        account["linkRefNumber"]
        for line, account in _accounts(answers)
        if line.party == "ENTITY" and account["Summary"]["accountSubType"] == "CURRENT"
    )


def purses(answers: Answers, pan: str) -> tuple[str, ...]:
    """The savings accounts of whom a PAN was given to."""
    return tuple(
        account["linkRefNumber"]
        for _, account in _accounts(answers)
        if account["Summary"]["accountSubType"] == "SAVINGS"
        and account["Profile"]["Holders"]["Holder"][0]["pan"] == pan
    )


def payouts(answers: Answers) -> Iterator[Claim]:
    """Each settlement of the open network, on the account and the day it names."""
    numbers = {line.body["account_no"][-4:] for line in answers.of("ondc", kind="envelope")} - {""}
    named = tuple(
        account["linkRefNumber"]
        for _, account in _accounts(answers)
        if account["maskedAccNumber"][-4:] in numbers
    )
    for line in answers.of("ondc"):
        if "orders" in line.body.get("message", {}):
            settled = [one for order in line.body["message"]["orders"] for one in order["settlements"]]
            day = indian_day(line.body["context"]["timestamp"])
            net = sum(paise(one["amount"]["value"]) for one in settled)
            yield Claim(line, named, (day, day), "CREDIT", net)


def loans(answers: Answers) -> Iterator[Claim]:
    """Each payment lenders call done, on the account the borrower named."""
    masked = {
        line.body["account"]["data"]["maskedAccountNumber"][-4:]
        for line in answers.of("ocen")
        if "account" in line.body
    }
    accounts = tuple(
        account["linkRefNumber"]
        for line, account in _accounts(answers)
        if line.party == "ENTITY" and account["maskedAccNumber"][-4:] in masked
    )
    for line in answers.of("ocen"):
        payment = first_of(line.body.get("payment"))
        if payment.get("status") == "SUCCESS":
            side = "CREDIT" if "loanApplicationId" in line.body else "DEBIT"
            day = date.fromisoformat(payment["date"])
            where = accounts or business_accounts(answers)
            yield Claim(line, where, (day, day), side, paise(payment["totalAmount"]))


def funds(answers: Answers) -> Iterator[Claim]:
    """Each purchase on its day, each redemption within the days funds have to pay it out; switches move no money."""
    holders = {
        account["linkRefNumber"]: account["Profile"]["Holders"]["Holder"][0]["pan"]
        for line in answers.of("mutual_funds", kind="envelope")
        for account in line.body["accounts"]
    }
    last = {
        line.party: date.fromisoformat(line.body["to"])
        for line in answers.of("mutual_funds", kind="envelope")
        if line.body["to"]
    }
    for line in answers.of("mutual_funds", kind="transaction"):
        body = line.body
        if "SWITCH" in body["narration"].upper():
            continue
        where = purses(answers, holders[body["linkRefNumber"]])
        day = date.fromisoformat(body["executionDate"])
        if body["type"] == "BUY":
            yield Claim(line, where, (day, day), "DEBIT", paise(body["amount"]))
        else:
            is_open = day + PAID_OUT > last[line.party]
            yield Claim(line, where, (day, day + PAID_OUT), "CREDIT", paise(body["amount"]), is_open)


def covers(answers: Answers) -> Iterator[Claim]:
    """Each premium and claim on its day: of a person's cover on his savings, of the rest where the business lives from."""
    policies = {line.body["linkedAccRef"]: line.body for line in answers.of("insurance", kind="policy")}
    for line in answers.of("insurance", kind="transaction"):
        if line.body["type"] == "BONUS":
            continue
        policy = policies[line.body["linkedAccRef"]]
        summary = policy["Summary"]
        is_own = summary["policyType"] in PERSONAL or summary.get("insuranceType") == "HEALTH"
        pan = first_of(policy["Profile"]["Holders"]["Holder"])["pan"]
        where = purses(answers, pan) if is_own else business_accounts(answers)
        day = indian_day(line.body["txnDate"])
        side = "DEBIT" if line.body["type"] in PREMIUMS else "CREDIT"
        yield Claim(line, where, (day, day), side, paise(line.body["amount"]))


def taxes(answers: Answers) -> Iterator[Claim]:
    """Cash of a month's GSTR-3B and of a quarter's CMP-08, paid between the end of the period and the filing."""
    where = business_accounts(answers)
    frequency = {
        line.body["ret_period"]: line.body["frq"] for line in answers.of("gst", kind="filing", form="GSTR3B")
    }
    for line in answers.of("gst"):
        body = line.body
        if body["kind"] == "return3b" and frequency.get(body["ret_period"]) == "M":
            cash = paid_in_cash(body)
        elif body.get("form") == "CMP08" and body["kind"] == "composition":
            cash = paise(body["outward_supp"]["camt"]) + paise(body["outward_supp"]["samt"])
        else:
            continue
        days = after(body["ret_period"]), tax_day(body["dof"])
        if cash and days[0] >= answers.first:
            yield Claim(line, where, days, "DEBIT", cash, words="CPIN")


def after(period: str) -> date:
    """The first day after a month written MMYYYY."""
    month, year = int(period[:2]), int(period[2:])
    return date(year + month // 12, month % 12 + 1, 1)


def paid_in_cash(body: Body) -> int:
    """Tax a GSTR-3B pays in cash, without interest and fee."""
    return sum(cash_heads(body))


def cash_heads(body: Body) -> tuple[int, ...]:
    """The same head by head."""
    cash = body["tx_pmt"]["pdcash"][0]
    return tuple(paise(cash[name]) for name in ("ipd", "cpd", "spd"))


def deposits(answers: Answers) -> Iterator[Claim]:
    """Who files by quarter: 35 % of what the last return paid in cash for each of two months, and the rest with the return.

    Heads are reckoned apart, as a deposit under one cannot pay another; what is left over waits for the next quarter.
    The answers must reach back to the first day of the world, when nothing had been deposited.
    """
    where = business_accounts(answers)
    left: tuple[int, ...] = (0, 0, 0)
    last = left
    for line in answers.of("gst", kind="return3b"):
        period, filed_on = line.body["ret_period"], tax_day(line.body["dof"])
        month = int(period[:2])
        share = _added(*(tuple(_half_even(head * 35, 100) for head in last) for _ in "12"))
        for back in (2, 1):
            days = after(f"{month - back:02}{period[2:]}"), filed_on
            if sum(share):
                yield Claim(line, where, days, "DEBIT", sum(share) // 2, words="CPIN")
        cash = cash_heads(line.body)
        held = _added(left, share)
        drawn = tuple(map(min, held, cash))
        left, last = tuple(map(sub, held, drawn)), cash
        rest = sum(cash) - sum(drawn)
        if rest:
            yield Claim(line, where, (after(period), filed_on), "DEBIT", rest, words="CPIN")


def _added(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(add, one, other))


def _half_even(part: int, of: int) -> int:
    return int((Decimal(part) / of).quantize(Decimal(1), ROUND_HALF_EVEN))


def is_quarterly(answers: Answers) -> bool:
    """Say whether GSTR-3B is filed by quarter."""
    return any(line.body["frq"] == "Q" for line in answers.of("gst", kind="filing", form="GSTR3B"))
