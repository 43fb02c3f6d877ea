"""Gradient descent: learning rates in a valley, and the three sizes of a batch."""

import numpy as np
from _landscapes import VALLEY, VALLEY_MINIMUM, VALLEY_START, valley_gradient

from grader.figures import curve, lines, numbers, paths, way

STEPS = 40
RATES = (0.05, 0.3, 0.95)

X = np.array([[1.0, 0.5], [-0.4, 1.2], [0.8, -1.0], [-1.1, -0.3], [0.3, 0.9], [1.4, -0.2], [-0.7, 0.6], [0.2, -1.3]])
Y = np.array([0.9, -1.5, 2.4, -1.6, -0.3, 2.5, -1.7, 1.9])


def figure_valley(student):
    """Gradient descent walks through a valley.

    Each step goes straight down, across the contour. A small learning rate creeps along the floor, a large one
    jumps from wall to wall.
    """
    ways = []
    for rate in RATES:
        points = student.descend(valley_gradient, VALLEY_START, rate, STEPS)
        ways.append(way(f"rate {rate:g}", numbers(points, (STEPS + 1, 2), "descend()")))
    return paths(VALLEY, "w₁", "w₂", VALLEY_MINIMUM, *ways)


def figure_batches(student):
    """The loss of each epoch with large and small batches.

    A smaller batch means more steps in an epoch, so the loss falls faster. With one row at a time it soon stays where
    it is: every row pulls its own way.
    """
    curves = []
    for size, name in ((8, "all 8 rows"), (3, "3 rows"), (1, "1 row")):
        answer = student.fit_linear(X, Y, np.array([-1.0, 1.0]), 0.5, 0.05, 12, size)
        curves.append(curve(name, numbers(answer[2], (12,), "the losses of fit_linear()")))
    return lines("epoch", "loss", *curves, log_y=True)
