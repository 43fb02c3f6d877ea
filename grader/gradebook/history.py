"""What happened to the grade of one student, in the order in which it happened."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from grader.gradebook.tables import GRADES, OVERRIDES
from grader.model import Isolation, Override, Status


class PastGrade(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a topic was graded."""

    topic: str
    status: Status
    score: float | None
    max_score: float
    graded_at: str
    """UTC, ISO 8601, seconds."""
    isolation: Isolation
    seed: int
    digest: str
    """SHA-256 of the module; empty if none was handed in."""


_OF_A_GRADE = PastGrade.__struct_fields__
_OF_AN_OVERRIDE = Override.__struct_fields__


def read_grades(connection: sa.Connection, student_id: str) -> list[PastGrade]:
    """Every grade of a student, the oldest first."""
    query = sa.select(*GRADES.c[_OF_A_GRADE]).where(GRADES.c.student_id == student_id).order_by(GRADES.c.id)
    return [_past_grade(row) for row in connection.execute(query)]


def read_overrides(connection: sa.Connection, student_id: str | None) -> list[Override]:
    """Every override of a student or of all, the oldest first."""
    query = sa.select(*OVERRIDES.c[_OF_AN_OVERRIDE]).order_by(OVERRIDES.c.id)
    if student_id is not None:
        query = query.where(OVERRIDES.c.student_id == student_id)
    return [Override(**row._mapping) for row in connection.execute(query)]


def _past_grade(row: Any) -> PastGrade:
    fields = row._mapping
    return PastGrade(**{**fields, "status": Status(row.status), "isolation": Isolation(row.isolation)})
