"""What a student sees after `grade check`: a bar per topic, then what to fix first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from rich.cells import cell_len
from rich.console import Console

from grader.model import Grade, Outcome, Result, SuiteKind, Topic, TopicScore
from grader.report.page import Page
from grader.report.progress import Failure, Stage, as_run, failures, passed, stage_of
from grader.report.sides import write_call, write_comparison
from grader.report.text import count, number
from grader.report.words import KINDS

_MOST_OTHERS = 5
"""Reasons that get a line below the first one."""
_MOST_MESSAGE = 14
_MOST_OUTPUT = 8
_BAR = 32
_LEAST_BAR = 8
_LEAST_SENTENCE = 20
_WIDEST = 100
"""Longer lines are hard to read."""

_STAGES = {
    Stage.DONE: ("✓", "green"),
    Stage.IN_PROGRESS: ("●", "yellow"),
    Stage.NOT_STARTED: ("○", "dim"),
    Stage.MISSING: ("–", "red"),
    Stage.NOT_GRADED: ("?", "magenta"),
}
_SUITES = {
    SuiteKind.HIDDEN: "Scored by the hidden tests, which give the grade.",
    SuiteKind.PUBLIC: "Scored by the public tests. The grade comes from the hidden ones.",
}


class _Row(msgspec.Struct, frozen=True):
    """A topic with what came of it."""

    topic: Topic
    score: TopicScore
    stage: Stage


def render_check(
    grade: Grade,
    topics: Sequence[Topic],
    kind: SuiteKind,
    console: Console,
    *,
    renamed: Mapping[str, str] | None = None,
) -> None:
    """Write the student's page: the table, what to fix first in each topic, the points, what is next.

    Args:
        grade: of the student's own modules.
        topics: which of its topics to show, in this order.
        kind: which suites it comes from.
        console: where to write.
        renamed: files that look like a missing module, by topic.
    """
    page = Page(console, widest=_WIDEST)
    scores = {score.topic: as_run(score, kind) for score in grade.topics}
    rows = [_Row(t, scores[t.name], stage_of(scores[t.name])) for t in topics if t.name in scores]
    page.line()
    _write_table(page, rows)
    for row in _to_explain(rows):
        page.line()
        _write_topic(page, row)
    _write_missing(page, [row.topic.name for row in rows if row.stage is Stage.MISSING], renamed or {})
    page.line()
    _write_end(page, rows, kind)


def _write_table(page: Page, rows: Sequence[_Row]) -> None:
    """A line per topic. Where it is narrow the bar goes first, then the words; the name is cut last."""
    points = _points([row.score for row in rows])
    fixed = max(map(len, points), default=0) + 5
    stages = max((len(row.stage) for row in rows), default=0) + 2
    names = min(max((len(row.topic.name) for row in rows), default=0), max(page.width - fixed, 1))
    bar = min(page.width - names - fixed - stages - 2, _BAR)
    for row, score in zip(rows, points, strict=True):
        mark, style = _STAGES[row.stage]
        page.line(
            (f" {mark} ", style),
            page.fit(row.topic.name, names),
            *(_bar(row, bar, style) if bar >= _LEAST_BAR else ()),
            f"  {score}",
            (f"  {row.stage}" if names + fixed + stages <= page.width else "", style),
        )


def _points(scores: Sequence[TopicScore]) -> list[str]:
    """As in "8.5 / 20", the numbers below each other."""
    got = ["–" if score.score is None else number(score.score) for score in scores]
    most = [number(score.max_score) if score.max_score else "" for score in scores]
    left, right = (max(map(len, column), default=0) for column in (got, most))
    return [f"{a:>{left}} {'/' if b else ' '} {b:>{right}}" for a, b in zip(got, most, strict=True)]


def _bar(row: _Row, width: int, style: str) -> tuple[tuple[str, str], ...]:
    """Neither empty after the first point nor full before the last one."""
    if row.score.score is None:
        return ((" " * width, ""),)
    room = width - 2
    share = row.score.score / row.score.max_score if row.score.max_score else 0.0
    full = room if row.stage is Stage.DONE else min(max(int(share * room), share > 0), room - 1)
    return ("  " + "━" * full, style), ("─" * (room - full), "dim")


def _to_explain(rows: Sequence[_Row]) -> list[_Row]:
    """The topics that get a section; of those not started the first one: the others would say the same."""
    unopened = next((row for row in rows if row.stage is Stage.NOT_STARTED), None)
    return [row for row in rows if row.stage in (Stage.IN_PROGRESS, Stage.NOT_GRADED) or row is unopened]


def _write_topic(page: Page, row: _Row) -> None:
    """What to do in one topic."""
    tests = len(row.score.outcomes)
    begun = row.stage is not Stage.NOT_STARTED and tests
    state = f"{passed(row.score)} of {count(tests, 'test')} passed" if begun else row.stage
    page.line((f"{row.topic.name}.py", "bold"), (f"  {row.topic.title}  ·  {state}", "dim"))
    page.rule()
    found = failures(row.score)
    if row.stage is Stage.NOT_GRADED and not found:
        page.paragraph(KINDS[Result.NOT_GRADED][1], style="red")
    if found:
        _write_first(page, found[0], tests if begun else 0)
    if begun:
        _write_others(page, found[1:])


def _write_first(page: Page, failure: Failure, tests: int = 0) -> None:
    """The first thing to fix, in full, and of how many tests; 0 as long as the others do not matter."""
    outcome = failure.first
    alone = failure.tests == tests > 1 and not outcome.mistake
    _write_name(page, outcome)
    page.paragraph(f"All {tests} tests end in the same way." if alone else _title(outcome), style="bold")
    page.paragraph(KINDS[outcome.result][1] + _cost(failure), style="red")
    if outcome.message:
        page.line()
        page.paragraph(outcome.message, indent=4, most=_MOST_MESSAGE)
    _write_numbers(page, outcome)
    if tests and failure.tests > 1 and not alone:
        page.line()
        page.paragraph(f"{count(failure.tests - 1, 'more test')} ended in the same way.", style="dim")
    if page.clean(outcome.output).strip():
        page.line()
        page.paragraph("The code printed:", style="dim")
        page.paragraph(outcome.output, mark="│ ", most=_MOST_OUTPUT)


def _write_name(page: Page, outcome: Outcome) -> None:
    """The mistake's name and hint: who knows these may need nothing else."""
    if outcome.mistake:
        page.paragraph(f"These are the numbers of {outcome.mistake}.", style="bold yellow")
    if outcome.hint:
        page.paragraph(f"Hint: {outcome.hint}", style="yellow")
    if outcome.mistake or outcome.hint:
        page.line()


def _write_numbers(page: Page, outcome: Outcome) -> None:
    """The call, expected and got; of a public test only."""
    if outcome.call:
        page.line()
        write_call(page, outcome.call)
    if outcome.comparison is not None:
        page.line()
        write_comparison(page, outcome.comparison)


def _write_others(page: Page, others: Sequence[Failure]) -> None:
    """What is left to fix, a line for each reason."""
    if not others:
        return
    page.line()
    page.paragraph("And then:", style="dim")
    shown = [(_title(failure.first), _short(failure)) for failure in others[:_MOST_OTHERS]]
    longest = max(cell_len(title) for title, _ in shown)
    room = page.width - max(len(kind) for _, kind in shown) - 6
    for title, kind in shown:
        if room < _LEAST_SENTENCE:
            page.line("  · ", page.cut(title, page.width - 4))
        else:
            page.line("  · ", page.fit(title, min(longest, room)), "  ", (kind, "dim"))
    more = sum(failure.tests for failure in others[_MOST_OTHERS:])
    if more:
        page.paragraph(f"and {more} more", style="dim")


def _short(failure: Failure) -> str:
    kind = KINDS[failure.first.result][0]
    return kind if failure.tests == 1 else f"{kind}, {count(failure.tests, 'test')}"


def _title(outcome: Outcome) -> str:
    return outcome.sentence or outcome.test


def _cost(failure: Failure) -> str:
    if failure.first.result is Result.NOT_GRADED:
        return ""
    return f" ({number(failure.points)} point{'' if failure.points == 1 else 's'})"


def _write_missing(page: Page, names: Sequence[str], renamed: Mapping[str, str]) -> None:
    if not names:
        return
    files = ", ".join(f"{name}.py" for name in names)
    page.line()
    page.paragraph(f"Not found: {files}", style="bold", indent=0)
    page.paragraph(
        "Is this the right folder? A lost file can be replaced by its stub; a renamed one needs its old name back."
    )
    for name in names:
        if name in renamed:
            page.paragraph(f"{renamed[name]} looks like {name}.py: give it that name.", style="yellow")


def _write_end(page: Page, rows: Sequence[_Row], kind: SuiteKind) -> None:
    """The points, which tests gave them, and what is next."""
    got = sum(row.score.score or 0.0 for row in rows)
    most = sum(row.score.max_score for row in rows)
    left_out = sum(row.stage is Stage.NOT_GRADED for row in rows)
    page.rule()
    note = f", {count(left_out, 'topic')} not graded" if left_out else ""
    page.line((f"{number(got)} of {number(most)} points", "bold"), note)
    page.paragraph(_SUITES[kind], style="dim", indent=0)
    page.paragraph(_next(rows, kind), indent=0)


def _next(rows: Sequence[_Row], kind: SuiteKind) -> str:
    """The next step, as an instruction."""
    for row in rows:
        name = row.topic.name
        if row.stage is Stage.IN_PROGRESS:
            return f"Next: correct {name}.py, then run `grade check {name}`. Stuck? `grade hint {name}`."
        if row.stage is Stage.NOT_STARTED:
            return f"Next: begin with {name}.py, then run `grade check {name}`."
        if row.stage is Stage.MISSING:
            return f"Next: bring back {name}.py, then run `grade check {name}`."
    if any(row.stage is Stage.NOT_GRADED for row in rows):
        return "Next: report what the grader could not do, and run it again."
    return "Everything here is done." + (" `grade pack` makes the zip to hand in." if kind is SuiteKind.PUBLIC else "")
