"""Learning-rate schedules: the rates, and what they do for a noisy descent."""

import numpy as np

from grader.figures import curve, lines, numbers

STEPS = 60


def figure_schedules(student):
    """The schedules, step by step.

    The stairs of the piecewise rate end just after a boundary, those of the staircase just at it.
    """
    kinds = (
        ("piecewise_constant", "piecewise constant", ([20, 40], [0.1, 0.05, 0.02]), {}),
        ("exponential_decay", "exponential decay", (0.1, 15, 0.6), {}),
        ("exponential_decay", "exponential decay, staircase", (0.1, 15, 0.6), {"staircase": True}),
        ("inverse_time_decay", "inverse time", (0.1, 15, 1.5), {}),
    )
    curves = [curve(name, _rates(student, function, *given, **more)) for function, name, given, more in kinds]
    return lines("step", "learning rate", *curves)


def figure_noise(student):
    """A descent on w² / 2 with noisy gradients.

    With a rate that stays the same, w never comes to rest. With one that falls it settles.
    """
    noise = np.random.default_rng(5).normal(size=STEPS)
    falling = _rates(student, "inverse_time_decay", 0.5, 10, 1.0)
    curves = []
    for name, rates in (("rate of 0.5", np.full(STEPS, 0.5)), ("falling rate", falling)):
        gradient, schedule = _noisy_gradient(noise), _schedule_of(rates)
        points = numbers(student.descend(gradient, np.array([4.0]), schedule, STEPS), (STEPS + 1, 1), "descend()")
        curves.append(curve(name, points[:, 0]))
    return lines("step", "w", curve("minimum", [0.0, 0.0], [0, STEPS], given=True), *curves)


def _noisy_gradient(noise):
    left = iter(noise)

    def gradient(w):
        """Of w² / 2, with other noise in each call."""
        return w + next(left)

    return gradient


def _schedule_of(rates):
    def schedule(step):
        """The rate that was asked for before."""
        return np.take(rates, np.asarray(step).astype(int), mode="clip")

    return schedule


def _rates(student, function, *given, **more):
    rates = [getattr(student, function)(step, *given, **more) for step in range(STEPS)]
    return numbers(rates, (STEPS,), f"{function}()")
