"""Forward propagation: the suite that gives the grade."""

import itertools

import numpy as np
from keras_forward_propagation import activation, dense_layer, loss_value, model_evaluate, network_outputs

from grader.suite import assert_matches, assert_unchanged

ACTIVATIONS = ("sigmoid", "tanh", "relu", "softmax")


def test_sigmoid_follows_keras(student, truth, rng):
    """The sigmoid of positive and negative numbers is Keras'."""
    x = rng.normal(scale=2.0, size=(5, 3))
    assert_matches(student.sigmoid(x), truth(activation, "sigmoid", x), name="the sigmoid")


def test_tanh_follows_keras(student, truth, rng):
    """The tanh of positive and negative numbers is Keras'."""
    x = rng.normal(scale=1.5, size=(4, 6))
    assert_matches(student.tanh(x), truth(activation, "tanh", x), name="the tanh")


def test_relu_follows_keras(student, truth, rng):
    """The relu of positive and negative numbers and of zero is Keras'."""
    x = rng.normal(scale=2.0, size=(6, 4))
    x[2, 1] = 0.0
    assert_matches(student.relu(x), truth(activation, "relu", x), name="the relu")


def test_softmax_follows_keras(student, truth, rng):
    """The softmax of as many rows as classes, of fewer and of more is Keras'."""
    for shape in ((4, 4), (3, 5), (6, 2)):
        x = rng.normal(scale=2.0, size=shape)
        assert_matches(student.softmax(x), truth(activation, "softmax", x), name="the softmax", along="row")


def test_activations_take_any_shape(student, reference, rng):
    """All four activations work for a vector and for an array with three axes."""
    for shape in ((7,), (2, 5, 3)):
        x = rng.normal(size=shape)
        for name in ACTIVATIONS:
            expected = getattr(reference, name)(x)
            assert_matches(getattr(student, name)(x), expected, name=f"the {name} of an array of shape {shape}")


def test_sigmoid_tanh_and_relu_stand_large_numbers(student, truth, rng):
    """Numbers around 1000 and -1000 go through sigmoid, tanh and relu as in Keras."""
    size = rng.uniform(800.0, 2000.0, size=4)
    x = np.concatenate([-size, rng.normal(size=3), size])
    for name in ("sigmoid", "tanh", "relu"):
        expected = truth(activation, name, x)
        assert_matches(getattr(student, name)(x), expected, name=f"the {name} of large numbers")


def test_softmax_stands_large_numbers(student, truth, rng):
    """Rows around 1000, around 0 and around -1000 in one batch go through softmax as in Keras."""
    x = rng.normal(size=(4, 3)) + np.array([[1000.0], [-1100.0], [0.0], [2500.0]])
    assert_matches(student.softmax(x), truth(activation, "softmax", x), name="the softmax", along="row")


def test_a_linear_layer_follows_keras(student, truth, rng):
    """A dense layer without an activation gives what Keras' Dense gives."""
    x, (layer,) = _network(rng, 5, (4, 3), ("linear",))
    expected = truth(dense_layer, x, *layer)
    assert_matches(student.dense(x, *layer), expected, name="the output", along="row")


def test_layers_with_activations_follow_keras(student, truth, rng):
    """A dense layer with each of the activations gives what Keras' Dense gives."""
    for name in ACTIVATIONS:
        x, (layer,) = _network(rng, 6, (3, 4), (name,))
        expected = truth(dense_layer, x, *layer)
        assert_matches(student.dense(x, *layer), expected, name=f"the output with {name}", along="row")


def test_a_network_follows_keras(student, truth, rng):
    """The output of every layer of a network is that of Keras' layer."""
    x, layers = _network(rng, 7, (3, 6, 5, 4), ("tanh", "relu", "softmax"))
    expected = truth(network_outputs, x, layers)
    assert_matches(student.forward(x, layers), expected, name="the list of outputs", along="layer")


def test_networks_may_have_any_depth(student, reference, rng):
    """Networks with one layer, with four, and with layers that are all of one size."""
    for widths, names in (
        ((4, 4, 4), ("relu", "linear")),
        ((3, 2), ("sigmoid",)),
        ((2, 5, 3, 4, 1), ("relu", "tanh", "sigmoid", "linear")),
    ):
        x, layers = _network(rng, 6, widths, names)
        expected = list(reference.forward(x, layers))
        assert_matches(student.forward(x, layers), expected, name="the list of outputs", along="layer")


def test_mean_squared_error_follows_keras(student, truth, rng):
    """The mean squared error of several columns and of one is Keras'."""
    for shape in ((5, 3), (7, 1)):
        y_true, y_pred = rng.normal(size=shape), rng.normal(size=shape)
        expected = truth(loss_value, "mean_squared_error", y_true, y_pred)
        assert_matches(student.mean_squared_error(y_true, y_pred), expected, name="the mean squared error")


def test_categorical_crossentropy_follows_keras(student, truth, rng):
    """The categorical cross-entropy of one-hot targets is Keras'."""
    for shape in ((4, 4), (7, 3)):
        y_true, y_pred = _one_hot(rng, *shape), _probabilities(rng, *shape)
        expected = truth(loss_value, "categorical_crossentropy", y_true, y_pred)
        actual = student.categorical_crossentropy(y_true, y_pred)
        assert_matches(actual, expected, name="the categorical cross-entropy")


def test_binary_crossentropy_follows_keras(student, truth, rng):
    """The binary cross-entropy of targets 0 and 1 is Keras', with one column and with several."""
    for shape in ((6, 4), (8, 1)):
        y_true, y_pred = _zeros_and_ones(rng, shape), rng.uniform(0.1, 0.9, size=shape)
        expected = truth(loss_value, "binary_crossentropy", y_true, y_pred)
        actual = student.binary_crossentropy(y_true, y_pred)
        assert_matches(actual, expected, name="the binary cross-entropy")


def test_targets_may_be_soft(student, truth, rng):
    """Both cross-entropies take targets that are probabilities, as Keras does."""
    y_true, y_pred = _probabilities(rng, 5, 3), _probabilities(rng, 5, 3)
    for name in ("categorical_crossentropy", "binary_crossentropy"):
        expected = truth(loss_value, name, y_true, y_pred)
        assert_matches(getattr(student, name)(y_true, y_pred), expected, name=f"the {name} of soft targets")


def test_categorical_crossentropy_clips_as_keras_does(student, truth, rng):
    """A class that was given the probability 0 costs as much as in Keras, and no row costs infinity."""
    y_true, y_pred = _one_hot(rng, 3, 4), _probabilities(rng, 3, 4)
    y_pred[0] = np.roll(y_true[0], 1)  # certain and wrong
    y_pred[1] = y_true[1]  # certain and right
    expected = truth(loss_value, "categorical_crossentropy", y_true, y_pred)
    actual = student.categorical_crossentropy(y_true, y_pred)
    assert_matches(actual, expected, name="the categorical cross-entropy")


def test_binary_crossentropy_clips_as_keras_does(student, truth, rng):
    """Predictions of 0 and 1 cost as much as in Keras, right or wrong."""
    y_true = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    for certain in (0.0, 1.0):
        y_pred = rng.uniform(0.2, 0.8, size=(3, 3))
        y_pred[:2] = certain  # right for some of these targets and wrong for the others
        expected = truth(loss_value, "binary_crossentropy", y_true, y_pred)
        actual = student.binary_crossentropy(y_true, y_pred)
        assert_matches(actual, expected, name="the binary cross-entropy")


def test_rows_that_do_not_sum_to_one_are_scaled_as_in_keras(student, truth, rng):
    """Before the categorical cross-entropy each row of predictions is divided by its sum, as in Keras."""
    y_true = _one_hot(rng, 5, 3)
    y_pred = _probabilities(rng, 5, 3) * rng.uniform(0.3, 0.9, size=(5, 1))
    expected = truth(loss_value, "categorical_crossentropy", y_true, y_pred)
    actual = student.categorical_crossentropy(y_true, y_pred)
    assert_matches(actual, expected, name="the categorical cross-entropy")


def test_a_network_is_evaluated_as_in_keras(student, truth, rng):
    """The loss of a network on a data set is what Keras' evaluate gives, for each of the losses."""
    for name, last in (
        ("categorical_crossentropy", "softmax"),
        ("mean_squared_error", "linear"),
        ("binary_crossentropy", "sigmoid"),
    ):
        x, layers = _network(rng, 11, (4, 6, 5, 3), ("tanh", "tanh", last))
        y_true = _one_hot(rng, 11, 3)
        expected = truth(model_evaluate, x, y_true, layers, name, 4)
        assert_matches(student.evaluate(x, y_true, layers, name), expected, name=f"the loss {name}")


def test_arguments_are_left_as_they_were(student, reference, rng):
    """No function changes an array that it was given."""
    x, layers = _network(rng, 5, (3, 4, 2), ("relu", "softmax"))
    assert_matches(student.relu(x), reference.relu(x), name="the relu")
    for name in ACTIVATIONS:
        getattr(student, name)(rng.normal(size=(3, 4)))
        assert_unchanged(student)
    student.dense(x, *layers[0])
    student.forward(x, layers)
    assert_unchanged(student)
    y_true = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    for name in ("mean_squared_error", "categorical_crossentropy", "binary_crossentropy"):
        getattr(student, name)(y_true, np.array([[0.0, 1.0], [0.3, 0.6], [0.2, 0.8]]))
        assert_unchanged(student)
    student.evaluate(x, _one_hot(rng, 5, 2), layers, "categorical_crossentropy")
    assert_unchanged(student)


def _network(rng, samples, widths, names):
    """Inputs and layers of a network with these widths. Biases are far from zero, outputs from saturation."""
    layers = [
        (rng.normal(scale=1.3 / np.sqrt(inputs), size=(inputs, units)), _away_from_zero(rng, units), name)
        for (inputs, units), name in zip(itertools.pairwise(widths), names, strict=True)
    ]
    return rng.normal(size=(samples, widths[0])), layers


def _away_from_zero(rng, size):
    return rng.uniform(0.3, 0.9, size=size) * rng.choice([-1.0, 1.0], size=size)


def _one_hot(rng, samples, classes):
    return np.eye(classes)[rng.integers(classes, size=samples)]


def _zeros_and_ones(rng, shape):
    """Targets of which neither all are 0 nor all are 1."""
    return rng.permutation(np.arange(np.prod(shape)) % 3 == 0).reshape(shape).astype(float)


def _probabilities(rng, samples, classes):
    """Rows that sum to 1, none of them near 0 or 1."""
    p = rng.uniform(0.2, 1.0, size=(samples, classes))
    return p / p.sum(axis=1, keepdims=True)
