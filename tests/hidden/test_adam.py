"""Adam: the suite that gives the grade."""

from functools import partial

import numpy as np
from keras_oracle import descent_steps, gradient_of, optimizer_steps, parameter_steps
from properties import assert_apart, assert_asks_once, assert_moves_whole_numbers

from grader.suite import assert_matches, assert_unchanged, points, unpack


def of_order_one(rng, *shape):
    """Numbers of both signs, none of them near zero or large."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.0, size=shape)


def follow(step, w, gradients, **settings):
    """The weights before the first step and after each, every step from where the last one ended."""
    path, averages = [w], [np.zeros(w.shape), np.zeros(w.shape)]
    for count, gradient in enumerate(gradients, start=1):
        answer = step(w, *averages, step=count, gradient=gradient, **settings)
        w, *averages = unpack(answer, "w", "m", "v")
        path.append(w)
    return path


def follow_amsgrad(student, w, gradients, **settings):
    """The same for AMSGrad, which has a third average to pass on."""
    path, averages = [w], [np.zeros(w.shape), np.zeros(w.shape), np.zeros(w.shape)]
    for count, gradient in enumerate(gradients, start=1):
        answer = student.amsgrad_step(w, *averages, step=count, gradient=gradient, **settings)
        w, *averages = unpack(answer, "w", "m", "v", "v_max")
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
def test_one_gradient_makes_small_moments(student, reference, rng):
    """From zero, one gradient makes an average of gradients and one of their squares."""
    gradient = of_order_one(rng, 2, 3)
    expected_m, expected_v = reference.update_moments(np.zeros((2, 3)), np.zeros((2, 3)), gradient, 0.8, 0.97)
    answer = student.update_moments(np.zeros((2, 3)), np.zeros((2, 3)), gradient, 0.8, 0.97)
    m, v = unpack(answer, "m", "v")
    assert_matches(m, expected_m, name="the new m")
    assert_matches(v, expected_v, name="the new v")


@points(1)
def test_moments_remember_six_gradients(student, reference, rng):
    """Over six gradients both averages keep what they should of the past."""
    gradients = of_order_one(rng, 6, 4)

    def moments(module):
        paths = [np.zeros(4)], [np.zeros(4)]
        for gradient in gradients:
            answer = module.update_moments(*(path[-1] for path in paths), gradient, 0.8, 0.97)
            for path, average in zip(paths, unpack(answer, "m", "v"), strict=True):
                path.append(average)
        return paths

    for name, path, wanted in zip(("m", "v"), moments(student), moments(reference), strict=True):
        assert_matches(path, wanted, name=f"the average {name}", along="step")


@points(1)
def test_learning_rate_is_corrected_for_each_step(student, reference):
    """The corrected learning rate is right in the first step, in the next ones, and much later."""
    steps = (1, 2, 3, 5, 40)
    expected = [reference.corrected_learning_rate(0.2, step, 0.8, 0.97) for step in steps]
    actual = [student.corrected_learning_rate(0.2, step, 0.8, 0.97) for step in steps]
    assert_matches(actual, expected, name="the corrected learning rate")


@points(1)
def test_first_step_does_not_depend_on_the_size_of_the_gradient(student, reference, rng):
    """The first step of every weight is as long as the learning rate, whether its gradient is small or large."""
    w, gradient = of_order_one(rng, 4), of_order_one(rng, 4) * [0.2, 1.0, 5.0, 25.0]
    settings = {"learning_rate": 0.03, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    expected, *_ = reference.adam_step(w, np.zeros(4), np.zeros(4), 1, gradient, **settings)
    answer = student.adam_step(w, np.zeros(4), np.zeros(4), 1, gradient, **settings)
    actual, *_ = unpack(answer, "w", "m", "v")
    assert_matches(actual, expected, name="the new w")


@points(2)
def test_adam_steps_follow_keras(student, truth, rng):
    """Eight steps, each from where the last one ended, follow Keras."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 8, 2, 3)
    settings = {"learning_rate": 0.03, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "Adam", w, gradients, **settings)
    path = follow(student.adam_step, w, gradients, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_a_later_step_goes_on_from_its_moments(student, reference, rng):
    """A step in the middle of a descent goes on from the averages and the count that it is given."""
    w, m, gradient = (of_order_one(rng, 5) for _ in range(3))
    v = of_order_one(rng, 5) ** 2
    settings = {"learning_rate": 0.06, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    expected = reference.adam_step(w, m, v, 7, gradient, **settings)
    actual = unpack(student.adam_step(w, m, v, 7, gradient, **settings), "w", "m", "v")
    for name, got, wanted in zip(("w", "m", "v"), actual, expected, strict=True):
        assert_matches(got, wanted, name=f"the new {name}")


@points(1)
def test_a_weight_without_gradient_stays(student, truth, rng):
    """A weight whose gradient has always been zero stays where it is."""
    w, gradients = of_order_one(rng, 5), of_order_one(rng, 5, 5) * [1.0, 0.0, 1.0, 0.0, 1.0]
    settings = {"learning_rate": 0.03, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "Adam", w, gradients, **settings)
    path = follow(student.adam_step, w, gradients, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_epsilon_stands_where_keras_has_it(student, truth, rng):
    """A large epsilon is added where Keras adds it, as the handout says."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 5, 4) * [1.0, 1.0, 1.0, 1e-4]
    settings = {"learning_rate": 0.3, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 0.4}
    expected = truth(optimizer_steps, "Adam", w, gradients, **settings)
    path = follow(student.adam_step, w, gradients, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")
    expected = truth(optimizer_steps, "Adam", w, gradients, amsgrad=True, **settings)
    path = follow_amsgrad(student, w, gradients, **settings)
    assert_matches(path, list(expected), name="AMSGrad's array of weights", along="step")


@points(2)
def test_two_parameters_follow_keras(student, truth, rng):
    """The optimizer moves a matrix and a vector as Keras does over seven updates."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 7, 3, 2), of_order_one(rng, 7, 2)]
    settings = {"learning_rate": 0.04, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    expected = truth(parameter_steps, "Adam", weights, gradients, **settings)
    optimizer = student.Adam(**settings)
    paths = update_all(optimizer, weights, [list(now) for now in zip(*gradients, strict=True)])
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_optimizers_do_not_know_of_each_other(student, rng):
    """Two optimizers that take turns keep their averages, counts and settings apart."""
    weights, gradients = [of_order_one(rng, 4)], of_order_one(rng, 5, 4)
    settings = (
        {"learning_rate": 0.06, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7},
        {"learning_rate": 0.02, "beta_1": 0.6, "beta_2": 0.9, "epsilon": 1e-7},
    )
    makers = [partial(student.Adam, **setting) for setting in settings]
    assert_apart(makers, weights, [[now] for now in gradients], name="the array of weights", along="update")


@points(1)
def test_new_learning_rate_counts_from_the_next_update(student, truth, rng):
    """After a change of the learning rate the updates go on as in Keras."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 7, 4)
    settings = {"beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    rates = [0.08] * 3 + [0.02] * 4
    expected = truth(optimizer_steps, "Adam", w, gradients, learning_rates=rates, **settings)
    optimizer = student.Adam(learning_rate=0.08, **settings)
    [path] = update_all(optimizer, [w], [[now] for now in gradients[:3]])
    optimizer.set_learning_rate(0.02)
    path += update_all(optimizer, [path[-1]], [[now] for now in gradients[3:]])[0][1:]
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_whole_number_weights_move_like_others(student, rng):
    """Weights that start as whole numbers move like any others."""
    weights = [rng.integers(1, 9, size=(3, 2)), rng.integers(1, 9, size=2)]
    gradients = [[20 * of_order_one(rng, 3, 2), 20 * of_order_one(rng, 2)] for _ in range(5)]
    settings = {"learning_rate": 0.3, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    assert_moves_whole_numbers(
        partial(student.Adam, **settings), weights, gradients, name="the array of weights", along="step"
    )


@points(2)
def test_descent_into_a_bowl_follows_keras(student, truth, rng):
    """A descent into a tilted bowl follows Keras all the way."""
    w = of_order_one(rng, 3)
    settings = {"learning_rate": 0.06, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    expected = truth(descent_steps, "Adam", "bowl", w, 12, **settings)
    actual = student.descend(gradient_of("bowl"), w, steps=12, **settings)
    assert_matches(actual, expected, name="the trajectory", along="step")


@points(1)
def test_gradient_is_asked_once_per_step(student, rng):
    """The gradient is asked once per step, at the present weights."""
    w, quartic = of_order_one(rng, 2, 3), gradient_of("quartic")
    settings = {"learning_rate": 0.06, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    assert_asks_once(
        lambda gradient: student.descend(gradient, w, steps=5, **settings),
        quartic,
        w,
        5,
        name="the points at which the gradient was asked",
        along="step",
    )


@points(1)
def test_adamw_steps_follow_keras(student, truth, rng):
    """Six steps of AdamW follow Keras: the weights shrink apart from the step."""
    w, gradients = of_order_one(rng, 2, 3), of_order_one(rng, 6, 2, 3)
    settings = {"weight_decay": 0.4, "learning_rate": 0.06, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "AdamW", w, gradients, **settings)
    path = follow(student.adamw_step, w, gradients, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_amsgrad_steps_follow_keras(student, truth, rng):
    """Seven steps of AMSGrad follow Keras, where small gradients come between large ones."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 7, 4)
    gradients[[0, 1, 5]] *= 5
    settings = {"learning_rate": 0.06, "beta_1": 0.7, "beta_2": 0.8, "epsilon": 1e-7}
    expected = truth(optimizer_steps, "Adam", w, gradients, amsgrad=True, **settings)
    path = follow_amsgrad(student, w, gradients, **settings)
    assert_matches(path, list(expected), name="the array of weights", along="step")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """No function changes the arrays that it is given, and the answer is right all the same."""
    w, m, v, gradient = of_order_one(rng, 3), np.zeros(3), np.zeros(3), of_order_one(rng, 3)
    settings = {"learning_rate": 0.06, "beta_1": 0.8, "beta_2": 0.97, "epsilon": 1e-7}
    student.update_moments(m, v, gradient, 0.8, 0.97)
    answer = student.adam_step(w, m, v, 1, gradient, **settings)
    optimizer = student.Adam(**settings)
    optimizer.update([w], [gradient])
    optimizer.update([w], [gradient])
    student.descend(gradient_of("quartic"), w, steps=3, **settings)
    assert_unchanged(student)
    expected, *_ = reference.adam_step(w, m, v, 1, gradient, **settings)
    assert_matches(unpack(answer, "w", "m", "v")[0], expected, name="the new w")
