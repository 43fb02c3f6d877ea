"""A bench for `pytest tests/hidden --submission DIR`, which is how an author debugs a suite."""

from __future__ import annotations

from pathlib import Path

from grader.course import load_course
from grader.diagnosis import solution_module
from grader.errors import UsageError
from grader.intake.folders import read_modules
from grader.model import Course, Isolation, Submission, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench


def lay_out(suite: Path, seed: int | None) -> Bench:
    """A bench for the course that a suite file belongs to."""
    course = load_course(suite.parents[2])
    kind = SuiteKind(suite.parent.name)
    return Bench(course, kind, open_sandbox(Isolation.PARTIAL, course.limits), seed=seed)


def submission_in(course: Course, folder: str | None, topic: str) -> Submission:
    """What lies in a folder; the solutions without one. It has a module of this topic.

    Raises:
        UsageError: if it has not.
    """
    names = [known.name for known in course.topics]
    if folder is None:
        return Submission(student_id="solutions", modules={topic: solution_module(course, topic)})
    modules = read_modules(Path(folder), names)
    if topic not in modules:
        raise UsageError(f"{folder} holds no {topic}.py.")
    return Submission(student_id="submission", modules=modules)
