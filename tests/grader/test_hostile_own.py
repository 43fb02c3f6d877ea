"""A module that another topic's suite uses: what it returns can cost that topic points, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from witness import rows_of

SUITE = '''
from grader.suite import assert_matches


def test_start(student, reference, own):
    """Counting starts where the doubling ends."""
    start = own("double").double(1.5) / 2.0
    student.Counter(start)
    again = own("double").double(1.5)
    assert_matches(student.walk(lambda x: x, again, 2), reference.walk(lambda x: x, 3.0, 2))


def test_counter(student):
    """A counter counts."""
    assert_matches(student.Counter(1.0).add(2.0), 3.0)
'''
BODIES = {
    "right": "return 2.0 * x",
    "text": "return 'text' * 100_000",
    "dict": "return {}",
    "object": "return object()",
    "none": "return None",
    "function": "return lambda *args: args",
    "error": "raise ValueError('\\x1b[2J')",
    "end": "import os; os._exit(0)",
    "loop": "while True: pass",
}


@pytest.fixture
def using_course(toy_course: Path) -> Path:
    file = toy_course / "course.toml"
    file.write_text(file.read_text().replace("max_score = 3", 'max_score = 2\nuses = ["double"]'))
    (toy_course / "tests" / "hidden" / "test_walk.py").write_text(SUITE)
    return toy_course


def test_no_own_module_makes_another_topic_ungraded(
    using_course: Path, hand_in: Any, tmp_path: Path, grade_command: Any
) -> None:
    walk = (using_course / "solutions" / "walk.py").read_text()
    for name, body in BODIES.items():
        hand_in(name, double=f"def double(x):\n    {body}\n", walk=walk)
    done = grade_command("batch", "submissions", "--gradebook", "g.db", "--course", using_course)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = rows_of(tmp_path / "g.db")
    scores = {name: topics["walk"].score for name, topics in rows.items()}
    assert scores == {name: 2.0 if name == "right" else 1.0 for name in BODIES}
    assert all(len(message) < 600 for row in rows.values() for *_, message, _, _ in row["walk"].outcomes)
