"""What `grade regrade` writes: who gains or loses what."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.batch.book import Change, Standing
from grader.model import Status
from grader.report.text import count, number, one_line

_WORDS = {Status.MISSING: "missing", Status.NOT_GRADED: "not graded"}


def render_changes(changes: Sequence[Change], regraded: int, screen: Console, *, dry_run: bool, limit: int) -> None:
    """Show each topic that stands differently, and sums per topic.

    Args:
        changes: in any order.
        regraded: topics that were graded again, changed or not.
        screen: to write to.
        dry_run: whether nothing was written.
        limit: rows to show; those who lose come first.
    """
    if changes:
        _rows(changes, screen, limit)
        _sums(changes, screen)
    unchanged = count(regraded - len(changes), "score")
    screen.print(f"{regraded:,} graded again; {unchanged} stayed, {len(changes):,} changed.")
    if dry_run:
        screen.print("A dry run: nothing was written.")


def _rows(changes: Sequence[Change], screen: Console, limit: int) -> None:
    table = Table("student", "topic", "before", "after", box=None, pad_edge=False)
    table.add_column("gain", justify="right")
    table.add_column("")
    order = sorted(changes, key=lambda change: (change.gain > 0, change.topic, change.student_id))
    for change in order[:limit]:
        cells = (change.student_id, change.topic, _standing(change.before), _standing(change.after))
        style = "red" if change.gain < 0 else "green" if change.gain > 0 else ""
        table.add_row(*(Text(one_line(cell)) for cell in cells), Text(_signed(change.gain), style), _note(change))
    screen.print(table)
    if len(order) > limit:
        screen.print(f"… and {len(order) - limit:,} more; --rows shows more, --json all.")


def _sums(changes: Sequence[Change], screen: Console) -> None:
    for topic in dict.fromkeys(change.topic for change in sorted(changes, key=lambda change: change.topic)):
        of_topic = [change.gain for change in changes if change.topic == topic]
        gains, losses = [gain for gain in of_topic if gain > 0], [gain for gain in of_topic if gain < 0]
        sums = [f"{count(len(some), 'student')} {_signed(sum(some))}" for some in (gains, losses) if some]
        if sums:
            screen.print(f"{topic}: {', '.join(sums)}")


def _note(change: Change) -> str:
    notes = ["handed in again"] if change.handed_in_again else []
    notes += ["set by hand, so it does not count"] if change.overridden else []
    return "; ".join(notes)


def _standing(standing: Standing | None) -> str:
    if standing is None:
        return "new"
    return _WORDS[standing.status] if standing.score is None else number(standing.score)


def _signed(points: float) -> str:
    return f"{'-' if points < 0 else '+'}{number(abs(points))}" if points else "0"
