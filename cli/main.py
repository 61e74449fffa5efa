"""The entry point: a table of commands, each in a module of its family that is loaded only when it is called."""

from __future__ import annotations

import gc
import os
import sys

from cli.output import complain, problem, remark, say, say_json
from kit.errors import BahiError

TYPE_CHECKING = False  # The help must not wait for the typing module, which defines the name otherwise.
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping, Sequence

# The module of the family each command lives in, and what the list says of it.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("house", "create the ledger and the folders of an installation"),
    "consent": ("consents", "grant, revoke, pause, resume, show or list consents"),
    "generate": ("steps", "let the synthetic provider deliver what is granted"),
    "clean": ("steps", "clean what was delivered; every line is kept, explained or held back"),
    "analyze": ("steps", "compute the summaries, every number with its evidence"),
    "run": ("steps", "generate, clean and analyze in one go"),
    "show": ("readings", "list the summaries of a customer, or print one"),
    "explain": ("readings", "open one number down to its raw lines"),
    "verify": ("readings", "check bytes, counts and every metric again"),
    "status": ("readings", "show consents, deliveries, steps and runs of a customer"),
    "audit": ("house", "list the audit entries"),
    "purge": ("house", "remove data whose life is over"),
    "db": ("house", "upgrade the ledger"),
    "serve": ("house", "serve the API and the page"),
    "doctor": ("house", "check this installation and say what to mend"),
}

HEAD = """usage: bahi COMMAND [options]

Bahi takes what a business consents to share, cleans it without losing a line, and computes
numbers that open down to the raw record.

commands:"""

TAIL = """
bahi COMMAND --help explains one command with examples.

first steps:
  bahi init
  bahi consent grant --customer-id MSME001 --sources bank
  bahi run --customer-id MSME001
  bahi show --customer-id MSME001

exit codes: 0 done, 1 a bug, 2 you can fix it, 3 done but something was held back (with --strict), 75 try again"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; no traceback ever reaches the caller."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help", "help"):
        _say_help()
        return 0
    if words[0] not in COMMANDS:
        return _unknown(words[0])
    return _carry_out(words)


def script() -> None:
    """Leave with the exit code, for the console script; only the service lives long enough to collect garbage."""
    if sys.argv[1:2] != ["serve"]:
        gc.disable()
    sys.exit(main())


def _say_help() -> None:
    say(HEAD)
    for name, (_, about) in COMMANDS.items():
        say(f"  {name:<10}{about}")
    say(TAIL)


def _unknown(word: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, n=1)
    remark(f"bahi: COMMAND_UNKNOWN: there is no command {word[:40]!r}")
    remark(f"  next: bahi {near[0]} --help" if near else "  next: bahi --help lists the commands")
    return 2


def _carry_out(words: list[str]) -> int:
    from importlib import import_module

    module = import_module(f"cli.{COMMANDS[words[0]][0]}")
    parser_of: Callable[[str], ArgumentParser] = module.parser_of
    carry_out: Callable[[Namespace], int] = module.carry_out
    wants_json = "--json" in words
    try:
        asked = parser_of(words[0]).parse_args(words[1:])
        return carry_out(asked)
    except BahiError as error:
        _tell(error, wants_json)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        remark("bahi: INTERRUPTED: stopped by the keyboard; run the same command again to finish")
        return 75
    except Exception as bug:  # noqa: BLE001  The last resort of a face: logged, never shown.
        _tell(_logged(bug), wants_json)
        return 1


def _tell(error: BahiError, wants_json: bool) -> None:
    complain(error)
    if wants_json:
        say_json({"error": problem(error)})


def _logged(bug: Exception) -> BahiError:
    from cli.bugs import logged

    return logged(bug)


if __name__ == "__main__":
    script()
