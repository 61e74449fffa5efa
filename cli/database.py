"""db: the ledger's tables, their version, and whether they are what they should be."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from cli.asking import Parser, add_json, described, parser, told
from cli.output import remark, say, say_json
from kit.errors import CallerError

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from warehouse.examine import Loss
    from warehouse.ledger import Where

ABOUT = (
    "Create the ledger or bring it to another version, and check it. It stands in a file of the home, or in the "
    "PostgreSQL database that BAHI_DATABASE_URL names."
)
EXAMPLES = ("bahi db upgrade", "bahi db check", "bahi db downgrade --to 0001")
ACTS = {
    "upgrade": ("create the ledger, or bring it to the version of this code", ("bahi db upgrade",)),
    "downgrade": (
        "go back to an older version, after saying what it has no place for",
        ("bahi db downgrade --to 0001", "bahi db downgrade --to base --yes"),
    ),
    "check": (
        "read every row, follow every reference, and compare each table with what the migrations make",
        ("bahi db check", "bahi db check --json"),
    ),
}


def parser_of(name: str) -> Parser:
    """Make the parser of db and of its acts."""
    made = parser(name, ABOUT, EXAMPLES)
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act, (about, examples) in ACTS.items():
        below = acts.add_parser(act, help=about, **described(f"{about.capitalize()}.", examples))
        if act == "downgrade":
            below.add_argument("--to", required=True, metavar="V", help="a version as 0001, or base for none")
            below.add_argument("--yes", action="store_true", help="lose what that version has no place for")
        add_json(below)
    made.set_defaults(command=name)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Do what was asked of the ledger."""
    return {"upgrade": _upgrade, "downgrade": _downgrade, "check": _check}[asked.act](asked)


def _where() -> Where:
    from warehouse.assets import root
    from warehouse.home import home_from
    from warehouse.ledger import where_from

    return where_from(os.environ, home_from(os.environ, root()))


def _upgrade(asked: argparse.Namespace) -> int:
    from warehouse.migrate import upgrade
    from warehouse.migrations import HEAD

    upgrade(_where())
    return told(asked, {"ledger_version": HEAD}, f"the ledger is at version {HEAD}")


def _downgrade(asked: argparse.Namespace) -> int:
    from warehouse.examine import losses
    from warehouse.migrate import downgrade

    lost = losses(_where(), asked.to)
    if not asked.yes:
        raise CallerError(
            "LOSS_NOT_CONFIRMED",
            f"Going back to {asked.to} loses {_said(lost)}.",
            hint=f"Run: bahi db downgrade --to {asked.to} --yes",
        )
    downgrade(_where(), asked.to)
    document = {"ledger_version": asked.to, "lost": [loss._asdict() for loss in lost]}
    return told(asked, document, f"the ledger is at version {asked.to}; lost: {_said(lost)}")


def _said(lost: tuple[Loss, ...]) -> str:
    return ", ".join(f"{loss.what} ({loss.rows_n})" for loss in lost) or "nothing"


def _check(asked: argparse.Namespace) -> int:
    from warehouse.examine import examined

    found = examined(_where())
    if asked.json:
        say_json({**found._asdict(), "findings": [finding._asdict() for finding in found.findings]})
        return 0 if found.is_whole else 2
    say(f"{found.engine}, {found.place}")
    for finding in found.findings:
        say(f"{'ok  ' if finding.is_ok else 'MEND'}  {finding.what}")
        if not finding.is_ok:
            remark(f"      next: {finding.hint.removeprefix('Run: ')}")
    return 0 if found.is_whole else 2
