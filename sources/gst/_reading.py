"""Reading the fields of one line by their paths, noting every repair; GSTN's own forms need none."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
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
_PERIOD = re.compile("(0[1-9]|1[0-2])([0-9]{4})")


def found(document: Json, path: str) -> Json:
    """Follow a path into a document, or give None where it does not lead."""
    for name in path.split("."):
        if isinstance(document, dict):
            document = document.get(name)
        elif isinstance(document, list) and name.isdigit() and int(name) < len(document):
            document = document[int(name)]
        else:
            return None
    return document


def parts(value: Json) -> list[Document]:
    """The objects of a list; a single object stands for a list of one."""
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


class Reader:
    """Reads one line."""

    def __init__(self, item: Item, body: Document) -> None:
        """Begin without findings."""
        self._item, self._body = item, body
        self._findings: list[Finding] = []

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was repaired or set aside."""
        return tuple(self._findings)

    def at(self, path: str) -> Json:
        """Give what stands at a path."""
        return found(self._body, path)

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

    def unknown(self, known: Iterable[str]) -> None:
        """Set aside fields nobody declared."""
        for name in sorted(set(self._body) - set(known)):
            self._note(
                "".join(letter if letter.isprintable() else "?" for letter in name),
                "UNKNOWN_FIELD",
                self._body[name],
                None,
            )

    def _noted(self, path: str, was: Json, read: One | None, rule: Rule | None) -> One | None:
        if rule is not None:
            self._note(path, str(rule), was, read)
        return read

    def _note(self, path: str, rule: str, was: Json, became: object) -> None:
        told = orjson.dumps(was).decode(), orjson.dumps(became).decode()
        self._findings.append(Finding(self._item.ref, path, rule, *told))
