"""A Job is one order at work: it brackets every step of every source with a run row and tells whoever watches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from consent.grants import Use, Wanted
from kit.scope import Scope
from pipeline.order import Order
from pipeline.runs import Note, RunStart
from pipeline.wiring import House

Watch = Callable[[Note], None]


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
