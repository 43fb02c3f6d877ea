"""Learning rate schedules: the suite that gives the grade."""

import numpy as np
from keras_learning_rate_schedules import rates, scheduled_descent, scheduled_updates
from keras_oracle import gradient_of

from grader.suite import assert_matches, assert_unchanged, points, unpack


def of_order_one(rng, *shape):
    """Numbers of both signs, none of them near zero or large."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.5, 2.0, size=shape)


def pieces(rng, count):
    """Boundaries at uneven distances, and for count + 1 values rates that go down and up."""
    boundaries = np.cumsum(rng.integers(5, 12, size=count)).tolist()
    values = (
        rng.permutation([0.9, 0.7, 0.5, 0.3, 0.15])[: count + 1] + rng.uniform(-0.05, 0.05, size=count + 1)
    ).tolist()
    return boundaries, values


def around(boundaries):
    """Steps before, between and after the boundaries, none of them a boundary."""
    near = {boundary + offset for boundary in boundaries for offset in (-2, -1, 1, 3)}
    return sorted({0, 1, *near, boundaries[-1] + 60} - set(boundaries))


def assert_rates(actual, expected, steps):
    """Compare rates one by one, so that the message can name the step."""
    for step, got, wanted in zip(steps, actual, expected, strict=True):
        assert_matches(got, wanted, name=f"the learning rate at step {step}")


def asked(function, steps, *settings):
    """What a schedule says at each of the steps."""
    return [function(step, *settings) for step in steps]


def falling(step):
    """A schedule of the suite's own, exponential: it hands out a rate for each step that it is asked for."""
    return 0.3 * 0.8 ** (np.asarray(step) / 4)


@points(2)
def test_piecewise_constant_follows_keras(student, truth, rng):
    """Before, between and after the boundaries the rates of piecewise_constant are Keras'."""
    boundaries, values = pieces(rng, 3)
    steps = around(boundaries)
    expected = truth(rates, "piecewise_constant", steps, boundaries=boundaries, values=values)
    assert_rates(asked(student.piecewise_constant, steps, boundaries, values), expected, steps)


@points(1)
def test_one_boundary_or_four(student, truth, rng):
    """Any number of boundaries will do, and a rate may rise again."""
    cases = [pieces(rng, count) for count in (1, 4)]
    answers = [
        asked(student.piecewise_constant, around(boundaries), boundaries, values) for boundaries, values in cases
    ]
    for (boundaries, values), actual in zip(cases, answers, strict=True):
        steps = around(boundaries)
        expected = truth(rates, "piecewise_constant", steps, boundaries=boundaries, values=values)
        assert_rates(actual, expected, steps)


@points(1)
def test_a_boundary_belongs_where_keras_puts_it(student, truth, rng):
    """At the boundaries themselves the rates are Keras', as the handout says."""
    boundaries, values = pieces(rng, 3)
    expected = truth(rates, "piecewise_constant", boundaries, boundaries=boundaries, values=values)
    assert_rates(asked(student.piecewise_constant, boundaries, boundaries, values), expected, boundaries)


@points(2)
def test_exponential_decay_follows_keras(student, truth, rng):
    """The rates of exponential_decay are Keras', at the start, within and after decay_steps updates."""
    settings = {"initial_learning_rate": float(rng.uniform(0.2, 0.8)), "decay_steps": 10, "decay_rate": 0.7}
    steps = [0, 1, 3, 8, 10, 17, 20, 45]
    expected = truth(rates, "exponential_decay", steps, **settings)
    assert_rates(asked(student.exponential_decay, steps, *settings.values(), False), expected, steps)


@points(1)
def test_exponential_staircase_follows_keras(student, truth, rng):
    """With staircase=True the rates of exponential_decay fall in steps, as in Keras."""
    settings = {"initial_learning_rate": float(rng.uniform(0.2, 0.8)), "decay_steps": 7, "decay_rate": 0.6}
    steps = [0, 1, 5, 6, 7, 8, 13, 14, 20, 34]
    expected = truth(rates, "exponential_decay", steps, staircase=True, **settings)
    assert_rates(asked(student.exponential_decay, steps, *settings.values(), True), expected, steps)


@points(2)
def test_inverse_time_decay_follows_keras(student, truth, rng):
    """The rates of inverse_time_decay are Keras', at the start, within and after decay_steps updates."""
    settings = {"initial_learning_rate": float(rng.uniform(0.2, 0.8)), "decay_steps": 10, "decay_rate": 0.7}
    steps = [0, 1, 3, 8, 10, 17, 20, 45]
    expected = truth(rates, "inverse_time_decay", steps, **settings)
    assert_rates(asked(student.inverse_time_decay, steps, *settings.values(), False), expected, steps)


@points(1)
def test_inverse_time_staircase_follows_keras(student, truth, rng):
    """With staircase=True the rates of inverse_time_decay fall in steps, as in Keras."""
    settings = {"initial_learning_rate": float(rng.uniform(0.2, 0.8)), "decay_steps": 7, "decay_rate": 0.6}
    steps = [0, 1, 5, 6, 7, 8, 13, 14, 20, 34]
    expected = truth(rates, "inverse_time_decay", steps, staircase=True, **settings)
    assert_rates(asked(student.inverse_time_decay, steps, *settings.values(), True), expected, steps)


@points(1)
def test_rates_of_the_first_updates(student, truth):
    """The rates of the first updates are those of the steps from 0 on."""
    settings = {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.8}
    for updates in (9, 1):
        expected = truth(rates, "exponential_decay", list(range(updates)), **settings)
        actual = student.learning_rates(falling, updates)
        assert_matches(actual, np.array(expected), name="the array of rates", along="update")


@points(1)
def test_descent_with_falling_rates_follows_keras(student, truth, rng):
    """A descent into a tilted bowl with an exponential schedule follows Keras all the way."""
    w = of_order_one(rng, 3)
    settings = {"initial_learning_rate": 0.3, "decay_steps": 4, "decay_rate": 0.8}
    expected = truth(scheduled_descent, "bowl", w, 12, "exponential_decay", **settings)
    assert_matches(student.descend(gradient_of("bowl"), w, falling, 12), expected, along="step")


@points(1)
def test_descent_with_piecewise_constant_rates_follows_keras(student, truth, rng):
    """A descent into a curved valley with a piecewise constant schedule follows Keras all the way."""
    w = of_order_one(rng, 2)
    settings = {"boundaries": [2, 6], "values": [0.004, 0.02, 0.011]}
    expected = truth(scheduled_descent, "valley", w, 12, "piecewise_constant", **settings)

    def schedule(step):
        return np.array([0.004, 0.02, 0.011])[(np.asarray(step) > 2) * 1 + (np.asarray(step) > 6)]

    assert_matches(student.descend(gradient_of("valley"), w, schedule, 12), expected, along="step")


@points(1)
def test_gradient_is_asked_once_per_step(student, reference, rng):
    """The gradient is asked once per step, at the present weights."""
    w, quartic = of_order_one(rng, 2, 3), gradient_of("quartic")

    def points_asked(module):
        seen = []

        def gradient(at):
            seen.append(at)
            return quartic(at)

        module.descend(gradient, w, falling, 5)
        return seen

    actual, expected = points_asked(student), points_asked(reference)
    assert_matches(actual, expected, name="the points at which the gradient was asked", along="step")


@points(1)
def test_whole_number_weights_move_like_others(student, reference, rng):
    """A descent that starts from whole numbers is like any other."""
    w = rng.integers(2, 5, size=(2, 3)) * rng.choice([-1, 1], size=(2, 3))

    def half(at):
        return np.asarray(at) / 2

    expected = reference.descend(half, w, falling, 6)
    assert_matches(student.descend(half, w, falling, 6), expected, along="step")


@points(1)
def test_optimizer_shows_the_rate_of_the_next_update(student, truth, rng):
    """Before each update the optimizer shows the learning rate that Keras shows, and asking changes nothing."""
    w, gradients = of_order_one(rng, 3), of_order_one(rng, 8, 3)
    settings = {"initial_learning_rate": 0.4, "decay_steps": 3, "decay_rate": 0.6, "staircase": True}
    expected, _ = truth(scheduled_updates, [w], [gradients], "inverse_time_decay", **settings)
    optimizer = student.ScheduledSGD("inverse_time_decay", **settings)
    shown = [optimizer.learning_rate()]
    for gradient in gradients:
        [w] = unpack(optimizer.update([w], [gradient]), "w")
        optimizer.learning_rate()
        shown.append(optimizer.learning_rate())
    for updates, (got, wanted) in enumerate(zip(shown, expected, strict=True)):
        assert_matches(got, wanted, name=f"the learning rate after {updates} updates")


@points(2)
def test_two_parameters_follow_keras(student, truth, rng):
    """The optimizer moves a matrix and a vector as Keras does under the same schedule."""
    weights = [of_order_one(rng, 3, 2), of_order_one(rng, 2)]
    gradients = [of_order_one(rng, 7, 3, 2), of_order_one(rng, 7, 2)]
    settings = {"initial_learning_rate": 0.4, "decay_steps": 3, "decay_rate": 0.6, "staircase": False}
    _, expected = truth(scheduled_updates, weights, gradients, "exponential_decay", **settings)
    optimizer = student.ScheduledSGD("exponential_decay", **settings)
    paths = [[w] for w in weights]
    for now in zip(*gradients, strict=True):
        weights = unpack(optimizer.update(list(weights), list(now)), "the matrix", "the vector")
        for path, w in zip(paths, weights, strict=True):
            path.append(w)
    for name, path, wanted in zip(("matrix", "vector"), paths, expected, strict=True):
        assert_matches(path, list(wanted), name=f"the {name}", along="step")


@points(1)
def test_two_optimizers_do_not_know_of_each_other(student, reference, rng):
    """Two optimizers that take turns keep their counts and schedules apart."""
    w, gradients = of_order_one(rng, 4), of_order_one(rng, 5, 4)
    settings = (
        ("exponential_decay", {"initial_learning_rate": 0.4, "decay_steps": 3, "decay_rate": 0.6}),
        ("inverse_time_decay", {"initial_learning_rate": 0.7, "decay_steps": 2, "decay_rate": 0.9}),
    )

    def take_turns(module):
        optimizers = [module.ScheduledSGD(schedule, **setting) for schedule, setting in settings]
        return [optimizer.update([w], [now]) for now in gradients for optimizer in optimizers]

    assert_matches(take_turns(student), take_turns(reference), name="the weights")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """Functions return something new, and change no list or array that they are given."""
    w, gradient = of_order_one(rng, 3), of_order_one(rng, 3)
    boundaries, values = pieces(rng, 3)
    steps = [0, boundaries[1] + 1, boundaries[-1] + 1]
    expected = asked(reference.piecewise_constant, steps, list(boundaries), list(values))
    assert_rates(asked(student.piecewise_constant, steps, boundaries, values), expected, steps)
    student.descend(gradient_of("quartic"), w, falling, 3)
    optimizer = student.ScheduledSGD("exponential_decay", initial_learning_rate=0.4, decay_steps=3, decay_rate=0.6)
    optimizer.update([w], [gradient])
    optimizer.update([w], [gradient])
    assert_unchanged(student)
