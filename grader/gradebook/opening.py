"""Open a gradebook, or make one; refuse what is none."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from grader.errors import GradebookError
from grader.gradebook.failures import DAMAGED, NO_GRADEBOOK, explained, is_busy
from grader.gradebook.store import INSERT, Gradebook
from grader.gradebook.tables import FORMAT, META, TABLES, VERSION

_SMALLEST = 512
"""Bytes of a page of SQLite, of which a database has at least one."""
_URL_REMEDY = "Give a file name, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE (pip install psycopg)."


def open_gradebook(target: str | Path, *, create: bool, busy_seconds: float = 30.0) -> Gradebook:
    """Open a gradebook.

    Args:
        target: a SQLite file, or the URL of a database (`postgresql://…`).
        create: to write to it; it is made if it does not exist. Without, a gradebook that is write-protected
            can be read.
        busy_seconds: how long to wait for another program to let go of it.

    Raises:
        GradebookError: it is not there, is none, is of a newer version, is damaged, or may not be opened.
    """
    engine, name = _engine(target, create=create, busy_seconds=busy_seconds)
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


def _engine(target: str | Path, *, create: bool, busy_seconds: float) -> tuple[sa.Engine, str]:
    """Prepare the connections to a file or a URL, and name it for messages."""
    if isinstance(target, Path) or "://" not in target:
        path = Path(target)
        _check_path(path, create=create)
        return _sqlite(path, busy_seconds), str(target)
    try:
        url = sa.make_url(target)
        if url.get_backend_name() == "sqlite" and url.database:
            return _engine(Path(url.database), create=create, busy_seconds=busy_seconds)
        engine = sa.create_engine(url)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        reason = str(error).splitlines()[0]
        raise GradebookError(f"This gradebook's URL cannot be used: {reason}", _URL_REMEDY) from error
    name = url.render_as_string(hide_password=True)
    if engine.dialect.name not in INSERT:
        raise GradebookError(f"A gradebook cannot be in {name}.", _URL_REMEDY)
    return engine, name


def _check_path(path: Path, *, create: bool) -> None:
    """Refuse what SQLite would wait for, make, or write over."""
    if os.path.isdir(path):  # unlike Path.is_dir, it answers where permission is denied
        raise GradebookError(f"{path} is a folder, not a gradebook.", f"Give a file in it: {path / 'gradebook.db'}")
    if not os.path.isdir(path.parent):
        raise GradebookError(f"There is no folder {path.parent}.", f"Make it first: mkdir -p {path.parent}")
    if os.path.exists(path):
        if not os.path.isfile(path):
            raise GradebookError(f"{path} is not a regular file.", "Give a file name for the gradebook.")
        if 0 < os.path.getsize(path) < _SMALLEST:  # SQLite takes it for an empty one
            raise GradebookError(f"{path} {NO_GRADEBOOK[0]}", NO_GRADEBOOK[1])
    elif not create:
        raise GradebookError(f"There is no gradebook {path}.", f"Make one: grade batch SUBMISSIONS --gradebook {path}")


def _sqlite(path: Path, busy_seconds: float) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path.absolute())),
        # A transaction waits for its turn when it begins; in its middle SQLite would give up at once.
        connect_args={"timeout": busy_seconds, "isolation_level": "IMMEDIATE"},
    )
    sa.event.listen(engine, "connect", _make_durable)
    return engine


def _make_durable(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=FULL")  # a commit returns when it is on the disk
    connection.execute("PRAGMA foreign_keys=ON")


def _make(connection: sa.Connection) -> None:
    """Make the tables in an empty database, all or nothing; find out whether it can be written."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    if sa.inspect(connection).get_table_names():
        connection.rollback()  # even to commit nothing, SQLite would wait for its readers
    else:
        TABLES.create_all(connection)
        rows = [{"key": "format", "value": FORMAT}, {"key": "version", "value": str(VERSION)}]
        connection.execute(sa.insert(META), rows)
        connection.commit()


def _check(connection: sa.Connection, name: str) -> None:
    """Refuse a database of something else, nbgrader's for one, and a gradebook of a newer version."""
    tables = set(sa.inspect(connection).get_table_names())
    if META.name not in tables:
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
    if not set(TABLES.tables) <= tables:
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
