"""Changes the consent modules in one small place at a time and runs their tests: what no test notices has to be explained."""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.tooling.changes import Change, changed, changes  # noqa: E402

RECORD = ROOT / "docs" / "mutants.md"
AT_ONCE = 2
PATIENCE_S = 60
_TESTS = "tests/consent"
# The tests written for a module go first: only what passes them is shown the others.
SUITES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "consent.artefact": (("artefact_edges", "artefact"), ("fair_use_rows", "fair_use", "guard", "grants")),
    "consent.grants": (("grants_edges", "grants"), ("audit", "guard", "erasure")),
    "consent.erasure": (("erasure_edges", "erasure"), ("certificate", "audit", "grants")),
}
_LINE = re.compile(r"- `([^`]+)`: `([^`]*)` → `([^`]*)`( \(\d+\))?: (.+)")


@dataclass(frozen=True)
class Mutant:
    """One changed module."""

    module: str
    change: Change

    @property
    def name(self) -> str:
        """Name it so that a line moved elsewhere changes nothing."""
        return f"{self.module.replace('.', '/')}.py {self.change.name}"


class _Changed(SourceFileLoader):
    """Loads a module from a changed tree; nothing of it is written."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:
        """Give the changed code."""
        return self._code


class _Finder:
    """Finds the one changed module before anybody else does."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the changed module only."""
        if name != self._name:
            return None
        file = str(_file(name))
        return spec_from_file_location(name, file, loader=_Changed(name, file, self._code))


def _file(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def mutants(module: str) -> list[Mutant]:
    """Make every changed form of a module."""
    return [Mutant(module, change) for change in changes(_file(module).read_text(encoding="utf-8"))]


def files_of(names: Sequence[str]) -> list[str]:
    """Name the files of tests; one that is not there is a fault of the list above."""
    files = [f"{_TESTS}/test_{name}.py" for name in names]
    lost = [file for file in files if not (ROOT / file).exists()]
    if lost:
        raise SystemExit(f"there is no {', '.join(lost)}")
    return files


def begin(module: str, code: CodeType | None, names: Sequence[str], log: Path) -> int:
    """Run tests in a child, under a changed module if there is one."""
    child = os.fork()
    if child:
        return child
    os.chdir(ROOT)
    _silence(log)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(PATIENCE_S if code is not None else 4 * PATIENCE_S)
    if code is not None:
        sys.meta_path.insert(0, _Finder(module, code))
    import pytest

    options = ["-x", "-q", "-m", "not full", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--no-header"]
    options += ["-k", "not postgres"]  # What a rule says is the same on either engine.
    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    ended = pytest.main([*options, *quiet, *files_of(names)])
    if code is None:
        (log.parent / "modules.json").write_text(json.dumps(sorted(sys.modules)))
    os._exit(int(ended))


def _silence(log: Path) -> None:
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)


def warm(module: str, names: Sequence[str], folder: Path) -> float:
    """See the tests pass on the code as it is, and load here what they load of others, so that children need not."""
    started = time.monotonic()
    log = folder / f"{module}.log"
    _, status = os.waitpid(begin(module, None, names, log), 0)
    if status:
        raise SystemExit(f"the tests of {module} fail on the code as it is:\n{log.read_text()}")
    ours = tuple(path.name for path in ROOT.iterdir() if path.is_dir())
    for name in json.loads((folder / "modules.json").read_text()):
        if not name.startswith(("__", "_hypothesis_pytestplugin")) and name.partition(".")[0] not in ours:
            _load(name)
    return time.monotonic() - started


def _load(name: str) -> None:
    try:
        import_module(name)
    except ImportError:
        return  # A name that only stands in the table of modules.


def survivors(chosen: Sequence[Mutant], names: Sequence[str], folder: Path) -> list[Mutant]:
    """Try mutants against tests, so many at once; one that hangs or breaks the run is as good as noticed."""
    left: list[Mutant] = []
    at_work: dict[int, Mutant] = {}
    for mutant in chosen:
        if len(at_work) == AT_ONCE:
            left += _ended(at_work)
        tree = changed(_file(mutant.module).read_text(encoding="utf-8"), mutant.change.n)
        code = compile(tree, str(_file(mutant.module)), "exec")
        at_work[begin(mutant.module, code, names, folder / f"{mutant.change.n}.log")] = mutant
    while at_work:
        left += _ended(at_work)
    return sorted(left, key=lambda mutant: mutant.change.n)


def _ended(at_work: dict[int, Mutant]) -> list[Mutant]:
    child, status = os.wait()
    return [done] if (done := at_work.pop(child)) and status == 0 else []


def explained(text: str) -> dict[str, str]:
    """Read the committed list: mutant to reason."""
    found: dict[str, str] = {}
    module = ""
    for line in text.splitlines():
        if line.startswith("## "):
            module = line.removeprefix("## ").strip("` ")
        if match := _LINE.fullmatch(line):
            where, before, after, nth, reason = match.groups()
            found[f"{module} `{where}`: `{before}` → `{after}`{nth or ''}"] = reason
    return found


def told(module: str, chosen: Sequence[Mutant], folder: Path, is_sample: bool) -> list[Mutant]:
    """Try the mutants of one module and say how it went; a sample trusts that the further tests pass undisturbed."""
    first, further = SUITES[module]
    started, usual_s = time.monotonic(), warm(module, first if is_sample else first + further, folder)
    left = list(chosen)
    for names in SUITES[module]:
        left = survivors(left, names, folder)
    took = time.monotonic() - started
    print(
        f"{module.replace('.', '/')}.py: {len(chosen)} mutants, {len(chosen) - len(left)} killed,"
        f" {len(left)} survived ({took:.0f} s; undisturbed {usual_s:.1f} s)",
        flush=True,
    )
    return left


def main(words: Sequence[str]) -> int:
    """Return 0 when exactly the explained mutants survive."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument(
        "modules", nargs="*", default=list(SUITES), metavar="MODULE", help="like consent.grants"
    )
    asked.add_argument("--sample", type=int, metavar="N", help="only so many of each module")
    asked.add_argument("--seed", type=int, default=0, help="which ones")
    given = asked.parse_args(words)
    reasons = explained(RECORD.read_text(encoding="utf-8"))
    unexplained, lost = [], []
    with TemporaryDirectory() as folder:
        for module in given.modules:
            chosen = mutants(module)
            if given.sample is not None:
                chosen = random.Random(given.seed).sample(chosen, min(given.sample, len(chosen)))
            left = {mutant.name for mutant in told(module, chosen, Path(folder), given.sample is not None)}
            tried = {mutant.name for mutant in chosen}
            unexplained += sorted(left - set(reasons))
            known = {name for name in reasons if name.startswith(f"{module.replace('.', '/')}.py ")}
            lost += sorted(known & tried - left) + ([] if given.sample else sorted(known - tried))
    for name in unexplained:
        print(f"no test notices and docs/mutants.md does not explain: {name}")
    for name in lost:
        print(f"docs/mutants.md explains what is noticed or not there: {name}")
    return 1 if unexplained or lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
