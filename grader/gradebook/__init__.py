"""What is kept of a course: submissions, grades and outcomes, in SQLite or PostgreSQL.

Grades are only ever added. The newest row of a student and a topic counts; the older ones are its history.
"""

from __future__ import annotations

import importlib.util

from grader.errors import GradebookError

if importlib.util.find_spec("sqlalchemy") is None:
    raise GradebookError("A gradebook needs SQLAlchemy, which is not installed.", "pip install 'deepgrade[instructor]'")

from grader.gradebook.copying import copy_gradebook
from grader.gradebook.history import PastGrade
from grader.gradebook.opening import open_gradebook
from grader.gradebook.record import Record
from grader.gradebook.store import Gradebook
from grader.gradebook.upgrading import upgrade_gradebook

__all__ = ["Gradebook", "PastGrade", "Record", "copy_gradebook", "open_gradebook", "upgrade_gradebook"]
