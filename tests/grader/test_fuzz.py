"""Generated submissions through a real batch: each gets its row, none harms another, none earns more than is right."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attack_trees import RIGHT
from generated import fill
from witness import Row, adopted_children, rows_of

from grader.intake.files import printable
from grader.intake.submission import submission_of
from grader.intake.tree import FolderTree
from grader.model import Limits
from grader.sandbox.client import Budget, StudentError
from grader.suite.subject import Subject, control_of

if not sys.platform.startswith("linux"):
    pytest.skip("full isolation needs Linux", allow_module_level=True)

from grader.sandbox.forked import ForkSandbox

PATIENT = Limits(call_seconds=5.0, topic_seconds=20.0)
WALK = '''
import numpy as np


def walk(slope, x, steps):
    """Go down."""
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - 0.1 * slope(points[-1]))
    return np.array(points)


class Counter:
    def __init__(self, start):
        self.total = start

    def add(self, amount):
        self.total = self.total + amount
        return self.total
'''
MAX = {"double": 4.0, "walk": 3.0}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[ForkSandbox]:
    made = ForkSandbox(PATIENT)
    yield made
    made.close()


SIZES = [150, pytest.param(5000, marks=pytest.mark.slow)]


@pytest.mark.parametrize("size", SIZES)
def test_generated_submissions_get_what_they_earn(
    sandbox: ForkSandbox, toy_course: Path, tmp_path: Path, grade_command: Any, size: int
) -> None:
    dice = random.Random(size)
    folder, solutions = tmp_path / "submissions", {"double": RIGHT, "walk": WALK}
    folder.mkdir()
    for number in range(size):
        fill(folder / f"{number:04}", dice, solutions)
    (folder / "right").mkdir()
    for topic, source in solutions.items():
        (folder / "right" / f"{topic}.py").write_text(source)
    with adopted_children() as left:
        done = grade_command("batch", folder, "--gradebook", "g.db", "--course", toy_course, "--json")
        assert left() == []
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["not_graded"] == 0
    rows = rows_of(tmp_path / "g.db")
    assert set(rows) == {printable(name) for name in os.listdir(folder)}
    assert {topic: row.score for topic, row in rows["right"].items()} == MAX
    scores = [row.score for topics in rows.values() for row in topics.values()]
    assert size < scores.count(0.0) + scores.count(None) < 2 * size  # some are right, some are not
    for student, topics in rows.items():
        for topic, row in topics.items():
            check_earned(sandbox, folder / student, topic, row)


def check_earned(sandbox: ForkSandbox, folder: Path, topic: str, row: Row) -> None:
    """What has passed is right: asked again, with other numbers where the suite's are random."""
    passed = [test for test, result, *_ in row.outcomes if result == "passed"]
    assert row.score == (sum(points for _, _, points, *_ in row.outcomes) if row.status == "graded" else None)
    assert row.score is None or row.score <= MAX[topic]
    if not passed:
        assert not row.score
        return
    module = submission_of(FolderTree(folder), "x", list(MAX)).modules[topic]
    for test in passed:
        subject = Subject(module, lambda: sandbox.open(PATIENT), PATIENT, Budget(20.0))
        try:
            assert CHECKS[test](subject), module.source
        except StudentError as error:
            raise AssertionError(f"{test}: {error.message}\n{module.source!r}") from None
        finally:
            control_of(subject).close()


def near(actual: Any, expected: Any) -> bool:
    """As close as a suite asks for."""
    return bool(np.shape(actual) == np.shape(expected) and np.allclose(actual, expected, rtol=2e-4, atol=2e-6))


def vector(student: Subject) -> bool:
    x = np.random.default_rng(1).normal(size=5)
    return near(student.double(x), 2.0 * x)


def both(student: Subject) -> bool:
    x = np.random.default_rng(2).normal(size=3)
    answer = student.both(x)
    return isinstance(answer, tuple | list) and len(answer) == 2 and near(answer[0], x) and near(answer[1], 2.0 * x)


def argument_stays(student: Subject) -> bool:
    x = np.random.default_rng(3).normal(size=4)
    return near(student.double(x), 2.0 * x) and not control_of(student).changed


def bowl(student: Subject) -> bool:
    return near(student.walk(lambda x: 2.0 * x, 3.0, 4), [3.0 * 0.8**step for step in range(5)])


def counters(student: Subject) -> bool:
    one, other = student.Counter(1.0), student.Counter(10.0)
    one.add(2.0)
    return near(other.add(5.0), 15.0) and near(one.add(1.5), 4.5)


CHECKS: dict[str, Callable[[Subject], bool]] = {
    "test_vector": vector,
    "test_both": both,
    "test_argument_stays": argument_stays,
    "test_bowl": bowl,
    "test_counters": counters,
}
