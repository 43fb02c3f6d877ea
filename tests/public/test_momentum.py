"""Momentum and Nesterov: the cases of the handout."""

import numpy as np

from grader.suite import assert_matches, unpack


def half_square_gradient(w):
    """Of the loss w**2 / 2."""
    return np.array(w)


def saddle_gradient(w):
    """Of the loss x**2 - y**2."""
    return np.array([2.0, -2.0]) * w


def test_running_average_of_ones(student):
    """The running average of 1, 1, 1 with beta 0.9 is 0.1, 0.19, 0.271: it climbs slowly towards 1."""
    actual = student.exponential_average(np.array([1.0, 1.0, 1.0]), 0.9)
    assert_matches(actual, np.array([0.1, 0.19, 0.271]), name="the running average", along="step")


def test_second_momentum_step_is_longer(student):
    """Momentum steps from 1 to 0.9 to 0.72."""
    w, velocity = np.array([1.0]), np.array([0.0])
    w, velocity = unpack(student.momentum_step(w, velocity, np.array([1.0]), 0.1, 0.9), "w", "velocity")
    assert_matches(w, np.array([0.9]), name="w after the first step")
    w, _ = unpack(student.momentum_step(w, velocity, np.array([0.9]), 0.1, 0.9), "w", "velocity")
    assert_matches(w, np.array([0.72]), name="w after the second step")


def test_velocity_is_a_step(student):
    """The velocity is the step itself: after a step from 1 to 0.9 it is -0.1, after the next one -0.18."""
    answer = student.momentum_step(np.array([1.0]), np.array([0.0]), np.array([1.0]), 0.1, 0.9)
    assert_matches(unpack(answer, "w", "velocity")[1], np.array([-0.1]), name="the velocity")
    answer = student.momentum_step(np.array([0.9]), np.array([-0.1]), np.array([0.9]), 0.1, 0.9)
    assert_matches(unpack(answer, "w", "velocity")[1], np.array([-0.18]), name="the velocity")


def test_nesterov_step_is_ahead_of_momentum(student):
    """Nesterov steps from 1 to 0.81 to 0.5751."""
    w, velocity = np.array([1.0]), np.array([0.0])
    w, velocity = unpack(student.nesterov_step(w, velocity, np.array([1.0]), 0.1, 0.9), "w", "velocity")
    assert_matches(w, np.array([0.81]), name="w after the first step")
    w, _ = unpack(student.nesterov_step(w, velocity, np.array([0.81]), 0.1, 0.9), "w", "velocity")
    assert_matches(w, np.array([0.5751]), name="w after the second step")


def test_optimizer_keeps_a_velocity_for_each_parameter(student):
    """The optimizer moves a matrix and a vector twice, each with a velocity of its own."""
    optimizer = student.Momentum(learning_rate=0.1, momentum=0.9)
    weights = [np.array([[1.0, 2.0]]), np.array([-4.0])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.9, 1.8]]), np.array([-3.6])], name="the list of weights")
    weights = [np.array([[0.9, 1.8]]), np.array([-3.6])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.72, 1.44]]), np.array([-2.88])], name="the list of weights")


def test_descents_of_the_handout(student):
    """Descents on w²/2 pass through the handout's numbers, with momentum, without it and with Nesterov."""
    start = np.array([1.0])
    descent = student.descend(half_square_gradient, start, learning_rate=0.1, momentum=0.0, steps=3)
    assert_matches(
        descent, np.array([[1.0], [0.9], [0.81], [0.729]]), name="the trajectory of plain descent", along="step"
    )
    descent = student.descend(half_square_gradient, start, learning_rate=0.1, momentum=0.9, steps=3)
    assert_matches(
        descent, np.array([[1.0], [0.9], [0.72], [0.486]]), name="the trajectory with momentum", along="step"
    )
    descent = student.descend(half_square_gradient, start, learning_rate=0.1, momentum=0.9, steps=3, nesterov=True)
    assert_matches(
        descent, np.array([[1.0], [0.81], [0.5751], [0.327321]]), name="the trajectory with Nesterov", along="step"
    )


def test_momentum_leaves_a_saddle_point(student):
    """Beside the saddle point of x² - y², momentum leaves along y about three times as fast as plain descent."""
    start, settings = np.array([1.0, 0.01]), {"learning_rate": 0.05, "steps": 6}
    plain = student.descend(saddle_gradient, start, momentum=0.0, **settings)
    expected_x = [1.0, 0.9, 0.81, 0.729, 0.6561, 0.59049, 0.531441]
    expected_y = [0.01, 0.011, 0.0121, 0.01331, 0.014641, 0.0161051, 0.01771561]
    assert_matches(plain, np.transpose([expected_x, expected_y]), name="the trajectory of plain descent", along="step")
    fast = student.descend(saddle_gradient, start, momentum=0.9, **settings)
    expected_x = [1.0, 0.9, 0.72, 0.486, 0.2268, -0.02916, -0.256608]
    expected_y = [0.01, 0.011, 0.013, 0.0161, 0.0205, 0.02651, 0.03457]
    assert_matches(fast, np.transpose([expected_x, expected_y]), name="the trajectory with momentum", along="step")
