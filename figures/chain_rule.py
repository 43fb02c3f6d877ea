"""The chain rule: derivatives beside differences, a chain, and a descent on a tape."""

import numpy as np

from grader.figures import curve, lines, numbers

X = np.linspace(0.25, 6.0, 60)
STEP = 1e-5
SQUARE = [("add", 0, 1), ("power", 2, 2)]


def figure_derivatives(student):
    """Derivatives beside slopes that are measured.

    A slope can be measured by going a little to either side. Where your line and the measured one part, the derivative
    is wrong.
    """
    panels = []
    for names in (("sin", "cos"), ("log", "exp")):
        series = []
        for name in names:
            x = X / 3 if name == "exp" else X
            series.append(curve(f"{name}, measured", _slope(getattr(np, name), x), x, given=True))
            series.append(curve(name, numbers(student.derivative(name, x), x.shape, "derivative()"), x))
        panels.append(lines("x", "derivative", *series))
    return panels


def figure_chain(student):
    """The derivative of exp(sin x), a chain of two.

    Along a chain the derivatives multiply, each taken at the number that goes into its step.
    """
    slopes = [numbers(student.chain(["sin", "exp"], float(x)), (2,), "chain()")[1] for x in X]
    measured = curve("measured", _slope(lambda x: np.exp(np.sin(x)), X), X, given=True)
    return lines("x", "derivative", measured, curve("chain", slopes, X))


def figure_descent(student):
    """A descent on (w - 3)², as a tape.

    Each step goes down by a share of the slope, so w comes closer to 3 and ever more slowly.
    """
    points = numbers(student.descend(SQUARE, [1.0, -3.0], [0], 0.1, 20), (21, 2), "descend()")
    goal = curve("minimum", [3.0, 3.0], [0, 20], given=True)
    return lines("step", "w", goal, curve("w", points[:, 0]))


def _slope(function, x):
    return (function(x + STEP) - function(x - STEP)) / (2 * STEP)
