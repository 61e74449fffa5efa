"""A batch is a list of single-customer jobs, each with its own right and its own audit entry, on worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

AskT = TypeVar("AskT")
AnswerT = TypeVar("AnswerT")


def each(work: Callable[[AskT], AnswerT], asks: Sequence[AskT], workers_n: int) -> Iterator[AnswerT]:
    """Answer in the order of asking; work must never raise, since one customer's trouble is not another's."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(max_workers=workers_n, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, asks)
