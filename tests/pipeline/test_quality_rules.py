"""Every quality rule catches what is planted against it, and finds nothing in what a good provider delivers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

import sources
from kit.ident import Grade
from kit.quality import Covered, Dimension, Rule, Tally
from kit.scope import DateRange
from kit.source import Fate, RawRef
from pipeline.quality import generic
from pipeline.quality.coverage import Cell, Row, State
from pipeline.quality.generic import Ended, Facts, Noted
from pipeline.quality.limits import limits
from tests.sources import given

Records = Sequence[Any]
Plant = tuple[str, Callable[..., Any]]
DAY = timedelta(days=1)
STRANGE = "27AAAAA0000A1Z0"


@cache
def good(name: str) -> Records:
    """What a source cleans of a whole answer without any mess."""
    parcels, _ = given.delivered(name, given.business())
    return given.records(name, given.cleaned(name, given.all_items(parcels)))


def first_of(record: Any, field: str, **changed: Any) -> Any:
    """Change the first part of a field that lists parts."""
    head, *rest = getattr(record, field)
    return replace(record, **{field: (head._replace(**changed), *rest)})


def more(heads: Any) -> Any:
    return heads._replace(igst_paise=heads.igst_paise + 1)


def bad_holder(statement: Any) -> Any:
    held = statement.accounts[0]
    holders = tuple(one._replace(pan_grade="MALFORMED") for one in held.holders)
    return first_of(statement, "accounts", holders=holders)


PLANTS: dict[str, Plant] = {
    "bank.balance_chain": ("transaction", lambda one: replace(one, amount_paise=one.amount_paise + 1)),
    "bank.balance_stated": ("transaction", lambda one: replace(one, balance_paise=None)),
    "bank.narration_stated": ("transaction", lambda one: replace(one, narration=None)),
    "bank.account_listed": ("transaction", lambda one: replace(one, account="UNLISTED")),
    "bank.booked_in_time": ("transaction", lambda one: replace(one, value_on=one.on - 8 * DAY)),
    "bank.ifsc_shape": ("statement", lambda one: first_of(one, "accounts", ifsc="BAHI123")),
    "bank.holder_pan": ("statement", bad_holder),
    "gst.own_number": ("profile", lambda one: replace(one, gstin_grade="WRONG_CHECK")),
    "gst.other_number": ("inward", lambda one: replace(one, supplier=STRANGE)),
    "gst.one_taxpayer": ("filing", lambda one: replace(one, gstin=STRANGE)),
    "gst.returns_filed": ("profile", lambda one: first_of(one, "schedule", filed_on=None)),
    "gst.returns_listed": ("filing", lambda one: replace(one, form="GSTR3B", period="2001-01")),
    "gst.filed_after_period": ("filing", lambda one: replace(one, on=date(2001, 1, 1))),
    "gst.credit_adds_up": ("return3b", lambda one: replace(one, credit_net=more(one.credit_net))),
    "gst.tax_is_paid": ("return3b", lambda one: replace(one, payable=more(one.payable))),
    "gst.heads_agree": (
        "inward",
        lambda one: first_of(one, "lines", tax=one.lines[0].tax._replace(cgst_paise=900, sgst_paise=700)),
    ),
    "ondc.quote_adds_up": ("order", lambda one: replace(one, price_paise=one.price_paise + 1)),
    "ondc.order_known": ("settlement", lambda one: first_of(one, "shares", order="nobody's")),
    "ondc.tax_number": (
        "order",
        lambda one: replace(one, tax_number=STRANGE, tax_number_grade="WRONG_CHECK"),
    ),
    "ondc.payment_stated": ("order", lambda one: replace(one, payment_type=None)),
    "ondc.updated_after_created": (
        "order",
        lambda one: replace(one, created_at=one.at, updated_at=one.at - DAY),
    ),
    "ocen.application_known": ("offer", lambda one: replace(one, application="nobody's")),
    "ocen.loan_known": ("payment", lambda one: replace(one, loan="nobody's")),
    "ocen.parts_add_up": (
        "payment",
        lambda one: replace(one, principal_paise=one.amount_paise + 1, interest_paise=0),
    ),
    "ocen.applicant_pan": ("application", lambda one: replace(one, pan="SHORT")),
    "ocen.lender_stated": ("loan", lambda one: replace(one, lender=None)),
    "ocen.ends_after_start": (
        "loan",
        lambda one: replace(one, starts_on=one.on, ends_on=one.on - DAY),
    ),
    "mutual_funds.isin": ("holding", lambda one: replace(one, isin_grade="WRONG_CHECK")),
    "mutual_funds.folio_listed": ("transaction", lambda one: replace(one, account="nobody's")),
    "mutual_funds.value_is_units": (
        "holding",
        lambda one: replace(one, value_paise=one.value_paise + 101_00),
    ),
    "mutual_funds.units_stated": ("transaction", lambda one: replace(one, units_1000=None)),
    "mutual_funds.ordered_before": ("transaction", lambda one: replace(one, ordered_on=one.on + DAY)),
    "insurance.policy_known": ("transaction", lambda one: replace(one, account="nobody's")),
    "insurance.ends_after_start": (
        "policy",
        lambda one: replace(one, starts_on=date(2026, 1, 2), ends_on=date(2026, 1, 1)),
    ),
    "insurance.term_stated": ("policy", lambda one: replace(one, starts_on=None)),
    "insurance.holder_pan": ("policy", lambda one: first_of(one, "holders", pan_grade="MALFORMED")),
    "insurance.parts_within": ("policy", lambda one: first_of(one, "covers", sum_paise=one.sum_paise + 1)),
}
RULES = {f"{name}.{rule.name}": rule for name in sources.names() for rule in sources.quality_rules(name)}


def planted(records: Records, kind: str, change: Callable[..., Any]) -> tuple[list[Any], Any]:
    """Change the middle one of the records of a kind."""
    places = [place for place, one in enumerate(records) if one.kind == kind]
    place = places[len(places) // 2]
    spoiled = [*records]
    spoiled[place] = change(spoiled[place])
    return spoiled, spoiled[place]


def test_every_source_has_rules_and_each_has_a_plant() -> None:
    assert set(RULES) == {*PLANTS, "bank.number_used_once"}
    assert {rule_id.partition(".")[0] for rule_id in RULES} == set(sources.names())


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_of_a_source_finds_nothing_where_nothing_is_wrong(rule_id: str) -> None:
    told = RULES[rule_id].check(good(rule_id.partition(".")[0]))
    assert told.checked > 0 and told.failed == 0 and told.first is None


@pytest.mark.parametrize("rule_id", PLANTS)
def test_a_rule_of_a_source_finds_the_one_record_planted_against_it(rule_id: str) -> None:
    records, bad = planted(good(rule_id.partition(".")[0]), *PLANTS[rule_id])
    told = RULES[rule_id].check(records)
    assert told.failed >= 1 and told.first == bad.raw


def test_a_number_that_stands_for_two_movements_is_found() -> None:
    lines = [one for one in good("bank") if one.kind == "transaction"]
    account = [one for one in lines if one.account == lines[0].account]
    twice = [*account[:5], replace(account[5], txn_id=account[2].txn_id)]
    rule: Rule[Any] = RULES["bank.number_used_once"]
    assert rule.check(account[:6]).failed == 0
    assert rule.check(twice)[1:] == (1, account[5].raw)


@dataclass(frozen=True)
class Slip:
    """A record of no source in particular."""

    id: str
    on: date | None
    raw: RawRef
    kind: str = "slip"
    party: str = "ENTITY"
    amount_paise: int = 500
    sent_at: datetime | None = None


def ref(line: int, delivery: str = "d1") -> RawRef:
    return RawRef(delivery, line, f"{line:016x}")


TODAY = date(2026, 3, 31)
YEAR = DateRange(TODAY - 365 * DAY, TODAY)
CLEAN = tuple(Slip(f"s{line}", TODAY - line * DAY, ref(line)) for line in range(1, 19))
SENT = replace(CLEAN[0], sent_at=datetime.fromisoformat("2026-03-31T18:00:00+05:30"))
HELD = Ended(Fate.QUARANTINED, "ENTITY", 70, ref(19), "AMOUNT_EMPTY", None)
COPY = Ended(Fate.DUPLICATE, "ENTITY", 500, ref(20), None, "s1")


def row(*states: State) -> Row:
    from kit.period import month_of

    return Row(
        "till", "ENTITY", "", tuple(Cell(month_of(TODAY), one, 31, 0) for one in states), is_empty=False
    )


WHOLE = Facts(
    parties={"ENTITY": YEAR},
    lines={"d1": 18},
    answered=frozenset({"ENTITY"}),
    kinds=frozenset({"slip"}),
    records=(SENT, *CLEAN[1:]),
    ended=(),
    noted=(),
    counts={
        **{"items": 18, "clean": 18, "duplicate": 0, "superseded": 0, "quarantined": 0, "without_amount": 0},
        **{"clean_paise": 9000, "duplicate_paise": 0, "superseded_paise": 0, "quarantined_paise": 0},
    },
    rows=(row(State.RECEIVED, State.OUT_OF_CONSENT),),
    covered=(Covered("ENTITY", "", YEAR.first, TODAY),),
    seen=YEAR,
    fresh_days=45,
)
HELD_BACK = WHOLE._replace(
    lines={"d1": 19},
    ended=(HELD,),
    counts={**WHOLE.counts, "items": 19, "quarantined": 1, "quarantined_paise": 70},
)
DOUBT = Noted(ref(3), "BALANCE_ODD", is_doubt=True)
REPAIR = Noted(ref(4), "ENUM_CASE", is_doubt=False)
SPOILED: dict[str, tuple[Facts, str]] = {
    "answered": (WHOLE._replace(answered=frozenset()), "raw"),
    "months_received": (WHOLE._replace(rows=(row(State.RECEIVED, State.MISSING),)), "clean"),
    "readable": (HELD_BACK, "raw"),
    "unrepaired": (WHOLE._replace(noted=(DOUBT,)), "clean"),
    "known_fields": (WHOLE._replace(noted=(REPAIR._replace(rule="UNKNOWN_FIELD"),)), "raw"),
    "sent_once": (WHOLE._replace(records=(*WHOLE.records, CLEAN[3])), "clean"),
    "conserved": (WHOLE._replace(records=WHOLE.records[1:]), "raw"),
    "known_when_sent": (WHOLE._replace(records=(SENT, replace(CLEAN[1], on=TODAY + DAY))), "clean"),
    "fresh": (WHOLE._replace(covered=(Covered("ENTITY", "", YEAR.first, TODAY - 46 * DAY),)), "clean"),
    "raw_found": (WHOLE._replace(lines={"d1": 17}), "clean"),
    "copy_known": (WHOLE._replace(ended=(COPY._replace(stands_for="lost"),)), "raw"),
}
GENERIC = {rule.name: rule for rule in generic.RULES}


def test_each_rule_for_every_source_has_a_plant_and_together_they_speak_of_all_six_dimensions() -> None:
    assert set(GENERIC) == set(SPOILED)
    assert {rule.dimension for rule in generic.RULES} == set(Dimension)


@pytest.mark.parametrize("name", GENERIC)
def test_a_rule_for_every_source_catches_its_plant_and_nothing_else(name: str) -> None:
    clean = GENERIC[name].sides(WHOLE)
    assert all(side is None or side.failed == 0 for side in clean)
    facts, where = SPOILED[name]
    told = getattr(GENERIC[name].sides(facts), where)
    assert told.failed >= 1
    limit = limits().of("till", name, GENERIC[name].dimension)
    assert limit.side == where or name == "unrepaired"


def test_a_lost_paisa_breaks_conservation_where_every_line_is_there() -> None:
    records = (*WHOLE.records[1:], replace(SENT, amount_paise=501))
    assert generic.paise_of(WHOLE)[Fate.CLEAN] == 9000
    raw = GENERIC["conserved"].sides(WHOLE._replace(records=records)).raw
    assert raw is not None and raw.failed == 1


def test_what_consent_left_out_is_no_fault_of_the_line() -> None:
    for reason in generic.OUT_OF_CONSENT:
        raw = GENERIC["readable"].sides(HELD_BACK._replace(ended=(HELD._replace(reason=reason),))).raw
        assert raw is not None and raw.failed == 0


def test_a_repair_counts_on_the_raw_side_and_a_doubt_on_both() -> None:
    raw, clean = GENERIC["unrepaired"].sides(WHOLE._replace(noted=(DOUBT, REPAIR, REPAIR)))
    assert raw is not None and clean is not None
    assert (raw.failed, clean.failed, clean.first) == (2, 1, DOUBT.raw)


def test_every_limit_names_a_rule_that_exists_and_says_what_it_is_for() -> None:
    from warehouse.assets import quality_limits

    document = quality_limits()
    own = {name: held for name in sources.names() if (held := quality_limits(name))}
    entries = [*document.values(), *(entry for held in own.values() for entry in held.values())]
    assert all(entry["about"] and entry["source"] for entry in entries)
    assert set(document["rules"]["value"]) <= set(GENERIC)
    assert {f"{name}.{rule}" for name, held in own.items() for rule in held["rules"]["value"]} <= set(RULES)
    assert set(document["dimensions"]["value"]) == set(Dimension)


def test_a_source_sets_the_limits_of_its_own_rules_and_of_no_other() -> None:
    held = limits(sources.names())
    chain = held.of("bank", "balance_chain", Dimension.CONSISTENCY)
    assert chain.blocks and chain.severity == "HIGH"
    assert held.of("till", "balance_chain", Dimension.CONSISTENCY) == held.of(
        "till", "x", Dimension.CONSISTENCY
    )


def test_a_share_is_held_to_its_limit_in_whole_numbers() -> None:
    limit = limits().of("till", "another", Dimension.VALIDITY)
    assert limit.threshold_ppm == 999_000
    assert limit.holds(Tally(1000, 1)) is True and limit.holds(Tally(999, 1)) is False
    assert limit.holds(Tally(0, 0)) is None


CODES = [(rule_id, code) for rule_id, rule in RULES.items() for code in sorted(rule.codes)]


@pytest.mark.parametrize(("rule_id", "code"), CODES)
def test_what_a_rule_counts_on_the_raw_side_is_what_its_source_tells(rule_id: str, code: str) -> None:
    folder = given.ROOT / "sources" / rule_id.partition(".")[0]
    told = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "_quality.py")
    is_graded = code.endswith(tuple(f"_{grade}" for grade in Grade)) and "_{" in told
    assert f'"{code}"' in told or is_graded
    raw = generic.coded(WHOLE._replace(noted=(REPAIR._replace(rule=code), REPAIR)), RULES[rule_id].codes)
    assert raw == Tally(18, 1, REPAIR.raw)
