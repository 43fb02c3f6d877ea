"""Errors that a user can meet: what happened, where, and what to do next.

GraderError
├── UsageError        asked for something that does not exist: exit code 2
├── CourseError       the course directory is broken
├── IntakeError       nothing there to grade, or it cannot be read
├── IsolationError    this machine cannot isolate as asked
├── TruthError        Keras' answers are missing or belong to another suite
└── GradebookError    the gradebook cannot be opened, read or written
"""

from __future__ import annotations


class GraderError(Exception):
    """What happened, and what to do about it. Shown without a traceback."""

    exit_code = 1

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n{self.remedy}" if self.remedy else self.problem


class UsageError(GraderError):
    """Something was asked for that does not exist."""

    exit_code = 2


class CourseError(GraderError):
    """The course directory is not in order."""

    exit_code = 2


class IntakeError(GraderError):
    """There is nothing to grade there, or it cannot be read."""

    exit_code = 2


class IsolationError(GraderError):
    """This machine cannot isolate student code as far as was asked."""


class TruthError(GraderError):
    """Keras' recorded answers are missing, or belong to another suite."""


class GradebookError(GraderError):
    """The gradebook cannot be opened, read or written."""
