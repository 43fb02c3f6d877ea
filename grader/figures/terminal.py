"""Figures in the terminal, drawn by Plotext: the student's as a line, the reference's as dots upon it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np

from grader.figure import Kind, Panel, Role, Series
from grader.figures.frame import Frame, bars, frame_of, runs
from grader.figures.ticks import ticks

LEAST_WIDTH = 40
"""Columns below which nothing can be recognised."""

_COLOURS = (33, 208, 36, 175, 178, 74)
"""As of the pictures, in a terminal's palette; legible on black and on white."""
_GREY = 245
_MARKS = {True: ("braille", "•", "·"), False: ("*", "o", ".")}
"""Line, dots and faint dots, with and without Unicode."""
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
    strokes: list[_Stroke] = []
    legend: list[Key] = []
    line, dots, faint = _MARKS[unicode]
    if panel.heights is not None:
        strokes += [_Stroke(points, faint, _GREY) for points in _levels(panel, frame, width, height)]
    names = list(dict.fromkeys(series.name for series in panel.series if series.role is not Role.GIVEN))
    beside = any(series.role is Role.STUDENT for series in panel.series)
    for series in panel.series:
        colour = _colour(series, names)
        pieces = _pieces(panel.kind, series)
        single = sum(map(len, pieces)) == 1
        joined = series.role is Role.STUDENT or (series.role is Role.REFERENCE and not beside)
        mark = _letter(series, unicode) if single else line if joined else dots
        mark = faint if series.role is Role.GIVEN and not single else mark
        for piece in pieces:
            points = piece if joined or single else _dotted(piece, frame, width, height, _DOTS)
            strokes.append(_Stroke(points, mark, colour, joined and not single))
        legend.append(Key(_shown(mark), _text(series, names, beside), colour))
    rows = _drawn(strokes, frame, width, height, log_y=panel.log_y)
    lines = tuple(row if unicode else row.translate(_FRAME) for row in rows)
    return Drawing(lines=lines, legend=tuple(legend), cut=frame.cut)


def _drawn(strokes: Sequence[_Stroke], frame: Frame, width: int, height: int, *, log_y: bool) -> list[str]:
    """Plotext has one figure for the whole process: it is cleared before and after."""
    import plotext

    figure = plotext.figure
    figure.clear()
    plotext.terminal.limit(False, False)
    try:
        figure.theme("colorless")
        figure.canvas("default")
        figure.plot_size(width, height)
        for axis, (low, high), most in (("x", frame.x, width // 10), ("y", frame.y, height // 4)):
            ruler = figure.ruler(axis)
            ruler.lim(low, high)
            values = ticks(low, high, most)
            ruler.ticks(values, [_number(10.0**value if log_y and axis == "y" else value) for value in values])
        for stroke in strokes:
            if (
                inside := [point for point in stroke.points if _is_inside(point, frame)]
                if not stroke.joined
                else stroke.points
            ):
                x, y = zip(*inside, strict=True)
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


def _text(series: Series, names: Sequence[str], beside: bool) -> str:
    if series.role is Role.GIVEN or not beside:
        return series.name
    whose = "yours" if series.role is Role.STUDENT else "reference"
    return whose if len(names) == 1 else f"{series.name}, {whose}"


def _letter(series: Series, unicode: bool) -> str:
    """What stands for a single point."""
    if series.role is Role.GIVEN:
        return "+"
    return ("◆" if unicode else "#") if series.role is Role.STUDENT else ("◇" if unicode else "O")


def _shown(mark: str) -> str:
    return "⠤⠤" if mark == "braille" else mark * 2 if mark in "•·o.*" else mark


def _pieces(kind: Kind, series: Series) -> list[Points]:
    if kind is not Kind.HISTOGRAM:
        return runs(series)
    stairs = [
        corner for left, right, y in bars(series) for corner in ((left, 0.0), (left, y), (right, y), (right, 0.0))
    ]
    return [stairs] if stairs else []


def _levels(panel: Panel, frame: Frame, width: int, height: int) -> Iterator[Points]:
    """The contour lines, as faint dots."""
    import contourpy

    assert panel.heights is not None
    generator = contourpy.contour_generator(panel.heights.x, panel.heights.y, panel.heights.z)
    for level in panel.heights.levels:
        for points in generator.lines(level):
            yield _dotted([(float(x), float(y)) for x, y in np.asarray(points)], frame, width, height, _FAINT)


def _dotted(points: Points, frame: Frame, width: int, height: int, spacing: float) -> Points:
    """Points along a line, at equal distances on the screen."""
    x, y = (np.array(column) for column in zip(*points, strict=True))
    columns = np.diff(x) / (frame.x[1] - frame.x[0]) * width
    rows = np.diff(y) / (frame.y[1] - frame.y[0]) * height * 2  # a cell is twice as high as it is wide
    length = np.concatenate([[0.0], np.cumsum(np.hypot(columns, rows))])
    if not math.isfinite(length[-1]):
        return points
    at = np.arange(0.0, min(length[-1], 5000.0) + 1e-9, spacing)
    return list(zip(np.interp(at, length, x).tolist(), np.interp(at, length, y).tolist(), strict=True))


def _logarithmic(panel: Panel, frame: Frame) -> tuple[Panel, Frame]:
    """The same with the logarithms of y; what has none is a gap."""
    series = tuple(
        msgspec.structs.replace(one, y=tuple(math.log10(y) if y is not None and y > 0 else None for y in one.y))
        for one in panel.series
    )
    low, high = (math.log10(limit) for limit in frame.y)
    return msgspec.structs.replace(panel, series=series), msgspec.structs.replace(frame, y=(low, high))


def _number(value: float) -> str:
    return f"{value:.4g}"
