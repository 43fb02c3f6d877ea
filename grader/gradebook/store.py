"""What a gradebook can do: record, and give back."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

import sqlalchemy as sa

from grader.gradebook.failures import explained
from grader.gradebook.history import PastGrade, read_grades, read_overrides
from grader.gradebook.known import Known, read_known
from grader.gradebook.record import Record, dated
from grader.gradebook.rows import build_grade, grades_query, insert_scores, of_student, upsert
from grader.gradebook.tables import GRADES, META, MODULES, OVERRIDES, SUBMISSIONS
from grader.model import Grade, Override, Topic


class Gradebook:
    """A store of all grades. Use it as a context manager, from one process at a time per object.

    Every method raises GradebookError if the database cannot be read or written.
    """

    def __init__(self, engine: sa.Engine, name: str) -> None:
        self.engine = engine
        """For the modules beside this one."""
        self.name = name
        """The file, or the URL without its password."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it. A SQLite gradebook that nobody else has open is then one plain file."""
        self.engine.dispose()
        if self.engine.dialect.name == "sqlite":
            with contextlib.suppress(sa.exc.DBAPIError), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            self.engine.dispose()

    def see(self, student_ids: Iterable[str], *, seen_at: str) -> None:
        """Give every student a row, also those whom an interrupted batch will not reach."""
        with self._writing() as connection:
            upsert(connection, SUBMISSIONS, [{"student_id": name, "seen_at": seen_at} for name in student_ids])

    def record(self, records: Sequence[Record]) -> None:
        """Record what was graded of some submissions, all of it or nothing.

        When this returns, it is on the disk. The disk takes its time for each transaction, whatever is in it.
        """
        students = [_student_row(one) for one in records]
        modules = [row for one in records for row in _module_rows(one.student_id, one.all_times())]
        with self._writing() as connection:
            upsert(connection, SUBMISSIONS, students)
            upsert(connection, MODULES, modules)
            insert_scores(connection, records)

    def hand_in(
        self, student_id: str, submitted_at: str | None, times: Mapping[str, str | None], *, attempt: str = ""
    ) -> None:
        """Note when a submission was handed in that is graded already, if that has changed.

        A late penalty is computed from these times: what arrives with a better time need not be graded again.

        Args:
            student_id: whose.
            submitted_at: as of a Record.
            times: by topic, when its module was handed in.
            attempt: as of a Record.
        """
        if self.known([student_id])[student_id].says(submitted_at, times, attempt):
            return
        with self._writing() as connection:
            new = {"submitted_at": submitted_at, "attempt": attempt}
            connection.execute(sa.update(SUBMISSIONS).where(SUBMISSIONS.c.student_id == student_id).values(new))
            upsert(connection, MODULES, _module_rows(student_id, dated(times, submitted_at)))

    def keys(self, student_id: str) -> dict[str, str]:
        """Return by topic the key of what was last graded, or found missing.

        A topic that could not be graded is left out: it is never up to date, and tried again.
        """
        return self.known([student_id])[student_id].keys

    def known(self, student_ids: Iterable[str]) -> dict[str, Known]:
        """What is known of each of these students, graded or not."""
        with self._reading() as connection:
            return read_known(connection, student_ids)

    def grades(self, topics: Sequence[Topic], *, outcomes: bool = False) -> Iterator[Grade]:
        """Read the grades, one student at a time, sorted by student id, as the suites gave them.

        The grades that count, with late penalties and overrides, are `grader.policy.final_grades` of these.

        Args:
            topics: which, in this order. A topic that was never graded for a student is not graded.
            outcomes: whether the outcomes are read, too.
        """
        query = grades_query([topic.name for topic in topics], outcomes=outcomes)
        with self._reading() as connection:
            rows = connection.execution_options(yield_per=500).execute(query)
            for student_id, of_one in itertools.groupby(rows, of_student):
                yield build_grade(student_id, of_one, topics, outcomes=outcomes)

    def students(self) -> list[str]:
        """The ids of all students, sorted."""
        query = sa.select(SUBMISSIONS.c.student_id).order_by(SUBMISSIONS.c.student_id)
        with self._reading() as connection:
            return list(connection.scalars(query))

    def topics(self) -> set[str]:
        """Names of the topics of which anybody has a grade, a missing one included, or an override."""
        query = sa.union(sa.select(GRADES.c.topic), sa.select(OVERRIDES.c.topic))
        with self._reading() as connection:
            return set(connection.scalars(query))

    def history(self, student_id: str) -> list[PastGrade]:
        """Every grade that a student ever had, the oldest first."""
        with self._reading() as connection:
            return read_grades(connection, student_id)

    def override(self, overrides: Iterable[Override]) -> None:
        """Set scores by hand, all of them or none. They count until they are overridden again.

        Args:
            overrides: of students whom the gradebook knows.
        """
        fields = Override.__struct_fields__
        rows = [{name: getattr(override, name) for name in fields} for override in overrides]
        with self._writing() as connection:
            if rows:
                connection.execute(sa.insert(OVERRIDES), rows)

    def overrides(self, student_id: str | None = None) -> list[Override]:
        """Every override of a student, or of all, the oldest first."""
        with self._reading() as connection:
            return read_overrides(connection, student_id)

    def remember(self, **facts: str) -> None:
        """Keep something about the whole, such as what was graded last."""
        with self._writing() as connection:
            upsert(connection, META, [{"key": name, "value": value} for name, value in facts.items()])

    def recall(self, fact: str) -> str | None:
        """What `remember` kept."""
        with self._reading() as connection:
            return connection.execute(sa.select(META.c.value).where(META.c.key == fact)).scalar()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with explained(self.name), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """A transaction: when it is left, it is on the disk, or undone."""
        with explained(self.name), self.engine.begin() as connection:
            yield connection


def _student_row(one: Record) -> dict[str, str | None]:
    return {
        "student_id": one.student_id,
        "submitted_at": one.submitted_at,
        "seen_at": one.graded_at,
        "attempt": one.attempt,
    }


def _module_rows(student_id: str, times: Mapping[str, str | None]) -> list[dict[str, str | None]]:
    return [{"student_id": student_id, "topic": topic, "submitted_at": time} for topic, time in times.items()]
