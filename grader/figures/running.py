"""Run a topic's figure file on a subject. What a student's code does wrong becomes a sentence in the figure."""

from __future__ import annotations

import inspect
import runpy
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.course import figures_path
from grader.errors import CourseError
from grader.figure import MOST_PANELS, Figure, Panel
from grader.language.english import english
from grader.model import Course, Result, SuiteKind
from grader.suite.subject import Subject, control_of
from grader.suite.verdict import judge

PREFIX = "figure_"
"""Of the functions of a figure file that make a figure."""

_NOT_FIT = english("What came back does not have the form that can be drawn.")


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that can be made of any subject."""

    name: str
    title: str
    says: str
    make: Callable[[Subject], Panel | Sequence[Panel]]


def load(course: Course, topic: str) -> tuple[Plan, ...]:
    """The figures of a topic, in the order of its figure file; none if it has no file.

    Raises:
        CourseError: the file cannot be executed, or holds no figure.
    """
    path = figures_path(course, topic)
    if not path.is_file():
        return ()
    try:
        with _siblings(path.parent):
            names = runpy.run_path(str(path))
    except Exception as error:
        raise CourseError(
            f"{path} cannot be read: {type(error).__name__}: {error}.", "See docs/authors.md, Figures."
        ) from error
    plans = tuple(_plan(name.removeprefix(PREFIX), make) for name, make in names.items() if name.startswith(PREFIX))
    if not plans:
        raise CourseError(f"{path} defines no function {PREFIX}….", "See docs/authors.md, Figures.")
    return plans


def run(plans: Sequence[Plan], subject: Subject, *, ours: bool = False) -> tuple[Figure, ...]:
    """Make every figure of this subject. One that fails has a `problem` and no panels; the others are made anyway.

    Args:
        plans: of the subject's topic.
        subject: with its own limits; it is not closed.
        ours: whether it is a solution, so that what fails is the figure file.

    Raises:
        CourseError: a figure file is broken.
    """
    return tuple(_made(plan, subject, ours) for plan in plans)


def _made(plan: Plan, subject: Subject, ours: bool) -> Figure:
    figure = Figure(name=plan.name, title=plan.title, says=plan.says)
    control = control_of(subject)
    control.start_test()
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # of a diverging answer
            panels = plan.make(subject)
    except Exception as error:
        if isinstance(error, CourseError):
            raise
        if ours:
            raise CourseError(
                f"The figure {plan.name} cannot be made of the solution: {type(error).__name__}: {error}",
                f"Mend figures/{control.module.topic}.py.",
            ) from error
        verdict = judge(error, SuiteKind.PUBLIC, control.module.filename)
        result, problem = verdict or (Result.WRONG_TYPE, _NOT_FIT)
        return msgspec.structs.replace(figure, result=result, problem=problem)
    panels = (panels,) if isinstance(panels, Panel) else tuple(panels)
    if not 0 < len(panels) <= MOST_PANELS:
        raise CourseError(f"The figure {plan.name} has {len(panels)} panels, not 1 to {MOST_PANELS}.", "Make it two.")
    return msgspec.structs.replace(figure, panels=panels)


def _plan(name: str, make: Callable[[Subject], Any]) -> Plan:
    title, _, says = (inspect.getdoc(make) or name).partition("\n")
    return Plan(name=name, title=title.rstrip("."), says=" ".join(says.split()), make=make)


@contextmanager
def _siblings(folder: Path) -> Iterator[None]:
    """Let a figure file import what stands beside it."""
    before, path = set(sys.modules), list(sys.path)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
