"""Weight regularisation: the suite that gives the grade."""

import itertools

import numpy as np
from keras_weight_regularization import evaluate, fit, gradient, model_penalty, penalty

from grader.suite import agrees, assert_matches, assert_unchanged, points, unpack

L1, L2 = 0.1875, 0.15625
"""Exact in single precision, in which Keras keeps its factors."""


@points(1)
def test_l1_penalty_follows_keras(student, truth, rng):
    """The L1 penalty of a vector and of a matrix is that of Keras."""
    for w in (_weights(rng, 5), _weights(rng, 4, 3)):
        expected = truth(penalty, w, l1=L1, l2=0.0)
        assert_matches(student.l1_penalty(w, L1), expected, name=f"the L1 penalty of a {_kind(w)}")


@points(1)
def test_l2_penalty_follows_keras(student, truth, rng):
    """The L2 penalty of a vector and of a matrix is that of Keras, as the handout says."""
    for w in (_weights(rng, 5), _weights(rng, 4, 3)):
        expected = truth(penalty, w, l1=0.0, l2=L2)
        assert_matches(student.l2_penalty(w, L2), expected, name=f"the L2 penalty of a {_kind(w)}")


@points(1)
def test_l1_gradient_follows_keras(student, truth, rng):
    """The gradient of the L1 penalty is that of Keras."""
    for w in (_weights(rng, 5), _weights(rng, 4, 3)):
        expected = truth(gradient, w, l1=L1, l2=0.0)
        actual = student.penalty_gradient(w, l1=L1, l2=0.0)
        assert_matches(actual, expected, name=f"the L1 gradient for a {_kind(w)}")


@points(1)
def test_l2_gradient_follows_keras(student, truth, rng):
    """The gradient of the L2 penalty is that of Keras, as the handout says."""
    for w in (_weights(rng, 5), _weights(rng, 4, 3)):
        expected = truth(gradient, w, l1=0.0, l2=L2)
        actual = student.penalty_gradient(w, l1=0.0, l2=L2)
        assert_matches(actual, expected, name=f"the L2 gradient for a {_kind(w)}")


@points(1)
def test_gradient_of_both_follows_keras(student, truth, rng):
    """With both factors the gradients add up, as in Keras."""
    for shape, l1, l2 in (((6,), L1, L2), ((3, 5), 0.046875, 0.3125)):
        w = _weights(rng, *shape)
        expected = truth(gradient, w, l1=l1, l2=l2)
        assert_matches(
            student.penalty_gradient(w, l1=l1, l2=_own_l2(student, l2)), expected, name=f"the gradient for a {_kind(w)}"
        )


@points(1)
def test_gradient_at_zero_follows_keras(student, truth, rng):
    """A weight that is exactly zero has no L1 gradient: Keras' choice, as the handout says."""
    w = _weights(rng, 2, 4) * [1.0, 0.0, 1.0, 0.0]
    expected = truth(gradient, w, l1=L1, l2=L2)
    assert_matches(student.penalty_gradient(w, l1=L1, l2=_own_l2(student, L2)), expected, name="the gradient")


@points(1)
def test_whole_number_weights(student, reference, rng):
    """Weights that are whole numbers have the same penalties and gradients as any others."""
    w = rng.integers(1, 9, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    assert_matches(student.l1_penalty(w, L1), reference.l1_penalty(w, L1), name="the L1 penalty")
    l2 = _own_l2(student, L2)
    assert_matches(student.l2_penalty(w, l2), reference.l2_penalty(w, L2), name="the L2 penalty")
    expected = reference.penalty_gradient(w, l1=L1, l2=L2)
    assert_matches(student.penalty_gradient(w, l1=L1, l2=l2), expected, name="the gradient")


@points(2)
def test_network_penalty_follows_keras(student, truth, rng):
    """The penalty of a network of three layers is the sum of Keras' model.losses."""
    layers = _network(rng, 4, 6, 3, 2)
    for l1, l2 in ((L1, 0.0), (0.0, L2), (0.046875, 0.3125)):
        expected = truth(model_penalty, layers, l1=l1, l2=l2)
        actual = student.network_penalty(layers, l1=l1, l2=_own_l2(student, l2))
        assert_matches(actual, expected, name=f"the penalty with l1 = {l1:g} and l2 = {l2:g}")


@points(1)
def test_networks_of_any_depth(student, reference, rng):
    """A network may have one layer or five, and the penalty does not depend on the biases."""
    for widths in ((3, 4), (2, 5, 3, 4, 6, 2)):
        layers = _network(rng, *widths)
        expected = reference.network_penalty(layers, l1=L1, l2=L2)
        for share in (1.0, 10.0):
            scaled = [(kernel, share * bias) for kernel, bias in layers]
            actual = student.network_penalty(scaled, l1=L1, l2=_own_l2(student, L2))
            assert_matches(actual, expected, name=f"the penalty of {len(layers)} layers")


@points(2)
def test_loss_follows_keras(student, truth, rng):
    """The loss is what Keras' evaluate says, for a few rows and for many."""
    x, y, w, b = _regression(rng, 14, 3)
    for rows in (5, 14):
        expected = truth(evaluate, x[:rows], y[:rows], w, b, l1=L1, l2=L2)
        actual = student.regularized_loss(x[:rows], y[:rows], w, b, l1=L1, l2=_own_l2(student, L2))
        assert_matches(actual, expected, name=f"the loss of {rows} rows")


@points(2)
def test_step_follows_keras(student, truth, rng):
    """One step with all rows moves weights and bias as Keras does."""
    for samples, l1, l2 in ((9, L1, 0.0), (11, 0.0, L2), (7, 0.046875, 0.3125)):
        data = _regression(rng, samples, 4)
        expected_w, expected_b, _ = truth(fit, *data, learning_rate=0.4, epochs=1, batch_size=samples, l1=l1, l2=l2)
        answer = student.regularized_step(*data, learning_rate=0.4, l1=l1, l2=_own_l2(student, l2))
        w, b = unpack(answer, "w", "b")
        assert_matches(w, expected_w, name=f"the new w with l1 = {l1:g} and l2 = {l2:g}")
        assert_matches(b, expected_b, name=f"the new b with l1 = {l1:g} and l2 = {l2:g}")


@points(1)
def test_weights_shrink_where_the_data_are_fitted(student, reference, rng):
    """Where the model fits all rows exactly, the penalty alone moves the weights, towards zero, and the bias stays."""
    x, w, b = rng.normal(size=(6, 3)), _weights(rng, 3), 2.5
    y = x @ w + b
    expected_w, expected_b = reference.regularized_step(x, y, w, b, learning_rate=0.6, l1=L1, l2=L2)
    answer = student.regularized_step(x, y, w, b, learning_rate=0.6, l1=L1, l2=_own_l2(student, L2))
    actual_w, actual_b = unpack(answer, "w", "b")
    assert_matches(actual_w, expected_w, name="the new w")
    assert_matches(actual_b, expected_b, name="the new b")


@points(2)
def test_training_in_one_batch_follows_keras(student, truth, rng):
    """Six epochs with all rows in one batch end where Keras' fit ends."""
    data = _regression(rng, 9, 4)
    settings = {"learning_rate": 0.07, "epochs": 6, "batch_size": 9, "l1": L1, "l2": L2}
    _assert_trained_like_keras(student, truth, data, settings)


@points(1)
def test_training_in_batches_follows_keras(student, truth, rng):
    """Five epochs in batches, the last of them smaller, end where Keras' fit ends."""
    data = _regression(rng, 11, 3)
    settings = {"learning_rate": 0.05, "epochs": 5, "batch_size": 4, "l1": 0.046875, "l2": 0.3125}
    _assert_trained_like_keras(student, truth, data, settings)


@points(1)
def test_losses_are_the_history_of_keras(student, truth, rng):
    """The losses are what Keras' fit puts into history["loss"]."""
    for samples, batch_size in ((10, 10), (11, 4)):
        data = _regression(rng, samples, 3)
        settings = {"learning_rate": 0.06, "epochs": 5, "batch_size": batch_size, "l1": L1, "l2": L2}
        *_, expected = truth(fit, *data, **settings)
        *_, losses = unpack(_fitted(student, data, settings), "w", "b", "losses")
        assert_matches(losses, expected, name="the history of losses", along="epoch")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """No function changes an array that it is given."""
    x, y, w, b = _regression(rng, 7, 3)
    expected = reference.penalty_gradient(w, l1=L1, l2=L2)
    assert_matches(student.penalty_gradient(w, l1=L1, l2=_own_l2(student, L2)), expected, name="the gradient")
    student.l1_penalty(w, L1)
    student.l2_penalty(w, L2)
    student.network_penalty(_network(rng, 3, 4, 2), l1=L1, l2=L2)
    student.regularized_loss(x, y, w, b, l1=L1, l2=L2)
    student.regularized_step(x, y, w, b, learning_rate=0.05, l1=L1, l2=L2)
    student.fit_regularized(x, y, w, b, learning_rate=0.05, epochs=2, batch_size=3, l1=L1, l2=L2)
    assert_unchanged(student)


def _weights(rng, *shape):
    """Numbers of both signs, none of them near zero or large."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.3, 2.0, size=shape)


def _kind(w):
    return "vector" if w.ndim == 1 else "matrix"


def _network(rng, *widths):
    """Kernels and biases of a network with these widths."""
    return [(_weights(rng, *shape), _weights(rng, shape[1])) for shape in itertools.pairwise(widths)]


def _regression(rng, samples, features):
    """Inputs, noisy targets and a start away from zero and from the solution."""
    x = rng.normal(size=(samples, features))
    y = 1.4 * x[:, 0] - 0.8 * x[:, 1] + 1.2 + 0.5 * rng.normal(size=samples)
    return x, y, _weights(rng, features), -0.9


def _own_l2(student, l2):
    """What to call l2 in front of this student: twice as much where penalty and gradient both have a factor 1/2.

    That is a convention, which the tests of these two functions ask for; all others are about something else.
    """
    w = np.array([2.0, -1.0, 0.5])
    half = agrees(lambda: student.penalty_gradient(w, l1=0.0, l2=0.5), 0.5 * w)
    half = half and agrees(lambda: student.l2_penalty(w, 0.5), 0.25 * np.sum(w**2))
    return 2 * l2 if half else l2


def _fitted(student, data, settings):
    return student.fit_regularized(*data, **{**settings, "l2": _own_l2(student, settings["l2"])})


def _assert_trained_like_keras(student, truth, data, settings):
    expected_w, expected_b, _ = truth(fit, *data, **settings)
    w, b, _ = unpack(_fitted(student, data, settings), "w", "b", "losses")
    assert_matches(w, expected_w, name="the trained w")
    assert_matches(b, expected_b, name="the trained b")
