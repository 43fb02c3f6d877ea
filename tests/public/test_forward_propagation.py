"""Forward propagation: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches


def test_activations_of_the_worked_example(student):
    """Sigmoid, tanh, relu and softmax of [-2, 0, 1]."""
    for name, expected in (
        ("sigmoid", [0.119203, 0.5, 0.731059]),
        ("tanh", [-0.964028, 0.0, 0.761594]),
        ("relu", [0.0, 0.0, 1.0]),
        ("softmax", [0.035119, 0.259496, 0.705385]),
    ):
        actual = getattr(student, name)(np.array([-2.0, 0.0, 1.0]))
        assert_matches(actual, np.array(expected), name=f"the {name}")


def test_softmax_of_large_numbers(student):
    """The rows [1000, 1001] and [-1000, -1000] have the softmax [0.268941, 0.731059] and [0.5, 0.5]."""
    probabilities = student.softmax(np.array([[1000.0, 1001.0], [-1000.0, -1000.0]]))
    assert_matches(probabilities, np.array([[0.268941, 0.731059], [0.5, 0.5]]), name="the softmax")


def test_layers_of_the_worked_example(student):
    """The first layer gives [[2.5, 1, -3]] without an activation and [[2.5, 1, 0]] with relu."""
    x, layers = _network()
    kernel, bias, _ = layers[0]
    for name, expected in (("linear", [[2.5, 1.0, -3.0]]), ("relu", [[2.5, 1.0, 0.0]])):
        assert_matches(student.dense(x, kernel, bias, name), np.array(expected), name=f"the output with {name}")


def test_network_of_the_worked_example(student):
    """The layers put out [[2.5, 1, 0]] and [[0.268941, 0.731059]]."""
    x, layers = _network()
    expected = [np.array([[2.5, 1.0, 0.0]]), np.array([[0.268941, 0.731059]])]
    assert_matches(student.forward(x, layers), expected, name="the list of outputs", along="layer")


def test_losses_of_the_worked_example(student):
    """The losses of the handout's two rows: 0.085833, 0.524911 and 0.325615."""
    y_true = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    y_pred = np.array([[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]])
    for name, expected in (
        ("mean_squared_error", 0.085833),
        ("categorical_crossentropy", 0.524911),
        ("binary_crossentropy", 0.325615),
    ):
        assert_matches(getattr(student, name)(y_true, y_pred), expected, name=f"the {name}")


def test_a_prediction_that_is_certain_and_wrong(student):
    """A prediction that is certain and wrong costs 16.118096."""
    y_true, y_pred = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    for name in ("categorical_crossentropy", "binary_crossentropy"):
        assert_matches(getattr(student, name)(y_true, y_pred), 16.118096, name=f"the {name}")


def test_loss_of_the_worked_network(student):
    """For the target [[0, 1]] the network has the categorical cross-entropy 0.313262."""
    x, layers = _network()
    loss = student.evaluate(x, np.array([[0.0, 1.0]]), layers, "categorical_crossentropy")
    assert_matches(loss, 0.313262, name="the loss")


def _network():
    kernel_1, bias_1 = np.array([[1.0, -1.0, 0.0], [0.5, 1.0, -2.0]]), np.array([0.5, 0.0, 1.0])
    kernel_2, bias_2 = np.array([[1.0, 0.0], [-2.0, 0.5], [3.0, 1.0]]), np.array([0.0, 1.0])
    return np.array([[1.0, 2.0]]), [(kernel_1, bias_1, "relu"), (kernel_2, bias_2, "softmax")]
