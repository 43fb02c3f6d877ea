"""A panel of a figure as shapes: what a student's code gave, beside the reference. The style sheet colours them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import msgspec

from grader.figure import Heights, Kind, Panel, Role, Series
from grader.figures.frame import Frame, bars, frame_of, runs
from grader.language.messages import gettext
from grader.report.html.axes import Axis, Mark

WIDTH, HEIGHT = 300.0, 200.0
"""Of the picture, in its own units."""
COLOURS = 6
"""In the style sheet."""

_LEAST = 0.7
"""Between two points of a line: less cannot be seen."""
_LEAST_OF_LEVELS = 2.5

Place = tuple[float, float]


class Shape(msgspec.Struct, frozen=True):
    """A line, or a dot."""

    style: str
    """Classes in the style sheet."""
    path: str = ""
    """Of a line, as SVG wants it."""
    x: float = 0.0
    """Of a dot."""
    y: float = 0.0


class Entry(msgspec.Struct, frozen=True):
    """A line of the legend."""

    style: str
    says: str


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """One panel."""

    title: str
    x_label: str
    y_label: str
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    levels: str
    """Contour lines, as one path; empty if there are none."""
    shapes: tuple[Shape, ...]
    legend: tuple[Entry, ...]
    cut: bool
    """Whether some of the student's numbers lie outside."""
    says: str
    """The same in words, for who cannot see it."""


def plot_of(panel: Panel, says: str) -> Plot:
    """Lay out a panel.

    Args:
        panel: with the student's series and the reference's.
        says: what it shows, in words.
    """
    frame = frame_of(panel)
    x, y = Axis(*frame.x), Axis(*frame.y, log=panel.log_y)
    names = names_of(panel)
    return Plot(
        title=panel.title,
        x_label=panel.x_label,
        y_label=panel.y_label,
        x_marks=x.marks(),
        y_marks=y.marks(),
        levels=_levels(panel.heights, frame) if panel.heights else "",
        shapes=tuple(
            shape for series in panel.series for shape in _shapes(series, panel.kind, style_of(series, names), x, y)
        ),
        legend=_legend(panel, names),
        cut=frame.cut,
        says=says,
    )


def names_of(panel: Panel) -> list[str]:
    """The names of what the student and the reference both have: each has a colour."""
    return list(dict.fromkeys(series.name for series in panel.series if series.role is not Role.GIVEN))


def style_of(series: Series, names: Sequence[str]) -> str:
    """Classes in the style sheet: whose it is, and which colour."""
    if series.role is Role.GIVEN:
        return "given"
    whose = "own" if series.role is Role.STUDENT else "ref"
    return f"{whose} k{names.index(series.name) % COLOURS}"


def _legend(panel: Panel, names: Sequence[str]) -> tuple[Entry, ...]:
    """What is given, then whose line is whose; where there are several, each by its colour."""
    given = [
        Entry("given dot" if len(series.x) == 1 else "given", series.name)
        for series in panel.series
        if series.role is Role.GIVEN
    ]
    roles = {series.role for series in panel.series}
    only = " k0" if len(names) == 1 else ""
    whose = [Entry(f"own{only}", gettext("yours"))] if Role.STUDENT in roles else []
    whose += [Entry(f"ref{only}", gettext("reference"))] if Role.REFERENCE in roles else []
    colours = [Entry(f"own k{place % COLOURS}", name) for place, name in enumerate(names)] if len(names) > 1 else []
    return (*colours, *dict.fromkeys(given), *whose)


def _shapes(series: Series, kind: Kind, style: str, x: Axis, y: Axis) -> list[Shape]:
    if kind is Kind.HISTOGRAM:
        return [Shape(f"{style} area", _stairs(series, x, y))]
    found = []
    for piece in runs(series):
        places = [(WIDTH * x.place(a), HEIGHT * (1.0 - y.place(b))) for a, b in piece]
        if len(places) > 1:
            found.append(Shape(style, _path(places, _LEAST)))
        if len(places) == 1 or (kind is Kind.PATHS and not found[1:]):
            found.append(Shape(f"{style} dot", x=round(places[0][0], 1), y=round(places[0][1], 1)))
    return found


def _stairs(series: Series, x: Axis, y: Axis) -> str:
    """The outline of a distribution, closed along its foot."""
    foot = HEIGHT * (1.0 - y.place(0.0))
    parts = []
    for left, right, height in bars(series):
        top = HEIGHT * (1.0 - y.place(height))
        a, b = WIDTH * x.place(left), WIDTH * x.place(right)
        parts.append(f"M{a:.1f} {foot:.1f}V{top:.1f}H{b:.1f}V{foot:.1f}Z")
    return "".join(parts)


@lru_cache(maxsize=256)  # the same for every student
def _levels(heights: Heights, frame: Frame) -> str:
    from contourpy import contour_generator

    x, y = Axis(*frame.x), Axis(*frame.y)
    contour = contour_generator(heights.x, heights.y, heights.z, line_type="Separate")
    found = [line.tolist() for level in heights.levels for line in cast("list[Any]", contour.lines(level))]
    lines = [[(WIDTH * x.place(a), HEIGHT * (1.0 - y.place(b))) for a, b in line] for line in found]
    return "".join(_path(line, _LEAST_OF_LEVELS) for line in lines)


def _path(places: Sequence[Place], least: float) -> str:
    """A line through places, without those that are nearer than this to the one before; the last one stays."""
    kept = [places[0]]
    for place in places[1:-1]:
        if abs(place[0] - kept[-1][0]) + abs(place[1] - kept[-1][1]) >= least:
            kept.append(place)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in [*kept, places[-1]])
