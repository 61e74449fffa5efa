"""Nothing at all, one item alone, days far off and amounts nobody could owe: read or held back by name, never made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from random import Random
from typing import NamedTuple

import pytest

import sources
from kit.fields import LARGEST_PAISE
from kit.source import Document, Fate, Json, Outcome
from tests.sources import given
from tests.sources._places import (
    Held,
    Path,
    changed,
    cleaned_alone,
    documents_of,
    kind_of,
    leaves,
    moved_between,
    shape_of,
)

DAY = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4})(?=T|$)")
MONEY = re.compile(r"-?[0-9]+\.[0-9]{1,2}")
ABSURD: tuple[Json, ...] = (
    10**17, -(10**17), 2**63 - 1, 2**64 - 1, 1e16, 1e300, -1e300, 5e-324, 0.001, 1.005, "1e5", "99999999999999999.99", "9" * 60 + ".00",
    "9" * 5_000, "-99999999999999999.99", "0.001", "1.999", "--5.00", "5.00-CR", "1,2,3.00", "(5.00", "Rs", "1.2.3", True, [], {}, [5], "",
)  # fmt: skip
FAR = (
    "0001-01-01",
    "1599-12-31",
    "2999-12-31",
    "9999-12-31",
    "2026-02-29",
    "2026-00-10",
    "2026-13-01",
    "2026-01-32",
)
NEGATIVE: tuple[Callable[[Json], Json], ...] = (
    lambda value: -abs(value) if isinstance(value, int | float) else f"-{str(value).lstrip('-')}",
    lambda value: -0.0 if isinstance(value, int | float) else "-0.00",
)
USUAL_N = 4


class Place(NamedTuple):
    """Where a document holds an amount or a day, and the fields of its record that tell it."""

    document: Document
    path: Path
    value: Json
    record: Held
    telling: frozenset[str]


def _is_amount(value: Json) -> bool:
    if isinstance(value, str):
        return MONEY.fullmatch(value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_day(value: Json) -> bool:
    return isinstance(value, str) and DAY.match(value) is not None


def _raised(value: Json) -> Json:
    """Another amount or day of the same form."""
    if isinstance(value, int | float):
        return value + 1
    assert isinstance(value, str)
    if _is_day(value):
        return value.replace("2024", "2023").replace("2025", "2023").replace("2026", "2023")
    return f"{value[:-1]}{(int(value[-1]) + 1) % 10}"


@cache
def _places(name: str, is_wanted: Callable[[Json], bool]) -> tuple[Place, ...]:
    found: dict[tuple[str, str], Place] = {}
    for document in documents_of(name):
        record, shape = None, shape_of(document)
        for path, value in leaves(document):
            if not is_wanted(value) or (shape, kind_of(path)) in found:
                continue
            record = cleaned_alone(name, document).document if record is None else record
            other = cleaned_alone(name, changed(document, path, _raised(value))).document
            telling = frozenset(moved_between(record, other) if record and other else ())
            # What is only kept aside is read by nobody.
            if record and telling - {"extra"}:
                found[shape, kind_of(path)] = Place(document, path, value, record, telling)
    return tuple(found.values())


def _amounts(value: object) -> list[int]:
    return [inner for _, inner in leaves(value) if type(inner) is int]  # type: ignore[arg-type]


def _tried(name: str, place: Place, value: Json) -> Outcome:
    """Whatever is made of it: one fate, a sound record, and no field moved but those that tell it."""
    outcome = cleaned_alone(name, changed(place.document, place.path, value))
    about = name, shape_of(place.document), kind_of(place.path), str(value)[:40]
    if outcome.document is None:
        assert outcome.fate is Fate.QUARANTINED and outcome.reason, about
    else:
        assert given.tables(name).accepts[str(outcome.document["kind"])](outcome.document), about
        assert all(abs(paise) <= LARGEST_PAISE for paise in _amounts(outcome.document)), about
        paise = outcome.document.get("amount_paise")
        assert paise is None or (isinstance(paise, int) and paise >= 0), about
    return outcome


def _each(name: str, is_wanted: Callable[[Json], bool], odd: tuple[Json, ...], each_n: int) -> int:
    """An absurd value is told: by a finding, or by the reason its line is held back."""
    tried_n = 0
    for place in _places(name, is_wanted):
        random = Random(f"{name} {place.path}")
        for value in random.sample(odd, min(each_n, len(odd))):
            outcome = _tried(name, place, value)
            about = name, shape_of(place.document), kind_of(place.path), str(value)[:40]
            assert value == "" or outcome.findings or outcome.reason, about
            tried_n += 1
    return tried_n


@pytest.mark.parametrize("name", sources.names())
def test_some_absurd_amounts_and_days_are_told(name: str) -> None:
    assert _each(name, _is_amount, ABSURD, USUAL_N) >= 4
    assert _each(name, _is_day, FAR, USUAL_N) >= 8


@pytest.mark.full
@pytest.mark.parametrize("name", sources.names())
def test_every_absurd_amount_and_day_in_every_field_is_told(name: str) -> None:
    assert _each(name, _is_amount, ABSURD, len(ABSURD)) >= 20
    assert _each(name, _is_day, FAR, len(FAR)) >= 16


@pytest.mark.parametrize("name", sources.names())
def test_a_negative_amount_is_kept_below_nothing_or_told(name: str) -> None:
    for place in _places(name, _is_amount):
        for turned in NEGATIVE:
            outcome = _tried(name, place, turned(place.value))
            if outcome.document is not None and not outcome.findings and float(str(place.value)) > 0:
                assert moved_between(place.record, outcome.document) <= place.telling


@pytest.mark.parametrize("name", sources.names())
def test_a_day_to_come_is_read_as_it_stands(name: str) -> None:
    """Whether a day may lie ahead is a question of quality; reading it changes nothing else."""
    for place in _places(name, _is_day):
        ahead = re.sub("20[0-9]{2}", "2190", str(place.value), count=1)
        outcome = _tried(name, place, ahead)
        # Days that end before they begin cover nothing, which is told.
        if outcome.document is not None and "COVERAGE_UNKNOWN" not in {one.rule for one in outcome.findings}:
            moved = moved_between(place.record, outcome.document)
            assert moved <= place.telling, (shape_of(place.document), place.path)


@pytest.mark.parametrize("name", sources.names())
def test_nothing_gives_nothing(name: str) -> None:
    assert given.cleaned(name, []) == []


@pytest.mark.parametrize("name", sources.names())
def test_one_item_alone_meets_one_fate(name: str) -> None:
    seen = set()
    for document in documents_of(name):
        if shape_of(document) not in seen:
            seen.add(shape_of(document))
            outcome = cleaned_alone(name, document)
            assert (outcome.fate, outcome.ref.line) == (Fate.CLEAN, 1), shape_of(document)
    for body in ({}, {"kind": "nobody knows"}, {"kind": None}, {"kind": []}, {"": ""}):
        [outcome] = given.cleaned(name, given.items([given.line(body)]))  # type: ignore[arg-type]
        assert outcome.fate is Fate.QUARANTINED and outcome.reason
