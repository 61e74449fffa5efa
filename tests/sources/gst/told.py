"""The lines a portal sent, as tests read them: numbers by their digits, in paise."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from generators.papers import Scheme
from generators.world import Business
from kit.period import Month, month_of
from tests.sources import given

Line = dict[str, Any]  # type: ignore[explicit-any]
SEEDS = (1, 2, 3, 5, 7, 9, 13, 16, 22)


@cache
def lines(seed: int, channel: str = "") -> tuple[Line, ...]:
    """All lines of a clean answer about the entity of one seed, the envelope first."""
    business = given.business(seed)
    asked = {"ENTITY": given.pulls(business, channel=channel)["ENTITY"]}
    parcels = given.answers("gst", business, asked)
    return tuple(json.loads(line, parse_float=Decimal) for parcel in parcels for line in parcel.lines)


def paise(value: object) -> int:
    """Read a JSON number of rupees."""
    scaled = Decimal(str(value)) * 100
    assert scaled == int(scaled)
    return int(scaled)


def heads(part: Mapping[str, object]) -> tuple[int, int, int]:
    """Read the heads that stand in a part under either spelling."""
    pairs = (("iamt", "igst"), ("camt", "cgst"), ("samt", "sgst"))
    told = [paise(part.get(short, part.get(full, 0))) for short, full in pairs]
    return told[0], told[1], told[2]


def added(one: tuple[int, ...], other: tuple[int, ...], sign: int = 1) -> tuple[int, ...]:
    """Add part by part."""
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


def day(text: str) -> date:
    """Read dd-mm-yyyy."""
    return date(int(text[6:]), int(text[3:5]), int(text[:2]))


def month(text: str) -> Month:
    """Read MMYYYY."""
    return Month(int(text[2:]), int(text[:2]))


def is_filer(business: Business) -> bool:
    """Say whether GSTR-1 and 3B are this business's returns."""
    return business.registration is not None and business.registration.scheme in (Scheme.MONTHLY, Scheme.QRMP)


def of(seed: int, **said: str) -> Iterator[Line]:
    """The lines that say something."""
    return (line for line in lines(seed) if all(line.get(name) == value for name, value in said.items()))


def quarter_of(period: Month, business: Business) -> Month:
    """Name the period of the 3B that a month belongs to."""
    assert business.registration is not None
    is_monthly = business.registration.scheme is Scheme.MONTHLY
    return period if is_monthly else period.plus(-period.month % 3)


def whole_periods(seed: int) -> set[Month]:
    """The periods of 3B of which every day is remembered."""
    business = given.business(seed)
    first = month_of(business.first)
    periods = {month(line["ret_period"]) for line in of(seed, kind="return3b")}
    back = 0 if business.registration and business.registration.scheme is Scheme.MONTHLY else -2
    return {period for period in periods if period.plus(back) >= first}
