"""Due dates in `course.toml`, and extensions in `extensions.csv`: read right, or refused with what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course import load_course
from grader.errors import CourseError, IntakeError
from grader.intake.extensions import read_extensions, unknown_students
from grader.model import Course, Extension, PercentOf, Policy

DUE = datetime(2026, 12, 18, 23, 59, tzinfo=UTC)


def with_policy(root: Path, text: str, *, of_walk: str = "") -> Course:
    file = root / "course.toml"
    file.write_text(file.read_text("utf-8").replace("[limits]", f"[policy]\n{text}\n\n[limits]") + of_walk, "utf-8")
    return load_course(root)


def refused(root: Path, text: str, *, of_walk: str = "") -> CourseError:
    with pytest.raises(CourseError) as error:
        with_policy(root, text, of_walk=of_walk)
    assert error.value.remedy
    return error.value


# --- course.toml


def test_policy_when_there_is_none_is_that_everything_counts(toy_course):
    assert load_course(toy_course).policy == Policy()


def test_policy_is_read_as_it_is_written(toy_course):
    course = with_policy(
        toy_course,
        """
        timezone = "Europe/Berlin"
        due = 2026-12-18T23:59:00
        grace_minutes = 10
        percent_per_day = 12.5
        percent_of = "score"
        late_days = 3
        cutoff_days = 0
        """,
        of_walk="due = 2027-01-08T12:00:00Z\n",
    )
    assert course.policy == Policy(
        due={"double": DUE - timedelta(hours=1), "walk": datetime(2027, 1, 8, 12, tzinfo=UTC)},
        timezone="Europe/Berlin",
        grace_minutes=10.0,
        percent_per_day=12.5,
        percent_of=PercentOf.SCORE,
        late_days=3,
        cutoff_days=0,
    )


def test_policy_when_only_a_topic_is_due_leaves_the_others_open(toy_course):
    course = with_policy(toy_course, "percent_per_day = 10", of_walk="due = 2026-12-18T23:59:00\n")
    assert course.policy.due == {"walk": DUE}


@pytest.mark.parametrize(
    ("written", "zone", "moment"),
    [
        ("2026-12-18", "UTC", DUE + timedelta(seconds=59)),  # the end of that day
        ("2026-12-18", "America/New_York", DUE + timedelta(hours=5, seconds=59)),
        ("2026-07-18T23:59:00", "Europe/Berlin", datetime(2026, 7, 18, 21, 59, tzinfo=UTC)),  # summer time
        ("2026-12-18T23:59:00+02:00", "America/New_York", DUE - timedelta(hours=2)),
    ],
)
def test_due_date_is_in_the_time_zone_unless_it_has_its_own(toy_course, written, zone, moment):
    course = with_policy(toy_course, f'timezone = "{zone}"\ndue = {written}')
    assert course.policy.due["walk"] == moment


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('due = "2026-12-18"', "without quotes"),
        ("due = 2026", "a date"),
        ("due = 12:00:00", "a date"),
        ("due = 2026-12-18\ngrace_minutes = -1", "above zero"),
        ('due = 2026-12-18\npercent_per_day = "10%"', "a number"),
        ("due = 2026-12-18\npercent_per_day = 101", "100 or less"),
        ('due = 2026-12-18\npercent_of = "total"', '"max_score" or "score"'),
        ("due = 2026-12-18\nlate_days = 1.5", "a whole number"),
        ("due = 2026-12-18\ncutoff_days = -1", "0 or more"),
        ("due = 2026-12-18\npercent_each_day = 10", "percent_per_day"),
        ('timezone = "Mars/Olympus"', "Europe/Berlin"),
        ('timezone = "../etc/passwd"', "Europe/Berlin"),
        ("late_days = 3", "due = 2026-12-18T23:59:00"),
    ],
)
def test_policy_when_something_is_wrong_says_what_to_write(toy_course, text, part):
    error = refused(toy_course, text)
    assert "[policy]" in error.problem
    assert part in error.remedy


def test_policy_when_the_due_date_of_a_topic_is_wrong_names_the_topic(toy_course):
    assert "[topics.walk]" in refused(toy_course, "", of_walk='due = "soon"\n').problem


# --- extensions.csv


@pytest.fixture
def course(toy_course: Path) -> Course:
    return with_policy(toy_course, 'timezone = "Europe/Berlin"\ndue = 2026-12-18T23:59:00')


def written(course: Course, text: str | bytes) -> Path:
    file = course.root / "extensions.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_extensions_when_there_is_no_file_are_none(course):
    assert read_extensions(course) == ()


def test_extensions_are_read_as_they_are_written(course):
    written(
        course,
        "student_id,topic,days,until,why\n"
        "ada,,3,,ill\n"
        '"ben, jr",walk,,2026-12-20 12:00,"a conference,\nfar away"\n'
        "\n"
        "eve,double,0.5,,\n"
        "eve,walk,,2026-12-21,\n"
        "zoe,,,2026-12-20T12:00:00Z,\n",
    )
    noon = datetime(2026, 12, 20, 11, tzinfo=UTC)
    assert read_extensions(course) == (
        Extension(student_id="ada", topic=None, days=3.0),
        Extension(student_id="ben, jr", topic="walk", until=noon),
        Extension(student_id="eve", topic="double", days=0.5),
        Extension(student_id="eve", topic="walk", until=datetime(2026, 12, 21, 22, 59, 59, tzinfo=UTC)),
        Extension(student_id="zoe", topic=None, until=noon + timedelta(hours=1)),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_extensions_come_as_spreadsheets_save_them(course, encoding, delimiter):
    text = "Student_ID,Days\r\nzoë,1\r\n".replace(",", delimiter)
    written(course, text.encode(encoding))
    assert read_extensions(course) == (Extension(student_id="zoë", topic=None, days=1.0),)


def test_extensions_can_lie_elsewhere(course, tmp_path):
    (tmp_path / "mine.csv").write_text("student_id,days\nada,1\n")
    assert [one.student_id for one in read_extensions(course, tmp_path / "mine.csv")] == ["ada"]
    with pytest.raises(IntakeError, match="cannot be read"):
        read_extensions(course, tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("lines", "line", "part"),
    [
        ("student,days\nada,1", 1, "student_id,topic,days"),
        ("student_id,untill\nada,2026-12-20", 1, "student_id,topic,days"),
        ("student_id,topic\nada,walk", 1, "student_id,topic,days"),
        ("student_id,days\n,1", 2, "whose extension"),
        ("student_id,topic,days\nada,wlak,1", 2, 'Did you mean "walk"?'),
        ("student_id,topic,days\nada,xyz,1", 2, "The topics are: double, walk."),
        ("student_id,days,until\nada,1,2026-12-20", 2, "or the student's own due date"),
        ("student_id,days,until\nada,1,\n\nben,,", 4, "or the student's own due date"),
        ("student_id,days\nada,three", 2, "0.5"),
        ("student_id,days\nada,-1", 2, "0.5"),
        ("student_id,days\nada,nan", 2, "0.5"),
        ("student_id,until\nada,20.12.2026", 2, "2026-12-20"),
        ("student_id,until\nada,2026-02-30", 2, "2026-12-20"),
        ("student_id,days\nada,1\nben,1\nada,2", 4, "Keep one"),
        ("student_id,days\nada,1,2", 2, "quotes"),
        ('student_id,days\nada,"1', 2, "quotes"),
        (b"student_id,days,why\nada,1,na\xefve", 2, "UTF-8"),
        (b"", 1, "student_id,topic,days"),
        (b"PK\x03\x04\0\0", 1, "CSV"),
    ],
)
def test_extensions_when_something_is_wrong_name_the_line_and_the_remedy(course, lines, line, part):
    file = written(course, lines)
    with pytest.raises(IntakeError) as error:
        read_extensions(course)
    assert f"{file}, line {line}:" in error.value.problem
    assert part in error.value.remedy


def test_unknown_students_are_named_once_with_the_nearest():
    extensions = [
        Extension(student_id=name, topic=topic) for name, topic in [("adda", None), ("adda", "x"), ("ben", None)]
    ]
    [sentence] = unknown_students(extensions, ["ada", "ben"])
    assert sentence == '"adda" has an extension, but is not in the gradebook. Did you mean "ada"?'
