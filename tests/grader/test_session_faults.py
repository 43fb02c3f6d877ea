"""Whose failure it is: the student's costs points, the grader's is never a zero, and neither gives a secret away."""

from __future__ import annotations

import re

import numpy as np
import pytest
from grading import RIGHT, WALKS, add, doubling, grade_all, job, outcomes_of, returning

from grader.course import load_course
from grader.errors import GraderError
from grader.model import Isolation, Limits, Result, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.sandbox.remote import WorkerLostError
from grader.suite.bench import Bench
from grader.suite.session import grade


def suite(*tests: tuple[str, str]) -> str:
    """A suite with these tests, each a body and its fixtures, and one between them that is in order."""
    text = "import numpy as np\nimport pytest\nfrom grader.suite import assert_matches, unpack\n"
    for number, (body, fixtures) in enumerate(tests):
        text += f"""

def test_{number}({fixtures}):
    {body}


def test_{number}_and_on(student):
    assert_matches(student.both(1.5 + {number})[1], 3.0 + 2 * {number})
"""
    return text


def outcome_with(root, source, body, fixtures="student"):
    """The outcome of a test with this body; the one after it must not notice."""
    add(root, "tests/hidden/test_double.py", suite((body, fixtures)))
    outcome, after = outcomes_of(root, "double", source)
    assert after.result is Result.PASSED
    return outcome


# A suite that takes an answer apart without unpack, and what comes back.
TAKES_APART = {
    "first, second = student.double(2.0)": "(2.0, 4.0)",
    "assert_matches(student.double(2.0)[1], 4.0)": "(2.0, 4.0)",
    "assert_matches(2 * student.double(2.0), 8.0)": "4.0",
    "assert_matches(student.double(2.0)['y'], 4.0)": "{'y': 4.0}",
    "assert_matches(student.double(2.0).sum(), 4.0)": "np.array([4.0])",
    "assert_matches(list(student.double(2.0)), [4.0])": "[4.0]",
}


@pytest.mark.parametrize("body", TAKES_APART)
def test_an_error_in_the_test_because_of_the_answer_is_the_students(toy_course, body):
    add(toy_course, "solutions/double.py", returning(TAKES_APART[body]))
    add(toy_course, "solutions/mistakes/double.py", "MISTAKES = ()")
    add(toy_course, "tests/hidden/test_double.py", suite((body, "student")))
    answers = ["None", "type('A', (), {})()", "'text'", "{}", "()"]
    jobs = [job(answer, {"double": returning(answer)}) for answer in answers]
    for outcome, after in grade_all(toy_course, jobs, topics=["double"]).values():
        assert outcome.result in (Result.WRONG_TYPE, Result.WRONG_SHAPE, Result.NOT_IMPLEMENTED)
        assert re.match(r"The answer does not have the form|Expected|sum is not in A in double\.py", outcome.message)
        assert (outcome.points, after.points) == (0.0, 1.0)


def test_an_object_that_a_test_hands_back_is_the_students_failure(toy_course):
    body = "assert_matches(student.both(student.double(2.0))[0], 4.0)"
    outcome = outcome_with(toy_course, returning("object()"), body)
    assert outcome.result is Result.WRONG_TYPE
    assert outcome.message == "The answer does not have the form that this test needs."


def test_a_reference_that_cannot_take_the_answer_is_the_students_failure(toy_course):
    body = "assert_matches(reference.double(student.double(2.0)), 8.0)"
    assert outcome_with(toy_course, RIGHT, body, "student, reference").result is Result.PASSED
    outcome = outcome_with(toy_course, returning("'text'"), body, "student, reference")
    assert (outcome.result, outcome.points) == (Result.WRONG_TYPE, 0.0)


BROKEN = [
    ("undefined_name", "student", "The grader failed in test_0: NameError: name 'undefined_name' is not defined"),
    ("student.double(2.0); undefined_name", "student", "NameError"),
    ("student.double(2.0)[7]", "student", "TypeError"),
    ("assert_matches(student.double(2.0), object())", "student", "assert_matches cannot expect object"),
    ("pass", "student, no_such_fixture", "no_such_fixture"),
    ("student.double(object())", "student", "a suite cannot hand object"),
    ("student._private(2.0)", "student", "AttributeError: _private"),
    ("reference.no_such_function(2.0)", "reference", "no_such_function is not in double.py"),
    ("student.double(2.0); reference.no_such_function(2.0)", "student, reference", "no_such_function is not"),
    ("student.double(2.0); reference.double('a')", "student, reference", "can't multiply sequence"),
    ("truth(len, [1])", "truth", "Keras' answers are missing: double.json."),
    ("student.double(2.0); truth(len, [1])", "student, truth", "Keras' answers are missing: double.json."),
    ("own('walk')", "own", ""),
    ("pytest.skip('not today')", "student", "not today"),
    ("student.double(2.0); pytest.skip('not today')", "student", "not today"),
    ("pytest.importorskip('no_such_module')", "student", "no_such_module"),
]  # fmt: skip


@pytest.fixture(scope="module")
def broken(make_toy_course, tmp_path_factory):
    """What became of the broken tests, and of those between them."""
    root = make_toy_course(tmp_path_factory.mktemp("broken") / "course")
    add(root, "tests/hidden/test_double.py", suite(*((body, fixtures) for body, fixtures, _ in BROKEN)))
    return outcomes_of(root, "double", RIGHT)


@pytest.mark.parametrize("number", range(len(BROKEN)), ids=[body for body, _, _ in BROKEN])
def test_a_broken_suite_is_not_graded(broken, number):
    outcome, after = broken[2 * number : 2 * number + 2]
    assert (outcome.result, outcome.points) == (Result.NOT_GRADED, 0.0)
    assert BROKEN[number][2] in outcome.message
    assert after.result is Result.PASSED


def test_missing_truth_says_what_to_do(toy_course):
    outcome = outcome_with(toy_course, RIGHT, "truth(len, [1])", "truth")
    assert outcome.message.splitlines()[1:] == ["Run `grade truth record` where Keras is installed."]


def test_a_missing_solution_is_not_graded(toy_course):
    (toy_course / "solutions/double.py").unlink()
    first, second, third = outcomes_of(toy_course, "double", RIGHT)
    assert first.result is Result.NOT_GRADED
    assert "solutions/double.py cannot be read" in first.message
    assert (second.result, third.result) == ("passed", "passed")


def test_a_catalogue_that_cannot_be_read_ends_the_session_with_its_remedy(toy_course):
    add(toy_course, "solutions/mistakes/double.py", "MISTAKES = 1 / 0")
    with pytest.raises(GraderError, match=r"mistakes/double\.py cannot be read: ZeroDivisionError"):
        outcomes_of(toy_course, "double", returning("3.0 * x"))


class Lost:
    """A sandbox whose workers do not start."""

    def open(self, limits: Limits):  # noqa: ARG002
        raise WorkerLostError("a worker did not start")

    def close(self):
        pass


def test_a_worker_that_does_not_start_is_not_graded(toy_course):
    found = []
    bench = Bench(load_course(toy_course), SuiteKind.HIDDEN, Lost())
    grade(bench, ["double"], [job("ada", {"double": RIGHT})], lambda *delivered: found.extend(delivered[-1]))
    assert {outcome.result for outcome in found} == {Result.NOT_GRADED}
    assert all("did not start" in outcome.message for outcome in found)


HOSTILE = [
    "10**400", "-(10**1000)", "1e308 * 10", "float('nan')", "1 + 2j", "complex('nan')", "True", "b'x'", "''",
    "'\\udc80'", "[]", "()", "{}", "[[[[]]]]", "{'a': {1: ()}}", "[10**400]", "(10**50, None)", "lambda: 1",
    "object()", "type", "len", "np.array(10**300, dtype=float)", "np.array([], dtype=bool)", "np.array([True])",
    "np.array([1j])", "np.zeros((0, 5))", "np.full(5, 255, dtype=np.uint8)", "np.full(5, np.inf)",
    "np.array([2**63] * 5, dtype=np.uint64)", "np.float16(1)", "np.longdouble(1) * x", "x.astype('>f8') * 2",
    "x[::-1]", "(2 * x).tolist()", "iter(x)", "np.array(2.0 * x[0])", "x.astype(object)", "np.ma.array(x)",
    "np.matrix(x)", "np", "NotImplemented", "Ellipsis", "range(5)", "{1, 2}",
]  # fmt: skip


def test_whatever_comes_back_costs_points_and_nothing_else(toy_course):
    """Each answer is also compared with those of the catalogued mistakes, which give plain arrays and numbers."""
    add(toy_course, "tests/hidden/test_double.py", '''
        import numpy as np
        from grader.suite import assert_matches, unpack


        def test_array(student):
            """An array."""
            assert_matches(student.double(np.ones(5)), np.full(5, 2.5))


        def test_number(student):
            """A number."""
            assert_matches(student.double(1.5), 2.5)


        def test_whole(student):
            """A whole number."""
            assert_matches(student.double(1.5), 3_000)


        def test_truth_value(student):
            """A truth value."""
            assert_matches(student.double(1.5), [False])


        def test_mask(student):
            """A mask."""
            assert_matches(student.double(np.ones(3)), np.array([True, False, True]))


        def test_complex(student):
            """A complex number."""
            assert_matches(student.double(1.5), 2j)


        def test_names(student):
            """A dict."""
            assert_matches(student.double(1.5), {"a": 1.5})
        ''')  # fmt: skip
    jobs = [job(answer, {"double": "import numpy as np\n\ndef double(x):\n    return " + answer}) for answer in HOSTILE]
    found = grade_all(toy_course, jobs, topics=["double"])
    assert len(found) == len(HOSTILE)
    for (answer, _), outcomes in found.items():
        for outcome in outcomes:
            assert outcome.result not in (Result.NOT_GRADED, Result.PASSED), (answer, outcome)
            assert outcome.message, answer
            outcome.message.encode("utf-8")


def test_a_mistake_in_truth_values_or_complex_numbers_is_told_from_others(toy_course):
    add(
        toy_course,
        "solutions/double.py",
        "import numpy as np\n\ndef double(x):\n    return np.array([x > 1, x > 2]), 2j * x\n",
    )
    add(toy_course, "solutions/mistakes/double.py", """
        from grader.model import Mistake

        MISTAKES = (
            Mistake(name="halved", says="half of it", hint="?", edits={"2j * x": "0.5j * x"}),
            Mistake(name="at_least", says="at least", hint="?", edits={"x > 1": "x >= 1"}),
        )
        """)  # fmt: skip
    add(toy_course, "tests/hidden/test_double.py", '''
        from grader.suite import assert_matches


        def test_both(student, reference):
            """Both."""
            assert_matches(student.double(1.0), reference.double(1.0))
        ''')  # fmt: skip
    source = "import numpy as np\n\ndef double(x):\n    return np.array([{0}, x > 2]), {1} * x\n"
    named = {
        (flag, factor): outcomes_of(toy_course, "double", source.format(flag, factor))[0].mistake
        for flag in ("x > 1", "x >= 1")
        for factor in ("2j", "0.5j", "3j")
    }
    assert named == {
        ("x > 1", "2j"): "",
        ("x > 1", "0.5j"): "half of it",
        ("x > 1", "3j"): "",
        ("x >= 1", "2j"): "at least",
        ("x >= 1", "0.5j"): "",
        ("x >= 1", "3j"): "",
    }


ANSWERS = [
    "3.0 * x",
    "-2.0 * x",
    "0.0 * x",
    "x.T",
    "x + 1",
    "None",
    "[1.0]",
    "x[:1]",
    "x * np.nan",
    "int(1)",
    "x > 0",
    "(x, x)",
]


@pytest.mark.parametrize(
    "how", ["assert_matches(student.double(x), expected)", "assert (student.double(x) == expected).all(), expected"]
)
def test_hidden_messages_hold_no_expected_value(toy_course, how):
    body = f"import numpy as np; x = rng.normal(size=(3, 3)); expected = reference.double(x); {how}"
    add(toy_course, "tests/hidden/test_double.py", suite((body, "student, reference, rng")))
    jobs = [job(answer, {"double": returning(answer)}) for answer in ANSWERS]
    expected = expected_values(toy_course)
    for outcomes in grade_all(toy_course, jobs, topics=["double"]).values():
        assert outcomes[0].result is not Result.PASSED
        for value in expected:
            assert f"{abs(value):.3g}" not in outcomes[0].message.replace("error is", "")
    for outcomes in grade_all(toy_course, jobs[:1], topics=["double"], kind=SuiteKind.PUBLIC).values():
        assert outcomes[0].message


def expected_values(root):
    """What the reference answers in that test."""
    course = load_course(root)
    bench = Bench(course, SuiteKind.HIDDEN, Lost())
    x = bench.generator("double", "test_0").normal(size=(3, 3))
    return np.ravel(bench.reference("double").double(x)).tolist()


def test_an_exception_in_a_module_of_an_earlier_topic_names_that_file(toy_course):
    text = (toy_course / "course.toml").read_text("utf-8")
    (toy_course / "course.toml").write_text(text + 'uses = ["double"]\n', "utf-8")
    add(toy_course, "tests/hidden/test_walk.py", '''
        from grader.suite import assert_matches


        def test_both(student, own):
            """Doubling on the way."""
            assert_matches(own("double").double(1.0), 2.0)
        ''')  # fmt: skip
    modules = {"walk": WALKS, "double": doubling("raise ValueError('no')")}
    [outcome] = grade_all(toy_course, [job("ada", modules)])["ada", "walk"]
    assert outcome.result is Result.EXCEPTION
    assert re.search(r"double\.py, line 5, in double", outcome.message)
    unfinished = {"walk": WALKS, "double": "def double(x):\n    raise NotImplementedError\n"}
    assert grade_all(toy_course, [job("ada", unfinished)])["ada", "walk"][0].result is Result.PASSED


def test_a_sandbox_that_is_closed_early_is_no_zero(toy_course):
    course = load_course(toy_course)
    sandbox = open_sandbox(Isolation.PARTIAL, course.limits)
    sandbox.close()
    found = []
    bench = Bench(course, SuiteKind.HIDDEN, sandbox)
    grade(bench, ["double"], [job("ada", {"double": RIGHT})], lambda *delivered: found.extend(delivered[-1]))
    bench.close()
    assert {outcome.result for outcome in found} <= {Result.PASSED, Result.NOT_GRADED}
