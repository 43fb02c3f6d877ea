"""Mutants of a solution, made by machine: small changes of the kind that typing makes.

A mutant changes one place between the markers. What a suite does not tell from the solution is a hole in the suite, or
a mutant that means the same.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

import msgspec

from grader.model import Module

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.MatMult: ast.Mult,
}
_COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_COPIES = ("copy", "array", "astype")


class Mutant(msgspec.Struct, frozen=True, kw_only=True):
    """A solution with one small change."""

    name: str
    """Function, line in it, and what was changed: the same as long as the solution is."""
    module: Module


Change = tuple[str, Callable[[], None], Callable[[], None]]
"""What is changed, how to do it, how to undo it."""


def mutants(solution: Module) -> Iterator[Mutant]:
    """Every mutant of a solution, in the order of its lines."""
    text = solution.source.decode("utf-8")
    tree = ast.parse(text)
    inside = _marked_lines(text)
    seen: dict[str, int] = {}
    for function, start, node in _nodes(tree, inside):
        for what, change, undo in _changes(node):
            change()
            source = ast.unparse(ast.fix_missing_locations(copy.deepcopy(tree)))
            undo()
            name = f"{function}:{node.lineno - start} {what}"
            seen[name] = seen.get(name, 0) + 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            yield Mutant(name=name, module=msgspec.structs.replace(solution, source=source.encode("utf-8")))


def _marked_lines(text: str) -> set[int]:
    """The lines between the markers."""
    inside: set[int] = set()
    marked = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() == "### BEGIN SOLUTION":
            marked = True
        elif line.strip() == "### END SOLUTION":
            marked = False
        elif marked:
            inside.add(number)
    return inside


def _nodes(tree: ast.Module, inside: set[int]) -> Iterator[tuple[str, int, ast.expr | ast.stmt]]:
    """What may be changed, with the function that it stands in and that function's first line."""
    for outer in tree.body:
        members = outer.body if isinstance(outer, ast.ClassDef) else [outer]
        for function in members:
            if isinstance(function, ast.FunctionDef):
                name = f"{outer.name}.{function.name}" if isinstance(outer, ast.ClassDef) else function.name
                guards = _guards(function)
                for node in ast.walk(function):
                    if isinstance(node, (ast.expr, ast.stmt)) and node.lineno in inside and id(node) not in guards:
                        yield name, function.lineno, node


def _guards(function: ast.FunctionDef) -> set[int]:
    """Values of `strict=`, which change no output: they tell of lists that do not fit."""
    keywords = (node for node in ast.walk(function) if isinstance(node, ast.keyword) and node.arg == "strict")
    return {id(keyword.value) for keyword in keywords}


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BinOp):
        yield from _operator(node)
        yield from _dropped(node)
    elif isinstance(node, ast.AugAssign) and type(node.op) in _ARITHMETIC:
        yield _replaced(node, "op", _ARITHMETIC[type(node.op)](), f"{_sign(node.op)}= becomes another")
    elif isinstance(node, ast.Compare):
        yield from _comparison(node)
    elif isinstance(node, ast.Constant):
        yield from _constant(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield _replaced(node, "op", ast.UAdd(), "minus dropped")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _replaced(node, "operand", ast.UnaryOp(ast.Not(), node.operand), "not dropped")
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield _replaced(node, "op", other, "and becomes or, or the other way round")
    elif isinstance(node, ast.Call):
        yield from _call(node)


def _operator(node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in _ARITHMETIC:
        other = _ARITHMETIC[type(node.op)]()
        yield _replaced(node, "op", other, f"{_sign(node.op)} becomes {_sign(other)}")


def _dropped(node: ast.BinOp) -> Iterator[Change]:
    """Leave out one side: the node becomes the other, times one or plus nothing."""
    if isinstance(node.op, (ast.Add, ast.Sub)):
        yield _replaced(node, "right", ast.Constant(0.0), f"{_short(node.right)} dropped")
        if isinstance(node.op, ast.Add):
            yield _replaced(node, "left", ast.Constant(0.0), f"{_short(node.left)} dropped")
    elif isinstance(node.op, (ast.Mult, ast.Div)):
        yield _replaced(node, "right", ast.Constant(1.0), f"{_short(node.right)} dropped")
        if isinstance(node.op, ast.Mult):
            yield _replaced(node, "left", ast.Constant(1.0), f"{_short(node.left)} dropped")


def _comparison(node: ast.Compare) -> Iterator[Change]:
    if type(node.ops[0]) in _COMPARISON:
        other = _COMPARISON[type(node.ops[0])]()
        yield _replaced(node, "ops", [other, *node.ops[1:]], f"{_sign(node.ops[0])} becomes {_sign(other)}")


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield _replaced(node, "value", not value, f"{value} becomes {not value}")
    elif isinstance(value, int):
        yield _replaced(node, "value", value + 1, f"{value} becomes {value + 1}")
        yield _replaced(node, "value", value - 1, f"{value} becomes {value - 1}")
    elif isinstance(value, float):
        yield _replaced(node, "value", value * 1.5 + 0.25, f"{value} becomes {value * 1.5 + 0.25}")


def _call(node: ast.Call) -> Iterator[Change]:
    """Leave out an axis or a copy."""
    for keyword in node.keywords:
        if keyword.arg in ("axis", "keepdims"):
            rest = [other for other in node.keywords if other is not keyword]
            yield _replaced(node, "keywords", rest, f"{keyword.arg} dropped")
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in _COPIES and isinstance(node.func, ast.Attribute):
        taken = node.args[0] if node.args and name == "array" else node.func.value
        if name != "array" or node.args:
            yield _replaced_call(node, taken, f"{name}() dropped")


def _replaced(node: ast.AST, field: str, value: object, what: str) -> Change:
    before = getattr(node, field)
    return what, lambda: setattr(node, field, value), lambda: setattr(node, field, before)


def _replaced_call(node: ast.Call, taken: ast.expr, what: str) -> Change:
    """Let a call be `(lambda taken: taken)(taken)`: its argument as it is."""
    before = (node.func, node.args, node.keywords)
    name = ast.arg("it")
    nothing = ast.Lambda(
        ast.arguments(posonlyargs=[], args=[name], kwonlyargs=[], kw_defaults=[], defaults=[]), ast.Name("it")
    )

    def change() -> None:
        node.func, node.args, node.keywords = nothing, [taken], []

    def undo() -> None:
        node.func, node.args, node.keywords = before

    return what, change, undo


def _sign(operator: ast.AST) -> str:
    signs = {
        "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "Pow": "**", "FloorDiv": "//", "MatMult": "@", "Mod": "%",
        "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!=", "Is": "is", "IsNot": "is not",
    }  # fmt: skip
    return signs.get(type(operator).__name__, type(operator).__name__)


def _short(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= 30 else text[:29] + "…"
