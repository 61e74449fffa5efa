"""Everything is annotated, nothing is `Any`, and only named boundaries catch what they do not know."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture import tree

# The registry finds its modules by name, so their type is known to it by contract alone.
REGISTRY = "sources/__init__.py"
# Pydantic writes its own constructor with Any; the models themselves are checked for it here.
MODELS = "api/models.py"
# A boundary answers for everything below it: it records the bug under a trace id or closes the run, and says so.
BOUNDARIES = frozenset(
    {
        ("api/gate.py", "Gate.__call__"),
        ("pipeline/flow.py", "continue_run"),
        ("cli/main.py", "_carry_out"),
    }
)
BROAD = frozenset({"Exception", "BaseException"})


def unannotated(root: Path) -> list[str]:
    """Find parameters and results without a type."""
    said = []
    for module in tree.modules(root):
        for name, function in tree.functions(module):
            bare = [given.arg for given in _given(function) if given.annotation is None]
            bare = [word for word in bare if word not in {"self", "cls"}]
            bare += ["its result"] if function.returns is None else []
            said += [f"{module.path}:{function.lineno}: {name} leaves {word} untyped" for word in bare]
    return said


def _given(function: tree.Function) -> list[ast.arg]:
    given = function.args
    stars = [part for part in (given.vararg, given.kwarg) if part is not None]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *stars]


def any_types(root: Path) -> list[str]:
    """Find `Any`, and checks switched off, outside the registry line."""
    said = []
    for module in tree.modules(root):
        for number, line in enumerate(module.text.splitlines(), 1):
            if module.path == MODELS and line == "# mypy: disallow-any-explicit=False":
                continue
            is_registry_line = module.path == REGISTRY and "Any" in line and "ignore[explicit-any]" in line
            if ("# type: ignore" in line or "# mypy:" in line) and not is_registry_line:
                said.append(f"{module.path}:{number}: switches the type check off")
        if module.path == REGISTRY:
            continue
        said += [
            f"{module.path}:{line}: imports Any"
            for line, name in tree.imported(module)
            if name == "typing.Any"
        ]
        dots = [node for node in ast.walk(module.syntax) if isinstance(node, ast.Attribute)]
        said += [
            f"{module.path}:{node.lineno}: uses Any" for node in dots if tree.dotted(node) == "typing.Any"
        ]
    return said


def broad_excepts(root: Path) -> list[str]:
    """Find handlers that catch what they do not know, outside the named boundaries."""
    said = []
    for module in tree.modules(root):
        allowed = {name for path, name in BOUNDARIES if path == module.path}
        inside = {
            id(node)
            for name, function in tree.functions(module)
            if name in allowed
            for node in ast.walk(function)
        }
        for node in ast.walk(module.syntax):
            if id(node) not in inside and (what := _broad(node)):
                said.append(f"{module.path}:{getattr(node, 'lineno', 0)}: {what}")
    return said


def _broad(node: ast.AST) -> str | None:
    if isinstance(node, ast.ExceptHandler) and not _raises_again(node):
        kinds = [] if node.type is None else [tree.dotted(part) for part in _parts(node.type)]
        return "catches everything" if node.type is None or BROAD & set(kinds) else None
    if isinstance(node, ast.Call) and tree.dotted(node.func).endswith("suppress"):
        return "suppresses everything" if BROAD & {tree.dotted(part) for part in node.args} else None
    return None


def _raises_again(handler: ast.ExceptHandler) -> bool:
    """Undoing half an act and letting the error go on hides nothing."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def _parts(kind: ast.expr) -> list[ast.expr]:
    return kind.elts if isinstance(kind, ast.Tuple) else [kind]


def test_planted_untyped_code_is_caught() -> None:
    tree.refused(
        unannotated,
        "typed",
        "consent/grants.py:7: open_scope leaves wanted untyped",
        "consent/grants.py:7: open_scope leaves rest untyped",
        "consent/grants.py:7: open_scope leaves its result untyped",
    )
    tree.refused(
        any_types,
        "typed",
        "consent/grants.py:4: imports Any",
        "consent/grants.py:11: uses Any",
        "consent/grants.py:16: switches the type check off",
    )


def test_everything_is_annotated() -> None:
    tree.kept(unannotated)


def test_nothing_is_any_but_the_registry_line() -> None:
    tree.kept(any_types)


def test_planted_broad_handlers_are_caught() -> None:
    tree.refused(
        broad_excepts,
        "typed",
        "pipeline/flow.py:18: catches everything",
        "pipeline/flow.py:20: catches everything",
        "pipeline/flow.py:22: catches everything",
        "pipeline/flow.py:24: suppresses everything",
    )
    assert len(broad_excepts(tree.PLANTED / "typed")) == 4


def test_only_named_boundaries_catch_everything() -> None:
    tree.kept(broad_excepts)
