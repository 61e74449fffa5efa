"""Figures of the outside world, each with the day it holds from and where it was read; code holds none of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date

from kit.shapes import listed, mapping, text, whole
from kit.source import Document


class Figures:
    """One file of figures: a name, what it is, its source, and its values by the day each begins."""

    def __init__(self, document: Document) -> None:
        """Index the values; a figure without a source or a reason is refused."""
        self._days: dict[str, list[date]] = {}
        self._values: dict[str, list[object]] = {}
        for name, entry in document.items():
            figure = mapping(entry)
            if not text(figure["about"]) or not text(figure["source"]):
                raise ValueError(f"the figure {name} says nothing of itself")
            dated = sorted((date.fromisoformat(text(mapping(one)["since"])), i) for i, one in _values(figure))
            self._days[name] = [day for day, _ in dated]
            self._values[name] = [mapping(listed(figure["values"])[i])["value"] for _, i in dated]

    def names(self) -> tuple[str, ...]:
        """List the figures of the file."""
        return tuple(sorted(self._values))

    def on(self, name: str, day: date) -> object:
        """Give the value that holds on a day; before the first day the first one holds."""
        values = self._values[name]
        if len(values) == 1:
            return values[0]
        return values[max(bisect_right(self._days[name], day) - 1, 0)]

    def whole(self, name: str, day: date) -> int:
        """Give a whole number."""
        value = self.on(name, day)
        return value if type(value) is int else whole(value)

    def table(self, name: str, day: date) -> Mapping[str, object]:
        """Give an object of named values."""
        return mapping(self.on(name, day))

    def row(self, name: str, day: date) -> list[object]:
        """Give a list of values."""
        return listed(self.on(name, day))

    def changes(self, name: str) -> tuple[date, ...]:
        """Give the days a figure changed on, the first included."""
        return tuple(self._days[name])


def _values(figure: Mapping[str, object]) -> list[tuple[int, object]]:
    return list(enumerate(listed(figure["values"])))
