"""The parts of a docstring: headings, prose, items of a list, and what is aligned and must stay line by line.

Joined by line ends, the lines of all parts are the docstring again.
"""

from __future__ import annotations

import ast
import enum
import itertools
import re
from collections.abc import Iterator, Sequence

import msgspec

ALIGNED = re.compile(r"\S {2,}\S")
_FORMULA = re.compile(r"←|\s=\s|\*\*|\s@\s")
_SECTION = re.compile(r"(Args|Returns|Raises|Yields):")
_FIELD = re.compile(r"( +\*{0,2}\w+: )\S")
_WORD = re.compile(r"(?<![\w.])[A-Za-z]{3,}(?![\w(\[.]|\s*[=←])")
_CODE = re.compile(r"(with|for|if|while|def|return|import|from) .*[:)\]\w]$")
ITEM = "- "


class Kind(enum.Enum):
    """What a part is."""

    TITLE = enum.auto()
    HEADING = enum.auto()
    PROSE = enum.auto()
    ITEM = enum.auto()
    FIELD = enum.auto()
    """An argument: its name, a colon and what it is."""
    ALIGNED = enum.auto()
    BLANK = enum.auto()


class Part(msgspec.Struct, frozen=True):
    """Some lines that belong together."""

    kind: Kind
    lines: tuple[str, ...]
    """As they stand in the docstring, with their indentation."""

    @property
    def front(self) -> str:
        """What stands before the text: spaces, the sign of an item, the name of an argument."""
        first = self.lines[0]
        if self.kind is Kind.FIELD and (field := _FIELD.match(first)):
            return field[1]
        front = first[: len(first) - len(first.lstrip())]
        return front + ITEM if self.kind is Kind.ITEM else front

    @property
    def text(self) -> str:
        """The text in one line."""
        return " ".join((self.lines[0][len(self.front) :], *(line.strip() for line in self.lines[1:])))


def parts_of_handout(docstring: str) -> Iterator[Part]:
    """The parts of the docstring of a module: a title, then headings at the left edge, each with its text indented."""
    title, *lines = docstring.split("\n")
    yield Part(Kind.TITLE, (title,))
    width = max((len(line) for line in lines if not ALIGNED.search(line.strip())), default=0)
    for heading, body in _split(lines):
        if heading:
            yield Part(Kind.HEADING, (heading,))
        for block in _blocks(body):
            yield from _parts(block, width)


def parts_of_docstring(docstring: str) -> Iterator[Part]:
    """The parts of the docstring of a function or class: prose, then sections such as Args."""
    lines = docstring.split("\n")
    for block in _blocks(lines):
        if block and _SECTION.fullmatch(block[0].strip()):
            yield Part(Kind.HEADING, (block[0],))
            yield from _fields(block[1:])
        elif block == [""]:
            yield Part(Kind.BLANK, ("",))
        elif any(ALIGNED.search(line.strip()) or line.startswith(" ") for line in block):
            yield Part(Kind.ALIGNED, tuple(block))
        else:
            yield Part(Kind.PROSE, tuple(block))


def words_in(line: str) -> bool:
    """Whether an aligned line says something, besides formulas and code."""
    if not _WORD.search(line):
        return False
    try:
        return isinstance(ast.parse(line.strip()).body[0], ast.Expr)
    except (SyntaxError, ValueError, IndexError):
        return not _CODE.match(line.strip())


def is_prose(lines: Sequence[str], width: int) -> bool:
    """Whether these lines are sentences and nothing in them is aligned."""
    if any(ALIGNED.search(line) for line in lines):
        return False
    ends = sum(_ends_early(line, after, width) for line, after in itertools.pairwise(lines))
    formulas = sum(bool(_FORMULA.search(line)) for line in lines)
    return 2 * formulas <= len(lines) or (len(lines) > 2 and not ends)


def _split(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Headings, each with its lines."""
    heading, body = "", list[str]()
    for line in lines:
        if line and not line.startswith(" "):
            if heading or body:
                yield heading, body
            heading, body = line, []
        else:
            body.append(line)
    yield heading, body


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """What blank lines separate, and each blank line."""
    for blank, block in itertools.groupby(lines, key=lambda line: not line.strip()):
        if blank:
            yield from ([""] for _ in block)
        else:
            yield list(block)


def _parts(block: list[str], width: int) -> Iterator[Part]:
    """What a block consists of: sentences or a list, or lines that must stay as they are."""
    if block == [""]:
        yield Part(Kind.BLANK, ("",))
        return
    indent = min(len(line) - len(line.lstrip()) for line in block)
    bare = [line[indent:] for line in block]
    first = next((position for position, line in enumerate(bare) if line.startswith(ITEM)), len(bare))
    before = bare[:first]
    if before and not is_prose([line for line in before if not line.startswith(" ")], width - indent):
        yield Part(Kind.ALIGNED, tuple(block[:first]))
    else:
        start = 0
        for indented, group in itertools.groupby(before, key=lambda line: line.startswith(" ")):
            lines = list(group)
            shown = block[start : start + len(lines)]
            start += len(lines)
            if indented:
                yield Part(Kind.ALIGNED, tuple(shown))
            else:
                yield from _sentences(shown, width)
    yield from _items(block[first:], indent)


def _sentences(lines: list[str], width: int) -> Iterator[Part]:
    """Prose, apart where a line was ended on purpose."""
    start = 0
    for position, (line, after) in enumerate(itertools.pairwise(lines), 1):
        if _ends_early(line, after.lstrip(), width):
            yield Part(Kind.PROSE, tuple(lines[start:position]))
            start = position
    yield Part(Kind.PROSE, tuple(lines[start:]))


def _items(lines: Sequence[str], indent: int) -> Iterator[Part]:
    item: list[str] = []
    for line in lines:
        if line[indent:].startswith(ITEM) and item:
            yield Part(Kind.ITEM, tuple(item))
            item = []
        item.append(line)
    if item:
        yield Part(Kind.ITEM, tuple(item))


def _fields(lines: Sequence[str]) -> Iterator[Part]:
    """Arguments, or prose; a line that is indented more goes on."""
    part: list[str] = []
    for line in lines:
        deeper = part and len(line) - len(line.lstrip()) > len(part[0]) - len(part[0].lstrip())
        if part and not deeper and _FIELD.match(line):
            yield _field(part)
            part = []
        part.append(line)
    if part:
        yield _field(part)


def _field(lines: Sequence[str]) -> Part:
    return Part(Kind.FIELD if _FIELD.match(lines[0]) else Kind.PROSE, tuple(lines))


def _ends_early(line: str, after: str, width: int) -> bool:
    """Whether the line was ended on purpose: something is over, and the next word would have fitted."""
    is_over = line.endswith((".", ":", ")")) or "/" in line.split()[-1]
    return is_over and len(line) + 1 + len(after.split()[0]) <= width
