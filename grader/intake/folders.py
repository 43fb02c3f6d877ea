"""Folders on the disk: a class with a folder per student, or one student's own folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.intake.entry import Entry
from grader.intake.submission import read_tree, require_folder, submission_of
from grader.intake.tree import FolderTree
from grader.language.english import english
from grader.model import Module, Submission


def find_submissions(root: Path) -> list[Entry]:
    """List the student folders of a class folder, sorted by student id, without looking into them.

    Loose files, hidden folders and `__MACOSX` are skipped. A link to a folder is listed, so that its student
    gets a row, but it is not followed.

    Raises:
        IntakeError: the folder is missing, cannot be read, or holds no student folder.
    """
    from grader.intake.layouts.plain import LAYOUT as PLAIN  # a student's own folder needs none of them
    from grader.intake.opening import open_class

    return open_class(root, (), layout=PLAIN.name).entries


def read_submission(folder: Path, student_id: str, topics: Sequence[str]) -> Submission:
    """Read what one student handed in. The folder itself must not be a link.

    Raises:
        IntakeError: this machine failed to read; nothing is known about the submission.
    """
    return submission_of(FolderTree(folder.parent, (folder.name,)), student_id, topics)


def read_modules(folder: Path, topics: Sequence[str], *, only: Mapping[str, str] | None = None) -> dict[str, Module]:
    """Read the modules that lie in one folder, by topic; a topic without a module is left out.

    Args:
        folder: to look in, and not below.
        topics: which.
        only: how the name of the file must end that counts, by topic: ".py" or ".ipynb".

    Raises:
        IntakeError: the folder is missing, or this machine failed to read.
    """
    require_folder(folder, english("Give the folder that holds your modules, or change into it."))
    return read_tree(FolderTree(folder), topics, depth=0, only=only)
