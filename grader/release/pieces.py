"""A module in pieces, as a notebook has it: a function or a class in each, and what stands between them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence


def pieces(source: str) -> Iterator[tuple[ast.stmt, str]]:
    """The statements of a module, each with its text, its decorators and the comment above it.

    Args:
        source: text of a module, whose docstring is left out.
    """
    lines = source.splitlines()
    tree = ast.parse(source)
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    starts = [first_line(lines, node) for node in body]
    for node, start, end in zip(body, starts, [*starts[1:], len(lines)], strict=True):
        yield node, "\n".join(lines[start:end]).strip("\n")


def first_line(lines: Sequence[str], node: ast.stmt) -> int:
    """Where a statement begins, counted from 0, with its decorators and the comment above it."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return first
