"""What returns say of each other: outward tax of a 3B against its GSTR-1, and a composition taxpayer's year against its quarters.

Only whole periods are compared: every day covered, the sales of it told in the tax office's own form, and none amended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import orjson

from kit.source import Finding, Outcome
from sources.gst._checks import are_close, paid_heads

Told = Mapping[str, object]
Key = tuple[str, str]
Sums = dict[Key, tuple[int, ...]]
_NOTHING = (0, 0, 0, 0)
_SOLD = ("b2b", "b2cl", "b2cs", "cdnr", "cdnur", "at", "txpd")
_AMENDED = ("b2ba", "b2cla", "b2csa", "cdnra", "cdnura", "ata", "txpda")
_NOT_TAXED = ("SEWP", "SEWOP", "EXPWP", "EXPWOP")


def reconciled(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Give the same outcomes, with a finding on each return that tells otherwise than the lines it sums up."""
    held = list(outcomes)
    known = _Known([(one.party, one.document) for one in held if one.document is not None])
    for one in held:
        is_sum = one.document is not None and one.document.get("form") in ("GSTR3B", "GSTR4")
        yield one if one.document is None or not is_sum else _held_against(one, one.document, known)


class _Known:
    """What the lines of an answer add up to, and how far they go."""

    def __init__(self, told: Sequence[tuple[str, Told]]) -> None:
        self._sums = _sums(told)
        self._first_days = _first_days(told)
        self._quarterly = {
            party for party, one in told if one["kind"] == "filing" and str(one["frequency"])[:1] == "Q"
        }

    def total(self, party: str, document: Told) -> tuple[int, ...] | None:
        """Add up the months a return speaks of, if every day of them is covered and enough of them have a sum."""
        is_year = document["form"] == "GSTR4"
        months = _months(str(document["period"]), 12 if is_year else 3 if party in self._quarterly else 1)
        if f"{months[0]}-01" < self._first_days.get(party, "9999"):
            return None
        known = [self._sums[party, month] for month in months if (party, month) in self._sums]
        return tuple(map(sum, zip(*known, strict=True))) if len(known) >= (4 if is_year else 1) else None


def _held_against(one: Outcome, document: Told, known: _Known) -> Outcome:
    total = known.total(one.party, document) if document["kind"] in ("return3b", "composition") else None
    if total is None:
        return one
    if document["kind"] == "composition":
        return _compared(one, ("outward_supp", "YEAR_UNEQUAL"), _composed(document), total)
    taxes = paid_heads(document["outward"])[:3]
    return _compared(one, ("sup_details.osup_det", "OUTWARD_UNEQUAL"), taxes, total[1:])


def _composed(document: Told) -> tuple[int, ...]:
    return cast("int", document["turnover_paise"]), *paid_heads(document["tax"])[:3]


def _compared(one: Outcome, rule: tuple[str, str], said: Sequence[int], total: Sequence[int]) -> Outcome:
    """Nothing is changed, and the finding says so by equal texts: what the return says, and what its lines add up to."""
    if are_close(said, total):
        return one
    text = orjson.dumps((said, total)).decode()
    return one._replace(findings=(*one.findings, Finding(one.ref, *rule, text, text)))


def _sums(told: Iterable[tuple[str, Told]]) -> Sums:
    """Taxable value and tax by party and month; a month with amendments, or told without rates, has no sum."""
    sums: Sums = defaultdict(lambda: _NOTHING)
    unsummed: set[Key] = set()
    for party, one in told:
        key = party, str(one.get("period"))
        if one.get("form") == "CMP08" and one["kind"] == "composition":
            sums[key] = _composed(one)
        elif one["kind"] == "outward" and _is_unsummed(one):
            unsummed.add(key)
        elif one["kind"] == "outward" and one["section"] in _SOLD:
            sums[key] = tuple(map(sum, zip(sums[key], _signed(one), strict=True)))
    return {key: total for key, total in sums.items() if key not in unsummed}


def _is_unsummed(one: Told) -> bool:
    is_carried = one["section"] == "b2b" and any(line["rate_bps"] is None for line in _lines(one))
    return is_carried or one["section"] in _AMENDED


def _signed(one: Told) -> tuple[int, ...]:
    """Notes of credit and advances set off come down; tax the buyer owes, and sales without payment of tax, are told elsewhere."""
    kept_aside = cast("Mapping[str, str]", one["extra"])
    types = {str(one["type"]), *(text.strip('"') for text in kept_aside.values())}
    if one["is_reverse_charge"] or not types.isdisjoint(_NOT_TAXED):
        return _NOTHING
    is_down = one["section"] == "txpd" or (str(one["section"]).startswith("cdn") and one["type"] == "C")
    sign = -1 if is_down else 1
    rows = [(cast("int", line["taxable_paise"]), *paid_heads(line["tax"])[:3]) for line in _lines(one)]
    return tuple(sign * sum(column) for column in zip(*rows, strict=True)) if rows else _NOTHING


def _lines(one: Told) -> list[Told]:
    return cast("list[Told]", one["lines"])


def _first_days(told: Iterable[tuple[str, Told]]) -> dict[str, str]:
    """The first day any answer about a party covers."""
    days: dict[str, str] = {}
    for party, one in told:
        if one["kind"] == "profile" and one["covered_from"] is not None:
            day = str(one["covered_from"])
            days[party] = min(day, days.get(party, day))
    return days


def _months(last: str, n: int) -> list[str]:
    """The n months up to one written as 2025-04."""
    year, month = int(last[:4]), int(last[5:])
    numbers = range(year * 12 + month - n, year * 12 + month)
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
