"""A class folder with a folder per student, or one student's own folder, to Submissions."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from grader.errors import IntakeError
from grader.intake.files import UnreadableError, is_denied, printable, read_file
from grader.intake.search import Search, skipped
from grader.model import Module, Submission

MAX_DEPTH = 4
"""Folders between a student's folder and the modules; what unpacking twice makes is two."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REMEDY = "Give the folder that holds one folder per student, with the modules in it."


class StudentFolder(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of a class folder; nothing in it has been read yet."""

    student_id: str
    """The folder's name, printable and unique."""
    path: Path


def find_submissions(root: Path) -> list[StudentFolder]:
    """List the student folders of a class folder, sorted by student id, without looking into them.

    Loose files, hidden folders and `__MACOSX` are skipped. A link to a folder is listed, so that its student
    gets a row, but `read_submission` will not follow it.

    Raises:
        IntakeError: the folder is missing, cannot be read, or holds no student folder.
    """
    _require_folder(root, _REMEDY)
    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in entries if not skipped(entry.name) and _may_be_folder(entry)]
    except OSError as error:
        raise IntakeError(f"{root} cannot be read: {error.strerror}.", _REMEDY) from error
    if not names:
        raise IntakeError(f"{root} holds no folder of a student.", _REMEDY)
    found = [StudentFolder(student_id=printable(name), path=root / name) for name in names]
    return sorted(found, key=lambda folder: folder.student_id)


def read_submission(folder: Path, student_id: str, topics: Sequence[str]) -> Submission:
    """Read what one student handed in, flat or in subfolders; the shallowest module of a name counts.

    Whatever the folder holds, there is a Submission. Why a module could not be read is said in its `problem`.

    Raises:
        IntakeError: this machine failed to read; nothing is known about the submission.
    """
    modules, modified = _read(folder, topics, depth=MAX_DEPTH, follow=False)
    return Submission(student_id=student_id, modules=modules, submitted_at=newest_time(modified))


def read_modules(folder: Path, topics: Sequence[str]) -> dict[str, Module]:
    """Read the modules that lie in one folder, by topic; a topic without a module is left out.

    Raises:
        IntakeError: the folder is missing, or this machine failed to read.
    """
    _require_folder(folder, "Give the folder that holds your modules, or change into it.")
    return _read(folder, topics, depth=0, follow=True)[0]


def _require_folder(folder: Path, remedy: str) -> None:
    if not os.path.exists(folder):  # unlike Path.exists, it answers where permission is denied
        raise IntakeError(f"There is no folder {folder}.", remedy)
    if not os.path.isdir(folder):
        raise IntakeError(f"{folder} is a file, not a folder.", remedy)


def _may_be_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()  # follows links, so that a linked folder gets its row
    except OSError:
        return True  # what it is will be said when it is read


def _read(folder: Path, topics: Sequence[str], *, depth: int, follow: bool) -> tuple[dict[str, Module], list[int]]:
    """Read the module of each topic, and when each was last modified."""
    search = Search(folder, topics)
    search.run(depth, follow=follow)
    modules: dict[str, Module] = {}
    modified: list[int] = []
    for topic in topics:
        source, problem = b"", search.problem(topic)
        if problem is None:
            continue
        if not problem:
            try:
                source, seconds = read_file(folder, search.files[topic][0].parts, follow=follow)
                modified.append(seconds)
            except UnreadableError as error:
                problem = str(error)
        modules[topic] = Module(
            topic=topic, filename=search.filename(topic), source=source, problem=problem, denied=is_denied(problem)
        )
    return modules, modified


def newest_time(modified: Sequence[int]) -> str | None:
    """Write the newest time, in UTC and ISO 8601. A time beyond the calendar is no time."""
    times = []
    for seconds in modified:
        with contextlib.suppress(OverflowError):
            times.append(_EPOCH + timedelta(seconds=seconds))
    return max(times).isoformat(timespec="seconds") if times else None
