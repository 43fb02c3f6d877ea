"""How far a student has come through the topics."""

from __future__ import annotations

from pathlib import Path

from grader.model import Course, Topic
from grader.report.progress import Stage, stage_of
from grader.student.work import check_work, choose_suites, read_work


def first_open(course: Course, folder: Path, *, public: bool = False) -> tuple[Topic | None, Stage, int]:
    """The first topic that is not done, in teaching order; its suites are run, and those of no later topic.

    Args:
        course: the course or the kit.
        folder: with the student's modules.
        public: go by the public suites in any case.

    Returns:
        The topic, or None if all are done; how far it has come; how many are done before it.
    """
    kind = choose_suites(course, course.topics, public=public)
    submission = read_work(course, folder, course.topics)
    for done, topic in enumerate(course.topics):
        grade = check_work(course, [topic], kind, submission)
        stage = stage_of(grade.topics[0])
        if stage is not Stage.DONE:
            return topic, stage, done
    return None, Stage.DONE, len(course.topics)
