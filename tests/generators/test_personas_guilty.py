"""What is planted in guilty firms is found by a few plain lines over what sources deliver, and not in sound ones."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

import pytest

from generators.truth import application_of
from tests.generators import seen
from tests.sources.given import AS_OF

SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3)))
SOUND = ("plain_trader", "sweep_owner", "family_company")
DAY = timedelta(days=1)


def _declared(persona: str, seed: int) -> list[str]:
    """Who is told of as a lender: by the business, over the credit network, or because he insures or keeps funds."""
    asked = application_of(seen.life(persona, seed=seed))
    loans = asked["declared_loans"]
    assert isinstance(loans, list)
    return [str(one["lender"]).upper() for one in loans if isinstance(one, dict)]


def _elsewhere(persona: str, seed: int) -> str:
    sources = ("ocen", "insurance", "mutual_funds")
    return str([seen.told(persona, source, seed=seed) for source in sources]).upper()


def _unknown(persona: str, seed: int) -> dict[str, list[seen.Line]]:
    """Mandates under which somebody collects whom no source and no application names."""
    declared, elsewhere = _declared(persona, seed), _elsewhere(persona, seed)
    return {
        seen.collector(held[0]): held
        for held in seen.mandates(persona, seed=seed).values()
        if "CLEARING" not in held[0].text
        and "CARD" not in held[0].text
        and seen.collector(held[0]) not in elsewhere
        and not any(one.startswith(seen.collector(held[0])) for one in declared)
    }


def _named(persona: str, seed: int, prefix: str = "") -> list[str]:
    people = seen.life(persona, seed=seed).plants.people
    return sorted(one.name.upper() for one in people if one.id.startswith(prefix))


def _is_cut_of(found: list[str], names: list[str]) -> bool:
    return len(found) == len(names) and all(
        name.startswith(cut) for cut, name in zip(sorted(found), names, strict=True)
    )


def _bounces_n(persona: str, seed: int) -> int:
    charges = [one for one in seen.lines(persona, seed=seed) if re.search(r"R(E)?T(UR)?N ?CH", one.text)]
    return sum(1 for one in charges if one.paise == -500_00)


def _bounced_share(persona: str, seed: int) -> float:
    held_n = sum(map(len, seen.mandates(persona, seed=seed).values()))
    return _bounces_n(persona, seed) / (held_n + _bounces_n(persona, seed))


def _new_lenders(persona: str, seed: int) -> list[str]:
    since = AS_OF - 90 * DAY
    lent = [
        one.text
        for one in seen.lines(persona, seed=seed)
        if one.paise > 0 and one.day > since and re.search("LOAN|DISB", one.text)
    ]
    found = _unknown(persona, seed)
    return [who for who, held in found.items() if held[0].day > since and any(who in text for text in lent)]


def _quiet_loans(persona: str, seed: int) -> list[str]:
    found = _unknown(persona, seed)
    return [
        who
        for who, held in found.items()
        if max(Counter(one.paise for one in held).values()) >= 3 and held[-1].day > AS_OF - 29 * DAY
    ]


def _private_interest(persona: str, seed: int) -> list[tuple[str, int]]:
    months: dict[tuple[str, int], set[str]] = defaultdict(set)
    for line in seen.lines(persona, seed=seed):
        if "UPI" in line.text and line.paise < 0 and line.paise % 1_000_00 == 0:
            who = re.sub(r"[0-9]+|PAYMENT|DUE", "", line.text)
            months[who, -line.paise].add(f"{line.day:%Y-%m}")
    return [key for key, held in months.items() if len(held) >= 10]


def _renewals(persona: str, seed: int) -> list[str]:
    found = seen.lines(persona, seed=seed)
    lent = [one for one in found if one.paise > 0 and re.search("LOAN|DISB", one.text)]
    paid = [held for group in seen.mandates(persona, seed=seed).values() for held in group]
    return [
        seen.collector(back)
        for credit in lent
        for back in paid
        if 0 <= (back.day - credit.day).days <= 3
        and seen.collector(back) in credit.text
        and 0.85 <= -back.paise / credit.paise <= 1.15
    ]


def _never_paid(persona: str, seed: int, is_out: bool) -> set[str]:
    """Partners most of whose older invoices show as no movement of their sum, less tax deducted or not."""
    sign = 1 if is_out else -1
    moved = {sign * one.paise for one in seen.lines(persona, seed=seed)}
    missing: dict[str, list[bool]] = defaultdict(list)
    for one in seen.invoices(persona, seed=seed, is_out=is_out):
        if one.on < AS_OF - 120 * DAY:
            sums = {one.value, one.value - round(one.taxable / 1_000)}
            missing[one.other].append(not sums & moved)
    return {other for other, held in missing.items() if len(held) >= 4 and sum(held) / len(held) > 0.8}


def _gstins(persona: str, seed: int, prefix: str) -> set[str]:
    people = seen.life(persona, seed=seed).plants.people
    return {one.gstin for one in people if one.id.startswith(prefix)}


def _parkings(persona: str, seed: int) -> float:
    """How much higher the balance is on sampling days than three days before and after, in the middle of all."""
    known = seen.evenings(seen.till(persona, seed=seed))
    ratios = []
    for month in range(3, 13):
        for number in (5, 10, 15, 20, 25):
            day = date(2025, month, number)
            beside = [seen.balance_on(known, day - 3 * DAY), seen.balance_on(known, day + 2 * DAY)]
            ratios.append(seen.balance_on(known, day) / max(1, *beside))
    return median(ratios)


def _unmatched_own(persona: str, seed: int) -> list[seen.Line]:
    """Own transfers of which only one leg is on an account that is told of."""
    found = seen.lines(persona, seed=seed)
    legs = Counter(one.reference for one in found)
    own = re.compile(r"OWN AC TRANSFER|FUND TRANSFER|\bSELF\b")
    return [one for one in found if one.mode != "CASH" and own.search(one.text) and legs[one.reference] == 1]


def _told_against_banked(persona: str, seed: int) -> float:
    """What buyers and customers paid into accounts, against what the tax office was told with tax."""
    returns = seen.gst(persona, seed=seed, kind="return3b")
    sold = sum(
        float(seen.at(one, "sup_details", "osup_det", head))
        for one in returns
        for head in ("txval", "iamt", "camt", "samt")
    )
    own = set(_unmatched_own(persona, seed))
    lent = re.compile("LOAN|DISB|SELF|CAPITAL|OWN AC")
    came = sum(
        one.paise
        for one in seen.till(persona, seed=seed)
        if one.paise > 0 and one not in own and not lent.search(one.text)
    )
    months = 3 if len(returns) <= 5 else 1
    return came / 100 / 14 * months * len(returns) / sold


@pytest.mark.parametrize("seed", SEEDS)
def test_instalments_of_a_bouncer_go_back_again_and_again(seed: int) -> None:
    life = seen.life("emi_bouncer", seed=seed)
    loans = {loan.id for loan in life.loans.loans}
    returned = [
        day
        for one in life.passed.values()
        if one.document.partition("/")[0] in loans
        for day in one.returned_on
        if life.first <= day < AS_OF - 3 * DAY
    ]
    assert _bounces_n("emi_bouncer", seed) >= len(returned) >= 3
    assert _bounced_share("emi_bouncer", seed) > 0.25
    assert all(_bounced_share(one, seed) < 0.22 for one in SOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_lenders_of_a_stacker_are_new_and_many_and_named_nowhere(seed: int) -> None:
    found = _new_lenders("loan_stacker", seed)
    assert len(found) >= 3 and _is_cut_of(found, _named("loan_stacker", seed))
    assert not any(_new_lenders(one, seed) for one in SOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loan_kept_quiet_is_collected_every_month_by_somebody_unnamed(seed: int) -> None:
    found = _quiet_loans("hidden_loan", seed)
    assert len(found) == 1 and _is_cut_of(found, _named("hidden_loan", seed))
    assert not any(_quiet_loans(one, seed) for one in SOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_private_interest_is_one_round_sum_to_one_person_every_month(seed: int) -> None:
    ((who, paise),) = _private_interest("informal_interest", seed)
    (name,) = _named("informal_interest", seed)
    assert name[:16] in who and paise % 1_000_00 == 0
    assert not any(_private_interest(one, seed) for one in SOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loan_is_renewed_by_the_lender_it_is_owed_to(seed: int) -> None:
    found = _renewals("evergreening", seed)
    assert len(found) >= 2 and _is_cut_of([*set(found)], _named("evergreening", seed))
    assert not any(_renewals(one, seed) for one in SOUND)


@pytest.mark.parametrize("seed", SEEDS)
def test_sales_told_for_show_are_paid_by_nobody(seed: int) -> None:
    found = _never_paid("gst_inflator", seed, is_out=True)
    assert found == _gstins("gst_inflator", seed, "RELATED") and found
    for sound in ("mutual_branches", "cc_wholesaler"):
        assert _never_paid(sound, seed, is_out=True) <= _gstins(sound, seed, "BRANCH")


@pytest.mark.parametrize("seed", SEEDS)
def test_purchases_on_paper_bring_credit_and_are_never_paid(seed: int) -> None:
    found = _never_paid("paper_itc", seed, is_out=False)
    assert found == _gstins("paper_itc", seed, "SHELL") and found
    credited = [
        one for one in seen.gst("paper_itc", seed=seed, kind="inward") if seen.at(one, "ctin") in found
    ]
    assert all(seen.at(one, "inv", "itcavl") == "Y" for one in credited)
    assert not _never_paid("cc_wholesaler", seed, is_out=False)


Ring = tuple[str, str, str]


@pytest.mark.parametrize("names", [("X-1", "X-2", "X-3"), ("FIRM007", "FIRM008", "FIRM009")])
def test_three_neighbours_sell_in_a_circle_and_pay_each_other(names: Ring) -> None:
    kind = "circular_trader"
    of = {seen.gstin(kind, name): name for name in names}
    assert len(of) == 3
    turns: dict[str, list[tuple[str, str, seen.Paper]]] = defaultdict(list)
    for seller, name in of.items():
        for paper in seen.invoices(kind, name):
            if paper.other in of:
                turns[f"{paper.on:%Y-%m}"].append((seller, paper.other, paper))
    whole = [legs for legs in turns.values() if len(legs) == 3]
    assert len(whole) >= 4
    until = {gstin: _told_until(kind, name) for gstin, name in of.items()}
    for legs in whole:
        values = [paper.value for _, _, paper in legs]
        days = sorted(paper.on for _, _, paper in legs)
        assert {one for one, _, _ in legs} == {one for _, one, _ in legs} == set(of)
        assert max(values) <= 1.1 * min(values) and (days[-1] - days[0]).days <= 30
        for seller, buyer, paper in legs:
            got = {one.paise for one in seen.lines(kind, of[seller]) if one.day > paper.on}
            sent = {-one.paise for one in seen.lines(kind, of[buyer]) if one.day > paper.on}
            assert paper.value in got and paper.value in sent
            inward = seen.invoices(kind, of[buyer], is_out=False)
            same = [
                (one.value, one.on) for one in inward if (one.other, one.number) == (seller, paper.number)
            ]
            # Who files by quarter is told of its months when the quarter is over.
            is_told = f"{paper.on:%Y%m}" <= until[buyer]
            assert same == ([(paper.value, paper.on)] if is_told else [])
    assert sum(f"{paper.on:%Y%m}" <= until[buyer] for legs in whole for _, buyer, paper in legs) >= 12


def _told_until(persona: str, name: str) -> str:
    """The last month, year first, whose purchases the tax office has told of."""
    filings = seen.gst(persona, name, kind="filing", form="GSTR2B")
    return max(seen.at(one, "rtnprd")[2:] + seen.at(one, "rtnprd")[:2] for one in filings)


def _held_by(name: str) -> str:
    return seen.at(seen.holders(seen.accounts("circular_trader", name)[0])[0], "name")


def test_members_of_a_ring_know_each_other_by_name() -> None:
    for name, other in (("X-1", "X-2"), ("X-2", "X-3"), ("X-3", "X-1")):
        called = _held_by(other)
        cut = called.split(" (")[0].upper()[:16]
        legs = [one.paise > 0 for one in seen.lines("circular_trader", name) if cut in one.text]
        assert sum(legs) >= 6
        suppliers = {one.name.upper() for one in seen.invoices("circular_trader", other, is_out=False)}
        asked = _held_by(name)
        assert asked.split(" (")[0].upper() in suppliers


@pytest.mark.parametrize("seed", SEEDS)
def test_balances_are_high_on_the_days_lenders_look_and_only_then(seed: int) -> None:
    assert _parkings("balance_parker", seed) > 1.5
    assert all(_parkings(one, seed) < 1.2 for one in SOUND)
    days = [one.day.day for one in seen.till("balance_parker", seed=seed) if _friend(seed) in one.text]
    assert len(days) >= 120 and sum(day % 5 in (4, 1) for day in days) > 0.9 * len(days)


def _friend(seed: int) -> str:
    (name,) = _named("balance_parker", seed)
    return name[:16]


@pytest.mark.parametrize("seed", SEEDS)
def test_takings_are_missing_and_own_money_comes_from_nowhere(seed: int) -> None:
    assert _told_against_banked("hidden_account", seed) < 0.72
    assert _told_against_banked("job_worker", seed) > 0.78
    own = _unmatched_own("hidden_account", seed)
    assert sum(one.paise > 0 for one in own) >= 10 and sum(one.paise < 0 for one in own) >= 5
    assert not [one for sound in SOUND for one in _unmatched_own(sound, seed) if one.paise > 0]
    hidden = {one.id for one in seen.life("hidden_account", seed=seed).accounts}
    told = {seen.at(one, "linkRefNumber") for one in seen.accounts("hidden_account", seed=seed)}
    assert told < hidden and {one.account for one in seen.lines("hidden_account", seed=seed)} <= told


@pytest.mark.parametrize("seed", SEEDS)
def test_an_account_left_out_shows_by_its_number_in_transfers_both_ways(seed: int) -> None:
    kind = "account_left_out"
    told = {seen.at(one, "maskedAccNumber")[-4:] for one in seen.accounts(kind, seed=seed)}
    named = [(one, re.search(r"\bXX([0-9]{4})\b", one.text)) for one in _unmatched_own(kind, seed)]
    ways = {(found[1], one.paise > 0) for one, found in named if found and found[1] not in told}
    (left,) = (one for one in seen.life(kind, seed=seed).accounts if one.number[-4:] not in told)
    assert ways == {(left.number[-4:], True), (left.number[-4:], False)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dormant_firm_surges_weeks_before_it_asks(seed: int) -> None:
    def surge(persona: str) -> float:
        began = AS_OF - 60 * DAY
        came = [one for one in seen.till(persona, seed=seed) if one.paise > 0]
        late = sum(one.paise for one in came if one.day > began) / 60
        early = sum(one.paise for one in came if one.day <= AS_OF - 80 * DAY)
        return late / (early / (AS_OF - 80 * DAY - date(2025, 2, 1)).days)

    assert surge("dormant_then_surge") > 3
    assert all(surge(one) < 2 for one in SOUND)
