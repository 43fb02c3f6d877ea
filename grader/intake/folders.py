"""A class folder with a folder per student, or one student's own folder, to Submissions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.errors import IntakeError
from grader.intake.files import printable
from grader.intake.search import skipped
from grader.intake.submission import MAX_DEPTH, iso_time, read_modules, require_folder
from grader.intake.submission import read_submission as read_tree
from grader.intake.tree import FolderTree
from grader.model import Submission

__all__ = ["MAX_DEPTH", "StudentFolder", "find_submissions", "newest_time", "read_modules", "read_submission"]


class StudentFolder(msgspec.Struct, frozen=True, kw_only=True):
    """One folder of a class folder; nothing in it has been read yet."""

    student_id: str
    """The folder's name, printable and unique."""
    path: Path


_REMEDY = "Give the folder that holds one folder per student, with the modules in it."


def find_submissions(root: Path) -> list[StudentFolder]:
    """List the student folders of a class folder, sorted by student id, without looking into them."""
    require_folder(root, _REMEDY)
    import os

    try:
        with os.scandir(root) as entries:
            names = [entry.name for entry in entries if not skipped(entry.name) and entry.is_dir()]
    except OSError as error:
        raise IntakeError(f"{root} cannot be read: {error.strerror}.", _REMEDY) from error
    if not names:
        raise IntakeError(f"{root} holds no folder of a student.", _REMEDY)
    found = [StudentFolder(student_id=printable(name), path=root / name) for name in names]
    return sorted(found, key=lambda folder: folder.student_id)


def read_submission(folder: Path, student_id: str, topics: Sequence[str]) -> Submission:
    """Read what one student handed in."""
    return read_tree(FolderTree(folder.parent, (folder.name,)), student_id, topics)


def newest_time(modified: Sequence[int]) -> str | None:
    """Write the newest time, in UTC and ISO 8601. A time beyond the calendar is no time."""
    return max((time for seconds in modified if (time := iso_time(seconds))), default=None)
