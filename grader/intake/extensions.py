"""Who has more time: `extensions.csv`."""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.coursefile import end_of_day_or
from grader.errors import IntakeError
from grader.intake.table import read_table
from grader.model import Course, Extension

EXTENSIONS_FILE = "extensions.csv"
"""Beside `course.toml`."""

_COLUMNS = ("student_id", "topic", "days", "until", "why")
_WANTS = (
    "It needs the columns student_id and days or until, and may have topic and why:\n"
    "student_id,topic,days,until,why\n"
    "ada,,3,,ill\n"
    "ben,adam,,2026-12-20 12:00,conference"
)


def read_extensions(course: Course, path: Path | None = None) -> tuple[Extension, ...]:
    """Read who has more time.

    Args:
        course: whose topics and time zone count.
        path: a CSV file with the columns student_id, topic (empty: every topic), days or until, and why; if None, the
            one beside `course.toml`, if there is one.

    Raises:
        IntakeError: the file cannot be read, or a line of it is wrong.
    """
    file = path or course.root / EXTENSIONS_FILE
    if path is None and not file.exists():
        return ()
    header, *rows = read_table(file, lambda cells: _fits(_words(cells)), _WANTS)
    names = _words(header.cells)
    lines: dict[tuple[str, str | None], int] = {}
    read: list[Extension] = []
    for row in rows:
        where = f"{file}, line {row.line}"
        if len(row.cells) > len(names):
            raise IntakeError(f"{where}: there are more cells than columns.", "Put quotes around a text with commas.")
        cells = {name: cell.strip() for name, cell in zip(names, row.cells, strict=False)}
        one = _extension(where, cells, course)
        first = lines.setdefault((one.student_id, one.topic), row.line)
        if first != row.line:
            raise IntakeError(f"{where}: it is for the same student and topic as line {first}.", "Keep one of them.")
        read.append(one)
    return tuple(read)


def unknown_students(extensions: Sequence[Extension], students: Collection[str]) -> list[str]:
    """Sentences on extensions of students whom the gradebook does not know: they have no effect."""
    known = set(students)
    names = dict.fromkeys(one.student_id for one in extensions if one.student_id not in known)
    return [f'"{name}" has an extension, but is not in the gradebook.{nearest(name, students)}' for name in names]


def nearest(name: str, known: Collection[str]) -> str:
    """A question that starts with a space, if something is similar; else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f' Did you mean "{close[0]}"?' if close else ""


def _words(cells: Sequence[str]) -> list[str]:
    return [cell.strip().lower() for cell in cells]


def _fits(names: Sequence[str]) -> bool:
    return "student_id" in names and not {"days", "until"}.isdisjoint(names) and set(names) <= set(_COLUMNS)


def _extension(where: str, cells: Mapping[str, str], course: Course) -> Extension:
    student, topic = cells.get("student_id", ""), cells.get("topic", "")
    days, until = cells.get("days", ""), cells.get("until", "")
    names = [one.name for one in course.topics]
    if not student:
        raise IntakeError(f"{where}: there is no student_id.", "Write whose extension it is, or take the line out.")
    if topic and topic not in names:
        hint = nearest(topic, names).strip() or f"The topics are: {', '.join(names)}."
        raise IntakeError(f'{where}: there is no topic "{topic}".', hint)
    if bool(days) == bool(until):
        raise IntakeError(f"{where}: give either days or until.", "How many more days, or the student's own due date.")
    if days:
        return Extension(student_id=student, topic=topic or None, days=_days(where, days))
    moment = _until(where, until, ZoneInfo(course.policy.timezone))
    return Extension(student_id=student, topic=topic or None, until=moment)


def _days(where: str, text: str) -> float:
    try:
        days = float(text.replace(",", "."))
    except ValueError:
        days = math.nan
    if not 0 < days <= 3650:
        raise IntakeError(f'{where}: "{text}" is no number of days.', "Write a number above zero, such as 3 or 0.5.")
    return days


def _until(where: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        value = date.fromisoformat(text) if len(text) <= len("2026-12-20") else datetime.fromisoformat(text)
    except ValueError as error:
        raise IntakeError(
            f'{where}: "{text}" is no date.',
            "Write 2026-12-20 or 2026-12-20 12:00. A spreadsheet leaves it alone if the column is formatted as text.",
        ) from error
    return end_of_day_or(value, zone)
