"""The flow of steps: generate, clean, analyze; a step that fails closes its run with the reason and stops the flow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kit.errors import BahiError
from pipeline.analysis import analyze
from pipeline.cleaning import clean
from pipeline.faults import noted
from pipeline.feeds.synthetic import generate
from pipeline.job import Job, Report, Watch
from pipeline.order import Order
from pipeline.runs import RunStart
from pipeline.wiring import House

STEPS: Mapping[str, Callable[[Job], tuple[Report, ...]]] = {
    "generate": generate,
    "clean": clean,
    "analyze": analyze,
}
ALL_STEPS = tuple(STEPS)


def run(house: House, order: Order, watch: Watch, steps: Sequence[str] = ALL_STEPS) -> tuple[Report, ...]:
    """Carry out steps for one customer under one run row."""
    return continue_run(house, order, start_run(house, order, steps), watch, steps)


def start_run(house: House, order: Order, steps: Sequence[str] = ALL_STEPS) -> str:
    """Write the run row that a watcher can follow before any step begins."""
    name = steps[0] if len(steps) == 1 else "run"
    return house.runs.open(RunStart(order.customer, order.purpose, name, None, "", None))


def continue_run(
    house: House, order: Order, run_id: str, watch: Watch, steps: Sequence[str] = ALL_STEPS
) -> tuple[Report, ...]:
    """Carry out the steps of a run whose row is already written."""
    job = Job(house, order, run_id, watch)
    reports: list[Report] = []
    try:
        for name in steps:
            reports.extend(STEPS[name](job))
    except BahiError as error:
        house.runs.fail(run_id, error.code)
        raise
    except Exception as bug:
        house.runs.fail(run_id, "INTERNAL")
        raise noted(house.lake, house.clock, bug, run_id) from bug
    except BaseException:
        house.runs.fail(run_id, "INTERRUPTED")
        raise
    status = "unchanged" if all(report.status == "unchanged" for report in reports) else "done"
    house.runs.close(run_id, status, {"steps": len(reports)})
    return tuple(reports)
