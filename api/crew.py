"""Carries out runs behind the request: two at work, eight waiting, the rest refused; why a run failed is remembered."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Lock

from kit.errors import BahiError, TransientError
from pipeline.flow import continue_run, start_run
from pipeline.job import Report
from pipeline.order import Order
from pipeline.runs import Note
from pipeline.wiring import House

AT_WORK = 2
MOST_OPEN = 10
MOST_REMEMBERED = 256


class Crew:
    """The bounded threads of one application."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._threads = ThreadPoolExecutor(AT_WORK, thread_name_prefix="bahi-run")
        self._lock = Lock()
        self._open_n = 0
        self._failures: OrderedDict[str, BahiError] = OrderedDict()

    def take(self, order: Order) -> str:
        """Write the run's row, hand the work to a thread and answer at once with the run id."""
        self._enter()
        try:
            run_id = start_run(self._house, order)
        except BaseException:
            self._leave()
            raise
        try:
            work = self._threads.submit(continue_run, self._house, order, run_id, _unwatched)
        except BaseException:
            self._leave()
            self._drop(run_id)
            raise
        work.add_done_callback(partial(self._ended, run_id))
        return run_id

    def why(self, run_id: str) -> BahiError | None:
        """Tell why a run of this process failed; the ledger keeps only the code."""
        return self._failures.get(run_id)

    def close(self) -> None:
        """Wait for what is at work and drop what has not begun."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _enter(self) -> None:
        with self._lock:
            if self._open_n >= MOST_OPEN:
                raise TransientError(
                    "RUNS_BUSY", "too many runs are waiting", hint="try again when one has ended"
                )
            self._open_n += 1

    def _leave(self) -> None:
        with self._lock:
            self._open_n -= 1

    def _ended(self, run_id: str, work: Future[tuple[Report, ...]]) -> None:
        self._leave()
        if work.cancelled():
            self._drop(run_id)
            return
        error = work.exception()
        if isinstance(error, BahiError):
            self._remember(run_id, error)

    def _drop(self, run_id: str) -> None:
        with suppress(BahiError):  # The service is going down; an open row is all that can be left behind.
            self._house.runs.fail(run_id, "SERVICE_STOPPED")

    def _remember(self, run_id: str, error: BahiError) -> None:
        with self._lock:
            self._failures[run_id] = error
            while len(self._failures) > MOST_REMEMBERED:
                self._failures.popitem(last=False)


def _unwatched(note: Note) -> None:
    """Progress is read from the ledger; nobody stands beside the thread."""
