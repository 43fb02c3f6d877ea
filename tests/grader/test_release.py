"""Stubs are made from solutions, and nothing of a solution stays in them."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.course import load_course, solution_path, stub_path
from grader.errors import CourseError
from grader.model import Course, Limits, Topic
from grader.release import make_stub, stale_stubs, write_stubs

SOLUTION = '''\
"""Momentum.

The handout says `### BEGIN SOLUTION` in its text, which is no marker.
### BEGIN SOLUTION
"""

import numpy as np


def step(w, velocity, gradient, learning_rate, momentum=0.9):
    """One step.

    Returns:
        The new weights and the new velocity.
    """
    ### BEGIN SOLUTION
    secret = momentum * velocity - learning_rate * gradient

    return w + secret, secret
    ### END SOLUTION


class Momentum:
    """An optimizer with a memory."""

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
        ### BEGIN SOLUTION
        self.velocity = None
        ### END SOLUTION

    def update(self, w, gradient):
        """Move w."""
        if w is None:
            return None
        ### BEGIN SOLUTION
        def helper(a):
            return 2 * a

        ### an ordinary comment
        return helper(w)
        ### END SOLUTION


LAST = 1
'''

STUB = '''\
"""Momentum.

The handout says `### BEGIN SOLUTION` in its text, which is no marker.
### BEGIN SOLUTION
"""

import numpy as np


def step(w, velocity, gradient, learning_rate, momentum=0.9):
    """One step.

    Returns:
        The new weights and the new velocity.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class Momentum:
    """An optimizer with a memory."""

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
        # YOUR CODE HERE
        raise NotImplementedError()

    def update(self, w, gradient):
        """Move w."""
        if w is None:
            return None
        # YOUR CODE HERE
        raise NotImplementedError()


LAST = 1
'''


def function(*lines: str) -> str:
    """A module with one function of these lines."""
    return "\n".join(["def f(x):", '    """Docs."""', *lines]) + "\n"


def write_solution(course: Course, topic: str, text: str) -> None:
    path = solution_path(course, topic)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course of two topics with solutions and without stubs."""
    names = ("momentum", "adam")
    topics = tuple(Topic(name=name, title=name.title(), max_score=1) for name in names)
    made = Course(root=tmp_path, title="A", seed=0, limits=Limits(), topics=topics)
    write_solution(made, "momentum", SOLUTION)
    write_solution(made, "adam", function("    ### BEGIN SOLUTION", "    return x**0.5  # √x", "    ### END SOLUTION"))
    return made


# --- the text


def test_stub_keeps_all_but_the_solution() -> None:
    assert make_stub(SOLUTION) == STUB


def test_stub_can_be_imported_and_raises_when_called() -> None:
    names: dict[str, type] = {}
    exec(make_stub("import collections\n" + SOLUTION.replace("import numpy as np", "")), names)
    with pytest.raises(NotImplementedError):
        names["Momentum"](0.1)


def test_stub_is_the_same_when_the_solution_has_windows_line_ends() -> None:
    assert make_stub(SOLUTION.replace("\n", "\r\n")) == STUB


def test_stub_is_indented_with_tabs_when_the_solution_is() -> None:
    source = "def f(x):\n\tif x:\n\t\t### BEGIN SOLUTION\n\t\treturn 1\n\t\t### END SOLUTION\n\treturn 2\n"
    expected = "def f(x):\n\tif x:\n\t\t# YOUR CODE HERE\n\t\traise NotImplementedError()\n\treturn 2\n"
    assert make_stub(source) == expected


def test_markers_in_a_string_of_the_solution_do_not_end_it() -> None:
    stub = make_stub(
        function(
            "    ### BEGIN SOLUTION",
            '    text = """',
            "    ### END SOLUTION",
            '    """',
            "    return text, 'secret'",
            "    ### END SOLUTION",
        )
    )
    assert stub == function("    # YOUR CODE HERE", "    raise NotImplementedError()")


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.lists(st.integers(0, 99), min_size=1, max_size=3)),
        min_size=1,
        max_size=4,
    )
)
def test_nothing_between_markers_is_left_in_any_module(plan: list[tuple[int, list[int]]]) -> None:
    lines = ['"""Docs."""']
    for number, (depth, values) in enumerate(plan):
        pad = "    " * depth
        lines += ["    " * level + f"class C{number}_{level}:" for level in range(depth - 1)]
        lines += ["    " * (depth - 1) + f"def public_{number}(self):", f'{pad}"""Docs {number}."""']
        for value in values:
            lines += [pad + "### BEGIN SOLUTION", f"{pad}secret_{value} = 1", pad + "### END SOLUTION"]
    stub = make_stub("\n".join(lines))
    functions = [node for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.FunctionDef)]
    assert "secret" not in stub
    assert "SOLUTION" not in stub
    assert sorted((node.name, ast.get_docstring(node)) for node in functions) == [
        (f"public_{number}", f"Docs {number}.") for number in range(len(plan))
    ]
    assert stub.count("raise NotImplementedError()") == sum(len(values) for _, values in plan)


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        (function("    return x"), 1, "the stub would be the solution"),
        (function("    ### BEGIN SOLUTION", "    return x"), 3, "there is no `### END SOLUTION` after it"),
        (function("    return x", "    ### END SOLUTION"), 4, "there is no `### BEGIN SOLUTION` before it"),
        (
            function(
                *("    ### BEGIN SOLUTION", "    y = x", "    ### BEGIN SOLUTION", "    return y"),
                *("    ### END SOLUTION", "    ### END SOLUTION"),
            ),
            5,
            "the block that line 3 begins has no end yet",
        ),
        (
            function("    ### BEGIN SOLUTION", "    return x", "    ### END SOLUTION", "    ### END SOLUTION"),
            6,
            "there is no `### BEGIN SOLUTION` before it",
        ),
        (function("    ### BEGIN SOLUTION", "    return x", "### END SOLUTION"), 5, "not indented as"),
        (
            function("### BEGIN SOLUTION", "    return x", "### END SOLUTION"),
            3,
            "not indented as its markers",
        ),
        (function("    ###BEGIN SOLUTION", "    return x", "    ### END SOLUTION"), 3, "not exactly"),
        (function("    ### BEGIN SOLUTION", "    return x", "    # end solution"), 5, "not exactly"),
        (function("    ### BEGIN SOLUTION.", "    return x", "    ### END SOLUTION"), 3, "not exactly"),
        (function("    ### BEGIN SOLUTION", "    return x  ### END SOLUTION"), 4, "on a line of its own"),
        (function("    ### BEGIN SOLUTION", "    # later", "    ### END SOLUTION"), 3, "holds no code"),
        ("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n", 1, "not inside a function"),
        (
            "class A:\n    ### BEGIN SOLUTION\n    def f(self):\n        return 1\n    ### END SOLUTION\n",
            2,
            "not inside a function",
        ),
        (
            "### BEGIN SOLUTION\ndef f():\n    return 1\n### END SOLUTION\n",
            1,
            "not inside a function",
        ),
        (
            function(
                *(
                    "    ### BEGIN SOLUTION",
                    "    return x",
                    "def g(x):",
                    "    return x",
                    "    ### END SOLUTION",
                )
            ),
            3,
            "not indented as its markers",
        ),
        ("def f(:\n    pass\n", 1, "not valid Python"),
        (
            function(
                *("    if x:", "        return 1", "    ### BEGIN SOLUTION", "    y = 2", "    if y:"),
                *("        y = 3", "    ### END SOLUTION", "    else:", "        return 4"),
            ),
            7,
            "without its solution the module is not valid Python",
        ),
        ("x = '\0'\n", 1, "not valid Python"),
    ],
)
def test_solution_is_refused_with_the_line_when_its_markers_do_not_fit(source: str, line: int, problem: str) -> None:
    with pytest.raises(CourseError) as caught:
        make_stub(source)
    assert caught.value.problem.startswith(f"line {line}: ")
    assert problem in caught.value.problem
    assert caught.value.remedy


# --- the files


def test_stubs_are_written_when_there_are_none(course: Course) -> None:
    paths = [stub_path(course, "momentum"), stub_path(course, "adam")]
    assert stale_stubs(course) == paths
    assert write_stubs(course) == paths
    assert paths[0].read_text(encoding="utf-8") == STUB
    assert stale_stubs(course) == []
    assert sorted(paths[0].parent.iterdir()) == sorted(paths)


def test_only_the_stub_that_changed_is_written(course: Course) -> None:
    write_stubs(course)
    untouched = stub_path(course, "momentum")
    os.utime(untouched, (1, 1))
    stub_path(course, "adam").write_text("edited by hand\n")
    assert stale_stubs(course) == [stub_path(course, "adam")]
    assert write_stubs(course) == [stub_path(course, "adam")]
    assert untouched.stat().st_mtime == 1


def test_stub_is_not_stale_when_git_gave_it_windows_line_ends(course: Course) -> None:
    write_stubs(course)
    stub_path(course, "momentum").write_bytes(STUB.replace("\n", "\r\n").encode())
    assert stale_stubs(course) == []


def test_stub_that_is_not_text_is_stale(course: Course) -> None:
    write_stubs(course)
    stub_path(course, "adam").write_bytes(b"\xff\xfe")
    assert stale_stubs(course) == [stub_path(course, "adam")]


def test_no_stub_is_written_when_a_later_solution_is_broken(course: Course) -> None:
    write_solution(course, "adam", "def f(x):\n    return x\n")
    with pytest.raises(CourseError) as caught:
        write_stubs(course)
    assert f"{solution_path(course, 'adam')}, line 1: " in caught.value.problem
    assert not stub_path(course, "momentum").exists()


def test_missing_solution_is_told_with_both_ways_out(course: Course) -> None:
    solution_path(course, "adam").unlink()
    with pytest.raises(CourseError) as caught:
        stale_stubs(course)
    assert str(solution_path(course, "adam")) in caught.value.problem
    assert "[topics.adam]" in caught.value.remedy


@pytest.mark.parametrize(("data", "problem"), [(b"\xff", "not UTF-8"), (None, "cannot be read")])
def test_solution_that_cannot_be_read_is_told(course: Course, data: bytes | None, problem: str) -> None:
    path = solution_path(course, "adam")
    path.unlink()
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)
    with pytest.raises(CourseError, match=problem):
        write_stubs(course)


def test_directory_in_the_place_of_a_stub_is_told_and_nothing_is_left_behind(course: Course) -> None:
    stub_path(course, "momentum").mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be written"):
        write_stubs(course)
    assert list(stub_path(course, "momentum").parent.iterdir()) == [stub_path(course, "momentum")]


def test_stub_runs_under_a_plain_python(course: Course) -> None:
    write_stubs(course)
    done = subprocess.run([sys.executable, stub_path(course, "adam")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_exercises_are_what_the_solutions_make() -> None:
    assert stale_stubs(load_course(Path(grader.__file__).parent.parent)) == []
