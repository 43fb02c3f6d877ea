"""The pytest plugin: fixtures, the points mark, options. `pytest tests/hidden` uses it, and so does `grade`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import types

    import numpy as np

    from grader.suite.bench import Bench
    from grader.suite.subject import Subject
    from grader.truth import Truth

BENCH = pytest.StashKey["Bench"]()
"""The one that `grade` has laid out."""
_BENCHES = pytest.StashKey["dict[Path, Bench]"]()
"""Without `grade`, one for each folder of suites."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options for authors who run a suite by itself."""
    group = parser.getgroup("deepgrade")
    group.addoption("--submission", metavar="DIR", help="folder with the topic modules to test (default: solutions/)")
    group.addoption("--seed", type=int, default=None, help="run seed of the suites (default: the course's)")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark."""
    config.addinivalue_line("markers", "points(value): what the test is worth")


def pytest_collect_file(file_path: Path) -> None:
    """Let a suite import what stands beside it, such as the oracles that ask Keras."""
    folder = str(file_path.parent)
    if topic_of_file(file_path) and (file_path.parents[2] / "course.toml").is_file() and folder not in sys.path:
        sys.path.append(folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the workers of a run without `grade`."""
    for bench in config.stash.get(_BENCHES, {}).values():
        bench.close()


def topic_of_file(path: Path) -> str:
    """The topic whose suite this file is; empty for any other file."""
    is_suite = path.suffix == ".py" and path.name.startswith("test_") and path.parent.name in ("hidden", "public")
    return path.stem.removeprefix("test_") if is_suite else ""


def topic_of(item: pytest.Item) -> str:
    """The topic that a test belongs to."""
    return topic_of_file(item.path)


def _bench(request: pytest.FixtureRequest) -> Bench:
    """The bench of this run; one for the folder of --submission where no other was laid out."""
    config = request.config
    if BENCH in config.stash:
        return config.stash[BENCH]
    benches = config.stash.setdefault(_BENCHES, {})
    if (folder := request.path.parent) not in benches:
        from grader.suite.standalone import lay_out

        benches[folder] = lay_out(request.path, config.getoption("--seed"))
    return benches[folder]


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The module under test."""
    bench = _bench(request)
    if request.config.stash.get(GRADING, False):
        yield bench.student
        return
    from grader.suite.standalone import submission_in
    from grader.suite.subject import control_of

    topic = topic_of_file(request.path)
    submission = submission_in(bench.course, request.config.getoption("--submission"), topic)
    bench.start_submission(submission)
    bench.put(bench.open(submission.modules[topic]))
    yield bench.student
    control_of(bench.student).close()


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Subject:
    """The solution, under the same interface."""
    return _bench(request).reference(topic_of_file(request.path))


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Callable[[str], Subject]:
    """The student's own module of an earlier topic, or the reference's where theirs is missing: own("adam")."""
    bench, topic = _bench(request), topic_of_file(request.path)
    return lambda used: bench.own(topic, used)


@pytest.fixture
def solution(request: pytest.FixtureRequest) -> Callable[[str], types.ModuleType]:
    """The solution of an earlier topic, a plain module, for functions that are handed in: solution("adam")."""
    bench, topic = _bench(request), topic_of_file(request.path)
    return lambda used: bench.solution(topic, used)


@pytest.fixture
def truth(request: pytest.FixtureRequest) -> Truth:
    """What Keras answered."""
    return _bench(request).truth(topic_of_file(request.path), request.node.name)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Random numbers that are the same in every run with the same seed."""
    return _bench(request).generator(topic_of_file(request.path), request.node.name)


GRADING = pytest.StashKey[bool]()
"""Set where `grade` lays the subjects on the bench."""
