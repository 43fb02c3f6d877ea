"""What the page of one student shows: their own work, and nothing that would give a hidden test away.

Left out are what their code printed (it may have printed a hidden test's inputs), the grader's own failures in
detail (they name paths of the course), the names of tests, and long numbers in a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from grader.export.inputs import without_inputs
from grader.language.messages import gettext, gettext_noop, ngettext
from grader.model import Adjustment, Grade, Outcome, Result, Topic, TopicScore
from grader.report.html.drawn import FigureView
from grader.report.progress import Failure, Stage, failures, passed, stage_of
from grader.report.text import number, printable
from grader.report.words import KINDS

_STATES = {Result.PASSED: "passed", Result.NOT_IMPLEMENTED: "unwritten", Result.NOT_GRADED: "ungraded"}
_NEXT = {
    Stage.IN_PROGRESS: gettext_noop("Next: correct {topic}.py."),
    Stage.NOT_STARTED: gettext_noop("Next: begin with {topic}.py."),
    Stage.MISSING: gettext_noop("Next: hand in {topic}.py, which was not there."),
}


class TestLine(msgspec.Struct, frozen=True, kw_only=True):
    """One test as a line."""

    __test__ = False  # no test case, whatever pytest makes of the name

    sentence: str
    state: str
    """Class of its mark: passed, failed, unwritten or ungraded."""
    words: str
    points: str


class FirstThing(msgspec.Struct, frozen=True, kw_only=True):
    """What to fix first in a topic."""

    sentence: str
    kind: str
    cost: str
    message: str
    more: str
    """How many other tests ended in the same way; empty if none did."""
    mistake: str
    hint: str


class TopicView(msgspec.Struct, frozen=True, kw_only=True):
    """One topic."""

    name: str
    title: str
    stage: Stage
    points: str
    share: float
    """Of the points, for the bar."""
    tests_passed: str
    adjusted: str
    """Why the score is not what the tests gave; empty if it is."""
    first: FirstThing | None
    tests: tuple[TestLine, ...]
    figures: tuple[FigureView, ...]


class StudentView(msgspec.Struct, frozen=True, kw_only=True):
    """One student."""

    name: str
    points: str
    """As in "112"; empty if something is not graded."""
    most: str
    submitted_at: str
    graded_at: str
    next: str
    """The next step, as an instruction."""
    next_topic: str
    """Where it is; empty if there is nothing to do."""
    topics: tuple[TopicView, ...]


def view_of(
    grade: Grade, topics: Sequence[Topic], name: str, figures: Mapping[str, tuple[FigureView, ...]] | None = None
) -> StudentView:
    """Prepare the page of one student.

    Args:
        grade: with its outcomes.
        topics: which to show, in this order.
        name: of the student, fit to be shown.
        figures: by topic, what their code drew.
    """
    drawn = figures or {}
    scores = {score.topic: score for score in grade.topics}
    views = tuple(
        _topic_view(topic, scores[topic.name], drawn.get(topic.name, ())) for topic in topics if topic.name in scores
    )
    step, where = _next(views)
    return StudentView(
        name=name,
        points="" if grade.score is None else number(grade.score),
        most=number(grade.max_score),
        submitted_at=when(grade.submitted_at),
        graded_at=when(grade.graded_at),
        next=step,
        next_topic=where,
        topics=views,
    )


def when(moment: str | None) -> str:
    """A time in UTC as a sentence can use it; empty if there is none."""
    found = re.match(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)", moment or "")
    return gettext("{date} at {time} UTC", date=found[1], time=found[2]) if found else ""


def _topic_view(topic: Topic, score: TopicScore, figures: tuple[FigureView, ...]) -> TopicView:
    stage = stage_of(score)
    found = failures(score)
    explained = stage is Stage.IN_PROGRESS and found
    return TopicView(
        name=topic.name,
        title=topic.title,
        stage=stage,
        points=gettext(
            "{got} of {most}", got="–" if score.score is None else number(score.score), most=number(score.max_score)
        ),
        share=(score.score or 0.0) / score.max_score if score.max_score else 0.0,
        tests_passed=_tests_passed(score),
        adjusted=_adjusted(score.adjustment),
        first=_first_thing(found[0], len(score.outcomes)) if explained else None,
        tests=tuple(_line(outcome) for outcome in score.outcomes),
        figures=figures,
    )


def _tests_passed(score: TopicScore) -> str:
    tests = len(score.outcomes)
    words = ngettext("{passed} of {n} test passed", "{passed} of {n} tests passed", tests, passed=passed(score))
    return words if tests else ""


def _adjusted(adjustment: Adjustment | None) -> str:
    """What the student must know of it: the reason of who set a score by hand is for staff."""
    if adjustment is None:
        return ""
    points = adjustment.auto_score
    gave = "" if points is None else gettext(" The tests gave {points}.", points=number(points))
    if adjustment.manual_score is not None:
        return gettext("This score was set by hand.") + gave
    late = ngettext("{n} day late", "{n} days late", adjustment.days_late)
    free = gettext(", {days} of them free", days=adjustment.free_days) if adjustment.free_days else ""
    if not adjustment.penalty:
        return late + free + gettext(", which costs nothing.")
    return late + free + gettext(": {points} off.", points=_points(adjustment.penalty)) + gave


def _points(points: float) -> str:
    if points == 1:
        return gettext("{points} point", points=number(points))
    return gettext("{points} points", points=number(points))


def _first_thing(failure: Failure, tests: int) -> FirstThing:
    outcome = failure.first
    alone = failure.tests == tests > 1 and not outcome.mistake
    return FirstThing(
        sentence=gettext("All {tests} tests end in the same way.", tests=tests) if alone else _sentence(outcome),
        kind=gettext(KINDS[outcome.result][1]),
        cost=_points(failure.points),
        message=without_inputs(printable(outcome.message)),
        more="" if alone or failure.tests == 1 else _more(failure.tests - 1),
        mistake=outcome.mistake,
        hint=outcome.hint,
    )


def _more(tests: int) -> str:
    return ngettext("{n} more test ended in the same way.", "{n} more tests ended in the same way.", tests)


def _line(outcome: Outcome) -> TestLine:
    words = gettext(KINDS[outcome.result][0])
    return _test_line(_sentence(outcome), words, outcome.result, outcome.points, outcome.max_points)


@lru_cache(maxsize=10_000)  # a class has as many tests as the course, in a few states
def _test_line(sentence: str, words: str, result: Result, points: float, max_points: float) -> TestLine:
    return TestLine(
        sentence=sentence,
        state=_STATES.get(result, "failed"),
        words=words,
        points=f"{number(points)} / {number(max_points)}",
    )


def _sentence(outcome: Outcome) -> str:
    """What the test is about; its name only without the parameters, which may be inputs."""
    return outcome.sentence or outcome.test.partition("[")[0].removeprefix("test_").replace("_", " ")


def _next(views: Sequence[TopicView]) -> tuple[str, str]:
    """The next step, and in which topic."""
    for view in views:
        if view.stage in _NEXT:
            return gettext(_NEXT[view.stage], topic=view.name), view.name
    if any(view.stage is Stage.NOT_GRADED for view in views):
        return gettext("Nothing for now: part of this could not be graded yet, and staff will look at it."), ""
    return gettext("Everything here is done."), ""
