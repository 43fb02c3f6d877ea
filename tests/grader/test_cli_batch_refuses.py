"""`grade batch` where the grader itself fails, or cannot begin: that is never a zero, and it says what to do."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from grader.course import load_course
from grader.gradebook import open_gradebook
from grader.model import Grade, Isolation, Status

ASKS_KERAS = """

def oracle(x):
    raise AssertionError("asked live")


def test_follows_keras(student, truth):
    '''It follows Keras.'''
    assert_matches(student.double(3.0), truth(oracle, 3.0))
"""
KILLS_ITS_RUNNER = """

def test_breaks_the_runner(student):
    '''It goes on.'''
    import os
    if student.double(1.0) == 666.0:
        os._exit(1)
"""


@pytest.fixture
def three(ada, hand_in) -> list[Path]:
    """Three students, all right."""
    modules = {path.stem: path.read_text("utf-8") for path in ada.glob("*.py")}
    return [ada, hand_in("bob", **modules), hand_in("eve", **modules)]


@pytest.fixture
def ada(toy_course, hand_in) -> Path:
    """One student, all right."""
    modules = {topic: (toy_course / f"solutions/{topic}.py").read_text("utf-8") for topic in ("double", "walk")}
    return hand_in("ada", **modules)


@pytest.fixture
def batch(grade_command, toy_course):
    """Grade `submissions/` into `g.db`; the counts that the JSON tells, and the exit code."""

    def run(*options: str) -> tuple[dict[str, int], int]:
        always = ("--course", toy_course, "--gradebook", "g.db", "--runners", "1", "--json")
        done = grade_command("batch", "submissions", *always, *options)
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout), done.returncode

    return run


def grades_in(course: Path, path: Path) -> list[Grade]:
    with open_gradebook(path, create=False) as book:
        return list(book.grades(load_course(course).topics, outcomes=True))


def flags_in(path: Path) -> list[tuple[str, str, int]]:
    """Topic, status and needs_manual_grade of every grade that was ever recorded."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT DISTINCT topic, status, needs_manual_grade FROM grades ORDER BY topic, status"
        return connection.execute(query).fetchall()


# --- the grader fails


def test_a_suite_that_breaks_costs_nobody_anything_and_is_tried_again(batch, toy_course, three, tmp_path):
    suite = toy_course / "tests/hidden/test_double.py"
    sound = suite.read_text()
    suite.write_text(sound.replace("x = rng.normal(size=5)", "x = 1 / 0"))
    for _ in range(2):
        told, code = batch()
        assert code == 1
        assert (told["graded"], told["unchanged"], told["not_graded"]) == (0, 0, 3)
    for grade in grades_in(toy_course, tmp_path / "g.db"):
        double, walk = grade.topics
        assert (grade.status, grade.score, grade.needs_manual_grade) == (Status.NOT_GRADED, None, True)
        assert (double.status, double.score) == (Status.NOT_GRADED, None)
        assert "ZeroDivisionError" in double.outcomes[0].message
        assert (walk.status, walk.score) == (Status.GRADED, 3)
    assert flags_in(tmp_path / "g.db") == [("double", "not_graded", 1), ("walk", "graded", 0)]
    suite.write_text(sound)
    told, code = batch()
    assert (told["graded"], code) == (3, 0)
    assert [grade.score for grade in grades_in(toy_course, tmp_path / "g.db")] == [7, 7, 7]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Keras' answers are missing: double.json."),
        ("{", "Keras' answers in double.json cannot be read"),
        ('{"version": 9}', "double.json is no truth file of version 1."),
        ('{"version": 1, "seed": 8, "answers": {}}', "double.json was recorded with seed 8, not 7."),
        ('{"version": 1, "seed": 7, "answers": {}}', "double.json has no answer 1 for test_follows_keras."),
    ],
    ids=["missing", "cut off", "another version", "another seed", "another suite"],
)
def test_truth_that_does_not_fit_costs_nothing(batch, toy_course, ada, tmp_path, content, said):
    with (toy_course / "tests/hidden/test_double.py").open("a") as suite:
        suite.write(ASKS_KERAS)
    if content is not None:
        (toy_course / "tests/hidden/truth").mkdir()
        (toy_course / "tests/hidden/truth/double.json").write_text(content)
    told, code = batch()
    assert (told["graded"], told["not_graded"], code) == (0, 1, 1)
    double, walk = grades_in(toy_course, tmp_path / "g.db")[0].topics
    assert (double.status, double.score, walk.score) == (Status.NOT_GRADED, None, 3)
    assert said in double.outcomes[-1].message
    assert "grade truth record" in double.outcomes[-1].message


def test_a_submission_that_ends_every_runner_is_not_graded_and_the_others_are(batch, toy_course, three, tmp_path):
    with (toy_course / "tests/hidden/test_double.py").open("a") as suite:
        suite.write(KILLS_ITS_RUNNER)
    (three[1] / "double.py").write_text("def double(x):\n    return 666.0 * x\n")
    told, code = batch()
    assert (told["graded"], told["not_graded"], code) == (2, 1, 1)
    ada, bob, eve = grades_in(toy_course, tmp_path / "g.db")
    assert [grade.status for grade in (ada, bob, eve)] == [Status.GRADED, Status.NOT_GRADED, Status.GRADED]
    assert [topic.score for topic in bob.topics] == [None, None]
    assert bob.topics[0].outcomes[0].message == "The grader failed: the runner stopped."


# --- it cannot begin


def no_folder(root: Path) -> None:
    pass


def a_file(root: Path) -> None:
    root.write_text("ada")


def no_students(root: Path) -> None:
    root.mkdir()
    (root / "double.py").write_text("x = 1\n")
    (root / ".git").mkdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (no_folder, "There is no folder class."),
        (a_file, "class is no zip that can be read"),
        (no_students, "class holds no folder of a student."),
    ],
)
def test_a_class_that_is_none_is_told_and_leaves_no_gradebook(grade_command, toy_course, tmp_path, make, said):
    make(tmp_path / "class")
    done = grade_command("batch", "class", "--gradebook", "g.db", "--course", toy_course)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"Error: {said}" in done.stderr
    assert "ive the folder that" in done.stderr  # what to do next
    assert not (tmp_path / "g.db").exists()


@pytest.mark.parametrize(
    ("gradebook", "said"),
    [
        ("submissions", "submissions is a folder, not a gradebook."),
        ("notes.txt", "The gradebook notes.txt is no gradebook."),
        ("other.db", "other.db is no gradebook."),
        ("nowhere/g.db", "There is no folder nowhere."),
        ("mysql://host/grades", "This gradebook's URL cannot be used"),
    ],
)
def test_a_gradebook_that_is_none_is_told_and_left_alone(grade_command, toy_course, ada, tmp_path, gradebook, said):
    (tmp_path / "notes.txt").write_text("my notes\n" * 100)
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE assignment (id INTEGER)")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    done = grade_command("batch", "submissions", "--gradebook", gradebook, "--course", toy_course)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert "bug" not in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_a_course_without_hidden_suites_cannot_grade_a_class(grade_command, toy_course, ada, tmp_path):
    (toy_course / "tests/hidden/test_walk.py").unlink()
    done = grade_command("batch", "submissions", "--gradebook", "g.db", "--course", toy_course)
    assert done.returncode == 2
    assert "There is no hidden suite for walk." in done.stderr
    assert not (tmp_path / "g.db").exists()


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("tests/hidden/test_walk.py", "import not_there\n", "A suite cannot be collected."),
        ("solutions/mistakes/double.py", "1 / 0\n", "solutions/mistakes/double.py cannot be read"),
        ("course.toml", "version = 2\n", "its format has version 2"),
    ],
    ids=["suite", "mistakes", "course.toml"],
)
def test_a_broken_course_stops_the_batch(grade_command, toy_course, ada, file, text, said):
    (toy_course / file).write_text(text)
    (ada / "double.py").write_text("def double(x):\n    return 2.5 * x\n")
    done = grade_command("batch", "submissions", "--gradebook", "g.db", "--course", toy_course)
    assert done.returncode == 2
    assert said in done.stderr
    assert "bug" not in done.stderr


# --- isolation


def test_isolation_is_recorded_with_each_grade(batch, toy_course, ada, tmp_path):
    assert batch("--isolation", "none")[1] == 0
    [grade] = grades_in(toy_course, tmp_path / "g.db")
    assert (grade.score, grade.isolation) == (7, Isolation.NONE)


# Runs the command on a machine whose kernel has no Landlock: a filter that answers its first call with ENOSYS.
WITHOUT_LANDLOCK = """
import ctypes, errno, os, struct, sys
step = struct.Struct("<HBBI").pack
program = b"".join([
    step(0x20, 0, 0, 0),                          # load the number of the system call
    step(0x15, 0, 1, 444),                        # landlock_create_ruleset?
    step(0x06, 0, 0, 0x00050000 | errno.ENOSYS),
    step(0x06, 0, 0, 0x7FFF0000),
])
class Description(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
assert libc.prctl(22, 2, ctypes.byref(Description(4, program)), 0, 0) == 0  # PR_SET_SECCOMP
os.execv(sys.executable, [sys.executable, "-m", "grader.cli", *sys.argv[1:]])
"""


def without_landlock(*arguments: str | Path, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", WITHOUT_LANDLOCK, *map(str, arguments)]
    env = {**os.environ, "COLUMNS": "100"}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.skipif(sys.platform != "linux", reason="layers of Linux")
def test_a_machine_that_cannot_isolate_is_refused_and_told_what_to_do(toy_course, ada, tmp_path):
    batch = ("batch", "submissions", "--gradebook", "g.db", "--course", toy_course, "--runners", "1")
    refused = without_landlock(*batch, cwd=tmp_path)
    assert refused.returncode == 1
    assert "This machine cannot isolate student code fully: landlock missing." in refused.stderr
    assert "grade doctor" in refused.stderr
    assert "--isolation partial" in refused.stderr
    assert [grade.status for grade in grades_in(toy_course, tmp_path / "g.db")] == [Status.NOT_GRADED]
    accepted = without_landlock(*batch, "--isolation", "partial", cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    [grade] = grades_in(toy_course, tmp_path / "g.db")
    assert (grade.score, grade.isolation) == (7, Isolation.PARTIAL)


@pytest.mark.skipif(sys.platform != "linux", reason="layers of Linux")
def test_doctor_names_the_layer_that_a_machine_lacks(tmp_path):
    done = without_landlock("doctor", cwd=tmp_path)
    assert done.returncode == 1
    lacking = [line for line in done.stdout.splitlines() if "this machine does not have it" in line]
    assert lacking
    assert all(line.startswith("landlock") for line in lacking)
    assert "Isolation on this machine: partial." in done.stdout
