"""What a cleaner is handed: schema checks and lookups, loaded from the files that ship with the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kit.errors import CallerError
from kit.source import Tables
from warehouse import assets


def tables_for(source: str) -> Tables:
    """Load what a cleaner is handed: one fast schema check per record kind."""
    return Tables(accepts={kind: _check(source, kind) for kind in schema_kinds(source)}, lookups={})


def strict_checks(source: str) -> Mapping[str, Callable[[object], bool]]:
    """Load checks for values that no cleaner has read: text has to have the form of a day or moment where it is one."""
    return {kind: _check(source, kind, with_formats=True) for kind in schema_kinds(source)}


def _check(source: str, kind: str, *, with_formats: bool = False) -> Callable[[object], bool]:
    import jsonschema_rs

    try:
        schema = assets.schema(f"{source}.{kind}")
        return jsonschema_rs.validator_for(schema, validate_formats=with_formats or None).is_valid
    except jsonschema_rs.ValidationError as error:
        raise CallerError(
            "SCHEMA_BROKEN",
            f"schemas/{source}.{kind}.json is not a valid JSON Schema.",
            hint="Run: make generate",
        ) from error


def schema_kinds(source: str) -> tuple[str, ...]:
    """Name the record kinds of a source that have a schema."""
    names = (name.partition(".") for name in assets.schema_names())
    return tuple(kind for owner, _, kind in names if owner == source)
