"""Classes of students for tests of the report: grades as a gradebook would give them."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Grade, Isolation, Outcome, Result, Status, Submission, Topic, TopicScore
from grader.scoring import grade_of, score_topic

TOPICS = (Topic(name="double", title="Doubling", max_score=4), Topic(name="walk", title="Walking", max_score=3))
TESTS = {
    "double": (("vector", 2.0), ("both", 1.0), ("stays", 1.0)),
    "walk": (("bowl", 2.0), ("counters", 1.0)),
}
P, W, E, U, N = Result.PASSED, Result.WRONG_VALUE, Result.EXCEPTION, Result.NOT_IMPLEMENTED, Result.NOT_GRADED


def outcome(topic: str, place: int, result: Result, **more: str) -> Outcome:
    name, points = TESTS[topic][place]
    return Outcome(
        topic=topic,
        test=f"test_{name}",
        sentence=f"The {name} is right.",
        result=result,
        points=points if result is P else 0.0,
        max_points=points,
        **more,  # type: ignore[arg-type]
    )


def topic_score(topic: Topic, results: Sequence[Result] | None, **more: str) -> TopicScore:
    """One topic; None if it is missing. `more` belongs to every outcome that did not pass."""
    if results is None:
        return score_topic(topic, None)
    outcomes = [
        outcome(topic.name, place, result, **({} if result is P else more)) for place, result in enumerate(results)
    ]
    return score_topic(topic, outcomes)


def student(name: str, double: Sequence[Result] | None, walk: Sequence[Result] | None, **more: str) -> Grade:
    """One student, by the results of the tests of both topics."""
    scores = [topic_score(topic, results, **more) for topic, results in zip(TOPICS, (double, walk), strict=True)]
    submitted = None if all(score.status is Status.MISSING for score in scores) else "2026-11-20T10:00:00+00:00"
    return grade_of(
        Submission(student_id=name, modules={}, submitted_at=submitted),
        scores,
        graded_at="2026-11-21T08:30:00+00:00",
        isolation=Isolation.FULL,
    )


RIGHT = ((P, P, P), (P, P))
