"""Whoever looks at rows of a customer leaves an entry under a plain name; without the entry there is no answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from kit.ident import CustomerId
from pipeline.wiring import House, open_house
from warehouse.migrate import upgrade

CUSTOMER = CustomerId("MSME001")
NAMED = ["--customer-id", CUSTOMER]
LOOKS = {
    "consent.list": ["consent", "list", *NAMED],
    "consent.show": ["consent", "show", *NAMED],
    "audit.list": ["audit", "list", *NAMED],
}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    environ = {"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": "2026-11-01T10:00:00+05:30"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    opened = open_house(environ, "test")
    upgrade(opened.home.ledger_path)
    assert main(["consent", "grant", *NAMED, "--sources", "bank"]) == 0
    return opened


@pytest.mark.parametrize("action", LOOKS)
def test_each_look_leaves_one_entry(house: House, action: str) -> None:
    before = len(house.audit.entries())
    assert main(LOOKS[action]) == 0
    entries = house.audit.entries()
    assert len(entries) == before + 1
    assert (entries[0].action, entries[0].customer) == (action, CUSTOMER)


@pytest.mark.parametrize("action", LOOKS)
def test_without_the_entry_nothing_is_shown(
    house: House, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    with house.ledger.transaction() as tx:
        tx.execute("CREATE TRIGGER lost BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END")
    capsys.readouterr()
    assert main(LOOKS[action]) == 75
    shown = capsys.readouterr().out
    assert "bank" not in shown and "consent.grant" not in shown


def test_changing_a_consent_is_not_a_look(house: House) -> None:
    before = len(house.audit.entries())
    assert main(["consent", "pause", *NAMED]) == 0
    assert [entry.action for entry in house.audit.entries()[: len(house.audit.entries()) - before]] == [
        "consent.pause"
    ]


def test_who_acts_cannot_split_a_row_of_the_audit(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(house.audit.entries())
    monkeypatch.setenv("BAHI_ACTOR", "asha\n99 forged")
    assert main(["consent", "list", *NAMED]) == 2
    assert "ACTOR_INVALID" in "".join(capsys.readouterr())
    assert len(house.audit.entries()) == before
    monkeypatch.setenv("BAHI_ACTOR", "asha-01")
    assert main(["consent", "list", *NAMED]) == 0
    assert house.audit.entries()[0].actor == "asha-01"
