"""Reading the fields of one message: every repair is a finding, and what the record cannot do without holds the line back."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

import orjson

from kit.errors import RecordError
from kit.fields import Rule, amount_paise, day, enum, moment, printable, text
from kit.ident import Grade, gstin_grade
from kit.source import Finding, Json, RawRef

Told = Mapping[str, Json]
_UDYAM = re.compile("UDYAM-[A-Z]{2}-[0-9]{2}-[0-9]{7}", re.ASCII)
ReadT = TypeVar("ReadT", bound=str | int | None)
_SYNONYMS = {
    "SUCESS": "SUCCESS",
    "WITHDRAWAL": "WITHDRAWL",
    # What the first schemas call these two states of a loan; their other words say too little to be one of ours.
    "COMPLETED": "LOAN_CLOSED",
    "OVERDUE": "EMI_OVERDUE",
}


def udyam_grade(number: str | None) -> str:
    """Grade an Udyam number by its shape; it has no check digit."""
    return "VALID" if number is not None and _UDYAM.fullmatch(number) else "MALFORMED"


def several(told: Mapping[str, Json], name: str) -> bool:
    """Tell whether a list holds more than the one that a line is about."""
    value = told.get(name)
    return isinstance(value, list) and len(value) > 1


def inner(told: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """The object of a name, or the first of its list, or nothing."""
    value = told.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


class Reader:
    """Reads field by field and remembers what it had to repair."""

    def __init__(self, ref: RawRef) -> None:
        """Start with nothing found."""
        self.findings: list[Finding] = []
        self.extra: dict[str, str] = {}
        self._ref = ref

    def unknown(self, told: Mapping[str, Json], known: AbstractSet[str], place: str = "") -> None:
        """Keep aside the fields nobody knows."""
        for name in sorted(told.keys() - known):
            field = place + printable(name)
            self.extra[field] = orjson.dumps(told[name]).decode()
            self._note(field, "UNKNOWN_FIELD", told[name], None)

    def doubt(self, field: str, rule: str, value: Json) -> None:
        """Note a field that is kept as it stands and cannot be right."""
        self._note(field, rule, value, value)

    def graded(self, field: str, value: str | None, grade: str) -> str | None:
        """Note an identifier that is there and not good."""
        if value is not None and grade != "VALID":
            name = {"primaryId": "PAN", "accountIFSC": "IFSC"}.get(field.rpartition(".")[2], "")
            self.doubt(field, f"{name or field.rpartition('.')[2]}_{grade}", value)
        return value

    def text(self, place: str, told: Told, name: str) -> str | None:
        """Read text."""
        found, rule = text(told.get(name))
        return self._kept(place, told, name, (found, rule))

    def gstin(self, place: str, told: Told, name: str) -> str | None:
        """Read a GSTIN; a wrong one is kept and said to be so."""
        found = self.text(place, told, name)
        grade = gstin_grade(found)
        if grade not in (Grade.VALID, Grade.EMPTY):
            self._note(f"{place}{name}", f"GSTIN_{grade}", found, found)
        return found

    def day(self, place: str, told: Told, name: str) -> str | None:
        """Read a day."""
        found, rule = day(told.get(name))
        return self._kept(place, told, name, (None if found is None else found.isoformat(), rule))

    def moment(self, place: str, told: Told, name: str) -> str | None:
        """Read a moment into Indian time."""
        found, rule = moment(told.get(name))
        return self._kept(place, told, name, (None if found is None else found.isoformat(), rule))

    def enum(self, place: str, told: Told, name: str, allowed: Collection[str]) -> str | None:
        """Read one of the allowed words."""
        synonyms = {word: meant for word, meant in _SYNONYMS.items() if meant in allowed}
        return self._kept(place, told, name, enum(told.get(name), allowed, synonyms))

    def paise(self, place: str, told: Told, name: str) -> int | None:
        """Read an amount that is not below nothing."""
        found, rule = amount_paise(told.get(name))
        if found is not None and found < 0:
            found, rule = None, Rule.AMOUNT_SIGN
        return self._kept(place, told, name, (found, rule))

    def count(self, place: str, told: Told, name: str) -> int | None:
        """Read a whole number."""
        found, rule = amount_paise(told.get(name))
        if found is not None and (found < 0 or found % 100):
            found, rule = None, Rule.AMOUNT_UNREADABLE
        return self._kept(place, told, name, (None if found is None else found // 100, rule))

    def needed_text(self, place: str, told: Told, name: str) -> str:
        """Read text the line cannot do without."""
        found = self.text(place, told, name)
        if found is None:
            raise RecordError("FIELD_MISSING", "a field the line needs is missing")
        return found

    def needed_day(self, place: str, told: Told, name: str) -> str:
        """Read a day the line cannot do without."""
        found = self.day(place, told, name)
        if found is None:
            raise RecordError(day(told.get(name))[1] or Rule.DATE_UNREADABLE, "a line has no readable day")
        return found

    def needed_moment(self, place: str, told: Told, name: str) -> str:
        """Read a moment the line cannot do without."""
        found = self.moment(place, told, name)
        if found is None:
            code = moment(told.get(name))[1] or Rule.DATE_UNREADABLE
            raise RecordError(code, "a line has no readable moment")
        return found

    def needed_enum(self, place: str, told: Told, name: str, allowed: Collection[str]) -> str:
        """Read a word the line cannot do without."""
        found = self.enum(place, told, name, allowed)
        if found is None:
            raise RecordError("STATUS_UNKNOWN", "a line is in a state nobody knows")
        return found

    def needed_paise(self, place: str, told: Told, name: str) -> int:
        """Read an amount the line cannot do without."""
        found = self.paise(place, told, name)
        if found is None:
            code = amount_paise(told.get(name))[1] or "AMOUNT_NEGATIVE"
            raise RecordError(code, "an amount the line needs cannot be read")
        return found

    def _kept(self, place: str, told: Told, name: str, read: tuple[ReadT, Rule | None]) -> ReadT:
        """A field that is not there is no finding; one that is there and says nothing is."""
        found, rule = read
        if rule is not None and name in told:
            became = found if isinstance(found, str | int) else None
            self._note(f"{place}{name}", rule, told[name], became)
        return found

    def _note(self, field: str, rule: str, was: Json, became: Json) -> None:
        texts = orjson.dumps(was).decode(), orjson.dumps(became).decode()
        self.findings.append(Finding(self._ref, field, str(rule), *texts))
