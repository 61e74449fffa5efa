"""Corrections of a customer: what was noted about single lines, which of it stands, and how it enters the hash of an input."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from kit.canonical import sha256_hex
from kit.errors import NotFound
from kit.scope import Scope
from kit.source import RawRef
from warehouse.lake import Lake, Noted, NoteKind, Remark

REVERT, UNDO = "REVERT", "UNDO"


class Spot(NamedTuple):
    """One field of one raw line of one source."""

    source: str
    ref: RawRef
    field: str


class Written(NamedTuple):
    """What noting led to: the notes that say it, and whether they stood before."""

    note_ids: tuple[str, ...]
    stood: bool


class Corrections(NamedTuple):
    """Every field that is to stay as it came, with the notes that say so; the order they were written in is nowhere in it."""

    reverted: Mapping[Spot, tuple[str, ...]]
    undone: Mapping[Spot, tuple[str, ...]]

    def of(self, source: str) -> tuple[Spot, ...]:
        """List the fields of one source, in the order of their places."""
        return tuple(spot for spot in sorted(self.reverted) if spot.source == source)

    def over(self, source: str, input_sha: str) -> str:
        """Give the hash of what the clean step reads: the deliveries, and the corrections where there are any."""
        mine = self.of(source)
        return sha256_hex([input_sha, [[*spot.ref, spot.field] for spot in mine]]) if mine else input_sha


def standing(lake: Lake, scope: Scope) -> Corrections:
    """Read the corrections the scope may see; a revert stands until another note names it."""
    notes = lake.notes(scope, NoteKind.CORRECTION)
    taken_back = {str(note.document.get("of")) for note in notes if note.document.get("act") == UNDO}
    placed = [(spot, note.id) for note in notes for spot in _spots(note)]
    return Corrections(
        _by_spot((spot, note_id) for spot, note_id in placed if note_id not in taken_back),
        _by_spot((spot, note_id) for spot, note_id in placed if note_id in taken_back),
    )


def input_sha(lake: Lake, scope: Scope, source: str) -> str:
    """Hash what the clean step would read of a source."""
    return standing(lake, scope).over(source, lake.input_sha(scope, source))


def note_revert(lake: Lake, scope: Scope, spot: Spot, recheck: Callable[[], None]) -> Written:
    """Note that a field is to stay as it came; said twice it is one note, and after it was taken back another one."""
    held = standing(lake, scope)
    if spot in held.reverted:
        return Written(held.reverted[spot], stood=True)
    document = {
        "act": REVERT,
        "after": list(held.undone.get(spot, ())),
        "field": spot.field,
        "line": spot.ref._asdict(),
        "source": spot.source,
    }
    remark = Remark(NoteKind.CORRECTION, document, spot.ref.delivery)
    return Written((lake.note(scope, remark, recheck),), stood=False)


def note_undo(lake: Lake, scope: Scope, spot: Spot, recheck: Callable[[], None]) -> Written:
    """Take back what stands about a field, by one more note for each."""
    named = standing(lake, scope).reverted.get(spot, ())
    if not named:
        raise NotFound(
            "REVERT_NOT_FOUND",
            "This field was not reverted, or that was taken back already.",
            hint=f"Run: bahi diff --customer-id {scope.customer} --purpose {scope.purpose} --source {spot.source}",
        )
    remarks = [Remark(NoteKind.CORRECTION, {"act": UNDO, "of": one}, spot.ref.delivery) for one in named]
    return Written(tuple(lake.note(scope, remark, recheck) for remark in remarks), stood=False)


def _by_spot(placed: Iterable[tuple[Spot, str]]) -> dict[Spot, tuple[str, ...]]:
    found: dict[Spot, list[str]] = {}
    for spot, note_id in placed:
        found.setdefault(spot, []).append(note_id)
    return {spot: tuple(sorted(note_ids)) for spot, note_ids in found.items()}


def _spots(note: Noted) -> list[Spot]:
    """Corrections of other kinds name no field of a line."""
    document = note.document
    line = document.get("line")
    if document.get("act") != REVERT or not isinstance(line, dict):
        return []
    ref = RawRef(str(line["delivery"]), int(line["line"]), str(line["sha"]))
    return [Spot(str(document["source"]), ref, str(document["field"]))]
