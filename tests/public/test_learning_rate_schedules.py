"""Learning rate schedules: the cases of the handout."""

import numpy as np

from grader.suite import assert_matches, unpack


def half_square_gradient(w):
    """Of the loss w**2 / 2."""
    return np.array(w)


def shrinking(step):
    """The handout's exponential_decay(step, 0.5, 1, 0.8)."""
    return 0.5 * 0.8 ** np.array(step)


def assert_rates(function, expected, *settings):
    """Compare the learning rates at the handout's steps one by one."""
    for step, rate in expected.items():
        assert_matches(function(step, *settings), rate, name=f"the learning rate at step {step}")


def test_piecewise_constant_of_the_handout(student):
    """With boundaries 100000 and 110000 the rate is 1.0, then 0.5, then 0.1; a boundary belongs to the old value."""
    expected = {0: 1.0, 100000: 1.0, 100001: 0.5, 110000: 0.5, 110001: 0.1}
    assert_rates(student.piecewise_constant, expected, [100000, 110000], [1.0, 0.5, 0.1])


def test_exponential_decay_of_the_handout(student):
    """From 0.1, with a factor of 0.96 every 1000 steps, the rate falls through the handout's numbers."""
    expected = {0: 0.1, 500: 0.0979796, 1000: 0.096, 2500: 0.0902980}
    assert_rates(student.exponential_decay, expected, 0.1, 1000, 0.96)


def test_inverse_time_decay_of_the_handout(student):
    """From 0.1, with a decay_rate of 0.5 and 1000 decay_steps, the rate falls through the handout's numbers."""
    expected = {0: 0.1, 500: 0.08, 1000: 0.0666667, 2500: 0.0444444}
    assert_rates(student.inverse_time_decay, expected, 0.1, 1000, 0.5)


def test_staircases_of_the_handout(student):
    """With staircase=True both rates stay the same for 1000 steps."""
    expected = {0: 0.1, 500: 0.1, 1000: 0.096, 2500: 0.09216}
    assert_rates(student.exponential_decay, expected, 0.1, 1000, 0.96, True)
    expected = {0: 0.1, 500: 0.1, 1000: 0.0666667, 2500: 0.05}
    assert_rates(student.inverse_time_decay, expected, 0.1, 1000, 0.5, True)


def test_descent_of_the_handout(student):
    """With the rates 0.5, 0.4, 0.32 a descent on w²/2 goes from 1 to 0.5, 0.3 and 0.204."""
    rates = student.learning_rates(shrinking, 3)
    assert_matches(rates, np.array([0.5, 0.4, 0.32]), name="the array of rates", along="update")
    descent = student.descend(half_square_gradient, np.array([1.0]), shrinking, 3)
    assert_matches(descent, np.array([[1.0], [0.5], [0.3], [0.204]]), along="step")


def test_optimizer_counts_its_updates(student):
    """The optimizer moves a matrix and a vector with a rate of 0.5, then with 0.4, and is going to use 0.32."""
    optimizer = student.ScheduledSGD("exponential_decay", initial_learning_rate=0.5, decay_steps=1, decay_rate=0.8)
    assert_matches(optimizer.learning_rate(), 0.5, name="the learning rate of the first update")
    weights = [np.array([[1.0, -2.0]]), np.array([4.0])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.5, -1.0]]), np.array([2.0])], name="the weights")
    weights = [np.array([[0.5, -1.0]]), np.array([2.0])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.3, -0.6]]), np.array([1.2])], name="the weights")
    assert_matches(optimizer.learning_rate(), 0.32, name="the learning rate of the third update")
