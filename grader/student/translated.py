"""A stub or a handout in another language: its docstrings, part by part. The code stays as it is."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterable, Iterator

import msgspec

from grader.errors import CourseError
from grader.language.choice import ENGLISH, language
from grader.language.messages import gettext, gettext_noop
from grader.language.records import text_of
from grader.language.wrapping import width_of, wrap
from grader.model import Course
from grader.student.paragraphs import Kind, Part, parts_of_docstring, parts_of_handout, words_in

Translate = Callable[[str], str]
"""From a text to what it is in another language; to itself where that is not known."""
SECTIONS = (gettext_noop("Args:"), gettext_noop("Returns:"), gettext_noop("Raises:"), gettext_noop("Yields:"))
_QUOTES = '"""'
_LEAST_WIDTH = 88

_Node = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Documented(msgspec.Struct, frozen=True):
    """A module, class or function with its docstring."""

    name: str
    """Empty for the module."""
    docstring: str
    literal: ast.Constant
    """Where it stands."""

    def parts(self) -> Iterator[Part]:
        """The parts of the docstring."""
        return parts_of_docstring(self.docstring) if self.name else parts_of_handout(self.docstring)


def documented(tree: ast.Module) -> Iterator[Documented]:
    """Everything in a module that has a docstring, in order."""
    for node in ast.walk(tree):
        docstring = ast.get_docstring(node) if isinstance(node, _Node) else None
        if docstring and isinstance(node, _Node) and isinstance(node.body[0], ast.Expr):
            literal = node.body[0].value
            if isinstance(literal, ast.Constant):
                yield Documented(getattr(node, "name", ""), docstring, literal)


def texts_in(entry: Documented) -> Iterator[str]:
    """What there is to translate in a docstring; headings that every docstring has are the engine's."""
    for part in entry.parts():
        yield from _texts(part)


def translated_part(part: Part, translate: Translate, width: int = 0) -> Part:
    """The part in another language.

    Args:
        part: in English.
        translate: knows the other language.
        width: of its lines; 0 for one line, however long.
    """
    if part.kind is Kind.BLANK:
        return part
    if part.kind is Kind.ALIGNED:
        return Part(part.kind, tuple(_aligned(line, translate) for line in part.lines))
    if part.kind is Kind.HEADING and part.lines[0].strip() in SECTIONS:
        return Part(part.kind, (part.front + gettext(part.text),))
    text = translate(part.text)
    if text == part.text:
        return part
    return Part(part.kind, tuple(_lines(part, text, width)))


def translated_source(source: str, translate: Translate) -> str:
    """A module whose docstrings are in another language.

    Raises:
        CourseError: a docstring or its translation has a backslash or three quotes in it.
    """
    lines = source.split("\n")
    for entry in sorted(documented(ast.parse(source)), key=lambda entry: entry.literal.lineno, reverse=True):
        first, last = entry.literal.lineno - 1, (entry.literal.end_lineno or entry.literal.lineno) - 1
        written = "\n".join(lines[first : last + 1])
        new = _docstring(entry, translate, max(map(width_of, lines[first : last + 1]), default=0))
        if "\\" in written or "\\" in new or _QUOTES in new or not written.strip().startswith(_QUOTES):
            where = entry.name or "the module"
            raise CourseError(f"The docstring of {where} cannot be translated.", "Use no backslash and three quotes.")
        indent = " " * entry.literal.col_offset
        shown = [indent + line if line else "" for line in new.split("\n")]
        end = [f"{indent}{_QUOTES}"] if len(shown) > 1 else []
        shown[0] = f"{indent}{_QUOTES}{new.split(chr(10))[0]}" + ("" if end else _QUOTES)
        lines[first : last + 1] = [*shown, *end]
    return "\n".join(lines)


def translation(course: Course, topic: str) -> Translate:
    """What makes an author's texts those of the language of now."""
    return str if language() == ENGLISH else functools.partial(text_of, course, topic)


def stub_in_language(course: Course, topic: str, stub: str) -> str:
    """The stub of a topic in the language of now.

    Raises:
        CourseError: a translation cannot stand in a docstring.
    """
    if language() == ENGLISH:
        return stub
    try:
        new = translated_source(stub, translation(course, topic))
    except CourseError as error:
        raise CourseError(f"{topic}: {error.problem}", error.remedy) from error
    if _code(new) != _code(stub):
        raise CourseError(f"The translation of {topic} changes its code.", "Mend its catalogue; see docs/authors.md.")
    return new


def _code(source: str) -> str:
    """A module without its docstrings."""
    tree = ast.parse(source)
    for entry in documented(tree):
        entry.literal.value = ""
    return ast.dump(tree)


def _docstring(entry: Documented, translate: Translate, width: int) -> str:
    room = max(width, _LEAST_WIDTH) - entry.literal.col_offset
    parts: Iterable[Part] = (translated_part(part, translate, room) for part in entry.parts())
    return "\n".join(line for part in parts for line in part.lines)


def _texts(part: Part) -> Iterator[str]:
    if part.kind is Kind.ALIGNED:
        yield from (line.strip() for line in part.lines if words_in(line))
    elif part.kind is not Kind.BLANK and not (part.kind is Kind.HEADING and part.lines[0].strip() in SECTIONS):
        yield part.text


def _aligned(line: str, translate: Translate) -> str:
    text = line.strip()
    return line[: len(line) - len(line.lstrip())] + translate(text) if words_in(line) else line


def _lines(part: Part, text: str, width: int) -> Iterator[str]:
    if not width:
        yield part.front + text
        return
    hang = " " * (len(part.lines[1]) - len(part.lines[1].lstrip())) if len(part.lines) > 1 else _hang(part)
    first, *more = wrap(text, width - len(hang), width - width_of(part.front))
    yield part.front + first
    yield from (hang + line for line in more)


def _hang(part: Part) -> str:
    """The indentation of further lines, where the English text has none."""
    spaces = len(part.front) - len(part.front.lstrip())
    return " " * (spaces + {Kind.ITEM: 2, Kind.FIELD: 4}.get(part.kind, 0))
