"""What the figures of a topic say: titles, what to look at, axes and curves."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.figures.running import PREFIX
from grader.language.catalogue import SAID
from grader.messages.literals import texts_of
from grader.messages.message import Message

_BORROW = "borrow"
"""Only the last of what it is given is shown."""
_MAKERS = ("curve", "way", "counts", "lines", "paths", "histogram", _BORROW)
"""Functions of grader.figures that are given something to show."""
_WORD = re.compile(r"(?<!\w)[A-Za-z]{3,}(?!\w|\()")


def messages_of_figures(source: str, file: str) -> Iterator[Message]:
    """The messages of a figure file.

    Args:
        source: its text.
        file: its name.
    """
    module = ast.parse(source)
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith(PREFIX):
            title, _, says = (ast.get_docstring(function) or "").partition("\n")
            for text in (title.rstrip("."), " ".join(says.split())):
                if text:
                    yield Message(text=text, file=file, comment=f"figure {function.name.removeprefix(PREFIX)}")
        yield from _shown(function, module, file)
        yield from _listed(function, file)


def _shown(node: ast.stmt, module: ast.Module, file: str) -> Iterator[Message]:
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        name = getattr(call.func, "id", "")
        if name in _MAKERS:
            given = (*call.args, *(keyword.value for keyword in call.keywords))
            for argument in given[-1:] if name == _BORROW else given:
                for text in texts_of(argument, node, module):
                    if _WORD.search(re.sub(r"\{\w+\}", "", text)):
                        yield Message(text=text, context=SAID, file=file, comment="axis, curve or panel of a figure")


def _listed(node: ast.stmt, file: str) -> Iterator[Message]:
    """Names that stand in a table of a figure's curves: of several words, as no name of a function or setting is."""
    rows = (each for each in ast.walk(node) if isinstance(each, (ast.Tuple, ast.List)))
    for cell in (cell for row in rows for cell in row.elts):
        text = cell.value if isinstance(cell, ast.Constant) else None
        if isinstance(text, str) and " " in text and _WORD.search(text):
            yield Message(text=text, context=SAID, file=file, comment="curve of a figure")
