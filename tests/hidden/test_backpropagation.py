"""Backpropagation: the suite that gives the grade."""

import itertools

import numpy as np
from keras_backpropagation import (
    activation_gradient,
    dense_gradients,
    fit_network,
    loss_gradient,
    network_gradients,
    train_on_batch,
)

from grader.suite import assert_matches, assert_unchanged, points, unpack

CROSS_ENTROPY = "categorical_crossentropy"
# Any sound way to try a function out is good enough; which one the handout asks for has a test of its own.
NUMERICAL = {"rtol": 1e-3, "atol": 1e-4}


def test_sigmoid_and_tanh_follow_keras(student, truth, rng):
    """A gradient that passes back through sigmoid or tanh comes out as in Keras."""
    for activation, shape in (("sigmoid", (5, 4)), ("tanh", (3, 6)), ("sigmoid", (7,)), ("tanh", (2, 3, 4))):
        _assert_passed_back(student, truth, activation, 1.2 * rng.normal(size=shape), _away_from_zero(rng, shape))


def test_relu_follows_keras(student, truth, rng):
    """A gradient passes back through relu as in Keras: where the unit is on, and not where its output is 0."""
    for shape in ((6, 5), (2, 3, 4)):
        z = _away_from_zero(rng, shape)
        z.flat[[1, 8, 17]] = 0.0
        _assert_passed_back(student, truth, "relu", z, _away_from_zero(rng, shape))


def test_cross_entropy_follows_keras(student, truth, rng):
    """The gradient of the cross-entropy with respect to the scores before the softmax is that of Keras."""
    for n, k in ((7, 4), (5, 3)):
        _assert_loss_gradient(student, truth, CROSS_ENTROPY, 1.3 * rng.normal(size=(n, k)), _one_hot(rng, n, k))


def test_mean_squared_error_follows_keras(student, truth, rng):
    """The gradient of the mean squared error with respect to the prediction is that of Keras."""
    for n, k in ((5, 3), (7, 4)):
        _assert_loss_gradient(student, truth, "mse", rng.normal(size=(n, k)), rng.normal(size=(n, k)) + 1.0)


def test_losses_take_batches_of_any_size(student, reference, rng):
    """Both gradients are right for one row, for many rows and for a single column."""
    for n, k in ((1, 5), (13, 6), (6, 1), (4, 4)):
        prediction, y = rng.normal(size=(n, k)), rng.normal(size=(n, k)) - 1.0
        expected = reference.loss_backward(prediction, y, "mse")
        actual = student.loss_backward(prediction, y, "mse")
        assert_matches(actual, expected, name=f"the gradient dz of mse for {n} × {k} values", along="row")
        if k > 1:
            prediction, y = reference.softmax(prediction), _one_hot(rng, n, k)
            expected = reference.loss_backward(prediction, y, CROSS_ENTROPY)
            actual = student.loss_backward(prediction, y, CROSS_ENTROPY)
            assert_matches(actual, expected, name=f"the gradient dz of cross-entropy for {n} × {k} values", along="row")


def test_a_dense_layer_follows_keras(student, truth, rng):
    """The gradients dw, db and dh of a dense layer are those of Keras."""
    h, w, dz = rng.normal(size=(7, 4)), rng.normal(size=(4, 3)), rng.normal(size=(7, 3)) + 0.3
    _assert_dense_gradients(student.dense_backward(dz, h, w), truth(dense_gradients, h, w, dz))


def test_a_dense_layer_may_have_any_size(student, reference, rng):
    """The gradients dw, db and dh are right where everything is square, for one row and for one output."""
    for n, inputs, outputs in ((4, 4, 4), (1, 3, 5), (6, 5, 1)):
        h, w, dz = rng.normal(size=(n, inputs)), rng.normal(size=(inputs, outputs)), rng.normal(size=(n, outputs))
        _assert_dense_gradients(student.dense_backward(dz, h, w), reference.dense_backward(dz, h, w))


@points(2)
def test_the_gradients_of_a_classifier_follow_keras(student, truth, rng):
    """All gradients of a network with a tanh layer and a softmax layer are those of GradientTape."""
    x, weights, biases = _network(rng, 7, (3, 5, 4))
    _assert_gradients_like_keras(student, truth, x, _one_hot(rng, 7, 4), weights, biases, "tanh", CROSS_ENTROPY)


def test_the_gradients_of_a_deep_network_follow_keras(student, truth, rng):
    """All gradients of a network with three relu layers and mean squared error are those of GradientTape."""
    x, weights, biases = _network(rng, 6, (4, 8, 9, 7, 2))
    y = rng.normal(size=(6, 2)) + 1.0
    _assert_gradients_like_keras(student, truth, x, y, weights, biases, "relu", "mse")


def test_networks_may_have_any_depth(student, reference, rng):
    """The gradients are right for layers of equal width, for no hidden layer, for one row, and when asked again."""
    for n, widths, activation in ((5, (5, 5, 5, 5), "sigmoid"), (8, (4, 3), "tanh"), (1, (3, 6, 2), "relu")):
        x, weights, biases = _network(rng, n, widths)
        y = _one_hot(rng, n, widths[-1])
        outputs = reference.forward(x, weights, biases, activation, CROSS_ENTROPY)
        expected = reference.backpropagate(outputs, y, weights, activation, CROSS_ENTROPY)
        for _ in range(2):
            answer = student.backpropagate(outputs, y, weights, activation, CROSS_ENTROPY)
            _assert_gradients(answer, expected)


def test_the_numerical_gradient_of_a_network_follows_keras(student, reference, truth, rng):
    """The numerical gradient of a network's loss is what GradientTape finds."""
    x, weights, biases = _network(rng, 5, (3, 4, 2))
    y = _one_hot(rng, 5, 2)
    _, expected, _ = truth(network_gradients, x, y, weights, biases, "sigmoid", CROSS_ENTROPY)

    def f(w):
        outputs = reference.forward(x, [weights[0], w], biases, "sigmoid", CROSS_ENTROPY)
        return reference.loss_value(outputs[-1], y, CROSS_ENTROPY)

    actual = student.numerical_gradient(f, weights[1])
    assert_matches(actual, expected[1], name="the numerical gradient", **NUMERICAL)


def test_the_numerical_gradient_has_the_shape_of_w(student, rng):
    """The numerical gradient exists at vectors, matrices and at whole numbers."""
    for w in (rng.normal(size=4), rng.normal(size=(2, 3)), rng.normal(size=(2, 1, 3)), np.array([2, -1, 3])):
        a, b = rng.uniform(0.5, 2.0, size=w.shape), rng.uniform(0.5, 1.5, size=w.shape)
        f = _hill(a, b)
        expected = a * w + b * np.cos(np.sum(b * w))
        actual = student.numerical_gradient(f, w, 1e-4)
        assert_matches(actual, expected, name="the numerical gradient", **NUMERICAL)


def test_the_numerical_gradient_looks_to_both_sides(student, reference, rng):
    """With a large epsilon the numerical gradient is the difference between both sides, as in the handout."""
    for shape, epsilon in (((3,), 0.4), ((2, 2), 0.25)):
        w, f = rng.normal(size=shape), _hill(rng.uniform(0.5, 2.0, size=shape), rng.uniform(0.8, 1.6, size=shape))
        expected = reference.numerical_gradient(f, w, epsilon)
        actual = student.numerical_gradient(f, w, epsilon)
        assert_matches(actual, expected, name="the numerical gradient")
        claimed = rng.normal(size=shape)
        expected = reference.gradient_check(f, w, claimed, epsilon)
        actual = student.gradient_check(f, w, claimed, epsilon)
        assert_matches(actual, expected, name="the error of the check")


def test_the_check_tells_right_from_wrong(student, reference, rng):
    """The error of a gradient check is close to 0 for a right gradient, and says how wrong another is."""
    w, a, b = rng.normal(size=(2, 3)), rng.uniform(0.5, 2.0, size=(2, 3)), rng.uniform(0.5, 1.5, size=(2, 3))
    gradient = a * w + b * np.cos(np.sum(b * w))
    turned = gradient * np.array([[1.0, -1.0, 1.0], [1.0, 1.0, 1.0]])
    for what, size, claimed in (
        ("a right gradient", 1.0, gradient),
        ("a gradient that is too long", 1.0, 1.6 * gradient),
        ("a gradient with one wrong sign", 1.0, turned),
        ("the opposite gradient", 1.0, -gradient),
        ("a gradient that is far too short", 1.0, 0.02 * gradient),
        ("a small gradient that is too long", 0.02, 1.6 * gradient),
    ):
        f = _hill(a, b, size)
        expected = reference.gradient_check(f, w, size * claimed)
        actual = student.gradient_check(f, w, size * claimed)
        assert_matches(actual, expected, name=f"the error of {what}", **NUMERICAL)


def test_two_gradients_of_zero_agree(student, rng):
    """Where both gradients are zero, the error of a gradient check is 0."""
    for shape in ((4,), (2, 3)):
        actual = student.gradient_check(_flat, rng.normal(size=shape), np.zeros(shape))
        assert_matches(actual, 0.0, name="the error")


def test_a_step_follows_keras(student, truth, rng):
    """One step with a batch leads to the weights, the biases and the loss of Keras' train_on_batch."""
    for widths, activation, loss in (((3, 5, 4), "sigmoid", CROSS_ENTROPY), ((4, 6, 5, 2), "tanh", "mse")):
        x, weights, biases = _network(rng, 7, widths)
        y = _targets(rng, 7, widths[-1], loss)
        settings = {"activation": activation, "loss": loss, "learning_rate": 0.3}
        expected_weights, expected_biases, expected = truth(train_on_batch, x, y, weights, biases, **settings)
        answer = student.train_step(x, y, weights, biases, **settings)
        new_weights, new_biases, value = unpack(answer, "weights", "biases", "value")
        assert_matches(new_weights, expected_weights, name="the list of new weights", along="layer")
        assert_matches(new_biases, expected_biases, name="the list of new biases", along="layer")
        assert_matches(value, expected, name="the loss before the step")


def test_training_follows_keras(student, truth, rng):
    """Training, with batches of which the last is smaller or in one piece, ends where Keras' fit ends."""
    for data, settings in _runs(rng):
        expected_weights, expected_biases, _ = truth(fit_network, *data, **settings)
        trained_weights, trained_biases, _ = unpack(student.fit(*data, **settings), "weights", "biases", "losses")
        assert_matches(trained_weights, expected_weights, name="the list of trained weights", along="layer")
        assert_matches(trained_biases, expected_biases, name="the list of trained biases", along="layer")


def test_losses_are_the_history_of_keras(student, truth, rng):
    """The losses are what Keras' fit puts into history["loss"]."""
    for data, settings in _runs(rng):
        _, _, expected = truth(fit_network, *data, **settings)
        _, _, losses = unpack(student.fit(*data, **settings), "weights", "biases", "losses")
        assert_matches(losses, expected, name="the history of losses", along="epoch")


def test_arguments_are_left_as_they_were(student, reference, rng):
    """No function changes an array that it was given."""
    x, weights, biases = _network(rng, 5, (3, 4, 2))
    y = _one_hot(rng, 5, 2)
    outputs = reference.forward(x, weights, biases, "relu", CROSS_ENTROPY)
    dh = rng.normal(size=(5, 4))
    expected = reference.activation_backward(dh, outputs[1], "relu")
    assert_matches(student.activation_backward(dh, outputs[1], "relu"), expected, name="the gradient dz")
    assert_unchanged(student)
    for loss in (CROSS_ENTROPY, "mse"):
        student.loss_backward(outputs[-1], y, loss)
        student.backpropagate(outputs, y, weights, "relu", loss)
    student.dense_backward(dh, x, weights[0])
    assert_unchanged(student)
    f = _hill(np.ones((3, 4)), np.full((3, 4), 0.7))
    student.numerical_gradient(f, weights[0])
    student.gradient_check(f, weights[0], np.ones((3, 4)))
    assert_unchanged(student)
    student.train_step(x, y, weights, biases, "tanh", "mse", 0.1)
    student.fit(x, y, weights, biases, "tanh", "mse", 0.1, 2, 3)
    assert_unchanged(student)


def _away_from_zero(rng, shape):
    """Numbers of both signs whose size is of order 1."""
    return rng.uniform(0.4, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def _one_hot(rng, n, k):
    return np.eye(k)[rng.integers(k, size=n)]


def _targets(rng, n, k, loss):
    return _one_hot(rng, n, k) if loss == CROSS_ENTROPY else rng.normal(size=(n, k)) + 1.0


def _network(rng, n, widths):
    """Inputs, weights and biases of a network with these widths, whose outputs stay of order 1."""
    weights = [rng.normal(size=pair) * 1.3 / np.sqrt(pair[0]) for pair in itertools.pairwise(widths)]
    biases = [rng.uniform(-0.3, 0.6, size=width) for width in widths[1:]]
    return rng.normal(size=(n, widths[0])), weights, biases


def _runs(rng):
    """Two training runs: data and settings."""
    for n, widths, activation, loss, learning_rate, epochs, batch_size in (
        (11, (3, 6, 4), "tanh", CROSS_ENTROPY, 0.25, 5, 4),
        (7, (4, 9, 5, 2), "relu", "mse", 0.04, 6, 7),
    ):
        x, weights, biases = _network(rng, n, widths)
        settings = {"learning_rate": learning_rate, "epochs": epochs, "batch_size": batch_size}
        yield (
            (x, _targets(rng, n, widths[-1], loss), weights, biases),
            {"activation": activation, "loss": loss, **settings},
        )


def _hill(a, b, size=1.0):
    """A smooth function of several numbers, none of which is alone: Σ a w² / 2 + sin(Σ b w), times size."""
    return lambda w: size * float(np.sum(a * w**2) / 2 + np.sin(np.sum(b * w)))


def _flat(w):
    """A function with slope 0 everywhere."""
    return 1.5 + 0.0 * float(np.sum(w))


def _assert_passed_back(student, truth, activation, z, dh):
    h, expected = truth(activation_gradient, activation, z, dh)
    assert_matches(student.activation_backward(dh, h, activation), expected, name=f"the gradient dz for {activation}")


def _assert_loss_gradient(student, truth, loss, z, y):
    prediction, expected = truth(loss_gradient, loss, z, y)
    assert_matches(student.loss_backward(prediction, y, loss), expected, name="the gradient dz", along="row")


def _assert_dense_gradients(answer, expected):
    actual = unpack(answer, "dw", "db", "dh")
    for name, one, other in zip(("dw", "db", "dh"), actual, expected, strict=True):
        assert_matches(one, other, name=f"the gradient {name}")


def _assert_gradients_like_keras(student, truth, x, y, weights, biases, activation, loss):
    outputs, *expected = truth(network_gradients, x, y, weights, biases, activation, loss)
    _assert_gradients(student.backpropagate(outputs, y, weights, activation, loss), expected)


def _assert_gradients(answer, expected):
    weight_gradients, bias_gradients = unpack(answer, "weight_gradients", "bias_gradients")
    assert_matches(weight_gradients, expected[0], name="the list of weight gradients", along="layer")
    assert_matches(bias_gradients, expected[1], name="the list of bias gradients", along="layer")
