"""Dropout: the numbers of a mask, what they do to the values, and a training."""

import numpy as np

from grader.figures import counts, curve, histogram, lines, numbers

SIZE = 2000
RATE = 0.3
EPOCHS = 60


def figure_mask(student):
    """The numbers of a mask with rate 0.3.

    Three in ten are 0, and the others are all 1 / 0.7 = 1.43: so the mean of the mask stays about 1.
    """
    mask = numbers(student.dropout_mask(_uniforms(), RATE), (SIZE,), "dropout_mask()")
    return histogram("value", "how many", counts("mask", mask, np.linspace(-0.05, 1.95, 21)))


def figure_values(student):
    """Values before dropout and after it, while training.

    The pile at 0 are those that are dropped. The others are spread out by 1 / 0.7.
    """
    x = np.random.default_rng(7).normal(1.0, 0.4, size=SIZE)
    mask = numbers(student.dropout_mask(_uniforms(), RATE), (SIZE,), "dropout_mask()")
    after = numbers(student.dropout(x, mask), (SIZE,), "dropout()")
    edges = np.linspace(-0.7, 3.7, 45)
    return histogram("value", "how many", counts("before", x, edges, given=True), counts("after", after, edges))


def figure_loss(student):
    """The training loss, with rates of 0, 0.2 and 0.5.

    Dropout makes the training loss larger and uneven: in every epoch other inputs are missing.
    """
    rng = np.random.default_rng(8)
    x = rng.normal(size=(30, 5))
    y = x @ np.array([1.0, -0.5, 0.8, 0.0, 0.3]) + 0.2 * rng.normal(size=30)
    uniforms = rng.random((EPOCHS, 30, 5))
    curves = []
    for rate in (0.0, 0.2, 0.5):
        _, _, losses = student.fit_with_dropout(x, y, np.zeros(5), 0.0, 0.05, rate, uniforms)
        curves.append(curve(f"rate {rate:g}", numbers(losses, (EPOCHS,), "the losses of fit_with_dropout()")))
    return lines("epoch", "loss", *curves, log_y=True)


def _uniforms():
    return np.random.default_rng(6).random(SIZE)
