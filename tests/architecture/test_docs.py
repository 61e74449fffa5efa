"""Documents keep to their length, decisions name a check that exists, and every path a document names is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture import tree

ARCHITECTURE_LINES, DECISION_LINES = 200, 60
NAMED_FUNCTION = re.compile(r"`([\w/]+\.py)::([\w.]+)`")
NAMED_PATH = re.compile(r"`((?:[a-z_]+/)+[\w.-]*|[\w-]+\.(?:py|json|toml|lock|md))`")
# Made by running or building, so a fresh clone has none of them.
MADE = ("raw/", "clean/", "logs/", "analytics/results/", "api/static/", ".cache/")


def undocumented(root: Path) -> list[str]:
    """Find documents over their length and decisions no check holds."""
    lines_n = len((root / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines())
    said = [f"ARCHITECTURE.md: {lines_n} lines"] if lines_n > ARCHITECTURE_LINES else []
    for path in sorted((root / "docs" / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        held = re.search(r"^\*\*Held by\*\*(.*)\Z", text, re.MULTILINE | re.DOTALL)
        checks = re.findall(r"`(tests/[\w./-]+)`", held[1]) if held else []
        said += [f"{path.name}: names no check"] if not checks else []
        said += [f"{path.name}: {check} is not there" for check in checks if not (root / check).exists()]
        said += [f"{path.name}: longer than a page"] if len(text.splitlines()) > DECISION_LINES else []
    return said


def lost_paths(root: Path) -> list[str]:
    """Find paths of the project that a document names and that are not there."""
    said = []
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        for number, line in enumerate((root / name).read_text(encoding="utf-8").splitlines(), 1):
            for path in NAMED_PATH.findall(line):
                is_known = (
                    path.startswith(MADE)
                    or (root / path).exists()
                    or [*root.glob(f"*/{path}"), *root.glob(f"*/*/{path}")]
                )
                said += [] if is_known else [f"{name}:{number}: {path} is not there"]
    return said


def lost_functions(root: Path) -> list[str]:
    """Find functions that ARCHITECTURE.md leads a reader to and that are not there."""
    said = []
    for number, line in enumerate((root / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines(), 1):
        for path, name in NAMED_FUNCTION.findall(line):
            module = next((one for one in tree.modules(root) if one.path == path), None)
            names = {found for found, _ in tree.functions(module)} if module else set()
            said += [] if name in names else [f"ARCHITECTURE.md:{number}: {path}::{name} is not there"]
    return said


def test_planted_documents_are_caught() -> None:
    tree.refused(
        undocumented,
        "docs",
        "ARCHITECTURE.md: 201 lines",
        "0001-a-wish.md: names no check",
        "0002-a-lost-check.md: tests/nowhere.py is not there",
    )
    tree.refused(lost_paths, "docs", "README.md:1: kit/nowhere.py is not there")
    tree.refused(lost_functions, "docs", "ARCHITECTURE.md:1: kit/money.py::rupees is not there")


def test_documents_keep_to_their_length_and_decisions_are_held() -> None:
    tree.kept(undocumented)


def test_every_path_a_document_names_is_there() -> None:
    tree.kept(lost_paths)


def test_one_rupee_can_be_followed() -> None:
    tree.kept(lost_functions)
