"""The handout of a topic: the docstring of its stub as Markdown, and the sections of such a text.

A docstring is written for the terminal: a title, then headings at the left edge, each with its text indented below.
Prose becomes prose, lists become lists, and what is aligned in columns stays as it is.
"""

from __future__ import annotations

import ast
import itertools
import re
import textwrap
from collections.abc import Iterator, Sequence

import msgspec

from grader.course import handout_path, solution_path, stub_path
from grader.errors import CourseError
from grader.model import Course

FENCE = "```"

_ALIGNED = re.compile(r"\S {2,}\S")
_FORMULA = re.compile(r"←|\s=\s|\*\*|\s@\s")
_SPECIAL = re.compile(r"\\|(?<! )\*|\*(?! )|<(?=[a-zA-Z/!])|\[(?=[^\]]*\]\()|~(?=~)")
"""Signs that Markdown would take for its own."""
_LIKE_A_LIST = re.compile(r"(?<=^\d)[.)](?= )|^[-+#>](?= )")
_ESCAPED = re.compile(r"\\([\\*<\[~.)#>+-])")


class Section(msgspec.Struct, frozen=True):
    """A heading and what stands below it, as plain text."""

    heading: str
    text: str


def markdown(source: str) -> str:
    """The handout of a stub.

    Args:
        source: text of the stub, or of the solution that it is made of.

    Raises:
        CourseError: if it has no docstring.
    """
    tree = ast.parse(source)
    docstring = ast.get_docstring(tree)
    if not docstring:
        raise CourseError("There is no docstring, so there is no handout.", "Write one; see docs/authors.md.")
    title, *lines = docstring.split("\n")
    width = max((len(line) for line in lines if not _ALIGNED.search(line.strip())), default=0)
    parts = [f"# {_escaped(title.rstrip('.'))}"]
    for heading, body in _split(lines):
        parts += [f"## {_escaped(heading)}"] if heading else []
        parts += _blocks(body, width)
    return "\n\n".join([*parts, "## What to write", _contents(tree)]) + "\n"


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


def _split(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Headings, each with its lines, indented less than they were."""
    heading, body = "", list[str]()
    for line in lines:
        if line and not line.startswith(" "):
            if heading or any(body):
                yield heading, body
            heading, body = line, []
        else:
            body.append(line)
    yield heading, body


def _blocks(lines: Sequence[str], width: int) -> Iterator[str]:
    """What blank lines separate, as Markdown."""
    indent = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    block: list[str] = []
    aligned: list[str] = []
    for line in [*(line[indent:] for line in lines), ""]:
        if line:
            block.append(line)
            continue
        for is_prose, part in _parts(block, width - indent):
            if is_prose and aligned:
                yield _fenced(aligned)
                aligned = []
            if is_prose:
                yield _list(part) if part[0].startswith("- ") else _prose(part, width - indent)
            else:
                aligned += ["", *part] if aligned else part
        block = []
    if aligned:
        yield _fenced(aligned)


def _parts(lines: list[str], width: int) -> Iterator[tuple[bool, list[str]]]:
    """What a block consists of: sentences or a list, or lines that must stay as they are."""
    first = next((position for position, line in enumerate(lines) if line.startswith("- ")), len(lines))
    before, items = lines[:first], lines[first:]
    if before and (not _is_prose([line for line in before if not line.startswith(" ")], width)):
        yield False, before
    else:
        for indented, part in itertools.groupby(before, key=lambda line: line.startswith(" ")):
            yield not indented, textwrap.dedent("\n".join(part)).split("\n")
    if items:
        yield True, items


def _fenced(lines: Sequence[str]) -> str:
    return "\n".join((f"{FENCE}text", *lines, FENCE))


def _is_prose(lines: Sequence[str], width: int) -> bool:
    """Whether these lines are sentences and nothing in them is aligned."""
    if any(_ALIGNED.search(line) for line in lines):
        return False
    ends = sum(_ends_early(line, after, width) for line, after in itertools.pairwise(lines))
    formulas = sum(bool(_FORMULA.search(line)) for line in lines)
    return 2 * formulas <= len(lines) or (len(lines) > 2 and not ends)


def _ends_early(line: str, after: str, width: int) -> bool:
    """Whether the line was ended on purpose: something is over, and the next word would have fitted."""
    is_over = line.endswith((".", ":", ")")) or "/" in line.split()[-1]
    return is_over and len(line) + 1 + len(after.split()[0]) <= width


def _prose(lines: Sequence[str], width: int) -> str:
    ends = [_ends_early(line, after, width) for line, after in itertools.pairwise(lines)]
    shown = [_escaped(line) for line in lines]
    return "\n".join(line + "\\" * early for line, early in zip(shown, [*ends, False], strict=True))


def _list(lines: Sequence[str]) -> str:
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            items.append(f"- {_escaped(line[2:])}")
        else:
            items.append(f"  {_escaped(line.strip())}")
    return "\n".join(items)


def _escaped(text: str) -> str:
    """The text without anything that Markdown would take for a sign; what stands in backticks stays."""
    parts = text.split("`")
    inside = len(parts) % 2  # an odd number of parts is an even number of backticks
    shown = "`".join(part if at % 2 and inside else _SPECIAL.sub(r"\\\g<0>", part) for at, part in enumerate(parts))
    return _LIKE_A_LIST.sub(r"\\\g<0>", shown)


def _contents(tree: ast.Module) -> str:
    """The functions and classes of the stub, each with the first line of its docstring."""
    entries = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            entries.append(f"- {_entry(node)}")
            methods = [method for method in node.body if isinstance(method, ast.FunctionDef)]
            if isinstance(node, ast.ClassDef):
                entries += [f"  - {_entry(method)}" for method in methods if not method.name.startswith("_")]
    return "\n".join(entries)


def _entry(node: ast.FunctionDef | ast.ClassDef) -> str:
    words = (ast.get_docstring(node) or "").strip().split("\n")[0]
    arguments = ""
    if isinstance(node, ast.FunctionDef):
        names = [argument.arg for argument in node.args.args if argument.arg != "self"]
        arguments = f"({', '.join(names)})"
    return f"`{node.name}{arguments}`" + (f": {_escaped(words)}" if words else "")
