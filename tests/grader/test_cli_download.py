"""From a download to the instructor's own file with the real commands, and what they say of bad input on the way."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from grader.cli.batch import LAYOUTS as NAMES
from grader.cli.export_lms import SYSTEMS
from grader.export.lms import FORMATS
from grader.gradebook import open_gradebook
from grader.intake.layouts import LAYOUTS

ROSTER = "student_id,canvas_id,name\nada,101,Ada\nbob,102,Bob\ncarol,104,Carol\neve,103,Eve\n"
EXPORT = (
    "Student,ID,SIS Login ID,Section,Homework 1 (7),Doubling (8)\r\n"
    "    Points Possible,,,,14,4\r\n"
    '"Ada",101,ada,"1",,\r\nBob,102,bob,1,5,4\r\nEve,103,eve,1,,\r\nCarol,104,carol,1,9,\r\n"Student, Test",9,x,1,,\r\n'
)


def notebook(*cells: str) -> str:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(made)


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_toy_course: Callable[[Path], Path], grade_anywhere) -> Path:
    """A Canvas download, a course list and Canvas' gradebook, and `g.db` with the class in it."""
    home = tmp_path_factory.mktemp("download")
    course = make_toy_course(home / "course")
    double, walk = ((course / f"solutions/{topic}.py").read_text("utf-8") for topic in ("double", "walk"))
    packed = home / "inner.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hw/double.py", double)
        archive.writestr("hw/walk.py", walk)
    with zipfile.ZipFile(home / "submissions.zip", "w") as archive:
        archive.write(packed, "ada_101_1_hw.zip")
        archive.writestr("bob_LATE_102_5_double-1.py", double.replace("2.0 * x", "3.0 * x"))
        archive.writestr("bob_LATE_102_2_double.py", double)
        cells = (
            "%matplotlib inline\nimport numpy as np",
            "def double(x):\n    return 2.0 * x",
            "plt.show()",
            "def both(x:",
        )
        archive.writestr("eve_103_3_double.ipynb", notebook(*cells))
        archive.writestr("eve_103_4_walk.ipynb", "not a notebook")
        archive.writestr("mallory_999_6_double.py", double)
    packed.unlink()
    (home / "roster.csv").write_text(ROSTER, "utf-8")
    (home / "export.csv").write_bytes(EXPORT.encode())
    arguments = ("submissions.zip", "--roster", "roster.csv", "--gradebook", "g.db", "--course", "course")
    done = grade_anywhere("batch", *arguments, cwd=home)
    (home / "printed").write_text(done.stdout + done.stderr, "utf-8")
    assert done.returncode == 1, done.stdout + done.stderr  # for mallory is nobody
    return home


@pytest.fixture
def grade(home: Path, grade_anywhere):
    """A command with `g.db` and the course."""

    def run(*arguments: str | Path):
        return grade_anywhere(*arguments, "--gradebook", "g.db", "--course", "course", cwd=home)

    return run


def test_the_batch_says_what_it_read_and_lists_what_is_nobodys(home):
    printed = (home / "printed").read_text("utf-8")
    assert "4 students: 3 graded, 1 handed in nothing." in printed
    assert "Read as a download from Canvas." in printed
    assert "Not graded, for it is not certain whose it is (1):" in printed
    assert "mallory_999_6_double.py\n    roster.csv has nobody called 999." in printed


def test_a_second_run_grades_nothing_and_tells_programs_the_same(grade):
    done = grade("batch", "submissions.zip", "--roster", "roster.csv", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "version": 1,
        "submissions": 4,
        "graded": 0,
        "unchanged": 4,
        "not_graded": 0,
        "layout": "canvas",
        "unmatched": [{"name": "mallory_999_6_double.py", "why": "roster.csv has nobody called 999."}],
        "absent": [],
    }


def test_scores_and_attempts_are_recorded(home):
    with open_gradebook(home / "g.db", create=False) as book:
        from grader.course import load_course

        grades = {one.student_id: one for one in book.grades(load_course(home / "course").topics, outcomes=True)}
    assert {student: one.score for student, one in grades.items()} == {"ada": 7, "bob": 0, "carol": 0, "eve": 3}
    assert grades["bob"].attempt == "bob_LATE_102_5_double-1.py"
    assert grades["bob"].submitted_at is None
    double, walk = grades["eve"].topics
    assert [outcome.result for outcome in double.outcomes] == ["passed", "exception", "passed"]
    assert "double.ipynb, code cell 4, line 1:\n    def both(x:" in double.outcomes[1].message
    assert "walk.ipynb is not a notebook: it is not JSON (line 1)." in walk.outcomes[0].message


def test_canvas_gets_its_file_back_with_our_cells(grade, home):
    done = grade("export", "canvas", "--into", "export.csv", "--total", "Homework 1", "--scale", "--topics")
    assert done.returncode == 2
    assert "has no column, or several, for walk" in done.stderr
    assert not (home / "export-graded.csv").exists()
    asked = ("--total", "Homework 1", "--scale", "--topic", "double=Doubling", "--roster", "roster.csv")
    done = grade("export", "canvas", "--into", "export.csv", *asked)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert (home / "export-graded.csv").read_bytes() == EXPORT.encode().replace(
        b'"1",,\r\nBob,102,bob,1,5,4\r\nEve,103,eve,1,,', b'"1",14,4\r\nBob,102,bob,1,0,0\r\nEve,103,eve,1,6,3'
    )
    assert (home / "export.csv").read_bytes() == EXPORT.encode()
    assert "Wrote export-graded.csv: scores of 3 students." in done.stderr
    assert "the total in Homework 1 (7), out of 14, scaled from 7" in done.stderr
    assert "Left as it was (handed in nothing): carol" in done.stderr
    assert "Not in the gradebook, left as it was: line 7 (Student, Test 9 x)" in done.stderr


def test_students_without_a_row_are_listed_and_fail_the_command(grade, home, tmp_path):
    (home / "short.csv").write_text("Student,ID,Section,Homework 1 (7)\nAda,101,1,\n")
    done = grade("export", "canvas", "--into", "short.csv", "-o", tmp_path / "out.csv", "--roster", "roster.csv")
    assert done.returncode == 1
    assert "No row for 3 students of the gradebook:\n  bob: there is no such row" in done.stderr
    assert (tmp_path / "out.csv").read_text().endswith("Ada,101,1,7\n")


@pytest.mark.parametrize("topic", ["double", "=x", "duoble=Doubling"])
def test_a_topic_that_cannot_be_meant_is_told(grade, topic):
    done = grade("export", "canvas", "--into", "export.csv", "--topic", topic)
    assert done.returncode == 2
    assert "TOPIC=COLUMN" in done.stderr or 'Did you mean "double"?' in done.stderr


# --- bad input


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        (ROSTER.encode("utf-8").replace(b"Eve", b"\xc8ve"), "bad.csv, line 5: this is not UTF-8 text (byte 0xc8)."),
        (b"name\nAda\n", "bad.csv, line 1: the header does not fit: name"),
        (b"student_id\nada\nada\n", "bad.csv, line 3: the student_id 'ada' stands in line 2 already."),
        (b"student_id\n=cmd|x\n", "bad.csv, line 2: the student_id '=cmd|x' starts a formula."),
    ],
)
def test_a_bad_roster_is_told_and_leaves_no_gradebook(home, grade_anywhere, tmp_path, roster, said):
    (tmp_path / "bad.csv").write_bytes(roster)
    arguments = ("--roster", "bad.csv", "--gradebook", "new.db", "--course", home / "course")
    done = grade_anywhere("batch", home / "submissions.zip", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert f"Error: {said}" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_a_roster_with_a_mark_of_utf8_is_read(home, grade_anywhere, tmp_path):
    (tmp_path / "roster.csv").write_bytes(b"\xef\xbb\xbf" + ROSTER.encode())
    arguments = ("--roster", "roster.csv", "--gradebook", "new.db", "--course", home / "course", "--json")
    done = grade_anywhere("batch", home / "submissions.zip", *arguments, cwd=tmp_path)
    assert json.loads(done.stdout)["graded"] == 4


def test_a_zip_that_is_none_is_told(home, grade_anywhere, tmp_path):
    (tmp_path / "class.zip").write_text("<html>Please log in</html>")
    done = grade_anywhere("batch", "class.zip", "--gradebook", "g.db", "--course", home / "course", cwd=tmp_path)
    assert done.returncode == 2
    assert "Error: class.zip is no zip that can be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "g.db").exists()


def test_a_layout_may_be_named(home, grade_anywhere, tmp_path):
    arguments = ("--layout", "moodle", "--gradebook", "g.db", "--course", home / "course")
    done = grade_anywhere("batch", home / "submissions.zip", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "holds nothing that looks like a download from Moodle" in done.stderr


def test_the_commands_name_every_layout_and_every_system():
    assert list(NAMES) == list(LAYOUTS)
    assert list(SYSTEMS) == list(FORMATS)


# --- Gradescope and JSON


def test_gradescope_results_have_a_test_for_each_of_ours_tagged_with_its_topic(grade, home, tmp_path):
    done = grade("export", "gradescope", "--student", "eve", "-o", tmp_path / "results.json")
    assert done.returncode == 0, done.stderr
    results = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert results["score"] == 3
    tests = results["tests"]
    assert [(test["number"], test["tags"], test["score"], test["max_score"], test["status"]) for test in tests] == [
        ("1.1", ["double"], 2, 2, "passed"),
        ("1.2", ["double"], 0, 1, "failed"),
        ("1.3", ["double"], 1, 1, "passed"),
        ("2.1", ["walk"], 0, 2, "failed"),
        ("2.2", ["walk"], 0, 1, "failed"),
    ]
    assert sum(test["score"] for test in tests) == results["score"]
    assert tests[0]["name"] == "Doubling: A vector is doubled."
    assert "def both(x:" in tests[1]["output"]
    assert {results["output_format"], results["test_output_format"]} == {"text"}


def test_gradescope_results_name_a_mistake_and_what_is_missing(grade, tmp_path):
    grade("export", "gradescope", "--student", "bob", "--visibility", "after_published", "-o", tmp_path / "r.json")
    results = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert results["visibility"] == "after_published"
    assert "These are the numbers of three times x. How often is x taken?" in results["tests"][0]["output"]
    assert results["tests"][-1]["output"] == "walk.py was not handed in."
    assert results["tests"][-1]["max_score"] == 3


def test_gradescope_wants_to_know_whose_results(grade, home):
    done = grade("export", "gradescope")
    assert (done.returncode, "has 4 students" in done.stderr) == (2, True)
    done = grade("export", "gradescope", "--student", "adam")
    assert (done.returncode, 'Did you mean "ada"?' in done.stderr) == (2, True)
    assert not (home / "results.json").exists()


def test_gradescope_gets_no_results_of_what_is_not_graded(home, grade_anywhere, tmp_path):
    with open_gradebook(tmp_path / "g.db", create=True) as book:
        book.see(["ada"], seen_at="2026-11-24T08:00:00+00:00")
    arguments = ("--gradebook", "g.db", "--course", home / "course")
    done = grade_anywhere("export", "gradescope", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert "ada is not graded in double, walk" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["g.db"]


def test_json_has_everything(grade, tmp_path):
    done = grade("export", "json", "-o", tmp_path / "all.json")
    assert done.stderr == f"Wrote {tmp_path / 'all.json'}: 4 students, 2 topics.\n"
    everything = json.loads((tmp_path / "all.json").read_text("utf-8"))
    assert everything["version"] == 1
    assert [topic["name"] for topic in everything["topics"]] == ["double", "walk"]
    assert [student["student_id"] for student in everything["students"]] == ["ada", "bob", "carol", "eve"]
    bob = everything["students"][1]
    assert bob["attempt"] == "bob_LATE_102_5_double-1.py"
    assert bob["topics"][0]["outcomes"][0]["mistake"] == "three times x"
    assert json.loads(grade("export", "json", "-o", "-").stdout) == everything


def test_a_dash_is_standard_output(grade, home):
    done = grade(
        "export", "canvas", "--into", "export.csv", "--total", "7", "--scale", "-o", "-", "--roster", "roster.csv"
    )
    assert done.returncode == 0
    assert done.stdout.count("\n") == EXPORT.count("\n")
    done = grade("export", "gradescope", "--student", "ada", "-o", "-")
    assert json.loads(done.stdout)["score"] == 7
    assert not (home / "-").exists()


def test_csv_and_json_agree(grade):
    rows = list(csv.DictReader(grade("export", "csv", "-o", "-").stdout.splitlines()))
    students = json.loads(grade("export", "json", "-o", "-").stdout)["students"]
    assert [float(row["score"]) for row in rows] == [student["score"] for student in students]
