"""What a suite says to a student: sentences, hints, names of what it compares, notes on its functions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from grader.language.catalogue import SAID
from grader.messages.literals import texts_of
from grader.messages.message import Message

_ALONG = "along"
_NAMES = ("name", _ALONG)
"""Arguments of assert_matches that a message shows."""
_IN_WORDS = re.compile(r"[A-Za-z][a-z]*(?:[ -][a-z]+)*")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def messages_of_suite(source: str, file: str, *, notes: bool) -> Iterator[Message]:
    """The messages of one file of tests.

    Args:
        source: its text.
        file: its name.
        notes: whether what it says of its own functions is shown, as of a public suite.
    """
    module = ast.parse(source)
    helpers = {node.name: node for node in module.body if isinstance(node, _DEFINITIONS)}
    for function in helpers.values():
        is_test = function.name.startswith("test_")
        if is_test:
            yield from _sentences(function, file)
        yield from _names(function, helpers, module, file, function.name if is_test else "")
    if notes:
        for node in ast.walk(module):
            if isinstance(node, _DEFINITIONS) and not node.name.startswith("test_"):
                for line in (ast.get_docstring(node) or "").splitlines()[:1]:
                    yield Message(text=line, file=file, comment=f"of the function {node.name}")


def _sentences(test: Function, file: str) -> Iterator[Message]:
    """The first line of the docstring, and its further paragraphs."""
    docstring = (ast.get_docstring(test) or test.name).strip()
    yield Message(text=docstring.splitlines()[0], file=file, comment=test.name)
    for paragraph in re.split(r"\n\s*\n", docstring)[1:]:
        yield Message(text=" ".join(paragraph.split()), file=file, comment=f"hint of {test.name}")


def _names(
    function: Function, helpers: dict[str, Function], module: ast.Module, file: str, test: str
) -> Iterator[Message]:
    """What is compared, and the words that stand in its place."""
    templates = False
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        shown = [(word.value, word.arg == _ALONG) for word in call.keywords if word.arg in _NAMES]
        shown += [(value, False) for value in call.args if getattr(call.func, "id", "") == "unpack"]
        for value, is_axis in shown:
            templates |= isinstance(value, (ast.JoinedStr, ast.Name))
            for text in texts_of(value, function, module):
                if is_axis or " " in text:  # a single word is what the code calls it
                    yield Message(text=text, context=SAID, file=file, comment=test)
            yield from _returned(value, helpers, file)
    if templates:
        yield from _listed(function, file)


def _returned(value: ast.expr, helpers: dict[str, Function], file: str) -> Iterator[Message]:
    """What helpers put into a name."""
    for call in (node for node in ast.walk(value) if isinstance(node, ast.Call)):
        if (helper := helpers.get(getattr(call.func, "id", ""))) is not None:
            for node in ast.walk(helper):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from (Message(text=t, context=SAID, file=file) for t in texts_of(node.value, helper))


def _listed(function: Function, file: str) -> Iterator[Message]:
    """Words in lists, tuples and dicts of a function whose names have places."""
    for node in ast.walk(function):
        entries = (
            node.elts if isinstance(node, (ast.Tuple, ast.List)) else node.keys if isinstance(node, ast.Dict) else ()
        )
        for entry in entries:
            if isinstance(entry, ast.Constant) and isinstance(entry.value, str) and _IN_WORDS.fullmatch(entry.value):
                yield Message(text=entry.value, context=SAID, file=file, comment="stands in the name of a result")
