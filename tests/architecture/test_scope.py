"""Every read of a customer takes a Scope, and only `consent/grants.py` makes one."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture import tree

# A Grant alone opens nothing: the guard weighs consents into grants, and only grants.py makes the right of them.
MAKERS = {
    "Scope": {"kit/scope.py", "consent/grants.py"},
    "Grant": {"kit/scope.py", "consent/grants.py", "consent/_guard.py"},
}
READERS = ("warehouse/lake", "warehouse/_lake", "pipeline/", "analytics/", "sources/", "generators/")
IDENTIFIES = frozenset({"customer", "customer_id", "customers"})
RIGHTS = frozenset({"Scope", "Wanted"})
# Acts that give no customer data back: erasure looks at what is held or takes it away, run rows hold states and counts.
NAMED = {
    "warehouse/lake.py": {"Lake.withdraw", "Lake.drop_due"},
    "pipeline/runs.py": {"Runs.of_customer", "Runs.note_interrupted"},
}


def reads_without_scope(root: Path) -> list[str]:
    """Find public functions that are told a customer by id and are shown no right to read it."""
    said = []
    for module in tree.modules(root):
        if not module.path.startswith(READERS):
            continue
        for name, function in tree.functions(module):
            is_private = any(part.startswith("_") for part in name.split("."))
            if is_private or name in NAMED.get(module.path, ()) or _opens_right(function):
                continue
            if _names_customer(function) and not _shows_right(function):
                said.append(f"{module.path}:{function.lineno}: {name} takes a customer and no Scope")
    return said


def _arguments(function: tree.Function) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _names_customer(function: tree.Function) -> bool:
    return any(
        given.arg in IDENTIFIES
        or (given.annotation is not None and "CustomerId" in ast.unparse(given.annotation))
        for given in _arguments(function)
    )


def _opens_right(function: tree.Function) -> bool:
    """Asking for the right is the one thing a customer's name is for."""
    return function.returns is not None and ast.unparse(function.returns) == "Scope"


def _shows_right(function: tree.Function) -> bool:
    words = {
        node.id
        for given in _arguments(function)
        if given.annotation is not None
        for node in ast.walk(given.annotation)
        if isinstance(node, ast.Name)
    }
    return bool(words & RIGHTS)


def scopes_made_elsewhere(root: Path) -> list[str]:
    """Find a Scope or Grant made, copied with changes or forced open outside the one maker."""
    said = []
    for module in tree.modules(root):
        for node in ast.walk(module.syntax):
            if isinstance(node, ast.Call) and (act := _makes(node, module)):
                said.append(f"{module.path}:{node.lineno}: {act}")
    return said


def _makes(call: ast.Call, module: tree.Module) -> str | None:
    name = tree.resolved(call.func, module.names)
    parts = name.split(".")
    made = [word for word in parts[-2:] if word in MAKERS and name != "starlette.types.Scope"]
    if made:
        return None if module.path in MAKERS[made[0]] else f"makes {name}"
    if module.path == "kit/scope.py":
        return None
    on_right = bool(call.args) and any(
        word in tree.dotted(call.args[0]).lower() for word in ("scope", "grant")
    )
    if parts[-1] in {"replace", "__setattr__", "copy", "deepcopy"} and parts[0] in {
        "dataclasses",
        "object",
        "copy",
    }:
        return f"changes a right by {name}" if on_right else None
    return None


def test_a_planted_read_without_a_scope_is_caught() -> None:
    tree.refused(
        reads_without_scope,
        "scope",
        "pipeline/reading.py:7: records takes a customer and no Scope",
        "warehouse/lake.py:7: Lake.lines takes a customer and no Scope",
        "warehouse/lake.py:10: Lake.peek takes a customer and no Scope",
    )


def test_every_read_of_a_customer_takes_a_scope() -> None:
    tree.kept(reads_without_scope)


def test_planted_scopes_made_elsewhere_are_caught() -> None:
    tree.refused(
        scopes_made_elsewhere,
        "scope",
        "api/deps.py:9: makes kit.scope.Scope",
        "api/deps.py:10: changes a right by dataclasses.replace",
        "api/deps.py:11: changes a right by object.__setattr__",
        "api/deps.py:12: makes kit.scope.Grant",
    )


def test_only_the_one_maker_makes_a_scope() -> None:
    tree.kept(scopes_made_elsewhere)
