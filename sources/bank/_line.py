"""A transaction between reading and writing: a tuple, and the one text that 200,000 of them are held as.

Control characters never survive reading, so they are free to separate the parts of the text.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from kit.source import Finding, Json, RawRef

_PART, _NOTE = "\x1f", "\x1e"
_TAIL_PARTS = 5


class Note(NamedTuple):
    """A finding before it knows its line; was and became are JSON text."""

    field: str
    rule: str
    was: str
    became: str


class Line(NamedTuple):
    """What one transaction line says, its record id, where it stood raw, and what was repaired."""

    party: str
    account: str
    at: str
    direction: str
    amount_paise: int
    balance_paise: int | None
    mode: str
    value_on: str | None
    narration: str | None
    reference: str | None
    txn_id: str | None
    extra: str
    id: str
    ref: RawRef
    notes: tuple[Note, ...]

    @property
    def signed_paise(self) -> int:
        """Money in is positive."""
        return self.amount_paise if self.direction == "CREDIT" else -self.amount_paise


def note(field: str, rule: str, was: Json, became: Json) -> Note:
    """Write down a repair with the field as it was and as it is."""
    return Note(field, rule, orjson.dumps(was).decode(), orjson.dumps(became).decode())


def packed(line: Line) -> str:
    """Write a line as one text whose order is by party, account and moment, and whose head is its content."""
    balance = "" if line.balance_paise is None else line.balance_paise
    ref = line.ref
    return (
        f"{line.party}\x1f{line.account}\x1f{line.at}\x1f{line.direction}\x1f{line.amount_paise}\x1f{balance}"
        f"\x1f{line.mode}\x1f{line.value_on or ''}\x1f{line.narration or ''}\x1f{line.reference or ''}"
        f"\x1f{line.txn_id or ''}\x1f{line.extra}"
        f"\x1f{line.id}\x1f{ref.delivery}\x1f{ref.line}\x1f{ref.sha}"
        f"\x1f{_NOTE.join(part for one in line.notes for part in one) if line.notes else ''}"
    )


def unpacked(text: str) -> Line:
    """Read a packed line back."""
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
        record_id,
        delivery,
        number,
        sha,
        notes,
    ) = text.split(_PART)
    return Line(
        party,
        account,
        at,
        direction,
        int(amount),
        int(balance) if balance else None,
        mode,
        value_on or None,
        narration or None,
        reference or None,
        txn_id or None,
        extra,
        record_id,
        RawRef(delivery, int(number), sha),
        _notes(notes) if notes else (),
    )


def content_of(text: str) -> str:
    """Give what a packed line says, apart from where it stood."""
    return text.rsplit(_PART, _TAIL_PARTS)[0]


def document(line: Line) -> dict[str, object]:
    """Write a line as its clean record."""
    delivery, number, sha = line.ref
    return {
        "account": line.account,
        "amount_paise": line.amount_paise,
        "at": line.at,
        "balance_paise": line.balance_paise,
        "direction": line.direction,
        "extra": orjson.loads(line.extra) if line.extra else {},
        "id": line.id,
        "kind": "transaction",
        "mode": line.mode,
        "narration": line.narration,
        "on": line.at[:10],
        "party": line.party,
        "raw": {"delivery": delivery, "line": number, "sha": sha},
        "reference": line.reference,
        "txn_id": line.txn_id,
        "value_on": line.value_on,
    }


def findings(ref: RawRef, notes: tuple[Note, ...]) -> tuple[Finding, ...]:
    """Tie notes to their line."""
    return tuple(Finding(ref, *one) for one in notes)


def _notes(text: str) -> tuple[Note, ...]:
    parts = text.split(_NOTE)
    return tuple(Note(*parts[i : i + 4]) for i in range(0, len(parts), 4))
