"""AdaGrad: the suite that gives the grade."""

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


def follow(step, w, gradients, start, **settings):
    """The weights before the first step and after each, every step from where the last one ended."""
    path, accumulator = [w], np.full(w.shape, start)
    for gradient in gradients:
        w, accumulator = unpack(step(w, accumulator, gradient, **settings), "w", "accumulator")
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
def test_accumulator_adds_up_squares(student, reference, rng):
    """Over six gradients the accumulator adds up their squares, element by element."""
    start, gradients = of_order_one(rng, 2, 3) ** 2, of_order_one(rng, 6, 2, 3)

    def sums(module):
        path = [start]
        for gradient in gradients:
            path.append(module.accumulate(path[-1], gradient))
        return path

    assert_matches(sums(student), sums(reference), name="the accumulator", along="step")


@points(1)
def test_each_element_has_a_rate_of_its_own(student, reference, rng):
    """Each element of the accumulator makes a learning rate of its own."""
    accumulator = of_order_one(rng, 3, 2) ** 2 * [0.1, 10.0]
    expected = reference.effective_learning_rate(accumulator, 0.3, SMALL)
    actual = student.effective_learning_rate(accumulator, 0.3, SMALL)
    assert_matches(actual, expected, name="the array of learning rates")


@points(1)
def test_first_step_from_zero_does_not_depend_on_the_size_of_the_gradient(student, reference, rng):
    """From an accumulator of zeros, the first step of every weight is as long as the learning rate."""
    w, gradient = of_order_one(rng, 4), of_order_one(rng, 4) * [0.2, 1.0, 5.0, 25.0]
    expected, _ = reference.adagrad_step(w, np.zeros(4), gradient, learning_rate=0.3, epsilon=SMALL)
    answer = student.adagrad_step(w, np.zeros(4), gradient, learning_rate=0.3, epsilon=SMALL)
    actual, _ = unpack(answer, "w", "accumulator")
    assert_matches(actual, expected, name="the new weights")


@points(2)
def test_adagrad_steps_follow_keras(student, truth, rng):
    """Eight steps, each from where the last one ended, follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 8, 2, 3)
    settings = {"learning_rate": 0.3, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "Adagrad", w, gradients, initial_accumulator_value=0.7, **settings)
    path = follow(student.adagrad_step, w, gradients, 0.7, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_a_later_step_goes_on_from_its_accumulator(student, reference, rng):
    """A step in the middle of a descent goes on from the accumulator that it is given, and returns the new one."""
    w, gradient = of_order_one(rng, 5), of_order_one(rng, 5)
    accumulator = of_order_one(rng, 5) ** 2 * [0.3, 3.0, 1.0, 5.0, 0.5]
    settings = {"learning_rate": 0.4, "epsilon": 1e-7}
    expected = reference.adagrad_step(w, accumulator, gradient, **settings)
    actual = unpack(student.adagrad_step(w, accumulator, gradient, **settings), "w", "accumulator")
    for name, got, wanted in zip(("weights", "accumulator"), actual, expected, strict=True):
        assert_matches(got, wanted, name=f"the new {name}")


@points(1)
def test_rare_gradients_find_a_high_rate(student, truth, rng):
    """A weight whose gradient is mostly zero moves far when one comes, as in Keras."""
    w, gradients = of_order_one(rng, 3), of_order_one(rng, 8, 3)
    gradients[:4, 1] = gradients[5:, 1] = 0.0
    gradients[[0, 2, 3, 5, 6], 2] = 0.0
    settings = {"learning_rate": 0.2, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "Adagrad", w, gradients, initial_accumulator_value=0.3, **settings)
    path = follow(student.adagrad_step, w, gradients, 0.3, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_a_weight_without_gradient_stays(student, truth, rng):
    """A weight whose gradient has always been zero stays where it is, even with an accumulator of zero."""
    w, gradients = of_order_one(rng, 5), of_order_one(rng, 5, 5) * [1.0, 0.0, 1.0, 0.0, 1.0]
    settings = {"learning_rate": 0.2, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "Adagrad", w, gradients, initial_accumulator_value=0.0, **settings)
    path = follow(student.adagrad_step, w, gradients, 0.0, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_epsilon_stands_where_keras_has_it(student, truth, rng):
    """A large epsilon is added where Keras adds it, as the handout says."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 5, 4)
    settings = {"learning_rate": 0.3, "epsilon": 0.6}
    expected = truth(optimizer_steps, "Adagrad", w, gradients, initial_accumulator_value=0.2, **settings)
    path = follow(student.adagrad_step, w, gradients, 0.2, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(2)
def test_two_parameters_follow_keras(student, truth, rng):
    """The optimizer moves a matrix and a vector as Keras does over seven updates."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 7, 3, 2), of_order_one(rng, 7, 2)]
    settings = {"learning_rate": 0.2, "initial_accumulator_value": 0.0, "epsilon": SMALL}
    expected = truth(parameter_steps, "Adagrad", weights, gradients, **settings)
    optimizer = student.Adagrad(**settings)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_optimizers_do_not_know_of_each_other(student, rng):
    """Two optimizers that take turns keep their accumulators and settings apart."""
    weights, gradients = [of_order_one(rng, 4)], of_order_one(rng, 5, 4)
    settings = [{"learning_rate": rate, "initial_accumulator_value": 0.0, "epsilon": SMALL} for rate in (0.3, 0.08)]
    makers = [partial(student.Adagrad, **setting) for setting in settings]
    assert_apart(makers, weights, [[now] for now in gradients], name="the array of weights", along="step")


@points(1)
def test_new_learning_rate_counts_from_the_next_update(student, truth, rng):
    """After a change of the learning rate the updates go on as in Keras."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 7, 4)
    settings = {"initial_accumulator_value": 0.0, "epsilon": SMALL}
    rates = [0.3] * 3 + [0.04] * 4
    expected = truth(optimizer_steps, "Adagrad", w, gradients, learning_rates=rates, **settings)
    optimizer = student.Adagrad(learning_rate=0.3, **settings)
    [path] = update_all(optimizer, [w], [[now] for now in gradients[:3]])
    optimizer.set_learning_rate(0.04)
    path += update_all(optimizer, [path[-1]], [[now] for now in gradients[3:]])[0][1:]
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_whole_number_weights_move_like_others(student, rng):
    """Weights that start as whole numbers move like any others."""
    weights = [rng.integers(1, 9, size=(3, 2)), rng.integers(1, 9, size=2)]
    gradients = [[of_order_one(rng, 3, 2), of_order_one(rng, 2)] for _ in range(5)]
    settings = {"learning_rate": 0.4, "initial_accumulator_value": 0.0, "epsilon": SMALL}
    assert_moves_whole_numbers(
        partial(student.Adagrad, **settings), weights, gradients, name="the array of weights", along="step"
    )


@points(2)
def test_descent_into_a_bowl_follows_keras(student, truth, rng):
    """A descent into a tilted bowl follows Keras all the way."""
    w = of_order_one(rng, 3)
    settings = {"learning_rate": 0.3, "initial_accumulator_value": 0.0, "epsilon": SMALL}
    expected = truth(descent_steps, "Adagrad", "bowl", w, 12, **settings)
    assert_matches(student.descend(gradient_of("bowl"), w, steps=12, **settings), expected, along="step")


@points(1)
def test_gradient_is_asked_once_per_step(student, rng):
    """The gradient is asked once per step, at the present weights."""
    w, quartic = of_order_one(rng, 2, 3), gradient_of("quartic")
    settings = {"learning_rate": 0.2, "initial_accumulator_value": 0.0, "epsilon": SMALL}
    assert_asks_once(
        lambda gradient: student.descend(gradient, w, steps=5, **settings),
        quartic,
        w,
        5,
        name="the points at which the gradient was asked",
        along="step",
    )


@points(1)
def test_accumulators_start_where_they_are_told(student, truth, rng):
    """Every element starts from the initial_accumulator_value that is given, in the optimizer and in a descent."""
    weights = [rng.integers(1, 9, size=(3, 2)), of_order_one(rng, 4)]
    gradients = [of_order_one(rng, 5, 3, 2), of_order_one(rng, 5, 4)]
    settings = {"learning_rate": 0.3, "initial_accumulator_value": 0.6, "epsilon": SMALL}
    expected = truth(parameter_steps, "Adagrad", weights, gradients, **settings)
    optimizer = student.Adagrad(**settings)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")
    expected = truth(descent_steps, "Adagrad", "bowl", [2, -1, 3], 6, **settings)
    actual = student.descend(gradient_of("bowl"), np.array([2, -1, 3]), steps=6, **settings)
    assert_matches(actual, expected, along="step")


@points(1)
def test_accumulators_start_where_keras_starts_them(student, truth, rng):
    """Where nothing is said, the accumulators start as in Keras, as the handout says."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 5, 4)
    expected = truth(optimizer_steps, "Adagrad", w, gradients, learning_rate=0.3)
    [path] = update_all(student.Adagrad(learning_rate=0.3), [w], [[now] for now in gradients])
    assert_matches(path, list(expected), name="the array of weights", along="step")
    start = of_order_one(rng, 3)
    expected = truth(descent_steps, "Adagrad", "bowl", start, 6, learning_rate=0.2)
    actual = student.descend(gradient_of("bowl"), start, steps=6, learning_rate=0.2)
    assert_matches(actual, expected, along="step")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """Functions return something new, and change no array that they are given."""
    w, gradient = of_order_one(rng, 3), of_order_one(rng, 3)
    accumulator = of_order_one(rng, 3) ** 2
    settings = {"learning_rate": 0.2, "epsilon": 1e-7}
    expected = reference.accumulate(accumulator, gradient)
    assert_matches(student.accumulate(accumulator, gradient), expected, name="the accumulator")
    student.effective_learning_rate(accumulator, **settings)
    student.adagrad_step(w, accumulator, gradient, **settings)
    optimizer = student.Adagrad(**settings)
    optimizer.update([w], [gradient])
    optimizer.update([w], [gradient])
    student.descend(gradient_of("quartic"), w, steps=3, **settings)
    assert_unchanged(student)
