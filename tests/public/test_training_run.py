"""A training run: the handout's own numbers, with its practice parts."""

import numpy as np

from grader.suite import assert_matches, assert_unchanged, unpack

X = np.array([[1.0, 2.0], [2.0, -1.0], [0.0, 1.0]])
Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
UNIFORMS = np.array([[0.7, 0.2, 0.9], [0.6, 0.8, 0.1], [0.3, 0.5, 0.4]])


def test_forward_in_training(student):
    """In training, two rows go through the network as in the handout."""
    values = student.forward(X[:2], _state(), _parts(), True, UNIFORMS[:2])
    assert_matches(values, _values(), name="the dict of forward()")


def test_forward_at_validation(student):
    """At validation the same rows meet no dropout, and the moving averages stay."""
    values = student.forward(X[:2], _state(), _parts(), False)
    expected = {
        "prediction": np.array([[1.25, -0.25], [0.0, 0.25]]),
        "moving_mean": np.array([1.0, 0.0, 2.0]),
        "moving_variance": np.array([4.0, 1.0, 2.0]),
    }
    assert_matches(values, expected, name="the dict of forward()")


def test_total_loss(student):
    """The data loss and two penalties are 2.15625."""
    loss = student.total_loss(_values()["prediction"], Y[:2], _state(), _parts())
    assert_matches(loss, 2.15625, name="the total loss")


def test_gradients(student):
    """The gradients of the handout, penalties included."""
    expected = {
        "kernel": np.array([[1.875, 0.0, 0.5], [-0.875, 0.25, 1.75]]),
        "gamma": np.array([0.5, 0.0, 0.75]),
        "beta": np.array([0.75, 0.0, 0.75]),
        "output_kernel": np.array([[2.125, 0.875], [0.125, 0.0], [1.0, 1.75]]),
        "output_bias": np.array([0.5, -0.25]),
    }
    actual = student.gradients(X[:2], Y[:2], _state(), _values(), _parts())
    assert_matches(actual, expected, name="the dict of gradients")


def test_a_step(student):
    """One step with two rows moves everything that is trained, the averages and the count."""
    parts = _parts()
    answer = student.train_step(X[:2], Y[:2], _state(), parts, parts["new_optimizer"](), UNIFORMS[:2])
    state, loss = unpack(answer, "state", "loss")
    expected = {
        "kernel": np.array([[0.8125, 0.0, -1.05], [1.0875, 0.975, 0.825]]),
        "gamma": np.array([0.95, 2.0, 0.925]),
        "beta": np.array([-0.075, -1.0, 0.925]),
        "output_kernel": np.array([[0.2875, -0.5875], [0.4875, 0.0], [-0.1, 0.825]]),
        "output_bias": np.array([-0.05, 0.525]),
        "moving_mean": np.array([0.5, 0.0, 1.0]),
        "moving_variance": np.array([2.0, 0.5, 1.0]),
        "iterations": 1,
    }
    assert_matches(state, expected, name="the new state")
    assert_matches(loss, 2.15625, name="the loss before the step")
    assert_unchanged(student)


def test_an_epoch(student):
    """An epoch of three rows in batches of two makes two updates, and its loss is 1.812897."""
    parts = _parts()
    answer = student.train_epoch(X, Y, _state(), parts, parts["new_optimizer"](), UNIFORMS, 2)
    state, loss = unpack(answer, "state", "loss")
    expected = {
        "beta": np.array([-0.09375, -0.972609, 0.90625]),
        "moving_mean": np.array([0.25, 0.0, 0.5]),
        "iterations": 2,
    }
    assert_matches(state, expected, name="the state after the epoch")
    assert_matches(loss, 1.812897, name="the loss of the epoch")


def test_a_run(student):
    """The run of the handout is stopped after its third epoch, and goes back to the second."""
    uniforms = np.stack([UNIFORMS, UNIFORMS[::-1], UNIFORMS[::-1, ::-1], UNIFORMS])
    validation = np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]])
    answer = student.fit(X, Y, validation, _state(), _parts(), uniforms, 4, 2)
    state, history = unpack(answer, "state", "history")
    expected = {"loss": [1.812897, 1.781084, 1.124034], "val_loss": [2.111827, 2.056752, 2.269493]}
    assert_matches(history, expected, name="the history")
    expected = {
        "beta": np.array([-0.080543, -0.978993, 0.864134]),
        "moving_mean": np.array([0.0625, 0.0, 0.125]),
        "iterations": 6,
    }
    assert_matches(state, expected, name="the state at the end")


def _state():
    return {
        "kernel": np.array([[1.0, 0.0, -1.0], [1.0, 1.0, 1.0]]),
        "gamma": np.array([1.0, 2.0, 1.0]),
        "beta": np.array([0.0, -1.0, 1.0]),
        "output_kernel": np.array([[0.5, -0.5], [0.5, 0.0], [0.0, 1.0]]),
        "output_bias": np.array([0.0, 0.5]),
        "moving_mean": np.array([1.0, 0.0, 2.0]),
        "moving_variance": np.array([4.0, 1.0, 2.0]),
        "iterations": 0,
    }


def _values():
    """What forward returns for the first two rows in training."""
    return {
        "z": np.array([[3.0, 2.0, 1.0], [1.0, -1.0, -3.0]]),
        "h": np.array([[3.0, 3.0, 2.0], [1.0, 0.0, 0.0]]),
        "mask": np.array([[2.0, 0.0, 2.0], [2.0, 2.0, 0.0]]),
        "dropped": np.array([[6.0, 0.0, 4.0], [2.0, 0.0, 0.0]]),
        "prediction": np.array([[1.5, 0.75], [0.5, -0.25]]),
        "moving_mean": np.array([0.5, 0.0, 1.0]),
        "moving_variance": np.array([2.0, 0.5, 1.0]),
    }


def _parts():
    """The practice parts: they go the same ways as real ones, but can be followed by hand."""

    def batch_norm(z, gamma, beta, moving_mean, moving_variance, training):
        if training:
            return gamma * z + beta, moving_mean / 2, moving_variance / 2
        return gamma * (z - moving_mean) + beta, moving_mean, moving_variance

    def new_optimizer():
        last = []

        def update(weights, gradients, learning_rate):
            steps = [new + old / 2 for new, old in zip(gradients, last, strict=True)] if last else gradients
            last[:] = gradients
            return [w - learning_rate * step for w, step in zip(weights, steps, strict=True)]

        return update

    def new_early_stopping():
        best = []

        def stop(value, weights):
            if best and value >= best[0]:
                return True
            best[:] = [value, weights]
            return False

        def finish(weights):
            return best[1]

        return stop, finish

    parts = {
        "batch_norm": batch_norm,
        "batch_norm_backward": lambda dy, z, gamma: (gamma * dy, np.sum(dy * z, axis=0), np.sum(dy, axis=0)),
        "relu": lambda y: np.maximum(y, 0),
        "relu_backward": lambda dh, h: dh * (h > 0),
        "dropout_mask": lambda uniforms: np.where(uniforms >= 0.5, 2.0, 0.0),
        "softmax": lambda scores: scores / 2,
        "loss": lambda prediction, y: np.sum((prediction - y) ** 2) / len(y),
        "loss_backward": lambda prediction, y: (prediction - y) / len(y),
        "dense_backward": lambda dz, x, kernel: (x.T @ dz, np.sum(dz, axis=0), dz @ kernel.T),
        "penalty": lambda kernel: np.sum(kernel**2) / 8,
        "penalty_gradient": lambda kernel: kernel / 4,
        "schedule": lambda step: 0.1 / (1 + step),
        "new_optimizer": new_optimizer,
        "new_early_stopping": new_early_stopping,
    }
    for name, part in parts.items():
        part.__name__ = name  # for the message where it does not accept its arguments
    return parts
