"""The values the lake keeps in its manifests, and their one JSON form."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeVar

import orjson

from kit import canonical
from kit.errors import CallerError
from kit.period import isoformat_utc, parse_moment
from warehouse import _fs

MANIFEST = "manifest.json"

T = TypeVar("T")


class Hold(NamedTuple):
    """A consent a delivery arrived under: what keeps it here, and until when (None: no end)."""

    consent_id: str
    purpose: int
    received_at: datetime
    life_end: datetime | None


class Original(NamedTuple):
    """A document as it was received, from which a delivery was read."""

    name: str
    size_bytes: int
    sha256: str
    holds: tuple[Hold, ...]


class Delivery(NamedTuple):
    """What arrived once; the id comes from source, party and content."""

    id: str
    source: str
    party: str
    size_bytes: int
    lines_n: int
    sha256: str
    lines_sha256: str
    fetch_key: str
    holds: tuple[Hold, ...]
    originals: tuple[Original, ...] = ()


class NoteKind(StrEnum):
    """What is written down about a customer."""

    CORRECTION = "correction"
    APPLICATION = "application"


class Note(NamedTuple):
    """A line of a customer's notes; the id comes from kind and content."""

    id: str
    kind: NoteKind
    sha256: str
    holds: tuple[Hold, ...]


class Papers(NamedTuple):
    """What a raw manifest lists: deliveries by id, notes in the order they were written."""

    deliveries: tuple[Delivery, ...] = ()
    notes: tuple[Note, ...] = ()


class Arrival(NamedTuple):
    """What is told of bytes that arrive; recheck reads consent again just before they are kept."""

    party: str
    fetch_key: str
    received_at: datetime
    recheck: Callable[[], None]


class Shelf(StrEnum):
    """The two places derived files stand."""

    CLEAN = "clean"
    RESULTS = "results"


class Stored(NamedTuple):
    """A derived file and the hash it is read against."""

    name: str
    size_bytes: int
    sha256: str


class SourceEntry(NamedTuple):
    """What a step made of one source: under which key, from which input, under which grants."""

    key: str
    input_sha: str
    grants: tuple[tuple[str, ...], ...]
    counts: Mapping[str, int]
    files: tuple[Stored, ...]
    code: str
    as_of: str | None


class Shelved(NamedTuple):
    """A shelf as it stands: the folder that counts, and an entry for each source or summary."""

    folder: str
    entries: Mapping[str, SourceEntry]


class Removed(NamedTuple):
    """What an erasure took away this time: deliveries, files and notes, and the SHA-256 of each that was readable."""

    deliveries_n: int
    files_n: int
    objects: tuple[str, ...]
    kinds: tuple[tuple[str, int], ...]


class Going(NamedTuple):
    """One file or note that an erasure is about to take away."""

    place: str
    kind: str
    sha256: str | None


Tell = Callable[[Sequence[Going]], None]


def silent(going: Sequence[Going]) -> None:
    """Tell nobody."""


class Caps(NamedTuple):
    """How long a line and how deep its nesting may be before it is quarantined unread."""

    line_bytes: int = 1 << 20
    json_depth: int = 100


def papers_bytes(papers: Papers) -> bytes:
    """Write a raw manifest."""
    return canonical.line(
        {
            "deliveries": [_delivery_row(row) for row in sorted(papers.deliveries)],
            "notes": [row._asdict() | {"holds": list(map(_hold, row.holds))} for row in papers.notes],
        }
    )


def shelved_bytes(shelved: Shelved) -> bytes:
    """Write the manifest of a shelf."""
    entries = {
        name: entry._asdict() | {"files": [stored._asdict() for stored in entry.files]}
        for name, entry in shelved.entries.items()
    }
    return canonical.line({"folder": shelved.folder, "entries": entries})


def read_papers(path: Path) -> Papers:
    """Read a raw manifest; none yet means nothing arrived."""
    return _read(path, _papers, "Restore it from a backup.") or Papers()


def read_shelved(path: Path) -> Shelved | None:
    """Read the manifest of a shelf, if the step has run."""
    return _read(path, _shelved, "Delete the file and run the step again.")


def _read(path: Path, form: Callable[[Mapping[str, object]], T], hint: str) -> T | None:
    try:
        content = _fs.read(path)
    except FileNotFoundError:
        return None
    try:
        return form(_map(orjson.loads(content)))
    except (KeyError, TypeError, ValueError) as error:
        spot = _fs.place(path)
        raise CallerError("MANIFEST_DAMAGED", f"{spot} is not a manifest.", hint=hint, place=spot) from error


def _hold(hold: Hold) -> dict[str, object]:
    end = None if hold.life_end is None else isoformat_utc(hold.life_end)
    return hold._asdict() | {"received_at": isoformat_utc(hold.received_at), "life_end": end}


def _delivery_row(row: Delivery) -> dict[str, object]:
    originals = [one._asdict() | {"holds": list(map(_hold, one.holds))} for one in row.originals]
    return row._asdict() | {"holds": list(map(_hold, row.holds)), "originals": originals}


def _papers(document: Mapping[str, object]) -> Papers:
    return Papers(
        deliveries=tuple(_delivery(_map(row)) for row in _list(document["deliveries"])),
        notes=tuple(_note(_map(row)) for row in _list(document["notes"])),
    )


def _delivery(row: Mapping[str, object]) -> Delivery:
    return Delivery(
        id=_text(row["id"]),
        source=_text(row["source"]),
        party=_text(row["party"]),
        size_bytes=_whole(row["size_bytes"]),
        lines_n=_whole(row["lines_n"]),
        sha256=_text(row["sha256"]),
        lines_sha256=_text(row["lines_sha256"]),
        fetch_key=_text(row["fetch_key"]),
        holds=_holds(row),
        originals=tuple(_original(_map(one)) for one in _list(row["originals"])),
    )


def _original(row: Mapping[str, object]) -> Original:
    return Original(_text(row["name"]), _whole(row["size_bytes"]), _text(row["sha256"]), _holds(row))


def _note(row: Mapping[str, object]) -> Note:
    return Note(_text(row["id"]), NoteKind(_text(row["kind"])), _text(row["sha256"]), _holds(row))


def _holds(row: Mapping[str, object]) -> tuple[Hold, ...]:
    return tuple(_hold_of(_map(hold)) for hold in _list(row["holds"]))


def _hold_of(row: Mapping[str, object]) -> Hold:
    end = row["life_end"]
    return Hold(
        consent_id=_text(row["consent_id"]),
        purpose=_whole(row["purpose"]),
        received_at=parse_moment(_text(row["received_at"])),
        life_end=None if end is None else parse_moment(_text(end)),
    )


def _shelved(document: Mapping[str, object]) -> Shelved:
    entries = {name: _entry(_map(row)) for name, row in _map(document["entries"]).items()}
    return Shelved(folder=_text(document["folder"]), entries=entries)


def _entry(row: Mapping[str, object]) -> SourceEntry:
    as_of = row["as_of"]
    return SourceEntry(
        key=_text(row["key"]),
        input_sha=_text(row["input_sha"]),
        grants=tuple(tuple(_text(part) for part in _list(grant)) for grant in _list(row["grants"])),
        counts={name: _whole(count) for name, count in _map(row["counts"]).items()},
        files=tuple(_stored(_map(stored)) for stored in _list(row["files"])),
        code=_text(row["code"]),
        as_of=None if as_of is None else _text(as_of),
    )


def _stored(row: Mapping[str, object]) -> Stored:
    return Stored(_text(row["name"]), _whole(row["size_bytes"]), _text(row["sha256"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("whole number expected")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("list expected")
    return value


def _map(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("object expected")
    return value
