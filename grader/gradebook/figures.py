"""What the figures of students show, kept beside their grades: the numbers, and never a picture."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import sqlalchemy as sa

from grader.errors import GradebookError
from grader.figure import Figure
from grader.gradebook.failures import explained
from grader.gradebook.rows import upsert
from grader.gradebook.store import Gradebook
from grader.gradebook.tables import FIGURES


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one topic of one student."""

    key: str
    """What they depend on: the same key means that there is nothing new to draw."""
    digest: str
    """SHA-256 of the module that drew them."""
    figures: tuple[Figure, ...]
    """Without what is the same for every student; see `grader.figure.own_only`."""


def keep_figures(book: Gradebook, student_id: str, kept: Mapping[str, Kept]) -> None:
    """Keep figures in place of earlier ones, all of them or none.

    Args:
        book: the gradebook.
        student_id: of a student whom it knows.
        kept: by topic.
    """
    rows = [
        {
            "student_id": student_id,
            "topic": topic,
            "key": one.key,
            "digest": one.digest,
            "figures": msgspec.json.encode(one.figures).decode(),
        }
        for topic, one in kept.items()
    ]
    with explained(book.name), book.engine.begin() as connection:
        upsert(connection, FIGURES, rows)


def has_figures(book: Gradebook) -> bool:
    """Whether anything is kept of anybody."""
    with explained(book.name), book.engine.connect() as connection:
        return connection.execute(sa.select(FIGURES.c.topic).limit(1)).first() is not None


def figure_keys(book: Gradebook, student_id: str) -> dict[str, str]:
    """By topic, the key of what is kept of a student."""
    query = sa.select(FIGURES.c.topic, FIGURES.c.key).where(FIGURES.c.student_id == student_id)
    with explained(book.name), book.engine.connect() as connection:
        return {row.topic: row.key for row in connection.execute(query)}


def read_figures(book: Gradebook, student_id: str) -> dict[str, Kept]:
    """By topic, what is kept of a student.

    Raises:
        GradebookError: somebody has changed it by hand.
    """
    query = sa.select(FIGURES).where(FIGURES.c.student_id == student_id)
    with explained(book.name), book.engine.connect() as connection:
        rows = connection.execute(query).all()
    try:
        return {row.topic: _kept(row) for row in rows}
    except msgspec.DecodeError as error:
        raise GradebookError(
            f"The gradebook {book.name} has a figure of {student_id} that cannot be read: {error}.",
            "Grade with --figures into a new gradebook, or restore a backup.",
        ) from error


_decode = msgspec.json.Decoder(tuple[Figure, ...]).decode


def _kept(row: sa.Row[tuple[str, ...]]) -> Kept:
    return Kept(key=row.key, digest=row.digest, figures=_decode(row.figures))
