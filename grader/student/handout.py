"""The handout of a topic: the docstring of its stub as Markdown, and the sections of such a text.

A docstring is written for the terminal: a title, then headings at the left edge, each with its text indented below.
Prose becomes prose, lists become lists, and what is aligned in columns stays as it is.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from grader.course import handout_path, solution_path, stub_path
from grader.errors import CourseError
from grader.language.messages import gettext, gettext_noop
from grader.language.records import source_of, text_of
from grader.model import Course
from grader.student.paragraphs import ITEM, Kind, Part, parts_of_docstring, parts_of_handout
from grader.student.translated import Translate, translated_part

FENCE = "```"
LAST = gettext_noop("What to write")
"""The heading that stands below an author's own."""

_SPECIAL = re.compile(r"\\|(?<! )\*|\*(?! )|<(?=[a-zA-Z/!])|\[(?=[^\]]*\]\()|~(?=~)")
"""Signs that Markdown would take for its own."""
_LIKE_A_LIST = re.compile(r"(?<=^\d)[.)](?= )|^[-+#>](?= )")
_ESCAPED = re.compile(r"\\([\\*<\[~.)#>+-])")

_END = Part(Kind.TITLE, ("",))


class Section(msgspec.Struct, frozen=True):
    """A heading and what stands below it, as plain text."""

    heading: str
    text: str
    name: str = ""
    """The heading in English, by which a section is known; empty if that is how it reads."""

    @property
    def known_as(self) -> str:
        """What an author has called it."""
        return self.name or self.heading


def markdown(source: str, translate: Translate = str) -> str:
    """The handout of a stub.

    Args:
        source: text of the stub, or of the solution that it is made of, in English.
        translate: makes texts of it those of another language.

    Raises:
        CourseError: if it has no docstring.
    """
    tree = ast.parse(source)
    docstring = ast.get_docstring(tree)
    if not docstring:
        raise CourseError("There is no docstring, so there is no handout.", "Write one; see docs/authors.md.")
    title, *parts = parts_of_handout(docstring)
    if translate is not str:
        title, parts = translated_part(title, translate), [translated_part(part, translate) for part in parts]
    shown = [f"# {_escaped(title.lines[0].rstrip('.。'))}", *_markdown(parts)]
    return "\n\n".join([*shown, f"## {gettext(LAST)}", _contents(tree, translate)]) + "\n"


def read_handout(course: Course, topic: str) -> str:
    """The handout of a topic: the kit's, or that of the stub where there is no kit.

    Raises:
        CourseError: if there is neither.
    """
    for path in (handout_path(course, topic), stub_path(course, topic), solution_path(course, topic)):
        if path.is_file():
            text = path.read_text("utf-8", "replace")
            return text if path.suffix == ".md" else markdown(text)
    raise CourseError(
        f"There is no handout of {topic} in {course.root / 'handouts'}.",
        "Get a fresh copy of the kit; your own modules can stay.",
    )


def read_sections(course: Course, topic: str) -> tuple[Section, ...]:
    """The sections of a topic's handout, in whichever language it lies there, in the language of now.

    Raises:
        CourseError: if there is no handout.
    """
    return tuple(_in_language(course, topic, section) for section in sections(read_handout(course, topic)))


def _in_language(course: Course, topic: str, section: Section) -> Section:
    name = source_of(course, topic, section.heading)
    text = "\n".join(_line_in_language(course, topic, line) for line in section.text.split("\n"))
    return Section(text_of(course, topic, name), text, name)


def _line_in_language(course: Course, topic: str, line: str) -> str:
    """A line of plain text; spaces and the sign of an item in front of it stay."""
    text = line.lstrip().removeprefix(ITEM)
    return line[: len(line) - len(text)] + text_of(course, topic, source_of(course, topic, text)) if text else line


def sections(text: str) -> tuple[Section, ...]:
    """The sections of a handout in Markdown, as plain text; the title is left out."""
    found = []
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        found.append(Section(_ESCAPED.sub(r"\1", heading), "\n".join(_plain(body.strip("\n").split("\n")))))
    return tuple(found)


def _plain(lines: Sequence[str]) -> list[str]:
    """A line for each paragraph and each item of a list; what is aligned keeps its lines, and is indented."""
    found = [""]
    fenced = open_ended = False
    for line in lines:
        if line.startswith(FENCE):
            fenced, open_ended = not fenced, False
        elif fenced:
            found.append(f"  {line}" if line else "")
        else:
            text = _ESCAPED.sub(r"\1", line.removesuffix("\\"))
            if open_ended and line and not line.lstrip().startswith("- "):
                found[-1] += f" {text.strip()}"
            else:
                found.append(text)
            open_ended = bool(line) and not line.endswith("\\")
    return found[1:]


def _markdown(parts: Iterable[Part]) -> Iterator[str]:
    """Each part as Markdown, with what is aligned in one piece as long as nothing else stands between."""
    aligned: list[str] = []
    joined: list[Part] = []
    for part in [*parts, _END]:
        if aligned and part.kind not in (Kind.ALIGNED, Kind.BLANK):
            yield _fenced(aligned)
            aligned = []
        if joined and part.kind is not joined[0].kind:
            yield _together(joined)
            joined = []
        if part.kind is Kind.ALIGNED:
            aligned += ["", *part.lines] if aligned else part.lines
        elif part.kind in (Kind.PROSE, Kind.ITEM):
            joined.append(part)
        elif part.kind is Kind.HEADING:
            yield f"## {_escaped(part.lines[0])}"


def _fenced(lines: Sequence[str]) -> str:
    text = textwrap.dedent("\n".join(lines))
    return "\n".join((f"{FENCE}text", text, FENCE))


def _together(parts: Sequence[Part]) -> str:
    """The sentences of a paragraph, or the items of a list."""
    if parts[0].kind is Kind.PROSE:
        return "\\\n".join("\n".join(_escaped(line.strip()) for line in part.lines) for part in parts)
    items = []
    for part in parts:
        first, *more = (line.strip() for line in part.lines)
        items += [f"{ITEM}{_escaped(first.removeprefix(ITEM))}", *(f"  {_escaped(line)}" for line in more)]
    return "\n".join(items)


def _escaped(text: str) -> str:
    """The text without anything that Markdown would take for a sign; what stands in backticks stays."""
    parts = text.split("`")
    inside = len(parts) % 2  # an odd number of parts is an even number of backticks
    shown = "`".join(part if at % 2 and inside else _SPECIAL.sub(r"\\\g<0>", part) for at, part in enumerate(parts))
    return _LIKE_A_LIST.sub(r"\\\g<0>", shown)


def _contents(tree: ast.Module, translate: Translate) -> str:
    """The functions and classes of the stub, each with the first line of its docstring."""
    entries = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            entries.append(f"- {_entry(node, translate)}")
            methods = [method for method in node.body if isinstance(method, ast.FunctionDef)]
            if isinstance(node, ast.ClassDef):
                entries += [f"  - {_entry(method, translate)}" for method in methods if not method.name.startswith("_")]
    return "\n".join(entries)


def _entry(node: ast.FunctionDef | ast.ClassDef, translate: Translate) -> str:
    words = _summary(ast.get_docstring(node) or "", translate)
    arguments = ""
    if isinstance(node, ast.FunctionDef):
        names = [argument.arg for argument in node.args.args if argument.arg != "self"]
        arguments = f"({', '.join(names)})"
    return f"`{node.name}{arguments}`" + (f": {_escaped(words)}" if words else "")


def _summary(docstring: str, translate: Translate) -> str:
    """Its first line; of a translation the first paragraph, for its lines are others."""
    first = docstring.strip().split("\n")[0]
    if translate is str or not first:
        return first
    return translated_part(next(parts_of_docstring(docstring.strip())), translate).text
