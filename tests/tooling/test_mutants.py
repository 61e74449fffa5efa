"""The tool that changes code: it finds every kind of place, names it, and what survives is explained, no more and no less."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tooling import mutants
from tests.tooling.changes import changed, changes

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_N, SAMPLE_SEED = 2, 20261120
SOURCE = '''
"""Prose stays."""
from elsewhere import thing

LIMITS = {"a": 1, "b": 2}

def judged(n: int, *, strict: bool = True) -> bool:
    """Prose stays."""
    if n < 3 and not strict:
        raise ValueError("prose stays")
    with suppress(OSError):
        act(n, key=n + 1)
    try:
        found = [m for m in sorted(rows("id = :id AND state = 'x'")) if m.ok]
    except KeyError:
        found = []
    return any(found)
'''
EXPECTED = {
    "`judged`: `n < 3 and (not strict)` → `n <= 3 and (not strict)`",
    "`judged`: `n < 3 and (not strict)` → `n >= 3 and (not strict)`",
    "`judged`: `n < 3 and (not strict)` → `n < 4 and (not strict)`",
    "`judged`: `n < 3 and (not strict)` → `n < 3 or not strict`",
    "`judged`: `n < 3 and (not strict)` → `n < 3`",
    "`judged`: `n < 3 and (not strict)` → `not strict`",
    "`judged`: `n < 3 and (not strict)` → `n < 3 and strict`",
    "`judged`: `n: int, *, strict: bool=True` → `n: int, *, strict: bool=False`",
    "`judged`: `raise ValueError('prose stays')` → `pass`",
    "`judged`: `with suppress(OSError): act(n, key=n + 1)` → `if True: act(n, key=n + 1)`",
    "`judged`: `act(n, key=n + 1)` → `pass`",
    "`judged`: `act(n, key=n + 1)` → `act(n)`",
    "`judged`: `act(n, key=n + 1)` → `act(n, key=n - 1)`",
    "`judged`: `act(n, key=n + 1)` → `act(n, key=n + 2)`",
    "`judged`: `except KeyError: found = []` → `except KeyError: raise`",
    "`judged`: `found = []` → `found = None`",
    "`judged`: `return any(found)` → `return None`",
    "`judged`: `return any(found)` → `return all(found)`",
    "`module`: `LIMITS = {'a': 1, 'b': 2}` → `LIMITS = {'b': 2}`",
    "`module`: `LIMITS = {'a': 1, 'b': 2}` → `LIMITS = {'a': 2, 'b': 2}`",
    "`module`: `LIMITS = {'a': 1, 'b': 2}` → `LIMITS = {'a_': 1, 'b': 2}`",
}


def test_every_kind_of_place_is_changed_and_prose_is_not() -> None:
    names = [change.name for change in changes(SOURCE)]
    assert set(names) >= EXPECTED
    assert len(set(names)) == len(names)
    assert not [name for name in names if "elsewhere" in name or "prose stays_" in name]
    for bend in ("if not m.ok]", "if True]", "for m in rows(", "rows('id = :id')"):
        assert [name for name in names if bend in name.rpartition(" → ")[2].replace('"', "'")], bend


def test_each_change_is_one_and_reads_as_python() -> None:
    for change in changes(SOURCE):
        tree = changed(SOURCE, change.n)
        compile(tree, "changed.py", "exec")
        assert ast.unparse(tree) != ast.unparse(ast.parse(SOURCE)), change.name


def test_the_three_modules_offer_hundreds_of_changes(record_property: Callable[[str, object], None]) -> None:
    counts = {module: len(mutants.mutants(module)) for module in mutants.SUITES}
    assert min(counts.values()) > 100
    record_property("changes", counts)


def test_each_reason_of_the_list_belongs_to_a_change_that_there_is() -> None:
    text = mutants.RECORD.read_text(encoding="utf-8")
    reasons = mutants.explained(text)
    assert len(reasons) == len(re.findall("^- ", text, re.MULTILINE)), "a line of the list cannot be read"
    there_are = {mutant.name for module in mutants.SUITES for mutant in mutants.mutants(module)}
    assert sorted(set(reasons) - there_are) == []


def tried(*words: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, str(ROOT / "tests" / "tooling" / "mutants.py"), *words]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_sample_is_noticed_or_explained(record_property: Callable[[str, object], None]) -> None:
    answer = tried("--sample", str(SAMPLE_N), "--seed", str(SAMPLE_SEED))
    assert answer.returncode == 0, answer.stdout + answer.stderr
    record_property("sample", answer.stdout.splitlines())


@pytest.mark.full
@pytest.mark.parametrize("module", mutants.SUITES)
def test_every_change_is_noticed_or_explained(
    module: str, record_property: Callable[[str, object], None]
) -> None:
    answer = tried(module)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    record_property("all", answer.stdout.splitlines())
