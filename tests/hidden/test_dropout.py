"""Dropout: the suite that gives the grade."""

import itertools

import numpy as np
from keras_dropout import fit, layer_gradient, layer_in_inference, layer_in_training, network

from grader.suite import assert_matches, assert_unchanged, points, unpack


@points(2)
def test_the_mask_follows_keras(student, truth, rng):
    """With the random numbers that Keras drew, the mask is Keras' mask."""
    for shape, rate in (((6, 5), 0.3), ((4, 3, 7), 0.85)):
        uniforms, expected = truth(layer_in_training, np.ones(shape), rate, _seed(rng))
        assert_matches(student.dropout_mask(uniforms, rate), expected, name="the mask")


def test_a_number_equal_to_the_rate_keeps_its_element(student, reference, rng):
    """A random number that equals the rate keeps its element."""
    uniforms = rng.permutation([0.0, 0.125, 0.25, 0.25, 0.375, 0.625, 0.75, 0.875])
    expected = reference.dropout_mask(uniforms, 0.25)
    assert_matches(student.dropout_mask(uniforms, 0.25), expected, name="the mask")


def test_the_rates_0_and_1_follow_keras(student, truth, rng):
    """Rate 0 keeps everything, rate 1 drops everything, as in Keras."""
    for rate in (0.0, 1.0):
        uniforms, expected = truth(layer_in_training, np.ones((3, 4)), rate, _seed(rng))
        assert_matches(student.dropout_mask(uniforms, rate), expected, name=f"the mask for rate {rate:g}")


def test_a_mask_is_applied_as_in_keras(student, reference, truth, rng):
    """Dropped elements are zero and the others are scaled as in Keras."""
    for shape, rate in (((7, 4), 0.2), ((2, 3, 5), 0.6)):
        x = _away_from_zero(rng, shape)
        uniforms, expected = truth(layer_in_training, x, rate, _seed(rng))
        mask = reference.dropout_mask(uniforms, rate)
        assert_matches(student.dropout(x, mask), expected, name="the output y", along="row")


def test_inference_follows_keras(student, truth, rng):
    """At inference the layer returns x itself and a mask of ones."""
    for shape, rate in (((5, 4), 0.3), ((2, 3, 4), 0.8)):
        x = rng.normal(size=shape)
        expected = truth(layer_in_inference, x, rate, _seed(rng))
        y, mask = unpack(student.dropout_layer(x, rate, False, _generator(rng)), "y", "mask")
        assert_matches(y, expected, name="the output y")
        assert_matches(mask, np.ones(shape), name="the mask")


@points(2)
def test_training_drops_the_right_share_and_keeps_the_mean(student, rng):
    """In training the share of dropped elements is the rate, and the mean of y is the mean of x."""
    for rate in (0.3, 0.15):
        x = rng.uniform(0.5, 1.5, size=(250, 120))
        mask = _mask_of(student, x, rate, _seed(rng))
        noise = 5 * np.sqrt(rate * (1 - rate) / x.size)
        share, mean = float(np.mean(mask == 0)), float(np.mean(mask))
        assert_matches(share, rate, rtol=0, atol=noise, name="the share of dropped elements")
        assert_matches(mean, 1.0, rtol=0, atol=noise / (1 - rate), name="the mean of the mask")


def test_every_element_and_every_call_is_drawn_anew(student, rng):
    """Rows, columns and calls lose different elements; equal generators lose the same."""
    rate, seed = 0.3, _seed(rng)
    x = rng.uniform(0.5, 1.5, size=(160, 140))
    mask = _mask_of(student, x, rate, seed)
    again, other = _mask_of(student, x, rate, seed), _mask_of(student, x, rate, seed + 1)
    assert_matches(again, mask, name="the mask of a second call with an equal generator")
    for name, neighbour in (
        ("neighbouring rows", np.roll(mask, 1, axis=0)),
        ("neighbouring columns", np.roll(mask, 1, axis=1)),
        ("calls with two generators", other),
    ):
        differing = float(np.mean((mask == 0) != (neighbour == 0)))
        expected = 2 * rate * (1 - rate)
        assert_matches(differing, expected, rtol=0, atol=0.05, name=f"the share in which {name} differ")


def test_training_uses_the_numbers_of_the_generator(student, reference, rng):
    """In training the mask comes from rng.random(x.shape), and y is x with that mask."""
    for shape, rate in (((5, 4), 0.3), ((2, 3, 6), 0.7)):
        x, seed = _away_from_zero(rng, shape), _seed(rng)
        expected_y, expected_mask = reference.dropout_layer(x, rate, True, np.random.default_rng(seed))
        y, mask = unpack(student.dropout_layer(x, rate, True, np.random.default_rng(seed)), "y", "mask")
        assert_matches(mask, expected_mask, name="the mask")
        assert_matches(y, expected_y, name="the output y")


@points(2)
def test_the_backward_pass_follows_keras(student, reference, truth, rng):
    """The gradient passes where the forward pass kept an element, scaled as in Keras."""
    for shape, rate in (((6, 5), 0.2), ((3, 2, 4), 0.7)):
        x, dy = rng.normal(size=shape), _away_from_zero(rng, shape)
        uniforms, expected = truth(layer_gradient, x, dy, rate, _seed(rng))
        mask = reference.dropout_mask(uniforms, rate)
        assert_matches(student.dropout_backward(dy, mask), expected, name="the gradient dx", along="row")


@points(2)
def test_a_network_in_training_follows_keras(student, truth, rng):
    """In training a relu network with dropout after each hidden layer gives what Keras gives."""
    x, weights = _network(rng, 5, (3, 9, 7, 2))
    uniforms, expected = truth(network, x, weights, 0.35, [_seed(rng), _seed(rng)], training=True)
    actual = student.dropout_network(x, weights, 0.35, uniforms, True)
    assert_matches(actual, expected, name="the output", along="row")


def test_a_network_at_inference_follows_keras(student, truth, rng):
    """At inference the same network uses all its units, as in Keras."""
    x, weights = _network(rng, 4, (3, 8, 6, 2))
    uniforms, expected = truth(network, x, weights, 0.35, [_seed(rng), _seed(rng)], training=False)
    actual = student.dropout_network(x, weights, 0.35, uniforms, False)
    assert_matches(actual, expected, name="the output", along="row")


def test_networks_may_have_any_depth(student, reference, rng):
    """A network with one hidden layer, with three, and with none."""
    for widths in ((4, 10, 3), (3, 8, 7, 6, 2), (4, 3)):
        x, weights = _network(rng, 5, widths)
        uniforms = [rng.random((5, width)) for width in widths[1:-1]]
        expected = reference.dropout_network(x, weights, 0.4, uniforms, True)
        actual = student.dropout_network(x, weights, 0.4, uniforms, True)
        assert_matches(actual, expected, name="the output", along="row")


@points(2)
def test_training_with_dropout_follows_keras(student, truth, rng):
    """Training with dropout on the inputs ends where Keras' fit ends."""
    x, y, w, b = _regression(rng)
    uniforms, expected_w, expected_b, _ = truth(
        fit, x, y, w, b, learning_rate=0.07, rate=0.2, epochs=6, seed=_seed(rng)
    )
    w, b, _ = unpack(student.fit_with_dropout(x, y, w, b, 0.07, 0.2, uniforms), "w", "b", "losses")
    assert_matches(w, expected_w, name="the trained w")
    assert_matches(b, expected_b, name="the trained b")


def test_training_losses_are_the_history_of_keras(student, truth, rng):
    """The losses are what Keras' fit puts into history["loss"] while dropout is on."""
    x, y, w, b = _regression(rng)
    settings = {"learning_rate": 0.05, "rate": 0.35, "epochs": 5, "seed": _seed(rng)}
    uniforms, _, _, expected = truth(fit, x, y, w, b, **settings)
    _, _, losses = unpack(student.fit_with_dropout(x, y, w, b, 0.05, 0.35, uniforms), "w", "b", "losses")
    assert_matches(losses, expected, name="the history of losses", along="epoch")


def test_arguments_are_left_as_they_were(student, reference, rng):
    """No function changes an array that it was given."""
    x, y, w, b = _regression(rng)
    mask = reference.dropout_mask(rng.random(x.shape), 0.3)
    assert_matches(student.dropout(x, mask), reference.dropout(x, mask), name="the output y")
    student.dropout_mask(rng.random((4, 3)), 0.3)
    student.dropout_layer(x, 0.3, True, _generator(rng))
    student.dropout_backward(x, mask)
    inputs, weights = _network(rng, 4, (3, 6, 2))
    student.dropout_network(inputs, weights, 0.3, [rng.random((4, 6))], True)
    student.fit_with_dropout(x, y, w, b, 0.05, 0.3, rng.random((2, *x.shape)))
    assert_unchanged(student)


def _seed(rng):
    return int(rng.integers(1, 100_000))


def _generator(rng):
    return np.random.default_rng(_seed(rng))


def _away_from_zero(rng, shape):
    """Numbers of both signs whose size is of order 1."""
    return rng.uniform(0.4, 2.0, size=shape) * rng.choice([-1.0, 1.0], size=shape)


def _network(rng, samples, widths):
    """Inputs and weight matrices of a network with these widths; its first output is never positive."""
    weights = [rng.normal(size=shape) for shape in itertools.pairwise(widths)]
    weights[-1][:, 0] = -abs(weights[-1][:, 0])
    return rng.normal(size=(samples, widths[0])), weights


def _regression(rng):
    """Inputs, noisy targets and a start that is away from the solution."""
    x = rng.normal(size=(9, 4))
    y = 1.4 * x[:, 0] - 0.8 * x[:, 2] + 1.3 + 0.4 * rng.normal(size=9)
    return x, y, rng.normal(size=4), -0.5


def _mask_of(student, x, rate, seed):
    """The mask of a training call, once it is known to be one: 0 or 1/(1 - rate) everywhere."""
    y, mask = unpack(student.dropout_layer(x, rate, True, np.random.default_rng(seed)), "y", "mask")
    kept = 1 / (1 - rate)
    assert_matches(mask, np.full(x.shape, kept / 2), rtol=0, atol=kept * 0.5001, name="the mask")
    assert_matches(mask, np.where(mask > kept / 2, kept, 0.0), name="the mask")
    assert_matches(y, x * mask, name="the output y")
    return mask
