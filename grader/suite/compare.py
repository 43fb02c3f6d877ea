"""Comparison for grading. NumPy's own is no grader: it takes NaN for NaN, a number for an array and an int for a float.

The order is kind, shape, dtype kind, finiteness, values, so that the first complaint is the one to act on. The text
never holds an expected value, and `MismatchError.brief`, which is all that a hidden suite says, no size of an error
either: who knows the answer and the error knows what was expected. A public suite shows `MismatchError.sides` besides.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.language.english import english
from grader.model import Comparison, Result
from grader.suite import sides
from grader.suite.pattern import ATOL, RTOL, Array, is_transposed, pattern, subtractable
from grader.suite.subject import Subject, control_of

_WORDS: dict[type, str] = {
    bool: english("a truth value"),
    int: english("a whole number"),
    float: english("a number"),
    str: english("text"),
    dict: english("a dict"),
}

_DTYPES = {
    "b": english("True and False"),
    "i": english("whole numbers"),
    "u": english("whole numbers"),
    "f": english("numbers"),
    "c": english("complex numbers"),
}


class MismatchError(AssertionError):
    """An answer is not what the test expects."""

    def __init__(
        self,
        result: Result,
        message: str,
        detail: str = "",
        note: str = "",
        *,
        brief: str = "",
        sides: Callable[[], Comparison] | None = None,
    ) -> None:
        super().__init__(message + (f"\n{detail}" if detail else ""))
        self.result = result
        self.message = message
        """For the student, in a public suite."""
        self.detail = detail
        """Expected and got, for the author who runs a suite by itself."""
        self.brief = brief or message
        """For the student in a hidden suite."""
        self.sides = sides
        """Makes expected and got, side by side; for public suites only."""
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
    _Comparison(rtol, atol, along).check(actual, expected, name or english("the answer"))


def unpack(value: object, *names: str) -> tuple[Any, ...]:
    """Take apart a tuple or list of just these values.

    Raises:
        MismatchError: if it is something else.
    """
    wanted = english(f"{len(names)} value{'s' if len(names) > 1 else ''} ({', '.join(names)})")
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
        return english("None (is a return missing?)")
    if isinstance(value, np.ndarray):
        return english(f"an array of shape {shape_text(value.shape)}")
    if isinstance(value, (tuple, list)):
        kind = type(value).__name__
        return english(f"an empty {kind}" if not value else f"a {kind} of {len(value)}")
    return _WORDS.get(type(value), repr(value)[:60])


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as NumPy writes it."""
    return str(tuple(int(length) for length in shape))


class _Comparison:
    def __init__(self, rtol: float, atol: float, along: str) -> None:
        self.rtol = rtol
        self.atol = atol
        self.along = along

    def check(self, actual: object, expected: object, name: str) -> None:
        if isinstance(expected, (np.bool_, np.str_)):
            expected = expected.item()
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
            raise _unlike(
                Result.WRONG_TYPE,
                english(f"Expected {_kind(expected)} for {name}, got {describe(actual)}."),
                actual,
                expected,
            )
        if actual != expected:
            raise _unlike(Result.WRONG_VALUE, english(f"Wrong value for {name}."), actual, expected)

    def _number(self, actual: object, expected: Any, name: str) -> None:
        if isinstance(actual, np.ndarray) and actual.ndim == 0:
            actual = actual.item()
        if isinstance(actual, bool) or not isinstance(actual, numbers.Number):
            raise _unlike(
                Result.WRONG_TYPE,
                english(f"Expected {_kind(expected)} for {name}, got {describe(actual)}."),
                actual,
                expected,
            )
        if isinstance(expected, int) and not _is_whole(actual):
            raise _unlike(
                Result.WRONG_TYPE, english(f"Expected a whole number for {name}, got {actual!r}."), actual, expected
            )
        self._values(_as_array(actual), np.asarray(expected), name)

    def _array(self, actual: object, expected: Array, name: str) -> None:
        if isinstance(actual, numbers.Number) and not isinstance(actual, bool):
            actual = _as_array(actual)
        if not isinstance(actual, np.ndarray):
            message = f"Expected an array of shape {shape_text(expected.shape)} for {name}, got {describe(actual)}."
            raise _unlike(Result.WRONG_TYPE, english(message), actual, expected)
        if actual.shape != expected.shape:
            message = f"Expected shape {shape_text(expected.shape)} for {name}, got {shape_text(actual.shape)}."
            turned = " It is transposed." if is_transposed(actual, expected, self.rtol, self.atol) else ""
            raise _unlike(Result.WRONG_SHAPE, english(message) + turned, actual, expected)
        self._values(actual, expected, name)

    def _sequence(self, actual: object, expected: tuple[Any, ...] | list[Any], name: str) -> None:
        if isinstance(actual, np.ndarray) and actual.ndim:
            actual = actual.tolist() if actual.ndim == 1 else list(actual)
        if not isinstance(actual, (tuple, list)):
            wanted = english(f"a {type(expected).__name__} of {len(expected)}")
            message = english(f"Expected {wanted} for {name}, got {describe(actual)}.")
            raise _unlike(Result.WRONG_TYPE, message, actual, expected)
        if len(actual) != len(expected):
            message = f"Expected {len(expected)} entries for {name}, got {len(actual)}."
            raise _unlike(Result.WRONG_SHAPE, english(message), actual, expected)
        inner = _Comparison(self.rtol, self.atol, "")  # the axis is used up
        for position, (one, other) in enumerate(zip(actual, expected, strict=True)):
            inner.check(one, other, self._entry(name, position))

    def _entry(self, name: str, position: int) -> str:
        return english(f"{name} at {self.along} {position}" if self.along else f"entry {position} of {name}")

    def _mapping(self, actual: object, expected: Mapping[Any, Any], name: str) -> None:
        if not isinstance(actual, dict):
            message = english(f"Expected a dict for {name}, got {describe(actual)}.")
            raise _unlike(Result.WRONG_TYPE, message, actual, expected)
        for key, value in expected.items():
            if key not in actual:
                raise MismatchError(Result.WRONG_TYPE, f"There is no entry {key!r} in {name}.")
            self.check(actual[key], value, f"{name}[{key!r}]")

    def _values(self, actual: Array, expected: Array, name: str) -> None:
        if not _same_kind(actual.dtype.kind, expected.dtype.kind):
            message = english(f"Expected {_kind_of_dtype(expected)} in {name}, got dtype {actual.dtype.name}.")
            raise _unlike(Result.WRONG_TYPE, message, actual, expected)
        self._finite(actual, expected, name)
        distance, wrong = self._distance(actual, expected)
        if wrong.any() and expected.dtype.kind == "f" and actual.dtype.kind in "iu":
            message = english(f"Whole numbers ({actual.dtype.name}) in {name}, where decimals are expected.")
            raise self._differ(Result.WRONG_TYPE, message, actual, expected, wrong)
        if wrong.any():
            self._report(actual, expected, distance, wrong, name)

    def _distance(self, actual: Array, expected: Array) -> tuple[Array, Array]:
        """How far each value is off, and where that is too far. Infinity is matched by itself alone."""
        given, wanted = subtractable(actual), subtractable(expected)
        with np.errstate(all="ignore"):
            distance = np.where(actual == expected, 0.0, np.abs(given - wanted))
            allowed = np.where(np.isfinite(wanted), self.atol + self.rtol * np.abs(wanted), 0.0)
            return distance, ~(distance <= allowed)

    def _finite(self, actual: Array, expected: Array, name: str) -> None:
        bad = ~np.isfinite(actual) & np.isfinite(expected)
        if bad.any():
            word = english("NaN (not a number)" if np.isnan(actual[bad]).any() else "An infinite value")
            place = self._place(name, bad)
            message = english(f"{word} in {place}. Is there a division by zero, or a number too large?")
            raise self._differ(Result.WRONG_VALUE, message, actual, expected, bad)

    def _report(self, actual: Array, expected: Array, distance: Array, wrong: Array, name: str) -> None:
        """Say where it goes wrong first, how many are wrong, and by how much."""
        error = float(np.max(distance[wrong])) if np.isfinite(distance[wrong]).all() else math.inf
        if wrong.size == 1:
            brief = english(f"Wrong value for {name}.")
            message = english(f"Wrong value for {name}: it is off by {error:.2g}.")
        else:
            brief = english(f"Wrong values in {self._place(name, wrong)}.")
            sizes = english(f"{int(wrong.sum())} of {wrong.size} differ; the largest error is {error:.2g}.")
            message = f"{brief} {sizes}"
        seen = pattern(actual, expected, self.rtol, self.atol, self.along)
        raise self._differ(Result.WRONG_VALUE, message + seen, actual, expected, wrong, brief=brief + seen)

    def _differ(
        self, result: Result, message: str, actual: Array, expected: Array, wrong: Array, brief: str = ""
    ) -> MismatchError:
        def show() -> Comparison:
            return sides.of_values(actual, expected, wrong, self.along, self.rtol, self.atol)

        return MismatchError(result, message, _pair(actual, expected), brief=brief, sides=show)

    def _place(self, name: str, wrong: Array) -> str:
        """The result, and where in it the first difference is."""
        if wrong.ndim == 0:
            return name
        first = [int(position) for position in np.argwhere(wrong)[0]]
        if not self.along:
            return english(f"{name}, first at index {first}")
        if not first[1:]:
            return english(f"{name}, first at {self.along} {first[0]}")
        return english(f"{name}, first at {self.along} {first[0]}, index {first[1:]}")


def _as_array(number: Any) -> Array:
    """A number as an array without dimensions; a whole number beyond NumPy's is infinite for our purposes."""
    if isinstance(number, int) and abs(number) >= 2**63:
        return np.asarray(math.inf if number > 0 else -math.inf)
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
        return english("True or False")
    if isinstance(value, str):
        return _WORDS[str]
    if value is None:
        return "None"
    return _WORDS[int if isinstance(value, int) else float]


def _kind_of_dtype(array: Array) -> str:
    return _DTYPES[array.dtype.kind]


def _unlike(result: Result, message: str, actual: object, expected: object) -> MismatchError:
    """What cannot be compared number by number."""
    one, other = _shown(actual), _shown(expected)
    return MismatchError(result, message, _pair(actual, expected), sides=lambda: sides.of_things(one, other))


def _pair(actual: object, expected: object) -> str:
    return f"expected {_shown(expected)}\n     got {_shown(actual)}"


def _shown(value: object) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=6, threshold=30, max_line_width=76, prefix=" " * 9, floatmode="maxprec")
    return repr(value)[:200]
