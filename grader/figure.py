"""Figures as plain data: what is drawn of a topic, whoever draws it, and wherever it is kept."""

from __future__ import annotations

import enum

import msgspec

from grader.model import Result

MOST_NUMBERS = 1000
"""In a series."""
MOST_SERIES = 12
"""In a panel."""
MOST_PANELS = 4
"""In a figure."""
MOST_LINES_OF_A_GRID = 61
"""Each way, of the heights below a path."""
DIGITS = 6
"""Of every number: more than a picture shows, and too few to hold a secret."""

Numbers = tuple[float | None, ...]
"""None where there is no finite number: a gap."""


class Kind(enum.StrEnum):
    """How a panel is drawn."""

    LINES = "lines"
    """y over x. A series of one point is a mark."""
    PATHS = "paths"
    """Ways through a plane, over the contour of the heights."""
    HISTOGRAM = "histogram"
    """x are the edges of the bins, y how many fell into each: one less."""


class Role(enum.StrEnum):
    """Whose numbers they are."""

    STUDENT = "student"
    REFERENCE = "reference"
    GIVEN = "given"
    """Nobody's: the input, or what the figure itself has computed."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One curve, way or distribution."""

    name: str
    """The same for the student's and the reference's: they are told apart by their roles."""
    x: Numbers
    y: Numbers
    role: Role = Role.STUDENT


class Heights(msgspec.Struct, frozen=True, kw_only=True):
    """A function of two variables on a grid."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    z: tuple[tuple[float, ...], ...]
    """A row for each y, a column for each x."""
    levels: tuple[float, ...]
    """At which contour lines are drawn, growing."""


class Borrowed(msgspec.Struct, frozen=True, kw_only=True):
    """A series of another topic's reference, to be drawn beside the ones here."""

    topic: str
    figure: str
    series: str
    """Its name there."""
    name: str
    """Its name here."""


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """One pair of axes."""

    kind: Kind
    series: tuple[Series, ...]
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    heights: Heights | None = None
    """Of paths."""
    log_y: bool = False
    borrowed: tuple[Borrowed, ...] = ()
    """Still to be filled in; in the reference's figures it has been."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn to show one thing."""

    name: str
    """Unique in its topic."""
    title: str
    says: str = ""
    """What to look at, in a sentence or two."""
    panels: tuple[Panel, ...] = ()
    """None if it could not be drawn: then `problem` says why."""
    result: Result = Result.PASSED
    """How the student's code ended; a figure is no test, so it is `passed` whatever the numbers are."""
    problem: str = ""
    """Why the student's run is not in it, for the student to read."""


def own_only(figure: Figure) -> Figure:
    """The figure without what is the same for every student: what is worth keeping of a class.

    `beside` brings the rest back.
    """
    panels = tuple(
        msgspec.structs.replace(
            panel, heights=None, borrowed=(), series=tuple(s for s in panel.series if s.role is Role.STUDENT)
        )
        for panel in figure.panels
    )
    return msgspec.structs.replace(figure, panels=panels)
