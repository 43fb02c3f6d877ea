"""Figures in the terminal, drawn by Plotext: the student's as a line, the reference's as dots upon it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from grader.figure import Kind, Panel, Role, Series
from grader.figures.frame import Frame, bars, frame_of, runs
from grader.figures.ticks import ticks
from grader.language.messages import gettext

LEAST_WIDTH = 40
"""Columns below which nothing can be recognised."""

_COLOURS = (33, 208, 36, 175, 178, 74)
"""As of the pictures, in a terminal's palette; legible on black and on white."""
_GREY = 245
_LONGEST = 5000.0
"""Columns along a line that are drawn with dots."""
_DOTS, _FAINT = 3.0, 4.0
"""Columns from dot to dot."""
_FRAME = str.maketrans("┌┐└┘├┤┬┴│─", "++++++++|-")

Points = list[tuple[float, float]]


class Key(msgspec.Struct, frozen=True):
    """What the legend says of a series."""

    mark: str
    text: str
    colour: int | None
    """In a terminal's palette; None for the terminal's own."""


class Drawing(msgspec.Struct, frozen=True):
    """A panel as lines of text, with a terminal's escapes for colours."""

    lines: tuple[str, ...]
    legend: tuple[Key, ...]
    cut: bool
    """Whether the student's run leaves it."""


class _Marks(msgspec.Struct, frozen=True):
    """What is drawn with."""

    line: str
    shown: str
    """A line, in the legend."""
    dots: str
    faint: str
    own: str
    """A single point of the student's."""
    other: str
    """One of the reference's."""


_MARKS = {True: _Marks("braille", "⠤⠤", "•", "·", "◆", "◇"), False: _Marks("*", "**", "o", ".", "#", "O")}
"""With and without Unicode."""


class _Screen(msgspec.Struct, frozen=True):
    """Where a panel is drawn."""

    frame: Frame
    width: int
    height: int

    @property
    def column(self) -> float:
        """How much of x a column is."""
        return (self.frame.x[1] - self.frame.x[0]) / self.width

    @property
    def row(self) -> float:
        """How much of y a line is; it is twice as high as a column is wide."""
        return (self.frame.y[1] - self.frame.y[0]) / self.height


class _Stroke(msgspec.Struct, frozen=True):
    points: Points
    mark: str
    colour: int | None
    joined: bool = False


def drawing(panel: Panel, width: int, height: int, *, unicode: bool) -> Drawing:
    """Draw one panel.

    Args:
        panel: what to draw.
        width: columns.
        height: lines.
        unicode: whether the terminal can show more than ASCII.

    Raises:
        ModuleNotFoundError: Plotext is not installed.
    """
    frame = frame_of(panel)
    if panel.log_y:
        panel, frame = _logarithmic(panel, frame)
    marks = _MARKS[unicode]
    names = list(dict.fromkeys(series.name for series in panel.series if series.role is not Role.GIVEN))
    screen = _Screen(frame, width, height)
    strokes = [_Stroke(points, marks.faint, _GREY) for points in _levels(panel, screen)]
    own = {series.name for series in panel.series if series.role is Role.STUDENT}
    for series in panel.series:
        bears = series.role is Role.STUDENT or (series.role is Role.REFERENCE and series.name not in own)
        strokes += _strokes(
            panel.kind, series, names, marks, screen, beside=bool(own), numbered=bears and len(names) > 1
        )
    rows = _drawn(strokes, screen, log_y=panel.log_y)
    lines = tuple(row if unicode else row.translate(_FRAME) for row in rows)
    return Drawing(lines=lines, legend=tuple(_legend(panel, names, bool(own), marks)), cut=frame.cut)


def _strokes(
    kind: Kind,
    series: Series,
    names: Sequence[str],
    marks: _Marks,
    screen: _Screen,
    *,
    beside: bool,
    numbered: bool,
) -> Iterator[_Stroke]:
    """What is drawn of a series, and its number where there are several."""
    pieces = _pieces(kind, series)
    if not pieces:
        return
    colour = _colour(series, names)
    mark, joined = _mark(series, sum(map(len, pieces)) == 1, beside, marks)
    for piece in pieces:
        points = piece if joined or len(piece) == 1 else _dotted(piece, screen, _DOTS)
        yield _Stroke(points, mark, colour, joined)
    if numbered:
        x, y = pieces[-1][-1]
        aside = 0.0 if joined else screen.column  # a mark stays to be seen
        yield _Stroke([(x + aside, y)], str(names.index(series.name) + 1), colour)


def _mark(series: Series, single: bool, beside: bool, marks: _Marks) -> tuple[str, bool]:
    """What a series is drawn with, and whether its points are joined."""
    if single:
        return {Role.GIVEN: "+", Role.STUDENT: marks.own, Role.REFERENCE: marks.other}[series.role], False
    if series.role is Role.GIVEN:
        return marks.faint, False
    joined = series.role is Role.STUDENT or not beside
    return (marks.line if joined else marks.dots), joined


def _legend(panel: Panel, names: Sequence[str], beside: bool, marks: _Marks) -> Iterator[Key]:
    """Whose is whose; where there are several series, what their numbers stand for."""
    singles = {role: all(len(s.x) == 1 for s in panel.series if s.role is role) for role in Role}
    for series in panel.series:
        if series.role is Role.GIVEN:
            yield Key("+" if len(series.x) == 1 else marks.faint * 2, series.name, _GREY)
    if beside:
        yield Key(marks.own if singles[Role.STUDENT] else marks.shown, gettext("yours"), _only(names))
        if any(series.role is Role.REFERENCE for series in panel.series):
            yield Key(marks.other if singles[Role.REFERENCE] else marks.dots * 2, gettext("reference"), None)
    elif len(names) == 1:
        yield Key(marks.other if singles[Role.REFERENCE] else marks.shown, names[0], _COLOURS[0])
    if len(names) > 1:
        for place, name in enumerate(names):
            yield Key(str(place + 1), name, _COLOURS[place % len(_COLOURS)])


def _only(names: Sequence[str]) -> int | None:
    """The colour of the student's, if there is just one."""
    return _COLOURS[0] if len(names) == 1 else None


def _drawn(strokes: Sequence[_Stroke], screen: _Screen, *, log_y: bool) -> list[str]:
    """Plotext has one figure for the whole process: it is cleared before and after."""
    import plotext

    frame, figure = screen.frame, plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)
    try:
        figure.theme("colorless")
        figure.canvas("default")
        figure.plot_size(screen.width, screen.height)
        for axis, (low, high), most in (("x", frame.x, screen.width // 10), ("y", frame.y, screen.height // 4)):
            ruler = figure.ruler(axis)
            ruler.lim(low, high)
            values = ticks(low, high, most)
            ruler.ticks(values, [f"{10.0**value if log_y and axis == 'y' else value:.4g}" for value in values])
        for stroke in strokes:
            points = stroke.points if stroke.joined else [point for point in stroke.points if _is_inside(point, frame)]
            if points:
                x, y = zip(*points, strict=True)
                signal = figure.signal(list(x), list(y), marker=plotext.marker(stroke.mark, pixel=stroke.colour))
                figure.draw(signal.lines() if stroke.joined else signal)
        text: str = figure.build().string()
        return text.rstrip("\n").split("\n")
    finally:
        figure.clear()


def _is_inside(point: tuple[float, float], frame: Frame) -> bool:
    return frame.x[0] <= point[0] <= frame.x[1] and frame.y[0] <= point[1] <= frame.y[1]


def _colour(series: Series, names: Sequence[str]) -> int | None:
    if series.role is Role.GIVEN:
        return _GREY
    if series.role is Role.REFERENCE and len(names) == 1:
        return None
    return _COLOURS[names.index(series.name) % len(_COLOURS)]


def _pieces(kind: Kind, series: Series) -> list[Points]:
    if kind is not Kind.HISTOGRAM:
        return runs(series)
    stairs = [
        corner for left, right, y in bars(series) for corner in ((left, 0.0), (left, y), (right, y), (right, 0.0))
    ]
    return [stairs] if stairs else []


def _levels(panel: Panel, screen: _Screen) -> Iterator[Points]:
    """The contour lines, as faint dots."""
    if panel.heights is None:
        return
    import contourpy

    generator = contourpy.contour_generator(panel.heights.x, panel.heights.y, panel.heights.z)
    for level in panel.heights.levels:
        for points in generator.lines(level):
            yield _dotted([(float(x), float(y)) for x, y in np.asarray(points)], screen, _FAINT)


def _dotted(points: Points, screen: _Screen, spacing: float) -> Points:
    """Points along a line, at equal distances on the screen."""
    x, y = (np.array(column) for column in zip(*points, strict=True))
    length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x) / screen.column, 2 * np.diff(y) / screen.row))])
    if not math.isfinite(length[-1]):
        return points
    at = np.arange(0.0, min(length[-1], _LONGEST) + 1e-9, spacing)
    return list(zip(np.interp(at, length, x).tolist(), np.interp(at, length, y).tolist(), strict=True))


def _logarithmic(panel: Panel, frame: Frame) -> tuple[Panel, Frame]:
    """The same with the logarithms of y; what has none is a gap."""
    series = tuple(
        msgspec.structs.replace(one, y=tuple(math.log10(y) if y is not None and y > 0 else None for y in one.y))
        for one in panel.series
    )
    low, high = (math.log10(limit) for limit in frame.y)
    return msgspec.structs.replace(panel, series=series), msgspec.structs.replace(frame, y=(low, high))
