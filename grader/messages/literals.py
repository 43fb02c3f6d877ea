"""The texts that an expression of Python may have: an f-string becomes a template with a place for each value."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

_MOST_FORMS = 8
"""Of one expression."""
Part = str | ast.expr
"""A piece of text, or the expression of a value."""
Scopes = tuple[ast.AST | None, ...]


def texts_of(node: ast.expr, *scopes: ast.AST | None) -> list[str]:
    """The texts; none if the expression is no text of the source.

    Args:
        node: a string, an f-string, two of which one is chosen, or a variable that was given such a value.
        scopes: where variables are looked up: the function, then the module.
    """
    return list(dict.fromkeys(_written(form) for form in _forms(node, scopes)))


def _forms(node: ast.expr, scopes: Scopes) -> list[list[Part]]:
    if isinstance(node, ast.Constant):
        return [[node.value]] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        return _joined([_pieces(value, scopes) for value in node.values])
    if isinstance(node, ast.IfExp):
        return [*_forms(node.body, scopes), *_forms(node.orelse, scopes)]
    if isinstance(node, ast.BoolOp):
        return [form for value in node.values for form in _forms(value, scopes)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_pieces(node.left, scopes), _pieces(node.right, scopes)])
    if isinstance(node, ast.Name):
        return [form for value in _assigned(node.id, scopes) for form in _forms(value, scopes)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "english" and node.args:
        return _forms(node.args[0], scopes)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        found = _returned(node.func.id, scopes[-1:])
        return [form for function, value in found for form in _forms(value, (function, *scopes[-1:]))]
    return []


def _returned(name: str, scopes: Scopes) -> list[tuple[ast.AST, ast.expr]]:
    """What a function of the module returns."""
    return [
        (function, node.value)
        for module in scopes
        if isinstance(module, ast.Module)
        for function in module.body
        if isinstance(function, ast.FunctionDef) and function.name == name
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None
    ]


def _pieces(node: ast.expr, scopes: Scopes) -> list[list[Part]]:
    """What an expression puts into an f-string: one of its texts, or a value."""
    value = node.value if isinstance(node, ast.FormattedValue) else node
    if isinstance(value, ast.Name):
        chosen = _assigned(value.id, scopes)
        value = chosen[0] if len(chosen) == 1 and isinstance(chosen[0], (ast.IfExp, ast.Constant)) else value
    if isinstance(value, ast.IfExp):
        branches = (value.body, value.orelse) if _forms(value, scopes) else ()
        found = [form for branch in branches for form in _pieces(branch, scopes)]
    elif isinstance(value, (ast.Constant, ast.JoinedStr, ast.BinOp)):
        found = _forms(value, scopes)
    else:
        found = []
    return found if 0 < len(found) <= _MOST_FORMS else [[value]]


def _joined(alternatives: Sequence[list[list[Part]]]) -> list[list[Part]]:
    forms = itertools.islice(itertools.product(*alternatives), _MOST_FORMS)
    return [[part for piece in form for part in piece] for form in forms]


def _assigned(name: str, scopes: Scopes) -> list[ast.expr]:
    """What a variable was given: in the function, else in the module."""
    for scope in scopes:
        nodes = () if scope is None else scope.body if isinstance(scope, ast.Module) else ast.walk(scope)
        found = [
            node.value
            for node in nodes
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
        ]
        if found:
            return found
    return []


def _written(parts: Sequence[Part]) -> str:
    """A template; values that follow each other without a text between them are one."""
    namer = _Namer()
    text, after_value = "", False
    for part in parts:
        if isinstance(part, str):
            text += part.replace("{", "{{").replace("}", "}}")
            after_value = after_value and not part
        elif not after_value:
            text += f"{{{namer.name(part)}}}"
            after_value = True
    return text if namer.used else text.replace("{{", "{").replace("}}", "}")


class _Namer:
    """Names the values of one template, each differently."""

    def __init__(self) -> None:
        self.used: list[str] = []

    def name(self, node: ast.expr) -> str:
        """A name that tells what the value is."""
        base = _name_of(node) or "value"
        name = next(name for name in _numbered(base) if name not in self.used)
        self.used.append(name)
        return name


def _numbered(base: str) -> Iterator[str]:
    yield base
    yield from (f"{base}_{number}" for number in itertools.count(2))


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_")
    if isinstance(node, ast.Call):
        return _name_of(node.args[0]) if node.args and _is_builtin(node.func) else _name_of(node.func)
    return _name_of(node.value) if isinstance(node, ast.Subscript) else ""


def _is_builtin(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("len", "str", "repr", "int", "sum", "sorted", "count", "number")
