"""What the engine says to a student: calls of gettext, and sentences that are translated where they are shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grader
from grader.language.catalogue import SAID
from grader.language.choice import STUDENT
from grader.messages.help import messages_of_help
from grader.messages.literals import texts_of
from grader.messages.message import Message

ROOT = Path(grader.__file__).parent
STAFF = tuple(
    f"{name}{'' if name.endswith('.py') else '/'}"
    for name in [
        "audit",
        "batch",
        "demo.py",
        "export",
        "gradebook",
        "messages",
        "nbgrader",
        "similarity",
        "truth.py",
        "policy.py",
        "deadlines.py",
        "release",
        "report/classroom.py",
        "report/changes.py",
        "report/log.py",
        "report/filled.py",
        "report/handed_in.py",
        "report/html",
        "intake/archive.py",
        "intake/cells.py",
        "intake/extensions.py",
        "intake/layouts",
        "intake/matching.py",
        "intake/opening.py",
        "intake/roster.py",
        "intake/table.py",
        "sandbox/confine.py",
        "sandbox/doctor.py",
        "sandbox/levels.py",
        "suite/recording.py",
        "suite/standalone.py",
        "figures/reference.py",
        "cli",
    ]
)
"""Modules whose errors only staff meets: they speak English. What they mark for students is found all the same."""
COMMANDS = tuple(f"cli/{name}.py" for name in ("main", "options", "speech", *STUDENT))
"""Those of `cli` that students meet."""
_ERRORS = "Error"
_WIRE_ERROR = "WireError"
"""Its texts are shown as sentences: see grader/sandbox/wire.py."""
_IN_TEMPLATE = re.compile(r'gettext\("([^"]+)"')
_PLACE = re.compile(r"\{\w*\}")
_AS_IT_IS = ("TypeError", "ValueError", "OSError", "KeyError", "AttributeError", "ImportError")
"""Errors of Python's, which nobody reads."""


def engine_messages(root: Path = ROOT) -> Iterator[Message]:
    """Every message of the engine, file by file."""
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        yield from messages_in(
            path.read_text("utf-8"), f"grader/{name}", errors=name in COMMANDS or not name.startswith(STAFF)
        )
    for path in sorted(root.rglob("*.j2")):
        yield from messages_of_template(path.read_text("utf-8"), f"grader/{path.relative_to(root).as_posix()}")


def messages_of_template(text: str, file: str) -> Iterator[Message]:
    """The messages of a page's template."""
    yield from (Message(text=found[1], file=file) for found in _IN_TEMPLATE.finditer(text))


def messages_in(source: str, file: str, *, errors: bool) -> Iterator[Message]:
    """The messages of one module.

    Args:
        source: its text.
        file: its name, for the translator.
        errors: whether students meet its errors and, of a command, its help.
    """
    module = ast.parse(source)
    if errors and file.startswith("grader/cli/"):
        yield from messages_of_help(module, file)
    for call, function in _calls(module, None):
        scopes = (function, module)
        name = _called(call)
        if name == "ngettext" and len(call.args) > 1:
            one, many = (texts_of(argument, *scopes) for argument in call.args[:2])
            yield from (Message(text=a, many=b, file=file) for a, b in zip(one, many, strict=True))
        elif name in ("gettext", "gettext_noop") and call.args:
            yield from (Message(text=text, file=file) for text in texts_of(call.args[0], *scopes))
        elif name == "english" and call.args:
            yield from (Message(text=t.strip(), context=SAID, file=file) for t in texts_of(call.args[0], *scopes))
        elif errors and name.endswith(_ERRORS) and name not in _AS_IT_IS:
            texts = [text for argument in call.args for text in texts_of(argument, *scopes)]
            yield from _said(list(map(_sentence, texts)) if name == _WIRE_ERROR else texts, file)


def _said(texts: list[str], file: str) -> Iterator[Message]:
    for text in texts:
        if "\n" not in text and any(character.isalpha() for character in _PLACE.sub("", text)):
            yield Message(text=text.strip(), context=SAID, file=file)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _calls(node: ast.AST, function: ast.AST | None) -> Iterator[tuple[ast.Call, ast.AST | None]]:
    """Every call, with the innermost function around it."""
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        if isinstance(child, ast.Call):
            yield child, function
        yield from _calls(child, inside)


def _called(call: ast.Call) -> str:
    """The last part of a function's name."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
