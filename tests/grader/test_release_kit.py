"""The student's kit: what is in it, what is not, and that it works; nothing secret leaves the course."""

from __future__ import annotations

import io
import json
import tomllib
import zipfile
from pathlib import Path

import pytest
from grading import add

from grader.course import load_course
from grader.errors import CourseError, UsageError
from grader.release import secrets
from grader.release.kit import kit_files, release
from grader.release.texts import course_file, readme

REPOSITORY = Path(__file__).resolve().parents[2]
CELLS = {"cells": [{"cell_type": "code", "source": ["x = 1\n", "return x, double(x)\n"]}]}
TRUTH = {"version": 1, "seed": 7, "answers": {"test_vector": [{"question": "", "value": {"data": [0.271828182846]}}]}}


@pytest.fixture
def kit(toy_course, tmp_path):
    release(load_course(toy_course), tmp_path / "kit")
    return tmp_path / "kit"


def with_truth(root):
    add(root, "tests/hidden/truth/double.json", json.dumps(TRUTH))
    return load_course(root)


# --- what is in it


def test_kit_holds_stubs_handouts_public_tests_and_what_is_known_of_mistakes(kit):
    assert list(secrets.files_below(kit)) == [
        "README.md",
        "course.toml",
        "exercises/double.ipynb",
        "exercises/double.py",
        "exercises/walk.ipynb",
        "exercises/walk.py",
        "handouts/double.md",
        "handouts/walk.md",
        "tests/public/known/double.json",
        "tests/public/known/walk.json",
        "tests/public/test_double.py",
        "tests/public/test_walk.py",
    ]
    assert "YOUR CODE HERE" in (kit / "exercises/double.py").read_text("utf-8")
    assert (kit / "handouts/walk.md").read_text("utf-8").startswith("# Walking down a slope\n")


def test_course_file_of_a_kit_has_no_seed_and_can_be_read(toy_course, kit):
    values = tomllib.loads((kit / "course.toml").read_text("utf-8"))
    assert "seed" not in values
    assert values["topics"]["double"] == {"title": "Doubling", "max_score": 4}
    course, whole = load_course(kit), load_course(toy_course)
    assert (course.topics, course.limits, course.title) == (whole.topics, whole.limits, whole.title)


def test_course_file_keeps_titles_and_uses(toy_course):
    file = toy_course / "course.toml"
    title = 'Wälder \\\\ \\"Bäume\\" 动量'
    text = file.read_text("utf-8").replace('"Walking"', f'"{title}"').replace("max_score = 3", "max_score = 2.5")
    file.write_text(text + 'uses = ["double"]\n', "utf-8")
    course = load_course(toy_course)
    values = tomllib.loads(course_file(course))
    assert values["topics"]["walk"] == {"title": course.topics[1].title, "max_score": 2.5, "uses": ["double"]}


def test_readme_of_the_real_course_fits_on_one_screen():
    lines = readme(load_course(REPOSITORY)).splitlines()
    assert len(lines) <= 32
    assert max(map(len, lines)) <= 84
    for command in ("grade next", "grade check", "grade hint", "grade pack", "pip install"):
        assert any(command in line for line in lines)


def test_kit_is_the_same_whenever_it_is_released(toy_course, kit, tmp_path):
    release(load_course(toy_course), tmp_path / "again")
    assert secrets.files_below(tmp_path / "again") == secrets.files_below(kit)


def test_kit_does_not_follow_the_seed_of_the_course(toy_course, kit, tmp_path):
    add(toy_course, "tests/public/test_double.py", """
        from grader.suite import assert_matches


        def test_random(student, rng):
            '''Any number is doubled.'''
            x = rng.normal(size=3)
            assert_matches(student.double(x), 2.0 * x)
        """)  # fmt: skip
    for seed in (7, 8):
        file = toy_course / "course.toml"
        file.write_text(file.read_text("utf-8").replace("seed = 7", f"seed = {seed}"), "utf-8")
        release(load_course(toy_course), tmp_path / f"seed {seed}")
    assert secrets.files_below(tmp_path / "seed 7") == secrets.files_below(tmp_path / "seed 8")


# --- what is not


LEAKS = {
    "a line of a solution": (
        "tests/public/test_double.py",
        "\n# return x ,   double( x )\n",
        "solutions/double.py, line 16",
    ),
    "a line of a solution with other spacing": (
        "tests/public/test_walk.py",
        '\nSTEP = """points.append(\n    points[-1] -\n 0.1 * slope(points[-1]))"""\n',
        "solutions/walk.py, line 11",
    ),
    "an edit of a mistake": ("tests/public/test_double.py", "\nX = 'return x * numpy.three'\n", "spelt of double"),
    "the code of a mistake": ("tests/public/test_double.py", "\n# return sum([x, x, x])\n", "summed of double"),
    "two lines of a hidden suite": (
        "tests/public/test_double.py",
        "\n\ndef helper(student, rng):\n    x = rng.normal(size=3)\n"
        '    same, twice = unpack(student.both(x), "x", "its double")\n',
        "tests/hidden/test_double.py, line 13",
    ),
    "a number of Keras": (
        "tests/public/test_double.py",
        "\nX = -2.71828182846e-1\n",
        "tests/hidden/truth/double.json, test_vector",
    ),
}
MISTAKES = """
    from grader.model import Mistake

    MISTAKES = (
        Mistake(name="spelt", says="a", hint="?", edits={"return 2.0 * x": "return x * numpy.three"}),
        Mistake(name="summed", says="b", hint="?", code="def double(x):\\n    return sum([x, x, x])\\n"),
    )
    """


@pytest.mark.parametrize("what", LEAKS)
def test_nothing_is_written_when_a_file_holds(what, toy_course, tmp_path):
    file, text, source = LEAKS[what]
    add(toy_course, "solutions/mistakes/double.py", MISTAKES)
    course = with_truth(toy_course)
    (toy_course / file).write_text((toy_course / file).read_text("utf-8") + text, "utf-8")
    with pytest.raises(CourseError) as caught:
        release(course, tmp_path / "kit")
    assert f"{file} holds `" in caught.value.problem
    assert f"from {source}" in caught.value.problem
    assert "Nothing was written" in caught.value.remedy
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("handouts/double.md", b"x = 1\r\n\r\n    return x,\r\n        double(x)\r\n"),
        ("double.ipynb", json.dumps(CELLS).encode()),
        ("notes.json", b'["return x,\\u0020double(x)"]'),
        ("broken.json", b'{"a": return x, double(x)'),
        ("known.json", b"[1, [0.27182818284600001]]"),
    ],
)
def test_secrets_are_found_whatever_holds_them(toy_course, name, data):
    found = secrets.collect(with_truth(toy_course)).find({name: data})
    assert [leak.file for leak in found] == [name]


def test_secrets_are_found_in_zips_within_zips(toy_course):
    data = b"return x, double(x)"
    for _ in range(2):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.py", data)
        data = stream.getvalue()
    assert [leak.file for leak in secrets.collect(load_course(toy_course)).find({"kit.zip": data})] == [
        "kit.zip/a.py/a.py"
    ]


@pytest.mark.parametrize("text", ["return 2.0", "x = 0.27183", "points = [x]", "import numpy as np", "def double(x):"])
def test_what_everybody_writes_is_no_secret(toy_course, text):
    assert secrets.collect(with_truth(toy_course)).find({"a.py": text.encode()}) == []


def test_what_the_handout_shows_is_no_secret(toy_course):
    solution = toy_course / "solutions/double.py"
    solution.write_text(solution.read_text("utf-8").replace("is 4.0.", "is 4.0, both: return x, double(x)."), "utf-8")
    assert secrets.collect(load_course(toy_course)).find({"a.py": b"return x, double(x)"}) == []


def test_file_that_cannot_be_looked_into_is_refused(toy_course):
    with pytest.raises(CourseError, match=r"a\.png is neither text nor a zip"):
        secrets.collect(load_course(toy_course)).find({"a.png": b"\x89PNG\xff"})


# --- where it cannot be released


@pytest.mark.parametrize("kind", ["a file", "a folder with something in it", "a link", "the course"])
def test_kit_is_released_into_a_fresh_folder_only(toy_course, tmp_path, kind):
    target = tmp_path / "kit"
    if kind == "a file":
        target.write_text("mine")
    elif kind == "a folder with something in it":
        add(target, "exercises/double.py", "my evening")
    elif kind == "a link":
        target.symlink_to(toy_course)
    else:
        target = toy_course
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError):
        release(load_course(toy_course), target)
    assert sorted(tmp_path.rglob("*")) == before


def test_empty_folder_is_fresh(toy_course, tmp_path):
    (tmp_path / "deep" / "kit").mkdir(parents=True)
    assert release(load_course(toy_course), tmp_path / "deep" / "kit").files == 12
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["kit"]


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        (
            "tests/public/test_double.py",
            "def test_it(student, reference):\n    assert student.double(1) == reference.double(1)\n",
            "In the kit the solution of double does not pass test_it",
        ),
        ("tests/public/test_walk.py", "def test_it(student):\n    pass\n", "In the kit the stub of walk earns points."),
        ("tests/public/test_walk.py", "import nothing_like_it\n", "A suite cannot be collected."),
        ("solutions/walk.py", "def walk(slope, x, steps):\n    return x\n", "the stub would be the solution"),
        ("solutions/mistakes/double.py", "MISTAKES = 1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_kit_that_would_not_work_is_not_written(toy_course, tmp_path, file, text, problem):
    add(toy_course, file, text)
    with pytest.raises(CourseError) as caught:
        release(load_course(toy_course), tmp_path / "kit")
    assert problem in caught.value.problem
    assert [path.name for path in tmp_path.iterdir()] == ["course"]


def test_topic_without_public_suite_or_handout_is_told(toy_course):
    (toy_course / "tests/public/test_walk.py").unlink()
    with pytest.raises(CourseError, match="walk has no public suite"):
        kit_files(load_course(toy_course))
    solution = toy_course / "solutions/double.py"
    solution.write_text("import numpy\n" + solution.read_text("utf-8"), "utf-8")
    with pytest.raises(CourseError, match=r"solutions/double\.py: There is no docstring"):
        kit_files(load_course(toy_course))


# --- the command


def test_release_writes_a_kit_and_says_what_was_proved(grade_command, toy_course, tmp_path):
    done = grade_command("release", "my kit/动量", "--course", toy_course)
    assert done.returncode == 0, done.stderr
    assert "Wrote my kit/动量: 2 topics, 12 files." in done.stdout
    assert "Nothing secret is in it" in done.stdout
    assert "1 mistake can be named in it." in done.stdout
    assert (tmp_path / "my kit/动量/README.md").is_file()


def test_release_answers_programs(grade_command, toy_course):
    answer = json.loads(grade_command("release", "kit", "--json", "--course", toy_course).stdout)
    assert {name: answer[name] for name in ("version", "folder", "topics", "mistakes")} == {
        "version": 1, "folder": "kit", "topics": 2, "mistakes": 1,
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [[], ["kit", "--stubs"]])
def test_release_asks_for_one_of_the_two(grade_command, toy_course, arguments):
    done = grade_command("release", *arguments, "--course", toy_course)
    assert done.returncode == 2
    assert "a kit or the stubs" in done.stderr


def test_release_names_the_line_that_would_leak(grade_command, toy_course, tmp_path):
    suite = toy_course / "tests/public/test_double.py"
    suite.write_text(suite.read_text("utf-8") + "\n# return x, double(x)\n", "utf-8")
    done = grade_command("release", "kit", "--course", toy_course)
    assert done.returncode == 2
    assert "tests/public/test_double.py holds `return x, double(x)`, from solutions/double.py, line 16" in done.stderr
    assert not (tmp_path / "kit").exists()
