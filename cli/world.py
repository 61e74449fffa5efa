"""world check: hold the synthetic world to figures from outside, and say what no longer fits."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cli.asking import Parser, add_json, described, parser, whole
from cli.output import complain, problem, remark, say, say_json, say_table
from kit.errors import BahiError, CallerError

if TYPE_CHECKING:  # The table needs the whole world; the help does not.
    from collections.abc import Sequence

    from pipeline.world.verdict import Line

EXAMPLES = ("bahi world check --smoke", "bahi world check", "bahi world check --firms 500 --json")
ABOUT = "Measure the synthetic world against figures from outside, each with its tolerance and interval."


def parser_of(name: str) -> Parser:
    """Make the parser of the command and its act."""
    made = parser(name, "Look after the synthetic world.", EXAMPLES)
    acts = made.add_subparsers(dest="act", required=True, metavar="ACT")
    about = f"{ABOUT} A checkout keeps the full table in docs/world.md; about 15 minutes on two processors."
    check = acts.add_parser("check", help=ABOUT, **described(about, EXAMPLES))
    check.add_argument(
        "--firms", type=whole(10, 100_000), metavar="N",
        help="live this many firms; customers and ceiling in proportion (default 3,000)",
    )  # fmt: skip
    check.add_argument(
        "--smoke", action="store_true", help="30 firms, in seconds: that everything is measured"
    )
    add_json(check)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Measure, print, keep the page of a full check, and leave with 2 where something does not fit."""
    from pipeline.world import page
    from pipeline.world.check import FULL, SMOKE, examine, scaled

    sizes = SMOKE if asked.smoke else FULL if asked.firms is None else scaled(asked.firms)
    lines = examine(sizes, remark)
    if sizes == FULL and page.is_checkout():
        page.write(lines, sizes)
        remark(f"written: {page.PAGE}")
    error = _refusal(lines)
    if asked.json:
        told = page.document(lines, sizes)
        say_json(told | ({"error": problem(error)} if error else {}))
    else:
        say_table(page.COLUMNS, page.rows(lines))
        say(f"world: {page.parameters_sha()}")
    if error is None:
        return 0
    complain(error)
    return error.exit_code


def _refusal(lines: Sequence[Line]) -> BahiError | None:
    from pipeline.world.verdict import failures

    failed = failures(lines)
    if not failed:
        return None
    names = "; ".join(line.about for line in failed[:5])
    return CallerError(
        "WORLD_UNTRUE",
        f"{len(failed)} figures of the synthetic world lie outside their bands: {names}.",
        hint="Change the figures below generators/figures, then run: bahi world check",
    )
