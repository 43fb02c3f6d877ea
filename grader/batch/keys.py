"""What a grade depends on, as a key: the same key means that there is nothing new to find out."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np

import grader
from grader.course import mistakes_path, solution_path, suite_path, truth_path
from grader.model import Course, Isolation, Module, SuiteKind, Topic

MISSING = "missing"
"""The key of a topic that was not handed in."""


class Keys:
    """Keys of the topics of one course, with one seed and isolation, on this machine."""

    def __init__(self, course: Course, *, seed: int, isolation: Isolation) -> None:
        version = f"{grader.__version__} {_digest_of_engine()[:12]}"
        self.surroundings = {"deepgrade": version, "Python": platform.python_version(), "NumPy": np.__version__}
        """What grades, by what it is called."""
        parts = [*self.surroundings.values(), str(seed), isolation.value, msgspec.json.encode(course.limits).decode()]
        self._uses = {topic.name: topic.uses for topic in course.topics}
        self._topics = {
            topic.name: _digest([*parts, str(topic.max_score), *_contents(course, topic, seed)])
            for topic in course.topics
        }
        self.content = _digest([part for topic in self._topics.items() for part in topic])
        """Of everything that a grade of this course rests on, besides what was handed in."""

    def of(self, topic: str, modules: Mapping[str, Module]) -> str:
        """The key of a topic's grade; see MISSING.

        Args:
            topic: which one.
            modules: of the submission, by topic: one may use another.
        """
        if topic not in modules:
            return MISSING
        concerned = [modules[name] for name in (topic, *self._uses[topic]) if name in modules]
        parts = [
            part for module in concerned for part in (module.topic, module.filename, module.problem, module.source)
        ]
        return _digest([self._topics[topic], *parts])


def digest_of(module: Module) -> str:
    """SHA-256 of what was handed in, to tell a new module from a new suite."""
    return hashlib.sha256(module.source).hexdigest()


def _contents(course: Course, topic: Topic, seed: int) -> Iterator[str | bytes]:
    """What the grade of a topic rests on, besides the module: suite, truth, mistakes, solutions, oracles."""
    suite = suite_path(course, SuiteKind.HIDDEN, topic.name)
    solutions = [solution_path(course, name) for name in (topic.name, *topic.uses)]
    oracles = [path for path in sorted(suite.parent.glob("*.py")) if not path.name.startswith("test_")]
    for path in [suite, truth_path(course, topic.name, seed), mistakes_path(course, topic.name), *solutions, *oracles]:
        yield path.name
        yield path.read_bytes() if path.is_file() else b""


def _digest_of_engine() -> str:
    """Of the grader's own code: a changed comparison may change grades."""
    root = Path(__file__).resolve().parents[1]
    folders = [root / "suite", root / "sandbox", *(root / name for name in ("diagnosis.py", "scoring.py", "truth.py"))]
    files = [path for folder in folders for path in (sorted(folder.glob("*.py")) if folder.is_dir() else [folder])]
    return _digest([path.read_bytes() for path in files])


def _digest(parts: Iterable[str | bytes]) -> str:
    """A hash of a sequence, in which the borders between the parts count."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()
