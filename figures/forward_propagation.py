"""Forward propagation: the activations, and what the losses charge for a probability."""

import numpy as np

from grader.figures import curve, lines, numbers

Z = np.linspace(-4.0, 4.0, 81)
P = np.linspace(0.01, 0.99, 50)


def figure_activations(student):
    """The activations.

    Sigmoid and tanh flatten out on both sides, where a change of the input changes nothing any more. relu does so on
    one side only.
    """
    bent = [curve(name, numbers(getattr(student, name)(Z), Z.shape, f"{name}()"), Z) for name in ("sigmoid", "tanh")]
    relu = curve("relu", numbers(student.relu(Z), Z.shape, "relu()"), Z)
    return lines("z", "output", *bent), lines("z", "output", relu)


def figure_softmax(student):
    """The softmax of three scores, of which the first one grows.

    The probabilities sum to 1: what one gains, the others lose, and they keep their proportions.
    """
    scores = np.stack([Z, np.zeros(Z.size), np.full(Z.size, 1.0)], axis=1)
    shares = numbers(student.softmax(scores), scores.shape, "softmax()")
    names = ("of the score on the axis", "of a score of 0", "of a score of 1")
    return lines("first score", "probability", *[curve(name, shares[:, k], Z) for k, name in enumerate(names)])


def figure_losses(student):
    """What the losses charge for a predicted probability of what is true.

    Whoever is sure and wrong pays little to the mean squared error, and dearly to the cross-entropy.
    """
    true = np.ones((1, 1))
    curves = []
    for name in ("mean_squared_error", "binary_crossentropy"):
        losses = [getattr(student, name)(true, np.array([[p]])) for p in P]
        curves.append(curve(name, numbers(losses, P.shape, f"{name}()"), P))
    return lines("predicted probability", "loss", *curves)
