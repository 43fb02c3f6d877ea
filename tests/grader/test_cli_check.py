"""`grade check`, as a student runs it: what it says about any work, and where it looks for it."""

import json
import re
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

RIGHT = """
import numpy as np


def double(x):
    return 2.0 * x


def both(x):
    return x, double(x)
"""


def folder_with(folder: Path, **modules: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for topic, text in modules.items():
        (folder / f"{topic}.py").write_text(dedent(text), "utf-8")
    return folder


def doubled_by(line: str) -> str:
    """The right module, but the double is computed otherwise."""
    return RIGHT.replace("return 2.0 * x", line)


def squeezed(text: str) -> str:
    """The text without its line breaks, which depend on the width."""
    return " ".join(text.split())


@pytest.fixture
def mine(toy_course: Path, tmp_path: Path) -> Path:
    """A student's folder outside the course, with both topics right."""
    walk = (toy_course / "solutions/walk.py").read_text("utf-8")
    return folder_with(tmp_path / "mine", double=RIGHT, walk=walk)


# --- which suites, which topics


def test_check_scores_every_topic_in_this_folder(grade_command, toy_course, mine):
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 0, done.stderr
    assert "4 / 4  done" in done.stdout
    assert "3 / 3  done" in done.stdout
    assert "7 of 7 points" in done.stdout
    assert done.stderr == ""


def test_check_says_that_it_ran_the_hidden_suites_where_they_are_installed(grade_command, toy_course, mine):
    done = grade_command("check", "double", "--course", toy_course, cwd=mine)
    assert "Scored by the hidden tests, which give the grade." in done.stdout


def test_check_runs_the_public_suites_where_there_are_no_hidden_ones(grade_command, toy_course, mine):
    shutil.rmtree(toy_course / "tests/hidden")
    shutil.rmtree(toy_course / "solutions")  # a student's kit has no answers either
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 0, done.stderr
    assert "Scored by the public tests." in done.stdout
    assert "2 of 2 points" in done.stdout


def test_check_runs_the_public_suites_when_asked(grade_command, toy_course, mine):
    folder_with(mine, double="def double(x):\n    return 2.0 * x\n")
    done = grade_command("check", "double", "--public", "--json", "--course", toy_course, cwd=mine)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert answer["suite"] == "public"
    assert [outcome["test"] for outcome in answer["grade"]["topics"][0]["outcomes"]] == ["test_handout"]


def test_check_shows_expected_values_of_public_tests_only(grade_command, toy_course, mine):
    folder_with(mine, double=doubled_by("return 2.5 * x"))
    public = grade_command("check", "double", "--public", "--course", toy_course, cwd=mine)
    assert re.search(r"\b4 +≠ 5\b", public.stdout)
    suite = "from grader.suite import assert_matches\n\ndef test_it(student):\n    '''It fits.'''\n"
    (toy_course / "tests/hidden/test_double.py").write_text(suite + "    assert_matches(student.double(2.0), 4.0)\n")
    hidden = grade_command("check", "double", "--course", toy_course, cwd=mine)
    assert hidden.returncode == 1
    assert "≠" not in hidden.stdout


def test_check_leaves_the_other_topics_alone_when_one_is_named(grade_command, toy_course, mine):
    folder_with(mine, walk="while True:\n    pass\n")
    done = grade_command("check", "double", "--course", toy_course, cwd=mine)
    assert done.returncode == 0
    assert "walk" not in done.stdout


@pytest.mark.parametrize("name", ["double", "double.py"])
def test_check_takes_a_file_name_for_a_topic(grade_command, toy_course, mine, name):
    done = grade_command("check", name, "--course", toy_course, cwd=mine)
    assert done.returncode == 0
    assert "4 of 4 points" in done.stdout


@pytest.mark.parametrize("name", ["doubel", "Double", "duoble.py"])
def test_check_suggests_the_topic_that_was_meant(grade_command, toy_course, mine, name):
    done = grade_command("check", name, "--course", toy_course, cwd=mine)
    assert done.returncode == 2
    assert done.stdout == ""
    assert 'Did you mean "double"?' in done.stderr


def test_check_lists_the_topics_when_none_is_close(grade_command, toy_course, mine):
    done = grade_command("check", "zzz", "--course", toy_course, cwd=mine)
    assert done.returncode == 2
    assert "Did you mean" not in done.stderr
    assert "The topics are: double, walk." in done.stderr


def test_check_finds_the_course_above_the_folder(grade_command, toy_course):
    stubs = shutil.copytree(toy_course / "solutions", toy_course / "exercises")
    done = grade_command("check", "--dir", stubs)
    assert done.returncode == 0
    assert "7 of 7 points" in done.stdout


# --- where it cannot begin


def test_check_says_what_to_do_in_a_folder_without_modules(grade_command, toy_course, tmp_path):
    (tmp_path / "notes.txt").write_text("nothing here")
    done = grade_command("check", "--course", toy_course, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path} holds none of the modules to check (double.py, walk.py)." in done.stderr
    assert "--dir FOLDER" in done.stderr


def test_check_names_a_folder_that_is_missing(grade_command, toy_course):
    done = grade_command("check", "--dir", "nowhere", "--course", toy_course)
    assert done.returncode == 2
    assert "There is no folder nowhere." in done.stderr


def test_check_says_that_a_file_is_no_folder(grade_command, toy_course, mine):
    done = grade_command("check", "--dir", mine / "double.py", "--course", toy_course)
    assert done.returncode == 2
    assert "is a file, not a folder" in done.stderr


def test_check_says_that_the_named_course_is_missing(grade_command, mine, tmp_path):
    done = grade_command("check", "--course", tmp_path / "nowhere", cwd=mine)
    assert done.returncode == 2
    assert "there is no such folder" in done.stderr


def test_check_names_the_broken_line_of_the_course_file(grade_command, toy_course, mine):
    file = toy_course / "course.toml"
    file.write_text(file.read_text().replace('title = "Walking"', "title = Walking"))
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 2
    assert "course.toml, line 15" in done.stderr
    assert "title = Walking" in done.stderr


@pytest.mark.parametrize("kind", ["hidden", "public"])
def test_check_says_which_suite_the_course_lacks(grade_command, toy_course, mine, kind):
    (toy_course / f"tests/{kind}/test_walk.py").unlink()
    options = ["--public"] if kind == "public" else []
    broken = grade_command("check", *options, "--course", toy_course, cwd=mine)
    assert broken.returncode == 2
    assert f"There is no {kind} suite for walk" in broken.stderr
    whole = grade_command("check", "double", *options, "--course", toy_course, cwd=mine)
    assert whole.returncode == 0, whole.stderr


def test_check_says_that_a_course_without_suites_is_none(grade_command, toy_course, mine):
    shutil.rmtree(toy_course / "tests")
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 2
    assert "has no public suites" in done.stderr


def test_check_shows_why_a_suite_cannot_be_collected(grade_command, toy_course, mine):
    (toy_course / "tests/hidden/test_walk.py").write_text("import not_there\n")
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 2
    assert "A suite cannot be collected." in done.stderr
    assert "not_there" in done.stderr
    assert "Mend the suite" in done.stderr


# --- what it says about bad work

BAD = {
    "returns nothing": (doubled_by("2.0 * x"), ["got None", "return missing"]),
    "a list": (doubled_by("return list(2.0 * x)"), ["got a list of 5"]),
    "another shape": (doubled_by("return (2.0 * x)[None]"), ["Expected shape (5,) for the double, got (1, 5)."]),
    "NaN": (doubled_by("return x * float('nan')"), ["NaN", "in the double, first at index [0]"]),
    "an int array": (doubled_by("return np.ones(5, dtype=int)"), ["Whole numbers (int64) in the double"]),
    "a huge array": (doubled_by("return np.zeros(3_000_000)"), ["The answer is larger than 16 MB."]),
    "more than the memory": (
        doubled_by("return np.zeros(10**10)"),
        ["More than 1024 MB of memory", "double.py, line 6, in double:", "return np.zeros(10**10)"],
    ),
    "raises": (
        doubled_by("return x.nothing"),
        ["AttributeError: 'numpy.ndarray'", "double.py, line 6, in double:", "return x.nothing"],
    ),
    "loops in a call": (doubled_by("while True: pass"), ["No answer after 0.5 seconds", "a loop that never ends"]),
    "loops at import": ("while True:\n    pass\n", ["No answer after 0.5 seconds"]),
    "ends Python": (doubled_by("__import__('os')._exit(3)"), ["Python ended itself", "exit code 3"]),
    "exits at import": ("import sys\nsys.exit(0)\n", ["stopped Python", "double.py, line 2", "sys.exit(0)"]),
    "TensorFlow": (
        "import tensorflow as tf\n" + RIGHT,
        ["tensorflow cannot be imported here", "double.py, line 1:", "import tensorflow as tf"],
    ),
    "a syntax error": ("def double(x:\n    return x\n", ["SyntaxError", "double.py, line 1:", "def double(x:"]),
    "a missing function": (
        RIGHT.replace("def double", "def dubble"),
        ["double is not in double.py. Keep the names as the stub has them."],
    ),
    "a stub": (
        doubled_by("raise NotImplementedError()"),
        ["double() is not written yet (double.py, line 6)."],
    ),
    "a known mistake": (
        doubled_by("return x + x + x"),
        ["Wrong values in the double", "These are the numbers of three times x.", "Hint: How often is x taken?"],
    ),
    "an unknown mistake": (doubled_by("return 2.5 * x"), ["Wrong values in the double, first at index [0]"]),
    "not UTF-8": ("name = 'caf\udce9'\n" + RIGHT, ["SyntaxError", "double.py, line 1"]),
    "an empty file": ("", ["double is not in double.py"]),
}


@pytest.mark.parametrize("did", BAD)
def test_check_tells_what_to_do_about(grade_command, toy_course, mine, did):
    source, said = BAD[did]
    (mine / "double.py").write_bytes(source.encode("utf-8", "surrogateescape"))
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    for text in said:
        assert text in squeezed(done.stdout)
    assert "3 / 3  done" in done.stdout  # the other topic has its points all the same
    assert "Next: " in done.stdout


def test_check_says_that_a_module_is_a_folder(grade_command, toy_course, mine):
    (mine / "double.py").unlink()
    (mine / "double.py").mkdir()
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 1
    assert "double.py is a folder, not a file." in done.stdout
    assert "3 / 3  done" in done.stdout


def test_check_shows_a_missing_module_as_missing(grade_command, toy_course, mine):
    (mine / "double.py").unlink()
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 1
    assert "Not found: double.py" in done.stdout
    assert "3 of 7 points" in done.stdout


def test_check_says_that_a_module_has_the_wrong_name(grade_command, toy_course, mine):
    (mine / "double.py").rename(mine / "Double (1).py")
    done = grade_command("check", "double", "--course", toy_course, cwd=mine)
    assert done.returncode == 1
    assert "Double (1).py must be called double.py." in done.stdout


def test_check_shows_what_the_code_printed(grade_command, toy_course, mine):
    folder_with(mine, double=doubled_by('print("x is here"); return x'))
    done = grade_command("check", "double", "--course", toy_course, cwd=mine)
    assert "The code printed:" in done.stdout
    assert "x is here" in done.stdout


def test_check_costs_nothing_where_the_grader_fails(grade_command, toy_course, mine):
    suite = toy_course / "tests/hidden/test_walk.py"
    suite.write_text(suite.read_text() + "\n\ndef test_broken(student):\n    '''It breaks.'''\n    1 / 0\n")
    done = grade_command("check", "--course", toy_course, cwd=mine)
    assert done.returncode == 1
    assert "walk" in done.stdout
    assert "not graded" in done.stdout
    assert "1 topic not graded" in done.stdout
    assert "please report it" in squeezed(done.stdout)


# --- the real course


def test_check_gives_the_real_solutions_everything(grade_command):
    done = grade_command("check", "--dir", REPOSITORY / "solutions", "--course", REPOSITORY)
    assert done.returncode == 0, done.stdout
    assert "Everything here is done." in done.stdout


@pytest.mark.parametrize("options", [[], ["--public"]], ids=["hidden", "public"])
def test_check_gives_the_real_stubs_nothing(grade_command, options):
    done = grade_command("check", "--json", *options, "--dir", REPOSITORY / "exercises", "--course", REPOSITORY)
    assert done.returncode == 1
    grade = json.loads(done.stdout)["grade"]
    assert grade["status"] == "graded"
    assert grade["score"] == 0.0
    results = {outcome["result"] for topic in grade["topics"] for outcome in topic["outcomes"]}
    assert results == {"not_implemented"}


def test_check_names_a_real_mistake(grade_command, tmp_path):
    solution = (REPOSITORY / "solutions/gradient_descent.py").read_text("utf-8")
    uphill = solution.replace("w - learning_rate * gradient", "w + learning_rate * gradient")
    assert uphill != solution
    folder_with(tmp_path / "mine", gradient_descent=uphill)
    done = grade_command("check", "gradient_descent", "--course", REPOSITORY, cwd=tmp_path / "mine")
    assert done.returncode == 1
    assert "These are the numbers of" in done.stdout
    assert "Hint:" in done.stdout
