"""What a module defines, read from its text: nothing of it is executed."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Mapping, Sequence

Names = Mapping[str, Sequence[str]]
"""Functions, classes and methods, each with the names of its parameters: {"Adam.update": ["weights", "gradients"]}."""


def outline(source: str | bytes) -> dict[str, tuple[str, ...]]:
    """The public functions, classes and methods of a module.

    Raises:
        SyntaxError: it is not valid Python.
    """
    found: dict[str, tuple[str, ...]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _parameters(node)
        elif isinstance(node, ast.ClassDef):
            methods = {method.name: method for method in node.body if isinstance(method, ast.FunctionDef)}
            found[node.name] = _parameters(methods["__init__"])[1:] if "__init__" in methods else ()
            for name, method in methods.items():
                if not name.startswith("_"):
                    found[f"{node.name}.{name}"] = _parameters(method)[1:]
    return {name: parameters for name, parameters in found.items() if not name.startswith("_")}


def assigned(source: str) -> frozenset[str]:
    """Every name that a module gives a value at its top, in whatever way.

    Raises:
        SyntaxError: it is not valid Python.
    """
    table = symtable.symtable(source, "module", "exec")
    return frozenset(name.get_name() for name in table.get_symbols() if name.is_assigned() or name.is_imported())


def heirs(source: str | bytes) -> frozenset[str]:
    """The classes that get methods from other classes."""
    return frozenset(node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.bases)


def takes_anything(source: str | bytes) -> frozenset[str]:
    """The functions that accept any keyword."""
    nodes = ast.walk(ast.parse(source))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.args.kwarg)


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    arguments = function.args
    return tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
