"""Every place of a document that holds something, found by walking it, and the document with another thing there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from kit.source import Document, Json

Path = tuple[str | int, ...]


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
