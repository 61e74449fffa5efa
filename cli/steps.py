"""generate, clean, analyze and run: one customer, or a file of customers as single jobs on worker processes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cli.asking import Parser, add_customer, add_json, day_of, described, house, whole
from cli.output import answered, complain, is_watched, problem, remark, say, say_json, step_of
from kit.errors import BahiError, CallerError, NotFound
from kit.ident import customer_id
from kit.source import Json
from pipeline.job import Report, Watch
from pipeline.order import Order
from pipeline.runs import Note

STRICT_EXIT = 3
WORST_FIRST = (1, 75, 2, 3, 0)
ABOUT = {
    "generate": "Let the synthetic provider deliver what the consent grants; the same question is asked once.",
    "clean": "Clean what was delivered: every line becomes a record, a duplicate, superseded or quarantined.",
    "analyze": "Compute the summaries of the cleaned records; every number carries its evidence.",
    "run": "Generate, clean and analyze; what has not changed is not done again.",
}
NEXT = {
    "generate": "bahi clean --customer-id {} --purpose {}",
    "clean": "bahi analyze --customer-id {} --purpose {}",
    "analyze": "bahi show --customer-id {} --purpose {}",
    "run": "bahi show --customer-id {} --purpose {}",
}
EXAMPLES = {
    "generate": (
        "bahi generate --customer-id MSME001",
        "bahi generate --customer-id MSME001 --noise heavy --seed 7",
        "bahi generate --customer-id MSME002 --persona drawn",
    ),
    "clean": ("bahi clean --customer-id MSME001", "bahi clean --customer-id MSME001 --strict --json"),
    "analyze": (
        "bahi analyze --customer-id MSME001",
        "bahi analyze --customer-id MSME001 --as-of 2026-09-30",
    ),
    "run": ("bahi run --customer-id MSME001", "bahi run --customers customers.txt --json"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One single-customer job, as it travels to a worker process."""

    customer: str
    steps: tuple[str, ...]
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job: its reports, or its error; a line of a file that names no customer has none."""

    customer: str | None
    reports: tuple[Report, ...]
    error: BahiError | None
    exit_code: int


def parser_of(name: str) -> Parser:
    """Make the parser of one step command."""
    made = (_ProviderParser if name in ("generate", "run") else Parser)(
        prog=f"bahi {name}", **described(ABOUT[name], EXAMPLES[name])
    )
    add_customer(made, required=False)
    made.add_argument(
        "--customers", metavar="FILE", help="a file with one customer id per line, each its own job"
    )
    made.add_argument(
        "--strict", action="store_true", help="exit 3 when anything was held back in quarantine"
    )
    made.add_argument("--quiet", action="store_true", help="no progress on standard error")
    add_json(made)
    if name in ("generate", "run"):
        _add_generate(made)
    if name in ("generate", "run", "analyze"):
        made.add_argument("--as-of", metavar="D", help="the day to speak of, like 2026-09-30")
    made.set_defaults(command=name)
    return made


class _ProviderParser(Parser):
    """Names the personas when somebody asks for help; the world they come from is not loaded for anything else."""

    def format_help(self) -> str:
        """List the personas below what the command does."""
        from generators.personas import DRAWN, PERSONAS

        listed = {DRAWN: "a firm as lenders meet them, with the sources such a firm has"}
        listed |= {name: PERSONAS[name].about for name in sorted(PERSONAS)}
        lines = "\n".join(f"  {name:<22} {about}" for name, about in listed.items())
        shown, self.description = self.description, f"{self.description}\n\npersonas:\n{lines}"
        try:
            return super().format_help()
        finally:
            self.description = shown


def _add_generate(to: argparse.ArgumentParser) -> None:
    to.add_argument(
        "--seed",
        type=whole(0, 2**63 - 1),
        metavar="N",
        help="the same seed and customer are the same business, another seed another (default: world_seed of"
        " config.json)",
    )
    to.add_argument(
        "--persona",
        metavar="P",
        help="a kind of business, named above (default: a sole owner who has every source)",
    )
    to.add_argument(
        "--noise",
        choices=("off", "light", "heavy"),
        help="how messy the delivery is: forms, gaps, copies, mistakes (default off)",
    )
    to.add_argument(
        "--months",
        type=whole(1, 120),
        metavar="N",
        help="months to ask for, up to the last day (default: all that is granted)",
    )
    to.add_argument(
        "--bank-rows",
        type=whole(1, 5_000_000),
        metavar="N",
        help="about how many bank lines the business makes (default: as many as such a business has)",
    )


def carry_out(asked: argparse.Namespace) -> int:
    """Do the work for one customer or for a file of them."""
    if (asked.customer_id is None) == (asked.customers is None):
        raise CallerError(
            "USAGE", "Give either --customer-id or --customers.", hint=f"Run: bahi {asked.command} --help"
        )
    if asked.customer_id is not None:
        return _one(asked)
    return _many(asked)


def _steps(command: str) -> tuple[str, ...]:
    return ("generate", "clean", "analyze") if command == "run" else (command,)


def _ask(asked: argparse.Namespace, customer: str) -> Ask:
    names = ("purpose", "seed", "persona", "noise", "months", "bank_rows", "as_of", "strict")
    return Ask(customer, _steps(asked.command), {name: getattr(asked, name, None) for name in names})


def _order(ask: Ask) -> Order:
    options = ask.options
    return Order(
        customer=customer_id(ask.customer),
        purpose=_whole(options["purpose"]) or 0,
        seed=_whole(options["seed"]),
        persona=_text(options["persona"]),
        noise=_text(options["noise"]),
        as_of=day_of(_text(options["as_of"])),
        months=_whole(options["months"]),
        bank_rows=_whole(options["bank_rows"]),
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def answer(ask: Ask) -> Answer:
    """Carry out one job and never raise, so that a batch goes on."""
    return _answer(ask, _silent)


def _answer(ask: Ask, watch: Watch) -> Answer:
    from pipeline.flow import run

    try:
        order = _order(ask)
        reports = run(house(order.customer), order, watch, ask.steps)
    except BahiError as error:
        return _failed(ask, error)
    held_back = any(report.counts.get("quarantined", 0) for report in reports)
    return Answer(ask.customer, reports, None, STRICT_EXIT if held_back and ask.options["strict"] else 0)


def _failed(ask: Ask, error: BahiError) -> Answer:
    return Answer(ask.customer, (), error, error.exit_code)


def _one(asked: argparse.Namespace) -> int:
    result = _answer(_ask(asked, asked.customer_id), _silent if asked.quiet else _progress)
    if result.error is not None:
        complain(result.error)
    return answered(result.exit_code, lambda: _say_one(asked, result))


def _say_one(asked: argparse.Namespace, result: Answer) -> None:
    if asked.json:
        say_json(_document(result))
    elif result.error is None:
        _say_reports(result.reports)
        remark(f"  next: {NEXT[asked.command].format(asked.customer_id, asked.purpose)}")


def _many(asked: argparse.Namespace) -> int:
    jobs = [_job(asked, line, name) for line, name in _named(asked.customers)]
    answers = []
    for number, result in enumerate(_worked(jobs), start=1):
        answers.append(result)
        if not asked.quiet:
            ending = "done" if result.error is None else result.error.code
            remark(f"[{number}/{len(jobs)}] {_name(result)}: {ending}")
    worst = next(code for code in WORST_FIRST if any(result.exit_code == code for result in answers))
    if asked.json:
        return answered(worst, lambda: say_json([_document(result) for result in answers]))
    return answered(worst, lambda: _say_answers(answers))


def _named(path: str) -> list[tuple[int, str]]:
    """List what a file names, each once, with the line it first stands on."""
    from warehouse.named_files import lines_of

    first: dict[str, int] = {}
    for line, text in enumerate(lines_of(path), start=1):
        name = text.strip()
        if name and not name.startswith("#"):
            first.setdefault(name, line)
    if not first:
        raise NotFound(
            "NO_CUSTOMERS", "The file names no customer.", hint="Put one customer id on each line."
        )
    return [(line, name) for name, line in first.items()]


def _job(asked: argparse.Namespace, line: int, name: str) -> Ask | Answer:
    """A line that names no customer is answered by its number alone: what stands there may be anything."""
    try:
        return _ask(asked, customer_id(name))
    except CallerError as error:
        placed = CallerError(error.code, error.message, hint=error.hint, place=f"line {line}")
        return Answer(None, (), placed, placed.exit_code)


def _worked(jobs: Sequence[Ask | Answer]) -> Iterator[Answer]:
    from cli.bugs import logged
    from pipeline.batch import Batch

    batch = Batch(answer, house().config.workers_n, logged)
    answers = batch.answers([job for job in jobs if isinstance(job, Ask)])
    for job in jobs:
        if isinstance(job, Answer):
            yield job
        else:
            told = next(answers)
            yield _failed(job, told) if isinstance(told, BahiError) else told


def _name(result: Answer) -> str:
    return result.customer or (result.error.place if result.error else "")


def _silent(note: Note) -> None:
    """Progress that nobody watches."""


def _progress(note: Note) -> None:
    total = "" if note.total_n is None else f" of {note.total_n:,}"
    count = f" {note.done_n:,}{total}" if note.done_n else ""
    if note.kind == "progress" or is_watched() or os.environ.get("BAHI_PROGRESS") == "always":
        remark(f"  {note.step} {note.source}: {note.kind}{count}")


def _say_reports(reports: Sequence[Report]) -> None:
    for report in reports:
        counts = ", ".join(
            f"{name} {value:,}" for name, value in report.counts.items() if _is_shown(name, value)
        )
        say(f"{report.step:<9} {report.source:<13} {report.status:<10} {counts}")


def _is_shown(name: str, value: int) -> bool:
    """Sums of money and the count of envelopes are for scripts; --json has them."""
    if name.endswith("_paise") or name == "without_amount":
        return False
    return value != 0 or name in ("items", "clean", "metrics")


def _say_answers(answers: Sequence[Answer]) -> None:
    for result in answers:
        ending = "done" if result.error is None else f"{result.error.code}: {result.error.message}"
        say(f"{_name(result):<20} {ending}")
        if result.error is not None and result.error.hint:
            say(f"{'':<20} next: {step_of(result.error)}")


def _document(result: Answer) -> dict[str, Json]:
    return {
        "customer_id": result.customer,
        "error": None if result.error is None else dict(problem(result.error)),
        "exit_code": result.exit_code,
        "steps": [
            {
                "step": report.step,
                "source": report.source,
                "status": report.status,
                "counts": dict(report.counts),
            }
            for report in result.reports
        ],
    }
