"""A small course without Keras, and the real command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester", "attack_run"]
pytest.register_assert_rewrite("conformance", "grading")

# The same examples in every run, so that a change is judged by what it changed; `make soak` searches for new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("search", max_examples=2000, deadline=None)

REPOSITORY = Path(__file__).resolve().parents[2]


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile of the property tests, if the command line has not."""
    if config.getoption("--hypothesis-profile") is None:
        settings.load_profile("same")


COURSE = """
version = 1
title = "A small course"
seed = 7

[limits]
call_seconds = 0.5
topic_seconds = 2.0
submission_seconds = 5.0

[topics.double]
title = "Doubling"
max_score = 4

[topics.walk]
title = "Walking"
max_score = 3
"""

DOUBLE = '''
"""Doubling. double(2.0) is 4.0."""

import numpy as np


def double(x):
    """Twice x, a new array."""
    ### BEGIN SOLUTION
    return 2.0 * x
    ### END SOLUTION


def both(x):
    """x and twice x."""
    ### BEGIN SOLUTION
    return x, double(x)
    ### END SOLUTION
'''

WALK = '''
"""Walking down a slope."""

import numpy as np


def walk(slope, x, steps):
    """Go down, 0.1 times the slope at each step; the points passed, x first."""
    ### BEGIN SOLUTION
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - 0.1 * slope(points[-1]))
    return np.array(points)
    ### END SOLUTION


class Counter:
    """Counts."""

    def __init__(self, start):
        self.total = start

    def add(self, amount):
        """Add an amount, return the total."""
        ### BEGIN SOLUTION
        self.total = self.total + amount
        return self.total
        ### END SOLUTION
'''

HIDDEN_DOUBLE = '''
from grader.suite import assert_matches, assert_unchanged, points, unpack


@points(2)
def test_vector(student, reference, rng):
    """A vector is doubled."""
    x = rng.normal(size=5)
    assert_matches(student.double(x.copy()), reference.double(x), name="the double")


def test_both(student, rng):
    """The number and its double come back."""
    x = rng.normal(size=3)
    same, twice = unpack(student.both(x), "x", "its double")
    assert_matches(same, x, name="x")
    assert_matches(twice, 2.0 * x, name="its double")


def test_argument_stays(student, rng):
    """The argument is left alone."""
    x = rng.normal(size=4)
    assert_matches(student.double(x), 2.0 * x)
    assert_unchanged(student)
'''

HIDDEN_WALK = '''
from grader.suite import assert_matches, points


@points(2)
def test_bowl(student, reference):
    """Four steps down a bowl."""
    expected = reference.walk(lambda x: 2.0 * x, 3.0, 4)
    assert_matches(student.walk(lambda x: 2.0 * x, 3.0, 4), expected, along="step")


def test_counters(student):
    """Two counters count by themselves."""
    one, other = student.Counter(1.0), student.Counter(10.0)
    one.add(2.0)
    assert_matches(other.add(5.0), 15.0)
    assert_matches(one.add(1.5), 4.5)
'''

PUBLIC_DOUBLE = '''
from grader.suite import assert_matches


def test_handout(student):
    """double(2.0) is 4.0."""
    assert_matches(student.double(2.0), 4.0)
'''

PUBLIC_WALK = '''
from grader.suite import assert_matches


def test_counter(student):
    """A counter adds."""
    assert_matches(student.Counter(1.0).add(2.0), 3.0)
'''

MISTAKES_DOUBLE = """
from grader.model import Mistake

MISTAKES = (
    Mistake(name="tripled", says="three times x", hint="How often is x taken?", edits={"2.0 * x": "3.0 * x"}),
    Mistake(name="squared", says="x squared", hint="Is it a power?", edits={"2.0 * x": "x**2.0"}),
)
"""


@pytest.fixture(scope="session")
def make_toy_course() -> Callable[[Path], Path]:
    """Writes a small course: topics `double` (4 points) and `walk` (3), hidden and public suites, two mistakes."""
    return write_toy_course


@pytest.fixture(scope="session")
def toy_kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit of the small course, to be copied. The course itself is gone."""
    from grader.course import load_course
    from grader.release.kit import release

    course = write_toy_course(tmp_path_factory.mktemp("course"))
    kit = tmp_path_factory.mktemp("released") / "kit"
    release(load_course(course), kit)
    shutil.rmtree(course)
    return kit


@pytest.fixture
def toy_course(tmp_path: Path) -> Path:
    """Folder of a small course of one's own."""
    return write_toy_course(tmp_path / "course")


def write_toy_course(root: Path) -> Path:
    files = {
        "course.toml": COURSE,
        "solutions/double.py": DOUBLE,
        "solutions/walk.py": WALK,
        "solutions/mistakes/double.py": MISTAKES_DOUBLE,
        "tests/hidden/test_double.py": HIDDEN_DOUBLE,
        "tests/hidden/test_walk.py": HIDDEN_WALK,
        "tests/public/test_double.py": PUBLIC_DOUBLE,
        "tests/public/test_walk.py": PUBLIC_WALK,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip("\n"), "utf-8")
    return root


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Make a student's folder in `submissions/`: hand_in("ada", double="def double(x): …")."""

    def make(student: str, **modules: str) -> Path:
        folder = tmp_path / "submissions" / student
        folder.mkdir(parents=True, exist_ok=True)
        for topic, text in modules.items():
            (folder / f"{topic}.py").write_text(textwrap.dedent(text), "utf-8")
        return folder

    return make


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def grade_command(tmp_path: Path) -> Run:
    """The real command, in a process of its own: grade_command("check", "adam", cwd=folder)."""

    def run(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return run_grade(*arguments, cwd=cwd or tmp_path, **environment)

    return run


@pytest.fixture(scope="session")
def grade_anywhere() -> Run:
    """The same for fixtures of a module; `cwd` must be named."""
    return run_grade


def run_grade(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", *map(str, arguments)],
        cwd=cwd,
        env={**grade_environment(), **environment},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=300,
    )


def grade_environment() -> dict[str, str]:
    """This environment, without what would change what the command does or how it looks."""
    ours = ("GRADE_COURSE", "GRADE_DEBUG", "LANGUAGE", "FORCE_COLOR", "PYTHONIOENCODING", "TTY_COMPATIBLE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "GRADE_LANG": "en", "COLUMNS": "100", "NO_COLOR": "1", "PYTHONUTF8": "1"}
