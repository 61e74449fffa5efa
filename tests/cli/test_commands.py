"""The command line answers everybody in the same shape: help with examples, errors with code, place and remedy."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cli.main import COMMANDS, main
from tests.support import Install, files_below, installed

DATA = ("generate", "clean", "analyze", "run", "show", "explain", "verify", "status")
HOSTILE = {
    "way out": "../../etc/passwd",
    "nul": "MSME\0001",
    "newline": "MSME001\n",
    "arabic digits": "MSME٠٠١",
    "long": "M" * 200,
    "empty": "",
    "percent": "%2e%2e%2fMSME",
    "lower case": "msme001",
    "space": "MSME 001",
}
LISTED = {
    "init", "consent", "generate", "clean", "analyze", "run", "show", "explain", "verify", "quality", "diff", "revert",
    "status", "audit", "secrets", "backup", "restore", "purge", "db", "serve", "doctor", "world",
}  # fmt: skip


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    return installed(tmp_path_factory.mktemp("commands") / "home")


@pytest.fixture
def here(install: Install, monkeypatch: pytest.MonkeyPatch) -> Install:
    """The same installation for commands run inside this process."""
    for name, value in install.environ().items():
        monkeypatch.setenv(name, value)
    return install


def test_the_help_lists_these_commands_and_no_others(
    here: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert set(COMMANDS) == LISTED
    assert all(f"\n  {name}" in shown for name in LISTED)


@pytest.mark.parametrize("command", sorted(LISTED))
def test_every_command_explains_itself_with_examples(
    here: Install, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"usage: bahi {command}" in shown and f"examples:\n  bahi {command}" in shown.replace(
        "BAHI_HOME=/srv/bahi ", ""
    )


@pytest.mark.parametrize("kind", sorted(HOSTILE))
@pytest.mark.parametrize("command", DATA)
def test_a_hostile_customer_id_is_refused_and_leaves_nothing(
    here: Install, capsys: pytest.CaptureFixture[str], command: str, kind: str
) -> None:
    before = files_below(here.home / "raw")
    words = [command, "--customer-id", HOSTILE[kind], "--json"]
    code = main([*words, "bank.credits_paise"] if command == "explain" else words)
    printed = capsys.readouterr()
    problem = json.loads(printed.out)["error"]
    assert code == 2 and problem["code"] == "CUSTOMER_ID_INVALID" and problem["hint"]
    assert "Traceback" not in printed.err and "\0" not in printed.out + printed.err
    assert files_below(here.home / "raw") == before


@pytest.mark.parametrize(
    "words", (["generat"], ["clean"], ["clean", "--wat"], ["run", "--customer-id"], ["serve", "--port", "x"])
)
def test_a_slip_of_the_tongue_gets_a_next_step(
    here: Install, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 2
    assert "next: bahi" in capsys.readouterr().err


def test_an_installation_that_was_never_made_says_how_to_make_it(tmp_path: Path) -> None:
    done = Install(tmp_path / "nowhere", {}).bahi("clean", "--customer-id", "MSME001", "--json")
    assert done.code == 2
    assert done.json()["error"]["code"] == "LEDGER_MISSING" and "bahi init" in done.json()["error"]["hint"]


def test_a_ledger_that_is_no_database_is_named(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    next(install.home.glob("*.db")).write_bytes(b"not a database at all" * 100)
    done = install.bahi("status", "--customer-id", "MSME001", "--json")
    assert done.code == 2 and done.json()["error"]["code"] == "LEDGER_NOT_A_DATABASE"


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    with sqlite3.connect(next(install.home.glob("*.db"))) as ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '9999'")
    ledger.close()
    done = install.bahi("status", "--customer-id", "MSME001", "--json")
    assert done.code == 2 and done.json()["error"]["code"] == "LEDGER_NEWER"


def test_a_locked_ledger_means_try_again(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    ledger = sqlite3.connect(next(install.home.glob("*.db")), isolation_level=None)
    ledger.execute("BEGIN IMMEDIATE")
    done = install.bahi("status", "--customer-id", "MSME001", "--json")
    ledger.close()
    assert done.code == 75 and done.json()["error"]["code"] == "LEDGER_BUSY"


def test_a_clock_that_jumps_back_is_refused_with_both_times(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    done = install.bahi("run", "--customer-id", "MSME001", "--json", BAHI_CLOCK="2026-10-31T10:00:00+05:30")
    assert done.code == 2 and done.json()["error"]["code"] == "CLOCK_BACKWARDS"


def test_an_altered_raw_file_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    install.must("generate", "--customer-id", "MSME001")
    (raw,) = (install.home / "raw" / "MSME001" / "bank").glob("*.ndjson")
    content = bytearray(raw.read_bytes())
    content[len(content) // 2] ^= 1
    raw.write_bytes(content)
    for command in ("clean", "verify"):
        problem = install.bahi(command, "--customer-id", "MSME001", "--json").json()["error"]
        assert problem["code"] == "RAW_ALTERED" and raw.name in problem["place"] + problem["message"]
    assert not list((install.home / "clean").rglob("*.ndjson"))


def test_two_runs_of_one_customer_at_once_both_end_well(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    codes: list[int] = []

    def once() -> None:
        codes.append(install.bahi("run", "--customer-id", "MSME001").code)

    together = [threading.Thread(target=once) for _ in range(2)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert set(codes) <= {0, 75} and 0 in codes
    steps = install.must("run", "--customer-id", "MSME001", "--json").json()["steps"]
    assert [step["status"] for step in steps] == ["unchanged"] * 3
    install.must("verify", "--customer-id", "MSME001")


def test_a_bug_shows_a_trace_id_and_no_insides(install: Install) -> None:
    script = (
        "import sys, cli.readings\n"
        "cli.readings.carry_out = lambda asked: 1 // 0\n"
        "from cli.main import main\n"
        "sys.exit(main(['show', '--customer-id', 'MSME001']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=install.environ(),
        cwd=install.code,
        capture_output=True,
        check=False,
    )
    told = done.stderr.decode()
    assert done.returncode == 1 and "INTERNAL" in told and "Traceback" not in told
    trace_id = told.split("trace id ")[1].split(",")[0]
    assert trace_id in (install.home / "logs" / "bahi.ndjson").read_text()


def test_verify_of_nothing_is_not_a_success(install: Install) -> None:
    install.must("consent", "grant", "--customer-id", "EMPTY", "--sources", "bank")
    done = install.bahi("verify", "--customer-id", "EMPTY", "--json")
    assert done.code == 2 and done.json()["error"]["code"] == "NOTHING_TO_VERIFY"


def test_strict_reports_what_was_held_back(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    done = install.bahi("run", "--customer-id", "MSME001", "--noise", "heavy", "--strict", "--json")
    counts = next(step["counts"] for step in done.json()["steps"] if step["step"] == "clean")
    assert counts["quarantined"] > 0 and done.code == 3
    ended = counts["clean"] + counts["duplicate"] + counts["superseded"] + counts["quarantined"]
    assert ended == counts["items"]


def test_doctor_finds_a_sound_installation_sound(install: Install) -> None:
    findings = install.bahi("doctor", "--json").json()
    assert all(finding["is_ok"] for finding in findings if "page" not in finding["what"])


def test_audit_lists_every_opening_and_refusal(install: Install) -> None:
    install.bahi("clean", "--customer-id", "NOBODY")
    entries = install.must("audit", "list", "--customer-id", "NOBODY", "--json").json()
    assert [entry["outcome"] for entry in entries] == ["CONSENT_REQUIRED"]
