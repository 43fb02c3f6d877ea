"""The chain rule: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack

TAPE = [("multiply", 0, 1), ("sin", 0), ("add", 2, 3)]
VALUES = [2.0, 3.0, 6.0, 0.9092974, 6.9092974]


def test_derivatives_at_one_half(student):
    """At 0.5 exp, log, sin and cos have the slopes 1.648721, 2, 0.877583 and -0.479426."""
    for name, expected in (("exp", 1.648721), ("log", 2.0), ("sin", 0.877583), ("cos", -0.479426)):
        assert_matches(student.derivative(name, 0.5), expected, name=f"the derivative of {name}")


def test_power_derivatives_at_two(student):
    """At 2 the cube has the slope 12, and 1/x has the slope -0.25."""
    for exponent, expected in ((3, 12.0), (-1, -0.25)):
        actual = student.power_derivative(np.array([2.0]), exponent)
        assert_matches(actual, np.array([expected]), name=f"the derivative of x**{exponent}")


def test_partial_derivatives_of_two_and_four(student):
    """The sum, the product and the quotient of 2 and 4."""
    for name, *expected in (("add", 1.0, 1.0), ("multiply", 4.0, 2.0), ("divide", 0.25, -0.125)):
        da, db = unpack(student.partial_derivatives(name, 2.0, 4.0), "da", "db")
        assert_matches(da, expected[0], name=f"the derivative of {name} with respect to a")
        assert_matches(db, expected[1], name=f"the derivative of {name} with respect to b")


def test_chain_of_the_worked_example(student):
    """At 0.5 exp(sin x) is 1.615146 and has the slope 1.417424."""
    value, slope = unpack(student.chain(["sin", "exp"], 0.5), "value", "derivative")
    assert_matches(value, 1.615146, name="the value")
    assert_matches(slope, 1.417424, name="the derivative")


def test_values_of_the_worked_example(student):
    """The tape of x * y + sin x has the values 2, 3, 6, 0.909297 and 6.909297."""
    assert_matches(student.forward(TAPE, [2.0, 3.0]), VALUES, name="the list of values")


def test_gradients_of_the_worked_example(student):
    """The tape of x * y + sin x has the gradients 2.583853, 2, 1, 1 and 1."""
    assert_matches(student.backward(TAPE, VALUES), [2.583853, 2.0, 1.0, 1.0, 1.0], name="the list of gradients")


def test_descent_of_the_worked_example(student):
    """Three steps on (w - 3)**2 lead from 1 to 1.4, 1.72 and 1.976."""
    walk = student.descend([("add", 0, 1), ("power", 2, 2)], [1.0, -3.0], [0], 0.1, 3)
    expected = np.array([[1.0, -3.0], [1.4, -3.0], [1.72, -3.0], [1.976, -3.0]])
    assert_matches(walk, expected, name="the walk", along="step")
