"""What a student reads beside a score in nbgrader: as much as `grade check` would say, and no hidden test."""

from __future__ import annotations

import textwrap

from grader.export.inputs import without_inputs
from grader.model import Result, Status, TopicScore
from grader.report.text import count, number, printable


def comment_on(score: TopicScore) -> str:
    """A comment in Markdown, as nbgrader shows it.

    What student code can have a say in is indented, which makes it code in Markdown: shown as it is, and never obeyed.
    """
    if score.status is Status.MISSING:
        return "Nothing was handed in."
    if score.status is Status.NOT_GRADED:
        return "Not graded yet: somebody will look at it."
    parts = [_late(score), _tests(score), _first_to_fix(score)]
    return "\n\n".join(part for part in parts if part)


def _late(score: TopicScore) -> str:
    adjustment = score.adjustment
    if adjustment is None:
        return ""
    if adjustment.manual_score is not None:
        return f"This score was set by hand: {number(adjustment.manual_score)} of {number(score.max_score)} points."
    days = f"{count(adjustment.days_late, 'day')} late"
    free = f", {adjustment.free_days} of them paid for with late days" if adjustment.free_days else ""
    return f"{days}{free}: {number(adjustment.penalty)} points off."


def _tests(score: TopicScore) -> str:
    passed = sum(outcome.result is Result.PASSED for outcome in score.outcomes)
    return f"{passed} of {count(len(score.outcomes), 'test')} passed." if score.outcomes else ""


def _first_to_fix(score: TopicScore) -> str:
    failed = next((outcome for outcome in score.outcomes if outcome.result is not Result.PASSED), None)
    if failed is None:
        return ""
    message = textwrap.indent(without_inputs(printable(failed.message)).strip("\n"), "    ", lambda _: True)
    named = f"These are the numbers of {failed.mistake}." if failed.mistake else ""
    parts = [f"First to fix: {failed.sentence}", message, " ".join(part for part in (named, failed.hint) if part)]
    return "\n\n".join(part for part in parts if part.strip())
