"""From records to rows and back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from grader.gradebook.record import Record
from grader.gradebook.tables import GRADES, MODULES, OUTCOMES, SUBMISSIONS
from grader.model import Grade, Isolation, Outcome, Result, Status, Submission, Topic, TopicScore
from grader.scoring import grade_of

INSERT: Mapping[str, Callable[[sa.Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""The databases that a gradebook can be in, with their own insert-or-update."""

_OF_A_GRADE = ("topic", "status", "score", "max_score", "isolation", "graded_at", "digest")
_OF_AN_OUTCOME = tuple(column.name for column in OUTCOMES.c if column.name not in ("grade_id", "position"))
_RESULTS = {result.value: result for result in Result}
_BEFORE_A_GRADE = 4
"""Columns of `grades_query` that stand before those of a grade, of which the first is the topic."""
_POSITION = _BEFORE_A_GRADE + len(_OF_A_GRADE)
"""Where the columns of an outcome begin."""
of_student = itemgetter(0)
"""The student's id in a row of `grades_query`. By place: a class has a million outcomes, and names take their time."""
_of_topic = itemgetter(_BEFORE_A_GRADE)
_WEAKEST_FIRST = (Isolation.NONE, Isolation.PARTIAL, Isolation.FULL)


def upsert(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, or update these columns where a row is there."""
    if not rows:
        return
    statement = INSERT[connection.dialect.name](table)
    key = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), list(rows))


def insert_scores(connection: sa.Connection, records: Iterable[Record]) -> None:
    """Add the scores of topics, and their outcomes: two statements, however many there are."""
    graded = [(one, key, score) for one in records for key, score in one.scores.values()]
    if not graded:
        return
    rows = [_grade_row(one, key, score) for one, key, score in graded]
    ids = connection.scalars(sa.insert(GRADES).returning(GRADES.c.id, sort_by_parameter_order=True), rows).all()
    outcomes = [
        {"grade_id": grade_id, "position": position} | {name: getattr(outcome, name) for name in _OF_AN_OUTCOME}
        for grade_id, (_, _, score) in zip(ids, graded, strict=True)
        for position, outcome in enumerate(score.outcomes)
    ]
    if outcomes:
        connection.execute(sa.insert(OUTCOMES), outcomes)


def _grade_row(one: Record, key: str, score: TopicScore) -> dict[str, Any]:
    return {
        "student_id": one.student_id,
        "isolation": one.isolation,
        "seed": one.seed,
        "graded_at": one.graded_at,
        "key": key,
        "topic": score.topic,
        "status": score.status,
        "score": score.score,
        "max_score": score.max_score,
        "needs_manual_grade": score.status is Status.NOT_GRADED,
        "digest": score.digest,
    }


def is_newest(table: sa.Table) -> sa.ColumnElement[bool]:
    """Whether a row of `grades` or `overrides` is the newest of its student and topic."""
    newer = table.alias("newer")
    return ~sa.exists().where(
        newer.c.student_id == table.c.student_id, newer.c.topic == table.c.topic, newer.c.id > table.c.id
    )


def grades_query(topics: Sequence[str], *, outcomes: bool) -> sa.Select[Any]:
    """Select a row per student and topic, or per outcome; a student without a grade has one row, too.

    Indexes give the rows in this order, so that the database need not collect them to sort them.
    """
    grade = sa.and_(GRADES.c.student_id == SUBMISSIONS.c.student_id, GRADES.c.topic.in_(topics), is_newest(GRADES))
    module = sa.and_(MODULES.c.student_id == GRADES.c.student_id, MODULES.c.topic == GRADES.c.topic)
    tables = SUBMISSIONS.outerjoin(GRADES, grade).outerjoin(MODULES, module)
    columns = [
        SUBMISSIONS.c.student_id,
        SUBMISSIONS.c.submitted_at,
        SUBMISSIONS.c.attempt,
        MODULES.c.submitted_at.label("topic_submitted_at"),
        *GRADES.c[_OF_A_GRADE],
    ]
    order = [SUBMISSIONS.c.student_id, GRADES.c.topic, GRADES.c.id]
    if outcomes:
        tables = tables.outerjoin(OUTCOMES, OUTCOMES.c.grade_id == GRADES.c.id)
        columns += [OUTCOMES.c.position, *OUTCOMES.c[_OF_AN_OUTCOME]]
        order.append(OUTCOMES.c.position)
    return sa.select(*columns).select_from(tables).order_by(*order)


def build_grade(student_id: str, rows: Iterable[Any], topics: Sequence[Topic], *, outcomes: bool) -> Grade:
    """Build the grade of one student from the rows of one student."""
    most = {topic.name: topic.max_score for topic in topics}
    scores: dict[str, TopicScore] = {}
    submitted_at, attempt, graded_at, isolations = None, "", "", set()
    for _, of_topic in itertools.groupby(rows, _of_topic):
        row, *more = of_topic
        submitted_at, attempt = row.submitted_at, row.attempt
        if row.topic is not None:
            scores[row.topic] = _topic_score(row, [row, *more] if outcomes else [], most[row.topic])
            graded_at = max(graded_at, row.graded_at)
            isolations.add(Isolation(row.isolation))
    times = [score.submitted_at for score in scores.values() if score.submitted_at and score.status != Status.MISSING]
    never = (
        TopicScore(topic=topic.name, status=Status.NOT_GRADED, score=None, max_score=topic.max_score)
        for topic in topics
    )
    return grade_of(
        Submission(student_id=student_id, modules={}, submitted_at=max(times, default=submitted_at), attempt=attempt),
        [scores.get(score.topic, score) for score in never],
        graded_at=graded_at,
        isolation=next((level for level in _WEAKEST_FIRST if level in isolations), Isolation.NONE),
    )


def _topic_score(row: Any, outcomes: Sequence[Any], most: float) -> TopicScore:
    status = Status(row.status)
    return TopicScore(
        topic=row.topic,
        status=status,
        score=row.score,
        # What was handed in was graded out of so many points; what was not is missing from what the topic has now.
        max_score=most if status is Status.MISSING else row.max_score,
        outcomes=tuple(_outcome(row.topic, one[_POSITION + 1 :]) for one in outcomes if one[_POSITION] is not None),
        submitted_at=row.topic_submitted_at,
        digest=row.digest,
    )


def _outcome(topic: str, values: tuple[Any, ...]) -> Outcome:
    fields = dict(zip(_OF_AN_OUTCOME, values, strict=True))
    fields["result"] = _RESULTS[fields["result"]]
    return Outcome(topic=topic, **fields)
