"""What a gradebook holds, to compare one with another."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from grader.course import load_course
from grader.gradebook import open_gradebook


def gradebook_rows(course: Path, path: Path) -> dict[str, dict[str, object]]:
    """By student, what the gradebook holds, outcomes included, without times."""
    with open_gradebook(path, create=False) as book:
        grades = list(book.grades(load_course(course).topics, outcomes=True))
    plain = json.loads(re.sub(rb'"seconds":[0-9.e+-]+', b'"seconds":0', msgspec.json.encode(grades)))
    return {row["student_id"]: {**row, "graded_at": ""} for row in plain}


def graded_students(path: Path) -> int:
    """How many students have grades so far."""
    if not path.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(DISTINCT student_id) FROM grades").fetchone()[0])
    except sqlite3.Error:  # its tables are being made
        return 0
