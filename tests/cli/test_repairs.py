"""diff and revert as they are typed: columns that fit a terminal, nothing a terminal would obey, documents for scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.repairs import _folded
from tests.support import Install, installed

WHOSE = ("--customer-id", "MSME001", "--source", "bank")


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    made = installed(tmp_path_factory.mktemp("repairs") / "home")
    made.must("consent", "grant", *WHOSE[:2], "--sources", "bank")
    made.must("generate", *WHOSE[:2], "--noise", "heavy", "--months", "6")
    made.must("clean", *WHOSE[:2])
    return made


def listed(install: Install, *words: str) -> list[dict[str, object]]:
    document = install.must("diff", *WHOSE, *words, "--json").json()
    assert isinstance(document, dict) and document["source"] == "bank" and not document["is_stale"]
    lines = document["lines"]
    assert isinstance(lines, list)
    return lines


def test_the_first_lines_are_shown_within_eighty_columns_and_say_how_many_there_are(install: Install) -> None:
    every = listed(install, "--limit", "100000")
    shown = install.must("diff", *WHOSE, "--limit", "40")
    assert len(every) > 40 and max(map(len, shown.out.splitlines())) <= 80
    assert f"40 of {len(every):,} changed lines" in shown.out
    for one in every[:40]:
        raw = one["raw"]
        assert isinstance(raw, dict) and f"{raw['delivery']}:{raw['line']}  {one['fate']}" in shown.out
    assert listed(install, "--limit", "7") == every[:7]


def test_a_single_line_is_opened_with_every_field_and_its_record(install: Install) -> None:
    one = next(one for one in listed(install) if one["fate"] == "clean")
    raw = one["raw"]
    assert isinstance(raw, dict)
    place = f"{raw['delivery']}:{raw['line']}"
    (opened,) = listed(install, "--line", place)
    assert {name: opened[name] for name in one} == one
    record = opened["record"]
    assert isinstance(record, dict) and record["raw"] == raw and record["id"] == one["record_id"]
    shown = install.must("diff", *WHOSE, "--line", place).out
    assert max(map(len, shown.splitlines())) <= 80
    names = set(shown.split())
    assert {*json.loads(str(opened["text"])), *record} <= names


def test_a_note_is_told_once_and_taken_back(install: Install, tmp_path: Path) -> None:
    pairs = ((one, told) for one in listed(install, "--limit", "1000") for told in one["fields"])
    one, told = next(pair for pair in pairs if pair[1]["rule"] == "TEXT_BLANKS")
    spot = (*WHOSE, "--line", f"{one['raw']['delivery']}:{one['raw']['line']}", "--field", told["field"])
    noted = install.must("revert", *spot, "--json").json()
    again = install.must("revert", *spot, "--json").json()
    assert isinstance(noted, dict) and noted["act"] == "revert" and noted["status"] == "noted"
    assert again == {**noted, "status": "standing"}
    assert install.must("revert", *spot, "--undo").out.startswith("undo noted: ")


@pytest.mark.parametrize(
    "line", ["77", "fedcba9876543210", "FEDCBA9876543210:1", "fedcba9876543210:0", "../x:1"]
)
def test_a_line_that_is_none_is_refused_without_repeating_it(install: Install, line: str) -> None:
    for words in (("diff", *WHOSE, "--line", line), ("revert", *WHOSE, "--line", line, "--field", "amount")):
        done = install.bahi(*words, "--json")
        document = done.json()
        assert done.code == 2 and isinstance(document, dict)
        assert document["error"]["code"] == "LINE_INVALID" and line not in document["error"]["message"]


@pytest.mark.parametrize("cell", ["a\x1b[31mb", "x\u202ey", "n" * 500, "  " + "long words " * 30, "क" * 50])
def test_a_cell_is_folded_whole_and_obeyed_by_no_terminal(cell: str) -> None:
    folded = _folded(cell, 18)
    assert all(len(line) <= 18 and line.isprintable() for line in folded)
    letters = "".join(letter for letter in cell if letter.isprintable() and letter != " ")
    assert letters in re.sub(r" |\\u001b|\\u202e", "", "".join(folded))
