"""What the help of a command says: docstrings, options, examples."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator

from grader.messages.literals import texts_of
from grader.messages.message import Message

_EXAMPLE = re.compile(r"^\s*\S.*?\s{2,}(\S.*)$")
_TITLES = ("Example:", "Examples:")


def messages_of_help(module: ast.Module, file: str) -> Iterator[Message]:
    """The messages in the help of one command's module.

    Args:
        module: of `grader/cli`.
        file: its name.
    """
    yield from (Message(text=title, file=file) for title in _TITLES)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            for paragraph in filter(None, (ast.get_docstring(node) or "").split("\n\n")):
                yield Message(text=" ".join(paragraph.split()), file=file, comment=f"grade {node.name} --help")
        elif isinstance(node, ast.Call):
            yield from _of_call(node, module, file)
        elif isinstance(node, ast.Assign) and _targets(node) == ["COMMANDS"] and isinstance(node.value, ast.Dict):
            entries = [value.elts[1] for value in node.value.values if isinstance(value, ast.Tuple)]
            yield from (Message(text=text, file=file) for entry in entries for text in texts_of(entry))


def _of_call(call: ast.Call, module: ast.Module, file: str) -> Iterator[Message]:
    for keyword in call.keywords:
        if keyword.arg == "help":
            for text in texts_of(keyword.value, module):
                yield Message(text=inspect.cleandoc(text), file=file, comment="help of an option")
    if getattr(call.func, "id", "") == "example":
        lines = [text for argument in call.args for text in texts_of(argument, module)]
        for found in filter(None, map(_EXAMPLE.match, lines)):
            yield Message(text=found[1], file=file, comment="says what an example does")


def _targets(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]
