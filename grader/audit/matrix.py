"""The kill matrix: what each mistake costs, and by which name it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from grader.audit.findings import Breach, Convention, Kill, breach_of
from grader.model import Module, Outcome, Result, Topic
from grader.scoring import add_points

_SAY_NOTHING = frozenset({"", "The answer is not right.", "The answer does not have the form that this test needs."})
"""Messages that leave a student where they were."""


_SHARE, _POINTS = 0.1, 2.0
"""Of a topic's points, and in points: more than both no convention may cost."""


class Role(StrEnum):
    """What a module is to the audit."""

    SOLUTION = "solution"
    STUB = "stub"
    MISTAKE = "mistake"
    VARIANT = "variant"


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A module to run, and what is expected of it."""

    role: Role
    name: str
    module: Module
    says: str = ""
    may_lose: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Role and name."""
        return f"{self.role.value} {self.name}".strip()


def kill_of(topic: Topic, case: Case, outcomes: Sequence[Outcome]) -> Kill:
    """What a mistake costs."""
    lost = _lost(outcomes)
    named = _names(lost)
    return Kill(
        topic=topic.name,
        mistake=case.name,
        points_lost=add_points(outcome.max_points for outcome in lost),
        caught_by=tuple(outcome.test for outcome in lost),
        told_by=tuple(outcome.test for outcome in lost if _tells(outcome)),
        named=named,
        diagnosed=named == (case.says,),
    )


def convention_of(topic: Topic, case: Case, outcomes: Sequence[Outcome]) -> Convention | None:
    """What a right answer of another convention costs; None if it costs nothing."""
    lost = _lost(outcomes)
    if not lost:
        return None
    return Convention(
        topic=topic.name,
        variant=case.name,
        points_lost=add_points(outcome.max_points for outcome in lost),
        caught_by=tuple(outcome.test for outcome in lost),
        named=_names(lost),
    )


def check_cost(topic: Topic, case: Case, lost: Sequence[Outcome]) -> Iterator[Breach]:
    """Whether a right answer of another convention loses few points."""
    points = add_points(outcome.max_points for outcome in lost)
    if lost and points > max(_POINTS, _SHARE * topic.max_score):
        yield breach_of(
            topic,
            f"variant {case.name}, a right answer, loses {points:g} of {topic.max_score:g} points",
            "Give the convention a test of its own, and let the others accept it.",
        )


def check_told(topic: Topic, case: Case, outcomes: Sequence[Outcome]) -> Iterator[Breach]:
    """Whether one test that catches a mistake says something that a student can act on."""
    lost = _lost(outcomes)
    if lost and not any(_tells(outcome) for outcome in lost):
        yield breach_of(
            topic,
            f"no test that catches mistake {case.name} says more than {lost[0].message!r}",
            "Compare with assert_matches, which says where and what, or take the answer apart with unpack.",
        )


def check_names(topic: Topic, case: Case, outcomes: Sequence[Outcome], kills: Mapping[str, Kill]) -> Iterator[Breach]:
    """Whether a mistake is called by its name and no other, and a right answer by none.

    A variant that loses the tests of a convention may be called by the mistake that is just this convention: one that
    loses nothing else.

    Args:
        topic: of the case.
        case: a mistake or a variant; all else fails nothing.
        outcomes: of the case.
        kills: what each mistake costs, by what is said of it.
    """
    names = _names(_lost(outcomes))
    where = f"in solutions/mistakes/{topic.name}.py"
    for name in names:
        kill = kills.get(name)
        if case.role is Role.MISTAKE and name != case.says and kill is not None:
            yield breach_of(
                topic,
                f"mistake {case.name} is called {kill.mistake}",
                f"Add a test that tells them apart, or keep one of the two {where}.",
            )
        if case.role is Role.VARIANT and kill is not None and not set(kill.caught_by) <= set(case.may_lose):
            yield breach_of(
                topic,
                f"variant {case.name}, a right answer, is called mistake {kill.mistake}",
                f"Add a mistake that is this convention and no more {where}.",
            )
    if case.role is Role.MISTAKE and _lost(outcomes) and not names:
        tests = tuple(outcome.test for outcome in _lost(outcomes))
        alike = [k.mistake for k in kills.values() if k.caught_by == tests and not k.named and k.mistake != case.name]
        why = f"the same tests catch {', '.join(alike)}" if alike else "it never gives an answer that is wrong"
        yield breach_of(
            topic,
            f"mistake {case.name} is not diagnosed: {why}",
            f"Add a test that tells them apart, or keep one of them {where}.",
        )


def _lost(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.result is not Result.PASSED]


def _names(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    return tuple(sorted({outcome.mistake for outcome in outcomes if outcome.mistake}))


def _tells(outcome: Outcome) -> bool:
    """Whether there is something to act on: a hint, or a message that says what and where."""
    return bool(outcome.hint or outcome.hints) or outcome.message not in _SAY_NOTHING
