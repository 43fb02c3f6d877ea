"""What a gradebook can do: record, and give back."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from grader.gradebook.failures import explained
from grader.gradebook.tables import GRADES, OUTCOMES, SUBMISSIONS
from grader.model import Grade, Isolation, Outcome, Result, Status, Submission, Topic, TopicScore
from grader.scoring import grade_of

INSERT: Mapping[str, Callable[[sa.Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
"""The databases that a gradebook can be in, with their own insert-or-update."""

_OF_A_GRADE = ("topic", "status", "score", "max_score", "isolation", "graded_at")
_OF_AN_OUTCOME = tuple(column.name for column in OUTCOMES.c if column.name not in ("grade_id", "position"))
_WEAKEST_FIRST = (Isolation.NONE, Isolation.PARTIAL, Isolation.FULL)


class Gradebook:
    """A store of all grades. Use it as a context manager, from one process at a time per object."""

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._insert = INSERT[engine.dialect.name]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it. A SQLite gradebook that nobody else has open is then one plain file."""
        self._engine.dispose()
        if self._engine.dialect.name == "sqlite":
            with contextlib.suppress(sa.exc.DBAPIError), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            self._engine.dispose()

    def see(self, student_ids: Iterable[str], *, seen_at: str) -> None:
        """Give every student a row, also those whom an interrupted batch will not reach.

        Raises:
            GradebookError: it cannot be written.
        """
        rows = [{"student_id": student_id, "seen_at": seen_at} for student_id in student_ids]
        statement = self._insert(SUBMISSIONS)
        statement = statement.on_conflict_do_update(
            index_elements=["student_id"], set_={"seen_at": statement.excluded.seen_at}
        )
        if rows:
            with explained(self._name), self._engine.begin() as connection:
                connection.execute(statement, rows)

    def record(
        self,
        student_id: str,
        submitted_at: str | None,
        scores: Mapping[str, tuple[str, TopicScore]],
        *,
        isolation: Isolation,
        seed: int,
        graded_at: str,
    ) -> None:
        """Record what was graded of one submission, all of it or nothing.

        When this returns, it is on the disk.

        Args:
            student_id: whose.
            submitted_at: UTC, ISO 8601, seconds; None if nothing was handed in.
            scores: by topic, the key of what was graded and its score.
            isolation: how far the student's code was confined.
            seed: run seed of the suites.
            graded_at: UTC, ISO 8601, seconds.

        Raises:
            GradebookError: it cannot be written.
        """
        run = {"student_id": student_id, "isolation": isolation, "seed": seed, "graded_at": graded_at}
        statement = self._insert(SUBMISSIONS).values(
            student_id=student_id, submitted_at=submitted_at, seen_at=graded_at
        )
        statement = statement.on_conflict_do_update(
            index_elements=["student_id"], set_={"submitted_at": submitted_at, "seen_at": graded_at}
        )
        with explained(self._name), self._engine.begin() as connection:
            connection.execute(statement)
            for key, score in scores.values():
                _insert_score(connection, {**run, "key": key}, score)

    def keys(self, student_id: str) -> dict[str, str]:
        """Return by topic the key of what was last graded, or found missing.

        A topic that could not be graded is left out: it is never up to date, and tried again.

        Raises:
            GradebookError: it cannot be read.
        """
        query = sa.select(GRADES.c.topic, GRADES.c.key).where(
            GRADES.c.student_id == student_id, _is_newest(), GRADES.c.status != Status.NOT_GRADED
        )
        with explained(self._name), self._engine.connect() as connection:
            return {row.topic: row.key for row in connection.execute(query)}

    def grades(self, topics: Sequence[Topic], *, outcomes: bool = False) -> Iterator[Grade]:
        """Read the grades, one student at a time, sorted by student id.

        Args:
            topics: which, in this order. A topic that was never graded for a student is not graded.
            outcomes: whether the outcomes are read, too.

        Raises:
            GradebookError: it cannot be read.
        """
        query = _grades_query([topic.name for topic in topics], outcomes=outcomes)
        with explained(self._name), self._engine.connect() as connection:
            rows = connection.execution_options(yield_per=500).execute(query)
            for student_id, of_student in itertools.groupby(rows, lambda row: row.student_id):
                yield _grade(student_id, of_student, topics, outcomes=outcomes)


def _insert_score(connection: sa.Connection, common: Mapping[str, Any], score: TopicScore) -> None:
    row = {
        "topic": score.topic,
        "status": score.status,
        "score": score.score,
        "max_score": score.max_score,
        "needs_manual_grade": score.status is Status.NOT_GRADED,
    }
    inserted = connection.execute(sa.insert(GRADES).values(**common, **row)).inserted_primary_key
    assert inserted is not None
    rows = [
        {"grade_id": inserted.id, "position": position} | {name: getattr(outcome, name) for name in _OF_AN_OUTCOME}
        for position, outcome in enumerate(score.outcomes)
    ]
    if rows:
        connection.execute(sa.insert(OUTCOMES), rows)


def _is_newest() -> sa.ColumnElement[bool]:
    newer = GRADES.alias("newer")
    return ~sa.exists().where(
        newer.c.student_id == GRADES.c.student_id, newer.c.topic == GRADES.c.topic, newer.c.id > GRADES.c.id
    )


def _grades_query(topics: Sequence[str], *, outcomes: bool) -> sa.Select[Any]:
    """Select a row per student and topic, or per outcome; a student without a grade has one row, too.

    Indexes give the rows in this order, so that the database need not collect them to sort them.
    """
    grade = sa.and_(GRADES.c.student_id == SUBMISSIONS.c.student_id, GRADES.c.topic.in_(topics), _is_newest())
    tables = SUBMISSIONS.outerjoin(GRADES, grade)
    columns = [SUBMISSIONS.c.student_id, SUBMISSIONS.c.submitted_at, *GRADES.c[_OF_A_GRADE]]
    order = [SUBMISSIONS.c.student_id, GRADES.c.topic, GRADES.c.id]
    if outcomes:
        tables = tables.outerjoin(OUTCOMES, OUTCOMES.c.grade_id == GRADES.c.id)
        columns += [OUTCOMES.c.position, *OUTCOMES.c[_OF_AN_OUTCOME]]
        order.append(OUTCOMES.c.position)
    return sa.select(*columns).select_from(tables).order_by(*order)


def _grade(student_id: str, rows: Iterable[Any], topics: Sequence[Topic], *, outcomes: bool) -> Grade:
    """Build the grade of one student from the rows of one student."""
    scores: dict[str, TopicScore] = {}
    submitted_at, graded_at, isolations = None, "", set()
    for _, of_topic in itertools.groupby(rows, lambda row: row.topic):
        row, *more = of_topic
        submitted_at = row.submitted_at
        if row.topic is not None:
            scores[row.topic] = _topic_score(row, [row, *more] if outcomes else [])
            graded_at = max(graded_at, row.graded_at)
            isolations.add(Isolation(row.isolation))
    never = (
        TopicScore(topic=topic.name, status=Status.NOT_GRADED, score=None, max_score=topic.max_score)
        for topic in topics
    )
    return grade_of(
        Submission(student_id=student_id, modules={}, submitted_at=submitted_at),
        [scores.get(score.topic, score) for score in never],
        graded_at=graded_at,
        isolation=next((level for level in _WEAKEST_FIRST if level in isolations), Isolation.NONE),
    )


def _topic_score(row: Any, outcomes: Sequence[Any]) -> TopicScore:
    return TopicScore(
        topic=row.topic,
        status=Status(row.status),
        score=row.score,
        max_score=row.max_score,
        outcomes=tuple(_outcome(outcome) for outcome in outcomes if outcome.position is not None),
    )


def _outcome(row: Any) -> Outcome:
    fields = {name: getattr(row, name) for name in _OF_AN_OUTCOME}
    return Outcome(topic=row.topic, **{**fields, "result": Result(row.result)})
