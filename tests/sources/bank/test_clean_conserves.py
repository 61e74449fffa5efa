"""Nothing is lost and nothing counted twice: the expected counts come from who made the dirt, not from who cleaned it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import orjson
import pytest

from generators.mess import Expected
from kit.chance import Stream
from kit.source import Document, Fate
from tests.sources import given
from tests.sources.bank.lines import envelope, transaction

Dirt = Callable[[Document, Stream], list[bytes]]


def _bytes(document: Document) -> bytes:
    return orjson.dumps(document)


def _with(line: Document, **changed: object) -> bytes:
    return orjson.dumps({**line, **changed})


def _without(line: Document, field: str) -> bytes:
    return orjson.dumps({name: value for name, value in line.items() if name != field})


# Each kind of dirt: what it makes of a line, and how many lines of it end how; paise of unreadable lines are unknown.
DIRTS: dict[str, tuple[Dirt, dict[Fate, int], bool]] = {
    "as it is": (lambda line, chance: [_bytes(line)], {Fate.CLEAN: 1}, True),
    "commas": (lambda line, chance: [_with(line, amount=f"Rs. {line['amount']}")], {Fate.CLEAN: 1}, True),
    "number": (
        lambda line, chance: [_with(line, amount=float(str(line["amount"])))],
        {Fate.CLEAN: 1},
        True,
    ),
    "day first": (lambda line, chance: [_with(line, valueDate="05/01/2026")], {Fate.CLEAN: 1}, True),
    "case": (lambda line, chance: [_with(line, mode="upi")], {Fate.CLEAN: 1}, True),
    "mode": (lambda line, chance: [_with(line, mode="BARTER")], {Fate.CLEAN: 1}, True),
    "aside": (lambda line, chance: [_with(line, extra={"deep": [1]})], {Fate.CLEAN: 1}, True),
    "copy": (lambda line, chance: [_bytes(line)] * 2, {Fate.CLEAN: 1, Fate.DUPLICATE: 1}, True),
    "copies": (
        lambda line, chance: [_bytes(line), _with(line, mode="upi"), _bytes(line)],
        {Fate.CLEAN: 1, Fate.DUPLICATE: 2},
        True,
    ),
    "again": (
        lambda line, chance: [_bytes(line), _with(line, narration=f"AMENDED {chance.randrange(99)}")],
        {Fate.CLEAN: 1, Fate.SUPERSEDED: 1},
        True,
    ),
    "no direction": (lambda line, chance: [_without(line, "type")], {Fate.QUARANTINED: 1}, True),
    "no account": (lambda line, chance: [_without(line, "linkRefNumber")], {Fate.QUARANTINED: 1}, True),
    "no moment": (lambda line, chance: [_without(line, "transactionTimestamp")], {Fate.QUARANTINED: 1}, True),
    "sideways": (lambda line, chance: [_with(line, type="SIDEWAYS")], {Fate.QUARANTINED: 1}, True),
    "no amount": (lambda line, chance: [_without(line, "amount")], {Fate.QUARANTINED: 1}, False),
    "words": (lambda line, chance: [_with(line, amount="a lot")], {Fate.QUARANTINED: 1}, False),
    "broken": (
        lambda line, chance: [_bytes(line)[: chance.randrange(1, 200)]],
        {Fate.QUARANTINED: 1},
        False,
    ),
    "twice the key": (
        lambda line, chance: [_bytes(line)[:-1] + b',"amount":"1.00"}'],
        {Fate.QUARANTINED: 1},
        False,
    ),
    "empty": (lambda line, chance: [b""], {Fate.QUARANTINED: 1}, False),
    "list": (lambda line, chance: [b"[1]"], {Fate.QUARANTINED: 1}, False),
}


def _dirty_delivery(number: int) -> tuple[list[bytes], Counter[Fate], int, int]:
    """Make a small delivery: its lines, the fates it owes, the paise it holds, and how many lines show no amount."""
    chance = Stream("dirt", number)
    lines, fates, paise, unreadable_n = [_bytes(envelope())], Counter({Fate.CLEAN: 1}), 0, 1
    for serial in range(chance.randrange(3, 12)):
        rupees = chance.randrange(1, 10_000_000)
        line = transaction(serial, amount=f"{rupees // 100}.{rupees % 100:02d}")
        make, owed, is_readable = DIRTS[chance.choice(tuple(DIRTS))]
        made = make(line, chance)
        lines += made
        fates.update(owed)
        paise += rupees * len(made) if is_readable else 0
        unreadable_n += 0 if is_readable else len(made)
    head, *tail = lines
    chance.shuffle(tail)
    return [head, *tail], fates, paise, unreadable_n


@pytest.mark.parametrize("deliveries_n", [500, pytest.param(5000, marks=pytest.mark.full)])
def test_over_many_dirty_deliveries_every_line_and_every_paisa_is_accounted_for(deliveries_n: int) -> None:
    occurred: Counter[Fate] = Counter()
    for number in range(deliveries_n):
        lines, fates, paise, unreadable_n = _dirty_delivery(number)
        outcomes = given.cleaned("bank", given.items(lines))
        assert Counter(outcome.fate for outcome in outcomes) == fates, number
        assert sum(outcome.paise or 0 for outcome in outcomes) == paise, number
        assert sum(outcome.paise is None for outcome in outcomes) == unreadable_n, number
        assert len({outcome.ref for outcome in outcomes}) == len(lines) == len(outcomes), number
        occurred += fates
    assert set(occurred) == set(Fate)


FATES = {
    Expected.RESTORED: Fate.CLEAN,
    Expected.KEPT: Fate.CLEAN,
    Expected.NULLED: Fate.CLEAN,
    Expected.DUPLICATE: Fate.DUPLICATE,
    Expected.SUPERSEDED: Fate.SUPERSEDED,
    Expected.QUARANTINED: Fate.QUARANTINED,
}


@pytest.mark.parametrize("noise", ["light", "heavy"])
@pytest.mark.parametrize("seed", range(4))
def test_the_mess_of_the_world_meets_the_ends_it_expects(noise: str, seed: int) -> None:
    lines, deeds = given.delivered("bank", given.business(seed), noise, seed)
    deeds = [deed for deed in deeds if deed.expected is not Expected.LOST]
    outcomes = given.cleaned("bank", given.all_items(lines))
    found = Counter(outcome.fate for outcome in outcomes)
    owed = Counter(FATES[deed.expected] for deed in deeds)
    for fate in (Fate.DUPLICATE, Fate.SUPERSEDED, Fate.QUARANTINED):
        assert found[fate] == owed[fate] > 0
    by_line = {outcome.ref.line: outcome for outcome in outcomes}
    for deed in deeds:
        if deed.expected in (Expected.RESTORED, Expected.KEPT, Expected.QUARANTINED):
            assert by_line[deed.line].fate is FATES[deed.expected], deed
        if deed.kind == "UNKNOWN_FIELD":
            assert [one.rule for one in by_line[deed.line].findings if one.field == deed.field] == [deed.kind]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_restored_is_what_stood_there_before(seed: int) -> None:
    business = given.business(seed, rows=2_500)
    soiled, deeds = given.delivered("bank", business, "heavy", seed)
    pure, _ = given.delivered("bank", business, "off", seed)
    ends = {one.ref.line: one.document for one in given.cleaned("bank", given.all_items(soiled))}
    aims = {
        one.document["txn_id"]: one.document
        for one in given.cleaned("bank", given.all_items(pure))
        if one.document is not None and one.document["kind"] == "transaction"
    }
    restored = [deed for deed in deeds if deed.expected is Expected.RESTORED]
    assert len(restored) > 50
    for deed in restored:
        end = ends[deed.line]
        assert end is not None
        assert {**end, "raw": None} == {**aims[end["txn_id"]], "raw": None}, deed
