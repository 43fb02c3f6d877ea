"""Adam: the cases of the handout."""

import numpy as np

from grader.suite import assert_matches, unpack


def half_square_gradient(w):
    """Of the loss w**2 / 2."""
    return np.array(w)


def test_moments_after_the_first_gradient(student):
    """After one gradient of 1, m is 0.1 and v is 0.001."""
    answer = student.update_moments(np.array([0.0]), np.array([0.0]), np.array([1.0]), 0.9, 0.999)
    m, v = unpack(answer, "m", "v")
    assert_matches(m, np.array([0.1]), name="m")
    assert_matches(v, np.array([0.001]), name="v")


def test_learning_rate_of_the_first_steps(student):
    """A learning rate of 0.1 is corrected to 0.0316228 in step 1 and to 0.0235317 in step 2."""
    assert_matches(student.corrected_learning_rate(0.1, 1, 0.9, 0.999), 0.0316228, name="the first")
    assert_matches(student.corrected_learning_rate(0.1, 2, 0.9, 0.999), 0.0235317, name="the second")


def test_first_step_is_one_learning_rate_long(student):
    """The first step from 1 ends at 0.9, and so it does for other weights and gradients: one learning rate on."""
    w, zeros = np.array([1.0, 1.0, -2.0]), np.zeros(3)
    answer = student.adam_step(w, zeros, zeros, 1, np.array([1.0, 7.0, -0.5]), learning_rate=0.1)
    new, _, _ = unpack(answer, "w", "m", "v")
    assert_matches(new, np.array([0.9, 0.9, -1.9]), name="the new w")


def test_optimizer_counts_steps_for_all_parameters_together(student):
    """The optimizer moves a matrix and a vector twice, with one count of steps for both."""
    optimizer = student.Adam(learning_rate=0.1)
    weights = [np.array([[1.0, -1.0]]), np.array([1.0])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.9, -0.9]]), np.array([0.9])], name="the list of weights")
    weights = [np.array([[0.9, -0.9]]), np.array([0.9])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    expected = [np.array([[0.8004125, -0.8004125]]), np.array([0.8004125])]
    assert_matches(list(weights), expected, name="the list of weights")


def test_descent_of_the_handout(student):
    """A descent on w²/2 passes through the handout's numbers."""
    descent = student.descend(half_square_gradient, np.array([1.0]), steps=3, learning_rate=0.1)
    expected = np.array([[1.0], [0.9000003], [0.8004128], [0.7015870]])
    assert_matches(descent, expected, name="the trajectory", along="step")
