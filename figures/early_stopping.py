"""Early stopping on a validation curve."""

import numpy as np

from grader.figures import curve, lines, numbers

EPOCHS = np.arange(40)
TRAINING = 0.15 + 0.85 * np.exp(-EPOCHS / 9.0)
VALIDATION = TRAINING + 0.1 + 0.00035 * EPOCHS**2 + 0.02 * np.random.default_rng(11).normal(size=EPOCHS.size)


def figure_curve(student):
    """Where early stopping ends a training.

    The validation loss falls, wavers, and rises. Little patience stops at the first bump; more of it finds a better
    epoch, and goes on for as many epochs after it.
    """
    marks = []
    for patience in (1, 6):
        answer = numbers(student.epochs_run(VALIDATION.tolist(), patience=patience), (2,), "epochs_run()")
        epochs, best = answer
        marks += [
            curve(f"patience {patience}, best", *_point(best)),
            curve(f"patience {patience}, last", *_point(epochs - 1)),
        ]
    training = curve("training loss", TRAINING, given=True)
    return lines("epoch", "loss", training, curve("validation loss", VALIDATION, given=True), *marks)


def figure_seen(student):
    """What a training with a patience of 6 sees.

    It goes on with the weights of its best epoch. The weights here are the number of the epoch that made them, so the
    mark shows which ones were restored.
    """
    last = len(VALIDATION) - 1
    answer = student.train(
        lambda weights: [weights[0] + 1.0],
        lambda weights: float(VALIDATION[min(int(weights[0][0]), last)]),
        [np.array([-1.0])],
        len(VALIDATION),
        patience=6,
        restore_best_weights=True,
    )
    weights, seen = answer
    [restored] = numbers(weights[0], (1,), "the weights of train()")
    values = numbers(seen, (None,), "the values of train()")
    given = curve("validation loss", VALIDATION, given=True)
    return lines("epoch", "loss", given, curve("seen", values), curve("restored", *_point(restored)))


def _point(epoch):
    """Height and place of a mark on the validation curve; none where there is no such epoch."""
    there = epoch in range(len(VALIDATION))
    return [VALIDATION[int(epoch)] if there else np.nan], [epoch]
