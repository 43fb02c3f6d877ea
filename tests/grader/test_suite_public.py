"""What a public test shows: the call, expected and got, what the difference looks like; and what a kit knows."""

from __future__ import annotations

import json
import shutil
import sys

import numpy as np
import pytest
from grading import RIGHT, WALKS, add, outcomes_of
from hypothesis import example, given
from hypothesis import strategies as st

from grader.course import known_path, load_course
from grader.diagnosis import same_answers
from grader.errors import CourseError
from grader.model import Isolation, Mistake, Result, SuiteKind
from grader.sandbox.client import Call
from grader.sandbox.levels import open_sandbox
from grader.suite import known, sides
from grader.suite.bench import Bench
from grader.suite.calls import call_lines
from grader.suite.pattern import factor, is_transposed, pattern
from grader.suite.session import answers_of_mistakes

SOURCE = b"""
import numpy as np

def step(w, gradient, learning_rate=0.1):
    return w

class Adam:
    def __init__(self, learning_rate):
        pass

    def update(self, weights, gradients):
        return weights
"""
GRID = np.arange(12.0).reshape(4, 3) ** 1.5 + 1.0


def slope(w):
    """Of the loss w**2 / 2.

    Not shown.
    """
    return w


def the_call(*args: object, **kwargs: object) -> str:
    return "\n".join(call_lines([Call(0, "step", args, kwargs)], SOURCE))


def public_outcome(root, topic, source):
    """The only public test of a topic of the toy course."""
    [outcome] = outcomes_of(root, topic, source, kind=SuiteKind.PUBLIC)
    return outcome


# --- the call


@pytest.mark.parametrize(
    ("args", "shown"),
    [
        ((1.0, -2), "step(w=1.0, gradient=-2)"),
        ((np.array([1.0, 2.5]), [np.array([[1, 2]])]), "step(w=np.array([1.0, 2.5]), gradient=[np.array([[1, 2]])])"),
        ((np.zeros(3), np.zeros((2, 2))), "step(w=np.zeros(3), gradient=np.zeros((2, 2)))"),
        ((np.array([np.nan, -np.inf]), float("inf")), "step(w=np.array([np.nan, -np.inf]), gradient=np.inf)"),
        ((np.float64(0.5), np.int64(3)), "step(w=0.5, gradient=3)"),
        (((1,), {"rate": 0.1}), "step(w=(1,), gradient={'rate': 0.1})"),
        ((np.ones((9, 9)), "text"), "step(w=<an array of shape (9, 9)>, gradient='text')"),
        ((list(range(999)), lambda w: w), "step(w=<a list of 999>, gradient=<a function>)"),
        ((np.random.default_rng(1), None), "step(w=<random numbers>, gradient=None)"),
        ((1, 2, 3, 4), "step(w=1, gradient=2, learning_rate=3, 4)"),
    ],
)
def test_call_is_shown_as_it_would_be_typed(args, shown):
    assert the_call(*args) == shown


def test_shown_call_makes_the_same_call_when_it_is_pasted():
    got = []
    names = {"step": lambda **kwargs: got.append(kwargs), "np": np}
    wanted = {"w": np.array([[0.1, 1 / 3]]), "gradient": [1.0, (2, np.inf)], "learning_rate": 1e-7}
    exec(the_call(wanted["w"], wanted["gradient"], learning_rate=1e-7), names)
    assert same_answers(got, [wanted])


def test_long_call_gets_a_line_for_each_argument_and_functions_say_what_they_are():
    assert the_call(np.arange(1.0, 20.0), slope, learning_rate=0.1).split("\n") == [
        "step(",
        f"    w=np.array({np.arange(1.0, 20.0).tolist()}),",
        "    gradient=slope,",
        "    learning_rate=0.1,",
        ")",
        "# slope: Of the loss w**2 / 2.",
    ]


@pytest.mark.parametrize("source", [b"def step(:", b"\xff\xfe", b"x = '\0'", b"", b"step = 1"])
def test_call_is_shown_without_names_when_the_module_does_not_tell_them(source):
    assert call_lines([Call(0, "step", (1, 2), {})], source) == ("step(1, 2)",)


def test_call_of_a_method_begins_with_the_object_that_it_belongs_to():
    made = Call(0, "Adam", (0.1,), {}, made=4, label="Adam")
    other = Call(0, "Adam", (0.2,), {}, made=5, label="Adam")
    updates = [Call(4, "update", ([n], [n]), {}) for n in range(7)]
    assert call_lines([made, other, *updates[:1]], SOURCE) == (
        "adam = Adam(learning_rate=0.1)",
        "adam.update(weights=[0], gradients=[0])",
    )
    assert call_lines([made, *updates], SOURCE)[:3] == (
        "adam = Adam(learning_rate=0.1)",
        "# … and 3 more calls",
        "adam.update(weights=[3], gradients=[3])",
    )
    assert call_lines([], SOURCE) == ()


def test_call_that_raises_is_shown_and_one_that_was_never_made_is_not(toy_course):
    raised = public_outcome(toy_course, "double", "def double(x):\n    return x.no")
    assert (raised.result, raised.call, raised.comparison) == (Result.EXCEPTION, ("double(x=2.0)",), None)
    unwritten = public_outcome(toy_course, "double", "def double(x):\n    raise NotImplementedError")
    assert (unwritten.result, unwritten.call) == (Result.NOT_IMPLEMENTED, ())
    broken = public_outcome(toy_course, "double", "def double(x:")
    assert (broken.result, broken.call) == (Result.EXCEPTION, ())


def test_error_shows_all_of_the_students_own_lines(toy_course):
    source = "def double(x):\n    return half(x) * 4\n\ndef half(x):\n    return x / nothing\n"
    assert public_outcome(toy_course, "double", source).message.split("\n") == [
        "NameError: name 'nothing' is not defined",
        "double.py, line 2, in double:",
        "    return half(x) * 4",
        "double.py, line 5, in half:",
        "    return x / nothing",
    ]


def test_mix_of_tabs_and_spaces_is_explained(toy_course):
    outcome = public_outcome(toy_course, "double", "def double(x):\n    if x:\n        x = 1\n\treturn 1\n")
    assert outcome.message.startswith("TabError:")
    assert "double.py, line 4:" in outcome.message
    assert "tabs into four spaces" in outcome.message


def test_a_hat_taken_for_a_power_is_explained(toy_course):
    outcome = public_outcome(toy_course, "double", "def double(x):\n    return 2.0 ^ x\n")
    assert outcome.message.startswith("TypeError: unsupported operand type(s) for ^: 'float' and ")
    assert "In Python ^ is not a power" in outcome.message


def test_further_paragraphs_of_a_docstring_are_hints_of_a_failed_test(toy_course):
    text = """
        from grader.suite import assert_matches


        def test_it(student):
            '''It is doubled.

            Twice means
            two times.

            2 * x
            '''
            assert_matches(student.double(2.0), 4.0)
        """
    add(toy_course, "tests/public/test_double.py", text)
    failed = public_outcome(toy_course, "double", "def double(x):\n    return x")
    assert (failed.sentence, failed.hints) == ("It is doubled.", ("Twice means two times.", "2 * x"))
    assert public_outcome(toy_course, "double", RIGHT).hints == ()


# --- side by side


def compared(actual, expected, along=""):
    actual, expected = np.asarray(actual), np.asarray(expected)
    wrong = ~np.isclose(actual, expected, rtol=1e-4, atol=1e-6)
    return sides.of_values(actual, expected, wrong, along, 1e-4, 1e-6)


def test_a_number_has_one_line_without_a_place():
    [line] = compared(0.1, 0.0316228).lines
    assert (line.place, line.expected, line.got, line.wrong) == ("", ("0.0316228",), ("0.1",), (True,))


def test_a_vector_has_a_line_for_each_step():
    shown = compared([1.0, 0.9, 0.8], [1.0, 0.9, 0.7], "step")
    assert shown.axis == "step"
    assert [(line.place, line.expected[0], line.got[0], line.wrong[0]) for line in shown.lines] == [
        ("0", "1", "1", False),
        ("1", "0.9", "0.9", False),
        ("2", "0.7", "0.8", True),
    ]


def test_a_matrix_has_a_line_for_each_row_and_more_axes_have_longer_places():
    assert [line.expected for line in compared([[1, 2], [3, 5]], [[1, 2], [3, 4]]).lines] == [("1", "2"), ("3", "4")]
    deep = compared(np.zeros((2, 2, 1)), np.ones((2, 2, 1)), "image")
    assert (deep.axis, [line.place for line in deep.lines]) == ("image", ["0, 0", "0, 1", "1, 0", "1, 1"])


@pytest.mark.parametrize("first", [0, 1, 50, 97, 99])
def test_a_long_answer_is_shown_around_its_first_difference(first):
    expected = np.arange(100.0)
    actual = np.where(np.arange(100) >= first, expected + 1, expected)
    shown = compared(actual, expected)
    assert shown.before + len(shown.lines) + shown.after == 100
    assert len(shown.lines) == sides.MOST_LINES
    assert next(line.place for line in shown.lines if line.wrong == (True,)) == str(first)


@pytest.mark.parametrize("column", [0, 40, 99])
def test_a_wide_answer_is_cut_with_a_sign(column):
    expected = np.zeros((2, 100))
    actual = expected.copy()
    actual[1, column] = 7.0
    for line in compared(actual, expected).lines:
        assert len(line.expected) == len(line.got) == len(line.wrong) <= sides.MOST_CELLS + 2
        assert ("7" in line.got) == (line.place == "1") == any(line.wrong)
        assert (line.got[0] == "…") == (column > 2)
        assert (line.got[-1] == "…") == (column < 99)


@given(st.floats(-1e6, 1e6), st.floats(1e-12, 1e3))
def test_two_different_numbers_never_look_the_same(number, off):
    other = number + off
    if other != number:
        [line] = sides.of_values(np.asarray(other), np.asarray(number), np.asarray(True), "", 0.0, 0.0).lines
        assert line.expected != line.got
        assert float(line.got[0]) == pytest.approx(other, rel=1e-6)


def test_numbers_of_every_kind_are_shown():
    assert [line.got for line in compared([np.nan, np.inf, 2.0], [1.0, 2.0, 3.0]).lines] == [("nan",), ("inf",), ("2",)]
    assert compared([True, False], [True, True]).lines[1].got == ("False",)
    assert compared([1 + 2j], [1 + 3j]).lines[0].expected == ("1+3j",)


# --- what it looks like


@pytest.mark.parametrize(
    ("actual", "along", "says"),
    [
        (np.vstack([GRID[:1], GRID[:-1]]), "step", " Every step has what belongs to the step before it."),
        (np.vstack([GRID[1:], GRID[:1]]), "epoch", " Every epoch has what belongs to the epoch after it."),
        (np.vstack([GRID[1:], GRID[:1]]), "", " Every row has what belongs to the row after it."),
        (GRID + np.array([[0], [1], [0], [0]]), "", " Only row 1 is wrong."),
        (GRID + np.array([[0], [1], [0], [0]]), "step", " Only step 1 is wrong."),
        (GRID + np.array([0, 0, 1]), "", " Only column 2 is wrong."),
        (GRID + np.array([0, 1, 1]), "", ""),
        (GRID + np.eye(4, 3), "", ""),
        (-GRID, "", " Every value has the opposite sign."),
        (2.0 * GRID, "", " Every value is off by the same factor."),
    ],
)
def test_pattern_of_a_difference_is_named(actual, along, says):
    assert pattern(actual, GRID, along=along) == says


def test_no_shift_is_claimed_where_nothing_moves():
    assert pattern(np.array([2.0, 1.0, 1.0]), np.ones(3)) == ""
    shifted = pattern(np.array([5.0, 1.0, 2.0]), np.array([1.0, 2.0, 4.0]))
    assert shifted == " Every place has what belongs to the place before it."


def test_transposed_shape_is_named():
    assert is_transposed(GRID.T, GRID)
    assert not is_transposed(GRID.T + 1, GRID)
    assert not is_transposed(GRID, GRID)


@pytest.mark.parametrize(("times", "found"), [(0.5, 0.5), (-3.0, -3.0), (0.0, 0.0), (1.0, None)])
def test_factor_is_told(times, found):
    assert factor(times * GRID, GRID) == (found if found is None else pytest.approx(found))


# --- what a kit knows


def record(root, topic):
    """Write down what the mistakes answer, as a kit has it."""
    course = load_course(root)
    bench = Bench(course, SuiteKind.PUBLIC, open_sandbox(Isolation.NONE, course.limits))
    try:
        answers = answers_of_mistakes(bench, [topic])[topic]
    finally:
        bench.close()
    add(root, f"tests/public/known/{topic}.json", known.text(topic, {}, answers))


@pytest.fixture
def kit(toy_course):
    """The toy course without its answers, and with what they would have said."""
    record(toy_course, "double")
    shutil.rmtree(toy_course / "solutions")
    shutil.rmtree(toy_course / "tests/hidden")
    return toy_course


def test_mistake_is_named_in_a_kit_from_recorded_numbers(kit):
    tripled = public_outcome(kit, "double", RIGHT.replace("2.0 * x", "x + x + x"))
    assert (tripled.mistake, tripled.hint) == ("three times x", "How often is x taken?")
    other = public_outcome(kit, "double", RIGHT.replace("2.0 * x", "2.5 * x"))
    assert (other.result, other.mistake, other.hint) == (Result.WRONG_VALUE, "", "")
    right = public_outcome(kit, "double", RIGHT)
    assert (right.result, right.mistake) == (Result.PASSED, "")


def test_mistake_that_no_public_test_notices_is_left_out_of_a_kit(kit):
    content = json.loads(known_path(load_course(kit), "double").read_text("utf-8"))
    assert [entry["says"] for entry in content["mistakes"]] == ["three times x"]  # two squared is two doubled
    assert "3.0 * x" not in str(content)


def test_mistake_whose_object_stays_in_the_worker_is_named_in_a_kit(toy_course):
    forgets = {"self.total + amount": "amount"}
    add(toy_course, "solutions/mistakes/walk.py", f"""
        from grader.model import Mistake

        MISTAKES = (Mistake(name="a", says="a counter that forgets", hint="?", edits={forgets}),)
        """)  # fmt: skip
    record(toy_course, "walk")
    shutil.rmtree(toy_course / "solutions")
    outcome = public_outcome(toy_course, "walk", WALKS.replace("self.total += amount", "self.total = amount"))
    assert outcome.mistake == "a counter that forgets"


def test_answer_that_a_test_cannot_use_is_the_students_fault_in_a_kit(kit):
    add(kit, "tests/public/test_double.py", "def test_it(student):\n    assert student.double(2.0)[0] == 4.0\n")
    assert public_outcome(kit, "double", RIGHT).result is Result.WRONG_TYPE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": 2, "topic": "double"}',
        '{"version": 1, "topic": "double", "mistakes": 3}',
        '{"version": 1, "topic": "double", "mistakes": [{"says": "x"}]}',
    ],
)
def test_damaged_file_of_a_kit_is_told(kit, text):
    add(kit, "tests/public/known/double.json", text)
    with pytest.raises(CourseError, match=r"double\.json") as caught:
        public_outcome(kit, "double", RIGHT.replace("2.0", "3.0"))
    assert "fresh copy of the kit" in caught.value.remedy


def test_kit_without_recorded_numbers_names_no_mistake(kit):
    shutil.rmtree(kit / "tests/public/known")
    outcome = public_outcome(kit, "double", RIGHT.replace("2.0", "3.0"))
    assert (outcome.result, outcome.mistake) == (Result.WRONG_VALUE, "")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def written_down(value):
    return known.decode(json.loads(json.dumps(known.encode(value), allow_nan=False)))


@given(st.lists(PLAIN, max_size=4))
@example([sys.float_info.max, -sys.float_info.max])
def test_answers_are_the_same_after_they_were_written_down(answers):
    assert same_answers(written_down(answers), answers)


@pytest.mark.parametrize(
    "array", [np.zeros((0, 3)), np.array(2.5), GRID, GRID > 3, np.arange(4), np.array([np.nan, np.inf])]
)
def test_arrays_are_the_same_after_they_were_written_down(array):
    assert same_answers([written_down(array)], [array])
    assert not same_answers([written_down(array)], [np.ones((7, 7))])


@pytest.mark.parametrize("value", [1j, b"x", np.array([1j]), {1, 2}])
def test_what_is_no_plain_data_is_not_written_down(value):
    with pytest.raises(TypeError):
        known.encode(value)
    mistake = Mistake(name="a", says="a", hint="?")
    assert json.loads(known.text("double", {}, [(mistake, {"test_it": [value, ""]})]))["mistakes"] == []
