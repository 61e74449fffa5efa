"""Sahamati's published fair-use rows, a table for each day from which one binds; `*` in its FIU column is a row without template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from consent.artefact import (
    CONSENT_TYPES,
    DEPOSIT_TYPES,
    FUND_TYPES,
    INF,
    INSURANCE_TYPES,
    FetchType,
    Quantity,
)
from kit.period import Unit

_WRITTEN = re.compile(r"([0-9]{1,5})[ /]?(HOUR|DAY|MONTH|YEAR)", re.IGNORECASE | re.ASCII)


def quantity(text: str) -> Quantity | None:
    """Read 31 DAY, 31DAY, 31/DAY or INF; anything else is None."""
    if text.upper() == "INF":
        return INF
    found = _WRITTEN.fullmatch(text)
    return found and Quantity(Unit(found[2].upper()), int(found[1]))


class Row(NamedTuple):
    """What one row allows; amounts as text, with commas where any of several units may be used."""

    rule: str
    purpose: int
    template: str | None
    fetch_type: FetchType
    fi_types: tuple[str, ...]
    data_life: str
    frequency: str
    expiry: str
    range: str
    consent_types: tuple[str, ...] = CONSENT_TYPES


_P, _O = FetchType.PERIODIC, FetchType.ONETIME
_ONCE = "1 HOUR, 1 DAY, 1 MONTH, 1 YEAR"  # The table writes 0 of each unit; ReBIT wants at least 1 of one.
_MONTH = "31 DAY, 1 MONTH"
_PLAIN = (*DEPOSIT_TYPES, *INSURANCE_TYPES, "NPS", "GSTR1_3B", "OTHER")
_LENT = (*DEPOSIT_TYPES, *FUND_TYPES, *INSURANCE_TYPES, "NPS", "GSTR1_3B")
_TRADED = (*FUND_TYPES, "BONDS", "DEBENTURES")
_SHARES = (*FUND_TYPES, "DEBENTURES")
_COVER = ("DEPOSIT", "GSTR1_3B", *INSURANCE_TYPES)
_SIMPLE = (*DEPOSIT_TYPES, "MUTUAL_FUNDS", "GSTR1_3B")
_BOOKS = ("DEPOSIT", "GSTR1_3B")
_BANK = ("DEPOSIT",)

# Instrument: Sahamati fair-use guidelines, consent request rules of 19 January 2026.
# The columns: rule, purpose, template, fetch type, FI types, data life, frequency, expiry, range, consent types.
TABLES: Mapping[date, tuple[Row, ...]] = {
    date(2026, 1, 19): (
        Row("101-default", 101, None, _P, _PLAIN, _MONTH, "1 DAY, 31 MONTH", "1 YEAR", "13 MONTH"),
        Row("101-default-market", 101, None, _P, FUND_TYPES, _MONTH, "1 DAY, 31 MONTH", "1 YEAR", "20 YEAR"),
        Row("102-default", 102, None, _P, _PLAIN, _MONTH, "1 DAY, 45 MONTH", "1 YEAR", "13 MONTH"),
        Row("102-default-market", 102, None, _P, FUND_TYPES, _MONTH, "1 DAY, 45 MONTH", "1 YEAR", "10 YEAR"),
        Row("102-CT019", 102, "CT019", _P, _PLAIN, "7 DAY", "1 DAY, 45 MONTH", "1 YEAR", "13 MONTH"),
        Row("102-CT019-market", 102, "CT019", _P, _TRADED, "7 DAY", "1 DAY, 45 MONTH", "1 YEAR", "10 YEAR"),
        Row("103-default", 103, None, _O, _LENT, _MONTH, _ONCE, "1 MONTH", "14 MONTH"),
        Row("103-CT006", 103, "CT006", _O, _SIMPLE, "45 DAY, 1 MONTH", _ONCE, "45 DAY", "12 MONTH"),
        Row("104-default", 104, None, _P, _LENT, _MONTH, "5 MONTH", "5 YEAR", "6 MONTH"),
        Row("104-CT035", 104, "CT035", _P, _BANK, _MONTH, "1 DAY, 31 MONTH", "8 YEAR", "1 DAY", ("SUMMARY",)),
        Row("104-CT042", 104, "CT042", _P, _BOOKS, "90 DAY, 3 MONTH", "1 MONTH", "1 YEAR", "6 MONTH"),
        Row("104-CT043", 104, "CT043", _P, _SHARES, "7 DAY", "25 MONTH", "1 YEAR", "6 MONTH"),
        Row("104-CT046", 104, "CT046", _P, _BANK, "1 DAY", "3 MONTH", "18 MONTH", "1 MONTH"),
        Row("105-default", 105, None, _O, _COVER, "1 DAY", _ONCE, "1 DAY", "1 DAY", ("PROFILE", "SUMMARY")),
        Row("105-CT010", 105, "CT010", _O, (*DEPOSIT_TYPES, *_TRADED, "GSTR1_3B"), "7 DAY", _ONCE, "1 MONTH", "6 MONTH"),
        Row("105-CT045", 105, "CT045", _O, (*_COVER, "MUTUAL_FUNDS"), "1 DAY", _ONCE, "1 DAY", "12 MONTH"),
    )
}  # fmt: skip
