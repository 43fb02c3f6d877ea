"""A topic as cells of a notebook: the solution in pieces, the public tests, a place for the score."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from grader.errors import CourseError
from grader.model import Topic
from grader.nbgrader.helpers import HELPERS
from grader.release.pieces import first_line, pieces

SCORE = "score"
"""Name of the cell that carries the topic's score. It is a task, which `nbgrader autograde` never scores by itself."""

_BEGIN = "### BEGIN SOLUTION"
_OURS = "grader.suite"
_GIVEN = {"student", "rng"}
"""Fixtures that a notebook can offer."""


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """What nbgrader is to do with a cell; the fields are those of its metadata."""

    grade_id: str
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float | None = None


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell that nbgrader leaves alone, unless it has a role."""

    source: str
    markdown: bool = False
    folded: bool = False
    """Whether Jupyter shows the code only when asked."""
    role: Role | None = None


def solution_cells(source: str) -> Iterator[Cell]:
    """A solution in pieces: a cell for each function and class, and for what stands between them.

    Args:
        source: text of a module, whose docstring is left out.
    """
    given: list[str] = []
    for node, text in pieces(source):
        if _BEGIN not in text:
            given.append(text)
            continue
        yield from _given(given)
        given = []
        name = node.name if isinstance(node, ast.FunctionDef | ast.ClassDef) else f"line_{node.lineno}"
        yield Cell(source=text, role=Role(grade_id=_plain(f"solution_{name}"), solution=True))
    yield from _given(given)


def public_cells(path: Path) -> Iterator[Cell]:
    """The public tests of a topic, each in a cell that nbgrader locks and runs, worth nothing.

    A test that asks for something which a notebook does not have (the reference, another topic) is left out.

    Args:
        path: of the public suite.

    Raises:
        CourseError: the suite imports what a notebook does not have.
    """
    source = path.read_text("utf-8")
    lines = source.splitlines()
    helpers: list[str] = []
    tests: list[ast.FunctionDef] = []
    for node in ast.parse(source).body:
        if _is_import_of_ours(path, node) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            tests.append(node)
        else:
            helpers.append(_text(lines, node))
    setting = "\n\n".join([HELPERS.strip("\n"), *helpers])
    yield Cell(source=setting, folded=True, role=Role(grade_id="test_helpers", locked=True))
    for node in tests:
        asked = [argument.arg for argument in node.args.args]
        if set(asked) <= _GIVEN and not _is_parametrized(node):
            call = f"{node.name}({', '.join(asked)})"
            call = call.replace("rng", "np.random.default_rng(0)")
            text = _text(lines, node)
            if "assert_unchanged" in text:
                call = f"_changed.clear()\n{call}"  # what an earlier cell did is not this test's business
            role = Role(grade_id=_plain(node.name), grade=True, locked=True, points=0.0)
            yield Cell(source=f"{text}\n\n\n{call}", role=role)


def left_out(path: Path) -> list[str]:
    """Names of the public tests that a notebook cannot run."""
    kept = {cell.role.grade_id for cell in public_cells(path) if cell.role}
    tree = ast.parse(path.read_text("utf-8"))
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
    return [name for name in tests if _plain(name) not in kept]


def score_cell(topic: Topic) -> Cell:
    """Where the score of a topic is kept."""
    text = (
        f"**Your score for this topic: up to {topic.max_score:g} points.**\n\n"
        "It comes from more tests than the ones above, and appears here after grading."
    )
    return Cell(source=text, markdown=True, role=Role(grade_id=SCORE, task=True, locked=True, points=topic.max_score))


def _given(pieces: Sequence[str]) -> Iterator[Cell]:
    """Code that is not the student's to write."""
    if pieces:
        yield Cell(source="\n\n\n".join(pieces))


def _text(lines: Sequence[str], node: ast.stmt) -> str:
    return "\n".join(lines[first_line(lines, node) : node.end_lineno])


def _is_import_of_ours(path: Path, node: ast.stmt) -> bool:
    """Whether it imports what the helpers stand for."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    if names == [_OURS]:
        return True
    known = {"numpy", "math", "__future__"}
    if foreign := [name for name in names if name.partition(".")[0] not in known]:
        raise CourseError(
            f"{path}, line {node.lineno}: it imports {foreign[0]}, which a student's notebook does not have.",
            f"In a public suite, import {', '.join(sorted(known - {'__future__'}))} and {_OURS} only.",
        )
    return False


def _is_parametrized(node: ast.FunctionDef) -> bool:
    return any("parametrize" in ast.unparse(decorator) for decorator in node.decorator_list)


def _plain(name: str) -> str:
    """A name as nbgrader takes it."""
    return re.sub(r"[^a-zA-Z0-9_-]", "_", name)
