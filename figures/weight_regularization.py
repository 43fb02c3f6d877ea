"""Weight regularisation: weights that shrink, and the loss with and without a penalty."""

import numpy as np

from grader.figures import curve, lines, numbers

WEIGHTS = np.array([2.0, -1.2, 0.6, 0.0])
STRENGTHS = np.linspace(0.0, 1.2, 9)
ROWS, EPOCHS = 24, 60


def figure_shrinking(student):
    """The trained weights, for stronger and stronger penalties.

    L2 makes all of them smaller in proportion, and hardly one becomes zero. L1 takes about the same from each, so the
    small ones reach zero one after the other.
    """
    panels = []
    for name in ("l2", "l1"):
        trained = np.array([_fit(student, 0.04, 120, **{name: float(strength)})[0] for strength in STRENGTHS])
        series = [curve(f"w{'₁₂₃₄'[k]}", trained[:, k], STRENGTHS) for k in range(4)]
        zero = curve("zero", [0.0, 0.0], [0.0, STRENGTHS[-1]], given=True)
        panels.append(lines(name, "weight", zero, *series, title=name.upper()))
    return panels


def figure_loss(student):
    """The loss of each epoch, with and without a penalty.

    The penalties are part of what is shown, so the loss with them is higher, and ends where data and penalty balance.
    """
    curves = [
        curve(name, _fit(student, 0.02, EPOCHS, **factors)[1])
        for name, factors in (("no penalty", {}), ("l2 = 0.2", {"l2": 0.2}), ("l1 = 0.4", {"l1": 0.4}))
    ]
    return lines("epoch", "loss", *curves, log_y=True)


def _fit(student, learning_rate, epochs, **factors):
    """Trained weights and losses of a linear model, from the same start."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(ROWS, 4))
    y = x @ WEIGHTS + 0.3 * rng.normal(size=ROWS)
    answer = student.fit_regularized(x, y, np.full(4, 0.5), 0.0, learning_rate, epochs, ROWS, **factors)
    w, _, losses = answer
    return numbers(w, (4,), "the w of fit_regularized()"), numbers(losses, (epochs,), "the losses of fit_regularized()")
