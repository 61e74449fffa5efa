"""The lazy registry of sources: a folder here is a source; its files are imported when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from sys import modules
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kit.errors import NotFound
from kit.source import Declaration, Item, Outcome, Parcel, Pull, Selector, Source, Tables, Window

if (
    TYPE_CHECKING
):  # Consent reads declarations at every command; what only types name is not loaded with them.
    from kit.chance import Stream
    from kit.facets import Facet, IdentityClaim
    from kit.facts import Definition, Metric
    from kit.quality import Covered, Rule

AnySource = Source[Any, Any, Any]  # type: ignore[explicit-any]
Anything = Any  # type: ignore[explicit-any]


def names() -> tuple[str, ...]:
    """List the source folders, sorted, without importing any."""
    from pkgutil import iter_modules

    return tuple(sorted(part.name for part in iter_modules(__path__) if part.ispkg and part.name[0] != "_"))


def source(name: str) -> AnySource:
    """Find a source by its folder name; only its declaration is imported before more of it is used."""
    is_loaded = name.isidentifier() and f"{__name__}.{name}" in modules
    if not is_loaded and name not in names():
        raise NotFound(
            "SOURCE_UNKNOWN", "There is no such source.", hint=f"Known sources: {', '.join(names())}."
        )
    return _Lazy(name)


class _Declarations(Mapping[str, Declaration]):
    """What every source says of itself, looked up when it is asked for."""

    def __getitem__(self, name: str) -> Declaration:
        if name not in names():
            raise KeyError(name)
        return source(name).declaration

    def __iter__(self) -> Iterator[str]:
        return iter(names())

    def __len__(self) -> int:
        return len(names())


def declarations() -> Mapping[str, Declaration]:
    """Give what every source says of itself, by name."""
    return _Declarations()


def kinds(name: str) -> Mapping[str, type]:
    """Map the record kinds of a source to the dataclasses their schemas are made from."""
    found: Mapping[str, type] = _part(source(name).declaration.name, "records").KINDS
    return found


def quality_rules(name: str) -> tuple[Rule[Anything], ...]:
    """Give the quality rules of a source's own; one that has none answers to those that hold for every source."""
    part = _own_quality(name)
    rules: tuple[Rule[Anything], ...] = () if part is None else part.RULES
    return rules


def covered(name: str, records: Sequence[Anything]) -> Iterator[Covered] | None:
    """Give the days a source says its answers vouch for, or None where it says nothing of its own about them."""
    told = getattr(_own_quality(name), "covered", None)
    days: Iterator[Covered] | None = None if told is None else told(records)
    return days


def _own_quality(name: str) -> ModuleType | None:
    from importlib.util import find_spec

    whole = f"{__name__}.{source(name).declaration.name}._quality"
    return None if find_spec(whole) is None else import_module(whole)


def _part(name: str, file: str) -> ModuleType:
    return import_module(f"{__name__}.{name}.{file}")


class _Lazy:
    """A source whose five files are imported one by one, so that cleaning never loads a generator."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def declaration(self) -> Declaration:
        found: Declaration = import_module(f"{__name__}.{self.name}").DECLARATION
        return found

    @property
    def definitions(self) -> tuple[Definition, ...]:
        found: tuple[Definition, ...] = _part(self.name, "summarize").DEFINITIONS
        return found

    @property
    def selectors(self) -> Mapping[str, Selector[Anything]]:
        found: Mapping[str, Selector[Anything]] = _part(self.name, "summarize").SELECTORS
        return found

    def generate(
        self, business: Anything, pull: Mapping[str, Pull], stream: Stream, mess: Anything
    ) -> Iterator[Parcel]:
        parcels: Iterator[Parcel] = _part(self.name, "generate").generate(business, pull, stream, mess)
        return parcels

    def clean(self, items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
        outcomes: Iterator[Outcome] = _part(self.name, "clean").clean(items, tables)
        return outcomes

    def read(self, document: Mapping[str, object]) -> Anything:
        return _part(self.name, "records").read(document)

    def clues(self, records: Sequence[Anything]) -> tuple[IdentityClaim, ...]:
        claims: tuple[IdentityClaim, ...] = _part(self.name, "summarize").clues(records)
        return claims

    def enrich(
        self, records: Sequence[Anything], clues_of_all: Sequence[IdentityClaim], tables: Tables
    ) -> Sequence[Anything]:
        enriched: Sequence[Anything] = _part(self.name, "summarize").enrich(records, clues_of_all, tables)
        return enriched

    def facets(self, enriched: Sequence[Anything]) -> Iterator[Facet]:
        found: Iterator[Facet] = _part(self.name, "summarize").facets(enriched)
        return found

    def summarize(self, enriched: Sequence[Anything], window: Window) -> tuple[Metric, ...]:
        metrics: tuple[Metric, ...] = _part(self.name, "summarize").summarize(enriched, window)
        return metrics
