"""Finding a course, and what a broken `course.toml` is told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.course import (
    ENVIRONMENT,
    find_course,
    has_suites,
    load_course,
    missing_suites,
    mistakes_path,
    select_topics,
    solution_path,
    stub_path,
    suite_path,
    truth_path,
)
from grader.errors import CourseError, UsageError
from grader.model import Course, Limits, SuiteKind, Topic

GOOD = """\
version = 1
title = "A course"
seed = 7

[limits]
call_seconds = 3
callbacks = 50

[topics.momentum]
title = "Momentum"
max_score = 12.5

[topics.adam]
title = "Adam"
max_score = 20
"""


@pytest.fixture(autouse=True)
def _no_course_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT, raising=False)


def write_course(root: Path, text: str = GOOD) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    (root / "course.toml").write_text(text, encoding="utf-8")
    return root


def problem_of(root: Path, text: str) -> CourseError:
    """The error that this file gives, which must name the file and a remedy."""
    with pytest.raises(CourseError) as caught:
        load_course(write_course(root, text))
    assert str(root / "course.toml") in caught.value.problem
    assert caught.value.remedy
    return caught.value


# --- reading


def test_course_has_what_the_file_says(tmp_path: Path) -> None:
    assert load_course(write_course(tmp_path)) == Course(
        root=tmp_path,
        title="A course",
        seed=7,
        limits=Limits(call_seconds=3.0, callbacks=50),
        topics=(
            Topic(name="momentum", title="Momentum", max_score=12.5),
            Topic(name="adam", title="Adam", max_score=20.0),
        ),
    )


def test_limits_are_the_usual_ones_when_the_file_has_none(tmp_path: Path) -> None:
    text = 'version = 1\ntitle = "A"\nseed = 0\n[topics.adam]\ntitle = "Adam"\nmax_score = 1\n'
    assert load_course(write_course(tmp_path, text)).limits == Limits()


def test_course_is_read_when_notepad_put_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_course(tmp_path).title == "A course"


def test_this_repository_is_a_course() -> None:
    course = load_course(Path(grader.__file__).parent.parent)
    assert course.topics
    assert all(topic.max_score > 0 for topic in course.topics)


# --- what is wrong with the file


def test_syntax_error_names_line_and_column_and_shows_the_line(tmp_path: Path) -> None:
    error = problem_of(tmp_path, GOOD.replace("max_score = 12.5", "max_score 12.5"))
    assert "line 11, column 11" in error.problem
    assert "max_score 12.5" in error.remedy


def test_syntax_error_is_told_when_the_file_ends_too_early(tmp_path: Path) -> None:
    assert "end of document" in problem_of(tmp_path, 'version = 1\ntitle = "A"\nseed =').problem


def test_topic_given_twice_is_a_syntax_error_with_its_line(tmp_path: Path) -> None:
    assert "line 16" in problem_of(tmp_path, GOOD + '[topics.adam]\ntitle = "Again"\n').problem


def test_file_that_is_not_utf8_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_bytes(GOOD.replace("A course", "Übung").encode("latin-1"))
    with pytest.raises(CourseError, match="not UTF-8"):
        load_course(tmp_path)


def test_missing_file_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="No such file") as caught:
        load_course(tmp_path)
    assert str(tmp_path / "course.toml") in caught.value.problem


def test_number_with_thousands_of_digits_is_an_error_not_a_crash(tmp_path: Path) -> None:
    problem_of(tmp_path, GOOD.replace("seed = 7", "seed = " + "9" * 5000))


@pytest.mark.parametrize(
    ("old", "new", "where", "remedy"),
    [
        ('title = "A course"', 'titel = "A course"', "`titel`", "Did you mean `title`?"),
        ("call_seconds", "call_second", "[limits]: unknown key `call_second`", "`call_seconds`"),
        ("max_score = 20", "maxscore = 20", "[topics.adam]: unknown key", "`max_score`"),
        ("seed = 7", "seed = 7\nzzz = 1", "unknown key `zzz`", "version, title, seed, limits, policy, audit, topics"),
        ("version = 1", "verison = 1", "unknown key `verison`", "`version`"),
    ],
)
def test_unknown_key_is_named_with_the_nearest_one(tmp_path: Path, old: str, new: str, where: str, remedy: str) -> None:
    error = problem_of(tmp_path, GOOD.replace(old, new))
    assert where in error.problem
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("old", "new", "problem", "remedy"),
    [
        ('title = "A course"', "title = 3", "`title` is 3", "text of one line"),
        ('title = "A course"', 'title = " "', "`title` is ' '", "text of one line"),
        ('title = "A course"', 'title = "A\\nB"', "`title`", "text of one line"),
        ('title = "A course"\n', "", "`title` is missing", 'title = "…"'),
        ("seed = 7", "seed = -1", "`seed` is -1", "0 or more"),
        ("seed = 7", "seed = 1.5", "`seed` is 1.5", "whole number"),
        ("seed = 7", "seed = true", "`seed` is true", "whole number"),
        ("seed = 7\n", "", "`seed` is missing", "seed = "),
        ("call_seconds = 3", "call_seconds = 0", "[limits]: `call_seconds` is 0", "above zero"),
        ("call_seconds = 3", 'call_seconds = "3"', "`call_seconds` is '3'", "above zero"),
        ("callbacks = 50", "callbacks = 2.5", "`callbacks` is 2.5", "whole number, 1 or more"),
        ("callbacks = 50", "callbacks = 0", "`callbacks` is 0", "whole number, 1 or more"),
        ("[limits]", "[[limits]]", "`limits`", "write [limits]"),
        ('title = "Adam"\n', "", "[topics.adam]: `title` is missing", 'title = "…"'),
        ("max_score = 20\n", "", "[topics.adam]: `max_score` is missing", "max_score = 20"),
        ("max_score = 20", "max_score = 0", "[topics.adam]: `max_score` is 0", "above zero"),
        ("max_score = 20", "max_score = -2", "`max_score` is -2", "above zero"),
        ("max_score = 20", "max_score = nan", "`max_score` is nan", "above zero"),
        ("max_score = 20", "max_score = inf", "`max_score` is inf", "above zero"),
        ("max_score = 20", "max_score = true", "`max_score` is true", "above zero"),
        ("max_score = 20", "max_score = 1" + "0" * 400, "`max_score` is 1000", "above zero"),
    ],
)
def test_wrong_value_is_shown_with_what_it_must_be(
    tmp_path: Path, old: str, new: str, problem: str, remedy: str
) -> None:
    error = problem_of(tmp_path, GOOD.replace(old, new))
    assert problem in error.problem
    assert remedy in error.remedy


def test_topic_that_is_no_table_is_told_how_to_write_one(tmp_path: Path) -> None:
    error = problem_of(tmp_path, 'version = 1\ntitle = "A"\nseed = 0\n[topics]\nadam = 20\n')
    assert "`adam` is 20" in error.problem
    assert "[topics.adam]" in error.remedy


@pytest.mark.parametrize("tail", ["", "[topics]\n"])
def test_course_without_topics_is_told_how_to_add_one(tmp_path: Path, tail: str) -> None:
    error = problem_of(tmp_path, 'version = 1\ntitle = "A"\nseed = 0\n' + tail)
    assert "topics" in error.problem
    assert "[topics" in error.remedy


def test_missing_version_is_asked_for(tmp_path: Path) -> None:
    error = problem_of(tmp_path, GOOD.replace("version = 1\n", ""))
    assert "version of the format is missing" in error.problem
    assert "version = 1" in error.remedy


def test_newer_version_asks_for_a_newer_grader_whatever_else_is_in_the_file(tmp_path: Path) -> None:
    error = problem_of(tmp_path, "version = 2\nunheard_of = 1\n")
    assert "version 2" in error.problem
    assert "upgrade" in error.remedy


@pytest.mark.parametrize("version", ["0", '"1"', "true", "1.5"])
def test_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    assert "`version`" in problem_of(tmp_path, GOOD.replace("version = 1", f"version = {version}")).problem


@pytest.mark.parametrize(
    "name",
    [
        *('"learning rate"', "Adam", "adamW", "learning-rate", "2adam", "_adam", "adam_", "a__b", '""'),
        *('"../adam"', '"adam.w"', '"über"', "lambda", "random", "numpy", "score", "student_id"),
    ],
)
def test_topic_name_is_refused_when_it_cannot_stand_everywhere(tmp_path: Path, name: str) -> None:
    error = problem_of(tmp_path, GOOD.replace("[topics.adam]", f"[topics.{name}]"))
    assert name.strip('"') in error.problem
    assert "[topics]" in error.problem


@pytest.mark.parametrize("name", ["a", "adam2", "learning_rate_schedules", "l1_l2"])
def test_topic_name_is_taken_when_it_is_lower_snake_case(tmp_path: Path, name: str) -> None:
    course = load_course(write_course(tmp_path, GOOD.replace("[topics.adam]", f"[topics.{name}]")))
    assert course.topics[1].name == name


# --- finding


def test_explicit_course_wins_over_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, here, env = (write_course(tmp_path / name) for name in ("named", "here", "env"))
    monkeypatch.setenv(ENVIRONMENT, str(env))
    assert find_course(here, named).root == named


def test_environment_wins_over_the_folder_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, env = (write_course(tmp_path / name) for name in ("here", "env"))
    monkeypatch.setenv(ENVIRONMENT, str(env))
    assert find_course(here).root == env


def test_empty_environment_variable_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, "")
    assert find_course(write_course(tmp_path)).root == tmp_path


def test_nearest_folder_above_the_start_wins(tmp_path: Path) -> None:
    write_course(tmp_path)
    inner = write_course(tmp_path / "kit of Łukasz")
    start = inner / "exercises" / "deep"
    start.mkdir(parents=True)
    assert find_course(start).root == inner


def test_folder_called_course_toml_is_passed_over(tmp_path: Path) -> None:
    write_course(tmp_path)
    (tmp_path / "inner" / "course.toml").mkdir(parents=True)
    assert find_course(tmp_path / "inner").root == tmp_path


def test_working_directory_is_the_start_when_none_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_course(tmp_path))
    assert find_course().root == tmp_path


def test_course_has_an_absolute_root_when_it_is_named_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_course(tmp_path / "kit")
    monkeypatch.chdir(tmp_path)
    assert find_course(explicit=Path("kit")).root == tmp_path / "kit"


def test_checkout_is_the_last_resort(tmp_path: Path) -> None:
    assert find_course(tmp_path).root == Path(grader.__file__).resolve().parent.parent


def test_installation_without_a_course_says_how_to_name_one(tmp_path: Path) -> None:
    package = Path(grader.__file__).parent
    shutil.copytree(package, tmp_path / "lib" / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "from grader.course import find_course\n"
        "from grader.errors import UsageError\n"
        "try: find_course()\n"
        "except UsageError as error: print(error)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "lib")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert str(tmp_path) in done.stdout
    assert "--course DIR or GRADE_COURSE=DIR" in done.stdout


@pytest.mark.parametrize(("make", "problem"), [(True, "no course.toml in it"), (False, "no such folder")])
def test_named_course_that_is_none_is_a_usage_error(tmp_path: Path, make: bool, problem: str) -> None:
    named = tmp_path / "elsewhere"
    if make:
        named.mkdir()
    with pytest.raises(UsageError, match=problem) as caught:
        find_course(write_course(tmp_path), named)
    assert "--course" in caught.value.problem
    assert str(named) in caught.value.problem


def test_environment_that_names_no_course_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "gone"))
    with pytest.raises(UsageError, match=ENVIRONMENT):
        find_course(write_course(tmp_path))


# --- paths


def test_paths_stand_where_the_design_says(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    paths = [
        stub_path(course, "adam"),
        solution_path(course, "adam"),
        mistakes_path(course, "adam"),
        suite_path(course, SuiteKind.HIDDEN, "adam"),
        suite_path(course, SuiteKind.PUBLIC, "adam"),
        truth_path(course, "adam"),
        truth_path(course, "adam", course.seed),
        truth_path(course, "adam", 8),
    ]
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "exercises/adam.py",
        "solutions/adam.py",
        "solutions/mistakes/adam.py",
        "tests/hidden/test_adam.py",
        "tests/public/test_adam.py",
        "tests/hidden/truth/adam.json",
        "tests/hidden/truth/adam.json",
        "tests/hidden/truth/adam.seed-8.json",
    ]


def test_course_has_hidden_suites_as_soon_as_it_has_one(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    public = suite_path(course, SuiteKind.PUBLIC, "adam")
    public.parent.mkdir(parents=True)
    public.touch()
    assert not has_suites(course, SuiteKind.HIDDEN)
    assert has_suites(course, SuiteKind.PUBLIC)
    assert [topic.name for topic in missing_suites(course, SuiteKind.PUBLIC)] == ["momentum"]
    assert missing_suites(course, SuiteKind.HIDDEN) == course.topics


# --- topics


def test_all_topics_are_selected_when_none_is_named(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    assert select_topics(course, []) == course.topics


def test_topics_are_selected_once_and_in_teaching_order(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    assert select_topics(course, ["adam", "momentum", "adam"]) == course.topics


@pytest.mark.parametrize("name", ["adm", "Adam", "adam.py", "exercises/adam.py", "ADAM"])
def test_unknown_topic_gets_the_nearest_one_and_the_list(tmp_path: Path, name: str) -> None:
    course = load_course(write_course(tmp_path))
    with pytest.raises(UsageError) as caught:
        select_topics(course, ["momentum", name])
    assert f'"{name}"' in caught.value.problem
    assert caught.value.remedy == 'Did you mean "adam"? The topics are: momentum, adam.'
    assert caught.value.exit_code == 2


def test_unknown_topic_that_is_near_to_none_gets_the_list_only(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    with pytest.raises(UsageError) as caught:
        select_topics(course, ["quicksort"])
    assert caught.value.remedy == "The topics are: momentum, adam."
