"""`grade override` and `grade log`: who set what when and why, and what counts now."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook import Record, open_gradebook
from grader.model import Isolation, Status, TopicScore

MONDAY = "2025-12-07T08:00:00+00:00"
POLICY = "[policy]\ndue = 2025-12-04\npercent_per_day = 10\nlate_days = 1\n\n[limits]"
Run = Callable[..., Any]


def graded(topic: str, score: float | None, max_score: float) -> tuple[str, TopicScore]:
    status = Status.MISSING if score is None else Status.GRADED
    return "k", TopicScore(topic=topic, status=status, score=score, max_score=max_score, digest="ab" * 32)


@pytest.fixture
def book_file(tmp_path: Path) -> Path:
    file = tmp_path / "gradebook.db"
    run: dict[str, Any] = {"submitted_at": MONDAY, "attempt": "2", "isolation": Isolation.FULL, "seed": 7}
    with open_gradebook(file, create=True) as book:
        for student, score in (("ada", 2.0), ("ben", 4.0)):
            scores = {"double": graded("double", score, 4.0), "walk": graded("walk", None, 3.0)}
            book.record([Record(student_id=student, scores=scores, graded_at="2025-12-08T00:00:00+00:00", **run)])
        again = {"double": graded("double", 3.0, 4.0)}
        book.record([Record(student_id="ada", scores=again, graded_at="2025-12-09T00:00:00+00:00", **run)])
    return file


@pytest.fixture
def run(grade_command: Run, book_file: Path, toy_course: Path) -> Run:
    def command(*arguments: str | Path, **environment: str) -> Any:
        options = ("--gradebook", book_file, "--course", toy_course)
        return grade_command(arguments[0], *options, *arguments[1:], **environment)

    return command


@pytest.fixture
def log(run: Run) -> Callable[[str], dict[str, Any]]:
    return lambda student: json.loads(run("log", student, "--json").stdout)


def test_override_is_said_kept_and_counts(run, log):
    done = run("override", "ada", "walk", "2.5", "--why", "right, but renamed", GRADE_WHO="kim")
    assert (done.returncode, done.stdout) == (0, "ada, walk: 2.5 of 3. Set by kim: right, but renamed\n")
    found = log("ada")
    [override] = found["overrides"]
    when = override.pop("set_at")
    assert override == {
        "student_id": "ada",
        "topic": "walk",
        "score": 2.5,
        "why": "right, but renamed",
        "who": "kim",
    }
    assert when.endswith("+00:00")
    assert (found["grade"]["score"], found["grade"]["status"]) == (5.5, "graded")


def test_override_when_it_is_auto_gives_the_score_back_to_the_suite(run, log):
    run("override", "ada", "double", "4", "--why", "x")
    done = run("override", "ada", "double", "auto", "--why", "a mistake of ours", "--who", "kim")
    assert done.stdout == "ada, double: what the suite gives. Set by kim: a mistake of ours\n"
    assert log("ada")["grade"]["score"] == 3.0
    assert len(log("ada")["overrides"]) == 2


def test_override_when_nobody_says_who_takes_the_login(run, log):
    run("override", "ada", "double", "4", "--why", "x", LOGNAME="root-of-all", USER="other")
    assert log("ada")["overrides"][0]["who"] == "root-of-all"


def test_override_beyond_the_points_needs_to_be_meant(run, log):
    done = run("override", "ada", "walk", "3.5", "--why", "x")
    assert done.returncode == 2
    assert "--extra-credit" in done.stderr
    assert run("override", "ada", "walk", "3.5", "--why", "x", "--extra-credit").returncode == 0
    assert log("ada")["grade"]["score"] == 6.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("ada", "walk", "2"), "and why"),
        (("ada", "walk", "--why", "x"), "how many points"),
        (("ada", "walk", "2", "--why", "  "), "The reason is empty."),
        (("adda", "walk", "2", "--why", "x"), 'Did you mean "ada"?'),
        (("xyz", "walk", "2", "--why", "x"), "It knows 2"),
        (("ada", "wlak", "2", "--why", "x"), 'Did you mean "walk"?'),
        (("ada", "walk", "two", "--why", "x"), "Give a number from 0 to 3"),
        (("ada", "walk", "nan", "--why", "x"), "Give a number from 0 to 3"),
        (("ada", "walk", "inf", "--why", "x", "--extra-credit"), "Give a number from 0 to 3"),
        (("--why", "x", "--", "ada", "walk", "-1"), "Give a number from 0 to 3"),
    ],
)
def test_override_when_something_is_wrong_says_what_and_sets_nothing(run, book_file, arguments, says):
    done = run("override", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    with open_gradebook(book_file, create=False) as book:
        assert book.overrides() == []


def test_log_shows_everything_in_its_order_and_what_counts(run, toy_course):
    (toy_course / "course.toml").write_text((toy_course / "course.toml").read_text().replace("[limits]", POLICY))
    run("override", "ada", "walk", "2", "--why", "[bold]hard\x1b[31m\nluck", "--who", "kim")
    lines = run("log", "ada").stdout.splitlines()
    assert lines[0] == "ada: handed in 2025-12-07 08:00:00 UTC, attempt 2"
    assert [line.split()[:6] for line in lines[2:6]] == [
        ["2025-12-08", "00:00:00", "double", "2", "of", "4"],
        ["2025-12-08", "00:00:00", "walk", "missing", "seed", "7,"],
        ["2025-12-09", "00:00:00", "double", "3", "of", "4"],
        [*lines[5].split()[:2], "walk", "set", "to", "2"],
    ]
    assert lines[4].endswith("seed 7, isolation full, module abababab")
    assert lines[5].rstrip().endswith("kim: [bold]hard luck")
    assert [line.split() for line in lines[7:]] == [
        [
            "double",
            "2.2",
            "of",
            "4",
            "3",
            "-",
            "0.8:",
            "3",
            "days",
            "late,",
            "1",
            "paid",
            "for",
            "with",
            "late",
            "days",
        ],
        ["walk", "2", "of", "3", "set", "by", "hand", "instead", "of", "nothing:", "[bold]hard", "luck"],
        ["total", "4.2", "of", "7"],
    ]


def test_log_takes_extensions_into_account_and_names_those_of_nobody(run, toy_course, tmp_path):
    (toy_course / "course.toml").write_text((toy_course / "course.toml").read_text().replace("[limits]", POLICY))
    (toy_course / "extensions.csv").write_text("student_id,days\nada,2\nbne,1\n")
    done = run("log", "ada")
    assert "1 day late, 1 paid for with late days, no penalty" in done.stdout
    assert done.stderr == '"bne" has an extension, but is not in the gradebook. Did you mean "ben"?\n'
    (tmp_path / "mine.csv").write_text("student_id,until\nada,2025-12-24\n")
    assert "late" not in run("log", "ada", "--extensions", tmp_path / "mine.csv").stdout


def test_policy_when_it_changes_regrades_nothing(run, log, toy_course):
    before = log("ada")
    (toy_course / "course.toml").write_text((toy_course / "course.toml").read_text().replace("[limits]", POLICY))
    after = log("ada")
    assert (before["grade"]["score"], after["grade"]["score"]) == (3.0, 2.2)
    assert before["history"] == after["history"]


def test_log_without_a_student_shows_all_overrides(run):
    assert run("log").stdout == "Nobody has set a score.\n"
    run("override", "ben", "walk", "1", "--why", "late train", "--who", "kim")
    run("override", "ada", "walk", "auto", "--why", "no", "--who", "eve")
    lines = [line.split() for line in run("log").stdout.splitlines()]
    assert [line[2:] for line in lines[1:]] == [
        ["ben", "walk", "set", "to", "1", "kim:", "late", "train"],
        ["ada", "walk", "back", "to", "the", "suite's", "eve:", "no"],
    ]
    assert [one["who"] for one in json.loads(run("log", "--json").stdout)["overrides"]] == ["kim", "eve"]


def test_log_when_the_student_is_unknown_names_the_nearest(run):
    done = run("log", "adaa")
    assert (done.returncode, 'Did you mean "ada"?' in done.stderr) == (2, True)
