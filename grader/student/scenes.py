"""What `grade check --watch` has on its screen: functions that write a head, a body and a foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from grader.language.messages import gettext, gettext_noop, ngettext
from grader.model import SuiteKind
from grader.report.check import STAGES, write_end, write_missing, write_table
from grader.report.page import Page
from grader.report.progress import Stage
from grader.report.text import number
from grader.report.topic import Row, write_topic
from grader.student.hints import Hint
from grader.student.pages import write_hint

KEYS = (
    gettext_noop("h hint"),
    gettext_noop("n next"),
    gettext_noop("p previous"),
    gettext_noop("l list"),
    gettext_noop("c check all"),
    gettext_noop("r run again"),
    gettext_noop("q quit"),
)
LIST_KEYS = (
    gettext_noop("↑↓ choose"),
    gettext_noop("Enter go there"),
    gettext_noop("l back"),
    gettext_noop("c check all"),
    gettext_noop("q quit"),
)

Rows = Mapping[str, Row]
"""By topic, in teaching order; a topic that was not checked yet is not there."""


def head(page: Page, topics: Sequence[str], rows: Rows, current: str) -> None:
    """How far everything has come, and how far this topic."""
    marks: list[tuple[str, str]] = []
    for topic in topics:
        mark, style = STAGES[rows[topic].stage] if topic in rows else ("·", "dim")
        marks.append((mark, f"{style} reverse" if topic == current else style))
    done = sum(row.stage is Stage.DONE for row in rows.values())
    points, most = _points(rows)
    topics_done = ngettext("{done} of {n} topic done", "{done} of {n} topics done", len(topics), done=done)
    all_points = gettext("{got} of {most} points", got=points, most=most)
    fits = 2 + len(marks) + cell_len(f"{topics_done}  ·  {all_points}") < page.width
    page.line(" ", *marks, f"  {topics_done}{f'  ·  {all_points}' if fits else ''}")
    page.line()
    if current in rows:
        write_table(page, [rows[current]])
        page.line()


def result(page: Page, row: Row, following: Row | None, renamed: Mapping[str, str], kind: SuiteKind) -> None:
    """What came of the topic: what to fix first, or that it is done and which one would be next."""
    if row.stage is Stage.MISSING:
        write_missing(page, [row], renamed)
    elif row.stage is Stage.DONE:
        _solved(page, row, following, kind)
    else:
        write_topic(page, row)
        write_missing(page, [row], renamed)


def _solved(page: Page, row: Row, following: Row | None, kind: SuiteKind) -> None:
    words = ngettext(
        "Solved: {file} passes its test.",
        "Solved: {file} passes all {n} tests.",
        len(row.score.outcomes),
        file=row.filename,
    )
    page.paragraph(words, style="bold green")
    if kind is SuiteKind.PUBLIC:
        page.paragraph(gettext("The grade comes from hidden tests, with other numbers."), style="dim")
    page.line()
    if following is None:
        page.paragraph(gettext("Everything here is done. `grade pack` makes the zip to hand in."))
    else:
        name, stage = following.topic.name, gettext(following.stage)
        page.paragraph(gettext("Press n for the next topic: {name}, {stage}.", name=name, stage=stage))


def hint(page: Page, row: Row, sentence: str, hints: Sequence[Hint], stage: int) -> None:
    """One hint, or that there is none."""
    if not hints and row.stage is Stage.DONE:
        page.paragraph(gettext("{topic} is done: there is nothing to give a hint on.", topic=row.topic.name))
    elif not hints:
        page.paragraph(gettext("There is no hint on this."))
    else:
        write_hint(page, row.topic, row.filename, sentence, hints, stage)
        more = gettext("Try again first. Still stuck? Press h once more.")
        last = gettext("This was the last hint. Ask your teachers, with what `grade check` shows.")
        page.paragraph(more if stage < len(hints) else last, style="dim")


def listing(page: Page, rows: Rows, chosen: str) -> None:
    """All topics; the one that is chosen stands out."""
    write_table(page, list(rows.values()), chosen)


def foot(page: Page, words: str, keys: Sequence[str]) -> None:
    """What has happened, and the keys."""
    page.rule()
    page.line((f" {words}", "bold"))
    if keys:
        shown = [gettext(key) for key in keys]
        page.items([f" {shown[0]}", *shown[1:]])
    else:
        page.paragraph(gettext("No keys here, as the input is no terminal. Ctrl-C ends it."), indent=1, style="dim")


def farewell(page: Page, rows: Rows, kind: SuiteKind) -> None:
    """What stays on the terminal."""
    done = sum(row.stage is Stage.DONE for row in rows.values())
    page.line(ngettext("{done} of {n} topic done", "{done} of {n} topics done", len(rows), done=done))
    write_end(page, list(rows.values()), kind)


def _points(rows: Rows) -> tuple[str, str]:
    got = sum(row.score.score or 0.0 for row in rows.values())
    return number(got), number(sum(row.score.max_score for row in rows.values()))
