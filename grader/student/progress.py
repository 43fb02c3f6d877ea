"""How far a student has come through the topics."""

from __future__ import annotations

from grader.model import Course, Submission, SuiteKind, Topic
from grader.report.progress import Stage, stage_of
from grader.sandbox.start import Zygote
from grader.student.work import check_work


def first_open(
    course: Course, kind: SuiteKind, submission: Submission, *, zygote: Zygote | None = None
) -> tuple[Topic | None, Stage, int]:
    """The first topic that is not done, in teaching order; its suites are run, and those of no later topic.

    Args:
        course: the course or the kit.
        kind: which suites.
        submission: of the student.
        zygote: one that has been started ahead.

    Returns:
        The topic, or None if all are done; how far it has come; how many are done before it.
    """
    grade = check_work(
        course, course.topics, kind, submission, zygote=zygote, until=lambda score: stage_of(score) is not Stage.DONE
    )
    for done, (topic, score) in enumerate(zip(course.topics, grade.topics, strict=False)):
        if (stage := stage_of(score)) is not Stage.DONE:
            return topic, stage, done
    return None, Stage.DONE, len(course.topics)
