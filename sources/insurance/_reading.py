"""Reading the fields of one line, whatever their spelling: every repair becomes a finding, unknown fields are kept aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import orjson

from kit.fields import amount_paise, day, enum, moment, text
from kit.source import Finding, Item, Json

Fields = Mapping[str, Json]


class Reader:
    """Reads the fields of one item; extra holds those nobody knows, as JSON text."""

    def __init__(self, item: Item) -> None:
        """Begin with nothing noted."""
        self._ref = item.ref
        self.findings: list[Finding] = []
        self.extra: dict[str, str] = {}

    def fields(self, value: Json, place: str, known: Collection[str]) -> Fields:
        """Take an object, and put aside the fields of it that are not known."""
        if not isinstance(value, dict):
            if value is not None:
                self.note(place or "line", "NOT_AN_OBJECT", value, None)
            return {}
        for name in sorted(set(value) - set(known)):
            field = f"{place}.{_printable(name)}" if place else _printable(name)
            self.extra[field] = orjson.dumps(value[name]).decode()
            self.note(field, "UNKNOWN_FIELD", value[name], None)
        return value

    def listed(self, value: Json, place: str) -> list[Json]:
        """Take a list; one object alone stands for a list of one."""
        if isinstance(value, dict):
            self.note(place, "OBJECT_ALONE", "object", "array")
            return [value]
        return value if isinstance(value, list) else []

    def text(self, field: str, value: Json, *, is_owed: bool = False) -> str | None:
        """Read text; what is owed and missing is told."""
        found, rule = text(value)
        return self._kept(field, rule, value, found, is_owed)

    def day(self, field: str, value: Json) -> str | None:
        """Read a day."""
        found, rule = day(value)
        return self._kept(field, rule, value, None if found is None else found.isoformat(), is_owed=False)

    def moment(self, field: str, value: Json) -> str | None:
        """Read a moment."""
        found, rule = moment(value)
        return self._kept(field, rule, value, None if found is None else found.isoformat(), is_owed=False)

    def word(
        self,
        field: str,
        value: Json,
        allowed: Collection[str],
        words: Mapping[str, str],
        *,
        is_owed: bool = False,
    ) -> str | None:
        """Read one of a list of words."""
        found, rule = enum(value, allowed, words)
        return self._kept(field, rule, value, found, is_owed)

    def paise(self, field: str, value: Json, *, is_owed: bool = False) -> int | None:
        """Read an amount, which on a policy is never negative."""
        found, rule = amount_paise(value)
        if found is not None and found < 0:
            found, rule = None, None
            self.note(field, "AMOUNT_NEGATIVE", value, None)
        if found is not None and rule is None and not isinstance(value, str):
            # A number that is no text was written by a program that may have rounded it.
            self.note(field, "AMOUNT_NUMBER", value, found)
        if rule is not None and (is_owed or value not in (None, "")):
            self.note(field, rule, value, found)
        return found

    def note(self, field: str, rule: str, was: Json, became: Json) -> None:
        """Write down a repair with the field as it was and as it is."""
        told = orjson.dumps(was).decode(), orjson.dumps(became).decode()
        self.findings.append(Finding(self._ref, field, rule, *told))

    def _kept(self, field: str, rule: str | None, was: Json, became: str | None, is_owed: bool) -> str | None:
        if rule is not None and (is_owed or was not in (None, "")):
            self.note(field, rule, was, became)
        return became


def _printable(name: str) -> str:
    """A field name is the sender's text and may hold anything."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:80]
