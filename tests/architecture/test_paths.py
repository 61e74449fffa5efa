"""At run time no step but generate opens the truth, and none opens a path outside its home and the installed code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture import tree
from tests.architecture.test_sources import source_names

EVENTS = "open os.listdir os.scandir os.mkdir os.remove os.rename os.rmdir os.link os.symlink os.truncate sqlite3.connect"
WATCHED = """
import json, os, sys
seen = set()
def hook(event, args):
    if event in EVENTS:
        for path in args[:2]:
            if isinstance(path, (str, bytes)) and path:
                seen.add(os.path.abspath(os.fsdecode(path).removeprefix("file://").split("?")[0]))
EVENTS = set(sys.argv[1].split())
sys.addaudithook(hook)
from cli.main import main
code = main(sys.argv[2:])
print("seen " + json.dumps(sorted(seen)), file=sys.stderr)
sys.exit(code)
"""
# What the interpreter and the C library read for any program: devices, time zones, locales, the machine's own tables.
SYSTEM = (
    "/dev/",
    "/proc/",
    "/sys/",
    "/etc/",
    "/usr/share/zoneinfo/",
    "/usr/lib/locale/",
    "/usr/share/locale/",
)
GRANT = ["consent", "grant", "--customer-id", "MSME001", "--sources", ",".join(source_names(tree.ROOT))]


def paths_of(words: list[str], home: Path, truth: Path, watched: str = WATCHED) -> tuple[int, list[str]]:
    """Run one command under an audit hook and list every path it touched."""
    environ = {**os.environ, "BAHI_HOME": str(home), "BAHI_TRUTH": str(truth), "PYTHONPATH": str(tree.ROOT)}
    asked = [sys.executable, "-c", watched, EVENTS, *words]
    answer = subprocess.run(asked, env=environ, capture_output=True, text=True, cwd=home, check=False)
    seen = [line for line in answer.stderr.splitlines() if line.startswith("seen ")]
    assert seen, answer.stderr
    return answer.returncode, json.loads(seen[-1].removeprefix("seen "))


def strange_paths(seen: Iterable[str], home: Path, truth: Path, *, may_see_truth: bool) -> list[str]:
    """Find paths outside the home, the code and the system's own, and any of the truth where it is closed."""
    code = [
        sys.prefix,
        sys.base_prefix,
        sys.exec_prefix,
        str(Path(sys.executable).resolve().parents[1]),
        str(tree.ROOT),
    ]
    open_to_all = (str(home), *code, *SYSTEM)
    data = tuple(str(tree.ROOT / name) for name in ("raw", "clean", "logs", "analytics/results", "ledger.db"))
    said = []
    for path in seen:
        is_truth = path.startswith(str(truth))
        is_strange = not is_truth and (not path.startswith(open_to_all) or path.startswith(data))
        said += [path] if is_strange or (is_truth and not may_see_truth) else []
    return said


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A home with a consented customer, and a truth folder beside it."""
    home, truth = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("truth")
    for words in (["init"], GRANT):
        code, seen = paths_of(words, home, truth)
        assert code == 0, words
        assert strange_paths(seen, home, truth, may_see_truth=False) == []
    return home, truth


def test_no_step_but_generate_sees_the_truth_and_none_leaves_its_home(places: tuple[Path, Path]) -> None:
    home, truth = places
    customer = ["--customer-id", "MSME001"]
    walked = (["generate"], ["clean"], ["analyze"], ["show"], ["verify"], ["status"], ["run"])
    for words in walked:
        code, seen = paths_of([*words, *customer], home, truth)
        assert code == 0, words
        assert any(path.startswith(str(home / "raw")) for path in seen) or words == ["status"], (
            f"{words} read nothing"
        )
        may_see_truth = words[0] in {"generate", "run"}
        assert strange_paths(seen, home, truth, may_see_truth=may_see_truth) == [], words
        # A run that finds its question answered looks whether the truth stands, and opens it no more than other steps.
        is_opened = any(path.startswith(str(truth)) and path.endswith(".ndjson") for path in seen)
        assert is_opened is (words == ["generate"]), words
    assert [path for path in truth.rglob("*.ndjson") if path.read_bytes()]


def test_outside_the_home_only_what_somebody_named_is_touched(
    places: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup, a checkpoint, a proof and the second place have to stand elsewhere: that is what they are for."""
    home, truth = places
    named, other = tmp_path / "named", tmp_path / "other"
    named.mkdir()
    other.mkdir()
    monkeypatch.setenv("BAHI_BACKUP_PASSPHRASE", "a passphrase for tests")
    monkeypatch.setenv("BAHI_CHECKPOINTS_TO", str(named / "second"))
    archive, kept = str(named / "archive"), str(named / "kept.json")
    walked = (
        (["backup", "--to", archive], home),
        (["audit", "checkpoint", "--to", kept], home),
        (["audit", "prove", "--entry", "1", "--to", str(named / "proof.json")], home),
        (["audit", "verify", "--checkpoint", kept], home),
        (["restore", "--from", archive, "--checkpoint", kept], other),
    )
    for words, where in walked:
        code, seen = paths_of(words, where, truth if where is home else where / ".truth")
        assert code == 0, words
        outside = strange_paths(seen, where, truth if where is home else where / ".truth", may_see_truth=True)
        assert [path for path in outside if not path.startswith(str(named))] == [], words
        assert any(path.startswith(str(named)) for path in outside), words


def test_planted_paths_are_caught(places: tuple[Path, Path]) -> None:
    home, truth = places
    (truth / "answers.json").write_text("{}")
    outside = truth.parent / "outside.txt"
    outside.write_text("x")
    peeking = WATCHED.replace(
        "code = main", f"open({str(truth / 'answers.json')!r}); open({str(outside)!r})\ncode = main"
    )
    _, seen = paths_of(["status", "--customer-id", "MSME001"], home, truth, peeking)
    assert strange_paths(seen, home, truth, may_see_truth=False) == [
        str(outside),
        str(truth / "answers.json"),
    ]
    assert strange_paths(seen, home, truth, may_see_truth=True) == [str(outside)]


def test_nothing_an_installation_keeps_can_be_committed(places: tuple[Path, Path]) -> None:
    home, _ = places
    kept = sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())
    asked = ["git", "-C", str(tree.ROOT), "check-ignore", "--no-index", "--stdin"]
    answer = subprocess.run(asked, input="\n".join(kept), capture_output=True, text=True, check=False)
    assert len(kept) > 5
    assert sorted(set(kept) - set(answer.stdout.splitlines())) == []
