"""Reads members of a JSON document as the kind they must be; anything else is a TypeError."""

from __future__ import annotations


def text(value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def text_or_none(value: object) -> str | None:
    """Read a text that may be missing."""
    return None if value is None else text(value)


def whole(value: object) -> int:
    """Read a whole number; true and false are none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("whole number expected")
    return value


def listed(value: object) -> list[object]:
    """Read a list."""
    if not isinstance(value, list):
        raise TypeError("list expected")
    return value


def mapping(value: object) -> dict[str, object]:
    """Read an object."""
    if not isinstance(value, dict):
        raise TypeError("object expected")
    return value
