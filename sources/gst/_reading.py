"""Reading the fields of one line by their paths, noting every repair; GSTN's own forms need none."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import TypeVar

import orjson

from kit import fields
from kit.errors import RecordError
from kit.fields import Rule
from kit.ident import Grade, gstin_grade
from kit.source import Document, Finding, Item, Json

_OWN_DAY = re.compile("([0-9]{2})-([0-9]{2})-([0-9]{4})")
One = TypeVar("One")
Told = dict[str, object]
HEADS = ("igst_paise", "cgst_paise", "sgst_paise", "cess_paise")
SHORT, IN_FULL = ("iamt", "camt", "samt", "csamt"), ("igst", "cgst", "sgst", "cess")
_PERIOD = re.compile("(0[1-9]|1[0-2])([0-9]{4})")


Aside = dict[str, str]


def _is_laid_out(listed: list[Json]) -> bool:
    return all(not isinstance(one, list) for one in listed)


class Reader:
    """Reads one line."""

    def __init__(self, item: Item, body: Document, known: Collection[str]) -> None:
        """Lay the line out by paths once; a part whose name is not known is kept whole."""
        self._item = item
        self._findings: list[Finding] = []
        self._read: set[str] = set()
        self._unknown: dict[str, Json] = {}
        self._at: dict[str, Json] = {}
        self._lay_out("", body, known)

    def _lay_out(self, above: str, body: Document, known: Collection[str]) -> None:
        for name, value in body.items():
            path = above + name
            if name not in known:
                self._unknown[path] = value
                continue
            self._at[path] = value
            if isinstance(value, dict):
                self._lay_out(f"{path}.", value, known)
            elif isinstance(value, list):
                self._lay_out_list(path, value, known)

    def _lay_out_list(self, path: str, listed: list[Json], known: Collection[str]) -> None:
        for place, one in enumerate(listed):
            self._at[f"{path}.{place}"] = one
            if isinstance(one, dict):
                self._lay_out(f"{path}.{place}.", one, known)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was repaired or set aside."""
        return tuple(self._findings)

    def at(self, path: str) -> Json:
        """Give what stands at a path."""
        self._read.add(path)
        return self._at.get(path)

    def first(self, at: str, names: tuple[str, ...]) -> str:
        """Give the path of the first of several names that stands there; of none, that of the first."""
        return at + next((name for name in names if self.at(f"{at}{name}") is not None), names[0])

    def rows(self, path: str) -> list[str]:
        """Give the paths of the objects of a list; one object stands for a list of one."""
        value = self._at.get(path)
        if isinstance(value, dict):
            return [path]
        listed = value if isinstance(value, list) else []
        return [f"{path}.{place}" for place, one in enumerate(listed) if isinstance(one, dict)]

    def words(self, path: str) -> str | None:
        """Read text that may be missing."""
        value = self.at(path)
        if value is None or value == "":
            return None
        read, rule = fields.text(value)
        return self._noted(path, value, read, rule)

    def name(self, path: str, code: str) -> str:
        """Read text without which the line says nothing."""
        read = self.words(path)
        if read is None:
            raise RecordError(code, "a line lacks what it is known by")
        return read

    def gstin(self, path: str) -> str | None:
        """Read a GSTIN; real portals write it in either case, and a wrong one is kept and said to be so."""
        read = self.words(path)
        if read is None:
            return None
        grade = gstin_grade(read.upper())
        if read != read.upper():
            self._note(path, "GSTIN_CASE", read, read.upper())
        if grade is not Grade.VALID:
            self._note(path, f"GSTIN_{grade}", read, read.upper())
        return read.upper()

    def paise(self, path: str) -> int:
        """Read an amount that must be there."""
        value = self.at(path)
        read, rule = fields.amount_paise(value)
        if read is None:
            raise RecordError(rule or Rule.AMOUNT_UNREADABLE, "a line has no readable amount")
        self._noted(path, value, read, rule)
        return read

    def maybe_paise(self, path: str) -> int:
        """Read an amount that is nothing where it is left out."""
        return 0 if self.at(path) is None else self.paise(path)

    def rate_bps(self, path: str) -> int | None:
        """Read a rate in percent."""
        return None if self.at(path) is None else self.paise(path)

    def maybe_day(self, path: str) -> date | None:
        """Read a day that may be missing."""
        value = self.at(path)
        if value is None or value == "":
            return None
        read, rule = fields.day(value)
        own = isinstance(value, str) and _OWN_DAY.fullmatch(value)
        return self._noted(path, value, read, None if own and read else rule)

    def day(self, path: str) -> date:
        """Read a day without which the line stands nowhere in time."""
        value = self.at(path)
        read, rule = fields.day(value)
        if read is None:
            raise RecordError(rule or Rule.DATE_UNREADABLE, "a line has no readable day")
        return self.maybe_day(path) or read

    def moment(self, path: str) -> datetime | None:
        """Read a moment that may be missing."""
        value = self.at(path)
        if value is None or value == "":
            return None
        read, rule = fields.moment(value)
        return self._noted(path, value, read, rule)

    def period(self, *paths: str) -> str:
        """Read MMYYYY at the first of the paths that leads somewhere."""
        value = next((self.at(path) for path in paths if self.at(path) is not None), None)
        read = _PERIOD.fullmatch(value.strip()) if isinstance(value, str) else None
        if read is None:
            raise RecordError("PERIOD_UNREADABLE", "a line names no return period")
        return f"{read[2]}-{read[1]}"

    def word(
        self, path: str, allowed: Collection[str], synonyms: Mapping[str, str] | None = None
    ) -> str | None:
        """Read one of a list of words that may be missing."""
        value = self.at(path)
        if value is None or value == "":
            return None
        read, rule = fields.enum(value, allowed, synonyms or {})
        return self._noted(path, value, read, rule)

    def heads(self, at: str, names: tuple[str, ...] = SHORT) -> dict[str, int]:
        """Read the four heads of tax; a head that is left out is nothing."""
        return {head: self.maybe_paise(f"{at}{name}") for head, name in zip(HEADS, names, strict=True)}

    def iso(self, path: str) -> str | None:
        """Read a day that may be missing, as text."""
        day = self.maybe_day(path)
        return None if day is None else day.isoformat()

    def flag(self, path: str) -> bool | None:
        """Read Y or N that may be missing."""
        word = self.word(path, ("Y", "N"))
        return None if word is None else word == "Y"

    def odd(self, path: str, rule: str, value: object) -> None:
        """Tell what does not add up; nothing is changed, and the finding says so by equal texts."""
        told = orjson.dumps(value).decode()
        self._findings.append(Finding(self._item.ref, path, rule, told, told))

    def keep(self, *paths: str) -> None:
        """Have what was read kept aside all the same, where a record has no place for all it says."""
        self._read.difference_update(paths)

    def rest(self, frame: Collection[str]) -> Aside:
        """Keep aside as JSON text what nobody read and is not nothing; what the forms do not know is told as well."""
        aside: Aside = {}
        for path, value in sorted(self._unknown.items()):
            told = "".join(letter if letter.isprintable() else "?" for letter in path)[:120]
            aside[told] = orjson.dumps(value).decode()
            self._note(told, "UNKNOWN_FIELD", value, None)
        for path in sorted(self._at.keys() - self._read):
            value = self._at[path]
            is_part = isinstance(value, dict) or (isinstance(value, list) and _is_laid_out(value))
            if value and not is_part and path not in frame:
                aside[path] = orjson.dumps(value).decode()
        return aside

    def _noted(self, path: str, was: Json, read: One | None, rule: Rule | None) -> One | None:
        if rule is not None:
            self._note(path, str(rule), was, read)
        return read

    def _note(self, path: str, rule: str, was: Json, became: object) -> None:
        told = orjson.dumps(was).decode(), orjson.dumps(became).decode()
        self._findings.append(Finding(self._item.ref, path, rule, *told))
