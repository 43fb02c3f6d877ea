"""A process that lets modules draw: trusted, with a zygote of its own and a worker for each module."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from grader.course import load_course
from grader.figure import Figure, own_only
from grader.figures.running import Plan, load, run
from grader.model import Course, Isolation, Limits, Module
from grader.sandbox.client import Budget, Sandbox
from grader.sandbox.levels import open_sandbox
from grader.suite.subject import Subject, control_of

decode = msgspec.msgpack.Decoder(dict[str, tuple[Figure, ...]]).decode


def start() -> None:
    """Prepare the process: the coordinator decides when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def draw(root: Path, isolation: Isolation, modules: Sequence[Module]) -> bytes:
    """Draw the figures of one student's modules, each in a worker of its own.

    Args:
        root: of the course.
        isolation: of student code.
        modules: of topics with a figure file.

    Returns:
        By topic, the figures without what is the same for everybody; see `decode`.
    """
    course, sandbox = _surroundings(root, isolation)
    budget = Budget(course.limits.submission_seconds)
    return msgspec.msgpack.encode({module.topic: _drawn(course, sandbox, module, budget) for module in modules})


def _drawn(course: Course, sandbox: Sandbox, module: Module, budget: Budget) -> tuple[Figure, ...]:
    limits: Limits = course.limits
    subject = Subject(module, lambda: sandbox.open(limits), limits, Budget(limits.topic_seconds, budget))
    try:
        return tuple(map(own_only, run(_plans(course.root, module.topic), subject)))
    finally:
        control_of(subject).close()


@cache
def _surroundings(root: Path, isolation: Isolation) -> tuple[Course, Sandbox]:
    course = load_course(root)
    return course, open_sandbox(isolation, course.limits)


@cache
def _plans(root: Path, topic: str) -> tuple[Plan, ...]:
    return load(load_course(root), topic)
