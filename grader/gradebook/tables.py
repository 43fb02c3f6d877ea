"""The tables of a gradebook. Another layout is another VERSION."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

FORMAT = "deepgrade gradebook"
VERSION = 3
"""A gradebook of a newer version is refused, one of an older is upgraded on demand: see `upgrading`."""


class _Text(sa.types.TypeDecorator[str]):
    """Text that any database takes: what students print may hold zero bytes and halves of characters."""

    # Sorted by code point, as SQLite and Python do.
    impl = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd").encode("utf-8", "backslashreplace").decode()


def _column(name: str, kind: Any = _Text, *args: Any, nullable: bool = False, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *args, nullable=nullable, **options)


TABLES = sa.MetaData()
META = sa.Table("meta", TABLES, _column("key", primary_key=True), _column("value"))
SUBMISSIONS = sa.Table(
    "submissions",
    TABLES,
    _column("student_id", primary_key=True),
    _column("submitted_at", nullable=True),
    _column("seen_at"),
    _column("attempt", server_default=""),
)
MODULES = sa.Table(
    "modules",  # what was handed in last; the rows of grades tell what was graded
    TABLES,
    _column("student_id", _Text, sa.ForeignKey("submissions.student_id"), primary_key=True),
    _column("topic", primary_key=True),
    _column("submitted_at", nullable=True),
)
GRADES = sa.Table(
    "grades",
    TABLES,
    _column("id", sa.Integer, primary_key=True),
    _column("student_id", _Text, sa.ForeignKey("submissions.student_id")),
    _column("topic"),
    _column("key"),
    _column("status"),
    _column("score", sa.Double, nullable=True),
    _column("max_score", sa.Double),
    _column("needs_manual_grade", sa.Boolean),
    _column("isolation"),
    _column("seed", sa.BigInteger),
    _column("graded_at"),
    _column("digest", server_default=""),
    # Answers which row is the newest without looking at the rows.
    sa.Index("grades_newest", "student_id", "topic", "id"),
)
OUTCOMES = sa.Table(
    "outcomes",
    TABLES,
    _column("grade_id", sa.Integer, sa.ForeignKey("grades.id"), primary_key=True),
    _column("position", sa.Integer, primary_key=True),
    _column("test"),
    _column("sentence"),
    _column("result"),
    _column("points", sa.Double),
    _column("max_points", sa.Double),
    _column("message"),
    _column("output"),
    _column("mistake"),
    _column("hint"),
    _column("seconds", sa.Double),
)
FIGURES = sa.Table(
    "figures",  # only the newest of a student and a topic
    TABLES,
    _column("student_id", _Text, sa.ForeignKey("submissions.student_id"), primary_key=True),
    _column("topic", primary_key=True),
    _column("key"),
    _column("digest"),
    _column("figures"),
)
OVERRIDES = sa.Table(
    "overrides",  # only ever added to: the newest of a student and a topic counts
    TABLES,
    _column("id", sa.Integer, primary_key=True),
    _column("student_id", _Text, sa.ForeignKey("submissions.student_id")),
    _column("topic"),
    _column("score", sa.Double, nullable=True),
    _column("why"),
    _column("who"),
    _column("set_at"),
    sa.Index("overrides_newest", "student_id", "topic", "id"),
)
