"""The CSV: three kinds of nothing, no formula, and never half a file."""

import csv
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GradebookError, GraderError
from grader.export.csv import export_csv
from grader.model import Grade, Isolation, Override, Policy, Status, Submission, Topic, TopicScore
from grader.policy import final_grades
from grader.scoring import grade_of

TOPICS = (
    Topic(name="adam", title="Adam", max_score=20.0),
    Topic(name="dropout", title="Dropout", max_score=12.5),
)
HEADER = "student_id,adam,dropout,score,max_score,status,submitted_at,graded_at,auto_score,penalty,overridden"


def grade(student_id: str, adam: float | Status, dropout: float | Status, submitted_at: str | None = None) -> Grade:
    scores = [
        TopicScore(
            topic=topic.name,
            status=given if isinstance(given, Status) else Status.GRADED,
            score=None if isinstance(given, Status) else given,
            max_score=topic.max_score,
            submitted_at=submitted_at,
        )
        for topic, given in zip(TOPICS, (adam, dropout), strict=True)
    ]
    submission = Submission(student_id=student_id, modules={}, submitted_at=submitted_at)
    return grade_of(submission, scores, graded_at="2026-11-24T08:00:00+00:00", isolation=Isolation.FULL)


def exported(*grades: Grade) -> str:
    out = io.StringIO(newline="")
    assert export_csv(iter(grades), TOPICS, out) == len(grades)
    return out.getvalue()


def cell(text: str) -> str:
    """What a CSV reader gets of a student id, when there is one record of as many fields as the header."""
    header, row = csv.reader(io.StringIO(exported(grade(text, 1.0, 1.0)), newline=""))
    assert len(row) == len(header) == 11
    return row[0]


def test_export_csv_writes_a_row_per_student():
    text = exported(
        grade("ada", 20.0, 8.5, "2026-11-23T17:24:09+00:00"),
        grade("ben", 0.0, Status.MISSING),
        grade("eve", Status.MISSING, Status.MISSING),
        grade("zoe", Status.NOT_GRADED, 12.5),
    )
    assert text.split("\r\n") == [
        HEADER,
        "ada,20,8.5,28.5,32.5,graded,2026-11-23T17:24:09+00:00,2026-11-24T08:00:00+00:00,28.5,0,",
        "ben,0,missing,0,32.5,graded,,2026-11-24T08:00:00+00:00,0,0,",
        "eve,missing,missing,0,32.5,missing,,2026-11-24T08:00:00+00:00,0,0,",
        "zoe,not_graded,12.5,,32.5,not_graded,,2026-11-24T08:00:00+00:00,,0,",
        "",
    ]


def test_export_csv_tells_how_a_final_score_came_about():
    graded = [grade(name, 15.0, 8.0, "2026-11-23T12:00:00+00:00") for name in ("ada", "ben")]
    graded.append(grade("eve", Status.NOT_GRADED, Status.MISSING, "2026-11-20T12:00:00+00:00"))
    fair = {"why": "Fair.", "who": "kim", "set_at": "2026-12-01T00:00:00+00:00"}
    overrides = [
        Override(student_id="ben", topic="adam", score=18.0, **fair),
        Override(student_id="ben", topic="dropout", score=0.0, **fair),
        Override(student_id="eve", topic="adam", score=3.5, **fair),
    ]
    policy = Policy(due={"adam": datetime(2026, 11, 22, 12, tzinfo=UTC)}, percent_per_day=10.0)
    rows = csv.DictReader(io.StringIO(exported(*final_grades(graded, policy, (), overrides)), newline=""))
    wanted = ("adam", "dropout", "score", "status", "auto_score", "penalty", "overridden")
    assert [[row[name] for name in wanted] for row in rows] == [
        ["13", "8", "21", "graded", "23", "2", ""],
        ["18", "0", "18", "graded", "23", "0", "adam dropout"],
        ["3.5", "missing", "3.5", "graded", "0", "0", "adam"],
    ]


def test_export_csv_when_there_is_no_grade_writes_the_header():
    assert exported() == HEADER + "\r\n"


def test_export_csv_when_a_grade_lacks_a_topic_is_not_graded():
    only_adam = grade("ada", 1.0, 2.0)
    only_adam = Grade(
        **{name: getattr(only_adam, name) for name in Grade.__struct_fields__} | {"topics": only_adam.topics[:1]}
    )
    assert exported(only_adam).splitlines()[1].startswith("ada,1,not_graded,")


@pytest.mark.parametrize(
    ("score", "text"),
    [
        (100.0, "100"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333"),
        (1e-7, "0"),
        (1e16, "1" + "0" * 16),
        (-0.0, "0"),
        (-1.5, "-1.5"),
    ],
)
def test_export_csv_writes_numbers_plainly(score, text):
    assert exported(grade("ada", score, 0.0)).splitlines()[1].split(",")[1] == text


@pytest.mark.parametrize(
    "name", ["ada", "Łódź", "O'Hara", "a-b", "a=b", "a@b.org", "12345", "a; b", "a, b", 'a "b"', "", " a"]
)
def test_export_csv_leaves_harmless_text_alone(name):
    assert cell(name) == name


@pytest.mark.parametrize(
    "formula",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "  =1",
        "\t=1",
        "\n=1",
        "\r=1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "\x00=1",
        "＝1",
        "\tada",
    ],
)
def test_export_csv_neutralises_a_formula(formula):
    written = cell(formula)
    assert written.startswith("'")
    assert written.isprintable()


def test_export_csv_neutralises_a_formula_behind_a_semicolon():
    assert cell("ada;=HYPERLINK(1); @x") == "ada;'=HYPERLINK(1);' @x"


@given(st.text())
def test_export_csv_keeps_any_text_in_its_cell_and_harmless(text):
    written = cell(text)
    assert written.isprintable()
    assert not re.search(r"(^|;)\s*[=+\-@]", written)
    assert text[:1] not in tuple("\t\r\n") or written.startswith("'")
    assert written.encode().decode() == written


def test_export_csv_writes_a_file_in_utf8(tmp_path):
    assert export_csv([grade("Łódź", 1.0, 2.0)], TOPICS, tmp_path / "grades.csv") == 1
    content = (tmp_path / "grades.csv").read_bytes()
    assert content.startswith(HEADER.encode() + b"\r\n" + "Łódź,1,2,3,".encode())
    assert content.count(b"\r\n") == content.count(b"\n") == 2
    assert os.listdir(tmp_path) == ["grades.csv"]


def test_export_csv_when_the_file_exists_replaces_it_and_keeps_who_may_read_it(tmp_path):
    out = tmp_path / "grades.csv"
    out.write_text("old " * 1000)
    out.chmod(0o600)
    export_csv([grade("ada", 1.0, 2.0)], TOPICS, out)
    assert out.read_text(encoding="utf-8").count("old") == 0
    assert out.stat().st_mode & 0o777 == 0o600


def test_export_csv_when_reading_fails_leaves_the_old_file(tmp_path):
    def broken() -> Iterator[Grade]:
        yield grade("ada", 1.0, 2.0)
        raise GradebookError("The gradebook is damaged.")

    out = tmp_path / "grades.csv"
    out.write_text("old")
    with pytest.raises(GradebookError, match="is damaged"):
        export_csv(broken(), TOPICS, out)
    assert out.read_text() == "old"
    assert os.listdir(tmp_path) == ["grades.csv"]


def test_export_csv_when_the_file_is_a_link_replaces_what_it_points_to(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "grades.csv").symlink_to("shared/grades.csv")
    export_csv([grade("ada", 1.0, 2.0)], TOPICS, tmp_path / "grades.csv")
    assert (tmp_path / "grades.csv").is_symlink()
    assert os.listdir(tmp_path / "shared") == ["grades.csv"]


@pytest.mark.parametrize("name", ["", "no/such/folder/grades.csv", "file/grades.csv", "x" * 300])
def test_export_csv_when_it_cannot_be_written_says_what_to_do(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(GraderError) as error:
        export_csv([], TOPICS, tmp_path / name)
    assert str(tmp_path) in error.value.problem
    assert "Give a file" in error.value.remedy
    assert os.listdir(tmp_path) == ["file"]


def test_export_csv_when_the_disk_is_full_says_so():
    with pytest.raises(GraderError, match="No space left on device"):
        export_csv([grade("ada", 1.0, 2.0)], TOPICS, Path("/dev/full"))


def test_export_csv_when_out_is_standard_output_writes_there():
    code = "from pathlib import Path; from grader.export.csv import export_csv; export_csv([], [], Path('/dev/stdout'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"student_id,score,max_score,status,submitted_at,graded_at,auto_score,penalty,overridden\r\n"
