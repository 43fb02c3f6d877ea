"""Backpropagation: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack


def test_slopes_of_the_handout(student):
    """An output of 0.2 has the slope 0.16 for sigmoid, 0.96 for tanh and 1 for relu."""
    for activation, expected in (("sigmoid", 0.16), ("tanh", 0.96), ("relu", 1.0)):
        dz = student.activation_backward(np.array([1.0, -2.0]), np.array([0.2, 0.2]), activation)
        assert_matches(dz, np.array([expected, -2 * expected]), name=f"the gradient dz for {activation}")


def test_last_layer_of_the_handout(student):
    """Two rows of three columns, with both losses."""
    for loss, expected in (
        ("categorical_crossentropy", [[-0.15, 0.1, 0.05], [0.15, 0.25, -0.4]]),
        ("mse", [[-0.1, 1 / 15, 1 / 30], [0.1, 1 / 6, -4 / 15]]),
    ):
        prediction = np.array([[0.7, 0.2, 0.1], [0.3, 0.5, 0.2]])
        dz = student.loss_backward(prediction, np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]), loss)
        assert_matches(dz, np.array(expected), name=f"the gradient dz for {loss}", along="row")


def test_dense_layer_of_the_handout(student):
    """In layer 1, dz = [[1], [-2]] gives dw, db and dh."""
    h, w = np.array([[2.0, 2.0, 1.5], [2.5, 0.0, 0.0]]), np.array([[1.0], [-1.0], [2.0]])
    dw, db, dh = unpack(student.dense_backward(np.array([[1.0], [-2.0]]), h, w), "dw", "db", "dh")
    assert_matches(dw, np.array([[-3.0], [2.0], [1.5]]), name="the gradient dw")
    assert_matches(db, np.array([-1.0]), name="the gradient db")
    assert_matches(dh, np.array([[1.0, -1.0, 2.0], [-2.0, 2.0, -4.0]]), name="the gradient dh")


def test_gradients_of_the_handout(student):
    """All gradients of the network with three hidden units."""
    x, y, weights, _ = _network()
    outputs = [x, np.array([[2.0, 2.0, 1.5], [2.5, 0.0, 0.0]]), np.array([[3.5], [3.0]])]
    answer = student.backpropagate(outputs, y, weights, "relu", "mse")
    weight_gradients, bias_gradients = unpack(answer, "weight_gradients", "bias_gradients")
    expected = [np.array([[-5.0, -1.0, 2.0], [4.0, -2.0, 4.0]]), np.array([[-3.0], [2.0], [1.5]])]
    assert_matches(weight_gradients, expected, name="the list of weight gradients", along="layer")
    expected = [np.array([-1.0, -1.0, 2.0]), np.array([-1.0])]
    assert_matches(bias_gradients, expected, name="the list of bias gradients", along="layer")


def test_numerical_gradient_of_the_handout(student):
    """The slope of w**3 at 2, with an epsilon of 0.1, comes out as 12.01."""
    gradient = student.numerical_gradient(lambda w: float(np.sum(w**3)), np.array([2.0]), 0.1)
    assert_matches(gradient, np.array([12.01]), name="the numerical gradient")


def test_check_of_the_handout(student):
    """A gradient [3, 4] where [6, 8] is right has an error of 1/3."""
    error = student.gradient_check(lambda w: float(np.sum(w**2)), np.array([3.0, 4.0]), np.array([3.0, 4.0]))
    assert_matches(error, 1 / 3, name="the error")


def test_training_of_the_handout(student):
    """One step with both rows, and two epochs with one row per batch."""
    answer = student.train_step(*_network(), "relu", "mse", 0.02)
    _, biases, value = unpack(answer, "weights", "biases", "value")
    assert_matches(biases, [np.array([0.02, 1.02, -1.04]), np.array([0.52])], name="the new biases", along="layer")
    assert_matches(value, 2.5, name="the loss before the step")
    answer = student.fit(*_network(), "relu", "mse", 0.02, 2, 1)
    _, biases, losses = unpack(answer, "weights", "biases", "losses")
    _, last_bias = unpack(biases, "the first bias", "the last bias")
    assert_matches(losses, np.array([3.176372, 0.159212]), name="the history of losses", along="epoch")
    assert_matches(last_bias, np.array([0.581129]), name="the last bias")


def _network():
    x, y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[2.5], [5.0]])
    weights = [np.array([[1.0, -1.0, 0.5], [0.5, 1.0, 1.0]]), np.array([[1.0], [-1.0], [2.0]])]
    return x, y, weights, [np.array([0.0, 1.0, -1.0]), np.array([0.5])]
