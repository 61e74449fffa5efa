"""What a source can do that only counts: one fate for every line whatever the order, and two numbers that open to all records."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date

import pytest

from kit.errors import RecordError
from kit.facts import NullReason
from kit.plain import EVERYTHING, Parsed, definitions, known, parsed_or_held, summary
from kit.source import Document, Fate, Finding, Item, Outcome, RawRef, Tables, Window

DEFINED = definitions("shop", "Shop")
TABLES = Tables({"sale": lambda told: isinstance(told, dict) and told["name"] != "unfit"}, {})
AS_OF = date(2026, 3, 31)


def parse(item: Item, body: Document) -> Parsed:
    if body["name"] == "bad":
        raise RecordError("BAD_NAME", "a name that cannot be read")
    found = (Finding(item.ref, "name", "SPACES", '" a"', '"a"'),) if body.get("spaced") else ()
    told: dict[str, object] = {"kind": "sale", "on": body.get("on"), "name": body["name"], "v": body.get("v")}
    return Parsed([body["name"]], told, 5, found)


def readable(body: Document) -> int | None:
    return 7 if body["name"] == "bad" else None


def item(number: int, body: Document | None, party: str = "ENTITY") -> Item:
    return Item(RawRef("d" * 16, number, f"{number:016x}"), party, body, None if body else "NOT_JSON")


BODIES: tuple[Document | None, ...] = (
    {"name": "a", "v": 1, "on": "2026-01-02"},
    {"name": "a", "v": 1, "on": "2026-01-02"},
    {"name": "a", "v": 1, "on": "2026-01-02", "spaced": True},
    {"name": "a", "v": 2, "on": "2026-01-02"},
    {"name": "b", "on": "2026-01-01"},
    {"name": "bad"},
    {"name": "unfit"},
    None,
)


def settled(items: list[Item]) -> list[Outcome]:
    return list(parsed_or_held(items, TABLES, parse, readable))


@pytest.mark.parametrize("seed", range(20))
def test_every_line_has_one_fate_and_the_order_of_lines_decides_nothing(seed: int) -> None:
    items = [item(number, body) for number, body in enumerate(BODIES, 1)]
    straight = settled(items)
    random.Random(seed).shuffle(items)
    assert settled(items) == straight
    assert sorted(one.ref for one in straight) == sorted(one.ref for one in items)
    assert Counter(one.fate for one in straight) == {
        Fate.CLEAN: 2,
        Fate.SUPERSEDED: 3,
        Fate.QUARANTINED: 3,
    }


def test_copies_of_one_content_are_duplicates_and_a_lesser_content_is_superseded() -> None:
    twice = settled([item(1, BODIES[0]), item(2, BODIES[2]), item(3, BODIES[0])])
    assert [one.fate for one in twice] == [Fate.CLEAN, Fate.DUPLICATE, Fate.DUPLICATE]
    assert twice[0].findings == () and twice[0].ref.line in (1, 3)
    assert twice[0].document is not None
    assert {one.stands_for for one in twice[1:]} == {twice[0].document["id"]}
    amended = settled([item(1, BODIES[0]), item(2, BODIES[3])])
    assert [(one.fate, one.ref.line) for one in amended] == [(Fate.CLEAN, 2), (Fate.SUPERSEDED, 1)]


def test_parties_keep_apart_and_days_come_in_order() -> None:
    found = settled([item(1, BODIES[0], "PARTNER-1"), item(2, BODIES[0]), item(3, BODIES[4])])
    assert [(one.party, one.ref.line) for one in found] == [("ENTITY", 3), ("ENTITY", 2), ("PARTNER-1", 1)]
    assert len({str((one.document or {})["id"]) for one in found}) == 3


def test_what_is_held_back_says_why_and_what_it_was_worth() -> None:
    held = settled([item(5, BODIES[5]), item(6, BODIES[6]), item(7, None)])
    assert [(one.fate, one.reason, one.paise, one.document) for one in held] == [
        (Fate.QUARANTINED, "BAD_NAME", 7, None),
        (Fate.QUARANTINED, "NOT_JSON", None, None),
        (Fate.QUARANTINED, "SCHEMA_REFUSED", None, None),
    ]


@dataclass(frozen=True)
class Sale:
    id: str
    on: date | None
    kind: str = "sale"
    party: str = "ENTITY"
    raw: RawRef = RawRef("d" * 16, 1, "0" * 16)


SALES = (
    Sale("1", date(2026, 1, 10)),
    Sale("2", None),
    Sale("3", date(2026, 2, 9)),
    Sale("4", date(2026, 4, 1)),
)


def test_records_and_the_days_they_span_are_counted_up_to_the_day_and_open_to_what_was_counted() -> None:
    window = Window(AS_OF, "5" * 64, is_filtered=False)
    metrics = summary(DEFINED, SALES, window)
    assert [(one.id, one.value, one.unit) for one in metrics] == [
        ("shop.records_count", 3, "count"),
        ("shop.period_days", 31, "days"),
    ]
    for metric in metrics:
        (evidence,) = metric.evidence
        assert (evidence.selector, evidence.n, metric.n) == (EVERYTHING, 3, 3)
        assert [one.id for one in known(SALES, evidence.args)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("sales", "is_filtered", "reasons"),
    [
        ((), False, (NullReason.SOURCE_ABSENT, NullReason.SOURCE_ABSENT)),
        (SALES, True, (NullReason.RANGE_NOT_PERMITTED, NullReason.RANGE_NOT_PERMITTED)),
        (SALES[1:2], False, (None, NullReason.INSUFFICIENT_HISTORY)),
        (SALES[3:], False, (NullReason.SOURCE_ABSENT, NullReason.SOURCE_ABSENT)),
    ],
)
def test_a_number_that_cannot_be_told_is_null_for_a_reason_and_claims_no_line(
    sales: tuple[Sale, ...], is_filtered: bool, reasons: tuple[NullReason | None, ...]
) -> None:
    metrics = summary(DEFINED, sales, Window(AS_OF, "5" * 64, is_filtered))
    assert tuple(one.null_reason for one in metrics) == reasons
    for one in metrics:
        assert (one.value is None) == (one.null_reason is not None) == (one.evidence == ()) == (one.n == 0)
