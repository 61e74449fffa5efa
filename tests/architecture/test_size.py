"""Size budget: a file, a function and a component fit in the head of whoever reads them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

from tests.architecture import tree

FILE_LINES, FUNCTION_LINES, COMPLEXITY, PARAMETERS, MEDIAN_LINES = 400, 60, 10, 5, 10
TS_FILE_LINES, COMPONENT_LINES = 250, 120
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ExceptHandler,
    ast.comprehension,
    ast.match_case,
)
COMPONENT = re.compile(
    r"^(?:export )?(?:default )?(?:function ([A-Z]\w*)|const ([A-Z]\w*)\b[^=]*=\s*(?:\(|\w+\())"
)


def python_too_large(root: Path) -> list[str]:
    """Find Python files and functions over budget."""
    said = []
    for module in tree.modules(root):
        lines_n = len(module.text.splitlines())
        said += [f"{module.path}: {lines_n} lines"] if lines_n > FILE_LINES else []
        for name, function in tree.functions(module):
            said += [
                f"{module.path}:{function.lineno}: {name} has {excess}" for excess in _excesses(function)
            ]
    return said


def _excesses(function: tree.Function) -> list[str]:
    measured = (
        (_lines(function), FUNCTION_LINES, "lines"),
        (_complexity(function), COMPLEXITY, "branches"),
        (_parameters(function), PARAMETERS, "parameters"),
    )
    return [f"{amount} {what}" for amount, most, what in measured if amount > most]


def _lines(function: tree.Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _complexity(function: tree.Function) -> int:
    walked = list(ast.walk(function))
    choices = sum(len(node.values) - 1 for node in walked if isinstance(node, ast.BoolOp))
    return 1 + choices + sum(isinstance(node, BRANCHES) for node in walked)


def _parameters(function: tree.Function) -> int:
    given = function.args
    named = [part.arg for part in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in named if name not in {"self", "cls"}])


def middle_function_too_long(root: Path) -> list[str]:
    """Say when the median function has grown past ten lines."""
    lengths = [_lines(function) for module in tree.modules(root) for _, function in tree.functions(module)]
    middle = median(lengths)
    return [f"the median function has {middle:g} lines"] if middle > MEDIAN_LINES else []


def typescript_too_large(root: Path) -> list[str]:
    """Find TypeScript files and components over budget."""
    said = []
    for path in sorted((root / "frontend").rglob("*.ts*")):
        name = path.relative_to(root).as_posix()
        if "node_modules" in path.parts or name in tree.GENERATED:
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        said += [f"{name}: {len(lines)} lines"] if len(lines) > TS_FILE_LINES else []
        said += [
            f"{name}:{at + 1}: {part} has {n} lines"
            for at, part, n in _components(lines)
            if n > COMPONENT_LINES
        ]
    return said


def _components(lines: list[str]) -> list[tuple[int, str, int]]:
    """Top-level code is closed by a brace or bracket in the first column; the formatter sees to that."""
    found = []
    for at, line in enumerate(lines):
        if match := COMPONENT.match(line):
            closing = (after for after in range(at + 1, len(lines)) if re.match(r"[})\]]", lines[after]))
            found.append((at, match[1] or match[2], next(closing, at) - at + 1))
    return found


def test_planted_giants_are_caught() -> None:
    tree.refused(
        python_too_large,
        "size",
        "kit/giant.py: 404 lines",
        "kit/giant.py:4: Giant.grow has 61 lines",
        "kit/giant.py:66: choose has 11 branches",
        "kit/giant.py:81: carry has 6 parameters",
    )
    tree.refused(middle_function_too_long, "size", "the median function has")
    tree.refused(
        typescript_too_large,
        "size",
        "frontend/src/giant.tsx: 251 lines",
        "frontend/src/giant.tsx:3: Giant has 121 lines",
        "frontend/src/giant.tsx:125: Memo has 122 lines",
    )


def test_python_fits_its_budget() -> None:
    tree.kept(python_too_large)


def test_the_median_function_is_short() -> None:
    tree.kept(middle_function_too_long)


def test_typescript_fits_its_budget() -> None:
    tree.kept(typescript_too_large)
