"""The only place that prints: answers to standard output, progress and hints to standard error."""

from __future__ import annotations

import sys

from kit.errors import BahiError

TYPE_CHECKING = False  # The help must not wait for the typing module, which defines the name otherwise.
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kit.source import Json


def say(text: str) -> None:
    """Print a line of the answer."""
    sys.stdout.write(text + "\n")


def announce(text: str) -> None:
    """Print a line that someone waits for while the command goes on."""
    say(text)
    sys.stdout.flush()


def remark(text: str) -> None:
    """Print a line beside the answer."""
    sys.stderr.write(text + "\n")


def say_json(value: object) -> None:
    """Print the one JSON document of an answer."""
    import orjson

    sys.stdout.flush()
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def say_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell."""
    table = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def complain(error: BahiError) -> None:
    """Print what went wrong, where, and what to do next."""
    where = f" ({error.place})" if error.place else ""
    remark(f"bahi: {error.code}: {error.message}{where}")
    if error.hint:
        remark(f"  next: {step_of(error)}")


def step_of(error: BahiError) -> str:
    """Give the next step as a terminal shows it: a command stands alone."""
    return error.hint.removeprefix("Run: ")


def problem(error: BahiError) -> dict[str, Json]:
    """Turn an error into the JSON a script reads."""
    return {
        "code": error.code,
        "message": error.message,
        "place": error.place,
        "hint": error.hint,
        "exit_code": error.exit_code,
    }
