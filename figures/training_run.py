"""A training run: its losses, with practice parts that show whether the glue holds."""

import numpy as np

from grader.figures import curve, lines, numbers

EPOCHS, ROWS, UNITS = 12, 40, 8


def figure_run(student):
    """The losses of a run.

    Both fall. The training loss is measured with dropout on and before each step, so it lies higher and is less even
    than val_loss.
    """
    history = _history(student, penalty=0.05, patience=6)
    loss, validation = (numbers(history[name], (None,), f"history[{name!r}]") for name in ("loss", "val_loss"))
    return lines("epoch", "loss", curve("loss", loss), curve("val_loss", validation))


def figure_penalty(student):
    """The validation loss, with a weak penalty and with a strong one.

    Both contain the penalty itself, so the strong one begins higher.
    """
    curves = []
    for name, penalty in (("weak penalty", 0.005), ("strong penalty", 0.2)):
        values = _history(student, penalty=penalty, patience=EPOCHS)["val_loss"]
        curves.append(curve(name, numbers(values, (EPOCHS,), "history['val_loss']")))
    return lines("epoch", "val_loss", *curves)


def _history(student, penalty, patience):
    rng = np.random.default_rng(21)
    x, x_new = rng.normal(size=(ROWS, 4)), rng.normal(size=(30, 4))
    y, y_new = (_targets(rows, rng) for rows in (x, x_new))
    state = {
        "kernel": 0.5 * rng.normal(size=(4, UNITS)),
        "gamma": np.ones(UNITS),
        "beta": np.zeros(UNITS),
        "output_kernel": 0.5 * rng.normal(size=(UNITS, 2)),
        "output_bias": np.zeros(2),
        "moving_mean": np.ones(UNITS),
        "moving_variance": np.ones(UNITS),
        "iterations": 0,
    }
    uniforms = rng.random((EPOCHS, ROWS, UNITS))
    answer = student.fit(x, y, (x_new, y_new), state, _parts(penalty, patience), uniforms, EPOCHS, 25)
    return answer[1]


def _targets(x, rng):
    second = (x[:, 0] + 0.5 * x[:, 1] + 0.5 * rng.normal(size=len(x)) > 0).astype(float)
    return np.stack([1.0 - second, second], axis=1)


def _parts(penalty, patience):
    """The practice parts of the handout, with a longer patience: a network that is linear but for its relu."""

    def batch_norm(z, gamma, beta, moving_mean, moving_variance, training):
        if training:
            return gamma * z + beta, moving_mean / 2, moving_variance / 2
        return gamma * (z - moving_mean) + beta, moving_mean, moving_variance

    def new_optimizer():
        def update(weights, gradients, learning_rate):
            return [w - learning_rate * gradient for w, gradient in zip(weights, gradients, strict=True)]

        return update

    def new_early_stopping():
        seen = []

        def stop(value, weights):
            seen.append((value, weights))
            best = min(range(len(seen)), key=lambda epoch: seen[epoch][0])
            return len(seen) - 1 - best >= patience

        def finish(weights):  # noqa: ARG001  the best ones have been kept
            return min(seen, key=lambda pair: pair[0])[1]

        return stop, finish

    return {
        "batch_norm": batch_norm,
        "batch_norm_backward": lambda dy, z, gamma: (gamma * dy, np.sum(dy * z, axis=0), np.sum(dy, axis=0)),
        "relu": lambda y: np.maximum(y, 0),
        "relu_backward": lambda dh, h: dh * (h > 0),
        "dropout_mask": lambda uniforms: np.where(uniforms >= 0.2, 1.25, 0.0),
        "softmax": lambda scores: scores / 2,
        "loss": lambda prediction, y: np.sum((prediction - y) ** 2) / len(y),
        "loss_backward": lambda prediction, y: (prediction - y) / len(y),
        "dense_backward": lambda dz, x, kernel: (x.T @ dz, np.sum(dz, axis=0), dz @ kernel.T),
        "penalty": lambda kernel: penalty * np.sum(kernel**2) / 8,
        "penalty_gradient": lambda kernel: penalty * kernel / 4,
        "schedule": lambda step: 0.25 / (1 + 0.01 * step),
        "new_optimizer": new_optimizer,
        "new_early_stopping": new_early_stopping,
    }
