"""Functions are called back, objects stay, changed arguments are noted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from conformance.listing import ALIVE, Open, assert_lives, case, error_of
from grader.model import Result
from grader.suite.subject import control_of


@case()
def functions_are_called_back(open_module: Open) -> None:
    student = open_module("def f(g, x):\n    return g(x, scale=2.0)[1] + g(x, scale=3.0)[1]")
    asked = []

    def g(x: Any, *, scale: float) -> tuple[str, Any]:
        asked.append(x)
        return "scaled", scale * x

    np.testing.assert_array_equal(student.f(g, np.array([1.0, 2.0])), [5.0, 10.0])
    assert all(type(x) is np.ndarray for x in asked)
    assert len(asked) == 2


@case()
def functions_live_as_long_as_the_test(open_module: Open) -> None:
    student = open_module("""
        class Walk:
            def __init__(self, slope):
                self.slope = slope
            def at(self, other, x):
                return self.slope(x), other(x)
    """)
    walk = student.Walk(lambda x: 2.0 * x)
    assert walk.at(lambda x: x + 1.0, 5.0) == (10.0, 6.0)
    control_of(student).start_test()
    error = error_of(walk.at, lambda x: x, 5.0)
    assert error.result is Result.EXCEPTION
    assert "no such function" in error.message


@case()
def a_function_that_raises_is_an_exception_at_the_students_line(open_module: Open) -> None:
    student = open_module("def f(slope):\n    y = 'text'\n    return slope(y)")

    def slope(x: Any) -> Any:
        return 2.0 * x.shape[0]

    error = error_of(student.f, slope)
    assert error.result is Result.EXCEPTION
    assert error.message.startswith("slope() did not accept its argument: AttributeError")
    assert error.frames[-1] == (3, "f", "return slope(y)")


@case()
def a_function_whose_value_cannot_cross_is_an_exception(open_module: Open) -> None:
    student = open_module("def f(g):\n    return g(10**30)" + ALIVE)
    error = error_of(student.f, lambda x: np.array([x]))
    assert error.result is Result.EXCEPTION
    assert "did not accept its argument" in error.message
    assert_lives(student)


@case()
def a_student_may_catch_what_a_function_raises(open_module: Open) -> None:
    student = open_module("def f(g):\n    try:\n        return g(0)\n    except Exception:\n        return 'caught'")
    assert student.f(lambda x: 1 / x) == "caught"


@case("process")
def a_function_that_is_called_too_often_is_a_timeout(open_module: Open) -> None:
    student = open_module("def f(g):\n    while True:\n        g(1)" + ALIVE, callbacks=5)
    asked = []
    error = error_of(student.f, asked.append)
    assert error.result is Result.TIMEOUT
    assert "more than 5 times" in error.message
    assert len(asked) == 5
    assert_lives(student)


@case()
def callbacks_are_counted_call_by_call(open_module: Open) -> None:
    student = open_module("def f(g):\n    return [g(i) for i in range(5)]", callbacks=5)
    for _ in range(3):
        assert student.f(lambda i: i) == [0, 1, 2, 3, 4]


@case()
def objects_stay_in_the_worker_and_keep_their_state(open_module: Open) -> None:
    student = open_module("""
        class Counter:
            def __init__(self, start):
                self.total = start
            def add(self, amount):
                self.total += amount
                return self.total
            def itself(self):
                return [self, Counter(7)]
        def same(x):
            return x
    """)
    one, other = student.Counter(1), student.Counter(10)
    assert (one.add(2), other.add(5), one.add(2)) == (3, 15, 5)
    assert (one.get("total"), other.get("total")) == (5, 15)
    assert repr(one) == "<object Counter>"
    again, third = one.itself()
    assert (again.add(1), third.get("total"), one.get("total")) == (6, 7, 6)
    assert repr(third.get("add")) == "<function add>"
    assert third.get("add")(3) == 10
    with pytest.raises(TypeError, match="cannot hand Remote"):
        student.same(one)


@case()
def names_that_are_missing_are_not_implemented(open_module: Open) -> None:
    student = open_module("class Counter:\n    pass" + ALIVE)
    error = error_of(student.double, 1)
    assert error.result is Result.NOT_IMPLEMENTED
    assert error.message == "double is not in work.py. Keep the names as the stub has them."
    counter = student.Counter()
    for call in (counter.add, lambda: counter.get("total")):
        error = error_of(call)
        assert error.result is Result.NOT_IMPLEMENTED
        assert " is not in Counter in work.py." in error.message
    assert_lives(student)


@case()
def what_is_no_function_cannot_be_called(open_module: Open) -> None:
    error = error_of(open_module("double = 3").double, 1)
    assert error.result is Result.EXCEPTION
    assert "not callable" in error.message


@case()
def wrong_arguments_are_an_exception(open_module: Open) -> None:
    error = error_of(open_module("def double(x, y):\n    return x").double, 1)
    assert error.result is Result.EXCEPTION
    assert "missing 1 required positional argument: 'y'" in error.message


@case()
def arguments_that_are_changed_in_place_are_noted_by_name(open_module: Open) -> None:
    student = open_module("""
        import numpy as np
        sort = list.sort
        def f(w, rows, *more, table=None, **others):
            w += 1
            rows.append(1)
            for part in more:
                part[0] = 9
            if table:
                table["b"] = 2
            if others:
                others["late"][:] = 0
        def pure(w, rows):
            w = w + 1
            rows = rows + [1]
        class Optimizer:
            def update(self, w):
                w *= 2
    """)
    control = control_of(student)
    student.pure(np.ones(3), [1])
    assert control.changed == ()
    student.f(np.ones(3), [1])
    assert control.changed == ("w", "rows")
    control.start_test()
    student.f(np.ones(3), [1], np.ones(2), table={"a": 1}, late=np.ones(2))
    assert control.changed == ("w", "rows", "number 3", "table", "late")
    control.start_test()
    student.Optimizer().update(np.ones(2))
    assert control.changed == ("w",)
    control.start_test()
    student.sort([3, 1, 2])
    assert control.changed == ("number 1",)
