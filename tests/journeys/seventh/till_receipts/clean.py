"""From raw items to clean records: each line meets one fate, and content decides which of several copies stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kit.canonical import dumps
from kit.errors import RecordError
from kit.fields import amount_paise, day, enum, moment, text
from kit.source import Document, Fate, Finding, Item, Json, Outcome, Tables
from sources.till_receipts.records import TENDERS

FIELDS: Mapping[str, frozenset[str]] = {
    "till": frozenset("kind till shop pan from to".split()),
    "receipt": frozenset("kind till number printedAt businessDay tender amount note".split()),
}


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item one outcome: what stands in order of time, then its copies, then what is held back."""
    copies: dict[str, list[_Read]] = {}
    refused: list[Outcome] = []
    for item in items:
        try:
            found = _read(item, tables)
            copies.setdefault(found.id, []).append(found)
        except RecordError as error:
            paise = None if item.body is None else amount_paise(item.body.get("amount"))[0]
            refused.append(Outcome(Fate.QUARANTINED, item.ref, item.party, paise, None, error.code, None, ()))
    settled = [sorted(told, key=_preference) for _, told in sorted(copies.items())]
    yield from map(_stands, sorted((told[0] for told in settled), key=_in_time))
    for first, *others in settled:
        yield from (_copy(first, other) for other in others)
    yield from sorted(refused, key=lambda one: (one.reason or "", one.ref.sha, one.ref))


class _Read(NamedTuple):
    """A readable line: its record without the place it stood in, and what was repaired."""

    id: str
    item: Item
    told: Mapping[str, object]
    paise: int | None
    findings: tuple[Finding, ...]


def _preference(one: _Read) -> tuple[bytes, int, str, tuple[str, int, str]]:
    return dumps(one.told), len(one.findings), one.item.ref.sha, one.item.ref


def _in_time(one: _Read) -> tuple[str, str, str]:
    return one.item.party, str(one.told.get("at", "")), one.id


def _stands(one: _Read) -> Outcome:
    document = {**one.told, "raw": one.item.ref._asdict()}
    return Outcome(Fate.CLEAN, one.item.ref, one.item.party, one.paise, document, None, None, one.findings)


def _copy(first: _Read, other: _Read) -> Outcome:
    fate = Fate.DUPLICATE if other.told == first.told else Fate.SUPERSEDED
    return Outcome(fate, other.item.ref, other.item.party, other.paise, None, None, first.id, ())


def _read(item: Item, tables: Tables) -> _Read:
    """Read one line; RecordError carries the reason why it is held back."""
    if item.body is None:
        raise RecordError(item.fault or "UNREADABLE", "a line could not be read")
    kind = item.body.get("kind")
    if not isinstance(kind, str) or kind not in FIELDS:
        raise RecordError("KIND_UNKNOWN", "a line is neither a till nor a receipt")
    reader = _Reader(item, item.body)
    known_by, told = reader.till() if kind == "till" else reader.receipt()
    known_as = hashlib.blake2b(dumps([kind, item.party, *known_by]), digest_size=8).hexdigest()
    told |= {"id": known_as, "kind": kind, "party": item.party}
    if not tables.accepts[kind]({**told, "raw": item.ref._asdict()}):
        raise RecordError("SCHEMA_REFUSED", "a line does not fit its schema")
    reader.note_strangers(FIELDS[kind])
    paise = told.get("amount_paise")
    return _Read(known_as, item, told, paise if isinstance(paise, int) else None, tuple(reader.findings))


class _Reader:
    """Reads the fields of one line and keeps what had to be repaired."""

    def __init__(self, item: Item, body: Document) -> None:
        self.findings: list[Finding] = []
        self._item = item
        self._body = body

    def till(self) -> tuple[list[str], dict[str, object]]:
        """Read what a till says of itself; it is known by its name and its days."""
        name, first, last = self._words("till", "TILL_MISSING"), self._day("from"), self._day("to")
        told: dict[str, object] = {"till": name, "covered_from": first, "covered_to": last, "on": None}
        return [name, first, last], told | {"shop": self._maybe("shop"), "pan": self._maybe("pan")}

    def receipt(self) -> tuple[list[str], dict[str, object]]:
        """Read a receipt; it is known by its till and number."""
        till = self._words("till", "TILL_MISSING")
        number = self._words("number", "NUMBER_MISSING")
        told: dict[str, object] = {
            "till": till,
            "number": number,
            "at": self._moment("printedAt"),
            "on": self._day("businessDay"),
            "tender": self._tender("tender"),
            "amount_paise": self._paise("amount"),
            "note": self._maybe("note"),
        }
        return [till, number], told

    def note_strangers(self, known: frozenset[str]) -> None:
        """A field nobody declared is told, with what stood in it."""
        for field in sorted(self._body.keys() - known):
            self._note(field, "UNKNOWN_FIELD", None)

    def _note(self, field: str, rule: str, became: Json) -> None:
        was = self._body.get(field)
        self.findings.append(
            Finding(self._item.ref, field, rule, dumps(was).decode(), dumps(became).decode())
        )

    def _maybe(self, field: str) -> str | None:
        found, rule = text(self._body.get(field))
        if rule is not None:
            self._note(field, rule, found)
        return found

    def _words(self, field: str, reason: str) -> str:
        found = self._maybe(field)
        if found is None:
            raise RecordError(reason, "a line lacks the name it is known by")
        return found

    def _day(self, field: str) -> str:
        found, rule = day(self._body.get(field))
        if found is None:
            raise RecordError(rule or "DATE_UNREADABLE", "a line has no readable day")
        if rule is not None:
            self._note(field, rule, found.isoformat())
        return found.isoformat()

    def _moment(self, field: str) -> str:
        found, rule = moment(self._body.get(field))
        if found is None:
            raise RecordError(rule or "DATE_UNREADABLE", "a receipt has no readable moment")
        if rule is not None:
            self._note(field, rule, found.isoformat())
        return found.isoformat()

    def _tender(self, field: str) -> str:
        found, rule = enum(self._body.get(field), TENDERS, {})
        if rule is not None:
            self._note(field, rule, found or "OTHER")
        return found or "OTHER"

    def _paise(self, field: str) -> int:
        value = self._body.get(field)
        found, rule = amount_paise(value)
        if found is None:
            raise RecordError(rule or "AMOUNT_UNREADABLE", "a receipt has no readable amount")
        if rule is not None or not isinstance(value, str):
            self._note(field, rule or "AMOUNT_NUMBER", found)
        return found
