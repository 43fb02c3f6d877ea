"""The call that went wrong, as lines of Python that a student can paste."""

from __future__ import annotations

import ast
import functools
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.language.english import english
from grader.sandbox.client import Call, Remote

MOST_NUMBERS = 40
"""In an array that is written out; a larger one is named by its shape."""
MOST_CALLS = 4
"""Of one object's methods that are shown."""
WIDTH = 72
_LONGEST = 600
_SPELT = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf"}


def call_lines(calls: Sequence[Call], source: bytes) -> tuple[str, ...]:
    """The last call of a test, and for a method what was called on its object before.

    Args:
        calls: of the test, in order.
        source: of the module that was called; it gives the names of the parameters.
    """
    if not calls:
        return ()
    last = calls[-1]
    made = next((call for call in calls if last.target and call.made == last.target), None)
    if made is None:
        return (*_written(_function(last.name), last, _parameters(source).get(last.name, ())), *_notes(last))
    variable = made.label.lower()
    known = _parameters(source)
    lines = _written(f"{variable} = {_function(made.name)}", made, known.get(made.name, ()))
    methods = [call for call in calls if call.target == last.target]
    left_out = max(len(methods) - MOST_CALLS, 0)
    if left_out:
        lines.append(english(f"# … and {left_out} more call{'s' if left_out > 1 else ''}"))
    for call in methods[left_out:]:
        lines += _written(f"{variable}.{_function(call.name)}", call, known.get(f"{made.label}.{call.name}", ()))
    return (*lines, *_notes(last))


def _function(name: str) -> str:
    return name or "function"


def _notes(call: Call) -> Iterator[str]:
    """What the suite says of the functions that it hands in."""
    for value in (*call.args, *call.kwargs.values()):
        if isinstance(value, types.FunctionType) and value.__doc__:
            yield f"# {value.__name__}: {value.__doc__.strip().splitlines()[0]}"


def _written(start: str, call: Call, names: Sequence[str]) -> list[str]:
    """A call in one line, or with a line for each argument."""
    arguments = [
        f"{names[position]}={_shown(value)}" if position < len(names) else _shown(value)
        for position, value in enumerate(call.args)
    ]
    arguments += [f"{name}={_shown(value)}" for name, value in call.kwargs.items()]
    line = f"{start}({', '.join(arguments)})"
    if len(line) <= WIDTH or not arguments:
        return [line]
    return [f"{start}(", *(f"    {argument}," for argument in arguments), ")"]


def _shown(value: Any) -> str:
    """A value as Python writes it; large ones are named."""
    text = _expression(value)
    if len(text) <= _LONGEST:
        return text
    return f"<a {type(value).__name__} of {len(value)}>" if isinstance(value, (list, tuple, dict)) else "<a long value>"


def _expression(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, np.generic):
        return _expression(value.item())
    if isinstance(value, float):
        return _SPELT.get(repr(value), repr(value))
    if isinstance(value, np.random.Generator):
        return "<random numbers>"
    if isinstance(value, list):
        return f"[{', '.join(map(_expression, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_expression, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_expression(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Remote) or callable(value):
        name = str(getattr(value, "__name__", ""))
        return name if name.isidentifier() else "<a function>" if name else repr(value)
    return repr(value)


def _array(value: np.ndarray[Any, Any]) -> str:
    if value.size > MOST_NUMBERS:
        return f"<an array of shape {tuple(map(int, value.shape))}>"
    if value.size and not value.any() and value.dtype.kind == "f":
        return f"np.zeros({value.shape[0] if value.ndim == 1 else tuple(map(int, value.shape))})"
    return f"np.array({_expression(value.tolist())})"


@functools.lru_cache(maxsize=4)
def _parameters(source: bytes) -> dict[str, tuple[str, ...]]:
    """The names of the positional parameters of each function, class and method."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _names(node)
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    found[f"{node.name}.{method.name}"] = _names(method)[1:]
            found[node.name] = found.get(f"{node.name}.__init__", ())
    return found


def _names(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(argument.arg for argument in (*function.args.posonlyargs, *function.args.args))
