"""Comparison for grading. NumPy's own is no grader: it takes NaN for NaN, a number for an array and an int for a float.

The order is kind, shape, dtype kind, finiteness, values, so that the first complaint is the one to act on. The text
never holds an expected value; what a public suite may show besides stands in `MismatchError.detail`.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.model import Result
from grader.suite.subject import Subject, control_of

RTOL, ATOL = 1e-4, 1e-6
"""For values of order 1: every legitimate form of a formula passes, and no mistake that matters does."""

Array = np.ndarray[Any, Any]


class MismatchError(AssertionError):
    """An answer is not what the test expects."""

    def __init__(self, result: Result, message: str, detail: str = "", note: str = "") -> None:
        super().__init__(message + (f"\n{detail}" if detail else ""))
        self.result = result
        self.message = message
        """For the student, also in a hidden suite."""
        self.detail = detail
        """Expected and got; shown in public suites only."""
        self.note = note
        """What tells this failure from others with the same answers."""


def assert_matches(
    actual: object, expected: object, *, rtol: float = RTOL, atol: float = ATOL, name: str = "", along: str = ""
) -> None:
    """Check an answer.

    Args:
        actual: what student code returned.
        expected: a number, text, array, or a list, tuple or dict of such. A list of numbers expects a list or a tuple.
        rtol: tolerance relative to each expected value.
        atol: tolerance beside it.
        name: which result this is, such as "the new velocity".
        along: what the first axis counts, such as "step", so that the message can say where it goes wrong.

    Raises:
        MismatchError: if it does not match.
    """
    _Comparison(rtol, atol, along).check(actual, expected, name or "the answer")


def unpack(value: object, *names: str) -> tuple[Any, ...]:
    """Take apart a tuple or list of just these values.

    Raises:
        MismatchError: if it is something else.
    """
    wanted = f"{len(names)} value{'s' if len(names) > 1 else ''} ({', '.join(names)})"
    if not isinstance(value, (tuple, list)):
        raise MismatchError(Result.WRONG_TYPE, f"Expected {wanted}, got {describe(value)}.")
    if len(value) != len(names):
        raise MismatchError(Result.WRONG_TYPE, f"Expected {wanted}, got {len(value)}.")
    return tuple(value)


def assert_unchanged(subject: Subject) -> None:
    """Check that no call in this test has changed an argument in place.

    Raises:
        MismatchError: if one has.
    """
    changed = control_of(subject).changed
    if changed:
        raise MismatchError(
            Result.WRONG_VALUE,
            f"The argument {changed[0]} has been changed in place. Make a new array: the caller still needs the old.",
            note=f"changed {changed}",
        )


def describe(value: object) -> str:
    """What kind of thing this is, in a beginner's words."""
    if value is None:
        return "None (is a return missing?)"
    if isinstance(value, np.ndarray):
        return f"an array of shape {shape_text(value.shape)}"
    if isinstance(value, (tuple, list)):
        kind = type(value).__name__
        return f"an empty {kind}" if not value else f"a {kind} of {len(value)}"
    words = {bool: "a truth value", int: "a whole number", float: "a number", str: "text", dict: "a dict"}
    return words.get(type(value), repr(value)[:60])


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as NumPy writes it."""
    return str(tuple(int(length) for length in shape))


class _Comparison:
    def __init__(self, rtol: float, atol: float, along: str) -> None:
        self.rtol = rtol
        self.atol = atol
        self.along = along

    def check(self, actual: object, expected: object, name: str) -> None:
        if isinstance(expected, np.ndarray):
            self._array(actual, expected, name)
        elif isinstance(expected, (tuple, list)):
            self._sequence(actual, expected, name)
        elif isinstance(expected, Mapping):
            self._mapping(actual, expected, name)
        elif isinstance(expected, (bool, str)) or expected is None:
            self._exact(actual, expected, name)
        elif isinstance(expected, numbers.Number):
            self._number(actual, expected, name)
        else:
            raise TypeError(f"assert_matches cannot expect {type(expected).__name__}")

    def _exact(self, actual: object, expected: object, name: str) -> None:
        if isinstance(actual, np.ndarray) and actual.ndim == 0:
            actual = actual.item()
        if type(actual) is not type(expected):
            raise MismatchError(Result.WRONG_TYPE, f"Expected {_kind(expected)} for {name}, got {describe(actual)}.")
        if actual != expected:
            raise MismatchError(Result.WRONG_VALUE, f"Wrong value for {name}.", _pair(actual, expected))

    def _number(self, actual: object, expected: Any, name: str) -> None:
        if isinstance(actual, np.ndarray) and actual.ndim == 0:
            actual = actual.item()
        if isinstance(actual, bool) or not isinstance(actual, numbers.Number):
            raise MismatchError(Result.WRONG_TYPE, f"Expected {_kind(expected)} for {name}, got {describe(actual)}.")
        if isinstance(expected, int) and not _is_whole(actual):
            raise MismatchError(
                Result.WRONG_TYPE, f"Expected a whole number for {name}, got {actual!r}.", _pair(actual, expected)
            )
        self._values(_as_array(actual), np.asarray(expected), name)

    def _array(self, actual: object, expected: Array, name: str) -> None:
        if isinstance(actual, numbers.Number) and not isinstance(actual, bool):
            actual = np.asarray(actual)
        if not isinstance(actual, np.ndarray):
            raise MismatchError(
                Result.WRONG_TYPE,
                f"Expected an array of shape {shape_text(expected.shape)} for {name}, got {describe(actual)}.",
            )
        if actual.shape != expected.shape:
            raise MismatchError(
                Result.WRONG_SHAPE,
                f"Expected shape {shape_text(expected.shape)} for {name}, got {shape_text(actual.shape)}.",
            )
        self._values(actual, expected, name)

    def _sequence(self, actual: object, expected: tuple[Any, ...] | list[Any], name: str) -> None:
        if isinstance(actual, np.ndarray) and actual.ndim:
            actual = list(actual)
        if not isinstance(actual, (tuple, list)):
            wanted = f"a {type(expected).__name__} of {len(expected)}"
            raise MismatchError(Result.WRONG_TYPE, f"Expected {wanted} for {name}, got {describe(actual)}.")
        if len(actual) != len(expected):
            raise MismatchError(Result.WRONG_SHAPE, f"Expected {len(expected)} entries for {name}, got {len(actual)}.")
        inner = _Comparison(self.rtol, self.atol, "")  # the axis is used up
        for position, (one, other) in enumerate(zip(actual, expected, strict=True)):
            inner.check(one, other, self._entry(name, position))

    def _entry(self, name: str, position: int) -> str:
        return f"{name} at {self.along} {position}" if self.along else f"entry {position} of {name}"

    def _mapping(self, actual: object, expected: Mapping[Any, Any], name: str) -> None:
        if not isinstance(actual, dict):
            raise MismatchError(Result.WRONG_TYPE, f"Expected a dict for {name}, got {describe(actual)}.")
        for key, value in expected.items():
            if key not in actual:
                raise MismatchError(Result.WRONG_TYPE, f"There is no entry {key!r} in {name}.")
            self.check(actual[key], value, f"{name}[{key!r}]")

    def _values(self, actual: Array, expected: Array, name: str) -> None:
        if not _same_kind(actual.dtype.kind, expected.dtype.kind):
            raise MismatchError(
                Result.WRONG_TYPE,
                f"Expected {_kind_of_dtype(expected)} in {name}, got dtype {actual.dtype.name}.",
            )
        self._finite(actual, expected, name)
        with np.errstate(all="ignore"):
            distance = np.where(actual == expected, 0.0, np.abs(actual - expected))
            wrong = ~(distance <= self.atol + self.rtol * np.abs(expected))
        if wrong.any() and expected.dtype.kind == "f" and actual.dtype.kind in "iu":
            raise MismatchError(
                Result.WRONG_TYPE,
                f"Whole numbers ({actual.dtype.name}) in {name}, where decimals are expected.",
                _pair(actual, expected),
            )
        if wrong.any():
            self._report(actual, expected, distance, wrong, name)

    def _finite(self, actual: Array, expected: Array, name: str) -> None:
        bad = ~np.isfinite(actual) & np.isfinite(expected)
        if bad.any():
            word = "NaN (not a number)" if np.isnan(actual[bad]).any() else "An infinite value"
            raise MismatchError(
                Result.WRONG_VALUE,
                f"{word} in {name}{self._where(bad)}. Is there a division by zero, or a number too large?",
                _pair(actual, expected),
            )

    def _report(self, actual: Array, expected: Array, distance: Array, wrong: Array, name: str) -> None:
        """Say where it goes wrong first, how many are wrong, and by how much."""
        error = float(np.max(distance[wrong])) if np.isfinite(distance[wrong]).all() else math.inf
        if wrong.size == 1:
            message = f"Wrong value for {name}: it is off by {error:.2g}."
        else:
            message = (
                f"Wrong values in {name}{self._where(wrong)}. {int(wrong.sum())} of {wrong.size} differ; "
                f"the largest error is {error:.2g}."
            )
        message += pattern(actual, expected, self.rtol, self.atol)
        raise MismatchError(Result.WRONG_VALUE, message, _pair(actual, expected))

    def _where(self, wrong: Array) -> str:
        if wrong.ndim == 0:
            return ""
        first = [int(position) for position in np.argwhere(wrong)[0]]
        if not self.along:
            return f", first at index {first}"
        return f", first at {self.along} {first[0]}" + (f", index {first[1:]}" if first[1:] else "")


def pattern(actual: Array, expected: Array, rtol: float = RTOL, atol: float = ATOL) -> str:
    """What the difference looks like, where it looks like something."""
    with np.errstate(all="ignore"):
        if np.allclose(actual, -expected, rtol=rtol, atol=atol):
            return " Every value has the opposite sign."
        if actual.ndim == 2 and actual.shape[0] == actual.shape[1] and np.allclose(actual, expected.T, rtol, atol):
            return " It is transposed."
        if actual.size < 2:
            return ""
        counts = np.abs(expected) > atol
        ratio = (actual / expected)[counts]
        if ratio.size < 2 or not np.isfinite(ratio).all() or (np.abs(actual[~counts]) > atol).any():
            return ""
        if np.allclose(ratio, ratio[0], rtol=10 * rtol, atol=0) and abs(ratio[0] - 1) > 10 * rtol:
            return " Every value is off by the same factor." if abs(ratio[0]) > rtol else " Every value is zero."
    return ""


def _as_array(number: Any) -> Array:
    """A number as an array without dimensions; a whole number beyond NumPy's is infinite for our purposes."""
    if isinstance(number, int) and abs(number) >= 2**63:
        return np.asarray(math.copysign(math.inf, number))
    return np.asarray(number)


def _same_kind(actual: str, expected: str) -> bool:
    """Whole numbers may stand for floats and floats for whole numbers, if the values agree."""
    if expected in "fiu":
        return actual in "fiu"
    return actual == expected


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) or (isinstance(value, float) and value.is_integer())


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "True or False"
    if isinstance(value, str):
        return "text"
    if value is None:
        return "None"
    return "a whole number" if isinstance(value, int) else "a number"


def _kind_of_dtype(array: Array) -> str:
    return {"b": "True and False", "i": "whole numbers", "u": "whole numbers", "f": "numbers", "c": "complex numbers"}[
        array.dtype.kind
    ]


def _pair(actual: object, expected: object) -> str:
    return f"expected {_shown(expected)}\n     got {_shown(actual)}"


def _shown(value: object) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=6, threshold=30, max_line_width=76, prefix=" " * 9, floatmode="maxprec")
    return repr(value)[:200]
