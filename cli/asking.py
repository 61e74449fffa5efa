"""What every command asks for in the same words: customer, purpose, JSON, days; and how a house is opened for it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from kit.errors import CallerError
from kit.ident import CustomerId, customer_id
from kit.period import parse_day
from pipeline.wiring import House, open_house

DEFAULT_PURPOSE = 103


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """A fixed width: asking the terminal loads five modules, for every option of every command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are errors like all others, with a code and a next step."""

    def error(self, message: str) -> NoReturn:
        """Name the place without repeating a value that may be personal."""
        raise CallerError("USAGE", _without_values(message), hint=f"Run: {self.prog} --help")


def _without_values(message: str) -> str:
    """Argparse quotes the caller's value after 'invalid … value:'; the option's name is enough."""
    return message.partition(": '")[0] if "value: '" in message or "choice: '" in message else message[:200]


def parser(name: str, about: str, examples: Sequence[str]) -> Parser:
    """Make the parser of one command, with examples at the end of its help."""
    lines = "\n".join(f"  {example}" for example in examples)
    return Parser(
        prog=f"bahi {name}",
        description=about,
        epilog=f"examples:\n{lines}",
        formatter_class=_Formatter,
        allow_abbrev=False,
    )


def add_customer(to: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Ask for a customer and a purpose."""
    to.add_argument("--customer-id", required=required, metavar="X", help="the customer, for example MSME001")
    add_purpose(to)


def add_purpose(to: argparse.ArgumentParser) -> None:
    """Ask for a purpose."""
    to.add_argument(
        "--purpose", type=int, default=DEFAULT_PURPOSE, metavar="CODE", choices=(101, 102, 103, 104, 105),
        help="purpose of the consent, 101 to 105 (default 103, underwriting)",
    )  # fmt: skip


def add_json(to: argparse.ArgumentParser) -> None:
    """Offer one JSON document on standard output."""
    to.add_argument("--json", action="store_true", help="print one JSON document on standard output")


def customer_of(asked: argparse.Namespace) -> CustomerId:
    """Read the customer asked for."""
    return customer_id(str(asked.customer_id))


def day_of(text: str | None) -> date | None:
    """Read a day asked for."""
    return None if text is None else parse_day(text)


def house(customer: CustomerId | None = None, face: str = "cli") -> House:
    """Open the installation for a command, finish what an earlier one left undone, and purge what is due."""
    opened = open_house(os.environ, os.environ.get("BAHI_ACTOR", face))
    opened.erasure.finish_pending()
    if customer is not None:
        opened.erasure.purge_due(customer)
    return opened
