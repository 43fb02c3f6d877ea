"""What an optimizer must do whatever its rule is.

Its answers are compared with its own: a wrong rule, which other tests compare with Keras, costs nothing here. One that
never moves earns nothing: there would be nothing to see.
"""

import numpy as np

from grader.suite import assert_matches, unpack


def assert_apart(makers, weights, gradients, *, name, along):
    """Optimizers that take turns answer as each of them does alone.

    Args:
        makers: functions that make one each.
        weights: list of arrays, from which every update starts.
        gradients: for each update, a list of arrays.
        name: of what is compared.
        along: what its first axis counts.
    """
    optimizers = [make() for make in makers]
    turns = [[optimizer.update(weights, now) for optimizer in optimizers] for now in gradients]
    for position, make in enumerate(makers):
        optimizer = make()
        alone = [optimizer.update(weights, now) for now in gradients]
        _assert_moved(alone[0], weights, name)
        assert_matches([answers[position] for answers in turns], alone, name=name, along=along)


def assert_moves_whole_numbers(make, weights, gradients, *, name, along):
    """Weights in whole numbers go where the same weights with decimals go.

    Args:
        make: makes an optimizer.
        weights: list of arrays of whole numbers.
        gradients: for each update, a list of arrays.
        name: of what is compared.
        along: what its first axis counts.
    """
    paths = []
    for start in (weights, [w.astype(float) for w in weights]):
        optimizer, now, path = make(), start, []
        for slopes in gradients:
            now = list(unpack(optimizer.update(now, slopes), *(f"parameter {i}" for i in range(len(weights)))))
            path.append(now)
        paths.append(path)
    _assert_moved(paths[1][0], weights, name)
    assert_matches(*paths, name=name, along=along)


def assert_asks_once(descend, gradient, w, steps, *, name, along):
    """The gradient is asked once per step, at the points of the descent.

    Args:
        descend: function of a gradient function that returns the way.
        gradient: of what is descended.
        w: where the descent starts.
        steps: how many it makes.
        name: of what is compared.
        along: what its first axis counts.
    """
    asked = []

    def noted(at):
        asked.append(at)
        return gradient(at)

    way = list(descend(noted))
    _assert_moved([way[-1]], [w], name)
    assert_matches(asked, [w, *way[-steps:-1]], name=name, along=along)


def _assert_moved(after, before, name):
    moved = any(np.any(np.asarray(one) != other) for one, other in zip(after, before, strict=True))
    assert_matches(bool(moved), True, name=name)
