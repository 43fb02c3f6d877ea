"""From answers to the name of a mistake: which catalogued wrong solution gives just these numbers?"""

from __future__ import annotations

import cmath
import contextlib
import runpy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from grader.course import mistakes_path, solution_path, variants_path
from grader.errors import CourseError
from grader.model import Course, Mistake, Module, Variant

SAME_RTOL, SAME_ATOL = 1e-7, 1e-10
"""Two programs that do the same arithmetic in another order agree so far; two different mistakes do not."""

Transcript = Sequence[Any]
"""What the calls of one test returned, in order."""


def load_mistakes(course: Course, topic: str) -> tuple[Mistake, ...]:
    """The catalogue of a topic; empty where there is none.

    Raises:
        CourseError: if the file cannot be executed or holds no MISTAKES.
    """
    return tuple(_load(mistakes_path(course, topic), "MISTAKES"))


def load_variants(course: Course, topic: str) -> tuple[Variant, ...]:
    """Right answers to a topic written differently; empty where there are none.

    Raises:
        CourseError: if the file cannot be executed or holds no VARIANTS.
    """
    return tuple(_load(variants_path(course, topic), "VARIANTS"))


def _load(path: Path, name: str) -> Sequence[Any]:
    if not path.is_file():
        return ()
    try:
        entries: Sequence[Any] = runpy.run_path(str(path))[name]
    except Exception as error:
        problem = f"no {name} in it" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
        raise CourseError(f"{path} cannot be read: {problem}.", "See docs/authors.md.") from error
    return entries


def solution_module(course: Course, topic: str) -> Module:
    """The answer key of a topic."""
    path = solution_path(course, topic)
    try:
        source = path.read_bytes()
    except OSError as error:
        raise CourseError(f"The solution {path} cannot be read: {error.strerror}.", "See docs/authors.md.") from error
    return Module(topic=topic, filename=path.name, source=source)


def edited(solution: Module, edit: Mistake | Variant) -> Module:
    """The solution with a mistake in it, or written differently.

    Raises:
        CourseError: if an edit does not apply to exactly one place.
    """
    text = solution.source.decode("utf-8")
    for old, new in edit.edits.items():
        if (count := text.count(old)) != 1:
            raise CourseError(
                f"{edit.name} of {solution.topic}: {old!r} stands {count} times in the solution, not once.",
                f"Mend solutions/mistakes/{solution.topic}.py or solutions/variants/{solution.topic}.py.",
            )
        text = text.replace(old, new)
    source = (text + ("\n\n" + edit.code if edit.code else "")).encode("utf-8")
    return Module(topic=solution.topic, filename=solution.filename, source=source)


def same_answers(one: Transcript, other: Transcript) -> bool:
    """Whether two transcripts hold the same numbers."""
    return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))


def candidates(transcript: Transcript, known: Mapping[str, Transcript]) -> frozenset[str]:
    """The mistakes that give just these answers."""
    if not transcript:
        return frozenset()
    return frozenset(name for name, answers in known.items() if same_answers(transcript, answers))


def agree_on_one(found: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Name the mistake behind each failed test.

    Args:
        found: the candidates of each failed test.

    Returns:
        For each test the one mistake that explains it: the one that explains all of them, or else the only candidate.
    """
    sets = [names for names in found.values() if names]
    common = frozenset.intersection(*sets) if sets else frozenset()
    named = {}
    for test, names in found.items():
        left = common if len(common) == 1 else names
        if names and len(left) == 1:
            named[test] = next(iter(left))
    return named


def _close(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    """What np.allclose says; where all numbers are finite, in a third of its time."""
    if one.dtype.kind == other.dtype.kind == "f":
        with np.errstate(all="ignore"):
            apart = np.abs(one - other)
            if np.isfinite(apart).all():
                return bool((apart <= SAME_ATOL + SAME_RTOL * np.abs(other)).all())
    return bool(np.allclose(one, other, rtol=SAME_RTOL, atol=SAME_ATOL, equal_nan=True))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape:
            return False
        if one.dtype.kind not in "biufc" or other.dtype.kind not in "biufc":
            return False
        return _close(one, other)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (int, float, complex)) and isinstance(other, (int, float, complex)):
        if one == other or (one != one and other != other):
            return True
        with contextlib.suppress(OverflowError):  # a whole number that no float can hold
            return cmath.isclose(one, other, rel_tol=SAME_RTOL, abs_tol=SAME_ATOL)
        return False
    if isinstance(one, (str, bytes)) or one is None:
        return type(one) is type(other) and one == other
    return type(one) is type(other)
