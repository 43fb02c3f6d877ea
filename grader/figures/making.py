"""What a figure file makes its panels of. Whatever a student's function returned is looked at before it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grader.errors import CourseError
from grader.figure import (
    DIGITS,
    MOST_LINES_OF_A_GRID,
    MOST_NUMBERS,
    MOST_SERIES,
    Borrowed,
    Heights,
    Kind,
    Numbers,
    Panel,
    Role,
    Series,
)
from grader.model import Result
from grader.suite.compare import MismatchError, describe, shape_text

Array = np.ndarray[Any, Any]


def numbers(value: object, shape: tuple[int | None, ...], what: str) -> Array:
    """A student's answer as an array of this shape.

    Args:
        value: what came back.
        shape: that it must have; None for any length that can be drawn.
        what: which answer this is, such as "descend()".

    Raises:
        MismatchError: it has another shape, or it is no array of numbers.
    """
    wanted = "a number" if not shape else f"an array of shape {_wanted(shape)}"
    if isinstance(value, (list, tuple)):
        value = _stacked(value, what, wanted)
    array = np.asarray(value) if isinstance(value, (bool, int, float, np.ndarray)) else None
    if array is None or array.dtype.kind not in "biuf":
        raise MismatchError(Result.WRONG_TYPE, f"{what} returned {describe(value)}, and {wanted} is to be drawn.")
    fits = array.ndim == len(shape) and all(_fits(*pair) for pair in zip(array.shape, shape, strict=True))
    if not fits or array.size > MOST_NUMBERS * 8:
        got = f"an array of shape {shape_text(array.shape)}" if array.ndim else "a number"
        raise MismatchError(Result.WRONG_SHAPE, f"{what} returned {got}, and {wanted} is to be drawn.")
    return array.astype(float)


def curve(
    name: str, y: Sequence[Any] | Array, x: Sequence[Any] | Array | None = None, *, given: bool = False
) -> Series:
    """Numbers over others; over 0, 1, 2, … if there are no others.

    Args:
        name: for the legend.
        y: numbers; one of them makes a mark.
        x: as many.
        given: whether they are the same for everybody.
    """
    xs: Any = range(len(y)) if x is None else x
    return _series(name, xs, y, given)


def way(name: str, points: Array, *, given: bool = False) -> Series:
    """A way through a plane.

    Args:
        name: for the legend.
        points: array of shape (n, 2).
        given: whether they are the same for everybody.
    """
    return _series(name, points[:, 0], points[:, 1], given)


def counts(name: str, values: Array, edges: Sequence[float] | Array, *, given: bool = False) -> Series:
    """How many values fall into each bin; what lies outside falls into the first or the last one.

    Args:
        name: for the legend.
        values: array of any shape; what is not finite is left out.
        edges: of the bins, growing.
        given: whether they are the same for everybody.
    """
    finite = values[np.isfinite(values)]
    found, _ = np.histogram(np.clip(finite, edges[0], edges[-1]), bins=np.asarray(edges))
    return _series(name, edges, found, given)


def heights(
    function: Callable[[Array, Array], Array],
    x: tuple[float, float],
    y: tuple[float, float],
    levels: Sequence[float],
    lines: int = 51,
) -> Heights:
    """A function of two variables on a grid.

    Args:
        function: takes two arrays, the coordinates, and returns the heights.
        x: from where to where.
        y: likewise.
        levels: of the contour lines.
        lines: of the grid, each way.
    """
    lines = min(lines, MOST_LINES_OF_A_GRID)
    xs, ys = np.linspace(*x, lines), np.linspace(*y, lines)
    z = function(*np.meshgrid(xs, ys))
    return Heights(x=_plain(xs), y=_plain(ys), z=tuple(_plain(row, 4) for row in z), levels=_plain(levels))


def lines(x_label: str, y_label: str, *series: Series, title: str = "", log_y: bool = False) -> Panel:
    """A panel of curves and marks."""
    return _panel(Kind.LINES, series, title=title, x_label=x_label, y_label=y_label, log_y=log_y)


def paths(below: Heights, x_label: str, y_label: str, *series: Series | Borrowed, title: str = "") -> Panel:
    """A panel of ways over a contour."""
    own = tuple(one for one in series if isinstance(one, Series))
    borrowed = tuple(one for one in series if isinstance(one, Borrowed))
    return _panel(Kind.PATHS, own, title=title, x_label=x_label, y_label=y_label, heights=below, borrowed=borrowed)


def borrow(topic: str, figure: str, series: str, name: str) -> Borrowed:
    """A way that the reference goes in another topic, to be drawn beside the others.

    Args:
        topic: which.
        figure: the name of its function, without `figure_`.
        series: what it is called there.
        name: what it is called here.
    """
    return Borrowed(topic=topic, figure=figure, series=series, name=name)


def histogram(x_label: str, y_label: str, *series: Series, title: str = "") -> Panel:
    """A panel of distributions."""
    return _panel(Kind.HISTOGRAM, series, title=title, x_label=x_label, y_label=y_label)


def _panel(kind: Kind, series: tuple[Series, ...], **rest: Any) -> Panel:
    if len(series) > MOST_SERIES:
        raise CourseError(f"A panel has {len(series)} series, more than {MOST_SERIES}.", "Draw fewer.")
    return Panel(kind=kind, series=series, **rest)


def _series(name: str, x: Any, y: Any, given: bool) -> Series:
    if max(len(x), len(y)) > MOST_NUMBERS:
        raise CourseError(f"The series {name} has more than {MOST_NUMBERS} numbers.", "Draw every tenth.")
    return Series(name=name, x=_rounded(x), y=_rounded(y), role=Role.GIVEN if given else Role.STUDENT)


def _rounded(values: Any) -> Numbers:
    return tuple(_short(float(value)) if math.isfinite(value) else None for value in values)


def _plain(values: Any, digits: int = DIGITS) -> tuple[float, ...]:
    return tuple(_short(float(value), digits) for value in values)


def _short(value: float, digits: int = DIGITS) -> float:
    return float(f"{value:.{digits}g}")


def _stacked(value: list[Any] | tuple[Any, ...], what: str, wanted: str) -> Array:
    """A list of numbers or of arrays of one shape, as one array."""
    try:
        return np.array([np.asarray(item, dtype=float) for item in value])
    except (TypeError, ValueError, OverflowError):
        raise MismatchError(
            Result.WRONG_TYPE, f"{what} returned {describe(value)}, and {wanted} is to be drawn."
        ) from None


def _fits(length: int, wanted: int | None) -> bool:
    """Whether an axis can be drawn; any length has an end, or a student's answer would break the figure file."""
    return length <= MOST_NUMBERS if wanted is None else length == wanted


def _wanted(shape: tuple[int | None, ...]) -> str:
    inside = ", ".join("…" if length is None else str(length) for length in shape)
    return f"({inside}{',' if len(shape) == 1 else ''})"
