"""RMSprop: the suite that gives the grade."""

from functools import partial

import numpy as np
from keras_oracle import descent_steps, gradient_of, optimizer_steps, parameter_steps
from properties import assert_apart, assert_asks_once, assert_moves_whole_numbers

from grader.suite import assert_matches, assert_unchanged, points, unpack

SMALL = 1e-10
"""An epsilon that makes no difference, wherever it stands."""


def of_order_one(rng, *shape):
    """Numbers of both signs, none of them near zero or large."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.0, size=shape)


def follow(step, w, gradients, *names, **settings):
    """The weights before the first step and after each, every step from where the last one ended.

    names are of what a step keeps besides the weights; it starts at zero.
    """
    path, kept = [w], [np.zeros(w.shape) for _ in names]
    for gradient in gradients:
        w, *kept = unpack(step(w, *kept, gradient=gradient, **settings), "w", *names)
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
def test_average_keeps_rho_of_the_last_one(student, reference, rng):
    """Over six values a running average keeps rho of itself and takes the rest from the new value."""
    start, values = of_order_one(rng, 2, 3), of_order_one(rng, 6, 2, 3)

    def averages(module):
        path = [start]
        for value in values:
            path.append(module.running_average(path[-1], value, 0.7))
        return path

    assert_matches(averages(student), averages(reference), name="the average", along="step")


@points(1)
def test_gradients_are_divided_element_by_element(student, reference, rng):
    """Each gradient is divided by the root mean square of its own weight, or by its standard deviation."""
    gradient, mean_gradient = of_order_one(rng, 3, 2), of_order_one(rng, 3, 2)
    mean_square = mean_gradient**2 + of_order_one(rng, 3, 2) ** 2 * [0.3, 3.0]
    for name, settings in (("plain", {}), ("centered", {"mean_gradient": mean_gradient})):
        expected = reference.scaled_gradient(gradient, mean_square, epsilon=SMALL, **settings)
        actual = student.scaled_gradient(gradient, mean_square, epsilon=SMALL, **settings)
        assert_matches(actual, expected, name=f"the scaled gradient ({name})")


@points(1)
def test_first_step_does_not_depend_on_the_size_of_the_gradient(student, reference, rng):
    """The first step of every weight has the same length, whether its gradient is small or large."""
    w, gradient = of_order_one(rng, 4), of_order_one(rng, 4) * [0.2, 1.0, 5.0, 25.0]
    settings = {"learning_rate": 0.3, "rho": 0.8, "epsilon": SMALL}
    expected, expected_square = reference.rmsprop_step(w, np.zeros(4), gradient, **settings)
    answer = student.rmsprop_step(w, np.zeros(4), gradient, **settings)
    actual, mean_square = unpack(answer, "w", "mean_square")
    assert_matches(actual, expected, name="the new weights")
    assert_matches(mean_square, expected_square, name="the new mean_square")


@points(2)
def test_rmsprop_steps_follow_keras(student, truth, rng):
    """Eight steps, each from where the last one ended, follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 8, 2, 3)
    settings = {"learning_rate": 0.06, "rho": 0.8, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "RMSprop", w, gradients, **settings)
    path = follow(student.rmsprop_step, w, gradients, "mean_square", **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_a_weight_without_gradient_stays(student, truth, rng):
    """A weight whose gradient has always been zero stays where it is."""
    w, gradients = of_order_one(rng, 5), of_order_one(rng, 5, 5) * [1.0, 0.0, 1.0, 0.0, 1.0]
    settings = {"learning_rate": 0.06, "rho": 0.7, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "RMSprop", w, gradients, **settings)
    path = follow(student.rmsprop_step, w, gradients, "mean_square", **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_epsilon_stands_where_keras_has_it(student, truth, rng):
    """A large epsilon is added where Keras adds it, as the handout says."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 5, 4)
    settings = {"learning_rate": 0.3, "rho": 0.8, "epsilon": 0.6}
    expected = truth(optimizer_steps, "RMSprop", w, gradients, **settings)
    path = follow(student.rmsprop_step, w, gradients, "mean_square", **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")
    expected = truth(optimizer_steps, "RMSprop", w, gradients, centered=True, **settings)
    path = follow(student.centered_rmsprop_step, w, gradients, "mean_square", "mean_gradient", **settings)
    assert_matches(path, list(expected), name="the array of weights, centered,", along="step")


@points(2)
def test_centered_steps_follow_keras(student, truth, rng):
    """Eight centered steps follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 8, 2, 3)
    settings = {"learning_rate": 0.06, "rho": 0.8, "epsilon": SMALL}
    expected = truth(optimizer_steps, "RMSprop", w, gradients, centered=True, **settings)
    path = follow(student.centered_rmsprop_step, w, gradients, "mean_square", "mean_gradient", **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_momentum_steps_follow_keras(student, truth, rng):
    """Eight steps with momentum follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 8, 2, 3)
    settings = {"learning_rate": 0.06, "rho": 0.8, "momentum": 0.7, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "RMSprop", w, gradients, **settings)
    path = follow(student.momentum_rmsprop_step, w, gradients, "mean_square", "velocity", **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_velocity_is_what_is_taken_away(student, reference, rng):
    """The velocity is what is taken away from the weights, learning rate included: Keras' form, as the handout says."""
    w, velocity, gradient = (of_order_one(rng, 4) for _ in range(3))
    mean_square = of_order_one(rng, 4) ** 2
    settings = {"learning_rate": 0.3, "rho": 0.8, "momentum": 0.6, "epsilon": 1e-7}
    expected = reference.momentum_rmsprop_step(w, mean_square, velocity, gradient, **settings)
    answer = student.momentum_rmsprop_step(w, mean_square, velocity, gradient, **settings)
    actual = unpack(answer, "w", "mean_square", "velocity")
    assert_matches(actual[2], expected[2], name="the new velocity")
    assert_matches(actual[0], expected[0], name="the new weights")


@points(1)
def test_two_parameters_follow_keras(student, truth, rng):
    """The optimizer moves a matrix and a vector as Keras does over seven updates."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 7, 3, 2), of_order_one(rng, 7, 2)]
    settings = {"learning_rate": 0.06, "rho": 0.8, "momentum": 0.0, "epsilon": 1e-7, "centered": False}
    expected = truth(parameter_steps, "RMSprop", weights, gradients, **settings)
    optimizer = student.RMSprop(**settings)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_parameters_follow_keras_centered_and_with_momentum(student, truth, rng):
    """Centered and with momentum, the optimizer moves a matrix and a vector as Keras does."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 7, 3, 2), of_order_one(rng, 7, 2)]
    settings = {"learning_rate": 0.04, "rho": 0.7, "momentum": 0.6, "epsilon": SMALL, "centered": True}
    expected = truth(parameter_steps, "RMSprop", weights, gradients, **settings)
    optimizer = student.RMSprop(**settings)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_optimizers_do_not_know_of_each_other(student, rng):
    """Two optimizers that take turns keep their averages, velocities and settings apart."""
    weights, gradients = [of_order_one(rng, 4)], of_order_one(rng, 5, 4)
    settings = (
        {"learning_rate": 0.06, "rho": 0.8, "momentum": 0.7, "epsilon": 1e-7, "centered": False},
        {"learning_rate": 0.2, "rho": 0.6, "momentum": 0.0, "epsilon": 1e-7, "centered": False},
    )
    makers = [partial(student.RMSprop, **setting) for setting in settings]
    assert_apart(makers, weights, [[now] for now in gradients], name="the array of weights", along="step")


@points(1)
def test_new_learning_rate_leaves_the_velocity_alone(student, truth, rng):
    """A new learning rate scales the gradients to come, and not the velocity: Keras' form, as the handout says."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 7, 4)
    settings = {"rho": 0.7, "momentum": 0.8, "epsilon": 1e-7, "centered": False}
    rates = [0.08] * 3 + [0.03] * 4
    expected = truth(optimizer_steps, "RMSprop", w, gradients, learning_rates=rates, **settings)
    optimizer = student.RMSprop(learning_rate=0.08, **settings)
    [path] = update_all(optimizer, [w], [[now] for now in gradients[:3]])
    optimizer.set_learning_rate(0.03)
    path += update_all(optimizer, [path[-1]], [[now] for now in gradients[3:]])[0][1:]
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_whole_number_weights_move_like_others(student, rng):
    """Weights that start as whole numbers move like any others."""
    weights = [rng.integers(1, 9, size=(3, 2)), rng.integers(1, 9, size=2)]
    gradients = [[of_order_one(rng, 3, 2), of_order_one(rng, 2)] for _ in range(5)]
    settings = {"learning_rate": 0.6, "rho": 0.8, "momentum": 0.7, "epsilon": SMALL, "centered": True}
    assert_moves_whole_numbers(
        partial(student.RMSprop, **settings), weights, gradients, name="the array of weights", along="step"
    )


@points(1)
def test_descent_into_a_bowl_follows_keras(student, truth, rng):
    """A descent into a tilted bowl follows Keras all the way."""
    w = of_order_one(rng, 3)
    settings = {"learning_rate": 0.06, "rho": 0.8, "momentum": 0.0, "epsilon": SMALL, "centered": False}
    expected = truth(descent_steps, "RMSprop", "bowl", w, 12, **settings)
    assert_matches(student.descend(gradient_of("bowl"), w, steps=12, **settings), expected, along="step")


@points(1)
def test_descent_into_a_valley_follows_keras(student, truth, rng):
    """A centered descent with momentum into a curved valley follows Keras all the way."""
    w = of_order_one(rng, 2)
    settings = {"learning_rate": 0.02, "rho": 0.8, "momentum": 0.6, "epsilon": SMALL, "centered": True}
    expected = truth(descent_steps, "RMSprop", "valley", w, 12, **settings)
    assert_matches(student.descend(gradient_of("valley"), w, steps=12, **settings), expected, along="step")


@points(1)
def test_gradient_is_asked_once_per_step(student, rng):
    """The gradient is asked once per step, at the present weights."""
    w, quartic = of_order_one(rng, 2, 3), gradient_of("quartic")
    settings = {"learning_rate": 0.06, "rho": 0.8, "momentum": 0.6, "epsilon": SMALL, "centered": False}
    assert_asks_once(
        lambda gradient: student.descend(gradient, w, steps=5, **settings),
        quartic,
        w,
        5,
        name="the points at which the gradient was asked",
        along="step",
    )


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """Functions return something new, and change no array that they are given."""
    w, mean_gradient, velocity, gradient = (of_order_one(rng, 3) for _ in range(4))
    mean_square = mean_gradient**2 + 1.0
    settings = {"learning_rate": 0.06, "rho": 0.8, "epsilon": 1e-7}
    expected = reference.running_average(mean_square, gradient, 0.8)
    assert_matches(student.running_average(mean_square, gradient, 0.8), expected, name="the average")
    student.scaled_gradient(gradient, mean_square, 1e-7, mean_gradient)
    student.rmsprop_step(w, mean_square, gradient, **settings)
    student.centered_rmsprop_step(w, mean_square, mean_gradient, gradient, **settings)
    student.momentum_rmsprop_step(w, mean_square, velocity, gradient, momentum=0.6, **settings)
    optimizer = student.RMSprop(momentum=0.6, centered=True, **settings)
    optimizer.update([w], [gradient])
    optimizer.update([w], [gradient])
    student.descend(gradient_of("quartic"), w, steps=3, momentum=0.6, centered=True, **settings)
    assert_unchanged(student)
