"""`pytest tests/hidden` works by itself, which is how an author debugs a suite."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from grading import RIGHT, WALKS, add, returning

TRIPLED = RIGHT.replace("2.0 * x", "3.0 * x")


@pytest.fixture
def course(toy_course: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy course, as the place where pytest is started."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.chdir(toy_course)
    return toy_course


@pytest.fixture
def pytest_run(course, pytester):
    """`pytest` in the course, with everything that it finds installed."""

    def run(*arguments: str | Path):
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *map(str, arguments))

    return run


def hand_in(folder: Path, **modules: str) -> Path:
    for topic, source in modules.items():
        add(folder, f"{topic}.py", source)
    return folder


def test_suites_pass_on_the_solutions(pytest_run, pytester):
    pytester.run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/hidden").assert_outcomes(passed=5)
    pytest_run("tests/hidden").assert_outcomes(passed=5)
    pytest_run("tests/public").assert_outcomes(passed=2)


def test_suites_run_on_a_folder(pytest_run, tmp_path):
    folder = hand_in(tmp_path / "mine", double=TRIPLED, walk=WALKS)
    result = pytest_run("tests/hidden", "--submission", folder)
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(["*Wrong values in the double, first at index [[]0]. 5 of 5 differ*same factor.*"])
    result.stdout.fnmatch_lines(["FAILED tests/hidden/test_double.py::test_vector*", "*3 failed, 2 passed*"])


def test_suites_run_where_the_author_stands(pytest_run, tmp_path, monkeypatch, toy_course):
    hand_in(tmp_path / "mine", double=RIGHT, walk=WALKS)
    monkeypatch.chdir(tmp_path)
    pytest_run(toy_course / "tests" / "hidden", "--submission", "mine").assert_outcomes(passed=5)


def test_tests_are_chosen_as_always(pytest_run):
    pytest_run("tests/hidden", "-k", "walk").assert_outcomes(passed=2, deselected=3)
    pytest_run("tests/hidden/test_double.py::test_both").assert_outcomes(passed=1)


def test_each_test_has_a_worker_of_its_own(pytest_run, course, tmp_path):
    source = "import os\nseen = []\n" + RIGHT.replace(
        "return 2.0 * x", "seen.append(1)\n    return 2.0 * x * len(seen)"
    )
    pytest_run(
        "tests/hidden/test_double.py", "--submission", hand_in(tmp_path / "mine", double=source)
    ).assert_outcomes(passed=3)
    source = RIGHT.replace("return 2.0 * x", "import os\n    os._exit(1) if len(x) == 5 else 0\n    return 2.0 * x")
    result = pytest_run("tests/hidden/test_double.py", "--submission", hand_in(tmp_path / "mine", double=source))
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*StudentError: Python ended itself in the middle of this call (exit code 1)*"])


@pytest.mark.slow  # counts processes: by itself only
def test_workers_of_tests_that_are_over_are_gone(pytest_run, course):
    add(course, "tests/hidden/test_double.py", '''
        import os
        from pathlib import Path

        import pytest


        def below(parent):
            """Processes beneath a process."""
            children = []
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    try:
                        fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    except OSError:
                        continue
                    if int(fields[1]) == parent:
                        children += [int(entry.name), *below(int(entry.name))]
            return children


        @pytest.mark.parametrize("number", range(20))
        def test_it(student, number):
            student.double(1.0)
            assert len(below(os.getpid())) <= 2  # the zygote and this worker
            assert len(os.listdir("/proc/self/fd")) < 30
        ''')  # fmt: skip
    if not sys.platform.startswith("linux"):
        pytest.skip("/proc is Linux's")
    pytest_run("tests/hidden/test_double.py").assert_outcomes(passed=20)


def test_seed_of_the_run_changes_the_numbers(pytest_run, course):
    add(course, "tests/hidden/test_double.py", "def test_it(rng):\n    print('drawn', rng.normal())\n")
    outputs = {}
    for arguments in ((), ("--seed", "7"), ("--seed", "8")):
        result = pytest_run("tests/hidden/test_double.py", "-s", *arguments)
        result.assert_outcomes(passed=1)
        outputs[arguments] = [line for line in result.outlines if "drawn" in line]
    assert outputs[()] == outputs["--seed", "7"]
    assert outputs[()] != outputs["--seed", "8"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def double(x:", "*StudentError: SyntaxError: '(' was never closed*"),
        ("import scipy", "*StudentError: scipy cannot be imported here: only NumPy*"),
        ("while True: pass", "*StudentError: No answer after 0.5 seconds. Is there a loop*"),
        ("x = 1", "*StudentError: double is not in double.py. Keep the names as the stub has them.*"),
        (returning("None"), "*MismatchError: Expected an array of shape (5,) for the double, got None*"),
    ],
)
def test_a_module_that_fails_shows_its_message(pytest_run, tmp_path, source, message):
    result = pytest_run(
        "tests/hidden/test_double.py::test_vector", "--submission", hand_in(tmp_path / "m", double=source)
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([message])


def test_a_folder_without_the_module_says_so(pytest_run, tmp_path):
    folder = hand_in(tmp_path / "mine", walk=WALKS)
    result = pytest_run("tests/hidden", "--submission", folder)
    result.assert_outcomes(passed=2, errors=3)
    result.stdout.fnmatch_lines([f"*{folder} holds no double.py.*"])
    result = pytest_run("tests/hidden", "--submission", tmp_path / "nothing")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*nothing*"])


def test_points_are_a_mark_that_is_known(pytest_run, course):
    pytest_run("tests/hidden", "--strict-markers", "-W", "error::pytest.PytestUnknownMarkWarning").assert_outcomes(
        passed=5
    )
    pytest_run("--markers").stdout.fnmatch_lines(["@pytest.mark.points(value): what the test is worth"])
    add(course, "tests/hidden/test_double.py", """
        from grader.suite import points


        @points(0)
        def test_it():
            pass
        """)  # fmt: skip
    result = pytest_run("tests/hidden/test_double.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ValueError: a test is worth more than nothing*"])


@pytest.mark.parametrize("mode", ["prepend", "importlib"])
def test_a_suite_imports_what_stands_beside_it(pytest_run, course, mode):
    add(course, "tests/hidden/keras_double.py", "FACTOR = 2.0\n")
    add(course, "tests/hidden/test_double.py", """
        from keras_double import FACTOR

        from grader.suite import assert_matches


        def test_it(student):
            assert_matches(student.double(1.5), 1.5 * FACTOR)
        """)  # fmt: skip
    pytest_run("tests/hidden", f"--import-mode={mode}").assert_outcomes(passed=3)


def test_reference_and_truth_are_there(pytest_run, course):
    add(course, "tests/hidden/test_double.py", """
        from grader.suite import assert_matches


        def test_reference(student, reference):
            assert_matches(student.double(1.5), reference.double(1.5))


        def test_truth(truth):
            truth(len, [1])
        """)  # fmt: skip
    result = pytest_run("tests/hidden/test_double.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*TruthError: Keras' answers are missing: double.json.*"])


def test_other_tests_are_left_alone(pytester):
    pytester.makepyfile("""
        def test_it():
            assert True

        def test_names(request):
            assert "student" not in request.fixturenames
        """)  # fmt: skip
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
