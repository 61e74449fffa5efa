"""The small changes: every way one module can be bent in one place while it still reads as Python."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_UNWRAPPED = {"sorted", "reversed"}
_AND = " AND "
_TYPES_ONLY = {"annotation", "returns", "type_comment", "bases", "type_params"}
_BLOCKS = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For, ast.While, ast.With, ast.Try,
)  # fmt: skip
_WIDEST = 90
_CONTEXT = 30


@dataclass(frozen=True)
class Change:
    """One bend of a module, by number and in words that do not depend on lines."""

    n: int
    name: str


class _Spot(NamedTuple):
    """A place in a tree: what stands there, in what, how to show it and how to put something else there."""

    where: str
    node: ast.AST
    parent: ast.AST
    show: Callable[[], str]
    put: Callable[[ast.AST], None]


class _Bend(NamedTuple):
    spot: _Spot
    instead: ast.AST


def changes(source: str) -> list[Change]:
    """Name every change of a module."""
    made: list[Change] = []
    seen: Counter[str] = Counter()
    for n, (spot, instead) in enumerate(_bends(ast.parse(source))):
        before = spot.show()
        spot.put(instead)
        words = f"`{spot.where}`: " + " → ".join(f"`{text}`" for text in _cut(before, spot.show()))
        spot.put(spot.node)
        seen[words] += 1
        made.append(Change(n, words if seen[words] == 1 else f"{words} ({seen[words]})"))
    return made


def changed(source: str, n: int) -> ast.Module:
    """Give the tree of a module with one change made."""
    tree = ast.parse(source)
    spot, instead = list(_bends(tree))[n]
    spot.put(instead)
    return ast.fix_missing_locations(tree)


def _cut(before: str, after: str) -> tuple[str, str]:
    """Show where two long texts differ, and a little on either side."""
    if max(len(before), len(after)) <= _WIDEST:
        return before, after
    alike = next(
        (n for n, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]),
        min(len(before), len(after)),
    )
    least = min(len(before), len(after)) - alike
    tail = next((n for n in range(least) if before[-1 - n] != after[-1 - n]), least)
    return _window(before, alike, tail), _window(after, alike, tail)


def _window(text: str, head_n: int, tail_n: int) -> str:
    begin, end = max(0, head_n - _CONTEXT), min(len(text), len(text) - tail_n + _CONTEXT)
    return ("…" if begin else "") + text[begin:end] + ("…" if end < len(text) else "")


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split()).replace("`", "'")


def _bends(tree: ast.Module) -> list[_Bend]:
    return [_Bend(spot, instead) for spot in _spots(tree, "module", lambda: "") for instead in _instead(spot)]


def _spots(node: ast.AST, where: str, show: Callable[[], str]) -> Iterator[_Spot]:
    for name, value in ast.iter_fields(node):
        if name in _TYPES_ONLY:
            continue
        shown = _shower(node, name) if isinstance(node, _BLOCKS) else show
        for n, one in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(one, ast.AST) and not _is_aside(one):
                put = _in_list(value, n) if isinstance(value, list) else _in_field(node, name)
                spot = _Spot(where, one, node, _of(value, n, shown, one), put)
                yield spot
                yield from _spots(one, _within(where, one), spot.show)


def _of(value: object, n: int, shown: Callable[[], str], one: ast.AST) -> Callable[[], str]:
    """A statement of a block shows itself, whatever stands in its place."""
    if isinstance(one, ast.stmt | ast.ExceptHandler) and isinstance(value, list):
        return lambda: _text(value[n])
    return shown


def _shower(node: ast.AST, name: str) -> Callable[[], str]:
    def show() -> str:
        value = getattr(node, name)
        return ", ".join(map(_text, value)) if isinstance(value, list) else _text(value)

    return show


def _within(where: str, node: ast.AST) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name if where == "module" else f"{where}.{node.name}"
    return where


def _in_field(node: ast.AST, name: str) -> Callable[[ast.AST], None]:
    return lambda value: setattr(node, name, value)


def _in_list(values: list[ast.AST], n: int) -> Callable[[ast.AST], None]:
    return lambda value: values.__setitem__(n, value)


def _is_aside(node: ast.AST) -> bool:
    """Imports, docstrings, exports and what only the type checker reads are no behaviour; prose may be reworded."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
    return False


def _instead(spot: _Spot) -> Iterator[ast.AST]:
    """List what may stand in the place of a node."""
    node = spot.node
    if isinstance(node, ast.expr):
        yield from _of_expression(node, spot)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node, spot.where != "module")
    elif isinstance(node, ast.ExceptHandler) and not isinstance(node.body[-1], ast.Raise):
        yield ast.ExceptHandler(node.type, node.name, [ast.Raise()])


def _of_statement(node: ast.stmt, is_inside: bool) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    if isinstance(node, ast.Assign) and is_inside and not _is_none(node.value):
        yield ast.Assign(node.targets, ast.Constant(None))
    if isinstance(node, ast.Raise | ast.AugAssign | ast.Continue | ast.Break | ast.Expr):
        yield ast.Pass()
    if isinstance(node, ast.With) and "suppress" in ast.unparse(node.items[0].context_expr):
        yield ast.If(ast.Constant(True), node.body, [])


def _is_none(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _of_expression(node: ast.expr, spot: _Spot) -> Iterator[ast.AST]:
    yield from _KINDS.get(type(node), _nothing)(node)
    is_asked = isinstance(spot.parent, ast.If | ast.IfExp | ast.While) and spot.parent.test is node
    is_sieve = isinstance(spot.parent, ast.comprehension) and node in spot.parent.ifs
    if (is_asked or is_sieve) and not isinstance(node, ast.Compare | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)
    if is_sieve:
        yield ast.Constant(True)


def _nothing(node: ast.expr) -> Iterator[ast.AST]:
    yield from ()


def _of_compare(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Compare)
    for n, operator in enumerate(node.ops):
        for other in _COMPARED[type(operator)]:
            yield ast.Compare(node.left, [*node.ops[:n], other(), *node.ops[n + 1 :]], node.comparators)


def _of_bool(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.BoolOp)
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for n in range(len(node.values)):
        rest = [*node.values[:n], *node.values[n + 1 :]]
        yield ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0]


def _of_unary(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.UnaryOp)
    yield node.operand


def _of_binary(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.BinOp)
    if type(node.op) in _COUNTED:
        yield ast.BinOp(node.left, _COUNTED[type(node.op)](), node.right)


def _of_constant(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Constant)
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and value and " " not in value:
        yield ast.Constant(value + "_")
    elif isinstance(value, str) and _AND in value:
        clauses = value.split(_AND)
        yield from (
            ast.Constant(_AND.join([*clauses[:n], *clauses[n + 1 :]])) for n in range(1, len(clauses))
        )


def _of_call(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Call)
    for n, word in enumerate(node.keywords):
        if not isinstance(word.value, ast.Constant) or not isinstance(word.value.value, bool):
            yield ast.Call(node.func, node.args, [*node.keywords[:n], *node.keywords[n + 1 :]])
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name in _OPPOSITES:
        yield ast.Call(ast.Name(_OPPOSITES[name], ast.Load()), node.args, node.keywords)
    if name in _UNWRAPPED:
        yield node.args[0]


def _of_choice(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.IfExp)
    yield node.body
    yield node.orelse


def _of_list(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Tuple | ast.List | ast.Set)
    if len(node.elts) > 1 and not isinstance(getattr(node, "ctx", None), ast.Store):
        for n in range(len(node.elts)):
            rest = [*node.elts[:n], *node.elts[n + 1 :]]
            yield ast.Set(rest) if isinstance(node, ast.Set) else type(node)(rest, ast.Load())


def _of_dict(node: ast.expr) -> Iterator[ast.AST]:
    assert isinstance(node, ast.Dict)
    for n in range(len(node.keys)):
        yield ast.Dict([*node.keys[:n], *node.keys[n + 1 :]], [*node.values[:n], *node.values[n + 1 :]])


_KINDS: dict[type[ast.expr], Callable[[ast.expr], Iterator[ast.AST]]] = {
    ast.Compare: _of_compare,
    ast.BoolOp: _of_bool,
    ast.UnaryOp: _of_unary,
    ast.BinOp: _of_binary,
    ast.Constant: _of_constant,
    ast.Call: _of_call,
    ast.IfExp: _of_choice,
    ast.Tuple: _of_list,
    ast.List: _of_list,
    ast.Set: _of_list,
    ast.Dict: _of_dict,
}
