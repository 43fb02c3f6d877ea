"""How each system names what it lets an instructor download. Sources of the names stand in the modules."""

from __future__ import annotations

from grader.intake.attempt import Layout
from grader.intake.layouts import blackboard, brightspace, canvas, github, gradescope, moodle, nbgrader, plain, sakai

LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        canvas.LAYOUT,
        moodle.LAYOUT,
        gradescope.LAYOUT,
        blackboard.LAYOUT,
        brightspace.LAYOUT,
        sakai.LAYOUT,
        github.LAYOUT,
        nbgrader.LAYOUT,
        plain.LAYOUT,
    )
}
"""The last one is for what none of the others recognises."""

__all__ = ["LAYOUTS"]
