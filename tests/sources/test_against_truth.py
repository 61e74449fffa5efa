"""Every soiled line is held against what it was: restored, left unknown or held back with its reason, and never made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

import sources
from generators.mess import Expected
from kit.source import Fate
from tests.sources import shared
from tests.sources._against_truth import UNTOUCHED, Verdict, table, verdicts

NOISES = ("light", "heavy")
USUAL_N, FULL_N, BLOCK_N = 20, 200, 20
Told = Callable[[str, object], None]
RESTORED_PPM_LEAST, HELD_PPM_MOST = 995_000, 1_000


def _judged(source: str, first: int, last: int, noises: Sequence[str] = NOISES) -> list[Verdict]:
    customers = shared.mixed(FULL_N)[first:last]
    return [
        verdict for customer in customers for noise in noises for verdict in verdicts(customer, source, noise)
    ]


def _hold(judged: Sequence[Verdict]) -> None:
    """No value is made up, what can be restored is, and what was never soiled is not held back."""
    assert [one for one in judged if one.went == "wrong"] == []
    owed = [one for one in judged if one.expected == Expected.RESTORED]
    restored_n = sum(one.went in ("right", "a copy") for one in owed)
    assert restored_n * 1_000_000 >= RESTORED_PPM_LEAST * len(owed), table(owed)
    clean = [one for one in judged if one.kind == UNTOUCHED]
    held_n = sum(one.went == "held back" for one in clean)
    assert clean and held_n * 1_000_000 <= HELD_PPM_MOST * len(clean), table(clean)
    let_through = [one for one in judged if one.went == "let through"]
    assert let_through == []


def _conserved(judged: Sequence[Verdict]) -> None:
    """What a line is worth does not change with its dirt; where its amount cannot be read, that is said."""
    for one in judged:
        assert one.paise == one.paise_before or (one.paise is None and one.fate is Fate.QUARANTINED), one


@pytest.mark.parametrize("source", sources.names())
def test_soiled_lines_of_some_customers_end_as_they_should(source: str) -> None:
    judged = _judged(source, 0, USUAL_N if source != "bank" else USUAL_N // 2, ("heavy",))
    _hold(judged)
    _conserved(judged)
    assert len({one.kind for one in judged}) > 5


@pytest.mark.full
@pytest.mark.parametrize("block", range(FULL_N // BLOCK_N))
@pytest.mark.parametrize("source", sources.names())
def test_soiled_lines_of_two_hundred_customers_end_as_they_should(
    source: str, block: int, record_property: Told
) -> None:
    judged = _judged(source, block * BLOCK_N, (block + 1) * BLOCK_N, ("off", *NOISES))
    _hold(judged)
    _conserved(judged)
    record_property("lines by kind of dirt and how they went", table(judged))


def test_the_judge_notices_what_is_made_up() -> None:
    judged = _judged("bank", 0, 1, ("heavy",))
    (first, *_) = [one for one in judged if one.expected == Expected.RESTORED]
    with pytest.raises(AssertionError):
        _hold([*judged, first._replace(went="wrong")])
    with pytest.raises(AssertionError):
        _hold([one._replace(went="unknown") if one.expected == Expected.RESTORED else one for one in judged])
    with pytest.raises(AssertionError):
        _conserved([first._replace(paise=1)])
    assert Counter(one.went for one in judged)["right"] > 0
