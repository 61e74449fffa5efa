"""The covers a business plans: one past whatever the look, premiums with the tax of their day, renewals without a hole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from generators.covers import EMPTY, CoverBook, covers_of
from generators.frame import Frame
from generators.papers import Due, IfShort
from generators.people import MAIN_PARTY, Constitution, Tie
from generators.policies import LIFE, PERSONAL, SAVING, Frequency, Kind, Policy
from generators.trade import Purpose, Rail
from kit.chance import Stream
from kit.period import add_months
from kit.ratio import half_even
from tests.generators.frames import frame

SEEDS = range(24)
SECTORS = ("KIRANA", "WHOLESALE", "TRANSPORT", "SERVICES", "MANUFACTURER", "EXPORTER")
CRORE = 10_000_000 * 100
TAX_FREE_FROM = date(2025, 9, 22)


@cache
def _framed(seed: int) -> Frame:
    constitution = Constitution.COMPANY if seed % 3 == 0 else Constitution.PROPRIETORSHIP
    return frame(seed, sector=SECTORS[seed % len(SECTORS)], constitution=constitution, insures=True)


@cache
def _book(seed: int) -> CoverBook:
    return covers_of(_framed(seed), Stream(seed, "COVERS"))


def _policies(*kinds: Kind) -> Iterator[tuple[int, Policy]]:
    for seed in SEEDS:
        yield from ((seed, one) for one in _book(seed).policies if not kinds or one.kind in kinds)


def _is_small(due: Due) -> bool:
    return due.document.startswith("COVER-SMALL-")


def test_who_insures_nothing_has_an_empty_book() -> None:
    assert covers_of(frame(1, insures=False), Stream(1)) is EMPTY
    assert (*EMPTY.policies, *EMPTY.dues, *EMPTY.sales, *EMPTY.people) == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_later_look_plans_the_same_past(seed: int) -> None:
    late = _framed(seed)
    shares = {"sector": late.firm.sector.id, "constitution": late.firm.constitution, "insures": True}
    for last in (date(2025, 4, 9), date(2026, 3, 31)):
        early = covers_of(frame(seed, last=last, **shares), Stream(seed, "COVERS"))  # type: ignore[arg-type]
        assert list(early.dues) == [due for due in _book(seed).dues if due.day <= last]
        for before, after in zip(early.policies, _book(seed).policies, strict=True):
            assert before.premiums == after.premiums[: len(before.premiums)]
            assert before.terms == after.terms[: len(before.terms)] and before.number == after.number
        assert {one.id for one in early.people} <= {one.id for one in _book(seed).people}


@pytest.mark.parametrize("seed", SEEDS)
def test_dues_are_in_order_unique_and_on_the_account_of_whoever_is_covered(seed: int) -> None:
    framed, book = _framed(seed), _book(seed)
    assert book.policies and list(book.dues) == sorted(book.dues)
    assert len({due.document for due in book.dues}) == len(book.dues)
    policies = {one.id: one for one in book.policies}
    insurers = {one.id for one in book.people}
    assert all(one.tie is Tie.INSURER for one in book.people)
    for due in book.dues:
        assert framed.first <= due.day <= framed.last and due.counterparty in insurers
        assert (due.paise < 0) == (due.purpose is Purpose.PREMIUM) != (due.purpose is Purpose.CLAIM)
        if not _is_small(due):
            policy = policies[due.document.partition("/")[0]]
            is_personal = policy.kind in PERSONAL
            assert due.account == (framed.purse if is_personal else framed.till) == policy.account
            assert policy.party == (framed.owner.id if is_personal else MAIN_PARTY)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mandate_bounces_and_what_is_paid_by_hand_waits(seed: int) -> None:
    for due in _book(seed).dues:
        if _is_small(due):
            assert due.if_short is IfShort.SKIPPED and due.paise in (-43_600, -2_000)
        else:
            assert due.if_short is (IfShort.BOUNCES if due.rail is Rail.NACH else IfShort.WAITS)


def test_tax_goes_by_the_day_and_own_life_and_health_bear_none_since_september_2025() -> None:
    seen = Counter[tuple[bool, bool]]()
    for _, policy in _policies():
        is_freed = policy.kind in PERSONAL and policy.kind is not Kind.CREDIT_LIFE
        for one in policy.premiums:
            day = one.planned_on or one.due_on
            seen[is_freed, day >= TAX_FREE_FROM] += 1
            if is_freed and day >= TAX_FREE_FROM:
                assert one.gst_paise == 0
            elif policy.kind in SAVING:
                bps = 450 if one.due_on < add_months(policy.begins_on, 12) else 225
                assert one.gst_paise == half_even(one.net_paise * bps, 10_000)
            else:
                assert one.gst_paise == half_even(one.net_paise * 1_800, 10_000)
    assert len(seen) == 4


def test_a_renewed_cover_has_no_hole_and_every_premium_belongs_to_a_year() -> None:
    for _, policy in _policies():
        if policy.ends_on is not None or not policy.terms:
            continue
        for one, after in zip(policy.terms, policy.terms[1:], strict=False):
            assert after.first == one.last + timedelta(days=1) and after.number == one.number + 1
            assert after.before_n == one.before_n + one.premiums_n
        assert policy.terms[-1].before_n + policy.terms[-1].premiums_n == len(policy.premiums)
        changes = {policy.premiums[one.before_n].net_paise for one in policy.terms}
        assert len(policy.terms) == 1 or len(changes) > 1 or policy.kind is not Kind.FAMILY_HEALTH


def test_sums_keep_to_their_class() -> None:
    limits = {Kind.SHOPKEEPER: CRORE // 2, Kind.SOOKSHMA: 5 * CRORE, Kind.LAGHU: 50 * CRORE}
    seen = Counter[Kind]()
    for kind, limit in limits.items():
        for _, policy in _policies(kind):
            seen[kind] += 1
            assert all(0 < term.sum_paise <= limit for term in policy.terms)
            assert sum(ppm for _, ppm in policy.parts_ppm) == 1_000_000
    assert seen[Kind.SOOKSHMA] and seen[Kind.SHOPKEEPER]


def test_a_great_firm_takes_the_class_for_greater_sums() -> None:
    found = Counter[Kind]()
    for seed in range(12):
        framed = frame(seed, sector="EXPORTER", insures=True, turnover_paise=90 * CRORE, b2b=0.9)
        found.update(one.kind for one in covers_of(framed, Stream(seed, "COVERS")).policies)
    assert found[Kind.LAGHU] and not found[Kind.SHOPKEEPER]


def test_a_cover_of_a_loan_is_paid_once_and_assigned_to_its_lender() -> None:
    found = list(_policies(Kind.CREDIT_LIFE))
    assert found and not [one for seed, one in found if _framed(seed).firm.leverage == 0]
    for _, policy in found:
        assert policy.frequency is Frequency.ONE_TIME and policy.assigned_to and not policy.is_old_form
        assert len(policy.premiums) == (1 if policy.terms else 0)
    assert not [one for _, one in _policies() if one.assigned_to and one.kind is not Kind.CREDIT_LIFE]


def test_every_kind_of_benefit_and_of_neglect_happens_somewhere() -> None:
    careless = {"insures": True, "discipline": 0.05}
    books = [covers_of(frame(seed, **careless), Stream(seed, "COVERS")) for seed in range(60)]  # type: ignore[arg-type]
    policies = [one for book in books for one in book.policies]
    benefits = {payout.benefit for one in policies for payout in one.payouts}
    assert len(benefits) >= 3 and [one for one in policies if one.bonuses]
    premiums = [(one, premium) for one in policies for premium in one.premiums]
    assert [one for one, premium in premiums if premium.planned_on is None and one.kind in LIFE]
    for policy, premium in premiums:
        late = 0 if premium.planned_on is None else (premium.planned_on - premium.due_on).days
        assert policy.rail is not Rail.NACH or late == 0
        assert (late > policy.grace_days) >= bool(premium.late_paise)
    assert [one for _, one in premiums if one.late_paise]


def test_the_careless_pay_late_more_often() -> None:
    def late_n(discipline: float) -> int:
        books = [
            covers_of(frame(seed, insures=True, discipline=discipline), Stream(seed)) for seed in range(30)
        ]
        return sum(
            premium.planned_on is not None and premium.planned_on > premium.due_on
            for book in books
            for one in book.policies
            for premium in one.premiums
        )

    assert late_n(0.1) > 2 * late_n(0.9)


def test_the_small_covers_of_a_bank_are_taken_once_a_year() -> None:
    found = Counter[tuple[int, str]]()
    for seed in SEEDS:
        found.update((seed, due.document) for due in _book(seed).dues if _is_small(due))
        assert all(due.day.month == 5 for due in _book(seed).dues if _is_small(due))
    assert found and set(found.values()) == {1}


def test_who_carries_goods_insures_a_vehicle() -> None:
    books = [covers_of(frame(s, sector="TRANSPORT", insures=True), Stream(s)) for s in range(15)]
    assert sum(any(one.kind is Kind.VEHICLE for one in book.policies) for book in books) >= 12
