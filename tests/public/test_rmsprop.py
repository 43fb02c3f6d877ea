"""RMSprop: the cases of the handout."""

import numpy as np

from grader.suite import assert_matches, unpack


def half_square_gradient(w):
    """Of the loss w**2 / 2."""
    return np.array(w)


def test_average_keeps_nine_tenths(student):
    """With a rho of 0.9, an average of 0 becomes 0.1 by a value of 1, and one of 2 becomes 1.9."""
    actual = student.running_average(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 0.9)
    assert_matches(actual, np.array([0.1, 1.9]), name="the average")


def test_scaled_gradients_of_the_handout(student):
    """A gradient of 1 is divided by √0.1, and in the centered form by √(0.1 - 0.01)."""
    plain = student.scaled_gradient(np.array([1.0]), np.array([0.1]))
    assert_matches(plain, np.array([3.162276]), name="the scaled gradient")
    centered = student.scaled_gradient(np.array([1.0]), np.array([0.1]), mean_gradient=np.array([0.1]))
    assert_matches(centered, np.array([3.333331]), name="the scaled gradient, centered,")


def test_first_step_of_the_handout(student):
    """The first step goes from 1 to 0.6837724, and is as long for other gradients."""
    w, gradient = np.array([1.0, 1.0, -2.0]), np.array([1.0, 7.0, -0.5])
    answer = student.rmsprop_step(w, np.zeros(3), gradient, learning_rate=0.1)
    new, mean_square = unpack(answer, "w", "mean_square")
    assert_matches(new, np.array([0.6837724, 0.6837722, -1.6837728]), name="the new weights")
    assert_matches(mean_square, np.array([0.1, 4.9, 0.025]), name="the new mean_square")


def test_first_centered_step_of_the_handout(student):
    """The first centered step goes from 1 to 0.6666669, and leaves a mean_gradient of 0.1."""
    zero, one = np.array([0.0]), np.array([1.0])
    answer = student.centered_rmsprop_step(one, zero, zero, one, learning_rate=0.1)
    w, _, mean_gradient = unpack(answer, "w", "mean_square", "mean_gradient")
    assert_matches(w, np.array([0.6666669]), name="the new weights")
    assert_matches(mean_gradient, np.array([0.1]), name="the new mean_gradient")


def test_velocity_is_what_is_taken_away(student):
    """After the first step with momentum, from 1 to 0.6837724, the velocity is 0.3162276."""
    zero, one = np.array([0.0]), np.array([1.0])
    answer = student.momentum_rmsprop_step(one, zero, zero, one, learning_rate=0.1, momentum=0.9)
    w, _, velocity = unpack(answer, "w", "mean_square", "velocity")
    assert_matches(w, np.array([0.6837724]), name="the new weights")
    assert_matches(velocity, np.array([0.3162276]), name="the velocity")


def test_optimizer_keeps_an_average_for_each_parameter(student):
    """The optimizer moves a matrix and a vector twice, each with averages of its own."""
    optimizer = student.RMSprop(learning_rate=0.1)
    weights = [np.array([[1.0, -1.0]]), np.array([1.0])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.6837724, -0.6837724]]), np.array([0.6837724])], name="the weights")
    weights = [np.array([[0.6837724, -0.6837724]]), np.array([0.6837724])]
    weights = unpack(optimizer.update(weights, weights), "W", "b")
    assert_matches(list(weights), [np.array([[0.4988708, -0.4988708]]), np.array([0.4988708])], name="the weights")


def test_descents_of_the_handout(student):
    """Descents on w²/2 pass through the handout's numbers: plain, centered, and with momentum."""
    start, settings = np.array([1.0]), {"steps": 3, "learning_rate": 0.1}
    descent = student.descend(half_square_gradient, start, **settings)
    assert_matches(descent, np.array([[1.0], [0.6837724], [0.4988708], [0.3691808]]), name="plain", along="step")
    descent = student.descend(half_square_gradient, start, centered=True, **settings)
    assert_matches(descent, np.array([[1.0], [0.6666669], [0.4655679], [0.3235697]]), name="centered", along="step")
    descent = student.descend(half_square_gradient, start, momentum=0.9, **settings)
    expected = np.array([[1.0], [0.6837724], [0.2142660], [-0.2682563]])
    assert_matches(descent, expected, name="with momentum", along="step")
