"""What makes sound firms look suspicious is found by a few plain lines over what sources deliver, and so is its innocence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import median

import pytest

from generators.trade import Purpose
from kit.facets import Direction
from tests.generators import seen
from tests.sources.given import AS_OF

SEEDS = (1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3)))
DAY = timedelta(days=1)


def _credits(persona: str, seed: int, words: str = "") -> int:
    found = seen.till(persona, seed=seed)
    return sum(one.paise for one in found if one.paise > 0 and re.search(words, one.text))


def _returned(persona: str, seed: int, part: str) -> float:
    returns = seen.gst(persona, seed=seed, kind="return3b")
    assert returns
    return sum(float(seen.at(one, "sup_details", part, "txval")) for one in returns)


def _months(persona: str, seed: int) -> dict[str, int]:
    """Credits of the till by month."""
    found: dict[str, int] = defaultdict(int)
    for one in seen.till(persona, seed=seed):
        if one.paise > 0:
            found[f"{one.day:%Y-%m}"] += one.paise
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_composition_trader_tells_of_turnover_and_of_no_invoice(seed: int) -> None:
    kind = "composition_trader"
    forms = {one["form"] for one in seen.gst(kind, seed=seed) if "form" in one}
    assert forms <= {"CMP08", "GSTR4"} and "CMP08" in forms and not seen.invoices(kind, seed=seed)
    told = seen.gst(kind, seed=seed, kind="composition", form="CMP08")
    for one in told:
        due = float(seen.at(one, "outward_supp", "txval")) * 0.005
        assert abs(float(seen.at(one, "outward_supp", "camt")) - due) < 0.02
    assert seen.taxpayer(kind, seed=seed)["dty"] == "Composition"


@pytest.mark.parametrize("seed", SEEDS)
def test_exempt_goods_bear_no_tax_although_much_is_sold(seed: int) -> None:
    kind = "exempt_goods_trader"
    exempt, taxed = _returned(kind, seed, "osup_nil_exmp"), _returned(kind, seed, "osup_det")
    assert exempt > 10 * taxed and _credits(kind, seed) > 10_00_000_00
    assert _returned("plain_trader", seed, "osup_nil_exmp") < _returned("plain_trader", seed, "osup_det")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_agent_passes_on_what_is_not_his(seed: int) -> None:
    kind = "commission_agent"
    sold = _returned(kind, seed, "osup_det") * 100
    assert _credits(kind, seed) > 4 * sold
    found = seen.till(kind, seed=seed)
    sent = Counter(one.day for one in found for _ in range(1) if one.paise < -100_000_00 // 10)
    large = [one for one in found if one.paise > 0 and one.mode in ("NEFT", "RTGS")]
    passed = [one for one in large if any(day in sent for day in (one.day + DAY, one.day + 2 * DAY))]
    assert sum(one.paise for one in passed) > 0.6 * sum(one.paise for one in large)
    assert -sum(one.paise for one in found if one.paise < 0) > 0.85 * _credits(kind, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_platform_pays_a_restaurant_by_the_week(seed: int) -> None:
    kind = "aggregator_restaurant"
    weekly = [one for one in seen.till(kind, seed=seed) if one.paise > 0 and "WEEKLY PAYOUT" in one.text]
    gaps = Counter((b.day - a.day).days for a, b in zip(weekly, weekly[1:], strict=False))
    assert gaps.most_common(1)[0][0] == 7 and len(weekly) > 40
    assert sum(one.paise for one in weekly) > 0.4 * _credits(kind, seed)
    taxed = _returned(kind, seed, "osup_det") * 105
    assert _credits(kind, seed) / 14 < taxed / len(seen.gst(kind, seed=seed, kind="return3b"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_contractor_is_paid_in_a_few_large_sums(seed: int) -> None:
    def top(persona: str) -> float:
        paid = sorted((one.paise for one in seen.till(persona, seed=seed) if one.paise > 0), reverse=True)
        return sum(paid[:8]) / sum(paid)

    assert top("lumpy_contractor") > 0.5 > 3 * top("plain_trader")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cash_heavy_shop_banks_more_cash_than_all_else(seed: int) -> None:
    def cash(persona: str) -> float:
        came = [one for one in seen.till(persona, seed=seed) if one.paise > 0]
        banked = [
            one for one in came if one.mode == "CASH" or "CASH DEP" in one.text or "BY CASH" in one.text
        ]
        return sum(one.paise for one in banked) / sum(one.paise for one in came)

    assert cash("cash_heavy_kirana") > 0.6 > 0.45 > cash("sweep_owner")


@pytest.mark.parametrize("seed", SEEDS)
def test_sweeps_go_out_and_come_back_at_the_same_sum(seed: int) -> None:
    def swept(persona: str) -> tuple[Counter[int], Counter[int]]:
        found = [one for one in seen.lines(persona, seed=seed) if re.search("SWEEP|TO MOD|TO FD", one.text)]
        return (
            Counter(-one.paise for one in found if one.paise < 0),
            Counter(one.paise for one in found if one.paise > 0),
        )

    out, back = swept("sweep_owner")
    assert out.total() >= 10 and (out & back).total() > 0.7 * out.total()
    assert swept("plain_trader") == (Counter(), Counter())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wholesaler_on_cash_credit_lives_below_nothing_inside_its_limit(seed: int) -> None:
    kind = "cc_wholesaler"
    (limit,) = (
        one for one in seen.accounts(kind, seed=seed) if seen.at(one, "Summary", "facility") == "CASH_CREDIT"
    )
    drawable = seen.paise(seen.at(limit, "Summary", "drawingLimit"))
    closing = seen.evenings(seen.till(kind, seed=seed))
    assert sum(balance < 0 for balance in closing.values()) > 0.6 * len(closing)
    assert sum(balance < -drawable for balance in closing.values()) < 0.1 * len(closing)
    interest = [
        one for one in seen.till(kind, seed=seed) if re.search(r"DEBIT INTEREST|INT\.COLL|INT DR", one.text)
    ]
    assert len({f"{one.day:%Y-%m}" for one in interest}) >= 12


@pytest.mark.parametrize("seed", SEEDS)
def test_branches_of_one_pan_supply_each_other_across_states(seed: int) -> None:
    def mutual(persona: str) -> list[seen.Paper]:
        own = seen.gstin(persona, seed=seed)
        papers = [one for way in (True, False) for one in seen.invoices(persona, seed=seed, is_out=way)]
        return [one for one in papers if one.other[2:12] == own[2:12] and one.other != own]

    kind = "mutual_branches"
    assert len(mutual(kind)) >= 20 and len({one.other for one in mutual(kind)}) == 1
    assert mutual(kind)[0].other[:2] != seen.gstin(kind, seed=seed)[:2]
    assert not mutual("family_company") and not mutual("cc_wholesaler")
    ways = [
        any(
            one.other[2:12] == seen.gstin(kind, seed=seed)[2:12]
            for one in seen.invoices(kind, "X-1", seed, way)
        )
        for way in (True, False)
    ]
    assert ways == [True, True]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_job_worker_tells_of_work_on_others_goods(seed: int) -> None:
    def headings(persona: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for one in seen.gst(persona, seed=seed, kind="outward"):
            if seen.at(one, "section").startswith("hsn"):
                found[seen.at(one, "hsn_sc")[:4]] += round(float(seen.at(one, "txval")))
        return found

    told = headings("job_worker")
    assert told["9988"] > 0.9 * told.total()
    assert not headings("family_company")["9988"]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_month_is_bad_and_the_others_are_not(seed: int) -> None:
    def bad(persona: str) -> list[str]:
        months: dict[str, int] = defaultdict(int)
        life = seen.life(persona, seed=seed)
        for event in life.events(life.first, life.as_of):
            if event.direction is Direction.IN and event.purpose in (Purpose.SALE, Purpose.SETTLEMENT):
                months[f"{event.at:%Y-%m}"] += event.amount_paise
        plain = median(months.values())
        return sorted(month for month, paise in months.items() if paise < 0.55 * plain)

    (month,) = bad("one_bad_month")
    assert "2025-06" <= month <= "2025-12"
    assert not bad("sweep_owner")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_newcomer_has_no_lines_before_he_began(seed: int) -> None:
    kind, began = "thin_newcomer", date(2025, 9, 1)
    assert {seen.at(one, "Summary", "openingDate") for one in seen.accounts(kind, seed=seed)} == {
        began.isoformat()
    }
    assert {seen.at(one, "Transactions", "startDate") for one in seen.accounts(kind, seed=seed)} == {
        began.isoformat()
    }
    found = seen.till(kind, seed=seed)
    first = found[0]
    assert min(one.day for one in found) == began and len(_months(kind, seed)) == 7
    brought = [one for one in found if one.day == began and re.search("TRANSFER|FUNDS|HELP", one.text)]
    assert brought and first.balance - first.paise == 0
    told = seen.taxpayer(kind, seed=seed)
    assert told["rgdt"] == "01-09-2025" and seen.at(told, "from") >= began.isoformat()
    assert all(began <= one.on <= AS_OF for one in seen.invoices(kind, seed=seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_family_company_has_two_directors_with_pans_of_their_own(seed: int) -> None:
    life = seen.life("family_company", seed=seed)
    assert [party.role for party in life.parties] == ["entity", "director", "director"]
    holders = {
        seen.at(person, "pan")[3]
        for one in seen.accounts("family_company", seed=seed)
        for person in seen.holders(one)
    }
    assert holders == {"C", "P"}
    assert seen.taxpayer("family_company", seed=seed)["ctb"] == "Private Limited Company"


def test_a_plain_trader_has_nothing_planted() -> None:
    life = seen.life("plain_trader")
    assert not life.plants.dues and not life.plants.papers and not life.plants.facts
    assert life.firm.facts == {"PLAIN_TRADER"}
