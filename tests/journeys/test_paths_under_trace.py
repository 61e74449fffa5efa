"""Hundreds of hostile paths in every place both faces take text: nothing is opened outside the installation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import pytest

from tests.architecture.test_paths import SYSTEM
from tests.journeys.hostile_walk import Trace
from tests.support import CLOCK, ROOT, files_below
from warehouse.migrate import upgrade

Property = Callable[[str, object], None]
SAMPLE_N, ALL_N = 8, 10_000
LEAST_PAYLOADS = 300
CALLS = "openat,open,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,mknod,mknodat"

# What is put at a named place is written beside it first.
_DRAFT = re.compile(r"\.([^/]+)\.tmp-[0-9a-f]{16}$")
_CALL = re.compile(r"(?P<name>[a-z0-9]+)\((?P<given>.*)\) += (?P<answer>-?[0-9]+(?:<.*>)?)")
_FOR_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
_NAMES = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Report(TypedDict):
    calls: int
    payloads: int
    bugs: list[str]
    named: list[str]
    written: dict[str, str]
    read: dict[str, str]
    processes: list[str]


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A folder with an installation, and beside it everything a way out could reach."""
    for name in ("home", "outside", "etc", "cwd", "user", "tmp"):
        (tmp_path / name).mkdir()
    for name in ("outside/secret.txt", "etc/passwd"):
        (tmp_path / name).write_text("not of this installation\n")
    upgrade(tmp_path / "home" / "bahi.db")
    return tmp_path


def walked(sandbox: Path, per_place_n: int, *around: str, only: str = "", **extra: str) -> Report:
    """Carry the payloads to every place in a process of its own."""
    own = {
        "BAHI_HOME": str(sandbox / "home"), "BAHI_CLOCK": CLOCK, "BAHI_WORKERS_N": "1", "PYTHONPATH": str(ROOT),
        "HOME": str(sandbox / "user"), "TMPDIR": str(sandbox / "tmp"), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BAHI_")}
    done = subprocess.run(
        [*around, sys.executable, "-m", "tests.journeys.hostile_walk", str(sandbox), str(per_place_n), only],
        cwd=sandbox / "cwd", env={**kept, **own, **extra}, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-3000:]
    found: Report = json.loads(done.stdout)
    return found


def is_ours(path: str, sandbox: Path) -> bool:
    """Say whether a path lies in the installation, or is a part of the program and the machine below it."""
    code = (sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parents[1]), str(ROOT))
    data = tuple(str(ROOT / name) for name in ("raw", "clean", "logs", "analytics/results", "bahi.db"))
    inside = tuple(f"{place}/" for place in (sandbox / "home", *code))
    is_code = path.startswith((*inside, *SYSTEM, "/lib/", "/usr/lib/")) or path + "/" in inside
    return is_code and not path.startswith(data)


def strays(report: Report, sandbox: Path) -> list[str]:
    """List what was changed outside the installation, or read outside it and the program; named files may be."""
    home, named = f"{sandbox}/home", {*report["named"], f"{sandbox}/cwd/x"}
    # A name is made durable through its folder.
    known = named | {str(Path(path).parent) for path in named}
    changed = [
        f"{path} changed by {place}"
        for path, place in report["written"].items()
        if _DRAFT.sub(r"\1", path) not in named
        and path != home
        and not path.startswith((f"{home}/", "/dev/null"))
    ]
    return changed + [
        f"{path} read by {place}"
        for path, place in report["read"].items()
        if _DRAFT.sub(r"\1", path) not in known and not is_ours(path, sandbox)
    ]


def check(report: Report, sandbox: Path) -> None:
    assert report["bugs"] == []
    assert report["processes"] == []
    assert len(report["written"]) > 10 and len(report["read"]) > 10, "the trace saw nothing"
    assert "\n".join(strays(report, sandbox)) == ""
    # Of what stands outside, only a file that a command was told to write may be another.
    named = {Path(path).name for path in report["named"] if Path(path).parent == sandbox / "outside"}
    left = {name: content for name, content in files_below(sandbox / "outside").items() if name not in named}
    assert left == {name: b"not of this installation\n" for name in {"secret.txt"} - named}
    assert not files_below(sandbox / "user") and not files_below(sandbox / "tmp")


def counts(report: Report) -> dict[str, object]:
    assert report["payloads"] >= LEAST_PAYLOADS
    return {name: count for name, count in report.items() if isinstance(count, int)}


def test_no_payload_in_any_place_opens_a_path_outside_the_installation(
    sandbox: Path, record_property: Property
) -> None:
    report = walked(sandbox, SAMPLE_N)
    check(report, sandbox)
    record_property("hostile paths", counts(report))


@pytest.mark.full
def test_every_payload_in_every_place_opens_no_path_outside_the_installation(
    sandbox: Path, record_property: Property
) -> None:
    report = walked(sandbox, ALL_N)
    check(report, sandbox)
    record_property("hostile paths", counts(report))


def test_the_system_itself_saw_no_path_outside_the_installation(
    sandbox: Path, record_property: Property
) -> None:
    log = sandbox / "calls.txt"
    strace = (
        "strace",
        "-f",
        "-qq",
        "-y",
        "-s",
        "5000",
        "--seccomp-bpf",
        "-e",
        f"trace={CALLS}",
        "-o",
        str(log),
    )
    report = walked(sandbox, SAMPLE_N, *strace)
    check(report, sandbox)
    seen = system_calls(log.read_text(encoding="latin-1"), sandbox / "cwd")
    changed = {path for path, is_change in seen if is_change}
    assert len(changed) > 20 and len(seen) > 200, "the system saw nothing"
    paths = {"written": {path: "strace" for path in changed}, "read": {path: "strace" for path, _ in seen}}
    assert "\n".join(strays({**report, **paths}, sandbox)) == ""
    record_property("hostile paths under strace", {**counts(report), "system calls": len(seen)})


def test_a_backup_goes_where_it_was_named_and_nowhere_else(sandbox: Path) -> None:
    report = walked(sandbox, 7, only="backup", BAHI_BACKUP_PASSPHRASE="no secret of anybody")
    check(report, sandbox)
    assert [path for path in report["written"] if path.startswith(f"{sandbox}/cwd/")], "no backup was made"


def system_calls(text: str, cwd: Path) -> set[tuple[str, bool]]:
    """Read every call that succeeded: which path, and whether it was changed; an opened one by where it led."""
    found = set()
    for line in text.split("\n"):
        match = _CALL.search(line)
        if match is None or match["answer"].startswith("-1"):
            continue
        is_open = match["name"].startswith(("open", "creat"))
        if is_open:
            is_change = match["name"] == "creat" or bool(_FOR_WRITING.search(match["given"]))
            led_to = match["answer"].partition("<")[2].removesuffix(">").removesuffix("(deleted)")
            found.add((unescaped(led_to), is_change))
            continue
        names = [unescaped(name) for name in _NAMES.findall(match["given"])]
        if match["name"].startswith("symlink"):
            names = names[1:]
        found |= {(str(cwd / name), True) for name in names}
    return found


def unescaped(shown: str) -> str:
    """Undo what strace writes for bytes that are no plain letters; what it left is here as one letter a byte."""
    return (
        shown.encode("latin-1").decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape")
    )


def test_what_leaves_the_installation_is_told(sandbox: Path) -> None:
    home, outside = sandbox / "home", sandbox / "outside"
    (home / "raw").symlink_to(outside)
    trace = Trace(sandbox, "here")
    trace.hear("open", (str(home / "raw" / "secret.txt"), "r", 0))
    trace.hear("open", (str(home / "logs"), "a", os.O_WRONLY))
    trace.hear("os.rename", (str(home / "a"), str(home / "raw" / "b"), -1, -1))
    with pytest.raises(PermissionError):
        trace.hear("os.mkdir", ("/nowhere/else", 0o700, -1))
    report = Report(
        calls=1, payloads=1, bugs=[], named=[], written=trace.written, read=trace.read, processes=[]
    )
    assert strays(report, sandbox) == [
        f"{outside}/b changed by here",
        "/nowhere/else changed by here",
        f"{outside}/secret.txt read by here",
    ]


def test_a_line_of_the_system_is_read_by_where_it_led() -> None:
    lines = (
        '7 openat(AT_FDCWD</w>, "raw/a", O_RDONLY|O_CLOEXEC) = 3</elsewhere/a>',
        '7 openat(AT_FDCWD</w>, "b", O_WRONLY|O_CREAT, 0600) = 3</w/b>',
        '7 openat(AT_FDCWD</w>, "gone", O_RDONLY) = -1 ENOENT (No such file or directory)',
        '7 rename("c", "/x/d") = 0',
        '7 symlink("../../target", "e") = 0',
        r'7 unlink("\342\200\250f") = 0',
    )
    read = system_calls("\n".join(lines), Path("/w"))
    changed = ("/w/b", "/w/c", "/x/d", "/w/e", "/w/\u2028f")
    assert read == {("/elsewhere/a", False), *((path, True) for path in changed)}
