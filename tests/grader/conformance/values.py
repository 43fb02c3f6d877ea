"""Values go in and come out, or are refused with a sentence."""

from __future__ import annotations

import numpy as np

from conformance.listing import Open, assert_lives, case, error_of, returning
from grader.model import Result
from grader.suite.subject import control_of


@case()
def values_go_in_and_come_out(open_module: Open) -> None:
    student = open_module(returning("args, kwargs"))
    values = (None, True, 3, 2**70, 0.1, float("inf"), 1 + 2j, "text ü", b"\x00\xff", [1, (2, [3])], (), {}, {"a": 1})
    args, kwargs = student.f(*values, x=(1, 2), rate=0.5)
    assert args == values
    assert [type(value) for value in args] == [type(value) for value in values]
    assert kwargs == {"x": (1, 2), "rate": 0.5}


@case()
def arrays_go_in_and_come_out(open_module: Open) -> None:
    student = open_module(returning("args[0]"))
    for dtype in ("?", "i1", "u8", "f2", "f4", ">f8", "c16"):
        array = np.array([[0, 1, 1], [1, 0, 1]], dtype=dtype)
        there = student.f(array)
        assert type(there) is np.ndarray
        assert there.dtype == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(there, array)
    assert student.f(np.zeros((0, 3))).shape == (0, 3)
    assert student.f(np.array(2.5)).shape == ()
    np.testing.assert_array_equal(student.f(np.arange(12.0).reshape(3, 4).T[::2]), np.arange(12.0).reshape(3, 4).T[::2])


@case()
def what_is_not_plain_data_becomes_so_or_a_sentence(open_module: Open) -> None:
    assert open_module(returning("(x * x for x in range(4))")).f() == [0, 1, 4, 9]
    assert open_module(returning("np.float64(2.5)")).f() == 2.5
    for expression, says in {
        "np.array([None])": "dtype object",
        "np.array(['a'])": "An array of numbers is expected",
        "np.ma.masked_array([1.0], [True])": "A plain NumPy array is expected, not a MaskedArray: use np.array",
        "np": "A module (numpy) is not an answer.",
        "iter(int, 1)": None,
        "(0 for _ in iter(int, 1))": "more than 100000 values",
        "{(1, 2): 3}": "The keys of a dict must be",
        "'x' * (3 * 1024 * 1024)": "too many parts",
    }.items():
        student = open_module(returning(expression))
        if says is None:
            assert repr(student.f()).startswith("<object callable_iterator")
            continue
        error = error_of(student.f)
        assert error.result is Result.WRONG_TYPE, expression
        assert says in error.message
        assert error.message[0].isupper()
        assert error.message[-1] == "."
        assert_lives(student)


@case()
def none_is_an_answer(open_module: Open) -> None:
    assert open_module("def f(x):\n    x + 1").f(1) is None


@case()
def random_generators_go_on_where_they_were(open_module: Open) -> None:
    student = open_module(returning("args[0].normal(size=5)"))
    rng, same = np.random.default_rng(3), np.random.default_rng(3)
    rng.normal(size=2), same.normal(size=2)
    np.testing.assert_array_equal(student.f(rng), same.normal(size=5))


@case()
def state_of_a_module_stays_from_call_to_call(open_module: Open) -> None:
    student = open_module("seen = []\ndef f(x):\n    seen.append(x)\n    return seen")
    student.f(1)
    control_of(student).start_test()
    assert student.f(2) == [1, 2]
