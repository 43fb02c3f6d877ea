"""Begin fast, in a command that somebody waits for."""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from grader.model import Course, Topic
    from grader.sandbox.start import Zygote
    from grader.student.choosing import Asked


class Begun(NamedTuple):
    """What a command on a student's own work needs."""

    course: Course
    topics: tuple[Topic, ...]
    """That were asked for; all if none was named."""
    files: Asked
    zygote: Zygote | None


@contextlib.contextmanager
def begun(words: Sequence[str], folder: Path | None, course_dir: Path | None) -> Iterator[Begun]:
    """Find the course, and load NumPy and pytest while a zygote does.

    Args:
        words: the topics as they were typed.
        folder: with the student's modules, if it was named.
        course_dir: of the course, if it was named.

    Raises:
        UsageError, CourseError: no course, an unknown topic, an installation that is not complete.
    """
    with contextlib.ExitStack() as stack:
        with _loading():
            from grader.course import find_course, select_topics
            from grader.sandbox.start import started_ahead
            from grader.student.choosing import asked

            files = asked(words)
            course = find_course(folder or files.folder, course_dir)
            topics = select_topics(course, files.topics)
            zygote = stack.enter_context(started_ahead(course.limits))
            from grader.student.installation import check_installation

            check_installation()
            import grader.student.work  # noqa: F401  NumPy and pytest come with it
        yield Begun(course, topics, files, zygote)


@contextlib.contextmanager
def _loading() -> Iterator[None]:
    """Around imports: no threads for the few small arrays here, and no search for garbage where there is none yet."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
