"""What a student sees of one topic: how far it has come, and what to fix first."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len

from grader.language.messages import gettext, ngettext
from grader.model import Outcome, Result, Topic, TopicScore
from grader.report.page import Page
from grader.report.progress import Failure, Stage, failures, passed
from grader.report.sides import write_call, write_comparison
from grader.report.text import number
from grader.report.words import KINDS

_MOST_OTHERS = 5
"""Reasons that get a line below the first one."""
_MOST_MESSAGE = 14
_MOST_OUTPUT = 8
_LEAST_SENTENCE = 20


class Row(msgspec.Struct, frozen=True):
    """A topic with what came of it."""

    topic: Topic
    score: TopicScore
    stage: Stage
    filename: str
    """Of what was checked: a module or a notebook."""
    note: str = ""
    """Which of several files counts, as a sentence; empty if there is only one."""


def write_topic(page: Page, row: Row) -> None:
    """What to do in one topic."""
    tests = len(row.score.outcomes)
    begun = row.stage is not Stage.NOT_STARTED and tests
    good = passed(row.score)
    state = (
        ngettext("{passed} of {n} test passed", "{passed} of {n} tests passed", tests, passed=good)
        if begun
        else gettext(row.stage)
    )
    title = f"{row.topic.title}  ·  "
    fits = cell_len(f"{row.filename}  {title}{state}") <= page.width
    page.line((row.filename, "bold"), (f"  {title if fits else ''}{state}", "dim"))
    page.rule()
    if row.note:
        page.paragraph(row.note, style="dim")
        page.line()
    found = failures(row.score)
    if row.stage is Stage.NOT_GRADED and not found:
        page.paragraph(gettext(KINDS[Result.NOT_GRADED][1]), style="red")
    if found:
        _write_first(page, found[0], tests if begun else 0)
    if begun:
        _write_others(page, found[1:])


def _write_first(page: Page, failure: Failure, tests: int = 0) -> None:
    """The first thing to fix, in full, and of how many tests; 0 as long as the others do not matter."""
    outcome = failure.first
    alone = failure.tests == tests > 1 and not outcome.mistake
    _write_name(page, outcome)
    same = gettext("All {tests} tests end in the same way.", tests=tests)
    page.paragraph(same if alone else _title(outcome), style="bold")
    page.paragraph(gettext(KINDS[outcome.result][1]) + _cost(failure), style="red")
    if outcome.message:
        page.line()
        page.paragraph(outcome.message, indent=4, most=_MOST_MESSAGE)
    _write_numbers(page, outcome)
    if tests and failure.tests > 1 and not alone:
        page.line()
        more = failure.tests - 1
        words = ngettext("{n} more test ended in the same way.", "{n} more tests ended in the same way.", more)
        page.paragraph(words, style="dim")
    if page.clean(outcome.output).strip():
        page.line()
        page.paragraph(gettext("The code printed:"), style="dim")
        page.paragraph(outcome.output, mark="│ ", most=_MOST_OUTPUT)


def _write_name(page: Page, outcome: Outcome) -> None:
    """The mistake's name and hint: who knows these may need nothing else."""
    if outcome.mistake:
        page.paragraph(gettext("These are the numbers of {mistake}.", mistake=outcome.mistake), style="bold yellow")
    if outcome.hint:
        page.paragraph(gettext("Hint: {hint}", hint=outcome.hint), style="yellow")
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
    page.paragraph(gettext("And then:"), style="dim")
    shown = [(_title(failure.first), _short(failure)) for failure in others[:_MOST_OTHERS]]
    longest = max(cell_len(title) for title, _ in shown)
    room = page.width - max(cell_len(kind) for _, kind in shown) - 6
    for title, kind in shown:
        if room < _LEAST_SENTENCE:
            page.line("  · ", page.cut(title, page.width - 4))
        else:
            page.line("  · ", page.fit(title, min(longest, room)), "  ", (kind, "dim"))
    more = sum(failure.tests for failure in others[_MOST_OTHERS:])
    if more:
        page.paragraph(gettext("and {more} more", more=more), style="dim")


def _short(failure: Failure) -> str:
    kind = gettext(KINDS[failure.first.result][0])
    return kind if failure.tests == 1 else ngettext("{kind}, {n} test", "{kind}, {n} tests", failure.tests, kind=kind)


def _title(outcome: Outcome) -> str:
    return outcome.sentence or outcome.test


def _cost(failure: Failure) -> str:
    if failure.first.result is Result.NOT_GRADED:
        return ""
    points = number(failure.points)
    if failure.points == 1:
        return gettext(" ({points} point)", points=points)
    return gettext(" ({points} points)", points=points)
