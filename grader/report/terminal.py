"""What the commands write to a terminal."""

from grader.report.check import render_check
from grader.report.classroom import render_class

__all__ = ["render_check", "render_class"]
