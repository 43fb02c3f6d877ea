"""The module that a running notebook has come to, made of the cells that were run."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.errors import UsageError
from grader.intake.files import UnreadableError
from grader.intake.notebook import module_of, readable_cell
from grader.language.messages import gettext
from grader.model import Module
from grader.student.choosing import NOTEBOOK
from grader.student.outline import Names, assigned


def module_of_history(topic: str, history: Sequence[str], names: Names) -> Module:
    """What the cells that were run have defined, as a module.

    A cell that defines nothing (a run, a plot) is left out, and so is one whose functions were defined again later. The
    others keep their numbers.

    Args:
        topic: which one.
        history: every cell that was run, the number in `In [ ]` being its place.
        names: what the stub of the topic defines.

    Raises:
        UsageError: nothing of the topic is among it, or it is too much.
    """
    cells = _telling(history)
    if not _defined(cells) & {name for name in names if "." not in name}:
        raise UsageError(
            gettext("Nothing of {topic} is defined in this notebook yet.", topic=topic),
            gettext("Run the cells above, then this one again."),
        )
    name = f"{topic}{NOTEBOOK}"
    try:
        source = module_of(cells[1:], name)
    except UnreadableError as error:
        raise UsageError(str(error), gettext("Restart the kernel, and run the cells that are needed.")) from error
    return Module(topic=topic, filename=name, source=source.text, cells=source.cells)


def _telling(history: Sequence[str]) -> list[str]:
    """The cells, with nothing in the place of those that are left out."""
    kept: list[str] = []
    later: set[str] = set()
    for cell in reversed(history):
        tree = _parsed(cell)
        binds = _binds(tree, cell) if tree else set()
        functions = _functions(tree) if tree else set()
        is_definition = bool(functions) and functions == binds
        if not binds or cell in kept or (is_definition and functions <= later):
            kept.append("")
            continue
        kept.append(cell)
        later |= functions
    return kept[::-1]


def _parsed(cell: str) -> ast.Module | None:
    """None where Python could not read it: then it has done nothing in the notebook either."""
    try:
        return ast.parse(readable_cell(cell))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _binds(tree: ast.Module, cell: str) -> set[str]:
    """The names that a cell gives a value, attributes included: `Adam.update = better`."""
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Subscript))
    changed = {ast.unparse(node) for node in stored if isinstance(node.ctx, ast.Store)}
    return set(assigned(readable_cell(cell))) | changed


def _functions(tree: ast.Module) -> set[str]:
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _defined(cells: Sequence[str]) -> set[str]:
    return {name for cell in cells if cell for name in assigned(readable_cell(cell))}
