"""All kinds of firms: told the same at every look of a half-year, understood by all sources, met as often as a portfolio holds them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

import sources
from generators._plant_rings import beside, ring_of
from generators.drawing import ALL_KINDS, drawn_constitution, drawn_firm, drawn_sector
from generators.papers import Scheme
from generators.personas import DRAWN, PERSONAS, mixed, names
from generators.plants import pace_of, plants_of
from generators.world import Business, Look
from kit.chance import Stream
from kit.ident import gstin_pan, is_synthetic_pan
from kit.source import Fate
from tests.generators import frames, seen
from tests.sources.given import AS_OF, all_items, cleaned, delivered, world

DATED = (
    "loan_stacker",
    "hidden_loan",
    "gst_inflator",
    "circular_trader",
    "dormant_then_surge",
    "one_bad_month",
    "thin_newcomer",
)
ODD = ("thin_newcomer", "hidden_account", "circular_trader", "mutual_branches")
GUILTY = {name for name, known in PERSONAS.items() if known.is_guilty}


def test_every_kind_says_what_it_is_and_whether_it_is_guilty() -> None:
    assert names() == (DRAWN, *sorted(PERSONAS)) and len(PERSONAS) == 26
    assert len(GUILTY) == 12
    assert len({known.about for known in PERSONAS.values()}) == len(PERSONAS)
    assert all(known.about[0].islower() and known.about[-1] != "." for known in PERSONAS.values())


def _agree(persona: str) -> None:
    early = seen.life(persona, as_of=date(2026, 4, 20))
    late = seen.life(persona, as_of=date(2026, 8, 15))
    shared = (late.first, early.as_of)
    assert [*early.events(*shared)] == [*late.events(*shared)] != []
    assert [*early.invoices(*shared)] == [*late.invoices(*shared)]
    assert [*early.purchases(*shared)] == [*late.purchases(*shared)]
    assert (early.parties, early.accounts) == (late.parties, late.accounts)
    assert early.registration == late.registration


@pytest.mark.parametrize("persona", DATED)
def test_looks_of_one_half_year_agree_on_what_is_planted_by_date(persona: str) -> None:
    _agree(persona)


@pytest.mark.full
@pytest.mark.parametrize("persona", [name for name in sorted(PERSONAS) if name not in DATED])
def test_looks_of_one_half_year_agree_on_all_kinds(persona: str) -> None:
    _agree(persona)


def test_a_customer_is_its_id_and_another_id_another_customer() -> None:
    again = world().business(Stream(1, "X-1", "world"), "X-1", Look(AS_OF, persona="loan_stacker"))
    known = seen.life("loan_stacker")
    days = (known.first, known.as_of)
    assert [*again.events(*days)] == [*known.events(*days)] and again.plants == known.plants
    assert seen.life("loan_stacker", "X-2").plants != known.plants
    assert seen.life("loan_stacker", seed=2).plants != known.plants


def _understood(persona: str) -> None:
    """Each line of each source is clean, and nobody tells of a day before the business."""
    life = seen.life(persona)
    for name in sources.names():
        parcels = delivered(name, life)[0]
        fates = Counter(outcome.fate for outcome in cleaned(name, all_items(parcels)))
        assert fates[Fate.CLEAN] and not fates[Fate.QUARANTINED], (persona, name)
    assert all(one.day >= life.frame.first for one in seen.lines(persona))


@pytest.mark.parametrize("persona", ODD)
def test_every_source_understands_the_oddest_kinds(persona: str) -> None:
    _understood(persona)


@pytest.mark.full
@pytest.mark.parametrize("persona", [name for name in sorted(PERSONAS) if name not in ODD])
def test_every_source_understands_all_kinds(persona: str) -> None:
    _understood(persona)


def _shown(life: Business) -> set[str]:
    sold, bought = life.course.invoices, life.course.purchases
    return {one.number for one in sold} | {one.number for one in bought} | set(life.passed)


@pytest.mark.parametrize("persona", sorted(GUILTY))
def test_each_planted_fact_names_papers_and_movements_that_were_lived(persona: str) -> None:
    life = seen.life(persona)
    assert life.plants.facts and persona.upper() in life.firm.facts
    shown = _shown(life)
    for sentence, documents in life.plants.facts:
        assert sentence and (not documents or set(documents) & shown)
    planned = {due.document for due in life.plants.dues if due.day <= AS_OF}
    assert planned <= shown
    for other in life.plants.people:
        assert not other.gstin or is_synthetic_pan(other.gstin[2:12])


def test_planted_papers_bear_tax_and_are_no_turnover() -> None:
    life = seen.life("gst_inflator")
    numbers = {document for _, documents in life.plants.facts for document in documents}
    planted = [one for one in life.course.invoices if one.number in numbers]
    assert len(planted) >= 20
    for closed in life.tax_months:
        days = (closed.month.first_day, closed.month.last_day)
        true = sum(paise for day, paise in life.course.turnover.items() if days[0] <= day <= days[1])
        false = sum(one.tax.taxable_paise for one in planted if days[0] <= one.on <= days[1])
        told = closed.output.taxable_paise + closed.exempt_paise + closed.export_paise
        assert told <= true + false and (not false or told > true * 0.95)


@pytest.mark.parametrize("persona", ["circular_trader", "gst_inflator", "mutual_branches", "paper_itc"])
def test_planted_papers_are_numbered_like_all_others(persona: str) -> None:
    life = seen.life(persona)
    planted = {paper.number for paper in life.plants.papers}
    for papers in (life.course.invoices, life.course.purchases):
        numbers = [paper.number for paper in papers]
        assert len(set(numbers)) == len(numbers)
        shapes = {re.sub("[0-9]+", "9", one.number) for one in papers if one.number not in planted}
        assert all(re.sub("[0-9]+", "9", number) in shapes for number in numbers)


def test_a_restaurant_takes_no_credit_for_the_tax_on_what_it_buys() -> None:
    life = seen.life("aggregator_restaurant")
    assert life.course.purchases and not any(one.is_eligible for one in life.course.purchases)
    assert life.tax_months and not any(
        one.credit.tax_paise or one.credit_used.tax_paise for one in life.tax_months
    )
    assert sum(one.cash.tax_paise for one in life.tax_months) > 0


def test_a_firm_without_facts_costs_nothing() -> None:
    frame = frames.frame()
    assert plants_of(frame, Stream(1)) is plants_of(frame, Stream(2))
    assert pace_of(frame) is None and not frame.untold and not frame.aside


def test_rings_are_the_same_for_all_their_members() -> None:
    for stem, first, width in (("X-", 1, 1), ("MSME", 4, 3), ("FIRM", 298, 1)):
        ids = [f"{stem}{first + place:0{width}d}" for place in range(3)]
        rings = [ring_of(name) for name in ids]
        assert [ring.place for ring in rings] == [0, 1, 2]
        assert {ring.members for ring in rings} == {tuple(ids)} and len({ring.id for ring in rings}) == 1
    assert ring_of("X-3").id != ring_of("X-4").id
    assert len(set(ring_of("NOBODY").members)) == 3


def test_neighbours_of_a_portfolio_share_a_ring_and_each_others_registration() -> None:
    def is_ring(name: str) -> bool:
        shared = beside(Stream(1, name, "world"), name, ring_of(name).id).branch("ring")
        return shared.randrange(1_000_000) < frames.figures()["personas"].whole("ring_ppm", date.max)

    name = next(f"FIRM{n}" for n in range(1, 3_000, 3) if is_ring(f"FIRM{n}"))
    members = [seen.life(DRAWN, one) for one in ring_of(name).members]
    for place, life in enumerate(members):
        assert "CIRCULAR_TRADER" in life.firm.facts and life.registration is not None
        buyer = members[(place + 1) % 3].registration
        sold = {life.counterparties[one.buyer].gstin for one in life.course.invoices}
        assert buyer is not None and buyer.gstin in sold
        assert gstin_pan(life.registration.gstin) == life.parties[0].pan


def _drawn(number: int) -> str:
    trade, stream = frames.figures()["trade"], Stream(number, "PORTFOLIO")
    sector, form = drawn_sector(trade, stream.branch("s")), drawn_constitution(trade, stream.branch("c"))
    firm = drawn_firm(trade, stream.branch("t"), sector, form, ALL_KINDS)
    made = mixed(frames.figures()["personas"], stream.branch("persona"), firm)
    assert made.sector.id == firm.sector.id
    assert "COMPOSITION_TRADER" not in made.facts or made.scheme is Scheme.COMPOSITION
    found = [name for name in PERSONAS if name.upper() in made.facts]
    assert len(found) <= 1
    return found[0] if found else ""


def test_a_portfolio_holds_few_of_each_kind_and_keeps_their_sectors() -> None:
    firms_n = 4_000
    told = Counter(_drawn(number) for number in range(firms_n))
    guilty = sum(told[name] for name in GUILTY)
    innocent = sum(told[name] for name in PERSONAS if name not in GUILTY)
    assert 0.055 < guilty / firms_n < 0.085 and 0.18 < innocent / firms_n < 0.28
    unmixed = {"circular_trader", "plain_trader", "family_company"}
    assert set(told) == {*PERSONAS, ""} - unmixed
    assert max(told[name] for name in PERSONAS) < 0.09 * firms_n


@pytest.mark.full
def test_no_kind_alone_tells_who_fails() -> None:
    facts: dict[str, frozenset[str]] = {}
    failed = set()
    for name in (f"FIRM{n}" for n in range(400)):
        life = world().business(Stream(3, name, "world"), name, Look(AS_OF, persona=DRAWN))
        facts[name] = life.firm.facts
        failed |= {name} if life.fate.is_default else set()
    assert 4 <= len(failed) <= 60
    for kind in (GUILTY, *({name} for name in PERSONAS)):
        marks = {one.upper() for one in kind}
        flagged = {name for name, held in facts.items() if held & marks}
        hits = len(flagged & failed) / len(failed)
        false = len(flagged - failed) / (len(facts) - len(failed))
        assert 0.30 < 0.5 + (hits - false) / 2 < 0.70, (kind, hits, false)
