"""From the suite's points to the score that counts: late penalties and overrides. Pure arithmetic on records.

Nothing of this is kept in a gradebook but times and overrides, so that another policy needs no regrade.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from grader.model import (
    Adjustment,
    Extension,
    Grade,
    Override,
    PercentOf,
    Policy,
    Status,
    Submission,
    TopicScore,
)
from grader.scoring import DECIMALS, add_points, grade_of

_DAY = timedelta(days=1)


class _Late(msgspec.Struct):
    """How late one topic is."""

    due: datetime
    days: int
    free: int = 0


def final_grades(
    grades: Iterable[Grade],
    policy: Policy,
    extensions: Iterable[Extension] = (),
    overrides: Iterable[Override] = (),
) -> Iterator[Grade]:
    """The grades that count, one by one as they come.

    Of a topic, an override counts as it is. Otherwise the penalty for the days that the topic is late is taken off, and
    nothing is left after the cut-off. Late days are spent where they save points, the earliest due date first; topics
    that were due at the same time share them. What was changed, and why, stands in the `adjustment` of a topic.

    Args:
        grades: as the suites gave them.
        policy: of the course.
        extensions: of any student.
        overrides: of any student, the oldest first.
    """
    more_time = _by_student_and_topic(extensions)
    set_by_hand = current_overrides(overrides)
    for grade in grades:
        yield _final(grade, policy, more_time, set_by_hand.get(grade.student_id, {}))


def current_overrides(overrides: Iterable[Override]) -> dict[str, dict[str, Override]]:
    """By student and topic, the override that counts. One that was taken back is left out.

    Args:
        overrides: the oldest first.
    """
    current: dict[str, dict[str, Override]] = {}
    for one in overrides:
        of_student = current.setdefault(one.student_id, {})
        of_student.pop(one.topic, None)
        if one.score is not None:
            of_student[one.topic] = one
    return current


def _final(
    grade: Grade, policy: Policy, more_time: Mapping[tuple[str, str | None], Extension], by_hand: Mapping[str, Override]
) -> Grade:
    late = {}
    for score in grade.topics:
        due = _due(policy, grade.student_id, score.topic, more_time)
        days = _days_late(due, score.submitted_at, policy)
        if due and days and score.status is not Status.MISSING:
            late[score.topic] = _Late(due, days)
    earning = [score.topic for score in grade.topics if score.score and score.topic not in by_hand]
    _spend_late_days([late[topic] for topic in earning if topic in late], policy)
    scores = [_adjusted(score, late.get(score.topic), by_hand.get(score.topic), policy) for score in grade.topics]
    if not late and not by_hand:
        return grade
    return grade_of(
        Submission(student_id=grade.student_id, modules={}, submitted_at=grade.submitted_at, attempt=grade.attempt),
        scores,
        graded_at=grade.graded_at,
        isolation=grade.isolation,
    )


def _due(
    policy: Policy, student: str, topic: str, more_time: Mapping[tuple[str, str | None], Extension]
) -> datetime | None:
    """When this student must hand in this topic; an extension never comes before everybody's due date."""
    due = policy.due.get(topic)
    extension = more_time.get((student, topic)) or more_time.get((student, None))
    if due is None or extension is None:
        return due
    return max(due, extension.until or due + timedelta(days=extension.days))


def _days_late(due: datetime | None, submitted_at: str | None, policy: Policy) -> int:
    """Days that have begun since the due date; none within the grace, or if nobody knows when it was handed in."""
    if due is None or submitted_at is None:
        return 0
    moment = datetime.fromisoformat(submitted_at)
    late = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - due
    return 0 if late <= timedelta(minutes=policy.grace_minutes) else math.ceil(late / _DAY)


def _spend_late_days(late: Sequence[_Late], policy: Policy) -> None:
    """Let late days pay, due date by due date, as long as there are any."""
    left = policy.late_days
    for due in sorted({one.due for one in late}):
        together = [one for one in late if one.due == due and not _cut_off(one.days, policy)]
        spent = min(left, max((one.days for one in together), default=0))
        left -= spent
        for one in together:
            one.free = min(spent, one.days)


def _cut_off(days: int, policy: Policy) -> bool:
    return policy.cutoff_days is not None and days > policy.cutoff_days


def _adjusted(score: TopicScore, late: _Late | None, override: Override | None, policy: Policy) -> TopicScore:
    days, free = (late.days, late.free) if late else (0, 0)
    if override is not None:
        adjustment = Adjustment(auto_score=score.score, days_late=days, manual_score=override.score, why=override.why)
        return msgspec.structs.replace(score, status=Status.GRADED, score=override.score, adjustment=adjustment)
    if late is None:
        return score
    penalty = _penalty(score, days, free, policy)
    adjustment = Adjustment(auto_score=score.score, days_late=days, free_days=free, penalty=penalty)
    final = None if score.score is None else add_points([score.score, -penalty])
    return msgspec.structs.replace(score, score=final, adjustment=adjustment)


def _penalty(score: TopicScore, days: int, free: int, policy: Policy) -> float:
    """Points off; never more than were earned."""
    earned = score.score or 0.0
    if _cut_off(days, policy):
        return earned
    whole = earned if policy.percent_of is PercentOf.SCORE else score.max_score
    return min(earned, round((days - free) * policy.percent_per_day / 100 * whole, DECIMALS))


def _by_student_and_topic(extensions: Iterable[Extension]) -> dict[tuple[str, str | None], Extension]:
    return {(one.student_id, one.topic): one for one in extensions}
