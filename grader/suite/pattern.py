"""What a difference looks like, where it looks like something: the sentence that leads to the line that is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.language.english import english

RTOL, ATOL = 1e-4, 1e-6
"""For values of order 1: every legitimate form of a formula passes, and no mistake that matters does."""

Array = np.ndarray[Any, Any]


def pattern(actual: Array, expected: Array, rtol: float = RTOL, atol: float = ATOL, along: str = "") -> str:
    """Name the pattern of a difference; empty if there is none. It gives away no expected value.

    Args:
        actual: what came, of the shape of what was expected.
        expected: what should have come.
        rtol: tolerance relative to an expected value.
        atol: tolerance beside it.
        along: what the first axis counts, such as "step".
    """
    actual, expected = subtractable(actual), subtractable(expected)
    with np.errstate(all="ignore"):
        if _close(actual, -expected, rtol, atol):
            return english(" Every value has the opposite sign.")
        if is_transposed(actual, expected, rtol, atol):
            return english(" It is transposed.")
        ratio = factor(actual, expected, rtol, atol)
        if ratio is not None:
            return english(" Every value is off by the same factor." if abs(ratio) > rtol else " Every value is zero.")
        return _shift(actual, expected, rtol, atol, along) or _one_line(actual, expected, rtol, atol, along)


def is_transposed(actual: Array, expected: Array, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Whether rows and columns have changed places."""
    return actual.ndim == 2 and actual.shape == expected.shape[::-1] and _close(actual, expected.T, rtol, atol)


def factor(actual: Array, expected: Array, rtol: float = RTOL, atol: float = ATOL) -> float | None:
    """The factor by which every value is off, if there is one."""
    if actual.size < 2:
        return None
    actual, expected = subtractable(actual), subtractable(expected)
    with np.errstate(all="ignore"):
        counts = np.abs(expected) > atol
        ratio = (actual / expected)[counts]
        if ratio.size < 2 or not np.isfinite(ratio).all() or (np.abs(actual[~counts]) > atol).any():
            return None
        if ratio.dtype.kind == "c" or not np.allclose(ratio, ratio[0], rtol=10 * rtol, atol=0):
            return None
        return float(ratio[0]) if abs(ratio[0] - 1) > 10 * rtol else None


def subtractable(array: Array) -> Array:
    """The same numbers, so that they can be subtracted: truth values cannot, and whole numbers wrap around."""
    return array.astype(np.float64) if array.dtype.kind in "bui" else array


def _shift(actual: Array, expected: Array, rtol: float, atol: float, along: str) -> str:
    """Whether each place along the first axis has what belongs to its neighbour."""
    if actual.ndim == 0 or len(actual) < 3 or _close(expected[1:], expected[:-1], rtol, atol):
        return ""
    along = along or english("place" if actual.ndim == 1 else "row")
    if _close(actual[1:], expected[:-1], rtol, atol):
        return english(f" Every {along} has what belongs to the {along} before it.")
    if _close(actual[:-1], expected[1:], rtol, atol):
        return english(f" Every {along} has what belongs to the {along} after it.")
    return ""


def _one_line(actual: Array, expected: Array, rtol: float, atol: float, along: str) -> str:
    """Whether only one row or one column of several is wrong."""
    if actual.ndim != 2:
        return ""
    wrong = ~np.isclose(actual, expected, rtol=rtol, atol=atol)
    for axis, along_axis in ((0, along or english("row")), (1, english("column"))):
        lines = np.flatnonzero(wrong.any(axis=1 - axis))
        if len(lines) == 1 and actual.shape[axis] > 1 and actual.shape[1 - axis] > 1:
            return english(f" Only {along_axis} {int(lines[0])} is wrong.")
    return ""


def _close(one: Array, other: Array, rtol: float, atol: float) -> bool:
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=rtol, atol=atol))
