"""Mutation: every small change that a machine makes to a solution must cost points, or mean the same."""

from __future__ import annotations

import runpy
from collections.abc import Iterator, Sequence

import msgspec

from grader import diagnosis
from grader.audit.findings import Breach, breach_of
from grader.audit.mutation import mutants
from grader.audit.running import Entry, run
from grader.course import mistakes_path
from grader.model import Course, Limits, Result, Topic

EQUIVALENT = "EQUIVALENT"
"""In solutions/mistakes/TOPIC.py: the name of a mutant that means the same, and why."""

_HASTY = Limits(call_seconds=0.5, topic_seconds=1.0)
"""Some mutants never end."""


class Survival(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the mutants of a topic."""

    topic: str
    mutants: int
    survivors: tuple[str, ...]
    """Lost nothing."""
    explained: dict[str, str]
    """Survivors that are known to mean the same, and why."""


def check_mutants(course: Course, topics: Sequence[Topic]) -> tuple[list[Survival], list[Breach]]:
    """Run every mutant of these topics' solutions.

    Returns:
        What became of them, and a breach for each survivor that nobody has explained.
    """
    entries = [
        Entry(topic=topic.name, label=mutant.name, module=mutant.module)
        for topic in topics
        for mutant in mutants(diagnosis.solution_module(course, topic.name))
    ]
    outcomes = run(msgspec.structs.replace(course, limits=_HASTY), entries, diagnose=False)
    found: list[Survival] = []
    breaches: list[Breach] = []
    for topic in topics:
        names = [entry.label for entry in entries if entry.topic == topic.name]
        survivors = [
            name for name in names if all(outcome.result is Result.PASSED for outcome in outcomes[topic.name, name])
        ]
        known = equivalents(course, topic.name)
        found.append(Survival(topic=topic.name, mutants=len(names), survivors=tuple(survivors), explained=known))
        breaches += _breaches(topic, survivors, known)
    return found, breaches


def equivalents(course: Course, topic: str) -> dict[str, str]:
    """The mutants of a topic that mean the same, with the reason."""
    path = mistakes_path(course, topic)
    return dict(runpy.run_path(str(path)).get(EQUIVALENT, {})) if path.is_file() else {}


def _breaches(topic: Topic, survivors: Sequence[str], known: dict[str, str]) -> Iterator[Breach]:
    where = f"solutions/mistakes/{topic.name}.py"
    for name in survivors:
        if not known.get(name):
            yield breach_of(
                topic,
                f"mutant {name} loses nothing",
                f"Add a test that sees it, or explain it in {EQUIVALENT} in {where}.",
            )
    for name in known:
        if name not in survivors:
            yield breach_of(topic, f"mutant {name} is no survivor any more", f"Remove it from {EQUIVALENT} in {where}.")
