"""Adam: its way through a valley, and what the bias correction does."""

import numpy as np
from _landscapes import VALLEY, VALLEY_MINIMUM, VALLEY_START, valley_gradient

from grader.figures import borrow, curve, lines, numbers, paths, way

STEPS = 60


def figure_valley(student):
    """Adam walks through a valley.

    All weights move by about one learning rate at first, however steep it is: the way begins at an angle of 45 degrees,
    and not straight across the valley.
    """
    points = student.descend(valley_gradient, VALLEY_START, steps=STEPS, learning_rate=0.1)
    return paths(VALLEY, "w₁", "w₂", VALLEY_MINIMUM, way("Adam", numbers(points, (STEPS + 1, 2), "descend()")))


def figure_five(student):
    """Five ways through the same valley.

    Gradient descent goes straight down and then creeps. Momentum swings. AdaGrad, RMSprop and Adam go for the minimum,
    for each weight has a rate of its own; AdaGrad's steps become shorter and shorter.
    """
    points = student.descend(valley_gradient, VALLEY_START, steps=STEPS, learning_rate=0.1)
    return paths(
        VALLEY,
        "w₁",
        "w₂",
        VALLEY_MINIMUM,
        way("Adam", numbers(points, (STEPS + 1, 2), "descend()")),
        borrow("gradient_descent", "valley", "rate 0.05", "gradient descent"),
        borrow("momentum", "valley", "with momentum", "momentum"),
        borrow("adagrad", "valley", "AdaGrad", "AdaGrad"),
        borrow("rmsprop", "valley", "RMSprop", "RMSprop"),
    )


def figure_correction(student):
    """The learning rate with its bias correction.

    It starts at learning_rate × √(1 - beta_2) / (1 - beta_1), dips, and comes back as both averages fill up.
    """
    steps = np.unique(np.geomspace(1, 3000, 60).astype(int))
    rates = [student.corrected_learning_rate(0.1, int(step), 0.9, 0.999) for step in steps]
    rates = numbers(rates, (len(steps),), "corrected_learning_rate()")
    given = curve("learning_rate", [0.1, 0.1], [1, 3000], given=True)
    return lines("step", "rate", given, curve("rate", rates, steps))
