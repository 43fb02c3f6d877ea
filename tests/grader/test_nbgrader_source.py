"""An assignment for nbgrader: which cells it has, and that the real nbgrader takes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grader.course import load_course
from grader.errors import CourseError, GraderError, UsageError
from grader.nbgrader.cells import SCORE, public_cells, solution_cells
from grader.nbgrader.helpers import HELPERS
from grader.nbgrader.source import topic_cells, write_source
from grader.release.secrets import collect

REPOSITORY = Path(__file__).resolve().parents[2]
THE_COURSE = load_course(REPOSITORY)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Folder of an nbgrader course."""
    folder = tmp_path / "nbgrader"
    folder.mkdir()
    return folder


def notebook(path: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return cells


# --- cells


def test_solution_is_cut_into_what_is_given_and_what_is_to_be_written():
    source = '''"""Handout."""

import numpy as np

LIMIT = 3


# Ready to use.
def given(x):
    return x


@np.vectorize
# about the first
def first(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION


LAST = 4


class Second:
    def one(self):
        ### BEGIN SOLUTION
        return 1
        ### END SOLUTION

    def two(self):
        ### BEGIN SOLUTION
        return 2
        ### END SOLUTION
'''
    cells = list(solution_cells(source))
    assert [cell.role.grade_id if cell.role else "" for cell in cells] == ["", "solution_first", "", "solution_Second"]
    assert [(cell.role.solution, cell.role.grade) for cell in cells if cell.role] == [(True, False)] * 2
    assert cells[0].source.startswith("import numpy as np")
    assert cells[0].source.endswith("# Ready to use.\ndef given(x):\n    return x")
    assert cells[1].source.startswith("@np.vectorize\n# about the first\ndef first(x):")
    assert cells[1].source.endswith("### END SOLUTION")
    assert cells[2].source == "LAST = 4"
    assert cells[3].source.count("### END SOLUTION") == 2


def test_public_tests_are_locked_cells_worth_nothing(tmp_path):
    suite = tmp_path / "test_x.py"
    suite.write_text(
        '''"""X."""
import numpy as np
from grader.suite import assert_matches, assert_unchanged, points

HALF = 0.5

@points(2)
def test_one(student):
    """One."""
    assert_matches(student.f(HALF), 1.0)

def test_random(student, rng):
    """Random."""
    student.f(rng.normal())
    assert_unchanged(student)

def test_reference(student, reference):
    """The same as ours."""
''',
        "utf-8",
    )
    setting, one, random = public_cells(suite)
    assert setting.source.startswith(HELPERS.strip("\n"))
    assert setting.source.endswith("import numpy as np\n\nHALF = 0.5")
    assert (setting.role.locked, setting.role.grade) == (True, False)
    assert one.source.startswith("@points(2)\ndef test_one(student):")
    assert one.source.endswith("\n\n\ntest_one(student)")
    assert (one.role.grade_id, one.role.grade, one.role.locked, one.role.points) == ("test_one", True, True, 0.0)
    assert random.source.endswith("_changed.clear()\ntest_random(student, np.random.default_rng(0))")


def test_public_tests_when_they_import_what_a_notebook_lacks_are_refused_with_the_line(tmp_path):
    suite = tmp_path / "test_x.py"
    suite.write_text("import numpy as np\nfrom helpers import f\n", "utf-8")
    with pytest.raises(CourseError, match=r"test_x.py, line 2: it imports helpers"):
        list(public_cells(suite))


def run(*sources: str) -> dict[str, Any]:
    """What a kernel would do with these cells."""
    namespace: dict[str, Any] = {"__name__": "notebook"}
    for source in sources:
        exec(compile(source, "cell", "exec"), namespace)
    return namespace


@pytest.mark.parametrize("topic", THE_COURSE.topics, ids=lambda topic: topic.name)
def test_notebook_of_the_solution_passes_its_own_tests_from_top_to_bottom(topic):
    cells = topic_cells(THE_COURSE, topic)
    run(*(cell.source for cell in cells if not cell.markdown))
    tests = [cell for cell in cells if cell.role and cell.role.grade]
    assert len(tests) >= 3
    assert cells[0].source.startswith("# ")


WRONG = [
    ("return None", "return missing"),
    ("return 2.0", "Expected shape"),
    ("return x.tolist()[:1]", "shape"),
    ("return 3.0 * x", "Wrong: the double"),
    ("x *= 2.0\n    return x", "changed its argument"),
    ("return [x, x]", "shape"),
]


@pytest.mark.parametrize(("body", "says"), WRONG)
def test_helpers_say_what_is_wrong(body, says):
    test = """
def test_double(student):
    assert_matches(student.double(np.array([1.0, 2.0])), np.array([2.0, 4.0]), name="the double")
    assert_unchanged(student)
test_double(student)
"""
    with pytest.raises(AssertionError, match=says):
        run("def double(x):\n    " + body, HELPERS, test)


@pytest.mark.parametrize(
    ("actual", "expected", "says"),
    [
        ("{'a': 1.0}", "{'a': 1.0, 'b': 2.0}", "no entry 'b'"),
        ("[1.0]", "[1.0, 2.0]", "Expected 2 entries"),
        ("[1.0, 3.0]", "[1.0, 2.0]", "epoch 1 of the losses"),
        ("3", "[1.0]", "Expected a list"),
        ("'b'", "'a'", "Expected 'a'"),
        ("False", "True", "Expected True"),
        ("(1.0, 2.0)", "{'a': 1.0}", "Expected a dict"),
        ("float('nan')", "1.0", "Wrong: the losses"),
    ],
)
def test_helpers_compare_what_suites_compare(actual, expected, says):
    with pytest.raises(AssertionError, match=says):
        run(HELPERS, f"assert_matches({actual}, {expected}, name='the losses', along='epoch')")
    run(HELPERS, f"assert_matches({expected}, {expected})")


@pytest.mark.parametrize(("value", "says"), [("None", "return missing"), ("(1, 2, 3)", "got 3"), ("5", "got 5")])
def test_helpers_take_apart_what_suites_take_apart(value, says):
    with pytest.raises(AssertionError, match=says):
        run(HELPERS, f"unpack({value}, 'w', 'b')")
    run(HELPERS, "assert unpack([1, 2], 'w', 'b') == (1, 2)")


def test_helpers_reach_objects_as_suites_do():
    counter = (
        "class Counter:\n    def __init__(self, n):\n        self.n = n\n    def add(self, k):\n        self.n += k\n"
    )
    run(counter, HELPERS, "c = student.Counter(1)\nc.add(2)\nassert c.get('n') == 3\nassert c.n._thing == 3")
    with pytest.raises(AssertionError, match="There is no Adder yet"):
        run(counter, HELPERS, "student.Adder(1)")


# --- files


def test_write_makes_the_same_files_again(toy_course, place):
    course = load_course(toy_course)
    written = write_source(course, place)
    assert [path.name for path in written.notebooks] == ["double.ipynb", "walk.ipynb"]
    assert written.folder == place / "source" / "exercises"
    assert written.left_out == ()
    assert write_source(course, place).notebooks == ()


def test_write_when_the_course_has_changed_writes_what_has(toy_course, place):
    write_source(load_course(toy_course), place)
    solution = toy_course / "solutions" / "walk.py"
    solution.write_text(solution.read_text("utf-8").replace("Walking down", "Strolling down"), "utf-8")
    [path] = write_source(load_course(toy_course), place).notebooks
    assert "Strolling" in path.read_text("utf-8")


def test_write_when_somebody_has_changed_a_notebook_leaves_all_of_them(toy_course, place):
    written = write_source(load_course(toy_course), place)
    for name in ("double", "walk"):
        solution = toy_course / "solutions" / f"{name}.py"
        solution.write_text(solution.read_text("utf-8") + "\nEXTRA = 1\n", "utf-8")
    walk = written.folder / "walk.ipynb"
    walk.write_text(walk.read_text("utf-8").replace("Walking down", "My own words on walking down"), "utf-8")
    before = {path: path.read_bytes() for path in written.folder.iterdir()}
    with pytest.raises(UsageError, match=r"walk\.ipynb has been changed by hand") as error:
        write_source(load_course(toy_course), place)
    assert "--force" in error.value.remedy
    assert {path: path.read_bytes() for path in written.folder.iterdir()} == before
    write_source(load_course(toy_course), place, overwrite=True)
    assert "My own words" not in walk.read_text("utf-8")


def test_write_when_jupyter_has_saved_a_notebook_takes_it_as_unchanged(toy_course, place):
    import nbformat

    path = write_source(load_course(toy_course), place).folder / "walk.ipynb"
    saved = nbformat.read(path, as_version=4)
    saved.metadata.language_info = {"name": "python", "version": "3.11"}
    nbformat.write(saved, path)
    assert write_source(load_course(toy_course), place).notebooks == (path,)


@pytest.mark.parametrize("content", [b"precious", b"{}", b"\xff", b'{"cells": [], "metadata": {}}'])
def test_write_when_something_else_bears_the_name_leaves_it(toy_course, place, content):
    path = place / "source" / "exercises" / "walk.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    with pytest.raises(UsageError, match="changed by hand"):
        write_source(load_course(toy_course), place)
    assert path.read_bytes() == content


def test_write_leaves_other_files_of_the_assignment_alone(toy_course, place):
    other = place / "source" / "exercises" / "essay.ipynb"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    write_source(load_course(toy_course), place)
    assert other.read_text() == "mine"


def test_write_goes_where_the_configuration_says(toy_course, place):
    (place / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.source_directory = 'master'\n")
    written = write_source(load_course(toy_course), place, "hw 1")
    assert written.folder == place / "master" / "hw 1"
    assert len(list(written.folder.iterdir())) == 2


def test_write_when_the_configuration_is_broken_says_so(toy_course, place):
    (place / "nbgrader_config.py").write_text("c = get_config(\n")
    with pytest.raises(GraderError, match=r"nbgrader_config.py cannot be read: SyntaxError"):
        write_source(load_course(toy_course), place)


@pytest.mark.parametrize("name", ["", "a+b", "a/b", "..", ".hidden", " a", "a ", "a\nb"])
def test_write_when_the_name_is_none_for_an_assignment_is_refused(toy_course, place, name):
    with pytest.raises(UsageError, match="cannot be the name"):
        write_source(load_course(toy_course), place, name)
    assert list(place.iterdir()) == []


def test_write_when_there_is_no_course_says_how_to_make_one(toy_course, tmp_path):
    with pytest.raises(UsageError) as error:
        write_source(load_course(toy_course), tmp_path / "nowhere")
    assert "nbgrader quickstart" in error.value.remedy


def test_write_when_a_solution_is_missing_writes_nothing(toy_course, place):
    (toy_course / "solutions" / "walk.py").unlink()
    with pytest.raises(CourseError, match="notebook of walk cannot be made"):
        write_source(load_course(toy_course), place)
    assert list(place.iterdir()) == []


def test_write_when_nbgrader_is_missing_says_how_to_install_it(toy_course, place):
    code = """
import importlib.util, sys
from pathlib import Path
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "nbgrader" else find_spec(name, package)
from grader.cli.main import main
main(["release", "--nbgrader", sys.argv[1], "--course", sys.argv[2]])
"""
    done = subprocess.run([sys.executable, "-c", code, place, toy_course], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'deepgrade[nbgrader]'" in done.stderr


# --- the real nbgrader


def test_generate_assignment_takes_the_solutions_out_and_nothing_secret_is_left(place, grade_command):
    done = grade_command("release", "--nbgrader", place, "--course", REPOSITORY)
    assert done.returncode == 0
    assert done.stdout.count("Wrote ") == len(THE_COURSE.topics)
    nbgrader(place, "generate_assignment", "exercises", "--create")
    released = {path.name: path.read_bytes() for path in (place / "release" / "exercises").glob("*.ipynb")}
    assert set(released) == {f"{topic.name}.ipynb" for topic in THE_COURSE.topics}
    secrets = collect(THE_COURSE)
    assert secrets.find(released) == []
    sources = {path.name: path.read_bytes() for path in (place / "source" / "exercises").iterdir()}
    leaks = secrets.find(sources)  # the solutions, and what mistakes have in common with them
    assert len(leaks) > 100
    ours = "".join(path.read_text("utf-8") for path in (REPOSITORY / "solutions").glob("*.py"))
    assert [leak for leak in leaks if leak.source.startswith("tests/hidden") and leak.text not in ours] == []
    cells = notebook(place / "release" / "exercises" / "adam.ipynb")
    written = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
    assert len(written) >= 5
    assert all("raise NotImplementedError()" in cell["source"] for cell in map(joined, written))
    [score] = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == SCORE]
    assert (score["metadata"]["nbgrader"]["task"], score["metadata"]["nbgrader"]["points"]) == (True, 20.0)


def test_validate_accepts_the_solution_and_names_what_a_stub_lacks(toy_course, place):
    from nbgrader.validator import Validator

    write_source(load_course(toy_course), place)
    nbgrader(place, "generate_assignment", "exercises", "--create")
    assert Validator().validate(str(place / "source" / "exercises" / "walk.ipynb")) == {}
    [failure] = Validator().validate(str(place / "release" / "exercises" / "walk.ipynb"))["failed"]
    assert failure["source"].startswith("def test_counter(student):")
    assert "NotImplementedError" in failure["raw_error"]


def joined(cell: dict[str, Any]) -> dict[str, Any]:
    return {**cell, "source": "".join(cell["source"])}


def nbgrader(folder: Path, *arguments: str) -> str:
    """The real command, which finds Jupyter's programs as if its environment were active."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stderr
