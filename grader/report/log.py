"""What `grade log` writes: a student's grades through time, overrides, and what counts now."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.gradebook import PastGrade
from grader.model import Adjustment, Grade, Override, Status
from grader.report.text import count, number, one_line

_WORDS = {Status.MISSING: "missing", Status.NOT_GRADED: "not graded"}


def render_log(grade: Grade, history: Sequence[PastGrade], overrides: Sequence[Override], screen: Console) -> None:
    """Show what happened to the grade of one student, the oldest first, and what counts now.

    Args:
        grade: the final one.
        history: every grade of the student.
        overrides: every override of the student.
        screen: to write to.
    """
    _show(screen, f"{grade.student_id}: {_handed_in(grade)}")
    events = [(past.graded_at, past.topic, _graded(past), _run(past)) for past in history]
    events += [(one.set_at, one.topic, _set(one), _reason(one)) for one in overrides]
    table = Table("when (UTC)", "topic", "", "", box=None, pad_edge=False)
    for when, topic, what, how in sorted(events, key=lambda event: event[0]):  # the sort keeps the order of a second
        table.add_row(*(_text(cell) for cell in (_short(when), topic, what, how)))
    screen.print(table)
    screen.print("What counts now:")
    counts = Table(box=None, pad_edge=False, show_header=False)
    for score in grade.topics:
        value = _WORDS[score.status] if score.score is None else f"{number(score.score)} of {number(score.max_score)}"
        counts.add_row(*(_text(cell) for cell in (score.topic, value, explain(score.adjustment))))
    total = "not graded" if grade.score is None else f"{number(grade.score)} of {number(grade.max_score)}"
    counts.add_row("total", total, "")
    screen.print(counts)


def render_overrides(overrides: Sequence[Override], screen: Console) -> None:
    """Show who set which score when, and why."""
    if not overrides:
        screen.print("Nobody has set a score.")
        return
    table = Table("when (UTC)", "student", "topic", "", "", box=None, pad_edge=False)
    for one in overrides:
        table.add_row(
            *(_text(cell) for cell in (_short(one.set_at), one.student_id, one.topic, _set(one), _reason(one)))
        )
    screen.print(table)


def explain(adjustment: Adjustment | None) -> str:
    """Why a score is not the one of the suite, in a few words."""
    if adjustment is None:
        return ""
    auto = "nothing" if adjustment.auto_score is None else number(adjustment.auto_score)
    if adjustment.manual_score is not None:
        return f"set by hand instead of {auto}: {adjustment.why}"
    late = f"{count(adjustment.days_late, 'day')} late"
    if adjustment.free_days:
        late += f", {adjustment.free_days} paid for with late days"
    return f"{auto} - {number(adjustment.penalty)}: {late}" if adjustment.penalty else f"{late}, no penalty"


def _handed_in(grade: Grade) -> str:
    if grade.status is Status.MISSING:
        return "handed in nothing"
    when = f"handed in {_short(grade.submitted_at)} UTC" if grade.submitted_at else "handed in at an unknown time"
    return when if grade.attempt in ("", grade.student_id) else f"{when}, attempt {grade.attempt}"


def _graded(past: PastGrade) -> str:
    return _WORDS[past.status] if past.score is None else f"{number(past.score)} of {number(past.max_score)}"


def _run(past: PastGrade) -> str:
    module = f", module {past.digest[:8]}" if past.digest else ""
    return f"seed {past.seed}, isolation {past.isolation}{module}"


def _set(one: Override) -> str:
    return "back to the suite's" if one.score is None else f"set to {number(one.score)}"


def _reason(one: Override) -> str:
    return f"{one.who}: {one.why}"


def _short(moment: str) -> str:
    """`2026-11-23T17:24:09+00:00` as people write it."""
    return moment[:19].replace("T", " ")


def _text(cell: str) -> Text:
    return Text(one_line(cell))


def _show(screen: Console, line: str) -> None:
    screen.print(Text(one_line(line)))
