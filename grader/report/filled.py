"""What an instructor should know about a file that was filled in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from grader.export.lms.into import Written
from grader.report.page import Page
from grader.report.terminal import Terminal
from grader.report.text import count, number

_MOST = 20
"""Names in a list."""


def render_filled(written: Written, out: Path, terminal: Terminal) -> None:
    """Write what was set, what was left as it was, and what could not be matched."""
    page, filled = Page(terminal), written.filled
    page.paragraph(f"Wrote {out}: scores of {count(filled.students, 'student')}.", indent=0, style="bold")
    for target in written.targets:
        scaled = f", scaled from {number(target.max_score)}" if target.out_of != target.max_score else ""
        page.paragraph(
            f"{target.topic or 'the total'} in {target.column.header}, out of {number(target.out_of)}{scaled}"
        )
    reasons: dict[str, list[str]] = defaultdict(list)
    for student, why in filled.kept:
        reasons[why].append(student)
    for why, students in reasons.items():
        page.paragraph(f"Left as it was ({why}): {_listed(students)}", indent=0)
    if filled.without_row:
        page.paragraph(
            f"No row for {count(len(filled.without_row), 'student')} of the gradebook:", indent=0, style="bold"
        )
        for student, why in filled.without_row[:_MOST]:
            page.paragraph(f"{student}: {why}")
        if len(filled.without_row) > _MOST:
            page.paragraph(f"… and {len(filled.without_row) - _MOST:,} more")
        page.paragraph("A course list that has both names helps: --roster FILE", indent=0)
    if filled.without_grade:
        rows = [f"line {line} ({name})" if name else f"line {line}" for line, name in filled.without_grade]
        page.paragraph(f"Not in the gradebook, left as it was: {_listed(rows)}", indent=0)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
