"""What a database says when it cannot go on, in words that tell what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from grader.errors import GradebookError

_BUSY = (
    "is in use by another program, which did not let go of it in time.",
    "Wait until that one is done, then run the same command again. Nothing that is recorded is lost.",
)
_READ_ONLY = (
    "cannot be written.",
    "Make the file and its folder writable, or give a gradebook elsewhere with --gradebook FILE.",
)
NO_GRADEBOOK = (
    "is no gradebook.",
    "Nothing in it was changed. Give the name of a gradebook, or of a file that does not exist yet.",
)
DAMAGED = (
    "is damaged: part of it is missing or overwritten.",
    "Keep it, put an earlier copy in its place, or grade again into a new one.",
)
_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened.",
        "Look at the permissions of the file and of its folder: SQLite needs to write into both.",
    ),
    sqlite3.SQLITE_NOTADB: NO_GRADEBOOK,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_FULL: (
        "cannot grow: the disk is full.",
        "Free some space and run the same command again: it goes on where it stopped.",
    ),
    sqlite3.SQLITE_IOERR: (
        "could not be read or written: the disk reports an error, or is full.",
        "Look at the disk, then run the same command again: it goes on where it stopped.",
    ),
}


_POSTGRESQL = {
    "55P03": _BUSY,  # lock_not_available
    "25006": (
        "cannot be written: the server takes no changes.",
        "Give the URL of the server that does; a standby only reads.",
    ),
    "42501": (
        "may not be used by this user.",
        "Give the name of a user who owns the database: postgresql://USER@HOST/DATABASE",
    ),
    "53100": _SQLITE[sqlite3.SQLITE_FULL],
}
_NO_CONNECTION = (
    "Is the server running, and are host, user and database right? The password is taken from PGPASSWORD or ~/.pgpass. "
    "`createdb NAME` makes a database."
)


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turn what SQLAlchemy raises about a gradebook into a GradebookError."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise _gradebook_error(name, error) from error


def is_busy(error: sa.exc.SQLAlchemyError) -> bool:
    """Tell whether another program is in the way."""
    return _known_failure(error) is _BUSY


def _known_failure(error: sa.exc.SQLAlchemyError) -> tuple[str, str] | None:
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return _SQLITE.get(_sqlite_code(error)) or _POSTGRESQL.get(state or "")


def _sqlite_code(error: sa.exc.SQLAlchemyError) -> int:
    """Return what kind of failure it is for SQLite; 0 if another database failed."""
    cause = getattr(error, "orig", None)
    code: int = getattr(cause, "sqlite_errorcode", 0)
    return code & 0xFF  # the rest says where in SQLite it failed


def _gradebook_error(name: str, error: sa.exc.SQLAlchemyError) -> GradebookError:
    if known := _known_failure(error):
        problem, remedy = known
        return GradebookError(f"The gradebook {name} {problem}", remedy)
    cause = getattr(error, "orig", None) or error
    reason = str(cause).strip().splitlines()[0]
    if isinstance(error, sa.exc.OperationalError) and not isinstance(cause, sqlite3.Error):
        return GradebookError(f"The gradebook {name} cannot be reached: {reason}", _NO_CONNECTION)
    return GradebookError(
        f"The gradebook {name} cannot be used: {reason}",
        "Look at the database, then run the same command again: it goes on where it stopped.",
    )
