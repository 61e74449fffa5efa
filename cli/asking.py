"""What every command asks for in the same words: customer, purpose, JSON, days; and how a house is opened for it."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NoReturn, TypedDict

from cli.output import say, say_json
from consent.audit import actor_name
from kit.errors import CallerError
from kit.ident import CustomerId, customer_id
from kit.period import parse_day
from pipeline.wiring import House, open_house

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

DEFAULT_PURPOSE = 103


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """A fixed width: asking the terminal loads five modules, for every option of every command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are errors like all others, with a code and a next step."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print through the one place that prints; argparse would answer a full disk with a traceback."""
        say(self.format_help().rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        """Name the place without repeating a value that may be personal."""
        raise CallerError("USAGE", _without_values(message), hint=f"Run: {self.prog} --help")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> object:
        """Refuse two dashes as a value, of which argparse would make an empty list."""
        if action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)


def _without_values(message: str) -> str:
    """Argparse quotes what the caller wrote in three of its complaints; there the options' names are enough."""
    _, found, given = message.partition("unrecognized arguments: ")
    if found:
        words = [word.partition("=")[0] for word in given.split()]
        return f"{found}{' '.join(word for word in words if re.fullmatch('--[a-z][a-z-]*', word))}".strip(
            ": "
        )
    for complaint in ("invalid choice", "ignored explicit argument"):
        place, found, given = message.partition(complaint)
        if found:
            _, open_list, choices = given.rpartition(" (choose from ")
            return f"{place}{complaint}{open_list}{choices if open_list else ''}"
    return message[:200]


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Make the type of an option that takes a whole number between two bounds, both included."""

    def read(text: str) -> int:
        is_number = re.fullmatch("-?[0-9]{1,19}", text)
        if is_number and lowest <= int(text) <= highest:
            return int(text)
        raise argparse.ArgumentTypeError(f"must be a whole number from {lowest:,} to {highest:,}")

    return read


class Description(TypedDict):
    """What the parser of a command and that of one of its acts have in common."""

    description: str
    epilog: str
    formatter_class: type[_Formatter]
    allow_abbrev: bool


def described(about: str, examples: Sequence[str]) -> Description:
    """Describe a command or an act, with examples at the end of its help."""
    lines = "\n".join(f"  {example}" for example in examples)
    return Description(
        description=about, epilog=f"examples:\n{lines}", formatter_class=_Formatter, allow_abbrev=False
    )


def parser(name: str, about: str, examples: Sequence[str]) -> Parser:
    """Make the parser of one command."""
    return Parser(prog=f"bahi {name}", **described(about, examples))


def add_customer(to: argparse.ArgumentParser, *, required: bool = True, any_purpose: bool = False) -> None:
    """Ask for a customer and a purpose."""
    to.add_argument("--customer-id", required=required, metavar="X", help="the customer, for example MSME001")
    add_purpose(to, None if any_purpose else DEFAULT_PURPOSE)


def add_purpose(to: argparse.ArgumentParser, default: int | None = DEFAULT_PURPOSE) -> None:
    """Ask for a purpose; where none is the default, all are meant."""
    unless = "all" if default is None else "103, underwriting"
    to.add_argument(
        "--purpose", type=whole(101, 105), default=default, metavar="CODE",
        help=f"purpose of the consent, 101 to 105 (default {unless})",
    )  # fmt: skip


def add_json(to: argparse.ArgumentParser) -> None:
    """Offer one JSON document on standard output."""
    to.add_argument("--json", action="store_true", help="print one JSON document on standard output")


def told(asked: argparse.Namespace, document: Mapping[str, object], text: str) -> int:
    """Answer with one document or with a text, and give the exit code of what is done."""
    if asked.json:
        say_json(document)
    else:
        say(text)
    return 0


def customer_of(asked: argparse.Namespace) -> CustomerId:
    """Read the customer asked for."""
    return customer_id(str(asked.customer_id))


def day_of(text: str | None) -> date | None:
    """Read a day asked for."""
    return None if text is None else parse_day(text)


def unfinished_house(face: str = "cli") -> House:
    """Open the installation as it was left."""
    opened = open_house(os.environ, actor_name(os.environ.get("BAHI_ACTOR") or face))
    opened.home.require_whole()
    return opened


def house(customer: CustomerId | None = None, face: str = "cli") -> House:
    """Open the installation for a command, finish what an earlier one left undone, and purge what is due."""
    opened = unfinished_house(face)
    opened.erasure.finish_pending()
    if customer is not None:
        opened.erasure.purge_due(customer)
    return opened
