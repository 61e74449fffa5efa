"""db: the ledger's tables and their version."""

from __future__ import annotations

import argparse
import os

from cli.asking import Parser, add_json, described, parser, told

ABOUT = "Bring the ledger to the version of this code."
ACTS = {"upgrade": ("create the ledger, or bring it to the version of this code", ("bahi db upgrade",))}


def parser_of(name: str) -> Parser:
    """Make the parser of db and of its acts."""
    made = parser(name, ABOUT, ("bahi db upgrade",))
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act, (about, examples) in ACTS.items():
        add_json(acts.add_parser(act, help=about, **described(f"{about.capitalize()}.", examples)))
    made.set_defaults(command=name)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Do what was asked of the ledger."""
    from warehouse.assets import root
    from warehouse.home import home_from
    from warehouse.migrate import upgrade
    from warehouse.migrations import HEAD

    upgrade(home_from(os.environ, root()).ledger_path)
    return told(asked, {"ledger_version": HEAD}, f"the ledger is at version {HEAD}")
