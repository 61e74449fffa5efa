"""A tree of modules as the rules see it: the project's own, or a planted one that breaks a rule."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLANTED = Path(__file__).resolve().parent / "planted"
PACKAGES = ("kit", "sources", "consent", "generators", "pipeline", "analytics", "warehouse", "api", "cli")
GENERATED = frozenset({"frontend/src/api/schema.gen.ts"})


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the top of the tree, its text and its syntax."""

    path: str
    text: str
    syntax: ast.Module

    @property
    def package(self) -> str:
        """Name the top folder the module stands in."""
        return self.path.split("/")[0]

    @cached_property
    def names(self) -> dict[str, str]:
        """Map each imported local name to what it stands for."""
        found: dict[str, str] = {}
        for node in ast.walk(self.syntax):
            if isinstance(node, ast.Import):
                found.update(_imported_as(alias) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.update({(a.asname or a.name): f"{node.module}.{a.name}" for a in node.names})
        return found


def _imported_as(alias: ast.alias) -> tuple[str, str]:
    first = alias.name.split(".")[0]
    return (alias.asname, alias.name) if alias.asname else (first, first)


Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[Path], list[str]]


@cache
def modules(root: Path, *packages: str) -> tuple[Module, ...]:
    """Read the modules of the named packages, or of all, in a stable order."""
    found = []
    for package in packages or PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "__pycache__" not in path.parts:
                text = path.read_text(encoding="utf-8")
                found.append(Module(path.relative_to(root).as_posix(), text, ast.parse(text)))
    return tuple(found)


def functions(module: Module) -> Iterator[tuple[str, Function]]:
    """Give every function with its dotted name inside the module."""
    yield from _functions(module.syntax, "")


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, Function | ast.ClassDef)
        below = f"{prefix}{child.name}." if named else prefix
        if isinstance(child, Function):
            yield below.removesuffix("."), child
        yield from _functions(child, below)


def imported(module: Module) -> Iterator[tuple[int, str]]:
    """Give every imported name in full, wherever in the module the import stands."""
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def calls(module: Module) -> Iterator[tuple[int, str]]:
    """Give every call with the line it stands on, imported names written in full."""
    for node in ast.walk(module.syntax):
        if isinstance(node, ast.Call):
            yield node.lineno, resolved(node.func, module.names)


def dotted(node: ast.expr) -> str:
    """Write a name or attribute chain as the code does; a call or subscript in it becomes a question mark."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def resolved(node: ast.expr, names: dict[str, str]) -> str:
    """Write a name as `dotted` does, its first part replaced by what was imported under it."""
    first, _, rest = dotted(node).partition(".")
    return ".".join(part for part in (names.get(first, first), rest) if part)


def tracked(root: Path) -> list[Path]:
    """List the files that belong to the project: known to git or about to be, ignored ones left out."""
    asked = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(asked, capture_output=True, check=True).stdout.decode()
    listed = sorted({root / name for name in answer.split("\0") if name})
    return [path for path in listed if path.is_file()]


def refused(rule: Rule, planted: str, *words: str) -> None:
    """Assert that a rule catches the planted tree and says where; a rule that cannot fail holds nothing."""
    said = "\n".join(rule(PLANTED / planted))
    for word in words:
        assert word in said, f"the planted {word!r} was not caught; the rule said:\n{said or '(nothing)'}"


def kept(rule: Rule) -> None:
    """Assert that the project itself keeps the rule."""
    said = rule(ROOT)
    assert not said, "\n".join(["", *said])
