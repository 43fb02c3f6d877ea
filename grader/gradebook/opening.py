"""Open a gradebook, or make one; refuse what is none."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from grader.errors import GradebookError
from grader.gradebook.engines import begin_alone, make_engine
from grader.gradebook.failures import DAMAGED, NO_GRADEBOOK, explained, is_busy
from grader.gradebook.store import Gradebook
from grader.gradebook.tables import FORMAT, META, TABLES, VERSION


def open_gradebook(target: str | Path, *, create: bool, busy_seconds: float = 30.0) -> Gradebook:
    """Open a gradebook.

    Args:
        target: a SQLite file, or the URL of a database (`postgresql://…`).
        create: to write to it; it is made if it does not exist. Without, a gradebook that is write-protected
            can be read.
        busy_seconds: how long to wait for another program to let go of it.

    Raises:
        GradebookError: it is not there, is none, is of another version, is damaged, or may not be opened.
    """
    engine, name = make_engine(target, create=create, busy_seconds=busy_seconds)
    try:
        with explained(name), engine.connect() as connection:
            if create:
                _make(connection)
            _check(connection, name)
            if create:
                _let_readers_in(connection)
    except BaseException:
        engine.dispose()
        raise
    return Gradebook(engine, name)


def read_version(connection: sa.Connection, name: str) -> int:
    """The version of a gradebook's format.

    Raises:
        GradebookError: it is of something else, nbgrader's for one, or newer than this program.
    """
    if not sa.inspect(connection).has_table(META.name):
        raise GradebookError(f"{name} {NO_GRADEBOOK[0]}", NO_GRADEBOOK[1])
    meta = {row.key: row.value for row in connection.execute(sa.select(META))}
    version = meta.get("version", "")
    if meta.get("format") != FORMAT or not version.isdecimal():
        raise GradebookError(f"{name} {NO_GRADEBOOK[0]}", NO_GRADEBOOK[1])
    if int(version) > VERSION:
        raise GradebookError(
            f"The gradebook {name} has format {version}, and this deepgrade knows formats up to {VERSION}.",
            "Update it: pip install --upgrade deepgrade",
        )
    return int(version)


def _make(connection: sa.Connection) -> None:
    """Make the tables in an empty database, all or nothing; find out whether it can be written."""
    begin_alone(connection)
    if sa.inspect(connection).get_table_names():
        connection.rollback()  # even to commit nothing, SQLite would wait for its readers
    else:
        TABLES.create_all(connection)
        rows = [{"key": "format", "value": FORMAT}, {"key": "version", "value": str(VERSION)}]
        connection.execute(sa.insert(META), rows)
        connection.commit()


def _check(connection: sa.Connection, name: str) -> None:
    version = read_version(connection, name)
    if version < VERSION:
        raise GradebookError(
            f"The gradebook {name} has format {version}, and this deepgrade works with format {VERSION}.",
            f"Upgrade it, which keeps everything: grade gradebook upgrade --gradebook {name}",
        )
    if not set(TABLES.tables) <= set(sa.inspect(connection).get_table_names()):
        raise GradebookError(f"The gradebook {name} {DAMAGED[0]}", DAMAGED[1])


def _let_readers_in(connection: sa.Connection) -> None:
    """Write ahead in a file of its own, so that reports can be read while a batch writes."""
    if connection.dialect.name != "sqlite":
        return
    try:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    except sa.exc.OperationalError as error:
        if not is_busy(error):  # somebody is reading: go on without, which is slower and as safe
            raise
