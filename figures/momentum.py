"""Momentum and Nesterov: a valley, a saddle point, and the average that forgets."""

import numpy as np
from _landscapes import (
    SADDLE,
    SADDLE_MINIMA,
    SADDLE_START,
    VALLEY,
    VALLEY_MINIMUM,
    VALLEY_START,
    saddle_gradient,
    valley_gradient,
)

from grader.figures import curve, lines, numbers, paths, way

STEPS = 50
FORMS = (("no momentum", 0.0, False), ("with momentum", 0.8, False), ("Nesterov's momentum", 0.8, True))


def figure_valley(student):
    """Momentum walks through a valley.

    With a learning rate as small as this, a descent without momentum is still on its way when momentum has arrived.
    Momentum runs past the floor and swings back; Nesterov's swings are smaller.
    """
    return paths(VALLEY, "w₁", "w₂", VALLEY_MINIMUM, *_ways(student, valley_gradient, VALLEY_START))


def figure_saddle(student):
    """Momentum leaves a saddle point.

    At the saddle the gradient is almost zero. Without momentum the descent takes long to get away from there.
    """
    return paths(SADDLE, "w₁", "w₂", SADDLE_MINIMA, *_ways(student, saddle_gradient, SADDLE_START))


def figure_average(student):
    """A running average smooths a noisy series.

    The more it keeps, the smoother it is, and the later. It starts at 0.
    """
    noise = np.random.default_rng(1).normal(size=60)
    values = np.sin(np.arange(60) / 9.0) + 1.5 + 0.35 * noise
    curves = [
        curve(f"beta {beta:g}", numbers(student.exponential_average(values, beta), (60,), "exponential_average()"))
        for beta in (0.5, 0.9)
    ]
    return lines("step", "value", curve("values", values, given=True), *curves)


def _ways(student, gradient, start):
    found = []
    for name, momentum, nesterov in FORMS:
        points = student.descend(gradient, start, 0.05, momentum, STEPS, nesterov)
        found.append(way(name, numbers(points, (STEPS + 1, 2), "descend()")))
    return found
