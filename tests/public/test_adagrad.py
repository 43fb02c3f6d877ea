"""AdaGrad: the cases of the handout."""

import numpy as np

from grader.suite import assert_matches, unpack


def half_square_gradient(w):
    """Of the loss w**2 / 2."""
    return np.array(w)


def test_accumulator_takes_the_square(student):
    """A gradient of -3 takes the accumulator from 0.1 to 9.1, and a gradient of 0 leaves the other at 0.1."""
    actual = student.accumulate(np.array([0.1, 0.1]), np.array([-3.0, 0.0]))
    assert_matches(actual, np.array([9.1, 0.1]), name="the accumulator")


def test_rates_of_the_handout(student):
    """A learning rate of 0.1 becomes 0.0953463 for an accumulator of 1.1, and 0.0721989 for one of 1.918398."""
    actual = student.effective_learning_rate(np.array([1.1, 1.918398]), 0.1)
    assert_matches(actual, np.array([0.0953463, 0.0721989]), name="the array of learning rates")


def test_first_step_of_the_handout(student):
    """The first step goes from 1 to 0.9046537, and takes the accumulator from 0.1 to 1.1."""
    answer = student.adagrad_step(np.array([1.0]), np.array([0.1]), np.array([1.0]), learning_rate=0.1)
    w, accumulator = unpack(answer, "w", "accumulator")
    assert_matches(w, np.array([0.9046537]), name="the new weights")
    assert_matches(accumulator, np.array([1.1]), name="the new accumulator")


def test_a_rare_gradient_makes_a_longer_step(student):
    """In the fourth step the weight with gradients 1, 1, 1, 1 moves by 0.05, that with 0, 0, 0, 1 by 0.1."""
    w, accumulator = np.array([1.0, 1.0]), np.array([3.0, 0.0])
    answer = student.adagrad_step(w, accumulator, np.array([1.0, 1.0]), learning_rate=0.1)
    assert_matches(unpack(answer, "w", "accumulator")[0], np.array([0.95, 0.9]), name="the new weights")


def test_optimizer_keeps_an_accumulator_for_each_parameter(student):
    """The optimizer moves a matrix and a vector twice, each with accumulators of its own that start at 0.1."""
    optimizer = student.Adagrad(learning_rate=0.1)
    weights = [np.array([[1.0, -1.0]]), np.array([1.0])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.9046537, -0.9046537]]), np.array([0.9046537])], name="the weights")
    weights = [np.array([[0.9046537, -0.9046537]]), np.array([0.9046537])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.8393387, -0.8393387]]), np.array([0.8393387])], name="the weights")


def test_descents_of_the_handout(student):
    """Descents on w²/2 pass through the handout's numbers, from Keras' accumulator and from one of 0."""
    start = np.array([1.0])
    descent = student.descend(half_square_gradient, start, steps=3, learning_rate=0.1)
    expected = np.array([[1.0], [0.9046537], [0.8393387], [0.7875128]])
    assert_matches(descent, expected, name="the way", along="step")
    descent = student.descend(half_square_gradient, start, steps=3, learning_rate=0.1, initial_accumulator_value=0.0)
    expected = np.array([[1.0], [0.9], [0.8331035], [0.7804562]])
    assert_matches(descent, expected, name="the way from an accumulator of 0", along="step")
