"""A Job is one order at work: it brackets every step of every source with a run row and tells whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from consent.grants import Use, Wanted
from kit.scope import Scope
from pipeline.order import Order
from pipeline.runs import Note, RunStart
from pipeline.wiring import House

Watch = Callable[[Note], None]
NOTE_EVERY_N = 50_000
BATCH_N = 50


class Report(NamedTuple):
    """What one step did for one source."""

    step: str
    source: str
    status: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Job:
    """An order, the house it is carried out in, the run it belongs to, and its watcher."""

    house: House
    order: Order
    root: str
    watch: Watch

    def open_scope(self) -> Scope:
        """Open the right to process what is held for this customer and purpose."""
        wanted = Wanted(customer=self.order.customer, purpose=self.order.purpose, use=Use.PROCESS)
        return self.house.consents.open_scope(wanted)

    def begin(self, step: str, source: str, key: str) -> str:
        """Open the run row of one step and source."""
        order = self.order
        start = RunStart(order.customer, order.purpose, step, source, key, self.root)
        run_id = self.house.runs.open(start)
        self.tell(Note("started", step, source, 0, None, ""))
        return run_id

    def tell(self, note: Note) -> None:
        """Write a note into the ledger and hand it to the watcher."""
        self.house.runs.tell(self.root, note)
        self.watch(note)

    def end(self, run_id: str, report: Report) -> Report:
        """Close the run row of one step and source."""
        self.house.runs.close(run_id, report.status, report.counts)
        total = report.counts.get("items", report.counts.get("lines", 0))
        self.tell(Note(report.status, report.step, report.source, total, total, ""))
        return report

    def unchanged(self, step: str, source: str, key: str, counts: Mapping[str, int]) -> Report:
        """Record that nothing had to be done."""
        order = self.order
        start = RunStart(order.customer, order.purpose, step, source, key, self.root)
        run_id = self.house.runs.open(start)
        return self.end(run_id, Report(step, source, "unchanged", counts))


class Passage:
    """Counts the lines that pass in one step of one source, and tells the watcher now and then."""

    def __init__(self, job: Job, step: str, source: str) -> None:
        self._job = job
        self._step = step
        self._source = source
        self._passed_n = 0

    def counted(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the lines on; what passes later is counted on from there."""
        coming = iter(lines)
        while batch := tuple(islice(coming, BATCH_N)):
            yield from batch
            before, self._passed_n = self._passed_n, self._passed_n + len(batch)
            if before // NOTE_EVERY_N < self._passed_n // NOTE_EVERY_N:
                self._job.tell(Note("progress", self._step, self._source, self._passed_n, None, ""))
