"""What insurers tell, what the bank moved and what the law says are one story; on lived businesses."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from generators.trade import Purpose
from generators.world import Business
from kit.facets import Direction
from kit.period import add_months
from kit.ratio import half_even
from kit.scope import DateRange
from kit.source import Document
from tests.sources import given
from tests.sources.insurance.lived import (
    DRAWN,
    SEEDS,
    asked,
    document_of,
    life,
    lived,
    of_a_firm,
    paise,
    policy_of,
    told,
)

every_seed = pytest.mark.parametrize("seed", SEEDS)
PREMIUMS = ("PREMIUM_PAYMENT", "INSURANCE_RENEWWAL")
IN = ("CLAIM", "MONEY_BACK", "FINAL_SETTLEMENT")


def _bank(of: Business) -> dict[str, tuple[date, int, Direction]]:
    """The bank's lines of premiums and claims, but for the small covers no insurer tells of."""
    return {
        one.document: (one.at.date(), one.amount_paise, one.direction)
        for one in of.events(of.first, of.as_of)
        if one.purpose in (Purpose.PREMIUM, Purpose.CLAIM) and not one.document.startswith("COVER-SMALL-")
    }


@every_seed
@pytest.mark.parametrize("persona", [None, DRAWN])
def test_every_movement_of_money_is_one_bank_line_and_every_bank_line_one_movement(
    seed: int, persona: str | None
) -> None:
    of = life(seed, persona=persona)
    moved = {
        document_of(of, one): (
            date.fromisoformat(str(one["txnDate"])[:10]),
            paise(one["amount"]),
            Direction.IN if one["type"] in IN else Direction.OUT,
        )
        for one in told(of, "transaction")
        if one["type"] != "BONUS"
    }
    assert moved == _bank(of) and (of.firm.insures or not moved)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 250))
def test_money_state_and_tax_agree_over_a_portfolio(seed: int) -> None:
    of = lived(seed, persona=DRAWN)
    told_n = sum(one["type"] != "BONUS" for one in told(of, "transaction"))
    assert told_n == len(_bank(of))
    accounts = {one["linkedAccRef"] for one in told(of, "policy")}
    assert {one["linkedAccRef"] for one in told(of, "transaction")} <= accounts
    _states_follow(of)


def test_most_who_insure_have_paid_a_premium_within_the_days() -> None:
    paid = [any(one["type"] in PREMIUMS for one in told(life(seed), "transaction")) for seed in SEEDS]
    assert sum(paid) >= len(paid) * 3 // 4


@every_seed
def test_premiums_told_sum_up_to_those_that_passed(seed: int) -> None:
    of = life(seed)
    paid = sum(paise(one["amount"]) for one in told(of, "transaction") if one["type"] in PREMIUMS)
    passed = {
        name: fate.paid_on
        for name, fate in of.passed.items()
        if fate.paid_on is not None and of.first <= fate.paid_on <= of.as_of
    }
    planned = {one.document: one.paise for policy in of.covers.policies for one in policy.premiums}
    assert paid == sum(amount for document, amount in planned.items() if document in passed)


@every_seed
def test_the_state_of_a_policy_follows_from_what_was_paid(seed: int) -> None:
    _states_follow(life(seed))


def _states_follow(of: Business) -> None:
    for line in told(of, "policy"):
        summary = line["Summary"]
        assert isinstance(summary, dict)
        if line["fiType"] == "INSURANCE_POLICIES":
            assert "policyStatus" not in summary
            continue
        grace = timedelta(days=15 if summary["premiumFrequency"] == "MONTHLY" else 30)
        status, expiry = summary["policyStatus"], date.fromisoformat(str(summary["policyExpiryDate"]))
        due_on = date.fromisoformat(str(summary["nextPremiumDueDate"] or "9999-12-01"))
        if status == "ACTIVE":
            assert of.as_of <= expiry and of.as_of <= due_on
        elif status == "GRACE":
            assert due_on < of.as_of <= due_on + grace
        elif status in ("LAPSED", "PAID_UP"):
            assert due_on + grace < of.as_of <= expiry
        elif status in ("EXPIRED", "MATURED"):
            assert of.as_of > expiry and not summary["nextPremiumDueDate"]
        else:
            assert status == "SURRENDERED"


@every_seed
def test_the_years_of_a_renewed_cover_join_unless_it_was_paid_after_the_grace(seed: int) -> None:
    of = life(seed)
    chains: defaultdict[str, list[Document]] = defaultdict(list)
    for line in told(of, "policy"):
        if policy_of(of, line).ends_on is None:
            chains[policy_of(of, line).id].append(line)
    for lines in chains.values():
        days = sorted((_day(one, "policyStartDate"), _day(one, "policyExpiryDate")) for one in lines)
        for (_, last), (first, _) in zip(days, days[1:], strict=False):
            policy = policy_of(of, lines[0])
            assert first == last + timedelta(days=1) or first > last + timedelta(days=policy.grace_days)


def _day(line: Document, field: str) -> date:
    summary = line["Summary"]
    assert isinstance(summary, dict)
    return date.fromisoformat(str(summary[field]))


@every_seed
def test_the_tax_in_a_premium_goes_by_its_day(seed: int) -> None:
    of = life(seed)
    planned = {one.document: one for policy in of.covers.policies for one in policy.premiums}
    for line in told(of, "transaction"):
        if line["type"] not in PREMIUMS:
            continue
        premium, kind = planned[document_of(of, line)], policy_of(of, line).kind
        assert premium.planned_on is not None
        is_own = kind.name in ("TERM_LIFE", "ENDOWMENT", "MONEYBACK", "FAMILY_HEALTH")
        bps = 0 if is_own and premium.planned_on >= date(2025, 9, 22) else 1_800
        if bps and kind.name in ("ENDOWMENT", "MONEYBACK"):
            is_first_year = premium.due_on < add_months(policy_of(of, line).begins_on, 12)
            bps = 450 if is_first_year else 225
        assert paise(line["amount"]) == premium.net_paise + half_even(premium.net_paise * bps, 10_000)


@every_seed
def test_a_smaller_question_gets_the_same_lines(seed: int) -> None:
    of = life(seed)
    days = DateRange(date(2025, 6, 1), date(2025, 11, 30))
    small = told(of, "transaction", days=days)
    whole = told(of, "transaction")
    assert small == [one for one in whole if "2025-06-01" <= str(one["txnDate"])[:10] <= "2025-11-30"]
    policies = told(of, "policy")
    assert [one for one in policies if one in told(of, "policy", days=days)] == told(of, "policy", days=days)
    for line in policies:
        is_told = line in told(of, "policy", days=days)
        assert is_told or not (
            _day(line, "policyStartDate") <= days.last and days.first <= _day(line, "policyExpiryDate")
        )


@every_seed
def test_an_earlier_look_tells_the_same_movements(seed: int) -> None:
    late, early = life(seed), life(seed, date(2025, 10, 31))
    shared = DateRange(late.first, early.as_of)
    assert told(early, "transaction", days=shared) == told(late, "transaction", days=shared)


def test_life_and_health_bear_the_persons_pan_and_the_rest_the_firms() -> None:
    of = of_a_firm()
    seen = set()
    for party_id, lines in asked(of).items():
        party = of.party(party_id)
        assert lines[0]["pan"] == party.pan
        for line in lines:
            if line["kind"] == "policy":
                profile = line["Profile"]
                assert isinstance(profile, dict)
                assert f"'pan': '{party.pan}'" in str(profile["Holders"])
                is_personal = policy_of(of, line).kind.name in (
                    "TERM_LIFE",
                    "ENDOWMENT",
                    "MONEYBACK",
                    "CREDIT_LIFE",
                    "FAMILY_HEALTH",
                )
                assert (party_id != "ENTITY") == is_personal
                seen.add(is_personal)
    assert seen == {True, False}


def test_a_party_without_any_policy_gets_its_envelope_alone() -> None:
    of = next(one for seed in range(1, 60) if not (one := life(seed, persona=DRAWN)).firm.insures)
    for lines in asked(of).values():
        (envelope,) = lines
        assert (envelope["kind"], envelope["from"], envelope["to"]) == ("envelope", "", "")
    firm = of_a_firm()
    assert len(asked(firm)["DIRECTOR-2" if firm.constitution == "COMPANY" else "PARTNER-2"]) == 1


def test_the_day_of_the_look_is_the_day_of_the_answer() -> None:
    (envelope,) = (line for line in asked(life(1))["ENTITY"] if line["kind"] == "envelope")
    assert envelope["to"] == given.AS_OF.isoformat() and str(envelope["sentAt"]).startswith("2026-04-01T")
