"""A file of customers is a list of jobs: each line stands or falls alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import Install, installed

SECRET = "the shop behind the temple"


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    made = installed(tmp_path_factory.mktemp("batch") / "home")
    made.must("consent", "grant", "--customer-id", "MSME001", "--sources", "bank")
    return made


def listed(tmp_path: Path, *lines: str) -> str:
    names = tmp_path / "customers.txt"
    names.write_text("\n".join(lines))
    return str(names)


def test_a_line_that_names_no_customer_is_answered_by_its_number_alone(
    install: Install, tmp_path: Path
) -> None:
    names = listed(tmp_path, "# ours", SECRET, "MSME001", "", "MSME001", "../up", "MSME009")
    done = install.bahi("generate", "--customers", names, "--json")
    answers = done.json()
    assert [answer["customer_id"] for answer in answers] == [None, "MSME001", None, "MSME009"]
    assert [answer["exit_code"] for answer in answers] == [2, 0, 2, 2]
    assert answers[0]["error"]["code"] == "CUSTOMER_ID_INVALID"
    assert [answers[n]["error"]["place"] for n in (0, 2)] == ["line 2", "line 6"]
    assert done.code == 2 and SECRET not in done.out + done.err and "../up" not in done.out + done.err


def test_a_bad_line_is_told_to_people_too(install: Install, tmp_path: Path) -> None:
    done = install.bahi("generate", "--customers", listed(tmp_path, SECRET, "MSME001"))
    assert "line 1 " in done.out and "CUSTOMER_ID_INVALID" in done.out and "[1/2] line 1:" in done.err
    assert "MSME001" in done.out and SECRET not in done.out + done.err


def test_a_file_of_bad_lines_alone_needs_no_worker(install: Install, tmp_path: Path) -> None:
    done = install.bahi("generate", "--customers", listed(tmp_path, SECRET), "--json")
    assert done.code == 2 and [answer["exit_code"] for answer in done.json()] == [2]


KILLED = """
import os, sys
import cli.steps
from cli.main import main

def answer(ask):
    if ask.customer == "MSME009":
        os._exit(9)
    if ask.customer == "MSME008":
        raise ZeroDivisionError(ask.customer)
    return cli.steps.Answer(ask.customer, (), None, 0)

cli.steps.answer = answer
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


def test_a_dead_worker_and_a_bug_leave_every_other_answer(install: Install, tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    names = listed(tmp_path, "MSME001", "MSME009", "MSME008", "MSME002")
    done = subprocess.run(
        [sys.executable, str(script), "generate", "--customers", names],
        cwd=install.code, env=install.environ(), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    endings = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if line.startswith("MSME"))
    assert endings["MSME001"] == endings["MSME002"] == "done"
    assert endings["MSME009"].startswith("WORKER_LOST") and endings["MSME008"].startswith("INTERNAL")
    assert done.returncode == 1 and "Traceback" not in done.stderr
