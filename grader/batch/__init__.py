"""Many submissions on many runners: what is graded and unchanged is not graded again."""

from grader.batch.coordinator import Progress, Tally, grade_class

__all__ = ["Progress", "Tally", "grade_class"]
