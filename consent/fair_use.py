"""The check that a consent asks for no more than Sahamati's fair-use rows allow; they bind channel AA only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from consent._fair_use_rows import TABLES, Row, quantity
from consent.artefact import Artefact, Detail, Quantity
from kit.errors import PolicyRefused
from kit.period import ist_day
from kit.source import Channel

__all__ = ["Row", "Violation", "check", "enforce", "quantity", "refusal", "rows_for"]
_POLICY = "Consent parameters are not as per fair use policy"


class Violation(NamedTuple):
    """One field outside a row: which rule, what was asked and the most that is allowed."""

    rule: str
    field: str
    got: str
    most: str

    def __str__(self) -> str:
        """Write the published sentence, with the two values it leaves out."""
        if self.field == "FIDataRange":
            sentence = "FI data range is not as per fair use policy"
        else:
            sentence = f"{_POLICY} - {self.field} is invalid"
        return f"{sentence}: got {self.got}, at most {self.most}."


def enforce(artefact: Artefact, template: str | None = None) -> Artefact:
    """Refuse what the scheme would refuse, before anyone is asked to approve it."""
    found = check(artefact, template)
    if found:
        raise refusal(found)
    return artefact


def refusal(found: Sequence[Violation]) -> PolicyRefused:
    """Word what does not fit as the one error it is."""
    return PolicyRefused(
        "FAIR_USE",
        " ".join(map(str, found)),
        hint="Ask for no more than the row allows.",
        place=found[0].field,
    )


def check(artefact: Artefact, template: str | None = None) -> tuple[Violation, ...]:
    """List every field outside its rows; before the first table, or on another channel, there is none."""
    rows = rows_for(artefact, template)
    return tuple(_violations(artefact.detail, rows)) if rows else ()


def rows_for(artefact: Artefact, template: str | None = None) -> tuple[Row, ...]:
    """Find the rows that bind: those of the template, else the default; of these, those that name a type asked for."""
    table = _table_for(artefact)
    purposed = [row for row in table if row.purpose == artefact.purpose]
    exact = [row for row in purposed if template is not None and row.template == template]
    open_to = exact or [row for row in purposed if row.template is None]
    asked = set(artefact.detail.fi_types)
    return tuple([row for row in open_to if asked & set(row.fi_types)] or open_to)


def _table_for(artefact: Artefact) -> tuple[Row, ...]:
    if artefact.channel is not Channel.AA:
        return ()
    on = ist_day(artefact.detail.start)
    since = max((day for day in TABLES if day <= on), default=None)
    return () if since is None else TABLES[since]


def _violations(detail: Detail, rows: Sequence[Row]) -> Iterator[Violation]:
    """Every row must be kept in all but the types, which add up, and the range, of which the largest counts."""
    yield from _foreign_types(detail, rows)
    told = set()
    for row in rows:
        for violation in _of_row(detail, row):
            if violation.field not in told:
                told.add(violation.field)
                yield violation
    yield from _too_long(detail, rows)


def _foreign_types(detail: Detail, rows: Sequence[Row]) -> Iterator[Violation]:
    allowed = {kind for row in rows for kind in row.fi_types}
    if others := sorted(set(detail.fi_types) - allowed):
        rule = ", ".join(row.rule for row in rows)
        yield Violation(rule, "fiTypes", ", ".join(others), ", ".join(sorted(allowed)))


def _of_row(detail: Detail, row: Row) -> Iterator[Violation]:
    if detail.fetch_type is not row.fetch_type:
        yield Violation(row.rule, "fetchType", detail.fetch_type, row.fetch_type)
    if others := sorted(set(detail.consent_types) - set(row.consent_types)):
        yield Violation(row.rule, "consentTypes", ", ".join(others), ", ".join(row.consent_types))
    for field, asked, most in (
        ("DataLife", detail.data_life, row.data_life),
        ("Frequency", detail.frequency, row.frequency),
    ):
        if not _is_within(asked, most):
            yield Violation(row.rule, field, str(asked), most.replace(", ", " or "))
    if detail.expiry > _amount(row.expiry).end_from(detail.start):
        yield Violation(row.rule, "consentExpiry", _length(detail.expiry - detail.start), row.expiry)


def _too_long(detail: Detail, rows: Sequence[Row]) -> Iterator[Violation]:
    first, last = detail.range
    widest = max(rows, key=lambda row: _amount(row.range).end_from(first))
    if last > _amount(widest.range).end_from(first):
        yield Violation(widest.rule, "FIDataRange", _length(last - first), widest.range)


def _length(span: timedelta) -> str:
    """A day begun counts: a range ends a millisecond before midnight."""
    return f"{-(-span // timedelta(days=1))} DAY"


def _is_within(asked: Quantity, most: str) -> bool:
    """A unit the row does not name is allowed in no number: 1 MONTH may be shorter than 31 DAY, or not."""
    amounts = map(_amount, most.split(", "))
    return any(asked.unit is amount.unit and asked.value <= amount.value for amount in amounts)


def _amount(text: str) -> Quantity:
    read = quantity(text)
    if read is None:
        raise ValueError("a row is written in an unknown unit")
    return read
