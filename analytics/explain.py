"""Opens a number: the records that its evidence selects, each once, in the order they were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kit.errors import Conflict
from kit.scope import Scope
from kit.source import Record, Selector

if TYPE_CHECKING:  # A command that opens no number need not wait for it.
    from kit.facts import Evidence


class Drawn(NamedTuple):
    """The records one piece of evidence selects."""

    evidence: Evidence
    records: tuple[Record, ...]


def draw(
    scope: Scope, evidence: Evidence, enriched: Sequence[Record], selectors: Mapping[str, Selector[Record]]
) -> Drawn:
    """Run a selector again; it must find as many records as when the number was made."""
    if evidence.selector not in selectors:
        raise stale(scope, f"{evidence.source}.{evidence.selector}")
    records = tuple(selectors[evidence.selector](enriched, evidence.args))
    if len(records) != evidence.n:
        raise Conflict(
            "EVIDENCE_MOVED",
            f"{evidence.source}.{evidence.selector} finds {len(records)} records where {evidence.n} were recorded.",
            hint=_anew(scope),
        )
    return Drawn(evidence, records)


def stale(scope: Scope, name: str) -> Conflict:
    """Word that a stored result and the code of today do not know the same names."""
    return Conflict(
        "RESULT_STALE",
        f"The stored results come from other code or inputs than today's: {name} is not in both.",
        hint=_anew(scope),
    )


def _anew(scope: Scope) -> str:
    return f"Run: bahi analyze --customer-id {scope.customer} --purpose {scope.purpose}"


def distinct(drawn: Sequence[Drawn]) -> tuple[tuple[str, Record], ...]:
    """List each record once with the source it belongs to, though several selectors may name it."""
    seen: dict[tuple[str, str, str], tuple[str, Record]] = {}
    for part in drawn:
        for record in part.records:
            seen.setdefault((part.evidence.source, record.kind, record.id), (part.evidence.source, record))
    return tuple(seen.values())
