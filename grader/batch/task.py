"""What the coordinator has to see done: a job, and how it goes."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from grader.model import Outcome, Result, Submission
from grader.suite.session import Job


class Task(msgspec.Struct):
    """A job, what it will be recorded under, and how it goes."""

    job: Job
    keys: dict[str, str]
    missing: tuple[str, ...]
    attempt: int = 1
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    trouble: str = ""


def is_graded(task: Task) -> bool:
    """Whether every topic of the job has outcomes, and none of them is the grader's failure."""
    return all(task.outcomes.get(topic) for topic in task.job.topics) and not troubles(task)


def troubles(task: Task) -> set[tuple[str, str]]:
    """The grader's failures, as topic and message."""
    return {
        (topic, outcome.message)
        for topic, outcomes in task.outcomes.items()
        for outcome in outcomes
        if outcome.result is Result.NOT_GRADED
    }


def times_of(submission: Submission, topics: Collection[str]) -> dict[str, str | None]:
    """By topic, when its module was handed in; only of these topics."""
    return {topic: module.submitted_at for topic, module in submission.modules.items() if topic in topics}


def no_outcomes(topic: str, why: str) -> tuple[Outcome, ...]:
    """In place of the outcomes that a runner should have delivered."""
    message = f"The grader failed: {why or 'it delivered nothing'}."
    return (
        Outcome(
            topic=topic,
            test="(all)",
            sentence="This topic could not be graded.",
            result=Result.NOT_GRADED,
            points=0.0,
            max_points=0.0,
            message=message,
        ),
    )
