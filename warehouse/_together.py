"""Writing together: what many threads want to write at the same time becomes durable by one commit."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from copy import copy
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar

from kit.errors import BahiError, TransientError

if TYPE_CHECKING:
    from types import TracebackType

    from warehouse.ledger import Tx

T = TypeVar("T")

BATCH_MAX = 64


class _Caught:
    """Keeps an error for whoever it belongs to, which may be another thread; an interruption goes through."""

    error: Exception | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None


class _Asked(_Caught):
    """One act of one caller, who waits until it is durable or has failed."""

    def __init__(self, act: Callable[[Tx], None]) -> None:
        self.act = act
        self.woken = Event()
        self.leads = False


class _Queue:
    """Who waits, and whether somebody writes; a process that was forked off begins one of its own."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._door = Lock()
        self._waiting: list[_Asked] = []
        self._is_led = False

    def join(self, asked: _Asked) -> None:
        """Stand in line; who finds nobody writing leads."""
        with self._door:
            self._waiting.append(asked)
            asked.leads, self._is_led = not self._is_led, True

    def wait(self, asked: _Asked) -> None:
        """Wait for the outcome or for the lead; who is interrupted leaves the line."""
        try:
            asked.woken.wait()
        except BaseException:
            with self._door:
                self._waiting = [one for one in self._waiting if one is not asked]
            if asked.leads:
                self.hand_over()
            raise

    def taken(self) -> list[_Asked]:
        """Take the first in line, as many as one transaction should carry."""
        with self._door:
            batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
        return batch

    def hand_over(self) -> None:
        """Give the lead to the first who came meanwhile."""
        with self._door:
            self._is_led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].leads = True
                self._waiting[0].woken.set()


class Together:
    """Lets one of the callers write for all who wait; no thread of its own, and alone each commits by itself."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Tx]]) -> None:
        """Take the way a transaction is begun."""
        self._begin = begin
        self._queue = _Queue()

    def write(self, act: Callable[[Tx], T]) -> T:
        """Carry out an act in a transaction it may share; it is durable when its answer comes back."""
        answers: list[T] = []
        asked = _Asked(lambda tx: answers.append(act(tx)))
        if self._queue.process != os.getpid():
            self._queue = _Queue()
        queue = self._queue
        queue.join(asked)
        if not asked.leads:
            queue.wait(asked)
        if asked.leads:
            self._lead(queue)
        if asked.error is not None:
            raise asked.error
        return answers[0]

    def _lead(self, queue: _Queue) -> None:
        batch, whole, is_ended = queue.taken(), _Caught(), False
        try:
            with whole, self._begin() as tx:
                _carry_out(tx, batch)
            is_ended = True
        finally:
            if whole.error is not None or not is_ended:
                _fail(batch, whole.error)
            queue.hand_over()
            for asked in batch:
                asked.woken.set()


def _carry_out(tx: Tx, batch: list[_Asked]) -> None:
    """Undo an act that fails without the others; alone it needs no savepoint, for nothing else is undone with it."""
    if len(batch) == 1:
        batch[0].act(tx)
        return
    for asked in batch:
        tx.execute("SAVEPOINT asked")
        with asked:
            asked.act(tx)
        if asked.error is not None:
            _undo(tx, asked.error)
        tx.execute("RELEASE SAVEPOINT asked")


def _undo(tx: Tx, error: Exception) -> None:
    """Go back to before an act; where the engine has ended the whole transaction, the error is everyone's."""
    undoing = _Caught()
    with undoing:
        tx.execute("ROLLBACK TO SAVEPOINT asked")
    if undoing.error is not None:
        raise error from undoing.error


def _fail(batch: list[_Asked], error: Exception | None) -> None:
    """Tell everyone that nothing was written; a bug is told to the first only, who ran into it."""
    for asked in batch[1:]:
        asked.error = copy(error) if isinstance(error, BahiError) else _unwritten()
    batch[0].error = error


def _unwritten() -> TransientError:
    message = "What was to be written together with this failed, so nothing was written."
    return TransientError("LEDGER_BUSY", message, hint="Run again; if it stays, run: bahi doctor")
