"""Students whom the gradebook knows, and who have handed in nothing of what a batch grades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.batch.keys import MISSING
from grader.gradebook import Gradebook, Record
from grader.model import Course, Isolation
from grader.scoring import score_topic


def record_absent(
    book: Gradebook,
    course: Course,
    present: Iterable[str],
    topics: Sequence[str],
    *,
    isolation: Isolation,
    seed: int,
    graded_at: str,
) -> list[str]:
    """Record topics as missing for students who were graded before and are not in this batch.

    Only where they have no grade for such a topic: a grade is never replaced.

    Args:
        book: the gradebook, after the batch.
        course: whose topics.
        present: students of the batch.
        topics: names of what the batch graded.
        isolation: as of the batch.
        seed: as of the batch.
        graded_at: UTC, ISO 8601, seconds.

    Returns:
        Their ids, sorted.
    """
    wanted = [topic for topic in course.topics if topic.name in topics]
    here = set(present)
    found = []
    for grade in [one for one in book.grades(course.topics) if one.student_id not in here]:
        known = {past.topic for past in book.history(grade.student_id)}
        scores = {topic.name: (MISSING, score_topic(topic, None)) for topic in wanted if topic.name not in known}
        if known and scores:  # without a grade an interrupted batch may still come to them
            missing = Record(
                student_id=grade.student_id,
                submitted_at=grade.submitted_at,
                scores=scores,
                attempt=grade.attempt,
                isolation=isolation,
                seed=seed,
                graded_at=graded_at,
            )
            found.append(missing)
    if found:
        book.record(found)
    return [one.student_id for one in found]
