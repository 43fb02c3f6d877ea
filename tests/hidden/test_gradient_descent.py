"""Gradient descent: the suite that gives the grade."""

import numpy as np
from keras_gradient_descent import fit_iterations, linear_fit, mse_gradients, sgd_steps, valley_descent

from grader.suite import assert_matches, assert_unchanged, points, unpack


def test_an_update_follows_keras(student, truth, rng):
    """One update moves the weights as Keras' SGD does, at any learning rate."""
    w, gradients = rng.normal(size=4), rng.normal(size=(5, 4))
    learning_rates = [0.3, 0.3, 0.07, 0.07, 1.6]
    expected = truth(sgd_steps, w, gradients, learning_rates)
    for before, after, gradient, learning_rate in zip(
        expected[:-1], expected[1:], gradients, learning_rates, strict=True
    ):
        assert_matches(student.sgd_update(before, gradient, learning_rate), after, name="the new w")


def test_an_update_takes_weights_of_any_shape(student, reference, rng):
    """One update works for a number, a vector and a matrix, and for small and large gradients."""
    for shape, size in (((), 2.5), ((5,), 0.4), ((3, 2), 6.0)):
        w, gradient = rng.normal(size=shape), size * rng.normal(size=shape)
        expected = reference.sgd_update(w, gradient, 0.15)
        assert_matches(student.sgd_update(w, gradient, 0.15), expected, name="the new w")


def test_descent_walks_down_a_bowl(student, reference, rng):
    """The points of a walk down a bowl, the start first."""
    centre, curvature = rng.normal(size=3), np.array([0.5, 1.5, 3.0])

    def gradient(w):
        return curvature * (w - centre)

    w = centre + rng.uniform(0.5, 1.5, size=3)
    expected = reference.descend(gradient, w, 0.2, 6)
    assert_matches(student.descend(gradient, w, 0.2, 6), expected, name="the walk", along="step")


@points(2)
def test_descent_follows_keras_through_a_curved_valley(student, truth, rng):
    """The points of a walk through a curved valley are those of Keras' SGD."""
    w = rng.uniform(-0.9, 0.9, size=2)
    expected = truth(valley_descent, w, learning_rate=0.06, steps=7)
    assert_matches(student.descend(_valley_gradient, w, 0.06, 7), expected, name="the walk", along="step")


def test_the_gradient_is_asked_once_per_step_at_the_current_point(student, reference, rng):
    """The gradient is called once per step, each time at the point reached so far."""
    asked = []

    def gradient(w):
        asked.append(w)
        return _valley_gradient(w)

    w = rng.uniform(-0.9, 0.9, size=2)
    student.descend(gradient, w, 0.05, 5)
    assert_matches(len(asked), 5, name="the number of calls of gradient")
    points_before = reference.descend(_valley_gradient, w, 0.05, 4)
    for step, (actual, expected) in enumerate(zip(asked, points_before, strict=True), start=1):
        assert_matches(actual, expected, name=f"the point at which gradient is called in step {step}")


def test_descent_starts_anywhere(student, reference, rng):
    """A walk may start at a matrix, at whole numbers, and may have no step at all."""

    def gradient(w):
        return 0.7 * w - 0.2

    for w, steps in ((rng.normal(size=(2, 4)), 3), (np.array([3, -2, 5]), 5), (rng.normal(size=3), 0)):
        expected = reference.descend(gradient, w, 0.4, steps)
        assert_matches(student.descend(gradient, w, 0.4, steps), expected, name="the walk", along="step")


def test_batches_come_in_order(student, reference, rng):
    """All rows in one batch, one row per batch, or equal parts: in order, each row with its target."""
    x, y = rng.normal(size=(6, 3)), rng.normal(size=6)
    for batch_size in (6, 1, 2):
        _assert_same_batches(student, reference, x, y, batch_size)


def test_the_last_batch_may_be_smaller(student, reference, rng):
    """Rows that do not fill a batch make a smaller one at the end."""
    for samples, batch_size in ((11, 4), (7, 5), (3, 8)):
        x, y = rng.normal(size=(samples, 2)), rng.normal(size=samples)
        _assert_same_batches(student, reference, x, y, batch_size)


@points(2)
def test_iterations_are_the_updates_that_keras_counts(student, truth, rng):
    """The number of iterations is what Keras' optimizer counts while it fits."""
    odd, epochs = int(rng.integers(4, 7)) * 2 + 1, int(rng.integers(5, 8))
    for samples, batch_size in ((odd, 4), (12, 3), (odd, 1), (odd, odd), (5, 9)):
        expected = truth(fit_iterations, samples, batch_size, epochs)
        actual = student.iterations(samples, batch_size, epochs)
        assert_matches(actual, expected, name="the number of iterations")


@points(2)
def test_the_gradient_of_the_mean_squared_error_follows_keras(student, truth, rng):
    """The gradients dw and db are those that Keras finds for a Dense layer with mse."""
    x, y, w, b = rng.normal(size=(7, 3)), rng.normal(size=7) + 1.0, rng.normal(size=3), 0.6
    expected_dw, expected_db = truth(mse_gradients, x, y, w, b)
    dw, db = unpack(student.mse_gradient(x, y, w, b), "dw", "db")
    assert_matches(dw, expected_dw, name="the gradient dw")
    assert_matches(db, expected_db, name="the gradient db")


def test_the_gradient_exists_for_one_row_and_for_one_feature(student, reference, rng):
    """The gradients dw and db are right for a single row, a single feature and a square x."""
    for samples, features in ((1, 4), (9, 1), (5, 5)):
        x, w = rng.normal(size=(samples, features)), rng.normal(size=features)
        y = rng.normal(size=samples) - 1.5
        expected_dw, expected_db = reference.mse_gradient(x, y, w, 0.3)
        dw, db = unpack(student.mse_gradient(x, y, w, 0.3), "dw", "db")
        assert_matches(dw, expected_dw, name="the gradient dw")
        assert_matches(db, expected_db, name="the gradient db")


def test_batch_gradient_descent_follows_keras(student, truth, rng):
    """Training with all rows in one batch ends where Keras' fit ends."""
    data = _regression(rng, 9, 4)
    _assert_trained_like_keras(student, truth, data, learning_rate=0.08, epochs=6, batch_size=9)


def test_stochastic_gradient_descent_follows_keras(student, truth, rng):
    """Training with one row per batch ends where Keras' fit ends."""
    data = _regression(rng, 8, 3)
    _assert_trained_like_keras(student, truth, data, learning_rate=0.03, epochs=5, batch_size=1)


@points(2)
def test_mini_batch_gradient_descent_follows_keras(student, truth, rng):
    """Training with mini-batches, the last one smaller, ends where Keras' fit ends."""
    data = _regression(rng, 11, 3)
    _assert_trained_like_keras(student, truth, data, learning_rate=0.06, epochs=5, batch_size=4)


def test_losses_are_the_history_of_keras(student, truth, rng):
    """The losses are what Keras' fit puts into history["loss"]."""
    for samples, batch_size, epochs in ((11, 4, 5), (9, 9, 6)):
        x, y, w, b = _regression(rng, samples, 3)
        settings = {"learning_rate": 0.05, "epochs": epochs, "batch_size": batch_size}
        _, _, expected = truth(linear_fit, x, y, w, b, **settings)
        _, _, losses = unpack(student.fit_linear(x, y, w, b, **settings), "w", "b", "losses")
        assert_matches(losses, expected, name="the history of losses", along="epoch")


def test_arguments_are_left_as_they_were(student, reference, rng):
    """No function changes an array that it was given."""
    x, y, w, b = _regression(rng, 7, 2)
    expected = reference.sgd_update(w, x[0], 0.2)
    assert_matches(student.sgd_update(w, x[0], 0.2), expected, name="the new w")
    student.descend(_valley_gradient, w, 0.05, 3)
    student.split_batches(x, y, 3)
    student.mse_gradient(x, y, w, b)
    student.fit_linear(x, y, w, b, learning_rate=0.05, epochs=2, batch_size=3)
    assert_unchanged(student)


def _valley_gradient(w):
    """Of (1 - w0)**2 + 2*(w1 - w0**2)**2."""
    slope = 4.0 * (w[1] - w[0] ** 2)
    return np.array([-2.0 * (1.0 - w[0]) - 2.0 * w[0] * slope, slope])


def _regression(rng, samples, features):
    """Inputs, noisy targets and a start that is away from the solution."""
    x = rng.normal(size=(samples, features))
    y = 1.4 * x[:, 0] - 0.8 * x[:, 1] + 1.2 + 0.5 * rng.normal(size=samples)
    return x, y, rng.normal(size=features), -0.4


def _assert_same_batches(student, reference, x, y, batch_size):
    expected = reference.split_batches(x, y, batch_size)
    names = [f"batch {number} of {len(expected)}" for number in range(1, len(expected) + 1)]
    batches = unpack(student.split_batches(x, y, batch_size), *names)
    for name, batch, (expected_x, expected_y) in zip(names, batches, expected, strict=True):
        x_batch, y_batch = unpack(batch, "x_batch", "y_batch")
        assert_matches(x_batch, expected_x, name=f"the x_batch of {name}", along="row")
        assert_matches(y_batch, expected_y, name=f"the y_batch of {name}", along="row")


def _assert_trained_like_keras(student, truth, data, **settings):
    expected_w, expected_b, _ = truth(linear_fit, *data, **settings)
    w, b, _ = unpack(student.fit_linear(*data, **settings), "w", "b", "losses")
    assert_matches(w, expected_w, name="the trained w")
    assert_matches(b, expected_b, name="the trained b")
