"""Every level of the command line, found by walking its parsers, explains itself with examples that hold."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator
from importlib import import_module

import pytest

from cli.main import COMMANDS

Words = tuple[str, ...]


def parsers() -> Iterator[tuple[Words, argparse.ArgumentParser]]:
    """Walk the parsers of all commands down to their last acts."""
    for name, (family, _) in COMMANDS.items():
        yield from below((name,), import_module(f"cli.{family}").parser_of(name))


def below(words: Words, parser: argparse.ArgumentParser) -> Iterator[tuple[Words, argparse.ArgumentParser]]:
    yield words, parser
    for name, act in acts(parser).items():
        yield from below((*words, name), act)


def acts(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return {name: act for action in found for name, act in action.choices.items()}


LEVELS = dict(parsers())


def examples(parser: argparse.ArgumentParser) -> list[list[str]]:
    _, _, listed = parser.format_help().partition("\nexamples:\n")
    lines = [shlex.split(line) for line in listed.splitlines() if line.strip()]
    return [words[words.index("bahi") + 1 :] for words in lines]


ACTS = {
    "consent": {"grant", "lint", "revoke", "certificate", "pause", "resume", "show", "list"},
    "audit": {"list", "verify", "checkpoint", "prove", "verify-proof"},
    "secrets": {"show", "rotate", "public", "confirm"},
    "db": {"upgrade", "downgrade", "check"},
    "world": {"check"},
}


@pytest.mark.parametrize("command", ACTS)
def test_the_walk_reaches_the_acts_of_a_command(command: str) -> None:
    assert {words[1] for words in LEVELS if words[0] == command and len(words) > 1} == ACTS[command]


@pytest.mark.parametrize("words", LEVELS, ids=" ".join)
def test_every_level_has_examples_of_itself_that_can_be_typed_as_they_stand(words: Words) -> None:
    shown = examples(LEVELS[words])
    assert shown
    for example in shown:
        assert tuple(example[: len(words)]) == words
        LEVELS[words[:1]].parse_args(example[1:])


@pytest.mark.parametrize("words", [words for words in LEVELS if not acts(LEVELS[words])], ids=" ".join)
def test_every_command_and_act_takes_json(words: Words) -> None:
    assert "--json" in LEVELS[words].format_help()
