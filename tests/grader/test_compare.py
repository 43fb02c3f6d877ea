"""Comparison for grading: what passes, what is said of what does not, and what is never said."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from grader.model import Limits, Module, Result
from grader.sandbox import wire
from grader.sandbox.client import Budget, Client, Remote
from grader.sandbox.local import LocalLink
from grader.suite import assert_matches, assert_unchanged, unpack
from grader.suite.compare import MismatchError, pattern
from grader.suite.subject import Subject, control_of

SHAPE, TYPE, VALUE = Result.WRONG_SHAPE, Result.WRONG_TYPE, Result.WRONG_VALUE
NAN, INF = float("nan"), float("inf")
X = np.array([1.25, -2.5, 3.75])
MATRIX = np.array([[1.5, 2.5, -3.5], [4.5, 5.5, 6.5], [7.5, 8.5, 9.5]])
REMOTE = Remote(Client(LocalLink(), Limits(), Budget(1.0)), wire.Handle(1, False, "Adam"))


def mismatch(actual, expected, **options) -> MismatchError:
    with pytest.raises(MismatchError) as caught:
        assert_matches(actual, expected, **options)
    return caught.value


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (X.copy(), X),
        (X * (1 + 5e-5), X),
        (X.astype("f4"), X),
        (X.astype(">f8"), X),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([1.0, 2.0]), np.array([1, 2])),
        (np.array([1, 2], dtype=np.uint8), np.array([1, 2])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.array(2.5), 2.5),
        (2.5, np.array(2.5)),
        (2, 2.0),
        (2.0, 2),
        (np.array(3), 3),
        (1 + 2j, 1 + 2j),
        (np.array([1 + 2j]), np.array([1 + 2j])),
        (INF, INF),
        (np.array([INF, -INF, 1.0]), np.array([INF, -INF, 1.0])),
        (True, True),
        (np.array(True), True),
        (True, np.bool_(True)),
        ("text", np.str_("text")),
        (np.array([True, False]), np.array([True, False])),
        ([True, False], [True, False]),
        (np.array([True, False]), [True, False]),
        (None, None),
        ("text", "text"),
        ((1.0, 2.0), [1.0, 2.0]),
        ([1.0, 2.0], (1.0, 2.0)),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        (MATRIX, list(MATRIX)),
        ([X, (1.0, {"a": X})], [X, (1.0, {"a": X})]),
        ({"a": 1.0, "more": 5}, {"a": 1.0}),
        ([], ()),
        (np.uint64(2**63), float(2**63)),
    ],
    ids=repr,
)
def test_right_answers_match(actual, expected):
    assert_matches(actual, expected)


NUMBERS = st.floats(-100.0, 100.0).map(lambda x: x + 0.5)
ARRAYS = nps.arrays(np.float64, nps.array_shapes(min_dims=0, max_dims=3, max_side=4), elements=NUMBERS)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ARRAYS, st.floats(-0.9, 0.9), st.floats(1.5, 1000.0))
def test_tolerance_is_relative_to_each_expected_value(expected, small, large):
    tolerance = 1e-6 + 1e-4 * np.abs(expected)
    assert_matches(expected + small * tolerance, expected)
    for position in np.ndindex(expected.shape):
        wrong = expected.copy()
        wrong[position] += large * tolerance[position]
        assert mismatch(wrong, expected).result is VALUE


def test_tolerance_can_be_named():
    assert_matches(1.2, 1.0, rtol=0.3)
    assert_matches(1.2, 1.0, rtol=0.0, atol=0.3)
    assert_matches([{"a": 1.2}], [{"a": 1.0}], atol=0.3)
    assert mismatch(1.2, 1.0, atol=0.1).result is VALUE


@pytest.mark.parametrize(
    ("actual", "expected", "result", "message"),
    [
        # kind
        (None, X, TYPE, "Expected an array of shape (3,) for w, got None (is a return missing?)."),
        ([1.25, -2.5, 3.75], X, TYPE, "Expected an array of shape (3,) for w, got a list of 3."),
        ("text", X, TYPE, "Expected an array of shape (3,) for w, got text."),
        ({}, X, TYPE, "Expected an array of shape (3,) for w, got a dict."),
        (REMOTE, X, TYPE, "Expected an array of shape (3,) for w, got <object Adam>."),
        (True, X, TYPE, "Expected an array of shape (3,) for w, got a truth value."),
        (None, 1.5, TYPE, "Expected a number for w, got None (is a return missing?)."),
        ([], 1.5, TYPE, "Expected a number for w, got an empty list."),
        (X, 1.5, TYPE, "Expected a number for w, got an array of shape (3,)."),
        ("1.5", 1.5, TYPE, "Expected a number for w, got text."),
        (True, 1.0, TYPE, "Expected a number for w, got a truth value."),
        (True, 1, TYPE, "Expected a whole number for w, got a truth value."),
        (1.5, 1, TYPE, "Expected a whole number for w, got 1.5."),
        (NAN, 1, TYPE, "Expected a whole number for w, got nan."),
        (INF, 1, TYPE, "Expected a whole number for w, got inf."),
        (2j, 1, TYPE, "Expected a whole number for w, got 2j."),
        (1, True, TYPE, "Expected True or False for w, got a whole number."),
        (1.0, "a", TYPE, "Expected text for w, got a number."),
        (0, None, TYPE, "Expected None for w, got a whole number."),
        (b"ab", "ab", TYPE, "Expected text for w, got b'ab'."),
        (2.5, [1.0, 2.0], TYPE, "Expected a list of 2 for w, got a number."),
        (None, (1.0,), TYPE, "Expected a tuple of 1 for w, got None (is a return missing?)."),
        ([1.0], {"a": 1.0}, TYPE, "Expected a dict for w, got a list of 1."),
        ({}, {"a": 1.0}, TYPE, "There is no entry 'a' in w."),
        # shape
        (X[None], X, SHAPE, "Expected shape (3,) for w, got (1, 3)."),
        (2.5, X, SHAPE, "Expected shape (3,) for w, got ()."),
        (10**50, X, SHAPE, "Expected shape (3,) for w, got ()."),
        (np.zeros((0,)), X, SHAPE, "Expected shape (3,) for w, got (0,)."),
        (MATRIX[:, :2], MATRIX, SHAPE, "Expected shape (3, 3) for w, got (3, 2)."),
        ([1.0], [1.0, 2.0], SHAPE, "Expected 2 entries for w, got 1."),
        (X, [1.0, 2.0], SHAPE, "Expected 2 entries for w, got 3."),
        # dtype kind
        (X + 1j, X, TYPE, "Expected numbers in w, got dtype complex128."),
        (1.5 + 0j, 1.5, TYPE, "Expected numbers in w, got dtype complex128."),
        (X > 0, X, TYPE, "Expected numbers in w, got dtype bool."),
        (X, X > 0, TYPE, "Expected True and False in w, got dtype float64."),
        (np.array([1.0]), np.array([1j]), TYPE, "Expected complex numbers in w, got dtype float64."),
        (np.array([1, -2, 4]), X, TYPE, "Whole numbers (int64) in w, where decimals are expected."),
        (np.array([1, -2, 4], dtype=np.int8), X, TYPE, "Whole numbers (int8) in w, where decimals are expected."),
        (1, 1.25, TYPE, "Whole numbers (int64) in w, where decimals are expected."),
        # finiteness
        (X * [1, NAN, 1], X, VALUE, "NaN (not a number) in w, first at index [1]. Is there a division by zero"),
        (X * [1, 1, INF], X, VALUE, "An infinite value in w, first at index [2]. Is there a division by zero"),
        (X * [INF, 1, NAN], X, VALUE, "NaN (not a number) in w, first at index [0]."),
        (NAN, 1.5, VALUE, "NaN (not a number) in w. Is there a division by zero"),
        (INF, 1.5, VALUE, "An infinite value in w."),
        (10**50, 1.5, VALUE, "An infinite value in w."),
        (-(10**300), np.array(1.5), VALUE, "An infinite value in w."),
        (10**50, 3, VALUE, "An infinite value in w."),
        (complex(NAN, 0), 1j, VALUE, "NaN (not a number) in w."),
        # values
        (1.75, 1.25, VALUE, "Wrong value for w: it is off by 0.5."),
        (1e300, 1.25, VALUE, "Wrong value for w: it is off by 1e+300."),
        (-INF, INF, VALUE, "Wrong value for w: it is off by inf. Every value has the opposite sign."),
        (3.0, INF, VALUE, "Wrong value for w: it is off by inf."),
        (np.array([1.0, 3.0]), np.array([1.0, -INF]), VALUE, "Wrong values in w, first at index [1]. 1 of 2 differ"),
        (3.0, NAN, VALUE, "Wrong value for w"),
        (NAN, NAN, VALUE, "Wrong value for w"),
        (X + np.array([0, 0.25, 0.5]), X, VALUE, "in w, first at index [1]. 2 of 3 differ; the largest error is 0.5."),
        (False, True, VALUE, "Wrong value for w."),
        ("b", "a", VALUE, "Wrong value for w."),
        (np.array([True, True, True]), np.array([True, False, True]), VALUE, "first at index [1]. 1 of 3 differ"),
        (np.array([3], "u1"), np.array([5], "u1"), VALUE, "Wrong value for w: it is off by 2."),
        (np.array([3, 9]), np.array([5, 9]), VALUE, "1 of 2 differ; the largest error is 2."),
        ([1.0, 5.0], [1.0, 2.0], VALUE, "Wrong value for entry 1 of w: it is off by 3."),
        ([1.0, None], [1.0, X], TYPE, "Expected an array of shape (3,) for entry 1 of w, got None"),
        ({"a": [1.0, 5.0]}, {"a": [1.0, 2.0]}, VALUE, "Wrong value for entry 1 of w['a']: it is off by 3."),
        ([[[]]], [[1.0]], TYPE, "Expected a number for entry 0 of entry 0 of w, got an empty list."),
    ],
    ids=repr,
)
def test_wrong_answers_are_told_in_order(actual, expected, result, message):
    error = mismatch(actual, expected, name="w")
    assert error.result is result
    assert message in error.message


def test_message_says_along_what_it_goes_wrong():
    path = np.arange(12.0).reshape(4, 3)
    wrong = path.copy()
    wrong[2:, 1] += 0.5
    assert "first at step 2, index [1]." in mismatch(wrong, path, along="step").message
    assert "first at index [2, 1]." in mismatch(wrong, path).message
    assert "the answer at step 2, first at index [1]." in mismatch(list(wrong), list(path), along="step").message
    assert "in w at step 2" in mismatch(list(wrong), list(path), name="w", along="step").message
    assert "first at epoch 1." in mismatch(X + np.array([0, 1, 0]), X, along="epoch").message
    assert "NaN (not a number) in the answer, first at step 1" in mismatch(X * [1, NAN, 1], X, along="step").message


@pytest.mark.parametrize(
    ("actual", "says"),
    [
        (-MATRIX, " Every value has the opposite sign."),
        (MATRIX.T, " It is transposed."),
        (3.0 * MATRIX, " Every value is off by the same factor."),
        (-0.1 * MATRIX, " Every value is off by the same factor."),
        (0.0 * MATRIX, " Every value is zero."),
        (MATRIX + 1.0, ""),
        (MATRIX[::-1], ""),
        (np.where(MATRIX > 5, MATRIX, 0.0), ""),
    ],
)
def test_message_says_what_the_difference_looks_like(actual, says):
    assert pattern(actual, MATRIX) == says
    assert mismatch(actual, MATRIX).message.endswith(f"error is {np.abs(actual - MATRIX).max():.2g}.{says}")


@pytest.mark.parametrize(
    "actual",
    [np.array([2.0, 5.0, 4.0]), np.array([0.0, 7.0, 0.0]), np.array([1.0, 1e-3, 2.0])],
)
def test_no_factor_is_claimed_where_only_some_values_have_it(actual):
    assert pattern(actual, np.array([1.0, 0.0, 2.0])) == ""


def test_a_number_alone_has_a_sign_but_no_factor():
    assert mismatch(-1.25, 1.25).message.endswith("Every value has the opposite sign.")
    assert mismatch(2.5, 1.25).message == "Wrong value for the answer: it is off by 1.2."


WRONG = st.sampled_from(
    [None, True, 0, 7, 10**50, -1.0, 0.0, NAN, INF, 1j, "text", b"b", [], [[]], (), {}, {"a": 1}, REMOTE]
    + [np.zeros(s) for s in [(), (1,), (0,), (2, 3), (3, 2)]]
    + [np.array([1, 2]), np.array([True]), np.array([NAN, INF]), np.array([1j]), np.array([2**63], dtype=np.uint64)]
)
EXPECTED = st.recursive(
    NUMBERS | ARRAYS | st.integers(100_000, 10**15) | st.text("qxz", min_size=8) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.just("key"), inner),
    max_leaves=4,
)


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return value.ravel().tolist() if isinstance(value, np.ndarray) else [value]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.recursive(WRONG, lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner), max_leaves=3), EXPECTED)
def test_whatever_a_student_returns_is_a_match_or_a_mismatch(actual, expected):
    try:
        assert_matches(actual, expected)
    except MismatchError as error:
        assert error.result in (SHAPE, TYPE, VALUE)
        assert len(error.message) < 1000
        assert_tells_nothing(error.message, expected)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ARRAYS.filter(lambda array: array.size > 0), NUMBERS)
def test_what_a_hidden_suite_says_tells_no_size_of_an_error(expected, value):
    expected = expected + np.copysign(1.0, expected)  # away from 0, where -3 times a number is the number
    for actual in (np.full_like(expected, value + 1000.0), expected + 0.5, -3.0 * expected):
        error = mismatch(actual, expected)
        assert not re.search(r"\d\.\d|off by \d|error is|differ", error.brief)
        assert error.message.startswith(error.brief.partition(".")[0].partition(":")[0])


def assert_tells_nothing(message, expected):
    """A sentence may hold the shape that is expected and an error to two digits, and no value."""
    shown = set(re.findall(r"\d+\.\d+|\d{5,}|[qxz]{8,}", message))
    for leaf in leaves(expected):
        if isinstance(leaf, str) or (isinstance(leaf, (int, float)) and leaf != round(leaf, 2)):
            assert str(leaf) not in message
            assert f"{leaf:.6g}" not in shown if isinstance(leaf, float) else str(leaf) not in shown


@settings(max_examples=300, deadline=None, derandomize=True)
@given(ARRAYS.filter(lambda array: array.size > 0), st.integers(0, 3))
def test_message_when_values_are_wrong_tells_no_expected_value(expected, how):
    expected = expected + 0.123456789
    actual = [expected + 1.0, -expected, expected * 0.0, np.full_like(expected, 0.25)][how]
    error = mismatch(actual, expected)
    for value in expected.ravel():
        if float(f"{value:.2g}") != float(f"{value:.4g}"):  # the size of an error has two digits
            assert f"{value:.4g}" not in error.message
    assert "expected" in error.detail
    assert error.detail in str(error)


def test_a_suite_that_expects_nonsense_is_told():
    with pytest.raises(TypeError, match="cannot expect object"):
        assert_matches(1.0, object())


def test_unpack_takes_just_these():
    assert unpack((1, 2), "w", "v") == (1, 2)
    assert unpack([X], "w") == (X,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "Expected 2 values (w, v), got None (is a return missing?)."),
        (X, "Expected 2 values (w, v), got an array of shape (3,)."),
        (np.ones((2, 3)), "Expected 2 values (w, v), got an array of shape (2, 3)."),
        ("ab", "Expected 2 values (w, v), got text."),
        ({"w": 1, "v": 2}, "Expected 2 values (w, v), got a dict."),
        ((), "Expected 2 values (w, v), got 0."),
        ((1, 2, 3), "Expected 2 values (w, v), got 3."),
        (REMOTE, "Expected 2 values (w, v), got <object Adam>."),
    ],
    ids=repr,
)
def test_unpack_when_the_form_is_wrong_is_a_wrong_type(value, message):
    with pytest.raises(MismatchError) as caught:
        unpack(value, "w", "v")
    assert (caught.value.result, caught.value.message) == (TYPE, message)


def test_unpack_of_one_value_is_in_the_singular():
    with pytest.raises(MismatchError, match=r"Expected 1 value \(w\), got 2\."):
        unpack((1, 2), "w")


def test_assert_unchanged_names_the_first_argument_that_was_changed():
    source = b"def f(a, w, v):\n    w += 1\n    v += 1\n\ndef g(w):\n    return w + 1\n"
    module = Module(topic="work", filename="work.py", source=source)
    student = Subject(module, LocalLink, Limits(), Budget(60.0))
    student.g(X.copy())
    assert_unchanged(student)
    student.f(1, X.copy(), X.copy())
    with pytest.raises(MismatchError, match="The argument w has been changed in place") as caught:
        assert_unchanged(student)
    assert caught.value.result is VALUE
    control_of(student).start_test()
    student.g(X.copy())
    assert_unchanged(student)
