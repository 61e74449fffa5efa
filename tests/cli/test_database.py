"""`bahi db`: the ledger is made, looked over and taken back by commands that say what they find and what they lose."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.main import main
from tests.engines import behind
from tests.warehouse.rows import fill
from warehouse.ledger import Ledger, Where
from warehouse.migrate import described, version
from warehouse.migrations import HEAD

Bahi = Callable[..., tuple[int, str, str]]


@pytest.fixture
def where(where: Where, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    """What the commands find in their environment."""
    monkeypatch.setenv("BAHI_HOME", str(tmp_path))
    monkeypatch.delenv("BAHI_DATABASE_URL", raising=False)
    if not isinstance(where, Path):
        monkeypatch.setenv("BAHI_DATABASE_URL", where)
    return where


@pytest.fixture
def bahi(capsys: pytest.CaptureFixture[str]) -> Bahi:
    def asked(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["db", *words])
        return (code, *capsys.readouterr())

    return asked


@pytest.fixture
def filled(where: Where, bahi: Bahi) -> Where:
    assert bahi("upgrade")[0] == 0
    ledger = Ledger(where)
    with ledger.transaction() as tx:
        fill(tx)
    ledger.close()
    return where


def test_upgrade_makes_the_ledger_and_may_be_repeated(where: Where, bahi: Bahi) -> None:
    for _ in range(2):
        code, out, _ = bahi("upgrade", "--json")
        assert (code, json.loads(out)) == (0, {"ledger_version": HEAD})
    assert version(where) == HEAD
    assert bahi("upgrade") == (0, f"the ledger is at version {HEAD}\n", "")


def test_check_says_what_it_looked_at(filled: Where, bahi: Bahi) -> None:
    code, out, err = bahi("check")
    assert (code, err) == (0, "")
    engine, *findings = out.splitlines()
    assert engine.startswith("SQLite 3." if isinstance(filled, Path) else "PostgreSQL 18.")
    assert len(findings) >= 8
    assert all(finding.startswith("ok    ") for finding in findings)
    code, out, _ = bahi("check", "--json")
    told = json.loads(out)
    assert (code, told["version"], told["expected_version"]) == (0, HEAD, HEAD)
    assert [finding["what"] for finding in told["findings"]] == [finding[6:] for finding in findings]
    assert all(finding["is_ok"] for finding in told["findings"])


def test_check_leaves_with_2_and_says_what_to_mend(filled: Where, bahi: Bahi) -> None:
    behind(
        filled, "DROP INDEX audit_of_customer", "INSERT INTO consent_use VALUES ('none', 'bank', 'k', 'at')"
    )
    code, out, err = bahi("check")
    assert code == 2
    assert "MEND  index audit_of_customer is missing\n" in out
    assert "MEND  1 rows without the row they refer to\n" in out
    assert err.count("next: ") == 2
    code, out, _ = bahi("check", "--json")
    wrong = [finding for finding in json.loads(out)["findings"] if not finding["is_ok"]]
    assert (code, len(wrong)) == (2, 2)
    assert all(finding["hint"] for finding in wrong)


def test_check_of_what_is_not_there_names_the_command(where: Where, bahi: Bahi) -> None:
    code, out, err = bahi("check", "--json")
    if isinstance(where, Path):
        assert (code, json.loads(out)["error"]["code"]) == (2, "LEDGER_MISSING")
        assert "next: bahi init" in err
    else:
        (first, *_) = json.loads(out)["findings"]
        assert (code, first["is_ok"], first["hint"]) == (2, False, "Run: bahi db upgrade")


def test_downgrade_tells_what_it_would_lose_and_loses_it_only_when_told_to(filled: Where, bahi: Bahi) -> None:
    code, out, err = bahi("downgrade", "--to", "0001")
    assert (code, out) == (2, "")
    assert "LOSS_NOT_CONFIRMED" in err
    assert "table certificate (1)" in err and "column erasure.deliveries_n (1)" in err
    assert version(filled) == HEAD
    step = shlex.split(err.partition("next: ")[2])
    assert step[:2] == ["bahi", "db"]
    code, out, _ = bahi(*step[2:], "--json")
    told = json.loads(out)
    newer = {what for what in described(HEAD) if what.startswith("table ")} - set(described("0001"))
    assert (code, told["ledger_version"]) == (0, "0001")
    assert {loss["what"] for loss in told["lost"] if loss["what"].startswith("table ")} == newer
    assert version(filled) == "0001"
    assert bahi("check")[0] == 2
    assert bahi("downgrade", "--to", "base", "--yes")[0] == 0
    assert version(filled) == ""
    assert bahi("upgrade")[0] == 0
    assert bahi("check")[0] == 0


def test_a_version_that_is_none_or_lies_ahead_is_refused_without_an_echo(filled: Where, bahi: Bahi) -> None:
    bahi("downgrade", "--to", "0001", "--yes")
    for to in (HEAD, "0000", "canary", "-1"):
        code, out, err = bahi("downgrade", f"--to={to}", "--yes", "--json")
        assert (code, json.loads(out)["error"]["code"]) == (2, "VERSION_NOT_BEHIND")
        assert "canary" not in out + err
    assert version(filled) == "0001"


SECRET = "s3cret-Pa55"


@pytest.mark.parametrize("act", ["upgrade", "check", "downgrade --to base --yes"])
def test_a_server_that_does_not_answer_is_worth_another_try(
    act: str, bahi: Bahi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAHI_HOME", str(tmp_path))
    monkeypatch.setenv("BAHI_DATABASE_URL", f"postgresql://me:{SECRET}@127.0.0.1:1/bahi")
    code, out, err = bahi(*act.split(), "--json")
    assert (code, json.loads(out)["error"]["code"]) == (75, "LEDGER_UNREACHABLE")
    assert "127.0.0.1/bahi" in err and SECRET not in out + err
    monkeypatch.setenv("BAHI_DATABASE_URL", f"mysql://me:{SECRET}@127.0.0.1/bahi")
    code, out, err = bahi(*act.split(), "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "LEDGER_URL_INVALID")
    assert SECRET not in out + err
