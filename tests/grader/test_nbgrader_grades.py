"""To nbgrader and back with real commands: release, submit, grade, autograde, export, feedback, a manual score."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook import Record, open_gradebook
from grader.model import Isolation, Outcome, Override, Policy, Result, Status, Topic, TopicScore
from grader.nbgrader.feedback import comment_on
from grader.nbgrader.grades import export_grades, read_manual_scores
from grader.policy import final_grades

NOW = "2027-01-01T00:00:00+00:00"
POLICY = "[policy]\ndue = 2026-12-04\npercent_per_day = 10\n\n[limits]"
HOSTILE = "raise ValueError('<script>alert(1)</script> ](javascript:1) ``` ')"


def nbgrader(folder: Path, *arguments: str) -> None:
    """The real command, which finds Jupyter's programs as if its environment were active."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


@contextmanager
def its_gradebook(folder: Path) -> Iterator[Any]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as opened:
        yield opened


def set_by_hand(folder: Path, student: str, topic: str, **fields: float | None) -> None:
    """What the formgrader does when somebody types a score or a comment."""
    remark = fields.pop("comment", None)
    with its_gradebook(folder) as gradebook:
        grade = gradebook.find_grade("score", topic, "exercises", student)
        for name, value in fields.items():
            setattr(grade, name, value)
        if remark is not None:
            gradebook.find_comment("score", topic, "exercises", student).manual_comment = remark
        gradebook.db.commit()


def entry(folder: Path, student: str, topic: str) -> tuple[Any, ...]:
    with its_gradebook(folder) as gradebook:
        grade = gradebook.find_grade("score", topic, "exercises", student)
        return grade.auto_score, grade.manual_score, grade.needs_manual_grade, grade.score


def exported(folder: Path) -> dict[str, dict[str, str]]:
    """What `nbgrader export` says, by student."""
    nbgrader(folder, "export", "--to", "out.csv")
    with (folder / "out.csv").open(newline="") as stream:
        return {row["student_id"]: row for row in csv.DictReader(stream)}


# --- the whole way


@pytest.fixture(scope="module")
def class_folder(
    tmp_path_factory: pytest.TempPathFactory, make_toy_course: Callable[[Path], Path], grade_anywhere: Any
) -> Path:
    """A class that was graded here and sent to nbgrader: `course`, `nbgrader`, `gradebook.db`."""
    root = tmp_path_factory.mktemp("class")
    course = make_toy_course(root / "course")
    (course / "course.toml").write_text((course / "course.toml").read_text().replace("[limits]", POLICY))
    place = root / "nbgrader"
    place.mkdir()

    def grade(*arguments: str | Path) -> str:
        done = grade_anywhere(*arguments, "--course", course, cwd=root)
        assert done.returncode == 0, done.stderr
        return str(done.stdout + done.stderr)

    grade("release", "--nbgrader", place)
    nbgrader(place, "generate_assignment", "exercises", "--create")
    hand_in(place, "ada", "2026-12-04 20:00:00 UTC")
    hand_in(place, "ben", "2026-12-05 20:00:00 UTC", double=("2.0 * x", "3.0 * x"), walk=("points = [x]", HOSTILE))
    hand_in(place, "cleo", "2026-12-06 20:00:00 UTC", walk=None)
    grade("batch", place / "submitted", "--gradebook", "gradebook.db")
    nbgrader(place, "autograde", "exercises")
    grade("export", "nbgrader", place, "--gradebook", "gradebook.db")
    return root


def hand_in(place: Path, student: str, when: str, **edits: tuple[str, str] | None) -> None:
    folder = place / "submitted" / student / "exercises"
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(when)
    for topic in ("double", "walk"):
        text = (place / "source" / "exercises" / f"{topic}.ipynb").read_text("utf-8")
        edit = edits.get(topic, ("", ""))
        if edit is not None:
            old, new = edit
            assert old in text
            (folder / f"{topic}.ipynb").write_text(text.replace(old, new), "utf-8")


def test_export_of_nbgrader_has_our_scores_and_penalties(class_folder):
    rows = exported(class_folder / "nbgrader")
    found = {
        name: (float(row["raw_score"]), float(row["late_submission_penalty"]), float(row["score"]), row["timestamp"])
        for name, row in rows.items()
    }
    assert found == {
        "ada": (7.0, 0.0, 7.0, "2026-12-04 20:00:00"),
        "ben": (1.0, pytest.approx(0.3), pytest.approx(0.7), "2026-12-05 20:00:00"),
        "cleo": (4.0, pytest.approx(0.8), pytest.approx(3.2), "2026-12-06 20:00:00"),
    }
    assert {row["max_score"] for row in rows.values()} == {"7.0"}


def test_formgrader_shows_our_scores_and_nothing_left_to_grade(class_folder):
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root = str(class_folder / "nbgrader")
    api = NbGraderAPI(config=config)  # what the formgrader's pages ask
    submissions = {one["student"]: one for one in api.get_submissions("exercises")}
    assert {name: (one["score"], one["needs_manual_grade"]) for name, one in submissions.items()} == {
        "ada": (7.0, False),
        "ben": (1.0, False),
        "cleo": (4.0, False),
    }
    double = {one["student"]: one["score"] for one in api.get_notebook_submissions("exercises", "double")}
    assert double == {"ada": 4.0, "ben": 0.0, "cleo": 4.0}


def test_feedback_page_says_what_to_fix_and_shows_no_hidden_test(class_folder):
    place = class_folder / "nbgrader"
    nbgrader(place, "generate_feedback", "exercises", "--student", "ben")
    pages = {
        topic: (place / "feedback/ben/exercises" / f"{topic}.html").read_text("utf-8") for topic in ("double", "walk")
    }
    assert "These are the numbers of three times x. How often is x taken?" in pages["double"]
    assert "1 day late: 0.3 points off." in pages["walk"]
    assert "First to fix: Four steps down a bowl." in pages["walk"]
    assert "<script>alert(1)" not in pages["walk"]
    assert 'href="javascript' not in pages["walk"]
    comment = re.search(r"<b>Comments:</b>(.*?)</div>", pages["walk"], re.DOTALL)
    assert comment
    assert "<pre><code>ValueError: &lt;script&gt;" in comment[1]
    for page in [*pages.values(), (place / "gradebook.db").read_bytes().decode("latin-1")]:
        for secret in ("test_vector", "test_bowl", "reference.walk", "3.0, 4", "rng.normal", "test_argument_stays"):
            assert secret not in page


def test_manual_score_is_read_back_and_counts_here(class_folder, grade_command):
    place, course = class_folder / "nbgrader", class_folder / "course"
    set_by_hand(place, "ben", "walk", manual_score=2.5, comment="Right idea.")
    arguments = ("--gradebook", class_folder / "gradebook.db", "--course", course)
    done = grade_command("override", "--from-nbgrader", place, *arguments)
    assert done.stdout == "ben, walk: 2.5 of 3. Set by nbgrader: Right idea.\n"
    log = json.loads(grade_command("log", "ben", "--json", *arguments).stdout)
    assert [topic["score"] for topic in log["grade"]["topics"]] == [0.0, 2.5]
    assert [(one["score"], one["who"], one["why"]) for one in log["overrides"]] == [(2.5, "nbgrader", "Right idea.")]
    again = grade_command("override", "--from-nbgrader", place, *arguments)
    assert (again.stdout, again.stderr) == ("", "Read back 0 scores that somebody has set in nbgrader.\n")
    assert (
        grade_command("export", "nbgrader", place, *arguments).stderr
        == "Wrote exercises of 3 students into nbgrader's gradebook.\n"
    )
    assert entry(place, "ben", "walk") == (1.0, 2.5, False, 2.5)


# --- without nbgrader's files: its gradebook alone


ADAM = Topic(name="adam", title="Adam", max_score=20.0)
DROPOUT = Topic(name="dropout", title="Dropout", max_score=10.0)
TOPICS = (ADAM, DROPOUT)


class Both:
    """Our gradebook and nbgrader's."""

    def __init__(self, folder: Path, empty: Path | None = None) -> None:
        self.place = folder / "nbgrader"
        self.place.mkdir(parents=True)
        self.file = folder / "ours.db"
        if empty:
            shutil.copy(empty, self.place / "gradebook.db")

    def grade(self, student: str, adam: float | None, dropout: float | None, *, status: Status | None = None) -> None:
        scores = {
            topic.name: (
                "k",
                TopicScore(
                    topic=topic.name,
                    status=Status.GRADED if score is not None else status or Status.MISSING,
                    score=score,
                    max_score=topic.max_score,
                ),
            )
            for topic, score in ((ADAM, adam), (DROPOUT, dropout))
        }
        handed_in: dict[str, Any] = {"student_id": student, "submitted_at": "2026-12-04T20:00:00+00:00"}
        run: dict[str, Any] = {"isolation": Isolation.FULL, "seed": 1, "graded_at": NOW}
        with open_gradebook(self.file, create=True) as book:
            book.record([Record(scores=scores, **handed_in, **run)])

    def override(self, student: str, topic: str, score: float | None) -> None:
        one = Override(student_id=student, topic=topic, score=score, why="So.", who="kim", set_at=NOW)
        with open_gradebook(self.file, create=True) as book:
            book.override([one])

    def export(self, topics: tuple[Topic, ...] = TOPICS) -> tuple[str, ...]:
        with open_gradebook(self.file, create=False) as book:
            grades = final_grades(book.grades(topics), Policy(), (), book.overrides())
            return export_grades(grades, topics, book.overrides(), self.place, "exercises").kept

    def read_back(self) -> list[tuple[str, str, float | None, str]]:
        with open_gradebook(self.file, create=True) as book:
            found = read_manual_scores(self.place, "exercises", TOPICS, book.overrides(), set_at=NOW)
            book.override(found)
        return [(one.student_id, one.topic, one.score, one.why) for one in found]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook that nbgrader has made, which takes it seconds."""
    place = tmp_path_factory.mktemp("empty")
    nbgrader(place, "export")
    return place / "gradebook.db"


@pytest.fixture
def both(tmp_path: Path, empty: Path) -> Both:
    return Both(tmp_path, empty)


@pytest.fixture
def neither(tmp_path: Path) -> Both:
    """The same without a gradebook of nbgrader's."""
    return Both(tmp_path)


def test_export_makes_a_gradebook_that_nbgrader_itself_takes_for_its_own(neither, monkeypatch):
    both = neither
    monkeypatch.setenv("PATH", "/usr/bin")  # nbgrader runs `alembic` for a new one
    both.grade("ada", 15.0, 8.0)
    both.export()
    monkeypatch.undo()
    assert exported(both.place)["ada"]["score"] == "23.0"
    nbgrader(both.place, "db", "upgrade")
    assert entry(both.place, "ada", "adam") == (15.0, None, False, 15.0)


def test_export_keeps_missing_and_not_graded_apart(both):
    both.grade("ada", None, 8.0)
    both.grade("ben", None, None)
    both.grade("eve", None, 8.0, status=Status.NOT_GRADED)
    both.export()
    assert entry(both.place, "ada", "adam") == (0.0, None, False, 0.0)
    assert entry(both.place, "eve", "adam") == (None, None, True, 0.0)
    with its_gradebook(both.place) as gradebook:
        assert [one.student.id for one in gradebook.assignment_submissions("exercises")] == ["ada", "eve"]
        assert [student.id for student in gradebook.students] == ["ada", "ben", "eve"]
        comment = gradebook.find_comment("score", "adam", "exercises", "ada").comment
    assert comment == "Nothing was handed in."


def test_export_again_writes_what_has_changed(both):
    both.grade("ada", 15.0, 8.0)
    both.export()
    both.grade("ada", 18.0, None)
    both.export()
    assert entry(both.place, "ada", "adam")[0] == 18.0
    assert entry(both.place, "ada", "dropout")[0] == 0.0


def test_export_when_a_topic_was_added_makes_up_for_it(both):
    both.grade("ada", 15.0, 8.0)
    both.export((ADAM,))
    both.export(TOPICS)
    assert entry(both.place, "ada", "dropout") == (8.0, None, False, 8.0)


def test_export_sends_overrides_as_manual_scores_and_takes_them_back(both):
    both.grade("ada", 15.0, 8.0)
    both.override("ada", "adam", 17.0)
    both.export()
    assert entry(both.place, "ada", "adam") == (15.0, 17.0, False, 17.0)
    both.override("ada", "adam", 18.0)
    assert both.export() == ()
    assert entry(both.place, "ada", "adam") == (15.0, 18.0, False, 18.0)
    both.override("ada", "adam", None)
    assert both.export() == ()
    assert entry(both.place, "ada", "adam") == (15.0, None, False, 15.0)


def test_export_leaves_what_somebody_has_set_in_nbgrader(both):
    both.grade("ada", 15.0, 8.0)
    both.export()
    set_by_hand(both.place, "ada", "adam", manual_score=11.0, comment="Mine.")
    both.override("ada", "adam", 17.0)
    assert both.export() == ("ada, adam: 11 was set in nbgrader.",)
    assert entry(both.place, "ada", "adam") == (15.0, 11.0, False, 11.0)
    with its_gradebook(both.place) as gradebook:
        assert gradebook.find_comment("score", "adam", "exercises", "ada").comment == "Mine."


def test_read_back_takes_what_was_set_there_and_only_that(both):
    both.grade("ada", 15.0, 8.0)
    both.grade("ben", 1.0, 2.0)
    both.override("ben", "adam", 3.0)
    both.export()
    assert both.read_back() == []
    set_by_hand(both.place, "ada", "adam", manual_score=11.0)
    set_by_hand(both.place, "ada", "dropout", extra_credit=1.5, comment=" Well explained. ")
    set_by_hand(both.place, "ben", "dropout", manual_score=0.0)
    assert both.read_back() == [
        ("ada", "adam", 11.0, "Set in nbgrader."),
        ("ada", "dropout", 9.5, "Well explained."),
        ("ben", "dropout", 0.0, "Set in nbgrader."),
    ]
    assert both.read_back() == []


def test_read_back_then_export_changes_no_score(both):
    both.grade("ada", 15.0, 8.0)
    both.export()
    set_by_hand(both.place, "ada", "adam", manual_score=11.0, extra_credit=2.0)
    set_by_hand(both.place, "ada", "dropout", extra_credit=1.5)
    before = [entry(both.place, "ada", topic)[3] for topic in ("adam", "dropout")]
    both.read_back()
    both.grade("ada", 19.0, 2.0)  # a regrade
    assert both.export() == ()
    assert [entry(both.place, "ada", topic)[3] for topic in ("adam", "dropout")] == before == [13.0, 9.5]
    both.override("ada", "adam", None)
    both.export()
    assert entry(both.place, "ada", "adam")[3] == 19.0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("override", "--from-nbgrader", "nowhere"), "There is no folder nowhere"),
        (("override", "--from-nbgrader", "nbgrader"), "nbgrader has no gradebook in nbgrader"),
        (("export", "nbgrader", "nowhere"), "There is no folder nowhere"),
        (("export", "nbgrader", "nbgrader", "--assignment", "a+b"), "cannot be the name of an assignment"),
        (("override", "ada", "--from-nbgrader", "nbgrader"), "every score comes from there"),
    ],
)
def test_commands_when_something_is_not_there_say_so(neither, grade_command, toy_course, arguments, says):
    neither.grade("ada", 1.0, 1.0)
    done = grade_command(*arguments, "--gradebook", neither.file, "--course", toy_course)
    assert done.returncode == 2
    assert says in done.stderr
    assert list(neither.place.iterdir()) == []


def test_read_back_when_there_is_no_such_assignment_names_those_that_are(both, grade_command, toy_course):
    both.grade("ada", 1.0, 1.0)
    both.export()
    arguments = ("--from-nbgrader", both.place, "--assignment", "hw1", "--gradebook", both.file)
    done = grade_command("override", *arguments, "--course", toy_course)
    assert 'nbgrader has no assignment "hw1"' in done.stderr
    assert "It has: exercises." in done.stderr


def test_export_when_our_gradebook_lies_where_nbgrader_has_its_own_leaves_it(neither, grade_command, toy_course):
    neither.file = neither.place / "gradebook.db"
    neither.grade("ada", 1.0, 1.0)
    before = neither.file.read_bytes()
    done = grade_command("export", "nbgrader", neither.place, "--gradebook", neither.file, "--course", toy_course)
    assert done.returncode == 1
    assert "is not nbgrader's" in done.stderr
    assert neither.file.read_bytes() == before


# --- comments


def failed(**fields: str) -> TopicScore:
    passed = Outcome(topic="adam", test="a", sentence="A.", result=Result.PASSED, points=1, max_points=1)
    wrong = Outcome(
        topic="adam", test="b", sentence="Ten steps.", result=Result.EXCEPTION, points=0, max_points=1, **fields
    )
    return TopicScore(topic="adam", status=Status.GRADED, score=1.0, max_score=2.0, outcomes=(passed, wrong, wrong))


def test_comment_shows_what_a_student_wrote_as_code():
    lines = comment_on(failed(message="ValueError: # x\n\n```\n<b>\x1b[31m\n", output="secret")).split("\n\n", 2)
    assert lines[:2] == ["1 of 3 tests passed.", "First to fix: Ten steps."]
    assert lines[2].split("\n") == ["    ValueError: # x", "    ", "    ```", "    <b>"]


def test_comment_bounds_what_a_student_wrote():
    assert len(comment_on(failed(message="x" * 100_000))) < 3000


def test_comment_when_everything_is_right_is_short():
    one = Outcome(topic="adam", test="a", sentence="A.", result=Result.PASSED, points=1, max_points=1)
    score = TopicScore(topic="adam", status=Status.GRADED, score=1.0, max_score=1.0, outcomes=(one,))
    assert comment_on(score) == "1 of 1 test passed."
