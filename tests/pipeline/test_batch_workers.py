"""The death of a worker and a bug in a job are the trouble of one customer, never of the batch."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kit.errors import BahiError, NotFound
from pipeline.batch import Batch


def plain(ask: str) -> str:
    """Do the job a word of the ask names."""
    act, _, place = ask.partition(" ")
    if act == "die" or (act == "die-once" and not Path(place).exists()):
        Path(place or "/dev/null").touch()
        os._exit(9)
    if act == "bug":
        raise ZeroDivisionError(ask)
    if act == "refuse":
        raise NotFound("NOT_HERE", "There is none.", hint="Look elsewhere.")
    if act == "leave":
        raise SystemExit(3)
    return ask


def unpicklable(ask: str) -> Callable[[], str]:
    return lambda: ask


def explained(bug: BaseException) -> BahiError:
    return BahiError("INTERNAL", type(bug).__name__)


def answers(asks: list[str], workers_n: int = 2) -> list[str]:
    told = Batch(plain, workers_n, explained).answers(asks)
    return [one.code if isinstance(one, BahiError) else one for one in told]


@pytest.mark.parametrize("workers_n", [1, 2])
def test_the_job_that_kills_its_worker_loses_its_own_answer_and_no_other(workers_n: int) -> None:
    asks = ["a", "die", "b", "c", "die", "d"]
    assert answers(asks, workers_n) == ["a", "WORKER_LOST", "b", "c", "WORKER_LOST", "d"]


def test_a_job_whose_worker_died_by_chance_is_done_by_another(tmp_path: Path) -> None:
    asks = ["a", f"die-once {tmp_path / 'died'}", "b"]
    assert answers(asks) == asks


def test_a_lost_worker_means_try_again() -> None:
    (told,) = Batch(plain, 2, explained).answers(["die"])
    assert isinstance(told, BahiError) and told.exit_code == 75 and told.hint


def test_a_bug_is_explained_and_a_foreseen_error_kept_as_it_is() -> None:
    assert answers(["a", "bug", "refuse", "leave", "b"]) == ["a", "INTERNAL", "NOT_HERE", "INTERNAL", "b"]


def test_an_answer_that_cannot_travel_is_a_bug_of_that_job() -> None:
    (told,) = Batch(unpicklable, 1, explained).answers(["a"])
    assert isinstance(told, BahiError) and told.code == "INTERNAL"
