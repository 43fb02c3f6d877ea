"""The reference's figures: made of the solutions where they are, else as `grade release` has written them into a kit.

A file belongs to one topic: {"version": 1, "topic": "adam", "figures": [<a Figure>, …]}.
"""

from __future__ import annotations

import msgspec

from grader.course import recorded_figures_path, solution_path
from grader.diagnosis import solution_module
from grader.errors import CourseError
from grader.figure import Borrowed, Figure, Panel, Role, Series
from grader.figures.running import Plan, load, run
from grader.model import Course
from grader.sandbox.client import Budget, Link
from grader.sandbox.local import LocalLink
from grader.suite.known import converted, recorded
from grader.suite.subject import Subject

VERSION = 1


class _File(msgspec.Struct, frozen=True):
    version: int
    topic: str
    figures: tuple[Figure, ...]


def reference_figures(course: Course, topic: str) -> tuple[Figure, ...]:
    """What the reference's figures of a topic are; none if there are neither a solution nor recorded ones.

    Raises:
        CourseError: the solution or a recorded file is broken.
    """
    if solution_path(course, topic).is_file():
        return made_of_solution(course, topic, load(course, topic))
    return _recorded(course, topic)


def made_of_solution(course: Course, topic: str, plans: tuple[Plan, ...]) -> tuple[Figure, ...]:
    """The figures of a topic with the solution's numbers, in this process.

    Raises:
        CourseError: the solution does not give what the figure file asks for.
    """
    subject = _solution(course, topic)
    figures = map(_referred, run(plans, subject, ours=True))
    return tuple(_filled(course, topic, figure) for figure in figures)


def _filled(course: Course, topic: str, figure: Figure) -> Figure:
    """The figure with what it borrows from other topics."""
    panels = (
        msgspec.structs.replace(
            panel, borrowed=(), series=(*panel.series, *(_lent(course, topic, wanted) for wanted in panel.borrowed))
        )
        for panel in figure.panels
    )
    return msgspec.structs.replace(figure, panels=tuple(panels))


def _lent(course: Course, topic: str, wanted: Borrowed) -> Series:
    names = {known.name for known in course.topics}
    plans = load(course, wanted.topic) if wanted.topic in names else ()
    subject = _solution(course, wanted.topic) if plans else None
    for plan in plans:
        if plan.name == wanted.figure and subject is not None:
            for panel in run([plan], subject, ours=True)[0].panels:
                for series in panel.series:
                    if series.name == wanted.series:
                        return msgspec.structs.replace(series, name=wanted.name, role=Role.REFERENCE)
    raise CourseError(
        f"figures/{topic}.py borrows {wanted.series!r} of the figure {wanted.figure} of {wanted.topic}; there is none.",
        "Name a series of another topic; see docs/authors.md.",
    )


def _solution(course: Course, topic: str) -> Subject:
    """The solution of a topic, in this process."""

    def link() -> Link:
        return LocalLink()

    return Subject(solution_module(course, topic), link, course.limits, Budget(float("inf")))


def text(topic: str, figures: tuple[Figure, ...]) -> str:
    """The content of a file for a kit."""
    content = _File(version=VERSION, topic=topic, figures=figures)
    return msgspec.json.encode(content).decode("utf-8") + "\n"


def _recorded(course: Course, topic: str) -> tuple[Figure, ...]:
    path = recorded_figures_path(course, topic)
    content = recorded(path, VERSION)
    return () if content is None else converted(path, content, _File).figures


def _referred(figure: Figure) -> Figure:
    return msgspec.structs.replace(figure, panels=tuple(map(_referred_panel, figure.panels)))


def _referred_panel(panel: Panel) -> Panel:
    series = tuple(
        msgspec.structs.replace(one, role=Role.REFERENCE) if one.role is Role.STUDENT else one for one in panel.series
    )
    return msgspec.structs.replace(panel, series=series)
