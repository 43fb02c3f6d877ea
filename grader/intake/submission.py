"""From somebody's files to the modules that are graded."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from grader.errors import IntakeError
from grader.intake import files
from grader.intake.files import UnreadableError, is_denied, shown
from grader.intake.notebook import MAX_NOTEBOOK, read_notebook
from grader.intake.search import Place, Search
from grader.intake.tree import Tree
from grader.language.english import english
from grader.model import Module, Submission

MAX_DEPTH = 4
"""Folders and archives between a student's folder and the modules; what unpacking twice makes is two."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNFINISHED = "NotImplementedError"


def submission_of(tree: Tree, student_id: str, topics: Sequence[str]) -> Submission:
    """Read what one student handed in, flat or in subfolders; the shallowest module of a name counts.

    Whatever the tree holds, there is a Submission. Why a module could not be read is said in its `problem`.

    Raises:
        IntakeError: this machine failed to read; nothing is known about the submission.
    """
    modules = read_tree(tree, topics, depth=MAX_DEPTH)
    times = [module.submitted_at for module in modules.values() if module.submitted_at]
    return Submission(student_id=student_id, modules=modules, submitted_at=max(times, default=None))


def read_tree(
    tree: Tree, topics: Sequence[str], *, depth: int, only: Mapping[str, str] | None = None
) -> dict[str, Module]:
    """Read the module of each topic, where there is one.

    Args:
        tree: to look for them in.
        topics: which.
        depth: how many folders deep.
        only: how the name of the file must end that counts, by topic: ".py" or ".ipynb".

    Raises:
        IntakeError: this machine failed to read.
    """
    search = Search(tree, topics)
    search.run(depth)
    found = {topic: _module(search, topic, (only or {}).get(topic, "")) for topic in topics}
    return {topic: module for topic, module in found.items() if module}


def require_folder(folder: Path, remedy: str) -> None:
    """Refuse what is no folder.

    Raises:
        IntakeError: it is a file, or not there.
    """
    if not os.path.exists(folder):  # unlike Path.exists, it answers where permission is denied
        raise IntakeError(f"There is no folder {folder}.", remedy)
    if not os.path.isdir(folder):
        raise IntakeError(f"{folder} is a file, not a folder.", remedy)


def iso_time(seconds: int | None) -> str | None:
    """Write seconds since 1970 in UTC and ISO 8601. A time beyond the calendar is no time."""
    if seconds is None:
        return None
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat(timespec="seconds")
    except OverflowError:
        return None


class _Text(msgspec.Struct, frozen=True):
    """A file that may become a module."""

    place: Place
    source: bytes = b""
    cells: tuple[int, ...] = ()
    gaps: int = 0
    """How often the student's own text says that something is not written yet."""
    modified: int | None = None
    problem: str = ""


def _module(search: Search, topic: str, ending: str) -> Module | None:
    """The module of one topic; None if there is nothing of it."""
    places = [place for place in search.places(topic) if place.name.endswith(ending)]
    if not places:
        problem = search.problem(topic)
        return None if problem is None else _unread(topic, search.filename(topic), problem)
    for suffix in (".py", ".ipynb"):
        same = [place for place in places if place.name.endswith(suffix)]
        if len(same) > 1:
            where = " and ".join(place.shown for place in same[:2])
            problem = english(
                f"There are {len(same)} files called {same[0].name}, such as {where}. Keep the right one."
            )
            return _unread(topic, same[0].name, problem)
    texts = [_text(place) for place in places]
    text = texts[0] if len(texts) == 1 else _which(*texts)
    name = shown((text.place.name,))
    if text.problem:
        return _unread(topic, name, text.problem)
    return Module(
        topic=topic, filename=name, source=text.source, cells=text.cells, submitted_at=iso_time(text.modified)
    )


def _unread(topic: str, filename: str, problem: str) -> Module:
    return Module(topic=topic, filename=filename, source=b"", problem=problem, denied=is_denied(problem))


def _text(place: Place) -> _Text:
    """Read a file as far as it can be read."""
    if place.problem:
        return _Text(place, problem=place.problem)
    try:
        if not place.name.endswith(".ipynb"):
            content = place.tree.read(place.parts, files.MAX_BYTES)
            gaps = content.data.count(_UNFINISHED.encode())
            return _Text(place, content.data, gaps=gaps, modified=content.modified)
        content = place.tree.read(place.parts, MAX_NOTEBOOK)
        notebook = read_notebook(content.data, place.shown)
        gaps = notebook.code.count(_UNFINISHED)
        return _Text(place, notebook.text, notebook.cells, gaps, content.modified)
    except UnreadableError as error:
        return _Text(place, problem=str(error))


def _which(module: _Text, notebook: _Text) -> _Text:
    """Which of a module and a notebook was worked on: a kit has both, and one may be the untouched stub."""
    if module.problem or notebook.problem:
        return notebook if module.problem and not notebook.problem else module
    if module.gaps != notebook.gaps:
        return min(module, notebook, key=lambda text: text.gaps)
    if module.gaps:
        return module  # neither is done, most likely neither was touched
    if module.place.level != notebook.place.level:
        return min(module, notebook, key=lambda text: text.place.level)
    where = f"{module.place.shown} and {notebook.place.shown}"
    return msgspec.structs.replace(module, problem=english(f"There are {where}. Keep the one that counts."))
