"""No clock, no global chance and no float money: the same inputs give the same bytes on any machine."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture import tree

CLOCKS = frozenset(
    "datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today datetime.date.today time.time time.time_ns"
    " time.localtime time.gmtime time.ctime time.strftime".split()
)
SYSTEM_CLOCK = ("kit/period.py", "SystemClock")
CHANCE = frozenset(
    {"random", "uuid.uuid1", "uuid.uuid4", "os.urandom", "os.getrandom", "secrets", "numpy.random", "hash"}
)
# These make names and salts of acts, which live in ledger rows and never in hashed files.
ACTS = ("consent", "warehouse", "api", "cli")
ACTING_FILES = frozenset({"pipeline/runs.py", "pipeline/wiring.py"})
STREAM = "kit/chance.py"
STEPS = ("kit", "sources", "analytics")
# A JSON number may arrive as a float: it is read by its text, and refused when that lost precision.
MESSY_NUMBERS = frozenset({"kit/fields.py", "kit/_amounts.py"})


def clocks(root: Path) -> list[str]:
    """Find the machine's clock read anywhere but in the one SystemClock."""
    said = []
    for module in tree.modules(root):
        allowed = {id(node) for node in _class_nodes(module)} if module.path == SYSTEM_CLOCK[0] else set()
        names = module.names
        for node in ast.walk(module.syntax):
            is_read = isinstance(node, ast.Attribute | ast.Name) and tree.resolved(node, names) in CLOCKS
            if is_read and id(node) not in allowed:
                said.append(f"{module.path}:{getattr(node, 'lineno', 0)}: reads {tree.resolved(node, names)}")
    return said


def _class_nodes(module: tree.Module) -> list[ast.AST]:
    classes = [node for node in ast.walk(module.syntax) if isinstance(node, ast.ClassDef)]
    return [inner for node in classes if node.name == SYSTEM_CLOCK[1] for inner in ast.walk(node)]


def chance(root: Path) -> list[str]:
    """Find chance that is not a seeded stream, and hash(), which differs from process to process."""
    said = []
    for module in tree.modules(root):
        may_name_acts = module.package in ACTS or module.path in ACTING_FILES
        for line, name in tree.calls(module):
            first = name.split(".")[0]
            is_secret = first == "secrets" or name in {"os.urandom", "uuid.uuid4"}
            if (name in CHANCE or first in CHANCE) and not (is_secret and may_name_acts):
                said.append(f"{module.path}:{line}: draws from {name}")
        if module.path != STREAM:
            drawn = [(line, name) for line, name in tree.imported(module) if name.split(".")[0] == "random"]
            said += [f"{module.path}:{line}: imports {name}" for line, name in drawn]
    return said


def floats(root: Path) -> list[str]:
    """Find floats, and division that makes them, where numbers of customers are computed."""
    said = []
    for module in tree.modules(root, *STEPS):
        is_generating = module.path.startswith("sources/") and module.path.endswith("/generate.py")
        if is_generating or module.path in MESSY_NUMBERS:
            continue
        exact = {"fractions", "decimal"} & {name.split(".")[0] for _, name in tree.imported(module)}
        for node in ast.walk(module.syntax):
            if what := _float(node, bool(exact)):
                said.append(f"{module.path}:{getattr(node, 'lineno', 0)}: {what}")
    return said


def _float(node: ast.AST, has_exact_numbers: bool) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return "writes a float"
    if isinstance(node, ast.Call) and tree.dotted(node.func) in {
        "float",
        "math.sqrt",
        "math.log",
        "math.exp",
        "round",
    }:
        return f"calls {tree.dotted(node.func)}"
    is_division = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    return "divides into a float" if is_division and not has_exact_numbers else None


def test_planted_clocks_are_caught() -> None:
    tree.refused(
        clocks,
        "pure",
        "pipeline/flow.py:9: reads datetime.datetime.now",
        "pipeline/flow.py:10: reads datetime.date.today",
        "pipeline/flow.py:11: reads time.time",
        "kit/period.py:13: reads datetime.datetime.now",
    )
    assert len(clocks(tree.PLANTED / "pure")) == 4


def test_time_is_passed_in() -> None:
    tree.kept(clocks)


def test_planted_chance_is_caught() -> None:
    tree.refused(
        chance,
        "pure",
        "sources/gst/clean.py:3: imports random.choice",
        "sources/gst/clean.py:9: draws from random.choice",
        "sources/gst/clean.py:10: draws from hash",
        "sources/gst/clean.py:11: draws from secrets.token_hex",
    )


def test_chance_is_passed_in() -> None:
    tree.kept(chance)


def test_planted_floats_are_caught() -> None:
    tree.refused(
        floats,
        "pure",
        "sources/gst/clean.py:12: divides into a float",
        "sources/gst/clean.py:13: writes a float",
        "sources/gst/clean.py:14: calls float",
        "sources/gst/clean.py:15: calls round",
    )
    assert not any("generate.py" in line for line in floats(tree.PLANTED / "pure"))


def test_no_number_of_a_customer_is_ever_a_float() -> None:
    tree.kept(floats)
