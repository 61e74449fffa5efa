"""`bahi audit verify` tells that nothing was changed, or where and how it was, and leaves the audit as it found it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from pipeline.wiring import House, open_house
from warehouse.migrate import upgrade


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    environ = {"BAHI_HOME": str(tmp_path / "home"), "BAHI_CLOCK": "2026-11-01T10:00:00+05:30"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    opened = open_house(environ, "test")
    upgrade(opened.home.ledger_path)
    for number in range(5):
        opened.audit.look(f"look.{number}", None)
    return opened


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main(["audit", "verify", "--json", *words])
    return code, json.loads(capsys.readouterr().out)


def broken(house: House, statement: str) -> None:
    with house.ledger.transaction() as tx:
        tx.execute("DROP TRIGGER audit_no_update")
        tx.execute("DROP TRIGGER audit_no_delete")
        assert tx.execute(statement)
        tx.execute("DELETE FROM audit_salt WHERE seq NOT IN (SELECT seq FROM audit)")


def test_a_whole_audit_gives_its_number_head_and_root(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    before = house.audit.entries()
    code, told = asked(capsys)
    chain = house.audit.verify_chain()
    assert code == 0
    assert told == {"entries_n": 5, "head": before[0].hash, "root": chain.root, "confirmed_n": 0}
    assert main(["audit", "verify"]) == 0
    printed = capsys.readouterr()
    assert before[0].hash in printed.out and chain.root in printed.out
    assert f"--earlier 5:{chain.root}" in printed.err
    assert house.audit.entries() == before


def test_a_break_leaves_with_2_and_names_place_and_kind(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    broken(house, "UPDATE audit SET outcome = 'x' WHERE seq = 3")
    code, told = asked(capsys)
    assert code == 2 and isinstance(told["error"], dict)
    assert (told["error"]["code"], told["error"]["place"]) == ("AUDIT_BROKEN", "audit 3")
    assert "entry 3 (ALTERED_ENTRY)" in told["error"]["message"]


@pytest.mark.parametrize("column", ["actor", "hash", "at"])
def test_bytes_that_are_no_text_are_a_break_like_any_other(
    house: House, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    broken(house, f"UPDATE audit SET {column} = CAST(x'ff41' AS TEXT) WHERE seq = 4")
    code, told = asked(capsys)
    assert code == 2 and isinstance(told["error"], dict)
    assert told["error"]["code"] == "AUDIT_BROKEN" and "entry 4 (ALTERED_ENTRY)" in told["error"]["message"]


def test_a_cut_tail_shows_against_a_root_kept_elsewhere(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = f"5:{house.audit.verify_chain().root}"
    house.audit.look("one more", None)
    assert asked(capsys, "--earlier", kept)[1]["confirmed_n"] == 5
    broken(house, "DELETE FROM audit WHERE seq > 3")
    assert asked(capsys)[0] == 0
    code, told = asked(capsys, "--earlier", kept)
    assert code == 2 and isinstance(told["error"], dict) and "MISSING_TAIL" in told["error"]["message"]


@pytest.mark.parametrize(
    "text", ["", "5", "x:00", "5:00", f"-1:{'0' * 64}", f"5:{'G' * 64}", f"{'9' * 19}:{'0' * 64}"]
)
def test_what_is_no_root_is_refused_without_an_echo(
    house: House, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    code, told = asked(capsys, f"--earlier={text}")
    assert code == 2 and isinstance(told["error"], dict)
    assert told["error"]["code"] == "USAGE" and "64 hex digits" in told["error"]["message"]
