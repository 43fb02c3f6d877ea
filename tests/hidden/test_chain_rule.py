"""The chain rule: the suite that gives the grade."""

import numpy as np
from keras_chain_rule import (
    chain,
    function_derivative,
    partial_derivatives,
    power_derivative,
    tape_descent,
    tape_gradients,
    tape_values,
)

from grader.suite import assert_matches, assert_unchanged, points, unpack

OPERANDS = ("the derivative with respect to a", "the derivative with respect to b")


def test_derivatives_of_one_variable_follow_gradient_tape(student, truth, rng):
    """The derivatives of exp, log, sin and cos are those of a GradientTape."""
    for name in ("exp", "log", "sin", "cos"):
        x = rng.uniform(0.4, 2.8, size=6)
        if name != "log":
            x = x * np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
        expected = truth(function_derivative, name, x)
        assert_matches(student.derivative(name, x), expected, name=f"the derivative of {name}")


def test_power_derivatives_follow_gradient_tape(student, truth, rng):
    """The derivatives of whole, negative and fractional powers are those of a GradientTape."""
    for exponent in (3, 2, -2, 0.5, -1.5, 1):
        x = rng.uniform(0.5, 2.0, size=5)
        if float(exponent).is_integer():
            x[1::2] *= -1
        expected = truth(power_derivative, x, exponent)
        assert_matches(student.power_derivative(x, exponent), expected, name=f"the derivative of x**{exponent}")


def test_partial_derivatives_follow_gradient_tape(student, truth, rng):
    """Sums, products and quotients have the two derivatives that a GradientTape finds."""
    for name in ("add", "multiply", "divide"):
        a, b = _away_from_zero(rng, 5), _away_from_zero(rng, 5)
        expected = truth(partial_derivatives, name, a, b)
        for which, one, other in zip(
            OPERANDS, unpack(student.partial_derivatives(name, a, b), *OPERANDS), expected, strict=True
        ):
            assert_matches(one, other, name=f"{which} of {name}")


def test_derivatives_take_numbers_and_arrays(student, reference, rng):
    """All derivatives work for a number, for a matrix and for an array with three axes."""
    for shape in ((), (3, 4), (2, 3, 2)):
        a, b = np.exp(rng.normal(scale=0.5, size=shape)), _away_from_zero(rng, shape)
        if not shape:
            a, b = float(a), float(b)
        for name in ("sin", "log", "cos", "exp"):
            expected = reference.derivative(name, a)
            assert_matches(student.derivative(name, a), expected, name=f"the derivative of {name}")
        expected = reference.power_derivative(a, 2.5)
        assert_matches(student.power_derivative(a, 2.5), expected, name="the derivative of x**2.5")
        for name in ("add", "multiply", "divide"):
            expected = reference.partial_derivatives(name, a, b)
            for which, one, other in zip(
                OPERANDS, unpack(student.partial_derivatives(name, a, b), *OPERANDS), expected, strict=True
            ):
                assert_matches(one, other, name=f"{which} of {name}")


@points(2)
def test_a_chain_of_two_follows_gradient_tape(student, truth, rng):
    """Value and derivative of one function inside another are those of a GradientTape."""
    for names in (["sin", "exp"], ["exp", "cos"], ["log", "sin"]):
        _assert_chain(student, truth, names, float(rng.uniform(0.3, 1.3)))


def test_longer_chains_follow_gradient_tape(student, truth, rng):
    """Chains of five functions, in which some come twice, have the derivative that a GradientTape finds."""
    for names in (["exp", "log", "exp", "sin", "cos"], ["cos", "exp", "sin", "exp", "log"]):
        _assert_chain(student, truth, names, float(rng.uniform(0.2, 0.9)))


def test_a_chain_may_have_one_link_or_none(student, reference, rng):
    """One function is a chain, and so is none: its value is x and its derivative 1."""
    for names in (["cos"], []):
        x = float(rng.uniform(0.3, 1.3))
        expected_value, expected_slope = reference.chain(names, x)
        value, slope = unpack(student.chain(names, x), "value", "derivative")
        assert_matches(value, float(expected_value), name=f"the value of {names}")
        assert_matches(slope, float(expected_slope), name=f"the derivative of {names}")


def test_each_operation_is_carried_out(student, reference, rng):
    """A tape of a single operation, for each of the eight."""
    for operation in _single_operations():
        inputs = rng.uniform(0.5, 2.0, size=3).tolist()
        expected = _plain(reference.forward([operation], inputs))
        assert_matches(student.forward([operation], inputs), expected, name=f"the list of values with {operation}")


def test_the_values_of_a_tape_follow_keras(student, truth, rng):
    """Every value of a tape is what keras.ops gives, the inputs first."""
    for tape, inputs in ((_shared(), _positive(rng, 2)), (_winding(), _positive(rng, 3))):
        expected = truth(tape_values, tape, inputs)
        assert_matches(student.forward(tape, inputs), expected, name="the list of values")


def test_each_operation_sends_its_gradients_back(student, reference, rng):
    """Reverse accumulation through a single operation, for each of the eight, with more behind it."""
    for operation in _single_operations():
        tape = [operation, ("multiply", 3, 2), ("add", 4, 0), ("multiply", 1, 5)]
        values = _plain(reference.forward(tape, rng.uniform(0.5, 2.0, size=3).tolist()))
        expected = _plain(reference.backward(tape, values))
        assert_matches(student.backward(tape, values), expected, name=f"the list of gradients with {operation}")


def test_a_tape_without_sharing_follows_gradient_tape(student, reference, truth, rng):
    """Where every value is used once, the gradients are those of a GradientTape."""
    tape, inputs = _tree(), _positive(rng, 4)
    expected = truth(tape_gradients, tape, inputs)
    values = _plain(reference.forward(tape, inputs))
    assert_matches(student.backward(tape, values), expected, name="the list of gradients")


@points(2)
def test_gradients_of_shared_values_add_up(student, reference, truth, rng):
    """Where a value is used several times, its gradient is that of a GradientTape."""
    for tape, inputs in ((_shared(), _positive(rng, 2)), (_winding(), _positive(rng, 3))):
        expected = truth(tape_gradients, tape, inputs)
        values = _plain(reference.forward(tape, inputs))
        assert_matches(student.backward(tape, values), expected, name="the list of gradients")


def test_an_operation_may_read_one_value_twice(student, reference, truth, rng):
    """A product, a sum and a quotient of a value with itself have the gradients of a GradientTape."""
    for tape in (
        [("multiply", 0, 0), ("add", 2, 2), ("multiply", 1, 3)],
        [("add", 0, 1), ("divide", 2, 2), ("multiply", 2, 2), ("add", 3, 4)],
    ):
        inputs = _positive(rng, 2)
        expected = truth(tape_gradients, tape, inputs)
        values = _plain(reference.forward(tape, inputs))
        assert_matches(student.backward(tape, values), expected, name="the list of gradients")


def test_values_without_influence_have_the_gradient_0(student, reference, truth, rng):
    """Inputs and operations that the result does not depend on have the gradient 0."""
    tape = [("multiply", 0, 1), ("add", 3, 2), ("multiply", 0, 0), ("add", 5, 0)]  # nobody reads what comes of 1 and 2
    inputs = _positive(rng, 3)
    expected = truth(tape_gradients, tape, inputs)
    values = _plain(reference.forward(tape, inputs))
    assert_matches(student.backward(tape, values), expected, name="the list of gradients")


def test_descent_follows_keras(student, truth, rng):
    """Steps of descent on a tape are those of Keras' SGD with a GradientTape."""
    tape, trainable = _fit(), [0, 1]
    inputs = [float(rng.uniform(0.3, 0.9)), float(rng.uniform(-0.6, -0.2)), float(rng.uniform(0.6, 1.4)), -2.1]
    expected = truth(tape_descent, tape, inputs, trainable, learning_rate=0.07, steps=6)
    actual = student.descend(tape, inputs, trainable, 0.07, 6)
    assert_matches(actual, expected, name="the walk", along="step")


def test_only_trainable_inputs_move(student, reference, rng):
    """Any of the inputs may be trainable, in any order, and the others stay where they are."""
    for trainable in ([2, 0], [1], []):
        inputs = _positive(rng, 4)
        expected = reference.descend(_fit(), inputs, trainable, 0.04, 5)
        actual = student.descend(_fit(), inputs, trainable, 0.04, 5)
        assert_matches(actual, expected, name=f"the walk with trainable={trainable}", along="step")


def test_descent_starts_at_whole_numbers_and_may_have_no_step(student, reference, rng):
    """A walk may start at whole numbers, and may have no step at all."""
    for inputs, steps in (([2, -1, 3, 1], 5), ([0.7, -0.4, 1.3, -2.0], 0)):
        expected = reference.descend(_fit(), inputs, [0, 1], 0.01, steps)
        actual = student.descend(_fit(), inputs, [0, 1], 0.01, steps)
        assert_matches(actual, expected, name="the walk", along="step")


def test_arguments_are_left_as_they_were(student, reference, rng):
    """No function changes a list or an array that it was given."""
    x, inputs = np.exp(rng.normal(size=4)), _positive(rng, 2)
    values = _plain(reference.forward(_shared(), inputs))
    assert_matches(student.forward(_shared(), inputs), values, name="the list of values")
    assert_unchanged(student)
    for name in ("exp", "log", "sin", "cos"):
        student.derivative(name, x)
    student.power_derivative(x, 3)
    student.partial_derivatives("divide", x, x + 1.0)
    student.chain(["sin", "exp"], 0.5)
    assert_unchanged(student)
    student.backward(_shared(), values)
    assert_unchanged(student)
    student.descend(_fit(), [0.5, 0.25, 1.5, -2.0], [0, 1], 0.03, 3)
    assert_unchanged(student)


# Tapes. Positions of inputs first, so the first operation of a tape with two inputs makes position 2.


def _single_operations():
    """Each of the eight, reading from three inputs; the operands are not in order everywhere."""
    return [
        *[(name, 1) for name in ("exp", "log", "sin", "cos")],
        *[(name, 2, 0) for name in ("add", "multiply", "divide")],
        ("power", 0, 2.5),
    ]


def _tree():
    """The tape of log(a * b) / exp(cos c) + d**-2, of four inputs."""
    return [
        ("multiply", 0, 1),
        ("log", 4),
        ("cos", 2),
        ("exp", 6),
        ("divide", 5, 7),
        ("power", 3, -2),
        ("add", 8, 9),
    ]


def _shared():
    """The tape of u**3 + x / u + u * y with u = sin(x) * y, of two inputs."""
    return [
        ("sin", 0),
        ("multiply", 2, 1),
        ("power", 3, 3),
        ("divide", 0, 3),
        ("multiply", 3, 1),
        ("add", 4, 5),
        ("add", 7, 6),
    ]


def _winding():
    """A longer way through all eight operations, of three inputs; most values are used more than once."""
    return [
        ("multiply", 0, 1),
        ("exp", 3),
        ("add", 4, 2),
        ("log", 5),
        ("multiply", 6, 3),
        ("cos", 7),
        ("divide", 8, 5),
        ("power", 6, 1.5),
        ("add", 9, 10),
        ("sin", 0),
        ("multiply", 12, 11),
        ("add", 13, 3),
    ]


def _fit():
    """The tape of (w * x + b + (-y))**2 + b * b * b * b, of w, b, x and -y."""
    return [
        ("multiply", 0, 2),
        ("add", 4, 1),
        ("add", 5, 3),
        ("power", 6, 2),
        ("multiply", 1, 1),
        ("multiply", 8, 8),
        ("add", 7, 9),
    ]


def _positive(rng, size):
    """Numbers for which every tape is defined, and no two values coincide."""
    return rng.uniform(0.6, 1.4, size=size).tolist()


def _away_from_zero(rng, shape):
    """Numbers of both signs whose size is of order 1."""
    return rng.uniform(0.5, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def _plain(values):
    """A list of floats."""
    return [float(value) for value in values]


def _assert_chain(student, truth, names, x):
    expected_value, expected_slope = truth(chain, names, x)
    value, slope = unpack(student.chain(names, x), "value", "derivative")
    assert_matches(value, expected_value, name=f"the value of {names}")
    assert_matches(slope, expected_slope, name=f"the derivative of {names}")
