"""Batch normalisation: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack

COLUMN = np.array([[1.0], [2.0], [3.0], [6.0]])


def test_statistics_of_the_handout(student):
    """The column [1, 2, 3, 6] has mean 3 and variance 3.5."""
    mean, variance = unpack(student.batch_statistics(COLUMN), "mean", "variance")
    assert_matches(mean, np.array([3.0]), name="the mean")
    assert_matches(variance, np.array([3.5]), name="the variance")


def test_training_pass_of_the_handout(student):
    """In training the column is normalised, and the moving averages become 0.3 and 1.25."""
    answer = student.batch_norm(COLUMN, *_parameters(), np.zeros(1), np.ones(1), training=True, momentum=0.9)
    y, mean, variance = unpack(answer, "y", "moving_mean", "moving_variance")
    assert_matches(y, np.array([[-1.637785], [-0.568892], [0.5], [3.706677]]), name="the output y", along="row")
    assert_matches(mean, np.array([0.3]), name="the moving mean")
    assert_matches(variance, np.array([1.25]), name="the moving variance")


def test_inference_of_the_handout(student):
    """At inference x = 6 becomes 10.692394, and the moving averages stay."""
    moving = np.array([0.3]), np.array([1.25])
    answer = student.batch_norm(COLUMN[3:], *_parameters(), *moving, training=False, momentum=0.9)
    y, mean, variance = unpack(answer, "y", "moving_mean", "moving_variance")
    assert_matches(y, np.array([[10.692394]]), name="the output y")
    assert_matches(mean, moving[0], name="the moving mean")
    assert_matches(variance, moving[1], name="the moving variance")


def test_backward_pass_of_the_handout(student):
    """The gradients for dy = [1, 0, 0, 0]."""
    dy = np.array([[1.0], [0.0], [0.0], [0.0]])
    dx, dgamma, dbeta = unpack(student.batch_norm_backward(dy, COLUMN, np.array([2.0])), "dx", "dgamma", "dbeta")
    assert_matches(dbeta, np.array([1.0]), name="the gradient dbeta")
    assert_matches(dgamma, np.array([-1.068892]), name="the gradient dgamma")
    assert_matches(dx, np.array([[0.496359], [-0.419878], [-0.267223], [0.190743]]), name="the gradient dx")


def test_step_of_the_handout(student):
    """One step with the four rows."""
    expected = {
        "kernel": np.array([[1.020060, -1.022772], [0.979977, 1.988598]]),
        "gamma": np.array([1.130206, 1.933703]),
        "beta": np.array([0.656209, -0.070918]),
        "output_kernel": np.array([1.208310, -0.234813]),
        "output_bias": 0.266836,
        "moving_mean": np.array([0.3, 0.15]),
        "moving_variance": np.array([1.25, 1.325]),
    }
    weights, loss = unpack(student.train_step(*_rows(), _weights(), 0.1, momentum=0.9), "weights", "loss")
    assert_matches(weights, expected, name="weights")
    assert_matches(loss, 1.839553, name="the loss")


def test_training_and_predictions_of_the_handout(student):
    """After 5 epochs the losses are small and the predictions are off; after 20 the predictions are good, too."""
    x, y = _rows()
    for epochs, first, expected in (
        (5, [1.839553, 0.363926, 0.242642, 0.196110, 0.159984], [1.322112, 0.914821, 3.144994, 5.035086]),
        (20, [], [0.901348, 0.065848, 2.168345, 3.214343]),
    ):
        weights, losses = unpack(student.fit(x, y, _weights(), 0.1, epochs, 4, momentum=0.9), "weights", "losses")
        if first:
            assert_matches(losses, np.array(first), name="the history of losses", along="epoch")
        assert_matches(student.predict(x, weights), np.array(expected), name=f"the predictions after {epochs} epochs")


def _parameters():
    return np.array([2.0]), np.array([0.5])


def _rows():
    return np.array([[1.0, 0.0], [0.0, 2.0], [2.0, 1.0], [3.0, 3.0]]), np.array([1.0, 0.0, 2.0, 3.0])


def _weights():
    return {
        "kernel": np.array([[1.0, -1.0], [1.0, 2.0]]),
        "gamma": np.array([1.0, 2.0]),
        "beta": np.array([0.5, 0.0]),
        "moving_mean": np.zeros(2),
        "moving_variance": np.ones(2),
        "output_kernel": np.array([1.0, -0.5]),
        "output_bias": 0.0,
    }
