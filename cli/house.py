"""init, purge, serve and doctor: the care of an installation."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable

from cli.asking import Parser, add_json, house, parser, told, unfinished_house, whole
from cli.output import announce, say, say_json

EXAMPLES = {
    "init": ("bahi init", "BAHI_HOME=/srv/bahi bahi init"),
    "purge": ("bahi purge --due",),
    "serve": ("bahi serve", "bahi serve --port 9000"),
    "doctor": ("bahi doctor", "bahi doctor --json"),
}
ABOUT = {
    "init": "Create the ledger of an installation; folders come with what they hold. Safe to repeat.",
    "purge": "Remove data whose life is over.",
    "serve": "Serve the API and the page on this machine, and print a sign-in link that works once.",
    "doctor": "Check this installation and say what to mend.",
}


def parser_of(name: str) -> Parser:
    """Make the parser of one command of care."""
    made = parser(name, ABOUT[name], EXAMPLES[name])
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
    add_json(made)
    made.set_defaults(command=name)
    return made


def carry_out(asked: argparse.Namespace) -> int:
    """Do the act of care."""
    acts: dict[str, Callable[[argparse.Namespace], int]] = {
        "init": _init,
        "purge": _purge,
        "serve": _serve,
        "doctor": _doctor,
    }
    return acts[asked.command](asked)


def _init(asked: argparse.Namespace) -> int:
    """Secrets are made with the ledger: what is written down of them must outlive them."""
    from warehouse.migrate import upgrade
    from warehouse.migrations import HEAD
    from warehouse.staging import require_none_left

    opened = unfinished_house()
    require_none_left(opened.home, opened.ledger.where)
    opened.keys.check()
    opened.lake.settle_secrets()
    upgrade(opened.ledger.where)
    with opened.ledger.transaction() as tx:
        opened.keys.register(tx)
    return told(asked, {"home": str(opened.home.root), "ledger_version": HEAD}, f"ready: {opened.home.root}")


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
                say(f"      next: {finding.hint.removeprefix('Run: ')}")
    return 0 if all(finding.is_ok for finding in findings) else 2
