"""consent lint says what fair use would refuse, before anybody is asked, and grants nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from kit.ident import CustomerId
from pipeline.wiring import House, open_house
from warehouse.migrate import upgrade

LINT = ["consent", "lint", "--customer-id", "MSME001", "--sources", "bank"]
GRANT = ["consent", "grant", "--customer-id", "MSME001", "--sources", "bank"]
FITTING = {
    "as grant would ask": [],
    "a template": ["--template", "CT006", "--expiry", "45DAY", "--from", "2025-10-01", "--to", "2026-09-30"],
    "monitoring": ["--purpose", "104", "--frequency", "5/MONTH", "--data-life", "31DAY"],
    "several types": ["--purpose", "101", "--fi-types", "deposit,mutual_funds", "--from", "2010-04-01"],
    "summary alone": [
        *("--purpose", "104", "--template", "CT035", "--consent-types", "SUMMARY"),
        *("--from", "2026-10-31", "--expiry", "8YEAR", "--frequency", "1/DAY"),
    ],
    "another channel": ["--channel", "DIRECT_UPLOAD", "--from", "2010-04-01", "--data-life", "INF"],
}
BEYOND = {
    "DataLife": ["--data-life", "32DAY"],
    "Frequency": ["--frequency", "2/MONTH"],
    "consentExpiry": ["--expiry", "32DAY"],
    "fetchType": ["--fetch-type", "PERIODIC"],
    "fiTypes": ["--fi-types", "DEPOSIT,BONDS"],
    "FIDataRange": ["--from", "2024-01-01"],
}
UNREADABLE = {
    "--data-life": "31 WEEKS",
    "--frequency": "often",
    "--expiry": "INF",
    "--fi-types": "GOLD",
    "--consent-types": ",",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("lint") / "home"
    upgrade(open_house({"BAHI_HOME": str(made)}, "test").home.ledger_path)
    return made


@pytest.fixture
def house(home: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    environ = {"BAHI_HOME": str(home), "BAHI_CLOCK": "2026-11-01T10:00:00+05:30"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return open_house(environ, "test")


@pytest.mark.parametrize("what", FITTING)
def test_what_fits_is_said_to_fit_and_nothing_is_granted(
    house: House, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    assert main([*LINT, *FITTING[what]]) == 0
    assert ": fits (" in capsys.readouterr().out
    assert main([*LINT, *FITTING[what], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["fits"] is True and [one["violations"] for one in told["requests"]] == [[]]
    assert house.consents.listing(CustomerId("MSME001")) == ()


@pytest.mark.parametrize("field", BEYOND)
def test_what_goes_beyond_is_told_by_rule_field_and_amounts(
    house: House, capsys: pytest.CaptureFixture[str], field: str
) -> None:
    assert main([*LINT, *BEYOND[field], "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    (violation,) = told["requests"][0]["violations"]
    assert told["fits"] is False and (told["error"]["code"], told["error"]["place"]) == ("FAIR_USE", field)
    assert set(violation) == {"rule", "field", "got", "max"}
    assert (violation["rule"], violation["field"]) == ("103-default", field)
    assert main([*LINT, *BEYOND[field]]) == 2
    printed = capsys.readouterr()
    assert f"103-default  {field}" in printed.out and "FAIR_USE" in printed.err
    assert house.consents.listing(CustomerId("MSME001")) == ()


def test_lint_and_grant_refuse_with_the_same_words(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    problems = []
    for act in (LINT, GRANT):
        assert main([*act, "--from", "2020-01-01", "--json"]) == 2
        problems.append(json.loads(capsys.readouterr().out)["error"])
    assert problems[0] == problems[1]


@pytest.mark.parametrize("option", UNREADABLE)
def test_a_value_that_cannot_be_read_is_the_callers_slip_and_not_repeated(
    house: House, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert main([*LINT, option, UNREADABLE[option], "--json"]) == 2
    problem = json.loads(capsys.readouterr().out)["error"]
    assert (problem["code"], problem["place"]) == ("USAGE", option)
    assert UNREADABLE[option] not in problem["message"] and problem["hint"]


def test_without_sources_lint_speaks_of_every_consent_that_grant_would_ask_for(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    whose = ["--customer-id", "MSME002", "--json"]
    assert main(["consent", "lint", *whose]) == 0
    told = {(one["party"], one["channel"]) for one in json.loads(capsys.readouterr().out)["requests"]}
    assert main(["consent", "grant", *whose]) == 0
    given = {(one["party"], one["channel"]) for one in json.loads(capsys.readouterr().out)["consents"]}
    assert told == given and len(told) > 1
