"""Copy a gradebook, from one kind of database to another if need be."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from grader.errors import GradebookError
from grader.gradebook.engines import begin_reading
from grader.gradebook.failures import explained
from grader.gradebook.opening import open_gradebook
from grader.gradebook.store import Gradebook
from grader.gradebook.tables import META, SUBMISSIONS, TABLES

_AT_ONCE = 500
"""Rows in memory."""


def copy_gradebook(book: Gradebook, target: str | Path) -> int:
    """Copy a gradebook as it is at this moment, even while somebody writes to it.

    A file appears only when it is complete, and nothing is ever overwritten.

    Args:
        book: what to copy.
        target: a file that does not exist, or the URL of an empty database.

    Returns:
        How many students it has.

    Raises:
        GradebookError: there is something at the target, or one of the two cannot be read or written.
    """
    if isinstance(target, str) and "://" in target:
        with open_gradebook(target, create=True) as copy:
            return _fill(book, copy)
    path = Path(target)
    if os.path.lexists(path):
        raise GradebookError(f"{path} exists already, and a backup overwrites nothing.", "Give another name.")
    draft = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with open_gradebook(draft, create=True) as copy:
            students = _fill(book, copy)
        draft.replace(path)
    finally:
        with suppress(OSError):  # it has been renamed, or was never made
            draft.unlink()
    return students


def _fill(book: Gradebook, copy: Gradebook) -> int:
    if copy.students():
        raise GradebookError(f"The gradebook {copy.name} is not empty.", "Give a database that holds nothing yet.")
    with explained(book.name), book.engine.connect() as source:
        begin_reading(source)
        with explained(copy.name), copy.engine.begin() as sink:
            sink.execute(sa.delete(META))
            for table in TABLES.sorted_tables:  # what others refer to comes first
                _copy_table(table, source, sink)
            return sink.execute(sa.select(sa.func.count()).select_from(SUBMISSIONS)).scalar_one()


def _copy_table(table: sa.Table, source: sa.Connection, sink: sa.Connection) -> None:
    rows = source.execution_options(yield_per=_AT_ONCE).execute(sa.select(table))
    for some in rows.mappings().partitions():
        sink.execute(sa.insert(table), [dict(row) for row in some])
    if sink.dialect.name == "postgresql" and "id" in table.c:
        last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
        sequence = sa.func.pg_get_serial_sequence(table.name, "id")
        sink.execute(sa.select(sa.func.setval(sequence, sa.func.coalesce(last, 1), last.is_not(None))))
