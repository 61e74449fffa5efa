"""Every place of a document that holds something, found by walking it, and the document with another thing there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

import orjson

from kit.ident import synthetic_gstin
from kit.source import Document, Json, Outcome
from tests.sources import given, shared
from tests.sources.shared import Customer

Path = tuple[str | int, ...]
Held = Mapping[str, object]
BESIDE = Customer("WORLD-0002", None)
ALIKE_MOST = 40
# No customer at hand is a composition taxpayer.
COMPOSITION: Document = {
    "kind": "composition", "form": "CMP08", "gstin": synthetic_gstin("AAAPA0000A", "27"), "fp": "062025", "dof": "17-07-2025",
    "outward_supp": {"txval": 100000.0, "iamt": 0.0, "camt": 500.0, "samt": 500.0, "csamt": 0.0},
    "inward_supp": {"txval": 0.0, "iamt": 0.0, "camt": 0.0, "samt": 0.0, "csamt": 0.0}, "intr": 12.0,
}  # fmt: skip


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Find what holds nothing else, with the way to it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*path, number))
    else:
        yield path, value


def kind_of(path: Path) -> str:
    """Name a place, whichever of a list it is."""
    return ".".join("*" if isinstance(step, int) else step for step in path)


def changed(document: Document, path: Path, value: Json) -> Document:
    """Copy a document with one thing in place of another."""
    return cast("Document", _changed(document, path, value))


def _changed(held: Json, path: Path, value: Json) -> Json:
    if not path:
        return value
    step, *rest = path
    if isinstance(held, dict):
        return {**held, str(step): _changed(held[str(step)], tuple(rest), value)}
    assert isinstance(held, list) and isinstance(step, int)
    return [*held[:step], _changed(held[step], tuple(rest), value), *held[step + 1 :]]


def documents_of(name: str) -> Iterator[Document]:
    """Take the first documents of each shape that a source delivers of two customers, none of it soiled."""
    taken: Counter[str] = Counter()
    for told in (
        given.delivered(name, given.business())[0],
        shared.lines(BESIDE, name, "off", shared.FEW_MONTHS),
    ):
        for line in (line for lines in told.values() for line in lines):
            document: Document = orjson.loads(line)
            taken[shape_of(document)] += 1
            if taken[shape_of(document)] <= ALIKE_MOST:
                yield document
    if name == "gst":
        yield COMPOSITION


def shape_of(document: Document) -> str:
    """Tell apart documents that hold other things under the same names."""
    said = [str(document[name]) for name in ("kind", "section", "form", "fiType") if name in document]
    context = document.get("context")
    return " ".join(said) or (
        str(context.get("action")) if isinstance(context, dict) else " ".join(sorted(document))
    )


def cleaned_alone(name: str, document: Document) -> Outcome:
    """Clean one document with nothing beside it."""
    [outcome] = given.cleaned(name, given.items([given.line(document)]))
    return outcome


def moved_between(before: Held, after: Held) -> set[str]:
    """Name the fields of a record that differ, but for where it stood and what it is known by."""
    fields = before.keys() | after.keys()
    return {field for field in fields if before.get(field) != after.get(field)} - {"raw", "id"}
