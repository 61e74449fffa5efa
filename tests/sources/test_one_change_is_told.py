"""One altered amount among thousands is told at its line, and one changed character of a GSTIN wherever one stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random

import orjson
import pytest

import sources
from kit.source import Document, Fate, Json, Outcome
from sources.bank._chain import chained
from sources.bank._line import Line
from sources.bank._movement import mended
from tests.sources import given
from tests.sources._places import Path, changed, kind_of, leaves

MOVEMENTS_N, USUAL_N, WHOLE_N, BLOCKS = 5_000, 25, 3, 4
BROKEN = "BALANCE_CHAIN_BROKEN"
GSTIN = re.compile("[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]{3}")
BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The app a buyer ordered through states its own number beside its terms; it says nothing of the customer.
NOT_OURS = {("ondc", "bap_terms")}


@cache
def _delivered() -> tuple[bytes, ...]:
    business = given.business(rows=MOVEMENTS_N)
    return tuple(line for lines in given.delivered("bank", business)[0].values() for line in lines)


@cache
def _packed() -> tuple[str, ...]:
    """The movements as the cleaner holds them before it walks along the balances."""
    moved = [item for item in given.items(_delivered()) if item.body and item.body["kind"] == "transaction"]
    return tuple(mended(item, item.body or {})[1] for item in moved)


def _breaks(packed: Sequence[str]) -> list[str]:
    walked = (Line(*parts) for parts in chained(sorted(packed)))
    return [line.number for line in walked if BROKEN in line.notes]


@cache
def _firsts() -> frozenset[str]:
    """Nothing stands before the first movement of an account, so no chain can speak of its amount."""
    firsts: dict[str, str] = {}
    for parts in chained(sorted(_packed())):
        firsts.setdefault(Line(*parts).account, Line(*parts).number)
    return frozenset(firsts.values())


def _other_amount(paise: int, random: Random) -> int:
    return random.choice([paise + 1, abs(paise - 1), paise * 10, paise + 100, random.randrange(10**9)])


def _told_at_its_line(numbers: Sequence[int]) -> int:
    told_n = 0
    for number in numbers:
        line = Line(*_packed()[number].split("\x1f"))
        amount = _other_amount(int(line.amount_paise), Random(number))
        if line.number in _firsts() or str(amount) == line.amount_paise:
            continue
        parts = "\x1f".join(line._replace(amount_paise=str(amount)))
        altered = [*_packed()[:number], parts, *_packed()[number + 1 :]]
        assert _breaks(altered) == [line.number], (number, line.amount_paise, amount)
        told_n += 1
    return told_n


def test_the_chain_of_thousands_holds_before_anything_is_altered() -> None:
    assert len(_packed()) >= MOVEMENTS_N
    assert _breaks(_packed()) == []
    assert len(_firsts()) == 2


def test_an_altered_amount_is_told_at_its_line_and_nowhere_else() -> None:
    assert _told_at_its_line(Random(5).sample(range(len(_packed())), USUAL_N)) >= USUAL_N - 2


@pytest.mark.full
@pytest.mark.parametrize("block", range(BLOCKS))
def test_each_altered_amount_of_thousands_is_told_at_its_line(block: int) -> None:
    numbers = range(len(_packed()))[block::BLOCKS]
    assert _told_at_its_line(numbers) >= len(numbers) * 99 // 100


@pytest.mark.parametrize("seed", range(WHOLE_N))
def test_the_whole_cleaner_tells_the_one_altered_amount(seed: int) -> None:
    random = Random(f"whole {seed}")
    lines = list(_delivered())
    number = random.randrange(len(lines) // 2, len(lines))
    line = orjson.loads(lines[number])
    amount = _other_amount(int(line["amount"].replace(".", "")), random)
    lines[number] = given.line(line | {"amount": f"{amount // 100}.{amount % 100:02}"})
    outcomes = given.cleaned("bank", given.items(lines))
    found = [finding for outcome in outcomes for finding in outcome.findings]
    assert [(finding.line.line, finding.rule) for finding in found] == [(number + 1, BROKEN)]
    assert {outcome.fate for outcome in outcomes} == {Fate.CLEAN}


@cache
def _told(name: str) -> Mapping[str, Sequence[tuple[Document, Path]]]:
    """The places where GSTINs stand in what a source delivers, by their kind."""
    found: dict[str, list[tuple[Document, Path]]] = {}
    for lines in given.delivered(name, given.business())[0].values():
        for line in lines:
            document = orjson.loads(line)
            for path, value in leaves(document):
                if (
                    isinstance(value, str)
                    and GSTIN.fullmatch(value)
                    and not _is_not_ours(name, document, path)
                ):
                    kind = f"{document.get('kind')} {document.get('section')} {kind_of(path)}"
                    found.setdefault(kind, []).append((document, path))
    return found


def _is_not_ours(name: str, document: Document, path: Path) -> bool:
    around: Json = document
    for step in path[:-1]:
        around = around[step]  # type: ignore[index,call-overload]
        if isinstance(around, dict) and (name, around.get("code") or _described(around)) in NOT_OURS:
            return True
    return False


def _described(around: Document) -> Json:
    descriptor = around.get("descriptor")
    return descriptor.get("code") if isinstance(descriptor, dict) else None


def _is_told(outcome: Outcome) -> bool:
    """By a finding, by the grade in its record, or by being held back."""
    if outcome.document is None:
        return outcome.reason is not None
    grades = {
        value
        for name, value in outcome.document.items()
        if name.endswith(("tax_number_grade", "gstin_grade"))
    }
    noted = {finding.rule for finding in outcome.findings}
    return bool(noted & {"GSTIN_WRONG_CHECK", "GSTIN_MALFORMED"} or grades & {"WRONG_CHECK", "MALFORMED"})


def _all_told(name: str, each_n: int) -> int:
    asked = 0
    for kind, places in sorted(_told(name).items()):
        random = Random(kind)
        for document, path in random.choices(places, k=each_n):
            value = str(dict(leaves(document))[path])
            for at in range(15):
                letter = random.choice([one for one in BASE_36 if one != value[at]])
                line = given.line(changed(document, path, value[:at] + letter + value[at + 1 :]))
                [outcome] = given.cleaned(name, given.items([line]))
                assert _is_told(outcome), (name, kind, at, letter)
                asked += 1
    return asked


SAYS_GSTIN = [name for name in sources.names() if name in ("gst", "ocen", "ondc")]


@pytest.mark.parametrize("name", SAYS_GSTIN)
def test_a_changed_character_of_any_gstin_is_told(name: str) -> None:
    assert _all_told(name, 3) >= 90


@pytest.mark.full
@pytest.mark.parametrize("name", SAYS_GSTIN)
def test_changed_characters_of_many_gstins_are_told(name: str) -> None:
    assert _all_told(name, 60) >= 1_800
