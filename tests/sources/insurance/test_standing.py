"""The grace rule, day by day: a policy is in grace the day after a premium is due, lapses after the grace, and comes back when paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import pytest

from generators.covers import covers_of
from generators.papers import Passed
from generators.policies import Frequency, Kind, Policy
from kit.chance import Stream
from sources.insurance._standing import held, is_in_force, paid, surrender_paise
from tests.generators.frames import frame

_DAY = timedelta(days=1)


@cache
def _policies() -> tuple[Policy, ...]:
    books = [
        covers_of(frame(seed, insures=True, discipline=0.99), Stream(seed, "STANDING")) for seed in range(90)
    ]
    return tuple(one for book in books for one in book.policies)


def _policy(kind: Kind, *frequencies: Frequency) -> Policy:
    """A policy that runs through the whole world on premiums of its own."""
    return next(
        one
        for one in _policies()
        if one.kind is kind
        and one.frequency in frequencies
        and one.begins_on < date(2024, 3, 1)
        and all(premium.planned_on for premium in one.premiums)
        and sum(premium.due_on > date(2026, 3, 31) for premium in one.premiums)
        and not one.payouts
    )


def _passed(policy: Policy, until: date, late_on: date | None = None) -> Mapping[str, Passed]:
    """Everything due up to a day is paid on its day, the rest stays open, or all of it is paid on one late day."""
    return {
        one.document: Passed(one.document, one.due_on, one.due_on if one.due_on <= until else late_on, ())
        for one in policy.premiums
        if one.document
    }


def _status(policy: Policy, passed: Mapping[str, Passed], day: date) -> str:
    return [one.status for one in held(policy, passed, day)][-1]


@pytest.mark.parametrize("frequency", [Frequency.MONTHLY, Frequency.HALF_YEARLY, Frequency.YEARLY])
def test_life_lapses_the_day_after_the_grace_and_not_a_day_before(frequency: Frequency) -> None:
    policy = _policy(Kind.TERM_LIFE, frequency)
    due = [one.due_on for one in policy.premiums if one.document and one.due_on > date(2024, 12, 1)]
    passed = _passed(policy, due[0] - _DAY)
    grace = timedelta(days=15 if frequency is Frequency.MONTHLY else 30)
    days = (due[0], due[0] + _DAY, due[0] + grace, due[0] + grace + _DAY)
    assert [_status(policy, passed, day) for day in days] == ["ACTIVE", "GRACE", "GRACE", "LAPSED"]
    assert next(held(policy, passed, days[-1])).next_due_on == due[0]


def test_a_lapsed_policy_comes_back_when_all_that_is_open_is_paid() -> None:
    policy = _policy(Kind.TERM_LIFE, Frequency.MONTHLY)
    due = [one.due_on for one in policy.premiums if one.document and one.due_on > date(2024, 12, 1)]
    back_on = due[2] + timedelta(days=3)
    passed = _passed(policy, due[0] - _DAY, back_on)
    assert _status(policy, passed, back_on - _DAY) == "LAPSED"
    assert _status(policy, passed, back_on) == "ACTIVE"


def test_money_is_taken_for_the_oldest_open_premium() -> None:
    policy = _policy(Kind.TERM_LIFE, Frequency.MONTHLY)
    skipped, *later = [one for one in policy.premiums if one.document and one.due_on > date(2024, 12, 1)]
    passed = {**_passed(policy, later[3].due_on)}
    del passed[skipped.document]
    (one,) = held(policy, passed, later[3].due_on)
    assert one.next_due_on == later[3].due_on and one.status == "ACTIVE"
    assert [place for _, _, place in paid(policy, passed, later[3].due_on)] == list(range(one.paid_n))


def test_a_savings_plan_of_some_years_becomes_paid_up_and_gets_no_bonus() -> None:
    policy = next(
        one
        for one in _policies()
        if one.kind is Kind.ENDOWMENT
        and one.begins_on < date(2021, 1, 1)
        and one.premiums[-1].due_on > date(2026, 3, 31)
        and len(one.bonuses) > 1
    )
    stopped = _passed(policy, date(2024, 6, 1))
    day = date(2026, 3, 31)
    (one,) = held(policy, stopped, day)
    assert one.status == "PAID_UP" and surrender_paise(one) > 0
    (full,) = held(policy, _passed(policy, day), day)
    assert full.status in ("ACTIVE", "GRACE") and surrender_paise(full) > surrender_paise(one)
    assert not is_in_force(policy, stopped, day) and is_in_force(policy, _passed(policy, day), day)


def test_a_yearly_cover_nobody_renews_is_in_grace_and_then_over() -> None:
    policy = _policy(Kind.SHOPKEEPER, Frequency.YEARLY)
    (year,) = [one for one in policy.terms if one.first < date(2025, 3, 1) <= one.last]
    passed = _passed(policy, year.first)
    days = (year.last, year.last + _DAY, year.last + timedelta(days=30), year.last + timedelta(days=31))
    found = [_status(policy, passed, day) for day in days]
    assert found == ["ACTIVE", "GRACE", "GRACE", "EXPIRED"]


def test_a_renewal_after_the_grace_leaves_a_hole_and_one_within_does_not() -> None:
    policy = _policy(Kind.SHOPKEEPER, Frequency.YEARLY)
    before, year = next(
        (one, after)
        for one, after in zip(policy.terms, policy.terms[1:], strict=False)
        if after.first.year > 2024
    )
    for days, has_hole in ((20, False), (45, True)):
        paid_on = year.first + timedelta(days=days)
        passed = _passed(policy, before.first, paid_on)
        found = {one.term.number: one for one in held(policy, passed, paid_on)}
        assert (found[year.number].first > before.last + _DAY) == has_hole
        assert found[year.number].first == (paid_on if has_hole else year.first)
