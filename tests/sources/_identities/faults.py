"""Faults to plant in what was sent, one for each identity: an amount, a date or an identifier that only its check can see."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from tests.sources._identities.told import Answers, Body, Line, first_of, paise


class Planted(NamedTuple):
    """In which source's line a fault is planted, which lines bear it, how it is changed, and if how often one files matters."""

    source: str
    bears: Callable[[Body], bool]
    change: Callable[[Body], None]
    is_of_returns: bool = False


def altered(answers: Answers, planted: Planted) -> Answers | None:
    """Change one line in the middle of those that bear the fault; None where no line does."""
    places = [
        place
        for place, line in enumerate(answers.lines)
        if line.source == planted.source and planted.bears(line.body)
    ]
    if not places:
        return None
    place = places[len(places) // 2]
    line: Line = answers.lines[place]
    body = copy.deepcopy(line.body)
    planted.change(body)
    lines = (*answers.lines[:place], line._replace(body=body), *answers.lines[place + 1 :])
    return Answers(answers.customer, lines)


def _is(**said: str) -> Callable[[Body], bool]:
    return lambda body: all(body.get(name) == value for name, value in said.items())


def _tells(*names: str) -> Callable[[Body], bool]:
    return lambda body: all(first_of(body.get(name)) for name in names)


def _inside(name: str) -> Callable[[Body], bool]:
    return lambda body: name in body.get("message", {})


def _dearer(holder: Body, name: str, paise_more: int = 1) -> None:
    """Change an amount by the least that can be changed, in the way it was written."""
    changed = paise(holder[name]) + paise_more
    holder[name] = f"{changed // 100}.{changed % 100:02}"


def _later(holder: Body, name: str, days_n: int = 1) -> None:
    on = date.fromisoformat(holder[name][:10]) + timedelta(days=days_n)
    holder[name] = on.isoformat() + holder[name][10:]


def _of_another_rate(body: Body) -> None:
    detail = body["inv"]["itms"][0]["itm_det"]
    detail["rt"] = 5 if detail["rt"] == 18 else 18


def _wrongly_checked(body: Body) -> None:
    body["ctin"] = body["ctin"][:14] + ("1" if body["ctin"][14] != "1" else "2")


def _of_another_order(body: Body) -> None:
    body["message"]["orders"][0]["id"] += "0"


def _unexplained(body: Body) -> None:
    body["narration"] = body["narration"].replace("CPIN", "PAID")


PLANTED: Mapping[str, Planted] = {
    "balances chain": Planted(
        "bank", _is(kind="transaction"), lambda body: _dearer(body, "transactionalBalance")
    ),
    "payouts of the network land in the bank": Planted(
        "ondc", _inside("orders"), lambda body: _later(body["context"], "timestamp")
    ),
    "disbursals and repayments land in the bank": Planted(
        "ocen",
        lambda body: first_of(body.get("payment")).get("status") == "SUCCESS",
        lambda body: _later(body["payment"], "date"),
    ),
    "purchases and redemptions of funds land in the bank": Planted(
        "mutual_funds", _is(kind="transaction", type="BUY"), lambda body: _later(body, "executionDate", -1)
    ),
    "premiums and claims land in the bank": Planted(
        "insurance", _is(kind="transaction"), lambda body: _dearer(body, "amount")
    ),
    "GST paid in cash appears in the bank": Planted(
        "bank", lambda body: "CPIN" in body.get("narration", ""), _unexplained, True
    ),
    "tax is exact": Planted("gst", _is(section="b2b", kind="outward"), _of_another_rate),
    "3B is the sum of GSTR-1": Planted(
        "gst",
        _is(kind="return3b"),
        lambda body: _dearer(body["sup_details"]["osup_nil_exmp"], "txval"),
    ),
    "credit is what 2B gives": Planted("gst", _is(kind="inward"), _wrongly_checked),
    "tax owed is paid by credit and cash": Planted(
        "gst",
        _is(kind="return3b"),
        lambda body: _dearer(body["tx_pmt"]["tx_py"][0]["cgst"], "tx", -1),
    ),
    "composition pays its rate": Planted(
        "gst",
        _is(kind="composition", form="CMP08"),
        lambda body: _dearer(body["outward_supp"], "txval", 1_000_00),
    ),
    "quotes sum": Planted(
        "ondc",
        _inside("order"),
        lambda body: _dearer(body["message"]["order"]["quote"]["price"], "value"),
    ),
    "payouts are orders less fees and taxes": Planted(
        "ondc",
        _inside("orders"),
        lambda body: _dearer(body["message"]["orders"][0]["settlements"][0]["commission"], "value"),
    ),
    "orders are paid what they left": Planted("ondc", _inside("orders"), _of_another_order),
    "loans sum": Planted(
        "ocen",
        lambda body: bool(first_of(first_of(body.get("loanApplications")).get("offers"))),
        lambda body: _dearer(body["loanApplications"][0]["offers"][0]["terms"], "interestAmount"),
    ),
    "loan statements chain": Planted(
        "ocen",
        lambda body: first_of(body.get("accountStatement")).get("type") == "DEPOSIT",
        lambda body: _dearer(body["accountStatement"][0], "closingBalance"),
    ),
    "units chain at their NAV": Planted(
        "mutual_funds", _is(kind="transaction"), lambda body: body.update(nav=f"{2 * Decimal(body['nav'])}")
    ),
    "folios sum": Planted(
        "mutual_funds",
        lambda body: bool(body.get("accounts")),
        lambda body: _dearer(body["accounts"][0]["Summary"], "currentValue"),
    ),
    "one PAN for each party": Planted(
        "ocen", _tells("borrower"), lambda body: body["borrower"].update(primaryId="AAAPA0000A")
    ),
    "envelopes name what follows": Planted(
        "gst", lambda body: bool(body.get("filing")), lambda body: body["filing"].pop()
    ),
    "no line outside the days": Planted(
        "ocen",
        _tells("loanApplications"),
        lambda body: _later(body["metadata"], "timestamp", -1_000),
    ),
    "a quarter's cash appears in the bank": Planted(
        "bank", lambda body: "CPIN" in body.get("narration", ""), _unexplained, True
    ),
}
