"""What an instructor should know about a download: where it came from, and what is nobody's for certain."""

from __future__ import annotations

from collections.abc import Sequence

from grader.intake.attempt import Stray
from grader.report.page import Page
from grader.report.terminal import Terminal
from grader.report.text import count, one_line


def render_download(says: str, repeated: int, strays: Sequence[Stray], terminal: Terminal, *, most: int) -> None:
    """Write it in a few lines.

    Args:
        says: what it was read as.
        repeated: students who handed in more than once.
        strays: what is not graded, for it is not known whose it is.
        terminal: where to write.
        most: strays that are shown.
    """
    page = Page(terminal)
    again = f" {count(repeated, 'student')} handed in more than once: the newest attempt counts." if repeated else ""
    page.paragraph(f"Read as {says}.{again}", indent=0)
    if not strays:
        return
    page.line()
    page.paragraph(f"Not graded, for it is not certain whose it is ({len(strays):,}):", style="bold", indent=0)
    for stray in strays[:most]:
        page.paragraph(f"{stray.name}\n  {stray.why}")
    if len(strays) > most:
        page.line((f"  … and {len(strays) - most:,} more; --json lists all", "dim"))


def render_absent(students: Sequence[str], terminal: Terminal, *, most: int) -> None:
    """Say of whom the topics of this batch were recorded as missing, though the download does not have them.

    Args:
        students: ids of some whom the gradebook knew.
        terminal: where to write.
        most: ids that are shown.
    """
    names = ", ".join(one_line(student) for student in students[:most])
    more = f" and {len(students) - most:,} more" if len(students) > most else ""
    said = f"Not in this download, so missing: {names}{more} ({count(len(students), 'student')} of the gradebook)."
    Page(terminal).paragraph(said, indent=0)
