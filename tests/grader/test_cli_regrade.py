"""`grade regrade`: who would gain or lose what, then it is done, and what was before is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.batch.book import Change, Standing
from grader.gradebook import open_gradebook
from grader.model import Override, Status
from grader.report.changes import render_changes

RIGHT_DOUBLE = """
import numpy as np
def double(x):
    return 2.0 * x
def both(x):
    return x, double(x)
"""
WRONG_WALK = """
import numpy as np
def walk(slope, x, steps):
    return np.full(steps + 1, x)
class Counter:
    def __init__(self, start):
        self.total = start
    def add(self, amount):
        self.total += amount
        return self.total
"""
Grade = Callable[..., dict[str, Any]]


@pytest.fixture
def graded(toy_course: Path, hand_in: Any, grade_command: Any, tmp_path: Path) -> Grade:
    """A class that is graded; runs `grade regrade --json` in another folder than the batch."""
    hand_in("ada", double=RIGHT_DOUBLE, walk=WRONG_WALK)
    hand_in("ben", double=RIGHT_DOUBLE.replace("2.0", "3.0"))
    done = grade_command("batch", "submissions", "--gradebook", "gradebook.db", "--course", toy_course)
    assert done.returncode == 0, done.stderr
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    def regrade(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
        gradebook = tmp_path / "gradebook.db"
        done = grade_command(
            "regrade", *arguments, "--gradebook", gradebook, "--course", toy_course, "--json", cwd=elsewhere
        )
        assert done.returncode == code, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return regrade


def mend(course: Path) -> None:
    """Test `test_bowl` asks less, `test_vector` more."""
    walk, double = course / "tests/hidden/test_walk.py", course / "tests/hidden/test_double.py"
    walk.write_text(
        walk.read_text()
        .replace("expected = reference.walk(lambda x: 2.0 * x, 3.0, 4)", "expected = np.full(5, 3.0)")
        .replace("from grader", "import numpy as np\nfrom grader")
    )
    double.write_text(
        double.read_text().replace("@points(2)\n", "").replace("def test_both", "@points(2)\ndef test_both")
    )


def test_regrade_when_nothing_has_changed_does_nothing(graded):
    assert graded() == {
        "version": 1,
        "dry_run": False,
        "regraded": 0,
        "submissions": 2,
        "not_graded": 0,
        "changes": [],
    }


def test_regrade_dry_run_shows_what_would_change_and_writes_nothing(graded, toy_course, tmp_path):
    mend(toy_course)
    before = (tmp_path / "gradebook.db").read_bytes()
    found = graded("--dry-run")
    assert (found["dry_run"], found["regraded"]) == (True, 3)
    [change] = found["changes"]
    assert change == {
        "student_id": "ada",
        "topic": "walk",
        "before": {"status": "graded", "score": 1.0},
        "after": {"status": "graded", "score": 3.0},
        "handed_in_again": False,
        "overridden": False,
    }
    assert (tmp_path / "gradebook.db").read_bytes() == before


def test_regrade_does_what_the_dry_run_said_and_keeps_what_was_before(graded, toy_course, tmp_path):
    mend(toy_course)
    assert graded("--dry-run")["changes"] == graded()["changes"]
    assert graded()["regraded"] == 0
    with open_gradebook(tmp_path / "gradebook.db", create=False) as book:
        walks = [past.score for past in book.history("ada") if past.topic == "walk"]
    assert walks == [1.0, 3.0]


def test_regrade_tells_a_new_module_from_a_new_suite(graded, toy_course, hand_in):
    mend(toy_course)
    hand_in("ben", double=RIGHT_DOUBLE, walk=WRONG_WALK)
    changes = {(one["student_id"], one["topic"]): one for one in graded("--dry-run")["changes"]}
    assert {key: one["handed_in_again"] for key, one in changes.items()} == {
        ("ada", "walk"): False,
        ("ben", "double"): True,
        ("ben", "walk"): True,  # it was missing
    }
    assert changes["ben", "walk"]["before"] == {"status": "missing", "score": None}


def test_regrade_says_where_an_override_makes_the_change_void(graded, toy_course, tmp_path):
    mend(toy_course)
    set_ = Override(student_id="ada", topic="walk", score=2.0, why="So.", who="kim", set_at="2027-01-01T00:00:00+00:00")
    with open_gradebook(tmp_path / "gradebook.db", create=True) as book:
        book.override([set_])
    [change] = graded()["changes"]
    assert change["overridden"]


def test_regrade_when_a_student_is_gone_leaves_the_grade(graded, toy_course, tmp_path):
    mend(toy_course)
    for path in (tmp_path / "submissions/ada").iterdir():
        path.unlink()
    (tmp_path / "submissions/ada").rmdir()
    assert {change["student_id"] for change in graded()["changes"]} == set()
    with open_gradebook(tmp_path / "gradebook.db", create=False) as book:
        assert book.students() == ["ada", "ben"]


def test_regrade_when_the_submissions_are_named_takes_those(graded, toy_course, tmp_path):
    mend(toy_course)
    (tmp_path / "submissions").rename(tmp_path / "moved")
    assert graded(tmp_path / "moved", "--dry-run")["regraded"] == 3


def test_regrade_when_the_submissions_are_gone_says_so(graded, grade_command, toy_course, tmp_path):
    (tmp_path / "submissions").rename(tmp_path / "moved")
    done = grade_command("regrade", "--gradebook", "gradebook.db", "--course", toy_course)
    assert done.returncode == 2
    assert f"There is no folder {tmp_path / 'submissions'}" in done.stderr


def test_regrade_when_nothing_was_ever_graded_asks_for_the_submissions(toy_course, grade_command, tmp_path):
    open_gradebook(tmp_path / "gradebook.db", create=True).close()
    done = grade_command("regrade", "--gradebook", "gradebook.db", "--course", toy_course)
    assert done.returncode == 2
    assert "grade regrade SUBMISSIONS --gradebook gradebook.db" in done.stderr


def test_regrade_shows_a_table_for_people(graded, toy_course, grade_command):
    mend(toy_course)
    done = grade_command("regrade", "--dry-run", "--gradebook", "gradebook.db", "--course", toy_course)
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["student", "topic", "before", "after", "gain"],
        ["ada", "walk", "1", "3", "+2"],
        ["walk:", "1", "student", "+2"],
        ["3", "graded", "again;", "2", "scores", "stayed,", "1", "changed."],
        ["A", "dry", "run:", "nothing", "was", "written."],
    ]


def change(student: str, before: float | None, after: float | None, **fields: Any) -> Change:
    standings = [Standing(Status.NOT_GRADED if score is None else Status.GRADED, score) for score in (before, after)]
    flags = {"handed_in_again": False, "overridden": False} | fields
    return Change(student_id=student, topic="adam", before=standings[0], after=standings[1], **flags)


def test_table_shows_those_who_lose_first_and_as_many_as_were_asked_for(capsys):
    from rich.console import Console

    changes = [change("zoe", 3.0, 1.0), change("[red]x", 1.0, 3.5, overridden=True), change("ben", None, 2.0)]
    render_changes(changes, 9, Console(width=100), dry_run=False, limit=2)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        ["zoe", "adam", "3", "1", "-2"],
        ["[red]x", "adam", "1", "3.5", "+2.5", "set", "by", "hand,", "so", "it", "does", "not", "count"],
        ["…", "and", "1", "more;", "--rows", "shows", "more,", "--json", "all."],
        ["adam:", "2", "students", "+4.5,", "1", "student", "-2"],
        ["9", "graded", "again;", "6", "scores", "stayed,", "3", "changed."],
    ]


def test_batch_again_with_other_times_grades_nothing_and_takes_the_times(graded, toy_course, grade_command, tmp_path):
    options = ("--gradebook", "gradebook.db", "--course", toy_course)
    toml = toy_course / "course.toml"
    toml.write_text(
        toml.read_text().replace("[limits]", "[policy]\ndue = 2025-06-01\npercent_per_day = 10\n\n[limits]")
    )
    for name, moment in (
        ("double.py", datetime(2025, 5, 1, tzinfo=UTC)),
        ("walk.py", datetime(2025, 6, 3, tzinfo=UTC)),
    ):
        seconds = moment.timestamp()
        os.utime(tmp_path / "submissions" / "ada" / name, (seconds, seconds))
    done = grade_command("batch", "submissions", *options, "--json")
    assert json.loads(done.stdout)["unchanged"] == 2
    log = json.loads(grade_command("log", "ada", "--json", *options).stdout)
    double, walk = log["grade"]["topics"]
    assert (double["submitted_at"], double["adjustment"], double["score"]) == ("2025-05-01T00:00:00+00:00", None, 4.0)
    assert (walk["submitted_at"], walk["adjustment"]["days_late"], walk["score"]) == (
        "2025-06-03T00:00:00+00:00",
        2,
        0.4,
    )
    assert len(log["history"]) == 2
