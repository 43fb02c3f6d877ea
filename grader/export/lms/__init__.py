"""The instructor's own file, filled in: their rows, ids, order, encoding and delimiter, and only our columns set."""

from __future__ import annotations

from grader.export.lms import blackboard, brightspace, canvas, moodle, sakai
from grader.export.lms.outline import Format

FORMATS: dict[str, Format] = {
    "canvas": canvas.FORMAT,
    "moodle": moodle.FORMAT,
    "blackboard": blackboard.FORMAT,
    "brightspace": brightspace.FORMAT,
    "sakai": sakai.FORMAT,
}

__all__ = ["FORMATS"]
