"""audit: who did what, and that nothing of it was changed."""

from __future__ import annotations

import argparse
import os
import re
from typing import TYPE_CHECKING

from cli.asking import Parser, add_json, described, house, parser, whole
from cli.output import remark, say, say_json, say_table
from kit.ident import customer_id

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from kit.merkle import Head

ABOUT = "List who did what, when and with which outcome, or verify that nothing of it was changed."
EXAMPLES = ("bahi audit list", "bahi audit verify")
ACTS = {
    "list": (
        "list entries, newest first",
        ("bahi audit list", "bahi audit list --customer-id MSME001 --limit 20 --json"),
    ),
    "verify": (
        "recompute every link, and compare with roots you wrote down before",
        ("bahi audit verify", "bahi audit verify --json", f"bahi audit verify --earlier 1200:{'5d' * 32}"),
    ),
}


def parser_of(name: str) -> Parser:
    """Make the parser of the command and of its acts."""
    made = parser(name, ABOUT, EXAMPLES)
    _add_acts(made)
    made.set_defaults(command=name)
    return made


def _add_acts(to: Parser) -> None:
    acts = to.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act, (about, examples) in ACTS.items():
        below = acts.add_parser(act, help=about, **described(f"{about.capitalize()}.", examples))
        if act == "list":
            below.add_argument("--customer-id", metavar="X", help="only entries of one customer")
            below.add_argument(
                "--limit", type=whole(1, 10_000), default=50, metavar="N",
                help="how many, newest first (default 50)",
            )  # fmt: skip
        else:
            below.add_argument(
                "--earlier", type=_earlier, action="append", default=[], metavar="N:ROOT",
                help="how many entries there once were and their root, as printed then; may be repeated",
            )  # fmt: skip
        add_json(below)


def _earlier(text: str) -> Head:
    from kit.merkle import Head

    found = re.fullmatch("([0-9]{1,18}):([0-9a-f]{64})", text)
    if found is None:
        raise argparse.ArgumentTypeError("must be a number of entries, a colon and a root of 64 hex digits")
    return Head(int(found[1]), bytes.fromhex(found[2]))


def carry_out(asked: argparse.Namespace) -> int:
    """List or verify."""
    return _verify(asked) if asked.act == "verify" else _list(asked)


def _list(asked: argparse.Namespace) -> int:
    customer = None if asked.customer_id is None else customer_id(asked.customer_id)
    opened = house(customer)
    entries = opened.audit.entries(customer, asked.limit)
    opened.audit.look("audit.list", customer)
    if asked.json:
        say_json([entry._asdict() for entry in entries])
        return 0
    head = ("seq", "at", "actor", "action", "customer", "purpose", "outcome", "hash")
    rows = []
    for entry in entries:
        fields = entry._asdict()
        rows.append([("-" if fields[name] is None else str(fields[name]))[:32] for name in head])
    say_table(head, rows)
    return 0


def _verify(asked: argparse.Namespace) -> int:
    """Verify without writing: a broken audit stays as it was found."""
    from consent.chain import required, verified
    from pipeline.wiring import open_house

    chain = required(verified(open_house(os.environ, "cli").ledger, asked.earlier))
    if asked.json:
        say_json(
            {
                "entries_n": chain.entries_n,
                "head": chain.head,
                "root": chain.root,
                "confirmed_n": chain.confirmed_n,
            }
        )
        return 0
    say(f"entries    {chain.entries_n}\nhead       {chain.head}\nroot       {chain.root}")
    say(f"confirmed  {chain.confirmed_n}, by the earlier roots given")
    remark(f"  keep elsewhere, to compare later: --earlier {chain.entries_n}:{chain.root}")
    return 0
