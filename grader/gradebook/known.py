"""What a gradebook knows of students before they are graded again, many of them at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
import sqlalchemy as sa

from grader.gradebook.rows import is_newest
from grader.gradebook.tables import GRADES, MODULES, SUBMISSIONS
from grader.model import Status


class Known(msgspec.Struct):
    """Of one student."""

    keys: dict[str, str] = {}
    """By topic, the key of what was last graded, or found missing. A topic that could not be graded is left out."""
    submitted_at: str | None = None
    attempt: str = ""
    times: dict[str, str | None] = {}
    """By topic, when its module was handed in."""

    def says(self, submitted_at: str | None, times: Mapping[str, str | None], attempt: str) -> bool:
        """Whether it was handed in as is said: then there is nothing to note."""
        dated = {topic: time or submitted_at for topic, time in times.items()}
        return (self.submitted_at, self.attempt) == (submitted_at, attempt) and dated.items() <= self.times.items()


def read_known(connection: sa.Connection, student_ids: Iterable[str]) -> dict[str, Known]:
    """What is known of some students, in three queries."""
    names = list(student_ids)
    found = {name: Known() for name in names}
    whole = sa.select(SUBMISSIONS.c.student_id, SUBMISSIONS.c.submitted_at, SUBMISSIONS.c.attempt)
    for row in connection.execute(whole.where(SUBMISSIONS.c.student_id.in_(names))):
        found[row.student_id].submitted_at, found[row.student_id].attempt = row.submitted_at, row.attempt
    graded = sa.select(GRADES.c.student_id, GRADES.c.topic, GRADES.c.key).where(
        GRADES.c.student_id.in_(names), is_newest(GRADES), GRADES.c.status != Status.NOT_GRADED
    )
    for student_id, topic, key in connection.execute(graded):
        found[student_id].keys[topic] = key
    single = sa.select(MODULES.c.student_id, MODULES.c.topic, MODULES.c.submitted_at)
    for student_id, topic, time in connection.execute(single.where(MODULES.c.student_id.in_(names))):
        found[student_id].times[topic] = time
    return found
