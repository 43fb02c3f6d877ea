"""Expected and got side by side, as text around the first difference. For public tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.language.english import english
from grader.model import Comparison, Line
from grader.suite.pattern import Array, factor

MOST_LINES = 10
MOST_CELLS = 8
BEFORE = 2
"""Lines and cells that are shown before the first difference, where not all are."""

_LONGEST = 60
_LEFT_OUT = "…"


def of_values(actual: Array, expected: Array, wrong: Array, along: str, rtol: float, atol: float) -> Comparison:
    """Compare two arrays of one shape.

    Args:
        actual: what came.
        expected: what should have come.
        wrong: where they differ by more than the tolerance.
        along: what the first axis counts; empty if the suite does not say.
        rtol: tolerance relative to an expected value.
        atol: tolerance beside it.
    """
    rows, cells = _folded(expected.shape)
    one, other, bad = (array.reshape(rows, cells) for array in (expected, actual, wrong))
    first, column = (int(position) for position in np.argwhere(bad)[0]) if bad.any() else (0, 0)
    top, bottom = _window(first, rows, MOST_LINES)
    left, right = _window(column, cells, MOST_CELLS)
    shown = np.s_[top:bottom, left:right]
    digits = _digits(one[shown], other[shown], bad[shown])
    lines = []
    for row in range(top, bottom):
        lines.append(
            Line(
                place=_place(row, expected.shape),
                expected=_cut([_text(value, digits) for value in one[row, left:right]], left, right, cells),
                got=_cut([_text(value, digits) for value in other[row, left:right]], left, right, cells),
                wrong=_cut([bool(value) for value in bad[row, left:right]], left, right, cells, False),
            )
        )
    axis = along if expected.ndim else ""
    return Comparison(
        axis=axis or english("row" if expected.ndim == 2 else "index"),
        lines=tuple(lines),
        before=top,
        after=rows - bottom,
        rtol=rtol,
        atol=atol,
        times=factor(actual, expected, rtol, atol) or 0.0,
    )


def of_things(actual: str, expected: str) -> Comparison:
    """Two things that are no numbers of one shape, in words."""
    return Comparison(
        axis="", lines=(Line(place="", expected=(_short(expected),), got=(_short(actual),), wrong=(True,)),)
    )


def _folded(shape: tuple[int, ...]) -> tuple[int, int]:
    """Rows and columns of the table: the last axis lies across if there are two or more."""
    if len(shape) < 2:
        return (int(np.prod(shape, dtype=int)), 1)
    return (int(np.prod(shape[:-1], dtype=int)), int(shape[-1]))


def _window(first: int, length: int, most: int) -> tuple[int, int]:
    """Where to begin and end so that the first difference is seen with a little before it."""
    if length <= most:
        return 0, length
    start = min(max(first - BEFORE, 0), length - most)
    return start, start + most


def _place(row: int, shape: tuple[int, ...]) -> str:
    if not shape:
        return ""
    axes = shape if len(shape) == 1 else shape[:-1]
    return ", ".join(str(int(position)) for position in np.unravel_index(row, axes))


def _digits(expected: Array, actual: Array, wrong: Array) -> int:
    """As many as it takes to see each difference, at least 7."""
    pairs = list(zip(expected[wrong], actual[wrong], strict=True))
    for digits in range(7, 17):
        if all(_text(one, digits) != _text(other, digits) for one, other in pairs):
            return digits
    return 17


def _text(value: Any, digits: int) -> str:
    value = value.item() if isinstance(value, np.generic) else value
    return f"{value:.{digits}g}" if isinstance(value, (float, complex)) else str(value)


def _cut(cells: Sequence[Any], left: int, right: int, length: int, filler: Any = _LEFT_OUT) -> tuple[Any, ...]:
    """The cells, with a sign where some are left out."""
    return (*([filler] if left else []), *cells, *([filler] if right < length else []))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + _LEFT_OUT
