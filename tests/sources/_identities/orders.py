"""The open network: a quote is its lines, a payout its orders less what is taken off, and an order is paid what it left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.sources._identities.told import Answers, Body, Fault, Line, indian_day, paise

# Rates of collection and deduction at source in the days told of, on the value without tax.
TCS, TDS = Decimal("0.005"), Decimal("0.001")
SLABS = tuple(Decimal(rate) for rate in ("0", "0.0025", "0.03", "0.05", "0.12", "0.18", "0.28", "0.40"))
# The longest window to pay in, a wait for the weekday, and the days goods need to come back and be taken off.
SETTLED_WITHIN = timedelta(days=45)


def _price(holder: Body) -> int:
    return paise(holder["price"]["value"])


def _told(answers: Answers) -> Mapping[str, list[Line]]:
    told: dict[str, list[Line]] = defaultdict(list)
    for line in answers.of("ondc"):
        order = line.body.get("message", {}).get("order")
        if order is not None:
            told[order["id"]].append(line)
    return told


def _paid(answers: Answers) -> Iterator[tuple[Line, Body]]:
    for line in answers.of("ondc"):
        for order in line.body.get("message", {}).get("orders", ()):
            yield line, order


def quotes(answers: Answers) -> Iterator[Fault]:
    """A quote is the sum of its lines, an item's line its price times its count, tax on a line its rate to the paisa."""
    for lines in _told(answers).values():
        for line in lines:
            quote = line.body["message"]["order"]["quote"]
            if sum(map(_price, quote["breakup"])) != _price(quote):
                yield Fault(line, "the lines of a quote are not its price")
            for one in quote["breakup"]:
                if "item" in one and _price(one["item"]) * one["@ondc/org/item_quantity"]["count"] != _price(
                    one
                ):
                    yield Fault(line, "price times count is not the line of a quote")
        if _is_first(lines[0]):
            yield from _tax(lines[0])


def _tax(line: Line) -> Iterator[Fault]:
    """A tax's line may stray by a paisa where the whole of an order has to come out round."""
    breakup = line.body["message"]["order"]["quote"]["breakup"]
    tax = sum(_price(one) for one in breakup if one["@ondc/org/title_type"] == "tax")
    value = sum(map(_price, breakup)) - tax
    if min(abs(tax - value * slab) for slab in SLABS) > len(breakup):
        yield Fault(line, f"a tax of {tax} paise on {value} is of no rate")


def nets(answers: Answers) -> Iterator[Fault]:
    """What is paid out for an order is its amount less fee, withholding, TCS and TDS, these exact to the paisa."""
    registered = any(line.body["gstin"] for line in answers.of("ondc", kind="envelope"))
    confirmed = ((name, lines[0]) for name, lines in _told(answers).items())
    slabs = {name: _slab(line) for name, line in confirmed if _is_first(line)}
    for line, order in _paid(answers):
        amount = paise(order["amount"]["value"])
        for one in order["settlements"]:
            off = {
                name: paise(one[name]["value"]) for name in ("commission", "withholding_amount", "tcs", "tds")
            }
            if paise(one["amount"]["value"]) != amount - sum(off.values()):
                yield Fault(line, f"order {order['id']} is not paid its amount less what is taken off")
            if not 0 <= off["commission"] * (1 if amount > 0 else -1) < abs(amount) * 3 // 10:
                yield Fault(line, f"the fee of order {order['id']} is of no size")
            if order["id"] in slabs:
                taxable = _rounded(Decimal(amount) / (1 + slabs[order["id"]]))
                owed = _rounded(taxable * TCS) if registered else 0, _rounded(taxable * TDS)
                if (off["tcs"], off["tds"]) != owed:
                    yield Fault(line, f"TCS and TDS of order {order['id']} should be {owed}")


def _is_first(line: Line) -> bool:
    return bool(line.body["context"]["action"] == "on_confirm")


def _slab(line: Line) -> Decimal:
    breakup = line.body["message"]["order"]["quote"]["breakup"]
    tax = sum(_price(one) for one in breakup if one["@ondc/org/title_type"] == "tax")
    value = sum(map(_price, breakup)) - tax
    return min(SLABS, key=lambda slab: abs(tax - value * slab))


def _rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def kept(answers: Answers) -> Iterator[Fault]:
    """Over all its payouts an order is paid the price it was left with, returns taken back; of old orders told in full."""
    gross: dict[str, int] = defaultdict(int)
    for _, order in _paid(answers):
        gross[order["id"]] += paise(order["amount"]["value"])
    until = [line.body["to"] for line in answers.of("ondc", kind="envelope") if line.body["to"]]
    last = date.fromisoformat(max(until, default="9999-12-31"))
    for name, lines in _told(answers).items():
        ended = indian_day(lines[-1].body["context"]["timestamp"])
        begun = indian_day(lines[0].body["context"]["timestamp"])
        is_whole = _is_first(lines[0]) and begun > answers.first
        left = _price(lines[-1].body["message"]["order"]["quote"])
        if is_whole and ended < last - SETTLED_WITHIN and gross[name] != left:
            yield Fault(lines[-1], f"order {name} left {left} paise and was paid {gross[name]}")
