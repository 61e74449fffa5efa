"""An answer that nobody reads, or that finds no room, ends quietly or says so; never with a traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from cli.main import main
from tests.support import Install, installed

CUSTOMER = ("--customer-id", "MSME001")
ANSWERS = (
    ("--help",),
    ("show", "--help"),
    ("consent", "grant", "--help"),
    ("show", *CUSTOMER),
    ("show", *CUSTOMER, "--json"),
)
REFUSALS = (
    ("show", *CUSTOMER, "nothing", "--json"),
    ("run", "--customer-id", "MSME009", "--json"),
    ("nonsense", "--json"),
)


# A pipe whose reader has left before the command begins.
GONE = "exec 3> >(exec true); wait $!; "


@pytest.fixture(scope="module")
def install(tmp_path_factory: pytest.TempPathFactory) -> Install:
    made = installed(tmp_path_factory.mktemp("output") / "home")
    made.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    made.must("run", *CUSTOMER)
    return made


def through(install: Install, shell: str, *words: str, **extra: str) -> tuple[int, str, str]:
    """Run a command with the streams that a line of the shell gives it, and take its own exit code."""
    done = subprocess.run(
        ["bash", "-c", shell, "bash", sys.executable, "-m", "cli.main", *words],
        cwd=install.code, env={**install.environ(), **extra}, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", (*ANSWERS, *REFUSALS), ids=" ".join)
def test_a_reader_that_has_gone_ends_it_quietly(
    install: Install, words: tuple[str, ...], unbuffered: str
) -> None:
    code, _, told = through(install, GONE + '"$@" >&3', *words, PYTHONUNBUFFERED=unbuffered)
    assert code == (2 if words in REFUSALS else 0)
    assert "Traceback" not in told and "Exception" not in told


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("shell", ['"$@" >/dev/full', '"$@" >&-'])
@pytest.mark.parametrize("words", (*ANSWERS, *REFUSALS), ids=" ".join)
def test_an_answer_without_room_says_so_and_may_be_asked_again(
    install: Install, words: tuple[str, ...], shell: str, unbuffered: str
) -> None:
    code, _, told = through(install, shell, *words, PYTHONUNBUFFERED=unbuffered)
    assert code == 75
    assert "OUTPUT_FAILED" in told and "next: " in told
    assert "Traceback" not in told and "Exception" not in told


@pytest.mark.parametrize("shell", ['"$@" 2>/dev/full', '"$@" 2>&-', GONE + '"$@" 2>&3'])
def test_remarks_that_nobody_can_read_do_not_spoil_the_work(install: Install, shell: str) -> None:
    code, out, _ = through(install, shell, "run", *CUSTOMER, "--json", BAHI_PROGRESS="always")
    assert code == 0 and json.loads(out)["exit_code"] == 0


def test_a_refusal_that_nobody_can_read_keeps_its_code(install: Install) -> None:
    assert through(install, '"$@" 2>/dev/full', "show")[0] == 2


def test_an_unknown_command_is_an_error_for_scripts_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generat", "--json"]) == 2
    problem = json.loads(capsys.readouterr().out)["error"]
    assert problem["code"] == "COMMAND_UNKNOWN" and problem["hint"] == "Run: bahi generate --help"


def test_an_unknown_command_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["99887766"]) == 2
    assert "99887766" not in "".join(capsys.readouterr())


def test_serve_tells_a_script_its_link_as_one_document(install: Install) -> None:
    service = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", "0", "--json"],
        cwd=install.code, env=install.environ(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert service.stdout is not None
    shown = service.stdout.readline()
    while not shown.endswith("}\n"):
        shown += service.stdout.readline()
    service.send_signal(signal.SIGINT)
    rest, _ = service.communicate(timeout=60)
    assert json.loads(shown + rest)["url"].startswith("http://127.0.0.1:")
