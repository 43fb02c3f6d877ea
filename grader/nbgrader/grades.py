"""Scores into nbgrader's gradebook, and back what somebody has set there by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from grader.errors import UsageError
from grader.model import Grade, Override, Status, Topic, TopicScore
from grader.nbgrader.cells import SCORE
from grader.nbgrader.feedback import comment_on
from grader.nbgrader.place import check_assignment, open_nbgrader
from grader.nbgrader.slots import Slot, add_slots, find_slots
from grader.scoring import DECIMALS

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

WHO = "nbgrader"
"""Who sets what is read back."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What an export did."""

    students: int
    without: int
    """Students who handed in nothing, and have no submission there."""
    kept: tuple[str, ...]
    """Sentences on scores that somebody has set in nbgrader: they are left alone."""


def export_grades(
    grades: Iterable[Grade], topics: Sequence[Topic], overrides: Sequence[Override], folder: Path, assignment: str
) -> Sent:
    """Write scores into an nbgrader course, where `nbgrader export` and the formgrader show them.

    A topic is a notebook of the assignment. Its suite's points become the automatic score of the notebook's cell for
    scores, the late penalty that of the notebook, an override the manual score. What somebody has set in nbgrader
    stays.

    Args:
        grades: final ones, with outcomes if there are to be comments.
        topics: of the course.
        overrides: all that the gradebook has, the oldest first.
        folder: of the nbgrader course.
        assignment: its name; it is made if it is not there.

    Raises:
        UsageError: there is no such folder, or the name is none.
        GraderError: nbgrader's gradebook cannot be opened, read or written, or nbgrader is not installed.
    """
    check_assignment(assignment)
    ours = _scores_of(overrides)
    students, without, kept = 0, 0, list[str]()
    with open_nbgrader(folder) as gradebook:
        _prepare(gradebook, topics, assignment)
        for grade in grades:
            students += 1
            gradebook.update_or_create_student(grade.student_id)
            if grade.status is Status.MISSING and not _has_submission(gradebook, assignment, grade.student_id):
                without += 1
                continue
            kept += _send(gradebook, grade, assignment, ours)
    return Sent(students=students, without=without, kept=tuple(kept))


def read_manual_scores(
    folder: Path, assignment: str, topics: Sequence[Topic], overrides: Sequence[Override], *, set_at: str
) -> list[Override]:
    """What somebody has set in nbgrader by hand since the last export, extra credit included.

    Args:
        folder: of the nbgrader course.
        assignment: its name.
        topics: of the course.
        overrides: all that the gradebook has: what stands there already is not read back again.
        set_at: UTC, ISO 8601, seconds.

    Raises:
        UsageError: there is no such folder, or the name is none.
        GraderError: nbgrader's gradebook cannot be opened or read, or has no such assignment.
    """
    check_assignment(assignment)
    ours = _scores_of(overrides)
    found: list[Override] = []
    with open_nbgrader(folder, create=False) as gradebook:
        names = [str(one.name) for one in gradebook.assignments]
        if assignment not in names:
            raise UsageError(f'nbgrader has no assignment "{assignment}".', f"It has: {', '.join(names) or 'none'}.")
        for submission in sorted(gradebook.assignment_submissions(assignment), key=lambda one: str(one.student_id)):
            slots, student = find_slots(gradebook, submission.id), str(submission.student_id)
            for topic in topics:
                slot = slots.get(topic.name)
                if slot is None or slot.by_hand is None or slot.by_hand in ours[student, topic.name]:
                    continue
                found.append(
                    Override(
                        student_id=student,
                        topic=topic.name,
                        score=slot.by_hand,
                        why=slot.remark or "Set in nbgrader.",
                        who=WHO,
                        set_at=set_at,
                    )
                )
    return found


def _scores_of(overrides: Sequence[Override]) -> Mapping[tuple[str, str], list[float]]:
    """By student and topic, every score that was ever set here; the last one counts, unless it was taken back."""
    scores: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in overrides:
        if one.score is not None:
            scores[one.student_id, one.topic].append(round(one.score, DECIMALS))
    return scores


def _prepare(gradebook: Gradebook, topics: Sequence[Topic], assignment: str) -> None:
    """Make what is missing of the assignment; what `nbgrader generate_assignment` has made is left as it is."""
    gradebook.update_or_create_assignment(assignment)
    for topic in topics:
        gradebook.update_or_create_notebook(topic.name, assignment)
        gradebook.update_or_create_task_cell(
            SCORE, topic.name, assignment, max_score=topic.max_score, cell_type="markdown"
        )


def _has_submission(gradebook: Gradebook, assignment: str, student: str) -> bool:
    from nbgrader.api import MissingEntry

    try:
        gradebook.find_submission(assignment, student)
    except MissingEntry:
        return False
    return True


def _send(
    gradebook: Gradebook, grade: Grade, assignment: str, ours: Mapping[tuple[str, str], list[float]]
) -> list[str]:
    """Write the scores of one student, all of them or none; returns sentences on what was left alone."""
    import sqlalchemy as sa
    from nbgrader.api import Comment, SubmittedNotebook
    from nbgrader.api import Grade as Entry

    time = {"timestamp": grade.submitted_at} if grade.submitted_at else {}
    submission = gradebook.update_or_create_submission(assignment, grade.student_id, **time)
    slots = find_slots(gradebook, submission.id)
    if missing := [score.topic for score in grade.topics if score.topic not in slots]:
        add_slots(gradebook, submission, missing)
        slots = find_slots(gradebook, submission.id)
    kept: list[str] = []
    automatic, manual, comments, notebooks = [], [], [], []
    for score in grade.topics:
        slot, adjustment = slots[score.topic], score.adjustment
        wanted = adjustment.manual_score if adjustment else None
        penalty = adjustment.penalty or None if adjustment else None
        needs = score.status is Status.NOT_GRADED
        automatic.append({"id": slot.grade_id, "auto_score": _auto_score(score), "needs_manual_grade": needs})
        comments.append({"id": slot.comment_id, "auto_comment": comment_on(score)})
        notebooks.append({"id": slot.notebook_id, "late_submission_penalty": penalty})
        if slot.by_hand is None or slot.by_hand in ours.get((grade.student_id, score.topic), ()):
            manual.append({"id": slot.grade_id, **_by_hand(slot, wanted)})
        elif slot.by_hand != wanted:
            kept.append(f"{grade.student_id}, {score.topic}: {slot.by_hand:g} was set in nbgrader.")
    changes = ((Entry, automatic), (Entry, manual), (Comment, comments), (SubmittedNotebook, notebooks))
    for table, rows in changes:
        if rows:
            gradebook.db.execute(sa.update(table), rows)
    gradebook.db.commit()
    return kept


def _auto_score(score: TopicScore) -> float | None:
    """What the suite gave. nbgrader knows no missing topic: it is a zero there, and the comment says why."""
    value = score.adjustment.auto_score if score.adjustment else score.score
    nothing = None if score.status is Status.NOT_GRADED else 0.0
    return nothing if value is None else value


def _by_hand(slot: Slot, score: float | None) -> dict[str, float | None]:
    """What makes this the score that a person has set, or None if nobody has."""
    if score is None:
        return {"manual_score": None, "extra_credit": None}
    return {"manual_score": score - slot.extra_credit, "extra_credit": slot.extra_credit or None}
