"""No step runs before consent, every refusal names its remedy, and revocation bites at once."""

from __future__ import annotations

import shlex
import time
from pathlib import Path

import pytest

from tests.support import Install, files_below, installed

REFUSED = ("generate", "clean", "analyze", "run", "show", "explain", "verify", "status")


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return installed(tmp_path / "home")


@pytest.mark.parametrize("command", REFUSED)
def test_without_consent_every_command_is_refused_with_the_command_that_mends_it(
    install: Install, command: str
) -> None:
    metric = ("bank.credits_paise",) if command == "explain" else ()
    done = install.bahi(command, "--customer-id", "MSME001", *metric, "--json")
    problem = done.json()["error"] if isinstance(done.json(), dict) else done.json()[0]["error"]
    assert done.code == 2
    assert problem["code"] == "CONSENT_REQUIRED"
    assert problem["hint"].startswith("Run: bahi consent grant --customer-id MSME001")
    assert "Traceback" not in done.err


def test_the_command_named_by_the_refusal_makes_the_step_work(install: Install) -> None:
    problem = install.bahi("clean", "--customer-id", "MSME001", "--json").json()["error"]
    install.must(*shlex.split(problem["hint"])[2:])
    install.must("generate", "--customer-id", "MSME001")
    assert "clean" in install.must("clean", "--customer-id", "MSME001").out


def test_after_revocation_every_command_is_refused_within_a_second_and_nothing_is_left(
    install: Install,
) -> None:
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    install.must("run", "--customer-id", "MSME001")
    assert files_below(install.home / "raw")
    install.must("consent", "revoke", "--customer-id", "MSME001")
    revoked_at = time.monotonic()
    done = install.bahi("clean", "--customer-id", "MSME001", "--json")
    assert time.monotonic() - revoked_at < 1.0
    assert done.code == 2 and done.json()["error"]["code"] == "CONSENT_REVOKED"
    for folder in ("raw", "clean", "analytics/results"):
        left = [name for name in files_below(install.home / folder) if "MSME001" in name]
        assert left == []


def test_a_second_run_changes_nothing_and_says_so(install: Install) -> None:
    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    install.must("run", "--customer-id", "MSME001")
    before = {name: files_below(install.home / name) for name in ("raw", "clean", "analytics")}
    steps = install.must("run", "--customer-id", "MSME001", "--json").json()["steps"]
    assert [step["status"] for step in steps] == ["unchanged"] * 3
    assert before == {name: files_below(install.home / name) for name in before}


def test_a_batch_answers_for_every_customer_and_leaves_with_the_worst_code(
    install: Install, tmp_path: Path
) -> None:
    for customer in ("MSME001", "MSME002"):
        install.must("consent", "grant", "--customer-id", customer, "--sources", "bank")
    names = tmp_path / "customers.txt"
    names.write_text("MSME001\nMSME009\nMSME002\n")
    done = install.bahi("run", "--customers", str(names), "--json")
    answers = done.json()
    assert [answer["customer_id"] for answer in answers] == ["MSME001", "MSME009", "MSME002"]
    assert [answer["exit_code"] for answer in answers] == [0, 2, 0]
    assert answers[1]["error"]["code"] == "CONSENT_REQUIRED"
    assert done.code == 2


def test_the_script_doors_do_what_the_commands_do(install: Install) -> None:
    import subprocess
    import sys

    install.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    for door in ("generate_all.py", "pipeline/clean_data.py", "analytics/generate_summaries.py"):
        environ = {name: value for name, value in install.environ().items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [sys.executable, str(install.code / door), "--customer-id", "MSME001"],
            env=environ, cwd=install.home, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
    assert "bank" in install.must("show", "--customer-id", "MSME001").out
