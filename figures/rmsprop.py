"""RMSprop: its way through a valley, and an average that forgets a burst of large gradients."""

import numpy as np
from _landscapes import VALLEY, VALLEY_MINIMUM, VALLEY_START, valley_gradient

from grader.figures import curve, lines, numbers, paths, way

STEPS = 45


def figure_valley(student):
    """RMSprop walks through a valley.

    Its steps do not become shorter, as AdaGrad's do: it arrives, and then jumps about the minimum by about one
    learning rate.
    """
    ways = []
    for name, settings in (("RMSprop", {}), ("with momentum", {"momentum": 0.8})):
        points = student.descend(valley_gradient, VALLEY_START, STEPS, learning_rate=0.05, **settings)
        ways.append(way(name, numbers(points, (STEPS + 1, 2), "descend()")))
    return paths(VALLEY, "w₁", "w₂", VALLEY_MINIMUM, *ways)


def figure_memory(student):
    """The average of the squared gradients, and the step that it makes.

    Between steps 15 and 25 the gradients are four times as large. The average follows and forgets; the scaled
    gradient is back at about 1 soon.
    """
    gradients = np.where((np.arange(STEPS) >= 15) & (np.arange(STEPS) < 25), 4.0, 1.0)
    average, averages, scaled = np.zeros(1), [], []
    for gradient in gradients[:, None]:
        average = numbers(student.running_average(average, gradient**2, 0.9), (1,), "running_average()")
        averages.append(average[0])
        scaled.append(numbers(student.scaled_gradient(gradient, average), (1,), "scaled_gradient()")[0])
    return (
        lines("step", "mean square", curve("gradient²", gradients**2, given=True), curve("average", averages)),
        lines("step", "scaled gradient", curve("scaled gradient", scaled)),
    )
