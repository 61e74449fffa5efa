"""Markers for Annotated[...] on record fields: the patterns and ranges that the generated JSON Schemas carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_Schema = dict[str, object]


class _Marker:
    """The hook the schema builder calls; it is known by name, so that no run-time import is needed."""

    def keywords(self) -> _Schema:
        raise NotImplementedError

    def __get_pydantic_json_schema__(
        self, core_schema: object, handler: Callable[[object], _Schema]
    ) -> _Schema:
        """Add the keywords to every branch of the schema that is not null."""
        schema = handler(core_schema)
        branches = schema.get("anyOf")
        for branch in branches if isinstance(branches, list) else [schema]:
            if branch.get("type") != "null":
                branch.update(self.keywords())
        return schema


@dataclass(frozen=True, slots=True)
class Text(_Marker):
    """Text whose whole length matches the pattern."""

    pattern: str | None = None
    max_length: int | None = None
    min_length: int | None = None

    def keywords(self) -> _Schema:
        """Anchor the pattern, which JSON Schema would else search for."""
        pattern = None if self.pattern is None else f"^(?:{self.pattern})$"
        return _given(pattern=pattern, maxLength=self.max_length, minLength=self.min_length)


@dataclass(frozen=True, slots=True)
class Whole(_Marker):
    """A whole number between two bounds, both included."""

    minimum: int | None = None
    maximum: int | None = None

    def keywords(self) -> _Schema:
        """Name the bounds as JSON Schema does."""
        return _given(minimum=self.minimum, maximum=self.maximum)


@dataclass(frozen=True, slots=True, init=False)
class OneOf(_Marker):
    """One of a closed list of texts."""

    values: tuple[str, ...]

    def __init__(self, *values: str) -> None:
        """Take the values as they are listed: OneOf("CREDIT", "DEBIT")."""
        object.__setattr__(self, "values", values)

    def keywords(self) -> _Schema:
        """List the values in the order given."""
        return {"enum": list(self.values)}


def _given(**keywords: str | int | None) -> _Schema:
    return {name: value for name, value in keywords.items() if value is not None}
