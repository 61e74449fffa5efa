"""A batch is a list of single-customer jobs, each with its own right and its own audit entry, on worker processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Generic, TypeVar

from kit.errors import BahiError, TransientError

AskT = TypeVar("AskT")
AnswerT = TypeVar("AnswerT")


@dataclass(slots=True)
class Batch(Generic[AskT, AnswerT]):
    """What is to be done, by how many at once, and how a bug in one job is explained to who asked for it."""

    work: Callable[[AskT], AnswerT]
    workers_n: int
    explained: Callable[[BaseException], BahiError]
    _left: deque[tuple[int, AskT]] = field(default_factory=deque)
    _lost: list[tuple[int, AskT]] = field(default_factory=list)

    def answers(self, asks: Sequence[AskT]) -> Iterator[AnswerT | BahiError]:
        """Answer in the order of asking; one job's trouble, even the death of its worker, is not another's."""
        early: dict[int, AnswerT | BahiError] = {}
        given_n = 0
        for number, answer in self._as_they_come(asks):
            early[number] = answer
            while given_n in early:
                yield early.pop(given_n)
                given_n += 1

    def _as_they_come(self, asks: Sequence[AskT]) -> Iterator[tuple[int, AnswerT | BahiError]]:
        self._left.extend(enumerate(asks))
        while self._left:
            yield from self._on_workers()
            while self._lost:
                number, ask = self._lost.pop()
                yield number, self._alone(ask)

    def _on_workers(self) -> Iterator[tuple[int, AnswerT | BahiError]]:
        """Hand out no more jobs than there are workers, so that a death leaves few without an answer."""
        at_work: dict[Future[AnswerT], tuple[int, AskT]] = {}
        with _pool(self.workers_n) as pool:
            while self._hand_out(pool, at_work):
                done, _ = wait(at_work, return_when=FIRST_COMPLETED)
                for future in done:
                    number, ask = at_work.pop(future)
                    if isinstance(future.exception(), BrokenExecutor):
                        self._lost.append((number, ask))
                    else:
                        yield number, self._answer(future)

    def _hand_out(self, pool: ProcessPoolExecutor, at_work: dict[Future[AnswerT], tuple[int, AskT]]) -> bool:
        try:
            while self._left and not self._lost and len(at_work) < self.workers_n:
                at_work[pool.submit(self.work, self._left[0][1])] = self._left[0]
                self._left.popleft()
        except BrokenExecutor:  # A worker died between two jobs: what is left goes to other workers.
            return bool(at_work)
        return bool(at_work)

    def _alone(self, ask: AskT) -> AnswerT | BahiError:
        """Try once more on a worker of its own: the job that kills its worker then stands alone."""
        with _pool(1) as pool:
            future = pool.submit(self.work, ask)
            if isinstance(future.exception(), BrokenExecutor):
                return TransientError(
                    "WORKER_LOST",
                    "The process that did this job died, twice.",
                    hint="Run again; if it dies again, give it more memory.",
                )
            return self._answer(future)

    def _answer(self, future: Future[AnswerT]) -> AnswerT | BahiError:
        bug = future.exception()
        if isinstance(bug, KeyboardInterrupt):
            raise bug
        if isinstance(bug, BahiError):
            return bug
        return future.result() if bug is None else self.explained(bug)


def _pool(workers_n: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=workers_n, mp_context=get_context("spawn"))
