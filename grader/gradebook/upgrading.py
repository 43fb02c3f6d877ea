"""Bring a gradebook of an older format up to date."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from grader.gradebook.engines import begin_alone, make_engine
from grader.gradebook.failures import explained
from grader.gradebook.opening import read_version
from grader.gradebook.tables import META, TABLES, VERSION


def upgrade_gradebook(target: str | Path, *, busy_seconds: float = 30.0) -> int:
    """Upgrade a gradebook, all of it or nothing. Everything that it holds stays.

    So far formats have only grown: what a gradebook lacks is added to it. (A format that changes what there is
    will need a step of its own here; Alembic is the library for such steps.)

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
