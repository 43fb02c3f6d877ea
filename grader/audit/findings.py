"""What an audit finds."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from grader.model import Topic


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it must be."""

    topic: str
    problem: str
    remedy: str


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """What a mistake costs."""

    topic: str
    mistake: str
    points_lost: float
    caught_by: tuple[str, ...]
    told_by: tuple[str, ...]
    """Those of them that say something a student can act on."""
    named: tuple[str, ...]
    """What the diagnosis has called it; one name, and its own, is what we want."""
    diagnosed: bool
    """Whether it was called by its own name, and by no other."""


class Convention(msgspec.Struct, frozen=True, kw_only=True):
    """What a right answer costs that follows another convention than the handout's."""

    topic: str
    variant: str
    points_lost: float
    caught_by: tuple[str, ...]
    """Convention tests, which it is allowed to lose."""
    named: tuple[str, ...]
    """What it is called there: the entry for this convention, if there is one."""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a course."""

    tests: dict[str, int] = {}
    """Hidden tests, by topic."""
    kills: tuple[Kill, ...] = ()
    variants: dict[str, int] = {}
    """Right answers written differently that were tried, by topic."""
    conventions: tuple[Convention, ...] = ()
    """Those of them that lose the tests of a convention."""
    breaches: tuple[Breach, ...] = ()

    def adding(self, breaches: Iterable[Breach]) -> Audit:
        """The same with more breaches."""
        return msgspec.structs.replace(self, breaches=(*self.breaches, *breaches))


def breach_of(topic: Topic | str, problem: str, remedy: str) -> Breach:
    """A breach of a topic."""
    return Breach(topic=topic if isinstance(topic, str) else topic.name, problem=problem, remedy=remedy)
