"""Batch normalisation: the suite that gives the grade."""

import numpy as np
from keras_batch_normalization import fit, gradients, layer, predict

from grader.suite import assert_matches, assert_unchanged, points, unpack

SMALL = 1e-8
"""An epsilon that cannot be seen, wherever it is added."""


@points(1)
def test_statistics_of_every_feature(student, reference, rng):
    """Every feature of a batch has a mean and a variance of its own."""
    x = _batch(rng, 7, 4)
    expected_mean, expected_variance = reference.batch_statistics(x)
    mean, variance = unpack(student.batch_statistics(x), "mean", "variance")
    assert_matches(mean, expected_mean, name="the mean")
    assert_matches(variance, expected_variance, name="the variance")


@points(1)
def test_statistics_of_images(student, reference, rng):
    """In images every channel has one mean and one variance, over rows, height and width."""
    x = _batch(rng, 3, 5, 4, 2)
    expected_mean, expected_variance = reference.batch_statistics(x)
    mean, variance = unpack(student.batch_statistics(x), "mean", "variance")
    assert_matches(mean, expected_mean, name="the mean")
    assert_matches(variance, expected_variance, name="the variance")


@points(1)
def test_variance_far_from_zero(student, reference, rng):
    """The variance of values around ten million is as exact as that of values around zero."""
    x = rng.normal(size=(6, 3)) + np.array([1e7, -2e7, 0.5])
    _, expected = reference.batch_statistics(x)
    _, variance = unpack(student.batch_statistics(x), "mean", "variance")
    assert_matches(variance, expected, name="the variance")


@points(1)
def test_normalising_with_given_statistics(student, reference, rng):
    """With a given mean and variance, gamma scales what is normalised and beta shifts it."""
    x, gamma, beta = _batch(rng, 5, 3), *_parameters(rng, 3)
    statistics = rng.normal(size=3), rng.uniform(0.5, 4.0, size=3)
    expected = reference.normalize(x, *statistics, gamma, beta, epsilon=SMALL)
    actual = student.normalize(x, *statistics, gamma, beta, epsilon=SMALL)
    assert_matches(actual, expected, name="the output y", along="row")


@points(1)
def test_moving_average_remembers(student, reference, rng):
    """Over six batches the moving average keeps what it should of the past."""
    batches = rng.uniform(1.5, 4.0, size=(6, 4))

    def follow(module):
        moving, path = np.ones(4), []
        for batch in batches:
            moving = module.update_moving(moving, batch, momentum=0.8)
            path.append(moving)
        return path

    assert_matches(follow(student), follow(reference), name="the moving average", along="batch")


@points(1)
def test_training_output_follows_keras(student, truth, rng):
    """In training the output is that of Keras: normalised with mean and variance of the batch, scaled and shifted."""
    for rows, features in ((7, 3), (4, 5)):
        x, state = _batch(rng, rows, features), _state(rng, features)
        settings = {"training": True, "momentum": 0.8, "epsilon": SMALL}
        [(expected, _, _)] = truth(layer, [x], *state, **settings)
        y, _, _ = _unpacked(student.batch_norm(x, *state, **settings))
        assert_matches(y, expected, name="the output y", along="row")


@points(1)
def test_moving_mean_follows_keras(student, truth, rng):
    """Over six batches the moving mean follows Keras."""
    _assert_moving_like_keras(student, truth, rng, "moving mean")


@points(1)
def test_moving_variance_follows_keras(student, truth, rng):
    """Over six batches the moving variance follows Keras, which divides by the number of values: see the handout."""
    _assert_moving_like_keras(student, truth, rng, "moving variance")


@points(1)
def test_epsilon_stands_where_keras_has_it(student, truth, rng):
    """A large epsilon is added where Keras adds it, as the handout says."""
    x, state, dy = _batch(rng, 6, 4), _state(rng, 4), rng.normal(size=(6, 4))
    for training in (True, False):
        settings = {"training": training, "momentum": 0.8, "epsilon": 0.4}
        [(expected, _, _)] = truth(layer, [x], *state, **settings)
        y, _, _ = _unpacked(student.batch_norm(x, *state, **settings))
        assert_matches(y, expected, name="the output y", along="row")
    expected, _, _ = truth(gradients, dy, x, *state[:2], epsilon=0.4)
    dx, _, _ = unpack(student.batch_norm_backward(dy, x, state[0], epsilon=0.4), "dx", "dgamma", "dbeta")
    assert_matches(dx, expected, name="the gradient dx", along="row")


@points(1)
def test_inference_follows_keras(student, truth, rng):
    """At inference the output is that of Keras, for many rows and for one, and the moving averages stay as they are."""
    for rows in (6, 1):
        x, state = _batch(rng, rows, 3), _state(rng, 3)
        settings = {"training": False, "momentum": 0.8, "epsilon": SMALL}
        [(expected, _, _)] = truth(layer, [x], *state, **settings)
        y, mean, variance = _unpacked(student.batch_norm(x, *state, **settings))
        assert_matches(y, expected, name="the output y", along="row")
        assert_matches(mean, state[2], name="the moving mean")
        assert_matches(variance, state[3], name="the moving variance")


@points(1)
def test_a_feature_that_does_not_vary_becomes_beta(student, truth, rng):
    """In training a feature that is the same in all rows becomes beta, and so does everything in a batch of one row."""
    for x in (_batch(rng, 5, 4) * [1.0, 0.0, 1.0, 0.0] + [0.0, 1.5, 0.0, -0.25], _batch(rng, 1, 4)):
        state = _state(rng, 4)
        settings = {"training": True, "momentum": 0.8, "epsilon": SMALL}
        [(expected, _, _)] = truth(layer, [x], *state, **settings)
        y, _, _ = _unpacked(student.batch_norm(x, *state, **settings))
        assert_matches(y, expected, name="the output y", along="row")


@points(1)
def test_images_follow_keras(student, truth, rng):
    """A batch of images is normalised channel by channel, as in Keras."""
    x, state = _batch(rng, 3, 4, 5, 2), _state(rng, 2)
    settings = {"training": True, "momentum": 0.8, "epsilon": SMALL}
    [(expected, expected_mean, _)] = truth(layer, [x], *state, **settings)
    y, mean, _ = _unpacked(student.batch_norm(x, *state, **settings))
    assert_matches(y, expected, name="the output y")
    assert_matches(mean, expected_mean, name="the moving mean")


@points(1)
def test_gradients_of_gamma_and_beta_follow_keras(student, truth, rng):
    """The gradients of gamma and beta are those of Keras, for tables and for images."""
    for shape in ((7, 4), (3, 2, 4, 5)):
        x, dy, (gamma, beta) = _batch(rng, *shape), rng.normal(size=shape), _parameters(rng, shape[-1])
        _, expected_gamma, expected_beta = truth(gradients, dy, x, gamma, beta, epsilon=SMALL)
        answer = student.batch_norm_backward(dy, x, gamma, epsilon=SMALL)
        _, dgamma, dbeta = unpack(answer, "dx", "dgamma", "dbeta")
        assert_matches(dbeta, expected_beta, name="the gradient dbeta")
        assert_matches(dgamma, expected_gamma, name="the gradient dgamma")


@points(2)
def test_gradient_of_x_follows_keras(student, truth, rng):
    """The gradient of x is that of Keras, for tables and for images."""
    for shape in ((7, 4), (5, 3), (3, 2, 4, 5)):
        x, dy, (gamma, beta) = _batch(rng, *shape), rng.normal(size=shape), _parameters(rng, shape[-1])
        expected, _, _ = truth(gradients, dy, x, gamma, beta, epsilon=SMALL)
        answer = student.batch_norm_backward(dy, x, gamma, epsilon=SMALL)
        dx, _, _ = unpack(answer, "dx", "dgamma", "dbeta")
        assert_matches(dx, expected, name="the gradient dx")


@points(1)
def test_step_follows_keras(student, truth, rng):
    """One step with all rows moves everything that is trained, and the moving mean, as Keras does."""
    x, y, weights = _regression(rng, 9, 3, 5)
    settings = {"learning_rate": 0.15, "momentum": 0.8, "epsilon": SMALL}
    expected, expected_losses = truth(fit, x, y, weights, epochs=1, batch_size=9, **settings)
    actual, loss = unpack(student.train_step(x, y, weights, **settings), "weights", "loss")
    assert_matches(loss, float(expected_losses[0]), name="the loss")
    assert_matches(actual, _without_variance(expected), name="weights")


@points(1)
def test_training_follows_keras(student, truth, rng):
    """Five epochs in batches, the last of them smaller, end where Keras' fit ends."""
    x, y, weights = _regression(rng, 11, 3, 4)
    settings = {"learning_rate": 0.05, "epochs": 5, "batch_size": 4, "momentum": 0.8, "epsilon": SMALL}
    expected, _ = truth(fit, x, y, weights, **settings)
    actual, _ = unpack(student.fit(x, y, weights, **settings), "weights", "losses")
    assert_matches(actual, _without_variance(expected), name="weights")


@points(1)
def test_losses_are_the_history_of_keras(student, truth, rng):
    """The losses are what Keras' fit puts into history["loss"]."""
    for rows, batch_size in ((10, 10), (11, 4)):
        x, y, weights = _regression(rng, rows, 3, 4)
        settings = {"learning_rate": 0.05, "epochs": 5, "batch_size": batch_size, "momentum": 0.8, "epsilon": SMALL}
        _, expected = truth(fit, x, y, weights, **settings)
        _, losses = unpack(student.fit(x, y, weights, **settings), "weights", "losses")
        assert_matches(losses, expected, name="the history of losses", along="epoch")


@points(1)
def test_predictions_follow_keras(student, truth, rng):
    """The predictions for many rows, and for one, are those of Keras' predict."""
    for rows in (6, 1):
        x, _, weights = _regression(rng, rows, 3, 5)
        expected = truth(predict, x, weights, epsilon=SMALL)
        assert_matches(student.predict(x, weights, epsilon=SMALL), expected, name="the prediction", along="row")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """No function changes an array or a dict that it is given."""
    x, state = _batch(rng, 5, 3), _state(rng, 3)
    expected = reference.normalize(x, state[2], state[3], *state[:2], epsilon=SMALL)
    assert_matches(student.normalize(x, state[2], state[3], *state[:2], epsilon=SMALL), expected, name="the output y")
    student.batch_statistics(x)
    student.update_moving(state[2], x[0], momentum=0.8)
    for training in (True, False):
        student.batch_norm(x, *state, training=training, momentum=0.8, epsilon=SMALL)
    student.batch_norm_backward(rng.normal(size=(5, 3)), x, state[0], epsilon=SMALL)
    assert_unchanged(student)
    rows, y, weights = _regression(rng, 7, 3, 4)
    student.train_step(rows, y, weights, learning_rate=0.1, momentum=0.8, epsilon=SMALL)
    student.fit(rows, y, weights, learning_rate=0.1, epochs=2, batch_size=3, momentum=0.8, epsilon=SMALL)
    student.predict(rows, weights, epsilon=SMALL)
    assert_unchanged(student)


def _batch(rng, *shape):
    """Features with offsets and scales of their own."""
    features = shape[-1]
    return rng.normal(size=shape) * rng.uniform(0.5, 2.0, size=features) + rng.uniform(-3.0, 3.0, size=features)


def _parameters(rng, features):
    """Gamma and beta: of both signs, and not near 1 or 0."""
    signs = rng.choice([-1.0, 1.0], size=(2, features))
    return signs[0] * rng.uniform(1.3, 2.5, size=features), signs[1] * rng.uniform(0.3, 1.5, size=features)


def _state(rng, features):
    """Gamma, beta, moving mean and moving variance."""
    return *_parameters(rng, features), rng.normal(size=features), rng.uniform(0.3, 3.0, size=features)


def _regression(rng, rows, features, hidden):
    """Inputs, noisy targets, and a network whose layer of batch normalisation has seen some batches."""
    x = rng.normal(size=(rows, features))
    y = 1.4 * x[:, 0] - 0.8 * x[:, 1] + 1.2 + 0.5 * rng.normal(size=rows)
    gamma, beta, mean, variance = _state(rng, hidden)
    weights = {
        "kernel": rng.normal(size=(features, hidden)),
        "gamma": abs(gamma),
        "beta": beta,
        "moving_mean": mean,
        "moving_variance": variance,
        "output_kernel": rng.normal(size=hidden),
        "output_bias": -0.7,
    }
    return x, y, weights


def _unpacked(answer):
    return unpack(answer, "y", "moving_mean", "moving_variance")


def _assert_moving_like_keras(student, truth, rng, name):
    """Six batches of different sizes, one after the other; a large epsilon has no business in the averages."""
    batches, state = [_batch(rng, rows, 3) for rows in (4, 7, 3, 5, 4, 6)], _state(rng, 3)
    settings = {"training": True, "momentum": 0.8, "epsilon": 0.3}
    answers = truth(layer, batches, *state, **settings)
    position = 1 if name == "moving mean" else 2
    moving, path = state[2:], []
    for x in batches:
        _, *moving = _unpacked(student.batch_norm(x, *state[:2], *moving, **settings))
        path.append(moving[position - 1])
    assert_matches(path, [answer[position] for answer in answers], name=f"the {name}", along="batch")


def _without_variance(weights):
    """Without the moving variance, which has a test of its own."""
    return {name: value for name, value in weights.items() if name != "moving_variance"}
