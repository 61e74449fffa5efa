"""Imports point down, sources and analytics are strangers, and what computes does not touch the outside world."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture import tree

LINTER = Path(sys.executable).parent / "lint-imports"
PURE = ("kit", "sources", "analytics", "generators")
# The script door of the reference system only hands over to the command line.
DOORS = frozenset({"analytics/generate_summaries.py"})
OUTSIDE = frozenset(
    "asyncio aiohttp fcntl fileinput ftplib getpass glob http httpx io logging mmap multiprocessing os"
    " pathlib psycopg requests select selectors shelve shutil signal smtplib socket sqlite3 sqlalchemy ssl subprocess"
    " tempfile threading urllib urllib3 uvicorn fastapi webbrowser".split()
)
CALLS = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "__import__"})


def broken_contracts(root: Path) -> list[str]:
    """Run the import contracts of pyproject.toml over a tree and give those that do not hold."""
    asked = [str(LINTER), "--config", str(tree.ROOT / "pyproject.toml"), "--no-cache"]
    answer = subprocess.run(asked, cwd=root, capture_output=True, text=True, check=False)
    broken = [line for line in answer.stdout.splitlines() if line.endswith("BROKEN")]
    silent = answer.returncode != 0 and not broken
    return [answer.stdout + answer.stderr] if silent else broken


def outside_world(root: Path) -> list[str]:
    """Find I/O in the packages that only compute."""
    said = []
    for module in tree.modules(root, *PURE):
        if module.path in DOORS:
            continue
        names = [(line, name) for line, name in tree.imported(module) if name.split(".")[0] in OUTSIDE]
        said += [f"{module.path}:{line}: imports {name}" for line, name in names]
        said += [f"{module.path}:{line}: calls {name}" for line, name in tree.calls(module) if name in CALLS]
    return said


def test_a_planted_import_that_points_up_or_sideways_breaks_each_contract() -> None:
    tree.refused(
        broken_contracts,
        "layers",
        "A package imports only what stands below it",
        "Sources do not know each other",
        "Sources know only kit, and the hidden world when they generate",
        "What reads the data of a source does not know the world it was made from",
        "Analytics know only kit",
        "The hidden world knows only kit",
    )


def test_imports_point_down() -> None:
    tree.kept(broken_contracts)


def test_planted_io_in_a_package_that_only_computes_is_caught() -> None:
    tree.refused(
        outside_world,
        "layers",
        "analytics/score.py:4: imports sqlite3",
        "kit/money.py:3: imports pathlib.Path",
        "sources/gst/clean.py:9: calls open",
    )


def test_what_computes_does_no_io() -> None:
    tree.kept(outside_world)
