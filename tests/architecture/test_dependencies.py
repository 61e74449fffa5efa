"""Every dependency is explained, locked by hash and free of a registry's address; no model provider's package is among them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from tests.architecture import tree

RECORD = "docs/decisions/0012-dependencies.md"
PROVIDERS = frozenset(
    {"anthropic", "google-genai", "google-generativeai", "langchain", "litellm", "mistralai", "openai"}
)
ADDRESS = re.compile(r"https?://|file://|--(?:index|extra-index|find-links)")


def _asked(root: Path) -> list[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project.get("optional-dependencies", {}).values() for line in lines]
    return [re.split(r"[<>=!~\[; ]", line)[0] for line in [*project["dependencies"], *extras]]


def _locked(root: Path) -> dict[str, str]:
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)
    return {match[1]: entry for entry in entries if (match := re.match(r"([a-z0-9][\w.-]*)==", entry))}


def unexplained(root: Path) -> list[str]:
    """Find packages that the decision record does not give a reason for."""
    lines = (root / RECORD).read_text(encoding="utf-8")
    return [
        f"{name} has no line in {RECORD}" for name in _asked(root) if not re.search(rf"\b{name}\b", lines)
    ]


def unlocked(root: Path) -> list[str]:
    """Find packages without a lock or a hash, and addresses of registries in either lock."""
    locked = _locked(root)
    said = [f"{name} is not locked" for name in _asked(root) if name not in locked]
    said += [
        f"{name} is locked without a hash" for name, entry in locked.items() if "--hash=sha256:" not in entry
    ]
    for name in ("requirements.lock", "frontend/package-lock.json"):
        lines = (root / name).read_text(encoding="utf-8").splitlines()
        said += [f"{name}:{n}: an address" for n, line in enumerate(lines, 1) if _is_address(name, line)]
    return said


def _is_address(name: str, line: str) -> bool:
    return '"resolved"' in line if name.endswith(".json") else bool(ADDRESS.search(line))


def provider_packages(root: Path) -> list[str]:
    """Find the package of a language model's provider, asked for or brought in by another."""
    front = json.loads((root / "frontend/package-lock.json").read_text(encoding="utf-8"))["packages"]
    names = {*_locked(root), *_asked(root), *(path.rpartition("node_modules/")[2] for path in front)}
    return sorted(f"{name} is a model provider's package" for name in names & PROVIDERS)


def test_planted_dependencies_are_caught() -> None:
    tree.refused(unexplained, "dependencies", "leftpad has no line")
    tree.refused(
        unlocked,
        "dependencies",
        "leftpad is not locked",
        "openai is locked without a hash",
        "requirements.lock:1: an address",
        "frontend/package-lock.json:4: an address",
    )
    tree.refused(provider_packages, "dependencies", "openai is a model provider's package")


def test_every_dependency_is_explained() -> None:
    tree.kept(unexplained)


def test_every_dependency_is_locked_and_no_lock_names_a_registry() -> None:
    tree.kept(unlocked)


def test_no_model_provider_is_a_dependency() -> None:
    tree.kept(provider_packages)
