"""The two views of a module, and what the task itself explains of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from grader.course import solution_path, stub_path
from grader.errors import CourseError
from grader.model import Course
from grader.release import make_stub

if TYPE_CHECKING:
    from copydetect import CodeFingerprint

Hashes = np.ndarray[tuple[int], np.dtype[np.int64]]


class View(msgspec.Struct, frozen=True):
    """One way to look at a module."""

    name: str
    structure: bool
    length: int
    """Characters that a fingerprint covers."""
    least: int
    """Fingerprints that a pair shares before it is listed: about eight lines."""
    chance: float
    """Share that is taken off, since two may well come to it by themselves."""


VIEWS = (View("structure", True, 25, 100, 0.25), View("wording", False, 30, 200, 0.0))


class Expected:
    """What the task itself explains of a topic's modules."""

    def __init__(self, course: Course, topic: str) -> None:
        texts = _given(course, topic)
        self._lines = {_plain(line) for text in texts for line in text.split("\n")}
        self._hashes = np.unique(np.concatenate([fingerprints(VIEWS[0], text) for text in texts]))

    def own(self, sources: Iterable[str], view: View) -> Iterator[Hashes]:
        """Fingerprints of what is each student's own. The same text is looked at once."""
        known: dict[str, Hashes] = {}
        for source in sources:
            if source not in known:
                found = fingerprints(view, self.shown(source, view))
                known[source] = np.setdiff1d(found, self._hashes) if view.structure else found
            yield known[source]

    def shown(self, source: str, view: View) -> str:
        """The text that a view looks at, with the same line numbers."""
        if view.structure:
            return source
        plain = (_plain(line) for line in source.split("\n"))
        return "\n".join("" if line in self._lines else line for line in plain)


def fingerprint(view: View, text: str) -> CodeFingerprint:
    """All fingerprints of a text. Every one of them, not a selection: a selection depends on the run."""
    from copydetect import CodeFingerprint

    return CodeFingerprint("", view.length, 1, filter=view.structure, language="python", fp=io.StringIO(text))


def fingerprints(view: View, text: str) -> Hashes:
    """The same without their places, which takes a fifth of the time."""
    from copydetect.utils import filter_code, hashed_kgrams

    shown = filter_code(text, "", "python")[0] if view.structure else text
    return np.unique(hashed_kgrams(shown, view.length)).astype(np.int64)


def _given(course: Course, topic: str) -> list[str]:
    """The stub and the solution, as far as there are any.

    Raises:
        CourseError: there is neither, or they cannot be read.
    """
    paths = (stub_path(course, topic), solution_path(course, topic))
    try:
        texts = [path.read_text("utf-8") for path in paths if path.is_file()]
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(
            f"The stub or the solution of {topic} cannot be read: {error}.", f"Look at {paths[0]}."
        ) from error
    if not texts:
        raise CourseError(f"{topic} has neither a stub nor a solution in {course.root}.", "Use the whole course.")
    return texts if len(texts) == len(paths) else [*texts, *_stub_of(texts[0])]


def _stub_of(text: str) -> Iterator[str]:
    try:
        yield make_stub(text)
    except CourseError:  # it is a stub already, in a course without solutions
        return


def _plain(line: str) -> str:
    return " ".join(line.split())
