"""How far a student has come with a topic, and what to fix first."""

from __future__ import annotations

import enum
import math

import msgspec

from grader.language.messages import gettext_noop
from grader.model import Outcome, Result, Status, SuiteKind, TopicScore

_ROUNDING = 1e-9
_WRONG = (Result.WRONG_VALUE, Result.WRONG_SHAPE, Result.WRONG_TYPE)


class Stage(enum.StrEnum):
    """How far a topic has come, in the words that a student reads."""

    DONE = gettext_noop("done")
    IN_PROGRESS = gettext_noop("in progress")
    NOT_STARTED = gettext_noop("not started")
    MISSING = gettext_noop("no file")
    NOT_GRADED = gettext_noop("not graded")


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What several tests of a topic found alike."""

    first: Outcome
    tests: int
    """How many failed for this reason, the first included."""
    points: float
    """What they cost together."""


def stage_of(score: TopicScore) -> Stage:
    """How far this topic has come."""
    if score.status is Status.MISSING:
        return Stage.MISSING
    if score.status is Status.NOT_GRADED or score.score is None:
        return Stage.NOT_GRADED
    results = {outcome.result for outcome in score.outcomes}
    if score.score >= score.max_score - _ROUNDING or results == {Result.PASSED}:
        return Stage.DONE
    if results == {Result.NOT_IMPLEMENTED}:
        return Stage.NOT_STARTED
    return Stage.IN_PROGRESS


def failures(score: TopicScore) -> tuple[Failure, ...]:
    """What went wrong, in the order of the tests; the same reason counts once.

    Where the grader itself failed, that comes first: it is not for the student to mend.
    """
    found: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in score.outcomes:
        if outcome.result is not Result.PASSED:
            found.setdefault(_reason(outcome), []).append(outcome)
    groups = sorted(found.values(), key=lambda group: group[0].result is not Result.NOT_GRADED)
    return tuple(_failure(group) for group in groups)


def passed(score: TopicScore) -> int:
    """How many tests passed."""
    return sum(outcome.result is Result.PASSED for outcome in score.outcomes)


def as_run(score: TopicScore, kind: SuiteKind) -> TopicScore:
    """The score out of the points of the tests that were run.

    Those of the hidden suite add up to the topic's max_score, those of the public one do not: with these, a topic is
    done when all of them pass. Where nothing was run nothing could be reached.
    """
    if kind is SuiteKind.HIDDEN:
        return score
    most = math.fsum(outcome.max_points for outcome in score.outcomes)
    if score.score is None:
        return msgspec.structs.replace(score, max_score=most)
    points = math.fsum(outcome.points for outcome in score.outcomes)
    return msgspec.structs.replace(score, score=points, max_score=most)


def _failure(alike: list[Outcome]) -> Failure:
    lost = math.fsum(outcome.max_points - outcome.points for outcome in alike)
    return Failure(first=alike[0], tests=len(alike), points=lost)


def _reason(outcome: Outcome) -> tuple[str, ...]:
    """What makes failures alike: a mistake that has a name, or what stopped them.

    Two wrong answers without a name are two reasons, even if the same can be said of both.
    """
    if outcome.mistake:
        return ("mistake", outcome.mistake)
    if outcome.result in _WRONG or not outcome.message:
        return ("test", outcome.test)
    return (outcome.result, outcome.message)
