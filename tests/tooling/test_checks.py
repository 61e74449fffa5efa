"""The two commands: a failure is named and fails the whole, and what is missing is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tooling import checks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(checks, "SHARDS", tmp_path / "full")


def script(name: str, text: str) -> checks.Check:
    return checks.Check(name, (sys.executable, "-c", text))


def test_a_failing_check_hides_no_other_and_fails_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    bad = script("bad", "print('the reason'); raise SystemExit(3)")
    ended = checks.run_all([bad, script("good", "print('quiet')")])
    assert checks.close(ended, 1.0) == 1
    said = capsys.readouterr().out
    assert "the reason" in said
    assert "quiet" not in said
    assert said.splitlines()[-1] == "FAILED: bad in 1 s"
    assert "ok     good" in said


def test_the_closing_lines_hold_what_pytest_concluded(capsys: pytest.CaptureFixture[str]) -> None:
    tests = checks.Check("python", ("sh", "-c", "echo working; echo 7 passed in 1.00s", "pytest"))
    assert checks.close(checks.run_all([tests]), 1.0) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "pytest python: 7 passed in 1.00s",
        "All checks passed in 1 s",
    ]


def test_a_check_that_cannot_start_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    ended = checks.run_all([checks.Check("lost", ("no-such-tool-anywhere",)), script("good", "")])
    assert checks.close(ended, 1.0) == 1
    assert "FAILED: lost" in capsys.readouterr().out


def test_a_long_shard_that_passed_runs_again_only_when_the_code_changed(tmp_path: Path) -> None:
    count = tmp_path / "count"
    shard = script("shard", f"open({str(count)!r}, 'a').write('x'); print('1 passed')")
    checks.LOGS.mkdir()
    for code in ("one", "one", "two"):
        assert checks.run_once(shard, code).code == 0
    assert count.read_text() == "xx"


def test_a_long_shard_that_failed_runs_again(tmp_path: Path) -> None:
    count = tmp_path / "count"
    shard = script("shard", f"open({str(count)!r}, 'a').write('x'); raise SystemExit(1)")
    checks.LOGS.mkdir()
    assert [checks.run_once(shard, "one").code for _ in range(2)] == [1, 1]
    assert count.read_text() == "xx"


def test_missing_system_packages_are_named_with_the_line_to_run() -> None:
    asked = [sys.executable, str(ROOT / "tests" / "tooling" / "system_packages.py")]
    answer = subprocess.run(asked, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "chromium" in answer.stdout
    assert "apt-get install -y chromium locales" in answer.stdout


def test_continuous_integration_calls_exactly_make_test(tmp_path: Path) -> None:
    fake = tmp_path / "make"
    fake.write_text('#!/bin/sh\necho "make $*"\nexit 7\n')
    fake.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    answer = subprocess.run([ROOT / ".ci" / "run"], env=environ, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (7, "make test\n")


def test_make_alone_lists_what_it_can_do() -> None:
    answer = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("help", "run", "test", "test-full", "check", "generate", "bench", "clean"):
        assert f"make {target} " in answer.stdout
