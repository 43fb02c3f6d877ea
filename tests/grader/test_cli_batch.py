"""`grade batch`, as an instructor runs it: a row for everybody, whatever was handed in, and nothing graded twice."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from grader.course import load_course
from grader.gradebook import open_gradebook
from grader.model import Grade, Status

DOUBLE = "def double(x):\n    return 2.0 * x\n\n\ndef both(x):\n    return x, double(x)\n"
WALK = """
import numpy as np


def walk(slope, x, steps):
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - 0.1 * slope(points[-1]))
    return np.array(points)


class Counter:
    def __init__(self, start):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
"""
LOOP = "while True:\n    pass\n"


def handed_in(root: Path, student: str | bytes, **modules: str) -> Path:
    folder = Path(os.fsdecode(os.path.join(os.fsencode(root), os.fsencode(student))))
    folder.mkdir(parents=True)
    for topic, text in modules.items():
        (folder / f"{topic}.py").write_text(text, "utf-8")
    return folder


def gradebook_rows(course: Path, path: Path) -> dict[str, Grade]:
    """By student, what the gradebook holds, outcomes included, without times."""
    topics = load_course(course).topics
    with open_gradebook(path, create=False) as book:
        return {grade.student_id: without_times(grade) for grade in book.grades(topics, outcomes=True)}


def without_times(grade: Grade) -> Grade:
    topics = tuple(
        msgspec.structs.replace(
            topic, outcomes=tuple(msgspec.structs.replace(outcome, seconds=0.0) for outcome in topic.outcomes)
        )
        for topic in grade.topics
    )
    return msgspec.structs.replace(grade, topics=topics, graded_at="", submitted_at=None)


def history(path: Path) -> list[tuple[str, str]]:
    """Student and topic of every grade that was ever recorded."""
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute("SELECT student_id, topic FROM grades").fetchall())


# --- whatever was handed in

# By student: what was handed in for `double`, and its score, the result of its first test, and words of its message.
BAD = {
    "a stub": ("def double(x):\n    raise NotImplementedError()\n", 0, "not_implemented", "not written yet"),
    "ends Python": ("import os\nos._exit(7)\n", 0, "crashed", "exit code 7"),
    "exits": ("import sys\nsys.exit()\n", 0, "exception", "stopped Python"),
    "forbidden": ("import tensorflow\n", 0, "forbidden", "tensorflow cannot be imported"),
    "huge": ("import numpy as np\ndef double(x):\n    return np.zeros(3_000_000)\n", 0, "wrong_shape", "16 MB"),
    "int": ("import numpy as np\ndef double(x):\n    return np.ones(5, int)\n", 0, "wrong_type", "Whole numbers"),
    "list": ("def double(x):\n    return list(2.0 * x)\n", 0, "wrong_type", "a list of 5"),
    "loops": (LOOP, 0, "timeout", "a loop that never ends"),
    "memory": ("x = bytearray(10**10)\n", 0, "memory", "1024 MB"),
    "missing name": ("def duoble(x):\n    return 2.0 * x\n", 0, "not_implemented", "double is not in double.py"),
    "nan": ("def double(x):\n    return x * float('nan')\n", 0, "wrong_value", "NaN"),
    "none": ("def double(x):\n    2.0 * x\n", 0, "wrong_type", "None"),
    "partly": ("def double(x):\n    return 2.0 * x\n", 3, "passed", ""),
    "raises": ("def double(x):\n    return 1 / 0\n", 0, "exception", "ZeroDivisionError"),
    "segfault": ("import ctypes\nctypes.string_at(0)\n", 0, "crashed", "Python stopped"),
    "shape": ("def double(x):\n    return (2.0 * x)[None]\n", 0, "wrong_shape", "got (1, 5)"),
    "syntax": ("def double(x:\n", 0, "exception", "SyntaxError"),
}
NAMES = ["=1+1", "-rf", "a b", "张伟", "x" * 200, b"no\xffutf8", "new\nline", "[red]ada[bold]"]
SHOWN = ["=1+1", "-rf", "a b", "张伟", "x" * 200, r"no\udcffutf8", r"new\x0aline", "[red]ada[bold]"]


@pytest.fixture(scope="module")
def bad_class(
    tmp_path_factory, make_toy_course: Callable[[Path], Path], grade_anywhere
) -> tuple[dict[str, Grade], str]:
    """What a gradebook holds after a class with everything that can be wrong, and what was printed."""
    home = tmp_path_factory.mktemp("class")
    root, course = home / "submissions", make_toy_course(home / "course")
    for student, (source, *_) in BAD.items():
        handed_in(root, student, double=source, walk=WALK)
    for student in NAMES:
        handed_in(root, student, double=DOUBLE, walk=WALK)
    handed_in(root, "ada", double=DOUBLE, walk=WALK)
    handed_in(root, "zoe", double=DOUBLE, walk=WALK)
    handed_in(root, "empty")
    handed_in(root, "no double", walk=WALK)
    (handed_in(root, "folder", walk=WALK) / "double.py").mkdir()
    (handed_in(root, "link", walk=WALK) / "double.py").symlink_to(root / "ada/double.py")
    os.mkfifo(handed_in(root, "pipe", walk=WALK) / "double.py")
    (handed_in(root, "large", walk=WALK) / "double.py").write_text("#" * 2_000_000)
    handed_in(root, "deep/a/b", double=DOUBLE, walk=WALK)
    handed_in(root, "twice/a", double=DOUBLE, walk=WALK)
    handed_in(root, "twice/b", double=DOUBLE)
    (root / "notes.txt").write_text("not a student")
    (root / ".hidden").mkdir()
    done = grade_anywhere("batch", root, "--gradebook", "g.db", "--course", course, cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return gradebook_rows(course, home / "g.db"), done.stdout


def test_every_student_gets_a_row_whatever_was_handed_in(bad_class):
    rows, printed = bad_class
    others = ["ada", "zoe", "empty", "no double", "folder", "link", "pipe", "large", "deep", "twice"]
    assert sorted(rows) == sorted([*BAD, *SHOWN, *others])
    assert f"{len(rows)} graded, 0 unchanged since they were graded." in printed
    assert f"{len(rows)} students: {len(rows) - 1} graded, 1 handed in nothing." in printed


@pytest.mark.parametrize("student", BAD)
def test_bad_work_gets_an_outcome_that_says_why(bad_class, student):
    _, score, result, said = BAD[student]
    double, walk = bad_class[0][student].topics
    assert double.score == score
    assert double.outcomes[0].result == result
    assert said in double.outcomes[0].message
    assert walk.score == 3  # its other topic has its points all the same


@pytest.mark.parametrize("student", [*SHOWN, "ada", "zoe", "deep"])
def test_good_work_among_bad_has_all_its_points(bad_class, student):
    rows, _ = bad_class
    assert rows[student].score == 7
    assert rows[student].topics == rows["ada"].topics


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("folder", "double.py is a folder, not a file."),
        ("link", "double.py is a link"),
        ("pipe", "double.py is not a regular file."),
        ("large", "double.py is too large"),
        ("twice", "There are 2 files called double.py"),
    ],
)
def test_what_cannot_be_read_is_a_zero_that_says_why(bad_class, student, said):
    double, walk = bad_class[0][student].topics
    assert (double.status, double.score) == (Status.GRADED, 0)
    assert {outcome.result for outcome in double.outcomes} == {"exception"}
    assert said in double.outcomes[0].message
    assert walk.score == 3


def test_missing_is_neither_zero_nor_not_graded(bad_class):
    rows, _ = bad_class
    assert (rows["empty"].status, rows["empty"].score) == (Status.MISSING, 0)
    double, walk = rows["no double"].topics
    assert (double.status, double.score, double.outcomes) == (Status.MISSING, None, ())
    assert (rows["no double"].status, rows["no double"].score, walk.score) == (Status.GRADED, 3, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="permissions of Linux")
def test_what_this_machine_may_not_read_is_not_graded_until_it_may(toy_course, tmp_path, hand_in):
    hand_in("ada", double=DOUBLE, walk=WALK)
    locked = hand_in("bob", double=DOUBLE, walk=WALK) / "double.py"
    locked.chmod(0)
    done = as_a_plain_user("batch", "submissions", "--gradebook", "g.db", "--course", toy_course, cwd=tmp_path)
    assert done.returncode == 1
    assert "1 not graded: the grader failed" in done.stdout
    rows = gradebook_rows(toy_course, tmp_path / "g.db")
    double, walk = rows["bob"].topics
    assert (double.status, double.score, walk.score) == (Status.NOT_GRADED, None, 3)
    assert "permission denied" in double.outcomes[0].message
    assert rows["ada"].score == 7
    locked.chmod(0o600)
    done = as_a_plain_user("batch", "submissions", "--gradebook", "g.db", "--course", toy_course, cwd=tmp_path)
    assert done.returncode == 0
    assert gradebook_rows(toy_course, tmp_path / "g.db")["bob"].score == 7


def as_a_plain_user(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command so that permissions count, also where the tests run as root."""
    code = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
for capability in (1, 2):  # to write and to read whatever the permissions are
    libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.executable, [sys.executable, "-m", "grader.cli", *sys.argv[1:]])
"""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


# --- resume


@pytest.fixture
def three(hand_in) -> list[Path]:
    """Three students, all right."""
    return [hand_in(student, double=DOUBLE, walk=WALK) for student in ("ada", "bob", "eve")]


@pytest.fixture
def batch(grade_command, toy_course, tmp_path) -> Callable[..., dict[str, int]]:
    """Grade `submissions/` into `g.db`; what the JSON says, with the exit code."""

    def run(*options: str) -> dict[str, int]:
        arguments = ("--gradebook", "g.db", "--course", toy_course, "--runners", "1", "--json", *options)
        done = grade_command("batch", tmp_path / "submissions", *arguments)
        assert done.stderr == "" or done.returncode == 2, done.stderr
        return {**json.loads(done.stdout), "exit": done.returncode}

    return run


def told(submissions: int, graded: int, unchanged: int, not_graded: int = 0, code: int = 0) -> dict[str, object]:
    counts = {"submissions": submissions, "graded": graded, "unchanged": unchanged, "not_graded": not_graded}
    return {"version": 1, **counts, "layout": "folders", "unmatched": [], "absent": [], "exit": code}


def test_a_second_run_grades_nothing_and_says_so(grade_command, batch, toy_course, three, tmp_path):
    assert batch() == told(3, graded=3, unchanged=0)
    before = history(tmp_path / "g.db")
    assert batch() == told(3, graded=0, unchanged=3)
    assert history(tmp_path / "g.db") == before
    again = grade_command("batch", "submissions", "--gradebook", "g.db", "--course", toy_course)
    assert "0 graded, 3 unchanged since they were graded." in again.stdout


def test_a_changed_module_regrades_one_topic_of_one_student(batch, toy_course, three, tmp_path):
    batch()
    before = history(tmp_path / "g.db")
    (three[1] / "double.py").write_text(DOUBLE.replace("2.0", "3.0"))
    assert batch() == told(3, graded=1, unchanged=2)
    assert history(tmp_path / "g.db") == sorted([*before, ("bob", "double")])
    rows = gradebook_rows(toy_course, tmp_path / "g.db")
    assert [grade.score for grade in rows.values()] == [7, 3, 7]
    assert rows["bob"].topics[0].outcomes[0].mistake == "three times x"


def test_a_module_that_is_taken_away_is_missing_and_one_that_comes_is_graded(batch, toy_course, three, tmp_path):
    (three[0] / "walk.py").unlink()
    batch()
    shutil.move(three[1] / "double.py", three[0] / "walk.py")
    (three[0] / "walk.py").write_text(WALK)
    assert batch() == told(3, graded=2, unchanged=1)
    ada, bob, _ = gradebook_rows(toy_course, tmp_path / "g.db").values()
    assert [topic.score for topic in ada.topics] == [4, 3]
    assert [topic.score for topic in bob.topics] == [None, 3]
    assert bob.topics[0].status is Status.MISSING
    assert batch() == told(3, graded=0, unchanged=3)


def test_a_changed_suite_regrades_its_topic_for_everybody(batch, toy_course, three, tmp_path):
    batch()
    before = history(tmp_path / "g.db")
    suite = toy_course / "tests/hidden/test_walk.py"
    suite.write_text(suite.read_text().replace("@points(2)", "@points(2.5)"))
    assert batch() == told(3, graded=3, unchanged=0)
    assert history(tmp_path / "g.db") == sorted([*before, *((student, "walk") for student in ("ada", "bob", "eve"))])
    assert [grade.score for grade in gradebook_rows(toy_course, tmp_path / "g.db").values()] == [7.5, 7.5, 7.5]


def test_a_file_that_is_only_touched_is_not_graded_again(batch, three):
    batch()
    for folder in three:
        for module in folder.glob("*.py"):
            os.utime(module, (1, 1))
    assert batch() == told(3, graded=0, unchanged=3)


def test_a_new_student_is_graded_alone(batch, three, hand_in):
    batch()
    hand_in("mia", double=DOUBLE, walk=WALK)
    assert batch() == told(4, graded=1, unchanged=3)


def test_another_seed_is_graded_again(batch, three):
    batch()
    assert batch("--seed", "8") == told(3, graded=3, unchanged=0)


def test_grades_are_the_same_with_one_runner_and_with_two(batch, toy_course, hand_in, tmp_path):
    for number in range(6):
        hand_in(f"right{number}", double=DOUBLE, walk=WALK)
        hand_in(f"wrong{number}", double=DOUBLE.replace("2.0", "3.0"), walk=WALK)
    hand_in("loops", double=LOOP, walk=WALK)
    batch()
    one = gradebook_rows(toy_course, tmp_path / "g.db")
    (tmp_path / "g.db").unlink()
    batch("--runners", "2")
    assert gradebook_rows(toy_course, tmp_path / "g.db") == one


def test_a_bad_student_changes_nobody_elses_row(batch, toy_course, three, hand_in, tmp_path):
    batch()
    alone = gradebook_rows(toy_course, tmp_path / "g.db")
    (tmp_path / "g.db").unlink()
    for student, (source, *_) in [*BAD.items()][:8]:
        hand_in(student, double=source, walk="import os\nos._exit(1)\n")
    batch()
    among = gradebook_rows(toy_course, tmp_path / "g.db")
    assert {student: among[student] for student in alone} == alone


# --- week by week


def cells(grade_command, course: Path, *options: str) -> dict[str, list[str]]:
    """What `grade export csv` shows, without times."""
    done = grade_command("export", "csv", "--gradebook", "g.db", "--course", course, "-o", "-", *options)
    assert done.returncode == 0, done.stderr
    head, *rows = [line.split(",") for line in done.stdout.splitlines()]
    kept = [place for place, name in enumerate(head) if name not in ("student_id", "submitted_at", "graded_at")]
    return {"": [head[place] for place in kept]} | {row[0]: [row[place] for place in kept] for row in rows}


@pytest.fixture
def weeks(grade_command, toy_course, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Two weeks, each a folder with the module of that week; grades one of them."""
    for student in ("ada", "bob"):
        handed_in(tmp_path / "week1", student, double=DOUBLE)
    handed_in(tmp_path / "week2", "ada", walk=WALK)

    def run(week: str, *options: str | Path) -> subprocess.CompletedProcess[str]:
        done = grade_command("batch", week, "--gradebook", "g.db", "--course", toy_course, *options)
        assert done.returncode == 0, done.stderr
        return done

    return run


def test_topics_that_are_not_graded_yet_are_neither_shown_nor_in_the_total(weeks, grade_command, toy_course):
    printed = weeks("week1", "--topic", "double").stdout
    assert "Mean 4 of 4 points" in printed
    assert cells(grade_command, toy_course) == {
        "": ["double", "score", "max_score", "status", "auto_score", "penalty", "overridden"],
        "ada": ["4", "4", "4", "graded", "4", "0", ""],
        "bob": ["4", "4", "4", "graded", "4", "0", ""],
    }


def test_the_next_week_leaves_the_topics_of_the_first_alone(weeks, grade_command, toy_course, tmp_path):
    weeks("week1", "--topic", "double")
    printed = weeks("week2", "--topic", "walk").stdout
    assert "Not in this download, so missing: bob (1 student of the gradebook)." in printed
    found = cells(grade_command, toy_course)
    assert found["ada"] == ["4", "3", "7", "7", "graded", "7", "0", ""]
    assert found["bob"] == ["4", "missing", "4", "7", "graded", "4", "0", ""]
    assert history(tmp_path / "g.db") == [("ada", "double"), ("ada", "walk"), ("bob", "double"), ("bob", "walk")]


def test_a_student_of_another_download_keeps_the_grade(weeks, hand_in, grade_command, toy_course, tmp_path):
    weeks("week1", "--topic", "double")
    handed_in(tmp_path / "others", "eve", double=DOUBLE)
    weeks("others", "--topic", "double")
    assert [row[0] for row in cells(grade_command, toy_course).values()] == ["double", "4", "4", "4"]


def test_each_week_keeps_the_time_at_which_it_was_handed_in(weeks, grade_command, toy_course, tmp_path):
    toml = toy_course / "course.toml"
    policy = "[policy]\ndue = 2025-06-01\npercent_per_day = 10\n\n[limits]"
    toml.write_text(toml.read_text().replace("[limits]", policy))
    for week, day in (("week1", "2025-05-20"), ("week2", "2025-06-03")):
        roster = tmp_path / f"{week}.csv"
        roster.write_text(f"student_id,submitted_at\nada,{day}T10:00:00+00:00\nbob,{day}T10:00:00+00:00\n")
        weeks(week, "--topic", {"week1": "double", "week2": "walk"}[week], "--roster", roster)
        handed_in(tmp_path / "week2", "bob", double=DOUBLE) if week == "week1" else None  # once more, too late
    found = cells(grade_command, toy_course)
    assert found["ada"][:3] == ["4", "2.4", "6.4"]
    assert found["bob"][:3] == ["4", "missing", "4"]


def test_regrade_knows_which_week_each_topic_came_from(weeks, grade_command, toy_course):
    weeks("week1", "--topic", "double")
    weeks("week2", "--topic", "walk")
    for topic in ("double", "walk"):
        suite = toy_course / f"tests/hidden/test_{topic}.py"
        suite.write_text(suite.read_text().replace("@points(2)", "@points(3)"))

    def regraded(*options: str) -> list[tuple[str, str, float]]:
        done = grade_command("regrade", "--gradebook", "g.db", "--course", toy_course, "--json", *options)
        assert done.returncode == 0, done.stderr
        return [(one["student_id"], one["topic"], one["after"]["score"]) for one in json.loads(done.stdout)["changes"]]

    double = [("ada", "double", 5.0), ("bob", "double", 5.0)]
    assert regraded("--dry-run", "--topic", "double") == double
    assert regraded() == [*double, ("ada", "walk", 4.0)]


def test_a_topic_that_is_not_there_is_refused(grade_command, toy_course, tmp_path, three):
    done = grade_command("batch", "submissions", "--gradebook", "g.db", "--course", toy_course, "--topic", "wlak")
    assert done.returncode == 2
    assert 'Did you mean "walk"?' in done.stderr
    assert not (tmp_path / "g.db").exists()
