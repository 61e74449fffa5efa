"""The log of findings: what cleaning did to which field of which line, with nothing in it that tells of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from kit.masking import Vocabulary, masked_name, masked_value
from kit.source import Finding
from pipeline.tables import schema_kinds
from warehouse import assets


def log_name(source: str) -> str:
    """Name the log of a source."""
    return f"{source}.findings.ndjson"


def masked(source: str) -> Callable[[Finding], Mapping[str, object]]:
    """Give what turns findings of a source into lines of its log; the words of its schemas may be shown."""
    words: Vocabulary | None = None

    def log_line(finding: Finding) -> Mapping[str, object]:
        nonlocal words
        if words is None:
            words = frozenset(_words(source))
        field, ref = finding.field, finding.line
        return {
            "field": masked_name(field, finding.rule),
            "from": masked_value(field, finding.rule, orjson.loads(finding.was), words),
            "line": {"delivery": ref.delivery, "line": ref.line, "sha": ref.sha},
            "rule": finding.rule,
            "source": source,
            "to": masked_value(field, finding.rule, orjson.loads(finding.became), words),
        }

    return log_line


def _words(source: str) -> list[str]:
    schemas = [assets.schema(f"{source}.{kind}") for kind in schema_kinds(source)]
    return [word for schema in schemas for word in _listed(schema)]


def _listed(schema: object) -> list[str]:
    """Find every word of every closed list in a schema."""
    if isinstance(schema, list):
        return [word for inner in schema for word in _listed(inner)]
    if not isinstance(schema, dict):
        return []
    mine = schema.get("enum")
    words = [word for word in mine if isinstance(word, str)] if isinstance(mine, list) else []
    return words + [word for inner in schema.values() for word in _listed(inner)]
