"""Reading the fields of a message one by one: what was repaired or lost is noted, what a record needs is demanded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

import orjson

from kit import fields
from kit.errors import RecordError
from kit.period import ist_day
from kit.source import Finding, Item, Json

NOTHING = (None, "")
COUNT = re.compile("[0-9]{1,6}").fullmatch


class Words(NamedTuple):
    """A closed list, and what fields.enum looks up where a value is not one of it."""

    allowed: frozenset[str]
    spellings: Mapping[str, str]


class Reader:
    """Reads one line; every note names the field by its path."""

    def __init__(self, item: Item) -> None:
        """Begin without a note."""
        self.notes: list[Finding] = []
        self.extra: dict[str, str] = {}
        self._ref = item.ref

    def note(self, path: str, rule: str, was: Json, became: Json) -> None:
        """Keep one repair or doubt."""
        self.notes.append(Finding(self._ref, path, rule, _json(was), _json(became)))

    def unknown(self, holder: Mapping[str, Json], known: AbstractSet[str], place: str = "") -> None:
        """Keep aside what the standard does not know."""
        for name in sorted(holder.keys() - known):
            path = f"{place}{name}".encode("ascii", "backslashreplace").decode()
            self.extra[path] = _json(holder[name])
            self.note(path, "UNKNOWN_FIELD", holder[name], None)

    def text(self, path: str, value: Json) -> str | None:
        """Read a text that may be missing; people write None where there is none."""
        if value is None:
            return None
        found, rule = fields.text(value)
        if found in ("None", "null"):
            found, rule = None, fields.Rule.TEXT_EMPTY
        return self._kept(path, rule, value, found)

    def stated(self, path: str, holder: Mapping[str, Json], name: str) -> str | None:
        """Read a text that many messages have: where it is there and empty, that is told."""
        if name not in holder:
            return None
        found = self.text(f"{path}.{name}", holder[name])
        if holder[name] is None:
            self.note(f"{path}.{name}", fields.Rule.TEXT_EMPTY, None, None)
        return found

    def stated_paise(self, path: str, holder: Mapping[str, Json], name: str) -> int | None:
        """Read an amount that many messages have: where it is there and empty, that is told."""
        return self.paise(f"{path}.{name}", holder[name]) if name in holder else None

    def paise(self, path: str, value: Json) -> int | None:
        """Read an amount, and tell where there is none; the network writes amounts as text."""
        found, rule = fields.amount_paise(value)
        if rule is not None or not isinstance(value, str):
            self.note(path, rule or "AMOUNT_NUMBER", value, found)
        return found

    def needed_paise(self, path: str, value: Json) -> int:
        """Read an amount without which the line says nothing."""
        found, rule = fields.amount_paise(value)
        if found is None:
            raise RecordError(
                rule or fields.Rule.AMOUNT_UNREADABLE, "an amount the line needs cannot be read"
            )
        if rule is not None or not isinstance(value, str):
            self.note(path, rule or "AMOUNT_NUMBER", value, found)
        return found

    def needed_text(self, path: str, value: Json, code: str) -> str:
        """Read a text without which the line says nothing."""
        found = self.text(path, value)
        if found is None:
            raise RecordError(code, "a field the line needs is missing or cannot be read")
        return found

    def moment(self, path: str, value: Json) -> str | None:
        """Read a moment, and tell where there is none."""
        found, rule = fields.moment(value)
        return self._kept(path, rule, value, None if found is None else found.isoformat())

    def needed_moment(self, path: str, value: Json) -> tuple[str, str]:
        """Read the moment a line stands at, with its Indian day."""
        found, rule = fields.moment(value)
        if found is None:
            raise RecordError(rule or fields.Rule.DATE_UNREADABLE, "a message has no readable moment")
        self._kept(path, rule, value, found.isoformat())
        return found.isoformat(), ist_day(found).isoformat()

    def day(self, path: str, value: Json) -> str | None:
        """Read a day; an empty one is nothing to tell of."""
        found, rule = fields.day(value)
        return self._kept(
            path, None if value in NOTHING else rule, value, None if found is None else found.isoformat()
        )

    def word(self, path: str, value: Json, words: Words) -> str | None:
        """Read one of the words of a closed list."""
        if value is None or (isinstance(value, str) and value in words.allowed):
            return value
        found, rule = fields.enum(value, words.allowed, words.spellings)
        return self._kept(path, rule, value, found)

    def count(self, path: str, value: Json) -> int | None:
        """Read a number of pieces, below a million, which many write as text."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
            return value
        is_written = isinstance(value, str) and COUNT(value.strip()) is not None
        found = int(str(value)) if is_written else None
        self.note(path, "COUNT_TEXT" if found is not None else "COUNT_UNREADABLE", value, found)
        return found

    def flag(self, path: str, value: Json) -> bool | None:
        """Read a yes or no, which some write as text."""
        if value is None or isinstance(value, bool):
            return value
        found = {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None
        self.note(path, "FLAG_TEXT" if found is not None else "FLAG_UNREADABLE", value, found)
        return found

    def _kept(self, path: str, rule: str | None, was: Json, found: str | None) -> str | None:
        if rule is not None:
            self.note(path, rule, was, found)
        return found


def part(value: Json) -> Mapping[str, Json]:
    """Take an object, or an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def parts(value: Json) -> list[Mapping[str, Json]]:
    """Take the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def listed(reader: Reader, path: str, value: Json) -> list[Mapping[str, Json]]:
    """Take a list; one object alone stands for a list of one, and that is told."""
    if isinstance(value, dict):
        reader.note(path, "LIST_OF_ONE", "object", "list")
        return [value]
    return parts(value)


def words(*allowed: str, **others: str) -> Words:
    """Make a closed list from its words and other spellings of them, which are keyed in capitals with underscores."""
    spellings = {word.upper().replace("-", "_"): word for word in allowed}
    return Words(frozenset(allowed), spellings | others)


def tagged(tags: Json, code: str) -> list[Mapping[str, Json]]:
    """Find the groups of tags of one code, each as names with their values."""
    groups = (one for one in parts(tags) if one.get("code") == code)
    return [{str(one.get("code")): one.get("value") for one in parts(group.get("list"))} for group in groups]


def _json(value: Json | datetime) -> str:
    return orjson.dumps(value).decode()
