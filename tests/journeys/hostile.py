"""Every place the two faces take text, found by looking at them, and the paths an attacker would write there."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from cli.main import COMMANDS

CUSTOMER = "MSME001"
LINKED = tuple(f"LINKED{n}" for n in range(1, 5))
# What a command needs besides the place under attack; any other option that must be given gets the first letter.
FILES = {"FILE", "FOLDER", "DIR", "PATH"}
USUAL = {"customer_id": CUSTOMER, "metric": "bank.credits_paise", "summary": "bank"}
SEPARATORS = (
    "/",
    "\\",
    "%2f",
    "%5c",
    "%252f",
    "\uff0f",
    "\u2215",
    "\u2044",
    "%c0%af",
    "/./",
    "//",
    "..;/",
    "%00/",
)
TARGETS = ("outside/secret.txt", "etc/passwd", "home/bahi.db", "MSME001/manifest.json")
INVISIBLE = (
    "\0", "\n", "\r", "\r\n", "\t", "\v", "\f", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029", "\ufeff",
    "\u200b", "\u200d", "\u202e", "\u0301", "\u00a0", "\u3000",
)  # fmt: skip
LOOKALIKES = (
    "MSME\u0660\u0660\u0661", "MSME\u0966\u0966\u0967", "MSME\uff10\uff10\uff11", "MSME\U0001d7ce\U0001d7ce\U0001d7cf",
    "\u041cSME001", "MSM\u0395001", "\uff2d\uff33\uff2d\uff25001", "M\u017fME001", "MSME00\u00b9", "msme001", "Msme001",
    "ｍsme001", "M\u0302SME001",
)  # fmt: skip
NAMES = (
    ".", "..", "...", "....//", ".hidden", ".git", ".locks", ".secrets", ".truth", ".env", "-", "--", "---", "-rf",
    "--help", "--json", "@args", "*", "?", "[A-Z]*", "{a,b}", "MSME*", "manifest.json", "current", "bahi.db",
    "bahi.db-wal", "raw", "clean", "analytics/results", "logs/bahi.ndjson", "MSME001/", "/MSME001", "MSME001.",
    "MSME001 ", " MSME001", "MSME001::$DATA", "MSME001:stream", "MSME001~1", "MSME001.json", "MSME001/../MSME002",
    "MSME001/103/current", "CON", "NUL", "AUX", "PRN", "COM1", "LPT1", "CON.txt", "nul.", "CLOCK$", "\\\\.\\CON",
    "\\\\?\\C:\\", "C:\\Windows", "C:outside", "C:/outside", "\\\\host\\share\\x", "//host/share/x",
    "file:///etc/passwd", "http://127.0.0.1/x", "jar:file:x!/y", "data:text/plain,x", "sqlite:///x.db",
    "/dev/null", "/dev/full", "/proc/self/environ", "/proc/self/cwd/x", "/proc/1/root/etc", "/etc/passwd",
    "/etc/passwd\0.txt", "/", "//", "/tmp", "/etc/ssh/ssh_host_ed25519_key", "/var/log/bahi.ndjson",
    "~", "~/", "~root", "~nobody/x", "~/.ssh/known_hosts", "$HOME", "${HOME}/x", "%HOME%", "$(id)", "`id`", ";id",
    "|id", "&&id", ">out", "<in", "'", '"', "'; DROP TABLE consent; --", "%s%n", "{0.__class__}", "{{7*7}}",
    "\udcff", "\udc80/..", "a\udce9", "", " ", "0", "00", "\u0000\u0000",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a text goes: a whole call but for that text."""

    name: str
    before: tuple[str, ...]
    option: str
    is_file: bool

    def words(self, payload: str) -> list[str]:
        """Make the call; an option and its value in one word, so that a leading dash stays a value."""
        return [*self.before, f"{self.option}={payload}" if self.option else payload]


def payloads(sandbox: Path) -> list[str]:
    """Make the paths, those that lead somewhere leading into the sandbox too; none twice."""
    made = [f"{separator.join(['..'] * depth)}{separator}{target}" for separator in SEPARATORS for depth in (1, 2, 4, 8) for target in TARGETS]  # fmt: skip
    made += [f"{CUSTOMER}{separator}..{separator}{target}" for separator in SEPARATORS for target in TARGETS]
    made += [
        text for mark in INVISIBLE for text in (f"{CUSTOMER}{mark}", f"{mark}{CUSTOMER}", f"MS{mark}ME", mark)
    ]
    made += [*LOOKALIKES, *NAMES, *LINKED]
    made += [f"%2e%2e{separator}" * 3 + "outside" for separator in SEPARATORS]
    made += [str(sandbox / target) for target in TARGETS] + [f"file://{sandbox}/outside/secret.txt"]
    made += ["M" * n for n in (41, 128, 129, 255, 256, 4096, 70_000)] + ["../" * 1500 + "x", "A/" * 3000]
    return list(dict.fromkeys(made))


def cli_places() -> list[Place]:
    """Find every option and argument of every command that takes text; what takes back comes last."""
    found = [place for name, (module, _) in COMMANDS.items() for place in _of_command(name, module)]
    return sorted(found, key=lambda place: any(act in place.before for act in ("revoke", "pause", "restore")))


def _of_command(name: str, module: str) -> Iterator[Place]:
    parser = cast("argparse.ArgumentParser", import_module(f"cli.{module}").parser_of(name))
    for words, leaf in _leaves((name,), parser):
        texts = [action for action in leaf._actions if action.nargs != 0]
        for action in texts:
            yield _place(words, action, [one for one in leaf._actions if one is not action])


def _leaves(
    words: tuple[str, ...], parser: argparse.ArgumentParser
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield words, parser
    for action in below:
        for act, leaf in action.choices.items():
            yield from _leaves((*words, act), leaf)


def _place(words: tuple[str, ...], action: argparse.Action, others: list[argparse.Action]) -> Place:
    needed = [word for other in others for word in _needed(other, action)]
    option = action.option_strings[-1] if action.option_strings else ""
    is_file = str(action.metavar).upper() in FILES or "file" in action.dest
    return Place(f"{' '.join(words)} {option or action.dest}", (*words, *needed), option, is_file)


def _needed(other: argparse.Action, attacked: argparse.Action) -> list[str]:
    if attacked.dest in ("customers", "customer_id") and other.dest in ("customers", "customer_id"):
        return []
    is_asked = other.required or (other.dest == "customer_id" and attacked.dest != "customers")
    if not is_asked:
        return []
    if other.nargs == 0:
        return [other.option_strings[-1]]
    value = USUAL.get(other.dest) or (str(next(iter(other.choices))) if other.choices else "x")
    return [f"{other.option_strings[-1]}={value}"] if other.option_strings else [value]
