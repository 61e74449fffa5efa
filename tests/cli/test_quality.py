"""bahi quality: a table that fits a terminal, JSON for scripts, and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.quality import COLUMNS, FORMULA, MARKS, SEVERITIES, csv_text, percent, safe_cell
from tests.support import Install, installed

CUSTOMER = ("--customer-id", "MSME001")


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    made = installed(tmp_path_factory.mktemp("quality") / "home")
    made.must("consent", "grant", *CUSTOMER)
    made.must("run", *CUSTOMER, "--noise", "heavy")
    return made


def told(install: Install, *words: str) -> dict[str, Any]:
    document = install.must("quality", *CUSTOMER, "--json", *words).json()
    assert isinstance(document, dict)
    return document


def test_the_table_fits_a_terminal_and_shows_every_rule_that_looked_at_something(install: Install) -> None:
    shown = install.must("quality", *CUSTOMER).out
    assert max(map(len, shown.splitlines())) <= 80
    document = told(install)
    for rule in document["rules"]:
        line = [line for line in shown.splitlines() if line.startswith(f"{rule['id']} ")]
        assert len(line) == (rule["holds"] is not None), rule["id"]
        assert not line or rule["severity"] in line[0]
    broken = sum(rule["holds"] is False for rule in document["rules"])
    assert f"{len(document['rules'])} rules, {broken} below their limit" in shown
    for row in document["coverage"]:
        marks = "".join(MARKS[month["state"]] for month in row["months"])
        assert row["is_empty"] or f"\n  {marks}\n" in shown


def test_rules_that_matter_less_are_left_out_on_request(install: Install) -> None:
    every = told(install)["rules"]
    for least in SEVERITIES:
        wanted = SEVERITIES[SEVERITIES.index(least) :]
        chosen = told(install, "--min-severity", least)["rules"]
        assert chosen == [rule for rule in every if rule["severity"] in wanted]
    assert {rule["severity"] for rule in every} == set(SEVERITIES)


def test_a_rule_below_its_limit_gives_three_with_strict_only_and_only_where_it_is_shown(
    install: Install,
) -> None:
    assert any(rule["holds"] is False for rule in told(install)["rules"])
    assert install.bahi("quality", *CUSTOMER, "--strict").code == 3
    calm = install.bahi("quality", *CUSTOMER, "--strict", "--min-severity", "CRITICAL")
    assert calm.code == 0, calm.out


def test_csv_holds_the_rules_of_the_json_in_a_file_or_on_the_screen(install: Install, tmp_path: Path) -> None:
    file = tmp_path / "quality.csv"
    install.must("quality", *CUSTOMER, "--csv", str(file))
    printed = install.must("quality", *CUSTOMER, "--csv", "-").out
    assert file.read_text() == printed
    rows = list(csv.DictReader(io.StringIO(printed)))
    rules = told(install)["rules"]
    assert tuple(rows[0]) == COLUMNS and [row["id"] for row in rows] == [rule["id"] for rule in rules]
    for row, rule in zip(rows, rules, strict=True):
        assert row["threshold_ppm"] == str(rule["threshold_ppm"])
        assert row["raw_failed"] == ("" if rule["raw"] is None else str(rule["raw"]["failed"]))
        assert row["clean_failed"] == ("" if rule["clean"] is None else str(rule["clean"]["failed"]))


def test_two_forms_at_once_and_a_place_that_cannot_be_written_are_refused(
    install: Install, tmp_path: Path
) -> None:
    both = install.bahi("quality", *CUSTOMER, "--csv", "-", "--json")
    assert both.code == 2 and both.json()["error"]["code"] == "USAGE"
    nowhere = install.bahi("quality", *CUSTOMER, "--csv", str(tmp_path / "no" / "such.csv"))
    assert nowhere.code == 2 and "FILE_UNWRITABLE" in nowhere.err and "next:" in nowhere.err


def test_before_anything_was_analyzed_the_hint_leads_to_an_answer(tmp_path: Path) -> None:
    made = installed(tmp_path / "home")
    made.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    refused = made.bahi("quality", *CUSTOMER, "--json")
    problem = refused.json()["error"]
    assert refused.code == 2 and problem["code"] == "NOTHING_ANALYZED"
    made.must(*problem["hint"].removeprefix("Run: bahi ").split())
    assert "bank.balance_chain" in made.must("quality", *CUSTOMER).out


@given(st.lists(st.lists(st.text(alphabet=st.characters(codec="utf-8")), min_size=1, max_size=4), max_size=4))
def test_no_cell_begins_as_a_formula_and_none_is_lost(rows: list[list[str]]) -> None:
    for row in rows:
        for cell in row:
            safe = safe_cell(cell)
            assert not safe.startswith(FORMULA)
            assert safe.removeprefix("'") == cell.removeprefix("'")
    text = csv_text(rows)
    if "\0" not in text:
        assert list(csv.reader(io.StringIO(text, newline=""))) == [
            [safe_cell(cell) for cell in row] for row in rows
        ]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_what_begins_like_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("ppm", "text"),
    [(1_000_000, "100"), (999_000, "99.9"), (123_456, "12.3456"), (1, "0.0001"), (0, "0"), (None, "-")],
)
def test_a_share_is_written_in_percent_without_losing_a_digit(ppm: int | None, text: str) -> None:
    assert percent(ppm) == text


def test_the_json_is_what_is_kept_and_says_whether_it_is_out_of_date(install: Install) -> None:
    document = told(install)
    stored = install.home / "analytics/results/MSME001/103/current/quality.json"
    assert document == {**json.loads(stored.read_bytes()), "is_stale": False}
