"""Reading the fields of one line, whatever their spelling: every repair becomes a finding, unknown fields are kept aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import orjson

from kit.fields import Rule, amount_paise, day, enum, moment, printable, text
from kit.source import Finding, Item, Json

Fields = Mapping[str, Json]


class Reader:
    """Reads the fields of one item; extra holds those nobody knows, as JSON text."""

    def __init__(self, item: Item) -> None:
        """Begin with nothing noted."""
        self._ref = item.ref
        self.findings: list[Finding] = []
        self.extra: dict[str, str] = {}

    def fields(self, value: Json, place: str, known: Mapping[str, str]) -> Fields:
        """Bring the fields of an object under their names, case and separators apart, and put aside those nobody knows."""
        if not isinstance(value, dict):
            if value is not None:
                self.note(place or "line", "NOT_AN_OBJECT", value, None)
            return {}
        named = set(known.values())
        found = {name: inner for name, inner in value.items() if name in named}
        for name in sorted(value.keys() - named):
            at = f"{place}.{printable(name)}" if place else printable(name)
            meant = known.get(_folded(name))
            if meant is None or meant in found:
                self.extra[at] = orjson.dumps(value[name]).decode()
                self.note(at, "UNKNOWN_FIELD", value[name], None)
            else:
                found[meant] = value[name]
                self.note(at, "FIELD_SPELLING", printable(name), meant)
        return found

    def listed(self, value: Json, place: str) -> list[Json]:
        """Take a list; one object alone stands for a list of one."""
        if isinstance(value, dict):
            self.note(place, "OBJECT_ALONE", "object", "array")
            return [value]
        if value not in (None, "") and not isinstance(value, list):
            self.note(place, "NOT_A_LIST", value, None)
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

    def count(self, field: str, value: Json) -> int | None:
        """Read a whole number."""
        found, rule = amount_paise(value)
        if found is not None and (found < 0 or found % 100):
            found, rule = None, Rule.AMOUNT_UNREADABLE
        became = None if found is None else found // 100
        if rule is not None and value not in (None, ""):
            self.note(field, rule, value, became)
        return became

    def doubt(self, field: str, rule: str, value: Json) -> None:
        """Note a field that is kept as it stands and cannot be right."""
        self.note(field, rule, value, value)

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


def known_names(names: str, others: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Key names without case and separators; others are what another version calls a field, keyed in the same way."""
    return {_folded(name): name for name in names.split()} | dict(others or {})


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
