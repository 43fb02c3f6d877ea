"""Momentum and Nesterov: the suite that gives the grade."""

from functools import partial

import numpy as np
from keras_oracle import descent_steps, gradient_of, optimizer_steps, parameter_steps
from properties import assert_apart, assert_asks_once, assert_moves_whole_numbers

from grader.suite import assert_matches, assert_unchanged, points, unpack


def of_order_one(rng, *shape):
    """Numbers of both signs, none of them near zero or large."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.0, size=shape)


def follow(step, w, gradients, learning_rate, momentum):
    """The weights before the first step and after each, every step from where the last one ended."""
    velocity, path = np.zeros(w.shape), [w]
    for gradient in gradients:
        w, velocity = unpack(step(w, velocity, gradient, learning_rate, momentum), "w", "velocity")
        path.append(w)
    return path


def update_all(optimizer, weights, gradients):
    """For each parameter its weights before the first update and after each; gradients hold one list per update."""
    paths = [[w] for w in weights]
    for now in gradients:
        weights = unpack(optimizer.update(weights, now), *(f"parameter {i}" for i in range(len(now))))
        for path, w in zip(paths, weights, strict=True):
            path.append(w)
    return paths


@points(1)
def test_average_keeps_beta_of_the_last_one(student, reference, rng):
    """The running average of a series keeps beta of the last average and takes the rest from the new value."""
    values = of_order_one(rng, 7)
    expected = reference.exponential_average(values, 0.8)
    actual = student.exponential_average(values, 0.8)
    assert_matches(actual, expected, name="the running average", along="step")


@points(1)
def test_average_of_whole_numbers_in_several_series(student, reference, rng):
    """Whole numbers, and several series at once, are averaged in the same way."""
    values = rng.integers(1, 9, size=(6, 2, 3))
    expected = reference.exponential_average(values, 0.7)
    actual = student.exponential_average(values, 0.7)
    assert_matches(actual, expected, name="the running average", along="step")


@points(1)
def test_first_momentum_step_is_plain_descent(student, reference, rng):
    """From rest, the first step with momentum is a step of plain gradient descent."""
    w, gradient = of_order_one(rng, 5), of_order_one(rng, 5)
    expected, _ = reference.momentum_step(w, np.zeros(5), gradient, 0.07, 0.8)
    actual, _ = unpack(student.momentum_step(w, np.zeros(5), gradient, 0.07, 0.8), "w", "velocity")
    assert_matches(actual, expected, name="the new w")


@points(2)
def test_momentum_steps_follow_keras(student, truth, rng):
    """Seven steps with momentum, each from where the last one ended, follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 7, 2, 3)
    expected = truth(optimizer_steps, "SGD", w, gradients, learning_rate=0.07, momentum=0.8)
    path = follow(student.momentum_step, w, gradients, 0.07, 0.8)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_velocity_is_a_step(student, reference, rng):
    """The velocity is a step, learning rate and sign included: Keras' form, as the handout says."""
    w, velocity, gradient = (of_order_one(rng, 4) for _ in range(3))
    expected_w, expected_velocity = reference.momentum_step(w, velocity, gradient, 0.3, 0.6)
    answer = student.momentum_step(w, velocity, gradient, 0.3, 0.6)
    actual_w, actual_velocity = unpack(answer, "w", "velocity")
    assert_matches(actual_velocity, expected_velocity, name="the new velocity")
    assert_matches(actual_w, expected_w, name="the new w")


@points(1)
def test_first_nesterov_step_looks_ahead(student, reference, rng):
    """From rest, the first step of Nesterov is longer than one of plain gradient descent."""
    w, gradient = of_order_one(rng, 5), of_order_one(rng, 5)
    expected, _ = reference.nesterov_step(w, np.zeros(5), gradient, 0.07, 0.6)
    actual, _ = unpack(student.nesterov_step(w, np.zeros(5), gradient, 0.07, 0.6), "w", "velocity")
    assert_matches(actual, expected, name="the new w")


@points(2)
def test_nesterov_steps_follow_keras(student, truth, rng):
    """Seven steps of Nesterov, each from where the last one ended, follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 7, 2, 3)
    expected = truth(optimizer_steps, "SGD", w, gradients, learning_rate=0.07, momentum=0.8, nesterov=True)
    path = follow(student.nesterov_step, w, gradients, 0.07, 0.8)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_two_parameters_follow_keras(student, truth, rng):
    """The optimizer moves a matrix and a vector as Keras does, each with a velocity of its own."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 6, 3, 2), of_order_one(rng, 6, 2)]
    expected = truth(parameter_steps, "SGD", weights, gradients, learning_rate=0.06, momentum=0.7)
    optimizer = student.Momentum(learning_rate=0.06, momentum=0.7, nesterov=False)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_parameters_follow_keras_with_nesterov(student, truth, rng):
    """With nesterov=True the optimizer moves a matrix and a vector as Keras does."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 6, 3, 2), of_order_one(rng, 6, 2)]
    expected = truth(parameter_steps, "SGD", weights, gradients, learning_rate=0.06, momentum=0.7, nesterov=True)
    optimizer = student.Momentum(learning_rate=0.06, momentum=0.7, nesterov=True)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_optimizers_do_not_know_of_each_other(student, rng):
    """Two optimizers that take turns keep their velocities and settings apart."""
    weights, gradients = [of_order_one(rng, 4)], of_order_one(rng, 5, 4)
    settings = ({"learning_rate": 0.06, "momentum": 0.7}, {"learning_rate": 0.2, "momentum": 0.4})
    makers = [partial(student.Momentum, **setting, nesterov=False) for setting in settings]
    assert_apart(makers, weights, [[now] for now in gradients], name="the array of weights", along="update")


@points(1)
def test_new_learning_rate_leaves_the_velocity_alone(student, truth, rng):
    """A new learning rate scales the gradients to come, and not the velocity: Keras' form, as the handout says."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 7, 4)
    rates = [0.08] * 3 + [0.02] * 4
    expected = truth(optimizer_steps, "SGD", w, gradients, learning_rates=rates, momentum=0.8)
    optimizer = student.Momentum(learning_rate=0.08, momentum=0.8, nesterov=False)
    [path] = update_all(optimizer, [w], [[now] for now in gradients[:3]])
    optimizer.set_learning_rate(0.02)
    path += update_all(optimizer, [path[-1]], [[now] for now in gradients[3:]])[0][1:]
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_whole_number_weights_move_like_others(student, rng):
    """Weights that start as whole numbers move like any others."""
    weights = [rng.integers(1, 9, size=(3, 2)), rng.integers(1, 9, size=2)]
    gradients = [[of_order_one(rng, 3, 2), of_order_one(rng, 2)] for _ in range(5)]
    make = partial(student.Momentum, learning_rate=1.3, momentum=0.8, nesterov=False)
    assert_moves_whole_numbers(make, weights, gradients, name="the array of weights", along="step")


@points(2)
def test_descent_into_a_bowl_follows_keras(student, truth, rng):
    """A descent with momentum into a tilted bowl follows Keras all the way."""
    w = of_order_one(rng, 3)
    expected = truth(descent_steps, "SGD", "bowl", w, 12, learning_rate=0.07, momentum=0.8)
    actual = student.descend(gradient_of("bowl"), w, learning_rate=0.07, momentum=0.8, steps=12, nesterov=False)
    assert_matches(actual, expected, name="the trajectory", along="step")


@points(1)
def test_nesterov_descent_follows_keras(student, truth, rng):
    """A descent with Nesterov into a curved valley follows Keras all the way."""
    w = of_order_one(rng, 2)
    expected = truth(descent_steps, "SGD", "valley", w, 12, learning_rate=0.01, momentum=0.7, nesterov=True)
    actual = student.descend(gradient_of("valley"), w, learning_rate=0.01, momentum=0.7, steps=12, nesterov=True)
    assert_matches(actual, expected, name="the trajectory", along="step")


@points(1)
def test_gradient_is_asked_once_per_step(student, rng):
    """The gradient is asked once per step, at the present weights, whether nesterov or not."""
    w, quartic = of_order_one(rng, 2, 3), gradient_of("quartic")
    for nesterov in (False, True):
        settings = {"learning_rate": 0.07, "momentum": 0.6, "steps": 5, "nesterov": nesterov}
        assert_asks_once(
            lambda gradient, settings=settings: student.descend(gradient, w, **settings),
            quartic,
            w,
            5,
            name="the points at which the gradient was asked",
            along="step",
        )


@points(1)
def test_descent_leaves_a_saddle_point(student, truth, rng):
    """A descent that starts beside a saddle point leaves it with momentum."""
    w = of_order_one(rng, 2) * [1.0, 0.01]
    expected = truth(descent_steps, "SGD", "saddle", w, 30, learning_rate=0.03, momentum=0.8)
    actual = student.descend(gradient_of("saddle"), w, learning_rate=0.03, momentum=0.8, steps=30, nesterov=False)
    assert_matches(actual, expected, name="the trajectory", along="step")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """No function changes the arrays that it is given, and the answer is right all the same."""
    w, velocity, gradient = of_order_one(rng, 3), np.zeros(3), of_order_one(rng, 3)
    student.exponential_average(of_order_one(rng, 5), 0.8)
    answer = student.momentum_step(w, velocity, gradient, 0.07, 0.8)
    student.nesterov_step(w, velocity, gradient, 0.07, 0.8)
    for nesterov in (False, True):
        optimizer = student.Momentum(learning_rate=0.07, momentum=0.8, nesterov=nesterov)
        optimizer.update([w], [gradient])
        optimizer.update([w], [gradient])
        student.descend(gradient_of("quartic"), w, learning_rate=0.07, momentum=0.8, steps=3, nesterov=nesterov)
    assert_unchanged(student)
    expected, _ = reference.momentum_step(w, velocity, gradient, 0.07, 0.8)
    assert_matches(unpack(answer, "w", "velocity")[0], expected, name="the new w")
