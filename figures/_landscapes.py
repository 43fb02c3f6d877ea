"""The losses that the optimisers walk down: two weights, so that they can be drawn."""

import numpy as np

from grader.figures import heights

VALLEY_START = np.array([-1.8, 1.0])
SADDLE_START = np.array([-1.5, 0.02])


def valley(w1, w2):
    """A long valley: ten times as steep across as along. Its minimum is at (0, 0)."""
    return 0.1 * w1**2 + w2**2


def valley_gradient(w):
    """Of the loss 0.1 w1² + w2²."""
    return np.array([0.2, 2.0]) * w


VALLEY = heights(valley, (-2.0, 0.6), (-1.2, 1.2), (0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1.0, 1.4))
