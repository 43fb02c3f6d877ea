"""The stubs, made from the solutions."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course import solution_path, stub_path
from grader.errors import CourseError
from grader.model import Course

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
PLACEHOLDER = ("# YOUR CODE HERE", "raise NotImplementedError()")

_LIKE_A_MARKER = re.compile(r"#+\W*(BEGIN|END)\W*SOLUTION", re.IGNORECASE)


def make_stub(source: str) -> str:
    """The solution without what stands between its markers.

    Every block from `### BEGIN SOLUTION` to `### END SOLUTION` becomes `# YOUR CODE HERE` and
    `raise NotImplementedError()`, indented as the marker was. All else stays as it is.

    Args:
        source: text of a solution.

    Raises:
        CourseError: the solution or its stub is not valid Python, or the markers do not fit, with the line.
    """
    source = source.replace("\r\n", "\n")
    tree = _parse(source, "the solution is not valid Python")
    blocks = list(_blocks(source))
    for block in blocks:
        _check_block(block, tree)
    stub = _without(source.split("\n"), blocks)
    _parse(stub, "without its solution the module is not valid Python; the stub has")
    return stub


def stale_stubs(course: Course) -> list[Path]:
    """The stubs that are missing or are not what the solutions make, in teaching order.

    Raises:
        CourseError: a solution is missing or no stub can be made of it.
    """
    return [path for path, _ in _stale(course)]


def write_stubs(course: Course) -> list[Path]:
    """Write the stubs that are stale, and say which those were.

    Every stub is made before the first is written: a broken solution leaves `exercises/` as it was.

    Raises:
        CourseError: a solution is missing, no stub can be made of it, or the stub cannot be written.
    """
    stale = _stale(course)
    for path, text in stale:
        _replace(path, text)
    return [path for path, _ in stale]


@dataclass(frozen=True)
class _Block:
    """Two markers and what stands between them."""

    first: int
    """Line of the BEGIN marker, counted from 1."""
    last: int
    """Line of the END marker."""
    indent: str


def _stale(course: Course) -> list[tuple[Path, str]]:
    """The stubs to write, each with its text."""
    made = [(stub_path(course, topic.name), stub_of(course, topic.name)) for topic in course.topics]
    return [(path, text) for path, text in made if not _reads(path, text)]


def stub_of(course: Course, topic: str) -> str:
    """The stub of a topic.

    Raises:
        CourseError: its solution is missing or no stub can be made of it.
    """
    solution = solution_path(course, topic)
    try:
        return make_stub(solution.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        remedy = f"Write it, or take [topics.{topic}] out of course.toml."
        raise CourseError(f"The solution {solution} is not there.", remedy) from error
    except OSError as error:
        raise CourseError(
            f"The solution {solution} cannot be read: {error.strerror}.", "Look at its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise CourseError(f"The solution {solution} is not UTF-8 text.", "Save it as UTF-8 in your editor.") from error
    except CourseError as error:
        raise CourseError(f"{solution}, {error.problem}", error.remedy) from error


def _reads(path: Path, text: str) -> bool:
    """Whether the file is there with this text, whatever its line ends: Git may have changed those."""
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _replace(path: Path, text: str) -> None:
    """Write beside and rename, so that there is no moment with half a stub."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="\n")
        os.replace(beside, path)
    except OSError as error:
        if beside.is_file():
            beside.unlink()
        problem = f"The stub {path} cannot be written: {error.strerror}."
        raise CourseError(problem, "Look at what stands there, and at the permissions of its folder.") from error


def _parse(source: str, problem: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise CourseError(
            f"line {error.lineno or 1}: {problem}: {error.msg}.", "Correct it, or move the markers."
        ) from error
    except ValueError as error:  # a null character, in some versions of Python
        raise CourseError(f"line 1: {problem}: {error}.", "Save it again as plain text.") from error


def _blocks(source: str) -> Iterator[_Block]:
    """The pairs of markers, in order.

    Raises:
        CourseError: there are none, or they do not pair.
    """
    begun: tokenize.TokenInfo | None = None
    markers = list(_markers(source))
    for marker in markers:
        if marker.string == BEGIN:
            if begun is not None:
                raise _marker_error(marker, f"the block that line {begun.start[0]} begins has no end yet")
            begun = marker
            continue
        if begun is None:
            raise _marker_error(marker, f"there is no `{BEGIN}` before it")
        if begun.start[1] != marker.start[1]:
            raise _marker_error(marker, f"it is not indented as the `{BEGIN}` of line {begun.start[0]}")
        yield _Block(begun.start[0], marker.start[0], marker.line[: marker.start[1]])
        begun = None
    if begun is not None:
        raise _marker_error(begun, f"there is no `{END}` after it")
    if not markers:
        raise CourseError(
            f"line 1: there is no `{BEGIN}` in it, so the stub would be the solution.",
            f"Put `{BEGIN}` and `{END}` around what the student must write.",
        )


def _markers(source: str) -> Iterator[tokenize.TokenInfo]:
    """The comments that are markers. One that only resembles a marker would leak the solution."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or not _LIKE_A_MARKER.match(token.string):
            continue
        if token.string not in (BEGIN, END):
            raise _marker_error(token, f"it is not exactly `{BEGIN}` or `{END}`")
        if token.line[: token.start[1]].strip():
            raise _marker_error(token, "it is not on a line of its own")
        yield token


def _marker_error(token: tokenize.TokenInfo, problem: str) -> CourseError:
    return CourseError(
        f"line {token.start[0]}: `{token.string}`: {problem}.",
        f"Every `{BEGIN}` needs an `{END}` below it, both indented as the code between them.",
    )


def _check_block(block: _Block, tree: ast.Module) -> None:
    """The block must be a part of one function's body, or more than the solution would vanish."""
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    inside = [node for node in statements if block.first < node.lineno < block.last]
    where = f"line {block.first}: the block"
    if not inside:
        raise CourseError(f"{where} holds no code.", "Write the solution between the markers.")
    if min(node.col_offset for node in inside) != len(block.indent):
        raise CourseError(
            f"{where} holds code that is not indented as its markers are.",
            "Indent them alike. A block ends where its function ends: give each function its own.",
        )
    end = max(node.end_lineno or node.lineno for node in inside)
    if not any(_encloses(node, block.first, end) for node in statements):
        raise CourseError(
            f"{where} is not inside a function, so the stub could not be imported.",
            "Put the markers inside the body, below the docstring; a helper can stand there too.",
        )


def _encloses(node: ast.stmt, first: int, last: int) -> bool:
    """Whether these lines belong to a function of this statement."""
    function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return function and node.lineno < first and last <= (node.end_lineno or 0)


def _without(lines: Sequence[str], blocks: Sequence[_Block]) -> str:
    """The lines with a placeholder in place of each block."""
    kept: list[str] = []
    start = 0
    for block in blocks:
        kept += lines[start : block.first - 1]
        kept += [block.indent + line for line in PLACEHOLDER]
        start = block.last
    return "\n".join([*kept, *lines[start:]]).rstrip("\n") + "\n"
