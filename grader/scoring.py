"""From outcomes to topic scores to a grade: arithmetic, and three kinds of nothing kept apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from grader.model import Grade, Isolation, Outcome, Result, Status, Submission, Topic, TopicScore

DECIMALS = 6
"""Of a score: finer than any points, coarser than the noise of adding them."""


def add_points(points: Iterable[float]) -> float:
    """Add points so that 0.1 and 0.2 make 0.3."""
    return round(math.fsum(points), DECIMALS)


def score_topic(topic: Topic, outcomes: Sequence[Outcome] | None) -> TopicScore:
    """Score one topic.

    Args:
        topic: which one.
        outcomes: of its tests; None if nothing was handed in. No outcome at all is the grader's failure, for
            a suite has tests: the topic is not graded.
    """
    if outcomes is None:
        return _topic_score(topic, Status.MISSING, ())
    if not outcomes or any(outcome.result is Result.NOT_GRADED for outcome in outcomes):
        return _topic_score(topic, Status.NOT_GRADED, tuple(outcomes))
    return _topic_score(topic, Status.GRADED, tuple(outcomes))


def _topic_score(topic: Topic, status: Status, outcomes: tuple[Outcome, ...]) -> TopicScore:
    score = add_points(outcome.points for outcome in outcomes) if status is Status.GRADED else None
    return TopicScore(topic=topic.name, status=status, score=score, max_score=topic.max_score, outcomes=outcomes)


def grade_of(submission: Submission, scores: Sequence[TopicScore], *, graded_at: str, isolation: Isolation) -> Grade:
    """Sum up the topics of one submission.

    Args:
        submission: whose.
        scores: of every topic of the course, in teaching order.
        graded_at: UTC, ISO 8601, seconds.
        isolation: how far the student's code was confined.
    """
    status = _status_of(scores)
    total = None if status is Status.NOT_GRADED else add_points(score.score or 0.0 for score in scores)
    return Grade(
        student_id=submission.student_id,
        status=status,
        score=total,
        max_score=add_points(score.max_score for score in scores),
        topics=tuple(scores),
        needs_manual_grade=status is Status.NOT_GRADED,
        submitted_at=submission.submitted_at,
        graded_at=graded_at,
        isolation=isolation,
        attempt=submission.attempt,
    )


def _status_of(scores: Sequence[TopicScore]) -> Status:
    states = {score.status for score in scores}
    if Status.NOT_GRADED in states:
        return Status.NOT_GRADED
    return Status.MISSING if states <= {Status.MISSING} else Status.GRADED
