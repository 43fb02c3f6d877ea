"""Batch normalisation: values before and after, the moving averages, and a training."""

import numpy as np

from grader.figures import counts, curve, histogram, lines, numbers

ROWS = 1000
EDGES = np.linspace(-4.0, 9.0, 53)
BATCHES = 60


def figure_histograms(student):
    """Two features, before batch normalisation and after it.

    Before, each has a mean and a spread of its own. After it both have mean 0 and variance 1, and the form of their
    distributions is the same as before.
    """
    x = _values(np.random.default_rng(1), ROWS)
    ones, zeros = np.ones(2), np.zeros(2)
    y = numbers(student.batch_norm(x, ones, zeros, zeros, ones, True)[0], x.shape, "the y of batch_norm()")
    before = [counts(f"feature {k + 1}", x[:, k], EDGES, given=True) for k in range(2)]
    after = [counts(f"feature {k + 1}", y[:, k], EDGES) for k in range(2)]
    return histogram("x", "how many", *before, title="before"), histogram("y", "how many", *after, title="after")


def figure_moving(student):
    """The moving averages of one feature, with a momentum of 0.9.

    They begin at 0 and 1 and take a tenth of each new batch. They are what is used when there is no batch to ask.
    """
    rng = np.random.default_rng(2)
    mean, variance = np.zeros(2), np.ones(2)
    means, variances = [0.0], [1.0]
    for _ in range(BATCHES):
        batch = _values(rng, 16)
        mean = numbers(student.update_moving(mean, batch.mean(axis=0), momentum=0.9), (2,), "update_moving()")
        variance = numbers(student.update_moving(variance, batch.var(axis=0), momentum=0.9), (2,), "update_moving()")
        means.append(mean[0])
        variances.append(variance[0])
    true = [
        curve(name, [level, level], [0, BATCHES], given=True)
        for name, level in (("true mean", 5.0), ("true variance", 2.25))
    ]
    return lines("batch", "average", *true, curve("moving mean", means), curve("moving variance", variances))


def figure_training(student):
    """The loss of the handout's network in training.

    Its inputs are of very different sizes, which does not matter behind batch normalisation.
    """
    rng = np.random.default_rng(3)
    x = rng.normal(size=(32, 3)) * np.array([1.0, 10.0, 0.1])
    y = np.tanh(x[:, 0]) + 0.05 * x[:, 1]
    weights = {
        "kernel": rng.normal(size=(3, 6)),
        "gamma": np.ones(6),
        "beta": np.zeros(6),
        "moving_mean": np.zeros(6),
        "moving_variance": np.ones(6),
        "output_kernel": rng.normal(size=6) / 3,
        "output_bias": 0.0,
    }
    _, losses = student.fit(x, y, weights, 0.05, 40, 8, momentum=0.9)
    return lines("epoch", "loss", curve("loss", numbers(losses, (40,), "the losses of fit()")), log_y=True)


def _values(rng, rows):
    """Two features: one far from zero, one narrow and leaning to one side."""
    return np.stack([rng.normal(5.0, 1.5, size=rows), rng.gamma(2.0, 0.3, size=rows) - 1.5], axis=1)
