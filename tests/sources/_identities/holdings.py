"""Loans and funds within themselves: schedules and statements that sum, units that chain and are worth their NAV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from tests.sources._identities.told import Answers, Body, Fault, Line, first_of, paise

HALF = Decimal("0.005")


def schedules(answers: Answers) -> Iterator[Fault]:
    """What is granted is paid out less the charges; principal and interest make what is to be paid back."""
    for line in answers.of("ocen"):
        details = first_of(line.body.get("loanDetails"))
        offers = [details["offer"]] if "offer" in details else []
        offers += first_of(line.body.get("loanApplications")).get("offers", [])
        for offer in offers:
            yield from _terms(line, offer)
    yield from _summaries(answers)


def _terms(line: Line, offer: Body) -> Iterator[Fault]:
    terms = offer["terms"]
    kept = sum(paise(terms["charges"][name]["data"]["amount"]) for name in ("processing", "other"))
    granted, interest = paise(terms["sanctionedAmount"]), paise(terms["interestAmount"])
    if granted - kept != paise(terms["netDisbursedAmount"]):
        yield Fault(line, "what is paid out is not what is granted less the charges")
    if granted + interest != paise(terms["totalRepayableAmount"]):
        yield Fault(line, "principal and interest are not what is to be paid back")


def _summaries(answers: Answers) -> Iterator[Fault]:
    """Of a loan told of from its start, what was paid is the sum of its payments."""
    paid, granted = _payments(answers), _granted(answers)
    for line in answers.of("ocen"):
        summary = first_of(line.body.get("summary"))
        if not summary:
            continue
        parts = {
            name: paise(summary[name]) for name in summary if name.endswith(("Paid", "Pending", "Repaid"))
        }
        if parts["principalPaid"] + parts["interestPaid"] != parts["amountRepaid"]:
            yield Fault(line, "principal and interest paid are not what was repaid")
        loan = line.body["loanId"]
        if loan in granted:
            terms = granted[loan]
            pairs = (("principal", "sanctionedAmount"), ("interest", "interestAmount"))
            for part, name in pairs:
                if parts[f"{part}Paid"] + parts[f"{part}Pending"] != paise(terms[name]):
                    yield Fault(line, f"{part} paid and pending is not what was agreed")
            if parts["amountRepaid"] != sum(paid[loan].values()):
                yield Fault(line, "what was repaid is not the sum of the payments")


def _granted(answers: Answers) -> dict[str, Body]:
    found = {}
    for line in answers.of("ocen"):
        details = first_of(line.body.get("loanDetails"))
        if "offer" in details:
            found[details["loanId"]] = details["offer"]["terms"]
    return found


def _payments(answers: Answers) -> dict[str, dict[str, int]]:
    paid: dict[str, dict[str, int]] = defaultdict(dict)
    for line in answers.of("ocen"):
        payment = first_of(line.body.get("payment"))
        if payment.get("status") == "SUCCESS" and "loanApplicationId" not in line.body:
            paid[line.body["loanId"]][payment["txnRefNo"]] = paise(payment["totalAmount"])
    return paid


def statements(answers: Answers) -> Iterator[Fault]:
    """A loan's statement holds its payments, each split into principal and interest, and its balance falls by each."""
    paid = _payments(answers)
    left: dict[str, int] = {}
    for line in answers.of("ocen"):
        payment, told = first_of(line.body.get("payment")), first_of(line.body.get("accountStatement"))
        if "installmentNumber" in payment:
            parts = sum(paise(payment[name]) for name in ("principal", "interestAmount", "fee", "penalty"))
            if parts != paise(payment["totalAmount"]):
                yield Fault(line, "the parts of an instalment are not its amount")
        if not told:
            continue
        loan, amount, closing = line.body["loanId"], paise(told["amount"]), paise(told["closingBalance"])
        if told["type"] == "DEPOSIT":
            if paid[loan].get(told["txnRefNo"]) != amount:
                yield Fault(line, "the statement knows a repayment no payment tells of")
            if loan in left and left[loan] - amount != closing:
                yield Fault(line, f"{left[loan]} less {amount} is not {closing}")
        left[loan] = closing


def units(answers: Answers) -> Iterator[Fault]:
    """Units times NAV is the value, of what is held and of what was bought or sold; units chain from move to move."""
    closing: dict[tuple[str, str], Decimal] = {}
    for line in answers.of("mutual_funds", kind="transaction"):
        body = line.body
        held = Decimal(body["units"]) * (1 if body["type"] == "BUY" else -1)
        before, now = closing.get(_place(body)), Decimal(body["closingUnits"])
        if before is not None and before + held != now:
            yield Fault(line, f"{before} and {held} units are not {now}")
        closing[_place(body)] = now
        yield from _worth(line)
    for line in answers.of("mutual_funds", kind="holding"):
        body = line.body
        value = Decimal(body["closingUnits"]) * Decimal(body["nav"])
        if abs(value - Decimal(body["currentValue"])) > HALF:
            yield Fault(line, f"units at the NAV are worth {value}")
        if closing.get(_place(body), Decimal(body["closingUnits"])) != Decimal(body["closingUnits"]):
            yield Fault(line, "what is held is not what the last move left")


def _place(body: Body) -> tuple[str, str]:
    return body["folioNo"], body["isin"]


def _worth(line: Line) -> Iterator[Fault]:
    """Stamp duty of 0.005 % is kept from a purchase, securities tax of 0.001 % from the sale of an equity fund.

    Units have three places, so their worth may miss the money by half of the last one at the NAV.
    """
    body = line.body
    amount, nav = Decimal(body["amount"]), Decimal(body["nav"])
    is_bought = body["type"] == "BUY"
    share = Decimal("0.00005") if is_bought else Decimal("0.00001")
    taxes = {amount * (1 - share) if is_bought else amount / (1 - share), amount}
    missed = min(abs(Decimal(body["units"]) * nav - worth) for worth in taxes)
    if missed > nav / 2000 + 2 * HALF:
        yield Fault(line, f"units at the NAV miss the amount by {missed}")


def worths(answers: Answers) -> Iterator[Fault]:
    """The envelope's value of a folio is the sum of its holdings."""
    held: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in answers.of("mutual_funds", kind="holding"):
        for name in ("currentValue", "costValue"):
            held[line.body["linkRefNumber"], name] += Decimal(line.body[name])
    for line in answers.of("mutual_funds", kind="envelope"):
        for account in line.body["accounts"]:
            for name in ("currentValue", "costValue"):
                if Decimal(account["Summary"][name]) != held[account["linkRefNumber"], name]:
                    yield Fault(line, f"{name} of a folio is not the sum of its holdings")
