"""`grade export csv`: what a spreadsheet gets of a real gradebook, and what happens when it cannot be written."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.gradebook import open_gradebook

ADJUSTED = ["auto_score", "penalty", "overridden"]
HEADER = ["student_id", "double", "walk", "score", "max_score", "status", "submitted_at", "graded_at", *ADJUSTED]
TIME = "2026-03-04T05:06:07+00:00"
KILLS_ITS_RUNNER = """

def test_breaks_the_runner(student):
    '''It goes on.'''
    import os
    if student.double(1.0) == 666.0:
        os._exit(1)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_toy_course: Callable[[Path], Path], grade_anywhere) -> Path:
    """A gradebook `g.db` with every kind of row, beside the course."""
    home = tmp_path_factory.mktemp("export")
    course = make_toy_course(home / "course")
    right, walk = ((course / f"solutions/{topic}.py").read_text("utf-8") for topic in ("double", "walk"))
    with (course / "tests/hidden/test_double.py").open("a") as suite:
        suite.write(KILLS_ITS_RUNNER)
    students = {
        "=1+1": {"double": right, "walk": walk},
        "@sum(a1)": {"double": right},
        "ada": {"double": right, "walk": walk},
        "empty": {},
        "not graded": {"double": "def double(x):\n    return 666.0 * x\n", "walk": walk},
        "zero": {"double": "def double(x):\n    return x.no\n", "walk": "def walk():\n    pass\n"},
        'Ünï, "quoted"': {"walk": walk},
    }
    for student, modules in students.items():
        folder = home / "submissions" / student
        folder.mkdir(parents=True)
        for topic, text in modules.items():
            (folder / f"{topic}.py").write_text(text, "utf-8")
            os.utime(folder / f"{topic}.py", (1772600767, 1772600767))
    done = grade_anywhere("batch", "submissions", "--gradebook", "g.db", "--course", "course", cwd=home)
    assert done.returncode == 1
    return home


@pytest.fixture
def export(home: Path, grade_anywhere):
    """Export `g.db`, or what is named instead."""

    def run(*options: str | Path, gradebook: str | Path = "g.db"):
        return grade_anywhere("export", "csv", "--gradebook", gradebook, "--course", "course", *options, cwd=home)

    return run


def test_the_csv_has_a_row_per_student_and_a_column_per_topic(export, tmp_path):
    done = export("--output", tmp_path / "grades.csv")
    assert done.returncode == 0
    assert done.stdout == ""
    assert done.stderr == f"Wrote {tmp_path / 'grades.csv'}: 7 students, 2 topics.\n"
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header == HEADER
    assert [row[:7] for row in rows] == [
        ["'=1+1", "5", "3", "8", "7", "graded", TIME],
        ["'@sum(a1)", "5", "missing", "5", "7", "graded", TIME],
        ["ada", "5", "3", "8", "7", "graded", TIME],
        ["empty", "missing", "missing", "0", "7", "missing", ""],
        ["not graded", "not_graded", "not_graded", "", "7", "not_graded", TIME],
        ["zero", "0", "0", "0", "7", "graded", TIME],
        ['Ünï, "quoted"', "missing", "3", "3", "7", "graded", TIME],
    ]
    assert all(row[7] > "2026" for row in rows)


def test_the_csv_is_called_gradebook_in_this_folder_if_no_name_is_given(export, home):
    done = export()
    assert done.returncode == 0
    assert (home / "gradebook.csv").read_text("utf-8").startswith(",".join(HEADER))


def test_the_csv_goes_to_standard_output_for_a_dash(export, tmp_path, home):
    export("-o", tmp_path / "grades.csv")
    done = export("-o", "-")
    assert done.returncode == 0
    assert done.stderr == ""
    assert list(csv.reader(io.StringIO(done.stdout))) == list(
        csv.reader(io.StringIO((tmp_path / "grades.csv").read_text("utf-8")))
    )
    assert not (home / "-").exists()


def test_exporting_twice_gives_the_same_file(export, tmp_path):
    export("-o", tmp_path / "one.csv")
    export("-o", tmp_path / "other.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


@pytest.mark.parametrize(
    ("output", "said"),
    [("course", "course is a folder."), ("nowhere/grades.csv", "nowhere/grades.csv cannot be written")],
)
def test_an_output_that_cannot_be_written_is_told(export, home, output, said):
    before = sorted(home.rglob("*"))
    done = export("-o", output)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: {said}")
    assert sorted(home.rglob("*")) == before


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(export):
    done = export("-o", "/dev/full")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: /dev/full cannot be written: No space left on device.")


@pytest.mark.parametrize(
    ("gradebook", "said"),
    [
        ("none.db", "There is no gradebook none.db."),
        ("course", "course is a folder, not a gradebook."),
        ("course/course.toml", "course/course.toml is no gradebook."),
    ],
)
def test_a_gradebook_that_is_not_there_is_told_and_not_made(export, home, tmp_path, gradebook, said):
    done = export("-o", tmp_path / "grades.csv", gradebook=gradebook)
    assert done.returncode == 1
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert not (home / "none.db").exists()


def test_a_gradebook_that_nobody_was_graded_into_gives_a_header(export, tmp_path):
    open_gradebook(tmp_path / "new.db", create=True).close()
    done = export("-o", "-", gradebook=tmp_path / "new.db")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [",".join(HEADER)]
