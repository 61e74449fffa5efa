"""A transaction between reading and writing: parts of text, joined into one text while 200,000 of them are held.

Control characters never survive reading, so they are free to separate the parts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from kit.source import Fate, Finding, Json, Outcome, RawRef

_PART, _NOTE = "\x1f", "\x1e"
_TAIL_PARTS = 5
# Where some parts stand in a packed line; on the hot path a position costs half of what a name does.
PARTY, ACCOUNT, AT, DIRECTION, AMOUNT, BALANCE = range(6)
_tuple = tuple.__new__
_CLEAN = Fate.CLEAN


class Note(NamedTuple):
    """A finding before it knows its line; was and became are JSON text."""

    field: str
    rule: str
    was: str
    became: str


class Line(NamedTuple):
    """What a transaction line says, its record id, where it stood raw and what was repaired; empty means absent."""

    party: str
    account: str
    at: str
    direction: str
    amount_paise: str
    balance_paise: str
    mode: str
    value_on: str
    narration: str
    reference: str
    txn_id: str
    extra: str
    id: str
    delivery: str
    number: str
    sha: str
    notes: str

    @property
    def ref(self) -> RawRef:
        """Point at the raw line."""
        return RawRef(self.delivery, int(self.number), self.sha)

    @property
    def signed_paise(self) -> int:
        """Money in is positive."""
        paise = int(self.amount_paise)
        return paise if self.direction == "CREDIT" else -paise

    @property
    def after_paise(self) -> int | None:
        """The balance the line left behind."""
        return int(self.balance_paise) if self.balance_paise else None

    def noted(self, note: Note) -> Line:
        """Add one finding."""
        return self._replace(notes=notes_text((*_notes(self.notes), note)))


def note(field: str, rule: str, was: Json, became: Json) -> Note:
    """Write down a repair with the field as it was and as it is."""
    return Note(field, rule, orjson.dumps(was).decode(), orjson.dumps(became).decode())


def notes_text(notes: tuple[Note, ...]) -> str:
    """Write findings as one part of a line."""
    return _NOTE.join(part for one in notes for part in one)


def record_id(known_by: str) -> str:
    """Shorten what a record is known by to 16 hex digits."""
    return hashlib.blake2b(known_by.encode(), digest_size=8).hexdigest()


def packed(line: Line) -> str:
    """Write a line as one text whose order is by party, account and moment, and whose head is its content."""
    return _PART.join(line)


def parts_of(text: str) -> list[str]:
    """Cut a packed line into its parts."""
    return text.split(_PART)


def unpacked(text: str) -> Line:
    """Read a packed line back."""
    return _tuple(Line, text.split(_PART))


def content_of(text: str) -> str:
    """Give what a packed line says, apart from where it stood."""
    return text.rsplit(_PART, _TAIL_PARTS)[0]


def outcome(parts: Sequence[str]) -> Outcome:
    """Write the parts of a line as its clean record, in one unpacking, since every clean line passes here."""
    (
        party,
        account,
        at,
        direction,
        amount,
        balance,
        mode,
        value_on,
        narration,
        reference,
        txn_id,
        extra,
        known_as,
        delivery,
        number,
        sha,
        notes,
    ) = parts
    line_number, paise = int(number), int(amount)
    record = {
        "account": account,
        "amount_paise": paise,
        "at": at,
        "balance_paise": int(balance) if balance else None,
        "direction": direction,
        "extra": orjson.loads(extra) if extra else {},
        "id": known_as,
        "kind": "transaction",
        "mode": mode,
        "narration": narration or None,
        "on": at[:10],
        "party": party,
        "raw": {"delivery": delivery, "line": line_number, "sha": sha},
        "reference": reference or None,
        "txn_id": txn_id or None,
        "value_on": value_on or None,
    }
    ref = _tuple(RawRef, (delivery, line_number, sha))
    findings = tuple(Finding(ref, *one) for one in _notes(notes)) if notes else ()
    return _tuple(Outcome, (_CLEAN, ref, party, paise, record, None, None, findings))


def _notes(text: str) -> tuple[Note, ...]:
    parts = text.split(_NOTE) if text else []
    return tuple(Note(*parts[i : i + 4]) for i in range(0, len(parts), 4))
