"""Every identity by its name, and the one way to look for what breaks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.sources._identities import holdings, money, orders, parties, returns
from tests.sources._identities.told import Answers, Check, Violation

IDENTITIES: Mapping[str, Check] = {
    "balances chain": money.chain,
    "payouts of the network land in the bank": money.landed(money.payouts),
    "disbursals and repayments land in the bank": money.landed(money.loans),
    "purchases and redemptions of funds land in the bank": money.landed(money.funds),
    "premiums and claims land in the bank": money.landed(money.covers),
    "GST paid in cash appears in the bank": money.landed(money.taxes),
    "tax is exact": returns.exact_tax,
    "3B is the sum of GSTR-1": returns.summed,
    "credit is what 2B gives": returns.credit,
    "tax owed is paid by credit and cash": returns.settled,
    "composition pays its rate": returns.collected,
    "quotes sum": orders.quotes,
    "payouts are orders less fees and taxes": orders.nets,
    "orders are paid what they left": orders.kept,
    "loans sum": holdings.schedules,
    "loan statements chain": holdings.statements,
    "units chain at their NAV": holdings.units,
    "folios sum": holdings.worths,
    "one PAN for each party": parties.pans,
    "envelopes name what follows": parties.envelopes,
    "no line outside the days": parties.days,
}


# Of quarterly filers, told from the first day of the world.
OF_A_LONG_MEMORY: Mapping[str, Check] = {
    "a quarter's cash appears in the bank": money.landed(money.deposits),
}


def violations(answers: Answers, identities: Mapping[str, Check] = IDENTITIES) -> Iterator[Violation]:
    """Look at identities; a violation names the customer, the source and the line."""
    for name, check in identities.items():
        for line, said in check(answers):
            yield Violation(name, answers.customer, line.source, line.party, line.number, said)
