"""The fidelity check: firms lived, customers projected, and each figure held to what is known outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, TypeVar

from kit.chance import Stream
from kit.errors import BahiError
from pipeline.batch import Batch
from pipeline.world import of_firms, of_lines, portfolio, projected
from pipeline.world.estimates import exactly
from pipeline.world.projected import Shown
from pipeline.world.verdict import Anchors, Line
from warehouse import assets

SEED = 20261001
PROCESSES_N = 2
PART = "8 the same bytes"
ELSEWHERE = {"PYTHONHASHSEED": "77", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}
AskT = TypeVar("AskT")
AnswerT = TypeVar("AnswerT")
Tell = Callable[[str], None]


class Sizes(NamedTuple):
    """How many customers are projected, firms lived, firms lived again for their ceiling, hidden years each, and firms timed alone."""

    shown_n: int
    firms_n: int
    ceilings_n: int
    lives_n: int
    alone_n: int
    twice_n: int


FULL = Sizes(shown_n=300, firms_n=3_000, ceilings_n=1_000, lives_n=50, alone_n=205, twice_n=4)
SMOKE = Sizes(shown_n=4, firms_n=30, ceilings_n=6, lives_n=4, alone_n=7, twice_n=1)


def scaled(firms_n: int) -> Sizes:
    """Measure fewer or more firms, and the rest in proportion."""
    return FULL._replace(
        shown_n=max(SMOKE.shown_n, FULL.shown_n * firms_n // FULL.firms_n),
        firms_n=firms_n,
        ceilings_n=max(SMOKE.ceilings_n, FULL.ceilings_n * firms_n // FULL.firms_n),
        alone_n=max(SMOKE.alone_n, min(FULL.alone_n, firms_n // 10)),
    )


def examine(sizes: Sizes, tell: Tell) -> list[Line]:
    """Measure everything, and hold it to the anchors."""
    anchors, stream = Anchors(portfolio.figures()["anchors"]), Stream(SEED, "world", "check")
    shown = _all(projected.shown, "customers projected", _shown_asks(sizes), tell)
    seen = _all(portfolio.seen, "firms lived", _seen_asks(sizes), tell)
    return [
        *of_lines.lines(shown, anchors, stream.branch("lines")),
        *of_firms.lines(seen, anchors, stream.branch("firms")),
        of_firms.cost(_alone(sizes), anchors, stream.branch("cost")),
        _same_twice(sizes, shown, anchors),
    ]


def _shown_asks(sizes: Sizes) -> list[projected.Ask]:
    return [projected.Ask(SEED, number) for number in range(sizes.shown_n)]


def _seen_asks(sizes: Sizes) -> list[portfolio.Ask]:
    """The dearest firms come first, so that the processes end together."""
    return [
        portfolio.Ask(SEED, number, sizes.lives_n if number < sizes.ceilings_n else 0)
        for number in range(sizes.firms_n)
    ]


def _all(act: Callable[[AskT], AnswerT], called: str, asks: Sequence[AskT], tell: Tell) -> list[AnswerT]:
    """Answer all asks on two processes, and tell now and then how many are done."""
    batch: Batch[AskT, AnswerT] = Batch(act, PROCESSES_N, _again)
    answers: list[AnswerT] = []
    for answer in batch.answers(asks):
        if isinstance(answer, BahiError):
            raise answer
        answers.append(answer)
        if len(answers) % max(1, len(asks) // 10) == 0:
            tell(f"{len(answers):,} of {len(asks):,} {called}")
    return answers


def _alone(sizes: Sizes) -> list[portfolio.Seen]:
    """Live some firms once more in this process while no other works, and keep the quickest of three lives of each.

    Two at a time slow each other down, and what else a machine does can only add to the cost.
    """
    asks = [portfolio.Ask(SEED, number, 0) for number in range(sizes.alone_n)]
    return [min((portfolio.seen(ask) for _ in range(3)), key=lambda one: one.seconds) for ask in asks]


def _again(bug: BaseException) -> NoReturn:
    """A bug in one customer is a bug of the check."""
    raise bug


def _same_twice(sizes: Sizes, shown: Sequence[Shown], anchors: Anchors) -> Line:
    """Tell some customers again in a process with another hash seed, zone and locale, and compare the bytes."""
    code = f"from pipeline.world.projected import prints; print(prints({SEED}, {sizes.twice_n}))"
    environ = {**os.environ, **ELSEWHERE, "PYTHONPATH": str(assets.root())}
    asked = [sys.executable, "-c", code]
    answer = subprocess.run(asked, env=environ, capture_output=True, text=True, check=True)
    others = answer.stdout.split()
    unequal_n = sum(one.sha256 != other for one, other in zip(shown, others, strict=False))
    estimate = exactly(unequal_n + sizes.twice_n - len(others), len(others))
    return anchors.line(
        PART, "customers whose bytes differ in another process, zone and locale", estimate, "faults_n"
    )
