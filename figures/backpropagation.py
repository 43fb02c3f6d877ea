"""Backpropagation: gradients beside slopes that are measured, gradients in a deep network, and a training."""

from itertools import pairwise

import numpy as np

from grader.figures import curve, lines, numbers

STEP = 1e-5
DEPTH = 8


def figure_check(student):
    """The gradient check: every gradient over the slope that was measured.

    Right gradients lie on the diagonal. A few that leave it belong to one layer or to the biases; a line of another
    slope is a factor.
    """
    x, y, weights, biases = _network((3, 4, 2), 5)
    outputs = _outputs(x, weights, biases, np.tanh)
    answer = student.backpropagate(outputs, y, weights, "tanh", "mse")
    found = np.concatenate([_flat(part, like) for part, like in zip(answer, (weights, biases), strict=True)])
    measured = np.concatenate([_measured(x, y, weights, biases, part) for part in (weights, biases)])
    order = np.argsort(measured)
    ends = [measured.min(), measured.max()]
    diagonal = curve("equal", ends, ends, given=True)
    return lines("measured", "gradient", diagonal, curve("gradients", found[order], measured[order]))


def figure_depth(student):
    """How large the gradients are, layer by layer.

    With sigmoid they fade on their way back to the first layer, which then learns next to nothing. With relu and
    weights of the right size they do not.
    """
    curves = []
    for name, function, scale in (
        ("sigmoid", lambda z: 1 / (1 + np.exp(-z)), 1.0),
        ("relu", lambda z: np.maximum(z, 0), 2**0.5),
    ):
        x, y, weights, biases = _network((10,) * (DEPTH + 1), 20, scale)
        outputs = _outputs(x, weights, biases, function)
        weight_gradients, _ = student.backpropagate(outputs, y, weights, name, "mse")
        sizes = [
            np.mean(np.abs(numbers(gradient, w.shape, "backpropagate()")))
            for gradient, w in zip(weight_gradients, weights, strict=True)
        ]
        curves.append(curve(name, sizes, range(1, DEPTH + 1)))
    return lines("layer", "mean size of the gradients", *curves, log_y=True)


def figure_training(student):
    """The loss of a network in training.

    It falls from epoch to epoch. One that rises or stays has a wrong sign or a wrong gradient somewhere.
    """
    x = np.linspace(-1.0, 1.0, 24)[:, None]
    y = np.sin(3.0 * x)
    _, _, weights, biases = _network((1, 6, 1), 1)
    answer = student.fit(x, y, weights, biases, "tanh", "mse", 0.1, 60, 6)
    return lines("epoch", "loss", curve("loss", numbers(answer[2], (60,), "the losses of fit()")), log_y=True)


def _network(sizes, rows, scale=1.0):
    """Inputs, targets, weights and biases of any network."""
    rng = np.random.default_rng(3)
    weights = [rng.normal(size=pair) * scale / pair[0] ** 0.5 for pair in pairwise(sizes)]
    biases = [0.1 * rng.normal(size=size) for size in sizes[1:]]
    return rng.normal(size=(rows, sizes[0])), rng.normal(size=(rows, sizes[-1])), weights, biases


def _outputs(x, weights, biases, function):
    found = [x]
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True), 1):
        z = found[-1] @ w + b
        found.append(z if layer == len(weights) else function(z))
    return found


def _measured(x, y, weights, biases, part):
    """The slope of the loss with respect to every number of the weights or of the biases."""
    slopes = []
    for array in part:
        for position in np.ndindex(array.shape):
            kept = array[position]
            losses = []
            for moved in (kept + STEP, kept - STEP):
                array[position] = moved
                losses.append(np.mean((_outputs(x, weights, biases, np.tanh)[-1] - y) ** 2))
            array[position] = kept
            slopes.append((losses[0] - losses[1]) / (2 * STEP))
    return np.array(slopes)


def _flat(gradients, like):
    """All numbers of some arrays, one after the other."""
    pairs = zip(gradients, like, strict=True)
    return np.concatenate([numbers(gradient, array.shape, "backpropagate()").ravel() for gradient, array in pairs])
