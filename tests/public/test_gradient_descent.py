"""Gradient descent: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack


def test_three_updates_of_the_worked_example(student):
    """From w = 1.0 with learning rate 0.1, the loss w**2/2 leads to 0.9, 0.81 and 0.729."""
    for w, expected in ((1.0, 0.9), (0.9, 0.81), (0.81, 0.729)):
        assert_matches(student.sgd_update(w, w, 0.1), expected, name="the new w")


def test_descent_of_the_worked_example(student):
    """The same steps in one walk: 1.0, 0.9, 0.81, 0.729."""
    trajectory = student.descend(lambda w: w, np.array([1.0]), 0.1, 3)
    assert_matches(trajectory, np.array([[1.0], [0.9], [0.81], [0.729]]), name="the walk", along="step")


def test_five_rows_make_three_batches_of_two(student):
    """Five rows in batches of two: 2, 2 and 1."""
    x, y, _, _ = _five_rows()
    batches = unpack(student.split_batches(x, y, 2), "batch 1", "batch 2", "batch 3")
    for batch, rows in zip(batches, (slice(0, 2), slice(2, 4), slice(4, 5)), strict=True):
        x_batch, y_batch = unpack(batch, "x_batch", "y_batch")
        assert_matches(x_batch, x[rows], name="the x_batch", along="row")
        assert_matches(y_batch, y[rows], name="the y_batch", along="row")


def test_iterations_of_the_worked_example(student):
    """One epoch of five rows takes 1, 3 or 5 iterations with batch sizes 5, 2 and 1."""
    for batch_size, expected in ((5, 1), (2, 3), (1, 5)):
        assert_matches(student.iterations(5, batch_size, 1), expected, name="the number of iterations")


def test_gradient_of_the_worked_example(student):
    """The five rows give dw = [1.2, 0.4] and db = 0.4."""
    dw, db = unpack(student.mse_gradient(*_five_rows()), "dw", "db")
    assert_matches(dw, np.array([1.2, 0.4]), name="the gradient dw")
    assert_matches(db, 0.4, name="the gradient db")


def test_one_epoch_of_the_worked_example(student):
    """One epoch with batches of five, two and one row."""
    for batch_size, expected_w, expected_b, loss in (
        (5, [0.88, -1.04], 0.46, 1.0),
        (2, [0.924, -1.12], 0.604, 1.41288),
        (1, [0.81952, -0.5024], 0.61872, 1.931116),
    ):
        w, b, losses = unpack(student.fit_linear(*_five_rows(), 0.1, 1, batch_size), "w", "b", "losses")
        assert_matches(w, np.array(expected_w), name=f"the trained w for batch size {batch_size}")
        assert_matches(b, expected_b, name=f"the trained b for batch size {batch_size}")
        assert_matches(losses, np.array([loss]), name=f"the history of losses for batch size {batch_size}")


def _five_rows():
    x = np.array([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0], [2.0, 2.0], [1.0, 0.0]])
    return x, np.array([0.5, 2.5, -1.5, -0.5, 2.5]), np.array([1.0, -1.0]), 0.5
