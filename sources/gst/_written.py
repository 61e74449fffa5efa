"""How GSTN writes: numbers with two decimals, days as dd-mm-yyyy, periods as MMYYYY."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import cast

import orjson

from kit.money import decimal_rupees
from kit.period import Month
from kit.source import Json

Heads = Sequence[int]


@lru_cache(maxsize=65_536)
def rupees(paise: int) -> Json:
    """Write paise as an exact JSON number of rupees; no float stands between."""
    return cast("Json", orjson.Fragment(decimal_rupees(paise)))


def percent(rate_bps: int) -> Json:
    """Write a rate in percent, whole where it is whole."""
    whole, rest = divmod(rate_bps, 100)
    return rupees(rate_bps) if rest else whole


def day(on: date) -> str:
    """Write a day."""
    return f"{on.day:02}-{on.month:02}-{on.year:04}"


def period(month: Month) -> str:
    """Write a return period."""
    return f"{month.month:02}{month.year:04}"


def taxed(heads: Heads, is_inter: bool) -> dict[str, Json]:
    """Write taxable value and the heads that apply: an intra-state item has no integrated tax at all."""
    taxable, igst, cgst, sgst = heads
    told: dict[str, Json] = {"txval": rupees(taxable)}
    told |= {"iamt": rupees(igst)} if is_inter else {"camt": rupees(cgst), "samt": rupees(sgst)}
    return told | {"csamt": rupees(0)}


def all_heads(heads: Heads) -> dict[str, Json]:
    """Write every head, zero or not."""
    _, igst, cgst, sgst = heads
    return {"iamt": rupees(igst), "camt": rupees(cgst), "samt": rupees(sgst), "csamt": rupees(0)}


def valued(heads: Heads) -> dict[str, Json]:
    """Write taxable value and every head."""
    return {"txval": rupees(heads[0])} | all_heads(heads)


def items(rate_bps: int, heads: Heads, is_inter: bool) -> list[Json]:
    """Write the items of a document of one rate; an item is numbered by its rate."""
    return [{"num": rate_bps + 1, "itm_det": {"rt": percent(rate_bps), **taxed(heads, is_inter)}}]
