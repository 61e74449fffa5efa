"""The truth names every bank line's purpose, every month's turnover, the outcome, and what was planted and soiled."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from generators.mess import Deed, Expected
from generators.plants import PlantBook
from generators.truth import Sent, application_of, truth_of
from generators.world import Business
from tests.sources import given

DEED = Deed("ENTITY", 7, "AMOUNT_FORM", Expected.RESTORED, "amount", '"12.50"')


def _truth(business: Business, lives_n: int = 0) -> list[dict[str, object]]:
    sent = [Sent("bank", "d" * 16, (DEED,)), Sent("gst", "e" * 16, ())]
    return [json.loads(line) for line in truth_of(business, lives_n, sent)]


def _of_kind(lines: list[dict[str, object]], kind: str) -> list[dict[str, object]]:
    return [line for line in lines if line["kind"] == kind]


@pytest.mark.parametrize("seed", range(3))
def test_every_bank_line_has_its_purpose_and_its_other_side(seed: int) -> None:
    business = given.business(seed)
    lines = {str(line["id"]): line for line in _of_kind(_truth(business), "bank_line")}
    events = list(business.events(business.first, business.as_of))
    assert len(lines) == len(events) > 500
    for event in events:
        line = lines[f"T{event.no}"]
        assert (line["purpose"], line["counterparty"]) == (event.purpose, event.counterparty)
        assert event.counterparty in business.counterparties or event.counterparty == ""


def test_turnover_is_told_month_by_month_for_the_days_remembered() -> None:
    business = given.business(1)
    told = {str(line["month"]): line["turnover_paise"] for line in _of_kind(_truth(business), "month")}
    owed: Counter[str] = Counter()
    for day, paise in business.course.turnover.items():
        if business.first <= day <= business.as_of:
            owed[day.isoformat()[:7]] += paise
    assert told == dict(owed) and len(told) == 14


@pytest.mark.parametrize("seed", range(3))
def test_the_outcome_is_the_fate_and_the_probability_that_of_as_many_lives(seed: int) -> None:
    business = given.business(seed)
    (head,) = _of_kind(_truth(business), "business")
    fate = business.fate
    assert head["outcome"] == {
        "is_default": fate.is_default,
        "default_on": None if fate.default_on is None else fate.default_on.isoformat(),
        "worst_dpd_days": fate.worst_dpd,
        "disbursed_on": fate.disbursed_on.isoformat(),
    }
    assert head["pd"] == {"lives_n": 0, "defaults_n": None, "pd_ppm": None}
    assert head["application"] == application_of(business)
    (lived,) = _of_kind(_truth(business, 4), "business")
    assert lived["pd"] == {
        "lives_n": 4,
        "defaults_n": business.defaults_n(4),
        "pd_ppm": business.defaults_n(4) * 250_000,
    }


def test_the_ask_says_what_a_lender_is_asked() -> None:
    business = given.business(2)
    ask, asked = application_of(business), business.application
    assert set(ask) == {
        "product", "amount_paise", "months", "rate_bps", "purpose", "asked_on", "declared_loans",
    }  # fmt: skip
    assert (ask["amount_paise"], ask["asked_on"]) == (asked.amount_paise, business.as_of.isoformat())
    assert ask == application_of(given.business(2))


def test_what_is_planted_is_told_with_the_lines_it_shows_in() -> None:
    business = given.business(1)
    events = list(business.events(business.first, business.as_of))
    document = next(event.document for event in events if event.document)
    planted = replace(business, plants=PlantBook(facts=(("a fact for a test", (document, "PAPER-1")),)))
    (fact,) = _of_kind(_truth(planted), "fact")
    assert fact["documents"] == [document, "PAPER-1"]
    assert fact["bank_lines"] == [f"T{event.no}" for event in events if event.document == document] != []


def test_what_was_given_back_is_told_with_its_days() -> None:
    told = [one for seed in range(6) for one in _of_kind(_truth(given.business(seed)), "returned")]
    owed = [one for seed in range(6) for one in given.business(seed).passed.values() if one.returned_on]
    assert [one["document"] for one in told] == [one.document for one in owed] != []
    assert [one["returned_on"] for one in told] == [
        [day.isoformat() for day in one.returned_on] for one in owed
    ]


def test_a_deed_is_told_with_the_delivery_it_stands_in() -> None:
    (deed,) = _of_kind(_truth(given.business(1)), "deed")
    assert deed == {
        "kind": "deed", "source": "bank", "delivery": "d" * 16, "party": "ENTITY", "line": 7,
        "dirt": "AMOUNT_FORM", "expected": "restored", "field": "amount", "was": '"12.50"',
    }  # fmt: skip


def test_a_later_look_tells_the_same_lines() -> None:
    early, late = given.business(1, date(2025, 12, 31)), given.business(1)
    before = {str(line["id"]): line for line in _of_kind(_truth(early), "bank_line")}
    after = {str(line["id"]): line for line in _of_kind(_truth(late), "bank_line")}
    shared = before.keys() & after.keys()
    assert len(shared) > 500 and all(before[known] == after[known] for known in shared)
