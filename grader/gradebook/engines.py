"""Connections to the two databases that a gradebook can be in, as careful as each can be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from grader.errors import GradebookError
from grader.gradebook.failures import NO_GRADEBOOK
from grader.gradebook.rows import INSERT

_SMALLEST = 512
"""Bytes of a page of SQLite, of which a database has at least one."""
_LOCK = 0x6772616465
"""Of making and upgrading a gradebook in PostgreSQL; any number that nobody else uses."""
_URL_REMEDY = "Give a file name, or postgresql://USER@HOST/DATABASE (pip install 'deepgrade[postgresql]')."


def make_engine(target: str | Path, *, create: bool, busy_seconds: float) -> tuple[sa.Engine, str]:
    """Prepare the connections to a file or a URL, and name it for messages.

    Raises:
        GradebookError: the file is not there or is no file, or the URL cannot be used.
    """
    if isinstance(target, Path) or "://" not in target:
        path = Path(target)
        _check_path(path, create=create)
        return _sqlite(path, busy_seconds), str(target)
    try:
        url = sa.make_url(target)
        if url.get_backend_name() == "sqlite" and url.database:
            return make_engine(Path(url.database), create=create, busy_seconds=busy_seconds)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, pool_pre_ping=True)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        reason = str(error).splitlines()[0]
        raise GradebookError(f"This gradebook's URL cannot be used: {reason}", _URL_REMEDY) from error
    name = url.render_as_string(hide_password=True)
    if engine.dialect.name not in INSERT:
        raise GradebookError(f"A gradebook cannot be in {name}.", _URL_REMEDY)
    return _postgresql(engine, busy_seconds), name


def begin_alone(connection: sa.Connection) -> None:
    """Begin a transaction in which nobody else makes or changes tables."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))


def begin_reading(connection: sa.Connection) -> None:
    """Begin a transaction that sees every table as of the same moment."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")  # Python's driver begins none for a query
    else:
        connection.execution_options(isolation_level="REPEATABLE READ")


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

    def make_durable(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=FULL")  # a commit returns when it is on the disk
        connection.execute("PRAGMA foreign_keys=ON")

    sa.event.listen(engine, "connect", make_durable)
    return engine


def _postgresql(engine: sa.Engine, busy_seconds: float) -> sa.Engine:
    def make_durable(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO on")  # whatever the server's default is
            cursor.execute(f"SET lock_timeout TO {round(busy_seconds * 1000)}")
        connection.commit()

    sa.event.listen(engine, "connect", make_durable)
    return engine
