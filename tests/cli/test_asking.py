"""What a caller mistypes is answered as the caller's slip: the option and its bounds, never the value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main

CUSTOMER = ["--customer-id", "MSME001"]
BOUNDS = [
    (["audit", "list"], "--limit", "0", "10001"),
    (["explain", *CUSTOMER, "bank.credits_paise"], "--lines", "0", "9" * 19),
    (["generate", *CUSTOMER], "--months", "0", "121"),
    (["generate", *CUSTOMER], "--seed", "-1", str(2**63)),
    (["run", *CUSTOMER], "--bank-rows", "0", "5000001"),
    (["serve"], "--port", "-1", "65536"),
    (["clean", *CUSTOMER], "--purpose", "100", "106"),
]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAHI_HOME", str(tmp_path / "nowhere"))


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str], str]:
    code = main([*words, "--json"])
    printed = capsys.readouterr()
    problem = json.loads(printed.out)["error"]
    return code, problem, printed.out + printed.err


@pytest.mark.parametrize("beyond", ["lowest", "highest", "-5", "9" * 26, "9" * 5000, "٣", "1e3", "", "x"])
@pytest.mark.parametrize(("words", "option", "low", "high"), BOUNDS)
def test_a_number_out_of_bounds_is_refused_with_the_option_and_its_range(
    capsys: pytest.CaptureFixture[str], words: list[str], option: str, low: str, high: str, beyond: str
) -> None:
    text = {"lowest": low, "highest": high}.get(beyond, beyond)
    code, problem, _ = told([*words, option, text], capsys)
    assert code == 2 and problem["code"] == "USAGE"
    assert option in problem["message"] and "whole number from" in problem["message"]
    level = " ".join(word for word in words[:2] if word.isalpha())
    assert problem["hint"] == f"Run: bahi {level} --help"


@pytest.mark.parametrize(("words", "option"), [(words, option) for words, option, _, _ in BOUNDS[:5]])
def test_a_number_within_bounds_goes_on_to_the_installation(
    capsys: pytest.CaptureFixture[str], words: list[str], option: str
) -> None:
    assert told([*words, option, "7"], capsys)[1]["code"] == "LEDGER_MISSING"


VALUE = "99887766"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["clean", *CUSTOMER, VALUE], "unrecognized arguments"),
        (["clean", *CUSTOMER, f"--wat={VALUE}", VALUE, f"--{VALUE}"], "--wat"),
        (["clean", *CUSTOMER, "--purpose", VALUE], "--purpose"),
        (["clean", *CUSTOMER, f"--quiet={VALUE}"], "--quiet"),
        (["run", *CUSTOMER, "--noise", VALUE], "heavy"),
        (["consent", VALUE], "grant"),
        (["consent", "list", *CUSTOMER, "--customer", VALUE], "--customer"),
        (["audit", VALUE], "list"),
    ],
)
def test_a_slip_is_answered_without_the_value_that_was_typed(
    capsys: pytest.CaptureFixture[str], words: list[str], kept: str
) -> None:
    code, problem, everything = told(words, capsys)
    assert code == 2 and problem["code"] == "USAGE" and kept in problem["message"]
    assert VALUE not in everything
