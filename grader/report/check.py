"""What a student sees after `grade check`: a bar per topic, then what to fix first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from grader.language.messages import gettext, gettext_noop, ngettext
from grader.model import Grade, SuiteKind, Topic, TopicScore
from grader.report.page import Page
from grader.report.progress import Stage, as_run, stage_of
from grader.report.terminal import Terminal
from grader.report.text import number
from grader.report.topic import Row, write_topic

_BAR = 32
_LEAST_BAR = 8
WIDEST = 100
"""Longer lines are hard to read."""

STAGES = {
    Stage.DONE: ("✓", "green"),
    Stage.IN_PROGRESS: ("●", "yellow"),
    Stage.NOT_STARTED: ("○", "dim"),
    Stage.MISSING: ("–", "red"),
    Stage.NOT_GRADED: ("?", "magenta"),
}
SUITES = {
    SuiteKind.HIDDEN: gettext_noop("Scored by the hidden tests, which give the grade."),
    SuiteKind.PUBLIC: gettext_noop("Scored by the public tests. The grade comes from the hidden ones."),
}


def render_check(
    grade: Grade,
    topics: Sequence[Topic],
    kind: SuiteKind,
    terminal: Terminal,
    *,
    renamed: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> None:
    """Write the student's page: the table, what to fix first in each topic, the points, what is next.

    Args:
        grade: of the student's own modules.
        topics: which of its topics to show, in this order.
        kind: which suites it comes from.
        terminal: where to write.
        renamed: files that look like a missing module, by topic.
        files: what was checked, by topic; a topic's module if nothing is said.
        notes: which of a module and a notebook counts, by topic, where there are both.
    """
    page = Page(terminal, widest=WIDEST)
    scores = {score.topic: as_run(score, kind) for score in grade.topics}
    named = {topic.name: f"{topic.name}.py" for topic in topics} | dict(files or {})
    rows = [
        Row(t, scores[t.name], stage_of(scores[t.name]), named[t.name], (notes or {}).get(t.name, ""))
        for t in topics
        if t.name in scores
    ]
    page.line()
    write_table(page, rows)
    for row in _to_explain(rows):
        page.line()
        write_topic(page, row)
    write_missing(page, rows, renamed or {})
    page.line()
    write_end(page, rows, kind)


def write_table(page: Page, rows: Sequence[Row], chosen: str = "") -> None:
    """A line per topic, one of them marked. Where it is narrow the bar goes first, then the words, the name last."""
    points = _points([row.score for row in rows])
    fixed = max(map(len, points), default=0) + 5
    stages = max((cell_len(gettext(row.stage)) for row in rows), default=0) + 2
    names = min(max((len(row.topic.name) for row in rows), default=0), max(page.width - fixed, 1))
    bar = min(page.width - names - fixed - stages - 2, _BAR)
    for row, score in zip(rows, points, strict=True):
        mark, style = STAGES[row.stage]
        page.line(
            (f"{'>' if row.topic.name == chosen else ' '}{mark} ", style),
            (page.fit(row.topic.name, names), "bold" if row.topic.name == chosen else ""),
            *(_bar(row, bar, style) if bar >= _LEAST_BAR else ()),
            f"  {score}",
            (f"  {gettext(row.stage)}" if names + fixed + stages <= page.width else "", style),
        )


def _points(scores: Sequence[TopicScore]) -> list[str]:
    """As in "8.5 / 20", the numbers below each other."""
    got = ["–" if score.score is None else number(score.score) for score in scores]
    most = [number(score.max_score) if score.max_score else "" for score in scores]
    left, right = (max(map(len, column), default=0) for column in (got, most))
    return [f"{a:>{left}} {'/' if b else ' '} {b:>{right}}" for a, b in zip(got, most, strict=True)]


def _bar(row: Row, width: int, style: str) -> tuple[tuple[str, str], ...]:
    """Neither empty after the first point nor full before the last one."""
    if row.score.score is None:
        return ((" " * width, ""),)
    room = width - 2
    share = row.score.score / row.score.max_score if row.score.max_score else 0.0
    full = room if row.stage is Stage.DONE else min(max(int(share * room), share > 0), room - 1)
    return ("  " + "━" * full, style), ("─" * (room - full), "dim")


def _to_explain(rows: Sequence[Row]) -> list[Row]:
    """The topics that get a section; of those not started the first one: the others would say the same."""
    unopened = next((row for row in rows if row.stage is Stage.NOT_STARTED), None)
    return [row for row in rows if row.stage in (Stage.IN_PROGRESS, Stage.NOT_GRADED) or row is unopened]


def write_missing(page: Page, rows: Sequence[Row], renamed: Mapping[str, str]) -> None:
    """What was not found, and what may have become of it."""
    files = ", ".join(row.filename for row in rows if row.stage is Stage.MISSING)
    if files or any(row.topic.name in renamed for row in rows):
        page.line()
    if files:
        page.paragraph(gettext("Not found: {files}", files=files), style="bold", indent=0)
        page.paragraph(
            gettext(
                "Is this the right folder? A lost file can be replaced by its stub; "
                "a renamed one needs its old name back."
            )
        )
    for row in rows:
        if row.topic.name in renamed:
            file = row.filename if row.stage is Stage.MISSING else f"{row.topic.name}.py"
            words = gettext("{found} looks like {file}: give it that name.", found=renamed[row.topic.name], file=file)
            page.paragraph(words, style="yellow")


def write_end(page: Page, rows: Sequence[Row], kind: SuiteKind) -> None:
    """The points, which tests gave them, and what is next."""
    got = sum(row.score.score or 0.0 for row in rows)
    most = sum(row.score.max_score for row in rows)
    left_out = sum(row.stage is Stage.NOT_GRADED for row in rows)
    page.rule()
    note = ngettext(", {n} topic not graded", ", {n} topics not graded", left_out) if left_out else ""
    page.line((gettext("{got} of {most} points", got=number(got), most=number(most)), "bold"), note)
    page.paragraph(gettext(SUITES[kind]), style="dim", indent=0)
    page.paragraph(_next(rows, kind), indent=0)


def _next(rows: Sequence[Row], kind: SuiteKind) -> str:
    """The next step, as an instruction."""
    for row in rows:
        name, file = row.topic.name, row.filename
        if row.stage is Stage.IN_PROGRESS:
            return gettext(
                "Next: correct {file}, then run `grade check {name}`. Stuck? `grade hint {name}`.", file=file, name=name
            )
        if row.stage is Stage.NOT_STARTED:
            return gettext("Next: begin with {file}, then run `grade check {name}`.", file=file, name=name)
        if row.stage is Stage.MISSING:
            return gettext("Next: bring back {file}, then run `grade check {name}`.", file=file, name=name)
    if any(row.stage is Stage.NOT_GRADED for row in rows):
        return gettext("Next: report what the grader could not do, and run it again.")
    if kind is SuiteKind.PUBLIC:
        return gettext("Everything here is done. `grade pack` makes the zip to hand in.")
    return gettext("Everything here is done.")
