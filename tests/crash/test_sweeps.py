"""The sweeps themselves: every act has its counts, and a product that writes in place is found out."""

from __future__ import annotations

import json
from pathlib import Path

from tests.crash.acts import ACTS, EVERY
from tests.crash.calls import CALLS_N_MIN, CALLS_N_MIN_IN_ALL
from tests.crash.sweep import COUNTS, swept

HERE = Path(__file__).parent


def test_every_act_has_its_count_of_points() -> None:
    assert set(json.loads(COUNTS.read_text())) == set(ACTS)


def test_every_act_has_its_count_of_calls_and_a_long_test() -> None:
    assert set(CALLS_N_MIN) == set(EVERY)
    assert sum(CALLS_N_MIN.values()) >= CALLS_N_MIN_IN_ALL
    written = "".join(path.read_text() for path in HERE.glob("test_calls_of_*.py"))
    assert all(f'"{act}"' in written for act in EVERY)


def test_manifests_written_in_place_are_found_torn() -> None:
    found = swept("kill", "clean", spoiled="in-place")
    torn = [wrong for wrong in found.wrongs if "manifest.json: " in wrong]
    assert torn
    assert any("neither the old nor the new" in wrong for wrong in found.wrongs)


def test_an_answer_before_the_commit_is_found_lost() -> None:
    found = swept("kill", "analyze", every_nth=3, spoiled="early-answer")
    assert any("acknowledged and is lost" in wrong for wrong in found.wrongs)
