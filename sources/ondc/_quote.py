"""The quote of an order: what its lines are, so that their sum is its value to the paisa, and what was taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generators.orders import Goods
from generators.payouts import Ending, Order
from generators.tax import taxable_in
from kit.chance import Stream
from kit.money import decimal_rupees
from kit.source import Json

DELIVERY = "F1"
RUPEE = 100
LEAST_WITH_CHARGES_PAISE = 300 * RUPEE
PARTLY = (Ending.PART_CANCELLED, Ending.PART_RETURNED)


class Line(NamedTuple):
    """One line of the breakup; charges count nothing. goes_back tells whether it is taken off when something is."""

    type: str
    item: str
    title: str
    pieces_n: int
    paise: int
    goes_back: bool


def price(paise: int) -> Json:
    """Write an amount with its currency."""
    return {"currency": "INR", "value": decimal_rupees(paise)}


def lines_of(order: Order, goods: Goods, chance: Stream) -> tuple[Line, ...]:
    """Split an order's value into items, delivery, packing, discount and the tax on each."""
    is_part = order.ending in PARTLY
    delivery, packing = _charges(order.value_paise, chance)
    left = order.value_paise - delivery - packing
    if is_part:
        shares = [order.off_paise, *_shares(left - order.off_paise, chance.randrange(1, 3), chance)]
    else:
        shares = _shares(left, chance.randrange(1, 4), chance)
    first = chance.randrange(len(goods.titles))
    lines: list[Line] = []
    for place, gross in enumerate(shares):
        discount = _discount(gross, chance) if place == len(shares) - 1 else 0
        number = (first + place) % len(goods.titles)
        named = (f"I{order.hsn}-{number + 1}-{place + 1}", goods.titles[number])
        goes_back = place == 0 or not is_part
        lines += _item(named, gross, discount, order.rate_bps, goes_back)
    lines += _charged(("delivery", "Delivery charges"), delivery, order.rate_bps, not is_part)
    lines += _charged(("packing", "Packing charges"), packing, order.rate_bps, not is_part)
    return tuple(lines)


def _charges(value_paise: int, chance: Stream) -> tuple[int, int]:
    drawn = chance.choice((0, 25, 30, 40, 49)), chance.choice((0, 0, 5, 10))
    if value_paise < LEAST_WITH_CHARGES_PAISE:
        return 0, 0
    return drawn[0] * RUPEE, drawn[1] * RUPEE


def _shares(paise: int, count: int, chance: Stream) -> list[int]:
    """Split an amount into whole rupees; the last share takes what is left."""
    weights = [chance.randrange(2, 9) for _ in range(count)]
    shares = [paise * weight // sum(weights) // RUPEE * RUPEE for weight in weights[1:]]
    return [*shares, paise - sum(shares)]


def _discount(gross_paise: int, chance: Stream) -> int:
    is_given = chance.randrange(100) < 15
    return gross_paise // 20 // RUPEE * RUPEE if is_given else 0


def _item(
    named: tuple[str, str], gross_paise: int, discount_paise: int, rate_bps: int, goes_back: bool
) -> list[Line]:
    """Price, discount and tax of one item; together they are its gross."""
    item, title = named
    listed = taxable_in(gross_paise + discount_paise, rate_bps)
    off = taxable_in(discount_paise, rate_bps)
    count = next((n for n in (4, 3, 2) if listed % n == 0 and listed >= n * 60 * RUPEE), 1)
    lines = [Line("item", item, title, count, listed, goes_back)]
    if off:
        lines.append(Line("discount", item, "Discount", 0, -off, goes_back))
    if rate_bps:
        lines.append(Line("tax", item, "Tax", 0, gross_paise - listed + off, goes_back))
    return lines


def _charged(named: tuple[str, str], gross_paise: int, rate_bps: int, goes_back: bool) -> list[Line]:
    if not gross_paise:
        return []
    kind, title = named
    plain = taxable_in(gross_paise, rate_bps)
    lines = [Line(kind, DELIVERY, title, 0, plain, goes_back)]
    if rate_bps:
        lines.append(Line("tax", DELIVERY, f"Tax on {kind}", 0, gross_paise - plain, goes_back))
    return lines


def quote(lines: Sequence[Line], is_off: bool) -> Json:
    """Write the quote as it stands: what was taken off stays as a line of nothing."""
    total = sum(line.paise for line in lines if not (is_off and line.goes_back))
    return {"price": price(total), "breakup": [_line(line, is_off) for line in lines], "ttl": "P1D"}


def _line(line: Line, is_off: bool) -> Json:
    is_gone = is_off and line.goes_back
    told: dict[str, Json] = {
        "@ondc/org/item_id": line.item,
        "@ondc/org/title_type": line.type,
        "title": line.title,
        "price": price(0 if is_gone else line.paise),
    }
    if line.pieces_n:
        told["@ondc/org/item_quantity"] = {"count": 0 if is_gone else line.pieces_n}
        told["item"] = {"price": price(line.paise // line.pieces_n)}
    return told


def trail(lines: Sequence[Line]) -> list[Json]:
    """Write what was taken off: the first quote and these sum up to the quote that is left."""
    return [
        tag("quote_trail", type=line.type, id=line.item, currency="INR", value=decimal_rupees(-line.paise))
        for line in lines
        if line.goes_back and line.paise
    ]


def tag(code: str, **told: str) -> Json:
    """Write a group of tags."""
    return {"code": code, "list": [{"code": name, "value": value} for name, value in told.items()]}
