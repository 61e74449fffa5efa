"""What sellers really get wrong is repaired, told or held back, and never anything else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

import orjson
import pytest

from generators.mess import Expected, Mistake
from generators.network_mistakes import MISTAKES
from kit.chance import Stream
from kit.source import Document, Fate, Json, Outcome
from tests.sources import given
from tests.sources.ondc.messages import answer, at, by_order, payouts, rows


def _cleaned(*documents: Document) -> list[Outcome]:
    return given.cleaned("ondc", given.items([orjson.dumps(one) for one in documents]))


def _told(outcome: Outcome) -> Mapping[str, object]:
    assert outcome.document is not None, outcome.reason
    return {name: value for name, value in outcome.document.items() if name != "raw"}


@cache
def _samples() -> tuple[Document, ...]:
    """Some of every kind of message: of cash orders, cancelled and returned ones too, and payouts."""
    told = [line for lines in by_order(answer(1)).values() for line in lines]
    ways: dict[tuple[object, ...], Document] = {}
    for line in told:
        order = at(line, "message.order")
        back = [at(one, "state.descriptor.code") for one in rows(order, "fulfillments")]
        ways.setdefault((at(order, "state"), at(order, "payment.status"), *back), line)
    return (*ways.values(), *payouts(answer(1))[:3])


def _copied(document: Document) -> Document:
    copy: Document = orjson.loads(orjson.dumps(document))
    return copy


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_each_real_mistake_meets_its_end(mistake: Mistake) -> None:
    met = 0
    for seed, sample in enumerate(_samples()):
        soiled = _copied(sample)
        field = mistake.commit(soiled, Stream(seed, mistake.name))
        if field is None:
            assert soiled == sample
            continue
        met += 1
        assert soiled != sample
        (before,), (after,) = _cleaned(sample), _cleaned(soiled)
        assert (before.fate, before.findings, after.fate) == (Fate.CLEAN, (), Fate.CLEAN)
        changed = {name for name, value in _told(after).items() if _told(before)[name] != value}
        assert (not changed) if mistake.expected is Expected.RESTORED else len(changed) <= 2
        if mistake.expected is Expected.NULLED:
            assert changed and after.findings
    assert met


@cache
def _truth(seed: int) -> Mapping[object, Mapping[str, object]]:
    """What a clean provider's lines become, by id."""
    told = [_told(one) for one in _cleaned(*answer(seed))]
    return {one["id"]: one for one in told}


@pytest.mark.parametrize(("seed", "noise"), [(1, "light"), (1, "heavy"), (2, "heavy")])
def test_what_the_mess_did_ends_as_it_said(seed: int, noise: str) -> None:
    business = given.business(seed)
    parcels, deeds = given.delivered("ondc", business, noise, seed)
    outcomes = {one.ref.line: one for one in given.cleaned("ondc", given.all_items(parcels))}
    truth = _truth(seed)
    ends: defaultdict[Expected, Counter[str]] = defaultdict(Counter)
    for deed in deeds:
        if deed.line:
            one = outcomes[deed.line]
            is_true = one.document is not None and truth.get(one.document["id"]) == _told(one)
            ends[deed.expected][f"{one.fate} {is_true}"] += 1
    assert set(ends[Expected.RESTORED]) == {"clean True"}
    assert set(ends[Expected.NULLED]) == {"clean False"}
    assert set(ends[Expected.QUARANTINED]) == {"quarantined False"}
    assert not {end for end in ends[Expected.KEPT] if not end.startswith("clean")}


def _object(document: Document, path: str) -> dict[str, object]:
    return cast("dict[str, object]", at(document, path))


def test_a_line_that_is_nothing_known_is_held_back() -> None:
    order = _samples()[0]
    unknown: list[Document] = [{}, {"context": {}, "message": {}}, {"kind": "statement"}]
    assert {one.reason for one in _cleaned(*unknown)} == {"KIND_UNKNOWN"}
    for path, reason in (
        ("message.order.id", "ORDER_MISSING"),
        ("message.order.state", "ENUM_UNKNOWN"),
        ("message.order.quote.price.value", "AMOUNT_EMPTY"),
        ("context.timestamp", "DATE_EMPTY"),
    ):
        above, _, name = path.rpartition(".")
        holed = _copied(order)
        del _object(holed, above)[name]
        (outcome,) = _cleaned(holed)
        assert (outcome.fate, outcome.reason) == (Fate.QUARANTINED, reason)


def test_a_payout_that_is_held_back_is_counted_in_paise() -> None:
    payout = payouts(answer(1))[0]
    holed = _copied(payout)
    del _object(holed, "context")["timestamp"]
    (clean,), (held,) = _cleaned(payout), _cleaned(holed)
    assert held.fate is Fate.QUARANTINED and held.paise == clean.paise == _told(clean)["amount_paise"]


def test_no_buyer_can_be_read_from_a_clean_record() -> None:
    order = _samples()[0]
    (outcome,) = _cleaned(order)
    text = orjson.dumps(outcome.document).decode()
    billing = at(order, "message.order.billing")
    assert isinstance(billing, dict)
    assert not [name for name in ("name", "phone", "email") if str(billing[name]) in text]
    assert (
        str(at(order, "message.order.payment.@ondc/org/settlement_details.0.settlement_bank_account_no"))
        not in text
    )


def test_all_spellings_of_the_fee_are_right() -> None:
    fees = {}
    for spelling in ("percent", "Percent", "Percentage", "amount", "Amount", "sometimes"):
        spelled = _copied(_samples()[0])
        _object(spelled, "message.order.payment")["@ondc/org/buyer_app_finder_fee_type"] = spelling
        (outcome,) = _cleaned(spelled)
        fees[spelling] = _told(outcome)["fee_type"]
    assert [*fees.values()] == ["percent", "percent", "percent", "amount", "amount", None]


_ODD: tuple[Json, ...] = (
    None,
    "",
    " ",
    "None",
    0,
    -1,
    10**15,
    True,
    [],
    {},
    [[]],
    {"a": 1},
    "x" * 400,
    "\u0935",
    "1e9",
    0.5,
)


def _places(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, str(name))
        yield from _places(one, (*path, str(name)))


def test_no_value_in_any_place_is_met_by_a_crash() -> None:
    chance = Stream("odd")
    odd: list[Document] = []
    for sample in _samples():
        for *above, name in _places(sample):
            if chance.randrange(3):
                continue
            spoiled = _copied(sample)
            holder = at(spoiled, ".".join(above)) if above else spoiled
            if isinstance(holder, dict):
                holder[name] = chance.choice(_ODD)
                odd.append(spoiled)
    outcomes = _cleaned(*odd)
    assert len(outcomes) == len(odd) > 500
    assert {Fate.CLEAN, Fate.QUARANTINED} <= {one.fate for one in outcomes}
    assert all((one.reason is None) == (one.fate is not Fate.QUARANTINED) for one in outcomes)
