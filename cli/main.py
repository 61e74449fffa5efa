"""The entry point: a table of commands, each in a module of its family that is loaded only when it is called."""

from __future__ import annotations

import gc
import os
import sys

from cli.output import OutputFailed, answered, complain, finish, mute, problem, say, say_json
from kit.errors import BahiError, CallerError, TransientError

TYPE_CHECKING = False  # The help must not wait for the typing module, which defines the name otherwise.
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping, Sequence

# The module of the family each command lives in, and what the list says of it.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("house", "create the ledger of an installation"),
    "consent": ("consents", "grant, lint, revoke, certify, pause, resume, show or list consents"),
    "generate": ("steps", "let the synthetic provider deliver what is granted"),
    "clean": ("steps", "clean what was delivered; every line is kept, explained or held back"),
    "analyze": ("steps", "compute the summaries, every number with its evidence"),
    "run": ("steps", "generate, clean and analyze in one go"),
    "show": ("readings", "list the summaries of a customer, or print one"),
    "explain": ("readings", "open one number down to its raw lines"),
    "diff": ("repairs", "show raw beside clean, with the rule that changed each field"),
    "revert": ("repairs", "leave a repaired field as it came, or undo that"),
    "verify": ("readings", "check bytes, counts and every metric again"),
    "quality": ("quality", "hold the data of a customer to rules, and map the months that arrived"),
    "status": ("readings", "show consents, deliveries, steps and runs of a customer"),
    "audit": ("audit", "list the audit entries, verify and prove that none was changed"),
    "secrets": ("keyring", "show, rotate or publish the keys of this installation"),
    "backup": ("backups", "copy everything into one sealed file"),
    "restore": ("backups", "rebuild an installation from a backup"),
    "purge": ("house", "remove data whose life is over"),
    "db": ("database", "upgrade, downgrade or check the ledger"),
    "serve": ("house", "serve the API and the page"),
    "world": ("world", "hold the synthetic world to figures from outside"),
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
    try:
        return answered(_answered(words), finish)
    except BrokenPipeError:
        mute(sys.stdout)
        return 0
    except OutputFailed as error:
        mute(sys.stdout)
        complain(error)
        return error.exit_code


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


def _answered(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        _say_help()
        return 0
    if words[0] in COMMANDS:
        return _carry_out(words)
    return _tell(_unknown(words[0]), "--json" in words)


def _unknown(word: str) -> BahiError:
    from difflib import get_close_matches

    near = get_close_matches(word[:40], COMMANDS, n=1)
    next_step = f"Run: bahi {near[0]} --help" if near else "bahi --help lists the commands"
    return CallerError("COMMAND_UNKNOWN", "There is no such command.", hint=next_step)


def _carry_out(words: list[str]) -> int:
    from importlib import import_module

    wants_json = "--json" in words
    try:
        module = import_module(f"cli.{COMMANDS[words[0]][0]}")
        parser_of: Callable[[str], ArgumentParser] = module.parser_of
        carry_out: Callable[[Namespace], int] = module.carry_out
        asked = _asked(parser_of(words[0]), words[1:])
        return 0 if asked is None else _kept_elsewhere(carry_out, asked)
    except (OutputFailed, BrokenPipeError):
        raise
    except BahiError as error:
        return _tell(error, wants_json)
    except KeyboardInterrupt:
        return _tell(_interrupted(), wants_json)
    except Exception as bug:  # noqa: BLE001  The last resort of a face: logged, never shown.
        return _tell(_logged(bug), wants_json)


def _kept_elsewhere(carry_out: Callable[[Namespace], int], asked: Namespace) -> int:
    """Carry out and, however that ended, sign what changed where a second place for checkpoints is named."""
    try:
        return carry_out(asked)
    finally:
        if os.environ.get("BAHI_CHECKPOINTS_TO"):
            from cli.elsewhere import keep

            keep()


def _asked(parser: ArgumentParser, words: list[str]) -> Namespace | None:
    """Read the words, or None when they asked for help, which argparse gives and leaves."""
    try:
        " ".join(words).encode()
    except UnicodeEncodeError:
        raise CallerError("USAGE", "A word is not UTF-8 text.", hint=f"Run: {parser.prog} --help") from None
    try:
        return parser.parse_args(words)
    except SystemExit:
        return None


def _interrupted() -> BahiError:
    return TransientError(
        "INTERRUPTED", "Stopped by the keyboard.", hint="Run the same command again to finish."
    )


def _tell(error: BahiError, wants_json: bool) -> int:
    complain(error)
    if not wants_json:
        return error.exit_code
    return answered(error.exit_code, lambda: say_json({"error": problem(error)}))


def _logged(bug: Exception) -> BahiError:
    from cli.bugs import logged

    return logged(bug)


if __name__ == "__main__":
    script()
