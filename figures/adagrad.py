"""AdaGrad: its way through a valley, and rates that only fall."""

import numpy as np
from _landscapes import VALLEY, VALLEY_MINIMUM, VALLEY_START, valley_gradient

from grader.figures import curve, lines, numbers, paths, way

STEPS = 40


def figure_valley(student):
    """AdaGrad walks through a valley.

    The steep weight and the flat one move alike, for each is divided by the size of its own gradients. The steps
    become shorter and shorter.
    """
    points = student.descend(valley_gradient, VALLEY_START, STEPS, learning_rate=0.3)
    return paths(VALLEY, "w₁", "w₂", VALLEY_MINIMUM, way("AdaGrad", numbers(points, (STEPS + 1, 2), "descend()")))


def figure_rates(student):
    """The rates of a weight that is asked often, and of a rare one.

    Every gradient lowers the rate of its weight, and nothing raises it. The rare one is asked in each eighth step.
    """
    accumulator, rates = np.array([0.1, 0.1]), []
    for step in range(STEPS):
        gradient = np.array([1.0, 1.0 if step % 8 == 7 else 0.0])
        accumulator = numbers(student.accumulate(accumulator, gradient), (2,), "accumulate()")
        rates.append(numbers(student.effective_learning_rate(accumulator, 0.1), (2,), "effective_learning_rate()"))
    often, seldom = np.array(rates).T
    return lines("step", "rate", curve("often", often), curve("seldom", seldom))
