"""The losses that the optimisers walk down: of two weights, so that they can be drawn."""

import numpy as np

from grader.figures import curve, heights

VALLEY_START = np.array([-1.8, 1.0])
SADDLE_START = np.array([-1.5, 0.01])


def valley(w1, w2):
    """Ten times as steep across as along; the minimum is at (0, 0)."""
    return 0.1 * w1**2 + w2**2


def valley_gradient(w):
    """Of the loss 0.1 w1² + w2²."""
    return np.array([0.2, 2.0]) * w


def saddle(w1, w2):
    """A pass at (0, 0): uphill to both sides along w1, downhill along w2, to minima at w2 = ±1."""
    return w1**2 + 0.5 * w2**4 - w2**2


def saddle_gradient(w):
    """Of the loss w1² + w2⁴ / 2 - w2²."""
    return np.array([2.0 * w[0], 2.0 * w[1] ** 3 - 2.0 * w[1]])


VALLEY = heights(valley, (-2.0, 0.6), (-1.2, 1.2), (0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1.0, 1.4))
SADDLE = heights(saddle, (-1.7, 0.7), (-1.5, 1.5), (-0.45, -0.3, -0.15, -0.02, 0.1, 0.3, 0.7, 1.3, 2.0))
VALLEY_MINIMUM = curve("minimum", [0.0], [0.0], given=True)
SADDLE_MINIMA = curve("minimum", [1.0], [0.0], given=True)
