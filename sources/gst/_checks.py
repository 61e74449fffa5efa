"""What a return must add up to: where it does not, a finding says so and nothing is changed.

A value or tax may miss by a rupee, for portals and books round to one; a total of many rows by a thousandth besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from kit.fields import amount_paise
from kit.source import Json
from sources.gst._reading import HEADS, SHORT, Reader, Told

RUPEE_PAISE = 100
# Rates the portal takes, in basis points; those of the first list ended for almost all goods on the day beside it.
_ENDED_BPS, _ENDED_ON = (1_200, 2_800), "2025-09-22"
_RATES_BPS = frozenset({0, 10, 25, 100, 150, 300, 500, 600, 750, 1_800, 4_000, *_ENDED_BPS})
# A part of the tax of some supplies is taken: the portal writes 65 percent as 0.65 or 65.
_WHOLE_SHARES = (None, 0, 1, 100)
Terms = tuple[Json, bool, bool]


def paid_heads(tax: object) -> tuple[int, int, int, int]:
    """Give the four heads of what was told."""
    igst, cgst, sgst, cess = (cast("dict[str, int]", tax)[head] for head in HEADS)
    return igst, cgst, sgst, cess


def checked_value(reader: Reader, at: str, told: Told) -> None:
    """A document is worth its supplies and their tax; where the buyer owes the tax, it may be worth the supplies alone."""
    lines = cast("list[Told]", told["lines"])
    taxable = sum(cast("int", line["taxable_paise"]) for line in lines)
    worth = {taxable + sum(sum(paid_heads(line["tax"])) for line in lines)}
    if told["is_reverse_charge"]:
        worth.add(taxable)
    value = cast("int", told["value_paise"])
    if all(abs(value - one) > RUPEE_PAISE for one in worth):
        reader.odd(at, "VALUE_UNEQUAL", reader.at(at))


def checked_items(reader: Reader, items: Sequence[str], told: Told, terms: Terms) -> None:
    """Tax is its rate's share of the value, half central and half state within a state; terms: share, untaxed, note."""
    share, is_untaxed, is_note = terms
    for item, line in zip(items, cast("list[Told]", told["lines"]), strict=True):
        rate = line["rate_bps"]
        if not isinstance(rate, int):
            continue
        _checked_rate(reader, f"{item}.rt", rate, "" if is_note else str(told["on"]))
        if not is_untaxed:
            _checked_tax(reader, item, line, _share_percent(share))


def is_whole_share(share: Json) -> bool:
    """All of the tax is taken, which need not be said."""
    return share in _WHOLE_SHARES


def _share_percent(share: Json) -> int:
    hundredths, _ = amount_paise(share)
    if hundredths is None or is_whole_share(share):
        return 100
    return hundredths if hundredths < 100 else hundredths // 100


def _checked_rate(reader: Reader, at: str, rate_bps: int, on: str) -> None:
    """Notes may tell of supplies of any year."""
    if rate_bps not in _RATES_BPS:
        reader.odd(at, "RATE_UNKNOWN", reader.at(at))
    elif rate_bps in _ENDED_BPS and on >= _ENDED_ON:
        reader.odd(at, "RATE_ENDED", reader.at(at))


def _checked_tax(reader: Reader, item: str, line: Told, percent: int) -> None:
    igst, cgst, sgst, _ = paid_heads(line["tax"])
    name = "iamt" if igst else "camt"
    if igst and (cgst or sgst):
        reader.odd(f"{item}.{name}", "HEADS_MIXED", reader.at(f"{item}.{name}"))
    if abs(cgst - sgst) > RUPEE_PAISE:
        reader.odd(f"{item}.camt", "HEADS_UNEQUAL", reader.at(f"{item}.camt"))
    # In units of 1/1,000,000 paise, so that nothing is rounded before it is compared.
    owed = cast("int", line["taxable_paise"]) * cast("int", line["rate_bps"]) * percent
    if abs((igst + cgst + sgst) * 1_000_000 - owed) > RUPEE_PAISE * 1_000_000:
        reader.odd(f"{item}.{name}", "TAX_UNEQUAL", reader.at(f"{item}.{name}"))


def checked_credit(reader: Reader, told: Told) -> None:
    """Net credit is what is available less what is reversed, head by head."""
    available, turned, net = (
        paid_heads(told[name]) for name in ("credit_available", "credit_reversed", "credit_net")
    )
    for name, one, back, left in zip(SHORT, available, turned, net, strict=True):
        if abs(one - back - left) > RUPEE_PAISE:
            reader.odd(f"itc_elg.itc_net.{name}", "CREDIT_NET_UNEQUAL", reader.at(f"itc_elg.itc_net.{name}"))


def checked_payment(reader: Reader, told: Told, at: str) -> None:
    """Tax payable is paid by credit and cash, head by head; credit of integrated tax goes before that of the other heads."""
    owed, credit, cash = (paid_heads(told[name]) for name in ("payable", "by_credit", "by_cash"))
    for head, one, by_credit, by_cash in zip(
        ("igst", "cgst", "sgst", "cess"), owed, credit, cash, strict=True
    ):
        if abs(one - by_credit - by_cash) > RUPEE_PAISE:
            reader.odd(f"tx_pmt.{head}", "TAX_PAID_UNEQUAL", [one, by_credit, by_cash])
    integrated = sum(reader.maybe_paise(f"{at}{name}") for name in ("i_pdi", "c_pdi", "s_pdi"))
    others = sum(reader.maybe_paise(f"{at}{name}") for name in ("i_pdc", "i_pds", "c_pdc", "s_pds"))
    if others and paid_heads(told["credit_net"])[0] - integrated > RUPEE_PAISE:
        reader.odd(f"{at}i_pdi", "CREDIT_ORDER", reader.at(f"{at}i_pdi"))


def checked_halves(reader: Reader, told: Told, at: str) -> None:
    """Who pays a share of his turnover pays half of it to the centre and half to the state, and sells within the state."""
    igst, cgst, sgst, _ = paid_heads(told["tax"])
    if igst or abs(cgst - sgst) > RUPEE_PAISE:
        reader.odd(f"{at}camt", "HEADS_UNEQUAL", reader.at(f"{at}camt"))


def are_close(one: Iterable[int], other: Iterable[int]) -> bool:
    """Compare totals of many rows."""
    return all(
        abs(a - b) <= 10 * RUPEE_PAISE + max(abs(a), abs(b)) // 1_000 for a, b in zip(one, other, strict=True)
    )
