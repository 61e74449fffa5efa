"""Reading the fields of a fund line one by one: every repair is noted, what has no name here is kept aside."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

import orjson

from kit.errors import RecordError
from kit.fields import LARGEST_PAISE, Rule, amount_paise, day, enum, moment, printable, text
from kit.source import Finding, Item, Json
from sources.mutual_funds._isin import isin_grade, isin_repaired

_OTHER_NAMES = {
    "investmentvalue": "costValue",
    "lockingunits": "lockinUnits",
    "maskedfoliono": "maskedFolioNo",
    "maskedaccnumber": "maskedFolioNo",
    "maskedaccountnumber": "maskedFolioNo",
    "linkedaccref": "linkRefNumber",
}
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?(E[+-]?[0-9]{1,2})?", re.IGNORECASE | re.ASCII)
_POWERS = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?E[+-]?[0-9]{1,2}", re.IGNORECASE | re.ASCII)

_NONE = frozenset({"-", "--", "#N/A", "N/A", "NA", "NIL", "NULL", "NONE"})

Fields = Mapping[str, Json]


class Reader:
    """Reads one line; a field that is always sent is worth a finding when it is empty, any other is not."""

    def __init__(self, item: Item, names: str, always: str) -> None:
        self.findings: list[Finding] = []
        self.extra: dict[str, str] = {}
        self._item = item
        self._known = frozenset(names.split())
        self._spelled = {_folded(name): name for name in names.split()} | _OTHER_NAMES
        self._always = frozenset(always.split())

    def named(self, value: Json, place: str = "") -> Fields:
        """Bring the fields of an object under their names, case and separators apart."""
        if not isinstance(value, dict):
            if value not in (None, ""):
                self._note(place.rstrip(".") or "line", "NOT_AN_OBJECT", value, None)
            return {}
        found = {key: inner for key, inner in value.items() if key in self._known}
        for key, inner in sorted(value.items()):
            if key in self._known:
                continue
            name, shown = self._spelled.get(_folded(key)), printable(key) or "?"
            if name is None or name in found:
                self.extra[place + shown] = orjson.dumps(inner).decode()
                self._note(place + shown, "UNKNOWN_FIELD", inner, None)
            else:
                found[name] = inner
                self._note(place + name, "FIELD_SPELLING", shown, name)
        return found

    def text(self, fields: Fields, name: str, place: str = "") -> str | None:
        """Read text."""
        found, rule = text(fields.get(name))
        return self._kept((name, place), rule, fields.get(name), found)

    def code(self, fields: Fields, name: str) -> str | None:
        """Read an identifier; registers write a dash or #N/A where there is none."""
        value = fields.get(name)
        if isinstance(value, str) and value.strip().upper() in _NONE:
            self._kept((name, ""), Rule.TEXT_EMPTY, value, None)
            return None
        return self.text(fields, name)

    def isin(self, fields: Fields) -> tuple[str, str]:
        """Read the ISIN a line cannot do without, with its grade after repair."""
        told = _owed(self.code(fields, "isin"), fields.get("isin"), "ISIN_MISSING")
        isin, rule = isin_repaired(told)
        if rule is not None:
            self._note("isin", rule, told, isin)
        return isin, self.graded("isin", isin, isin_grade(isin))

    def listed(self, value: Json, place: str) -> list[Json]:
        """Take a list; one object alone stands for a list of one, and anything else is told."""
        if isinstance(value, dict):
            self._note(place, "OBJECT_ALONE", "object", "array")
            return [value]
        if value not in (None, "") and not isinstance(value, list):
            self._note(place, "NOT_A_LIST", value, None)
        return value if isinstance(value, list) else []

    def day(self, fields: Fields, name: str, place: str = "") -> str | None:
        """Read a day, and write it as ISO does."""
        found, rule = day(fields.get(name))
        return self._kept((name, place), rule, fields.get(name), None if found is None else found.isoformat())

    def moment(self, fields: Fields, name: str) -> str | None:
        """Read a moment, and write it as ISO does."""
        found, rule = moment(fields.get(name))
        return self._kept((name, ""), rule, fields.get(name), None if found is None else found.isoformat())

    def word(
        self, fields: Fields, name: str, allowed: Collection[str], synonyms: Mapping[str, str]
    ) -> str | None:
        """Read one of the allowed words."""
        found, rule = enum(fields.get(name), allowed, synonyms)
        return self._kept((name, ""), rule, fields.get(name), found)

    def paise(self, fields: Fields, name: str, place: str = "") -> int | None:
        """Read an amount of money."""
        value = fields.get(name)
        found, rule = paise_of(value)
        self._kept((name, place), rule, value, found)
        return found

    def scaled(self, fields: Fields, name: str, decimals: int = 0) -> int | None:
        """Read a number with so many decimals as a whole one; one that is finer than that is not read."""
        value = fields.get(name)
        found, rule = _scaled(value, decimals)
        self._kept((name, ""), rule, value, found)
        return found

    def within(self, fields: Fields, name: str, least: int, most: int) -> int | None:
        """Read a whole number that cannot be outside its bounds."""
        found = self.scaled(fields, name)
        if found is None or least <= found <= most:
            return found
        self._note(name, "NUMBER_OUT_OF_RANGE", fields.get(name), None)
        return None

    def doubt(self, field: str, rule: str, value: Json) -> None:
        """Note a field that is kept as it stands and cannot be right."""
        self._note(field, rule, value, value)

    def owed(self, fields: Fields, name: str) -> str:
        """Read a text without which the line cannot be told from others."""
        return _owed(self.text(fields, name), fields.get(name), f"{_code(name)}_MISSING")

    def owed_day(self, fields: Fields, name: str) -> str:
        """Read a day the line cannot do without."""
        rule = day(fields.get(name))[1]
        return _owed(self.day(fields, name), fields.get(name), rule or Rule.DATE_UNREADABLE)

    def owed_paise(self, fields: Fields, name: str) -> int:
        """Read an amount the line cannot do without."""
        rule = paise_of(fields.get(name))[1]
        found = self.paise(fields, name)
        if found is None or found < 0:
            raise RecordError(rule or "AMOUNT_NEGATIVE", "an amount the line needs cannot be read")
        return found

    def _kept(self, at: tuple[str, str], rule: str | None, was: Json, became: str | int | None) -> str | None:
        name, place = at
        is_silent = was in (None, "") and name not in self._always
        if rule is not None and not is_silent:
            self._note(place + name, rule, was, became)
        return became if isinstance(became, str) else None

    def _note(self, field: str, rule: str, was: Json, became: Json) -> None:
        texts = orjson.dumps(was).decode(), orjson.dumps(became).decode()
        self.findings.append(Finding(self._item.ref, field, str(rule), *texts))

    def graded(self, field: str, value: str | None, grade: str) -> str:
        """Note an identifier that is there and not good, and give its grade."""
        if value is not None and grade != "VALID":
            self._note(field, f"{_code(field.rsplit('.', 1)[-1])}_{grade}", value, value)
        return grade


def paise_of(value: Json) -> tuple[int | None, str | None]:
    """Read an amount of money, one with a power of ten included."""
    if isinstance(value, str) and _POWERS.fullmatch(value):
        return _scaled(value, 2)
    found, rule = amount_paise(value)
    return found, "AMOUNT_NUMBER" if rule is None and not isinstance(value, str) else rule


def _owed(found: str | None, value: Json, code: str) -> str:
    if found is None:
        raise RecordError(code, "a field the line needs is missing or cannot be read")
    return found


def _scaled(value: Json, decimals: int) -> tuple[int | None, str | None]:
    if value is None or value == "":
        return None, "NUMBER_EMPTY"
    bare = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(bare):
        return None, "NUMBER_UNREADABLE"
    scaled = Decimal(bare).scaleb(decimals)
    if scaled != int(scaled):
        return None, "NUMBER_TOO_FINE"
    if not 0 <= scaled <= LARGEST_PAISE:
        return None, "NUMBER_OUT_OF_RANGE"
    is_plain = isinstance(value, str) and bare == value and "E" not in bare.upper()
    return int(scaled), None if is_plain else "NUMBER_FORM"


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _code(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").upper()
