"""init, audit, purge, serve and doctor: the care of an installation."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from cli.asking import Parser, add_json, described, house, parser, told, unfinished_house, whole
from cli.output import announce, remark, say, say_json, say_table
from kit.ident import customer_id

if TYPE_CHECKING:  # Only what the command asked for is loaded.
    from kit.merkle import Head

EXAMPLES = {
    "init": ("bahi init", "BAHI_HOME=/srv/bahi bahi init"),
    "audit": ("bahi audit list", "bahi audit verify"),
    "purge": ("bahi purge --due",),
    "serve": ("bahi serve", "bahi serve --port 9000"),
    "doctor": ("bahi doctor", "bahi doctor --json"),
}
ABOUT = {
    "init": "Create the ledger of an installation; folders come with what they hold. Safe to repeat.",
    "audit": "List who did what, when and with which outcome, or verify that nothing of it was changed.",
    "purge": "Remove data whose life is over.",
    "serve": "Serve the API and the page on this machine, and print a sign-in link that works once.",
    "doctor": "Check this installation and say what to mend.",
}

AUDIT_ACTS = {
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
    """Make the parser of one command of care."""
    made = parser(name, ABOUT[name], EXAMPLES[name])
    if name == "audit":
        _add_audit_acts(made)
    if name == "purge":
        made.add_argument(
            "--due", action="store_true", required=True, help="everything whose data life is over"
        )
    if name == "serve":
        made.add_argument("--host", default="127.0.0.1", metavar="H", help="address (default 127.0.0.1)")
        made.add_argument(
            "--port", type=whole(0, 65_535), default=8000, metavar="N",
            help="port (default 8000; 0 lets the system choose)",
        )  # fmt: skip
    if name != "audit":
        add_json(made)
    made.set_defaults(command=name)
    return made


def _add_audit_acts(to: Parser) -> None:
    acts = to.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=Parser)
    for act, (about, examples) in AUDIT_ACTS.items():
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
    """Do the act of care."""
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "init": _init,
        "audit": _audit,
        "purge": _purge,
        "serve": _serve,
        "doctor": _doctor,
    }
    return acts[asked.command](asked)


def _init(asked: argparse.Namespace) -> int:
    from warehouse.assets import root
    from warehouse.home import home_from
    from warehouse.migrate import upgrade
    from warehouse.migrations import HEAD

    home = home_from(os.environ, root())
    upgrade(home.ledger_path)
    return told(asked, {"home": str(home.root), "ledger_version": HEAD}, f"ready: {home.root}")


def _audit(asked: argparse.Namespace) -> int:
    return _verify_audit(asked) if asked.act == "verify" else _list_audit(asked)


def _list_audit(asked: argparse.Namespace) -> int:
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


def _verify_audit(asked: argparse.Namespace) -> int:
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


def _purge(asked: argparse.Namespace) -> int:
    opened = unfinished_house()
    finished, _ = opened.erasure.try_pending()
    removed = (*finished, *opened.erasure.purge_due().removals)
    deliveries_n, objects_n = sum(one.deliveries_n for one in removed), sum(one.objects_n for one in removed)
    for _, error in opened.erasure.stuck():
        raise error
    text = f"removed {deliveries_n} deliveries, {objects_n} files"
    return told(asked, {"deliveries": deliveries_n, "objects": objects_n}, text)


def _serve(asked: argparse.Namespace) -> int:
    from api.serve import serve

    opened = house(face="service")
    opened.erasure.purge_due()
    opened.runs.note_interrupted()
    serve(opened, asked.host, asked.port, _announce_json if asked.json else announce)
    return 0


def _announce_json(url: str) -> None:
    say_json({"url": url})


def _doctor(asked: argparse.Namespace) -> int:
    from pipeline.doctor import examine

    findings = examine(os.environ)
    if asked.json:
        say_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            say(f"{'ok  ' if finding.is_ok else 'MEND'}  {finding.what}")
            if not finding.is_ok:
                say(f"      next: {finding.hint}")
    return 0 if all(finding.is_ok for finding in findings) else 2
