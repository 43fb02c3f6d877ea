"""An assignment for nbgrader: a notebook per topic in its `source/`, with the solutions, which nbgrader takes out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from grader.course import solution_path, suite_path
from grader.errors import CourseError, UsageError
from grader.model import Course, SuiteKind, Topic
from grader.nbgrader.cells import Cell, left_out, public_cells, score_cell, solution_cells
from grader.nbgrader.place import check_assignment, open_course_directory
from grader.student.handout import markdown

ASSIGNMENT = "exercises"
"""What the assignment is called if nobody says otherwise."""

_SCHEMA = 3
"""Version of nbgrader's cell metadata."""
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_MARK = "deepgrade"
"""Key in a notebook's metadata: of what was written, to find out whether somebody has changed it since."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of a course."""

    folder: Path
    """`source/ASSIGNMENT`."""
    notebooks: tuple[Path, ...]
    """Those that are new or have changed."""
    left_out: tuple[str, ...]
    """Public tests that a notebook cannot run, as TOPIC.TEST."""


def write_source(course: Course, folder: Path, assignment: str = ASSIGNMENT, *, overwrite: bool = False) -> Written:
    """Write an assignment that `nbgrader generate_assignment` takes, with a notebook per topic.

    Every notebook is made before the first is written. What else lies in the assignment's folder is left alone.

    Args:
        course: with solutions and public suites. Hidden suites are not looked at.
        folder: of the nbgrader course.
        assignment: its name.
        overwrite: also notebooks that somebody has changed since they were written.

    Raises:
        UsageError: the folder is not there, the name is none, or a notebook has been changed by hand.
        CourseError: a part of the course is missing, or does not fit into a notebook.
        GraderError: nbgrader is not installed.
    """
    check_assignment(assignment)
    directory = open_course_directory(folder)
    target = Path(directory.format_path(directory.source_directory, ".", assignment)).resolve()
    made = [(target / f"{topic.name}.ipynb", _notebook(course, topic)) for topic in course.topics]
    changed = [(path, text) for path, text in made if _differs(path, text)]
    if not overwrite and (touched := [path for path, _ in changed if _was_touched(path)]):
        raise UsageError(
            f"{touched[0]} has been changed by hand since it was written.",
            "Give the assignment another name, or take the notebook away; or let it be overwritten with --force.",
        )
    for path, text in changed:
        _replace(path, text)
    names = [f"{topic.name}.{name}" for topic in course.topics for name in left_out(_public(course, topic))]
    return Written(folder=target, notebooks=tuple(path for path, _ in changed), left_out=tuple(names))


def topic_cells(course: Course, topic: Topic) -> list[Cell]:
    """The cells of a topic's notebook.

    Raises:
        CourseError: the solution or the public suite is missing, or does not fit into a notebook.
    """
    solution, public = solution_path(course, topic.name), _public(course, topic)
    try:
        source = solution.read_text("utf-8")
        return [
            Cell(source=markdown(source).strip("\n"), markdown=True),
            Cell(source="## Your work", markdown=True),
            *solution_cells(source),
            Cell(source="## Tests", markdown=True),
            *public_cells(public),
            score_cell(topic),
        ]
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise CourseError(
            f"The notebook of {topic.name} cannot be made: {error}.", f"It is made of {solution} and {public}."
        ) from error


def _public(course: Course, topic: Topic) -> Path:
    return suite_path(course, SuiteKind.PUBLIC, topic.name)


def _notebook(course: Course, topic: Topic) -> str:
    """The text of a notebook's file, the same for the same course."""
    import nbformat

    cells = topic_cells(course, topic)
    nodes = [_node(f"{topic.name}-{place}"[-64:], cell) for place, cell in enumerate(cells)]
    mark = {"topic": topic.name, "digest": _digest(nodes)}
    notebook = {
        "cells": nodes,
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}, _MARK: mark},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(notebook)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _node(identity: str, cell: Cell) -> dict[str, Any]:
    metadata: dict[str, Any] = {"jupyter": {"source_hidden": True}} if cell.folded else {}
    if cell.role is not None:
        fields = {name: value for name, value in msgspec.structs.asdict(cell.role).items() if value is not None}
        metadata["nbgrader"] = {"schema_version": _SCHEMA, **fields}
    node = {"cell_type": "markdown", "id": identity, "metadata": metadata, "source": cell.source}
    return node if cell.markdown else node | {"cell_type": "code", "execution_count": None, "outputs": []}


def _digest(cells: Iterable[Any]) -> str:
    """Of what a person writes in a notebook: not of outputs, nor of what a program adds."""
    # Jupyter saves a text as a list of its lines.
    parts = [[cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("nbgrader")] for cell in cells]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text("utf-8") != text
    except (OSError, UnicodeDecodeError):
        return True


def _was_touched(path: Path) -> bool:
    """Whether a file stands there that is not as it was written."""
    if not os.path.lexists(path):
        return False
    try:
        notebook = json.loads(path.read_text("utf-8"))
        return bool(notebook["metadata"][_MARK]["digest"] != _digest(notebook["cells"]))
    except (OSError, ValueError, LookupError, TypeError):  # no notebook, or none of ours
        return True


def _replace(path: Path, text: str) -> None:
    """Write beside and rename, so that there is no moment with half a notebook."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        if beside.is_file():
            beside.unlink()
        raise UsageError(
            f"The notebook {path} cannot be written: {error.strerror}.", "Look at the permissions of its folder."
        ) from error
