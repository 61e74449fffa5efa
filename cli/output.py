"""The only place that prints: answers to standard output, progress and hints to standard error."""

from __future__ import annotations

import os
import sys

from kit.errors import BahiError, TransientError

TYPE_CHECKING = False  # The help must not wait for the typing module, which defines the name otherwise.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TextIO

    from kit.source import Json


class OutputFailed(TransientError):
    """What was asked for is done, and could not be told."""


def say(text: str) -> None:
    """Print a line of the answer."""
    _told(lambda: sys.stdout.write(text + "\n"))


def announce(text: str) -> None:
    """Print a line that someone waits for while the command goes on."""
    say(text)
    finish()


def remark(text: str) -> None:
    """Print a line beside the answer; nobody reading it is no reason to fail."""
    try:
        sys.stderr.write(text + "\n")
    except (OSError, AttributeError):
        mute(sys.stderr)


def say_json(value: object) -> None:
    """Print the one JSON document of an answer."""
    import orjson

    document = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    finish()
    _told(lambda: sys.stdout.buffer.write(document))
    _told(lambda: sys.stdout.buffer.flush())


def answered(code: int, tell: Callable[[], None]) -> int:
    """Tell how something ended and give its exit code, which no reader changes by going away."""
    try:
        tell()
        finish()
    except BrokenPipeError:
        mute(sys.stdout)
    return code


def finish() -> None:
    """Bring out what is still held back, while there is somebody to answer for it."""
    _told(lambda: sys.stdout.flush())


def is_watched() -> bool:
    """Tell whether standard error is a terminal."""
    return bool(sys.stderr) and sys.stderr.isatty()


def mute(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere, or the interpreter would fail on it when it leaves."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, AttributeError):
        return


def _told(act: Callable[[], object]) -> None:
    """A reader that has gone has seen enough; a stream that was closed before the start is None."""
    try:
        act()
    except BrokenPipeError:
        raise
    except (OSError, AttributeError) as error:
        raise OutputFailed(
            "OUTPUT_FAILED",
            "The answer could not be written to standard output.",
            hint="Make room where it goes, then run the same command again.",
        ) from error


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
