"""Bring a gradebook of an older format up to date."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from grader.gradebook.engines import begin_alone, make_engine
from grader.gradebook.failures import explained
from grader.gradebook.opening import read_version
from grader.gradebook.rows import upsert
from grader.gradebook.tables import GRADES, META, MODULES, SUBMISSIONS, TABLES, VERSION
from grader.model import Status

_WITH_TIMES = 3
"""The first format in which the time of each module is known by itself."""


def upgrade_gradebook(target: str | Path, *, busy_seconds: float = 30.0) -> int:
    """Upgrade a gradebook, all of it or nothing. Everything that it holds stays.

    Formats have grown: what a gradebook lacks is added to it. From format 3 on each module has a time of its own;
    before, the time of the submission stood for all that had none.

    Args:
        target: as of `open_gradebook`.
        busy_seconds: likewise.

    Returns:
        The version that it had.

    Raises:
        GradebookError: it is not there, is none, is of a newer version, or cannot be written.
    """
    engine, name = make_engine(target, create=False, busy_seconds=busy_seconds)
    try:
        with explained(name), engine.connect() as connection:
            begin_alone(connection)
            version = read_version(connection, name)
            if version < VERSION:
                _add_what_is_missing(connection)
                if version < _WITH_TIMES:
                    _give_times_to_modules(connection)
                connection.execute(sa.update(META).where(META.c.key == "version").values(value=str(VERSION)))
                connection.commit()
    finally:
        engine.dispose()
    return version


def _add_what_is_missing(connection: sa.Connection) -> None:
    TABLES.create_all(connection)
    inspector = sa.inspect(connection)
    prepare = connection.dialect.identifier_preparer
    for table in TABLES.sorted_tables:
        there = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                definition = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {prepare.format_table(table)} ADD COLUMN {definition}")


def _give_times_to_modules(connection: sa.Connection) -> None:
    handed_in = sa.select(GRADES.c.student_id, GRADES.c.topic).where(GRADES.c.status != Status.MISSING)
    graded = handed_in.distinct().subquery()
    of_module = sa.and_(MODULES.c.student_id == graded.c.student_id, MODULES.c.topic == graded.c.topic)
    of_student = SUBMISSIONS.c.student_id == graded.c.student_id
    query = (
        sa.select(graded.c.student_id, graded.c.topic, SUBMISSIONS.c.submitted_at)
        .select_from(graded.join(SUBMISSIONS, of_student).outerjoin(MODULES, of_module))
        .where(MODULES.c.submitted_at.is_(None), SUBMISSIONS.c.submitted_at.is_not(None))
    )
    upsert(connection, MODULES, [dict(row) for row in connection.execute(query).mappings()])
