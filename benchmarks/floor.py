"""The floor: the bodies of the hidden tests, called as plain functions on modules of this process.

No pytest, no worker, no diagnosis, no clock: what the tests themselves cost. A grader cannot be faster.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import types
import warnings
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.course import solution_path, suite_path, truth_path
from grader.model import Course, SuiteKind
from grader.truth import Recorded

Test = Callable[..., None]


class Plain:
    """A student's module, or an object of theirs, under the interface that a suite knows."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._control = types.SimpleNamespace(changed=())  # who looks after arguments is not part of the floor

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._target, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            # Copies of lists: a mistake that appends to one which the test goes through would never end.
            answer = function(*(list(value) if type(value) is list else value for value in args), **kwargs)
            own = type(answer).__module__ == getattr(self._target, "__name__", "")
            return Plain(answer) if own else answer

        return call

    def get(self, name: str) -> Any:
        """The value of an attribute."""
        return getattr(self._target, name)


class Floor:
    """The hidden suites of a course as plain functions."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._uses = {topic.name: topic.uses for topic in course.topics}
        self._tests = {topic.name: _tests(suite_path(course, SuiteKind.HIDDEN, topic.name)) for topic in course.topics}
        self._truth = {topic: Recorded(truth_path(course, topic), course.seed) for topic in self._tests}
        sources = {topic: solution_path(course, topic).read_bytes() for topic in self._tests}
        self._solutions = {topic: _module(topic, source) for topic, source in sources.items()}

    def passed(self, sources: Mapping[str, bytes]) -> dict[str, list[str]]:
        """Run every test of one submission.

        Args:
            sources: of its modules, by topic.

        Returns:
            By topic the tests that pass.
        """
        found: dict[str, list[str]] = {}
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for topic, source in sources.items():
                student = Plain(_module(topic, source))
                found[topic] = [
                    name for name, test in self._tests[topic] if self._passes(topic, test, student, sources)
                ]
        return found

    def _passes(self, topic: str, test: Test, student: Plain, sources: Mapping[str, bytes]) -> bool:
        """Lay out the fixtures and call the test."""
        seed = [self._course.seed, zlib.crc32(f"{topic}::{test.__name__}".encode())]
        fixtures: dict[str, Callable[[], object]] = {
            "student": lambda: student,
            "reference": lambda: Plain(self._solutions[topic]),
            "solution": lambda: self._solutions.__getitem__,
            "own": lambda: lambda used: self._own(used, sources),
            "truth": lambda: self._truth[topic].for_test(test.__name__),
            "rng": lambda: np.random.default_rng(seed),
        }
        try:
            test(**{name: fixtures[name]() for name in inspect.signature(test).parameters})
        except Exception:
            return False
        return True

    def _own(self, used: str, sources: Mapping[str, bytes]) -> Plain:
        source = sources.get(used, b"NotImplementedError")
        return Plain(self._solutions[used] if b"NotImplementedError" in source else _module(used, source))


def _module(topic: str, source: bytes) -> types.ModuleType:
    module = types.ModuleType(topic)
    exec(compile(source, f"{topic}.py", "exec", dont_inherit=True), module.__dict__)
    return module


def _tests(path: Path) -> list[tuple[str, Test]]:
    """The tests of a suite, in its order."""
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = importlib.util.spec_from_file_location(f"floor_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [(name, test) for name, test in vars(module).items() if name.startswith("test_") and callable(test)]
