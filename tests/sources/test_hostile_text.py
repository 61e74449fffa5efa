"""Hostile text in every text field of every kind of record: kept as it is or told, and nothing else of the record moves."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import NamedTuple

import orjson
import pytest

import sources
from kit.source import Document, Fate
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

HOSTILE = (
    "=HYPERLINK(\"http://x.example\",\"open\")", "=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", "\t=1+1", "\r=1+1", "＝1+1",
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!--", "]]>", "&lt;b&gt;", "{{7*7}}", "${7*7}", "%s%n%x",
    "'; DROP TABLE consent; --", "' OR '1'='1", "\\'; --", "1; SELECT pg_sleep(9)", "../../etc/passwd", "..\\..\\x", "/dev/null",
    "C:\\x", "file:///etc/passwd", "a\0b", "\0", "\x1f", "a\x1fb\x1fc", "\x1b[2J\x1b[31m", "\x7f", "\x85", "a\nb", "a\r\nb", "\v\f",
    "\u202eabc\u202c", "\u2066a\u2069", "\u200b", "\u200d", "a\u200cb", "\ufeffa", "\u2028", "\u00a0", "\u3000a", "e\u0301",
    "Z" + "\u0335\u0321" * 60, "\u0301", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1ee\U0001f1f3", "\U0010ffff", "\uffff",
    "रुपये", "ﷺ", "ß", "ı", "Ａ", "\u2126", "", " ", "  a  ", "null", "None", "NaN", "undefined", "true", "0", "-1", "-0", "1e999",
    "0x1F", "9" * 400, "1,00,00,000.00 Cr", "∞", "०१२", "2026-02-30", "9999-12-31", "31-12-9999", "0000-00-00", "10/10/10", "a,b;c\"d",
    "{\"a\":1}", "[1]", "\\u0041", "\\", "\"", "`", "a" * 41, "ENTITY", "__proto__", "constructor", "x" * 5_000,
)  # fmt: skip
HUGE = "y" * 900_000
PLAIN = ("QX7PLAIN", "Quiet words 7")
# A field that holds nothing yet may take a day or an amount.
PROBES = ("2031-08-15", "15-08-2031", "1234.50", "12", "0", "N")
USUAL_N = 4


class Place(NamedTuple):
    """A text of a document, what the document gives as it stands, and what other plain words there move."""

    kind: str
    document: Document
    path: Path
    record: Held
    moved: frozenset[str]
    is_kept: bool
    is_always_held: bool


def _says(record: object, text: str) -> bool:
    """A text stands in a record as it is, or among the fields nobody knows as JSON."""
    told = {value for _, value in leaves(record) if isinstance(value, str)}  # type: ignore[arg-type]
    return text in told or orjson.dumps(text).decode() in told


@cache
def _places(name: str) -> tuple[Place, ...]:
    """Take each place that holds text once for each kind of record."""
    found: dict[tuple[str, str], Place] = {}
    for document in documents_of(name):
        record, shape = None, shape_of(document)
        for path, value in leaves(document):
            if not isinstance(value, str) or (shape, kind_of(path)) in found:
                continue
            record = cleaned_alone(name, document).document if record is None else record
            if record is not None:
                found[shape, kind_of(path)] = _place(name, document, path, record)
    return tuple(found.values())


def _place(name: str, document: Document, path: Path, record: Held) -> Place:
    tried = [
        (words, cleaned_alone(name, changed(document, path, words)).document) for words in (*PLAIN, *PROBES)
    ]
    read = [(words, other) for words, other in tried if other is not None]
    moved = frozenset().union(*(moved_between(record, other) for _, other in read))
    plain = [_says(other, words) for words, other in read if words in PLAIN]
    is_kept = bool(plain) and all(plain)
    return Place(str(record["kind"]), document, path, record, moved, is_kept, not read)


def _hold(name: str, place: Place, text: str) -> None:
    outcome = cleaned_alone(name, changed(place.document, place.path, text))
    about = name, place.kind, kind_of(place.path), text[:40]
    assert (outcome.fate is Fate.CLEAN) == (outcome.document is not None), about
    if outcome.document is None:
        assert outcome.fate is Fate.QUARANTINED and outcome.reason, about
        return
    assert orjson.loads(orjson.dumps(outcome.document)) == outcome.document, about
    if not place.is_always_held:
        assert moved_between(place.record, outcome.document) <= place.moved, about
    if place.is_kept:
        # An empty text is how providers write that there is nothing to say.
        assert not text or _says(outcome.document, text) or outcome.findings, about


def _all_held(name: str, texts_n: int) -> int:
    asked = 0
    for place in _places(name):
        random = Random(f"{name} {place.kind} {place.path}")
        for text in random.sample(HOSTILE, min(texts_n, len(HOSTILE))):
            _hold(name, place, text)
            asked += 1
    return asked


@pytest.mark.parametrize("name", sources.names())
def test_some_hostile_texts_in_every_field_move_nothing_else(name: str) -> None:
    assert _all_held(name, USUAL_N) >= 80


@pytest.mark.full
@pytest.mark.parametrize("name", sources.names())
def test_every_hostile_text_in_every_field_moves_nothing_else(name: str) -> None:
    assert _all_held(name, len(HOSTILE)) >= 1_500


@pytest.mark.parametrize("name", sources.names())
def test_a_megabyte_in_a_field_is_a_text_like_any_other(name: str) -> None:
    places = _places(name)
    for place in Random(name).sample(places, min(12, len(places))):
        _hold(name, place, HUGE)


@pytest.mark.parametrize("name", sources.names())
def test_every_kind_of_record_is_under_attack(name: str) -> None:
    assert {place.kind for place in _places(name)} == set(sources.kinds(name))
