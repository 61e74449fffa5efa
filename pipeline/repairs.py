"""Raw beside clean: which fields of which lines were repaired and by which rule, and taking a repair back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import orjson

from kit.errors import CallerError, Conflict, NotFound
from kit.scope import Scope
from kit.source import Document, Fate, RawRef
from pipeline.corrections import Spot, Written, input_sha, note_revert, note_undo
from pipeline.reverts import REVERTED
from pipeline.wiring import House
from warehouse.lake import Shelf

_PLACE = re.compile(r"([0-9a-f]{16}):([1-9][0-9]{0,15})")


class Place(NamedTuple):
    """A raw line as a person names it."""

    delivery: str
    line: int


class Changed(NamedTuple):
    """One line: what became of it, and each field with what it was, what it became and by which rule."""

    ref: RawRef
    fate: str
    record_id: str | None
    reason: str | None
    fields: tuple[Mapping[str, object], ...]
    record: Mapping[str, object] | None


class Difference(NamedTuple):
    """The lines asked for, how many were changed in all, and whether cleaning has fallen behind."""

    lines: tuple[Changed, ...]
    lines_n: int
    is_stale: bool


def place_of(text: str) -> Place:
    """Read DELIVERY:LINE."""
    read = _PLACE.fullmatch(text)
    if read is None:
        raise CallerError(
            "LINE_INVALID",
            "A line is named by its delivery and number, like 0123456789abcdef:12.",
            hint="bahi diff without --line lists the changed lines.",
        )
    return Place(read[1], int(read[2]))


def changed_lines(house: House, scope: Scope, source: str, limit_n: int) -> Difference:
    """List the first lines some field of which was touched, in the order of the records."""
    is_stale = _is_stale(house, scope, source)
    first: dict[RawRef, tuple[Mapping[str, object], ...]] = {}
    seen_n = 0
    for ref, found in groupby(_findings(house, scope, source), key=_ref_of):
        seen_n += 1
        if len(first) < limit_n:
            first[ref] = tuple(found)
    return Difference(_placed(house, scope, source, first), seen_n, is_stale)


def one_line(house: House, scope: Scope, source: str, place: Place) -> tuple[Difference, str]:
    """Open one line, changed or not, with its text as it arrived."""
    is_stale = _is_stale(house, scope, source)
    ended = _ends(house, scope, source)
    ref = next((ref for ref, _ in ended if (ref.delivery, ref.line) == place), None)
    if ref is None:
        raise _no_line(scope, source)
    found = tuple(one for one in _findings(house, scope, source) if _ref_of(one) == ref)
    lines = _placed(house, scope, source, {ref: found})
    text = house.lake.raw_line(scope, ref, source).decode("utf-8", "replace")
    return Difference(lines, len(lines), is_stale), text


def revert(house: House, scope: Scope, source: str, place: Place, field: str) -> Written:
    """Note that a repaired field is to stay as it came."""
    spot, findings = _spot(house, scope, source, place, field)
    if not findings:
        raise NotFound(
            "FINDING_NOT_FOUND",
            "No field of that name was repaired in this line.",
            hint=_look(spot, scope, place),
        )
    is_reverted = any(one["rule"] == REVERTED for one in findings)
    if not is_reverted and all(one["to"] in ("null", one["from"]) for one in findings):
        raise Conflict(
            "NOTHING_REPAIRED",
            "This field was read as it came or not at all; there is no repair to take back.",
            hint=_look(spot, scope, place),
        )
    return note_revert(house.lake, scope, spot, house.consents.recheck(scope))


def undo(house: House, scope: Scope, source: str, place: Place, field: str) -> Written:
    """Take back what was noted about a field."""
    spot, _ = _spot(house, scope, source, place, field)
    return note_undo(house.lake, scope, spot, house.consents.recheck(scope))


def _spot(
    house: House, scope: Scope, source: str, place: Place, field: str
) -> tuple[Spot, Sequence[Mapping[str, object]]]:
    """Find the line by its place, and what was found in the field."""
    _is_stale(house, scope, source)
    ended = _ends(house, scope, source)
    ref = next((ref for ref, _ in ended if (ref.delivery, ref.line) == place), None)
    if ref is None:
        raise _no_line(scope, source)
    findings = _findings(house, scope, source)
    mine = [one for one in findings if _ref_of(one) == ref and one["field"] == field]
    return Spot(source, ref, field), mine


def _is_stale(house: House, scope: Scope, source: str) -> bool:
    """Say whether deliveries or corrections came since cleaning; where nothing is cleaned, there is nothing to show."""
    shelved = house.lake.shelved(scope, Shelf.CLEAN)
    entry = None if shelved is None else shelved.entries.get(source)
    if entry is None:
        raise NotFound(
            "NOTHING_CLEANED",
            "Nothing has been cleaned under this consent.",
            hint=f"Run: bahi clean --customer-id {scope.customer} --purpose {scope.purpose}",
        )
    return entry.input_sha != input_sha(house.lake, scope, source)


def _findings(house: House, scope: Scope, source: str) -> Iterator[Document]:
    return map(orjson.loads, house.lake.lines(scope, Shelf.CLEAN, f"{source}.findings.ndjson"))


def _ends(house: House, scope: Scope, source: str) -> Iterator[tuple[RawRef, Changed]]:
    """What became of each line, whichever file tells it."""
    for text in house.lake.lines(scope, Shelf.CLEAN, f"{source}.ndjson"):
        record = orjson.loads(text)
        ref = RawRef(**record["raw"])
        yield ref, Changed(ref, str(Fate.CLEAN), record["id"], None, (), record)
    for text in house.lake.lines(scope, Shelf.CLEAN, f"{source}.outcomes.ndjson"):
        other = orjson.loads(text)
        ref = RawRef(**other["raw"])
        yield ref, Changed(ref, other["fate"], other["stands_for"], other["reason"], (), None)


def _placed(
    house: House, scope: Scope, source: str, wanted: Mapping[RawRef, tuple[Mapping[str, object], ...]]
) -> tuple[Changed, ...]:
    ended = {ref: one for ref, one in _ends(house, scope, source) if ref in wanted}
    return tuple(ended[ref]._replace(fields=tuple(map(_field, found))) for ref, found in wanted.items())


def _field(finding: Mapping[str, object]) -> Mapping[str, object]:
    return {name: finding[name] for name in ("field", "from", "to", "rule")}


def _ref_of(finding: Document) -> RawRef:
    line = finding["line"]
    assert isinstance(line, dict)
    return RawRef(str(line["delivery"]), int(str(line["line"])), str(line["sha"]))


def _no_line(scope: Scope, source: str) -> NotFound:
    return NotFound(
        "LINE_NOT_FOUND",
        f"There is no such line of {source} among what was cleaned.",
        hint=f"Run: bahi diff --customer-id {scope.customer} --purpose {scope.purpose} --source {source}",
    )


def _look(spot: Spot, scope: Scope, place: Place) -> str:
    return (
        f"Run: bahi diff --customer-id {scope.customer} --purpose {scope.purpose} --source {spot.source}"
        f" --line {place.delivery}:{place.line}"
    )
