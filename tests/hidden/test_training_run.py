"""A training run: the suite that gives the grade.

The functions of the earlier topics are handed in: those of the solutions, so that an error in an earlier topic costs
nothing here, except in the two tests with the student's own modules.
"""

import numpy as np
from keras_training_run import epochs_of_fit, evaluate, fit, forward_pass, gradients, steps, stopped_fit

from grader.suite import assert_matches, assert_unchanged, points, unpack

# No two numbers coincide, and penalty factors are exact in single precision, in which Keras keeps them.
ADAM = {
    "rate": 0.3,
    "momentum": 0.8,
    "epsilon": 0.002,
    "l1": 0.0,
    "l2": 0.03125,
    "schedule": {"name": "exponential_decay", "initial_learning_rate": 0.15, "decay_steps": 2, "decay_rate": 0.9},
    "optimizer": {"name": "Adam", "beta_1": 0.85, "beta_2": 0.96, "epsilon": 1e-7},
    "patience": 2,
    "restore_best_weights": True,
}
MOMENTUM = {
    **ADAM,
    "l1": 0.0078125,
    "l2": 0.015625,
    "schedule": {"name": "inverse_time_decay", "initial_learning_rate": 0.25, "decay_steps": 3, "decay_rate": 0.6},
    "optimizer": {"name": "Momentum", "momentum": 0.7, "nesterov": True},
}
STOPPING = {**ADAM, "l2": 0.0078125}
INPUTS, UNITS, CLASSES = 5, 8, 3
MOST = 1000
"""Entries of an array that a part takes: parts work in the grader's own process."""
ROWS, BATCH_SIZE = 11, 4
FEW, ALL = 6, 12
"""Batch sizes that give two batches of the rows, and one."""


def test_forward_in_training_follows_keras(student, solution, truth, rng):
    """In training, what goes through the network is what Keras gives, dropout and moving averages included."""
    (x, _), state = _rows(rng, 7), _state(rng)
    uniforms, expected = truth(forward_pass, x, state, ADAM, _seed(rng), training=True)
    values = student.forward(x, state, _parts(solution, ADAM), True, uniforms)
    assert_matches(values, expected, name="the dict of forward()")


def test_forward_at_validation_follows_keras(student, solution, truth, rng):
    """At validation the network uses its moving averages and all its units, and leaves the averages alone."""
    (x, _), state = _rows(rng, 6), _state(rng)
    _, expected = truth(forward_pass, x, state, ADAM, _seed(rng), training=False)
    values = student.forward(x, state, _parts(solution, ADAM), False)
    assert_matches(values, expected, name="the dict of forward()")


def test_the_loss_holds_both_penalties(student, reference, solution, truth, rng):
    """The total loss is what Keras' evaluate says, with both penalties, for a few rows and for many."""
    for rows, settings in ((4, ADAM), (13, MOMENTUM)):
        (x, y), state = _rows(rng, rows), _state(rng)
        expected = truth(evaluate, x, y, state, settings)
        prediction = reference.forward(x, state, _parts(solution, settings), False)["prediction"]
        actual = student.total_loss(prediction, y, state, _parts(solution, settings))
        assert_matches(actual, expected, name=f"the total loss of {rows} rows")


@points(2)
def test_gradients_follow_keras(student, reference, solution, truth, rng):
    """The gradients of everything that is trained are those of GradientTape, penalties included."""
    for rows, settings in ((7, ADAM), (10, MOMENTUM)):
        (x, y), state = _rows(rng, rows), _state(rng)
        uniforms, _, expected = truth(gradients, x, y, state, settings, _seed(rng))
        values = reference.forward(x, state, _parts(solution, settings), True, uniforms)
        actual = student.gradients(x, y, state, values, _parts(solution, settings))
        assert_matches(actual, expected, name="the dict of gradients")


def test_a_step_follows_keras(student, solution, truth, rng):
    """One step gives the loss and the new state of Keras' train_on_batch."""
    batch, state = _rows(rng, 6), _state(rng)
    [uniforms], [expected_loss], [expected] = truth(steps, [batch], state, ADAM, _seed(rng))
    parts = _parts(solution, ADAM)
    answer = student.train_step(*batch, state, parts, parts["new_optimizer"](), uniforms)
    new_state, loss = unpack(answer, "state", "loss")
    assert_matches(new_state, expected, name="the new state")
    assert_matches(loss, expected_loss, name="the loss before the step")


def test_steps_follow_the_schedule(student, solution, truth, rng):
    """Each step uses the learning rate that belongs to the number of updates made so far, as in Keras."""
    batches, state = [_rows(rng, rows) for rows in (6, 4, 7)], _state(rng, iterations=5)
    uniforms, _, expected = truth(steps, batches, state, MOMENTUM, _seed(rng))
    parts = _parts(solution, MOMENTUM)
    update = parts["new_optimizer"]()
    for (x, y), numbers, after in zip(batches, uniforms, expected, strict=True):
        state, _ = unpack(student.train_step(x, y, state, parts, update, numbers), "state", "loss")
        assert_matches(state, after, name=f"the state after update {after['iterations'] - 5}")


def test_epochs_follow_keras(student, solution, truth, rng):
    """Two epochs in batches, the last of them smaller, lead through the states of Keras' fit."""
    training, state = _rows(rng, ROWS), _state(rng)
    uniforms, states = truth(epochs_of_fit, training, state, ADAM, _seed(rng), epochs=2, batch_size=BATCH_SIZE)
    parts = _parts(solution, ADAM)
    update = parts["new_optimizer"]()
    for epoch, expected in enumerate(states):
        answer = student.train_epoch(*training, state, parts, update, uniforms[epoch], BATCH_SIZE)
        state, _ = unpack(answer, "state", "loss")
        assert_matches(state, expected, name=f"the state after epoch {epoch}")


def test_the_loss_of_an_epoch_follows_keras(student, solution, truth, rng):
    """The loss of an epoch is what Keras' fit puts into history["loss"]."""
    training, state = _rows(rng, 10), _state(rng)
    validation = _rows(rng, 7)
    uniforms, history, _ = truth(fit, training, validation, state, ADAM, _seed(rng), epochs=1, batch_size=BATCH_SIZE)
    parts = _parts(solution, ADAM)
    answer = student.train_epoch(*training, state, parts, parts["new_optimizer"](), uniforms[0], BATCH_SIZE)
    _, loss = unpack(answer, "state", "loss")
    assert_matches(loss, history["loss"][0], name="the loss of the epoch")


def test_validation_follows_keras(student, solution, truth, rng):
    """The loss of a network that is not being trained is what Keras' evaluate says."""
    for rows, settings in ((6, MOMENTUM), (14, ADAM)):
        (x, y), state = _rows(rng, rows), _state(rng)
        expected = truth(evaluate, x, y, state, settings)
        actual = student.evaluate(x, y, state, _parts(solution, settings))
        assert_matches(actual, expected, name=f"the loss of {rows} rows")


def test_a_run_has_the_history_of_keras(student, solution, truth, rng):
    """A run of two epochs has the history of Keras' fit, loss and val_loss."""
    training, validation, state = _rows(rng, ROWS), _rows(rng, 7), _state(rng)
    uniforms, expected, _ = truth(fit, training, validation, state, ADAM, _seed(rng), epochs=2, batch_size=FEW)
    _, history = _run(student, training, validation, state, _parts(solution, ADAM), uniforms, FEW)
    assert_matches(history, expected, name="the history")


def test_a_run_ends_in_the_state_of_keras(student, solution, truth, rng):
    """A run of two epochs that keeps its last weights ends in the state of Keras' fit."""
    settings = {**ADAM, "restore_best_weights": False}
    training, validation, state = _rows(rng, ROWS), _rows(rng, 7), _state(rng)
    uniforms, _, expected = truth(
        fit, training, validation, state, settings, _seed(rng), epochs=2, batch_size=BATCH_SIZE
    )
    final, _ = _run(student, training, validation, state, _parts(solution, settings), uniforms)
    assert_matches(final, expected, name="the state at the end")


def test_early_stopping_ends_a_run_where_keras_does(student, solution, truth, rng):
    """Early stopping ends a run after the epoch after which Keras' EarlyStopping ends it."""
    training, x, state = _rows(rng, ROWS), 2.0 * _rows(rng, 7)[0], _state(rng)
    settings = {"best_epoch": 1, "epochs": 6, "batch_size": ALL}
    y, uniforms, expected_history, expected = truth(stopped_fit, training, x, state, STOPPING, _seed(rng), **settings)
    final, history = _run(student, training, (x, y), state, _parts(solution, STOPPING), uniforms, ALL)
    assert_matches(history, expected_history, name="the history")
    assert_matches(final, {"iterations": expected["iterations"]}, name="the state at the end")


def test_the_best_weights_come_back(student, solution, truth, rng):
    """A stopped run ends with weights and moving averages of its best epoch, as in Keras."""
    training, x, state = _rows(rng, ROWS), 2.0 * _rows(rng, 7)[0], _state(rng)
    settings = {"best_epoch": 1, "epochs": 6, "batch_size": FEW}
    y, uniforms, _, expected = truth(stopped_fit, training, x, state, STOPPING, _seed(rng), **settings)
    final, _ = _run(student, training, (x, y), state, _parts(solution, STOPPING), uniforms, FEW)
    assert_matches(final, expected, name="the state at the end")


def test_a_run_takes_other_parts(student, solution, truth, rng):
    """A run goes well with Nesterov momentum, another schedule and another penalty, in batches of another size."""
    training, validation, state = _rows(rng, 13), _rows(rng, 6), _state(rng)
    uniforms, expected_history, expected = truth(
        fit, training, validation, state, MOMENTUM, _seed(rng), epochs=2, batch_size=6
    )
    final, history = _run(student, training, validation, state, _parts(solution, MOMENTUM), uniforms, 6)
    assert_matches(history, expected_history, name="the history")
    assert_matches(final, expected, name="the state at the end")


def test_every_run_starts_anew(student, solution, truth, rng):
    """A second run with the same parts starts with an optimizer and an early stopping of its own."""
    training, validation, state = _rows(rng, 6), _rows(rng, 7), _state(rng)
    uniforms, _, expected = truth(fit, training, validation, state, ADAM, _seed(rng), epochs=2, batch_size=9)
    parts = _parts(solution, ADAM)
    for which in ("first", "second"):
        final, _ = _run(student, training, validation, state, parts, uniforms, 9)
        assert_matches(final, expected, name=f"the state at the end of the {which} run")


def test_a_step_with_your_own_modules(student, reference, own, solution, rng):
    """A step goes well with your own modules of the earlier topics, where they give the right numbers."""
    batch, state, uniforms = _rows(rng, 6), _state(rng), rng.random((6, UNITS))

    def step(subject, parts):
        answer = subject.train_step(*batch, state, parts, parts["new_optimizer"](), uniforms)
        return unpack(answer, "state", "loss")

    parts, (expected, expected_loss) = _with_own_parts(own, solution, ADAM, rng, reference, step)
    new_state, loss = step(student, parts)
    assert_matches(new_state, expected, name="the new state")
    assert_matches(loss, expected_loss, name="the loss before the step")


@points(2)
def test_a_run_with_your_own_modules(student, reference, own, solution, truth, rng):
    """A whole run goes well with your own modules of the earlier topics, where they give the right numbers."""
    settings = {**STOPPING, "patience": 1}
    training, x, state = _rows(rng, ROWS), 2.0 * _rows(rng, 7)[0], _state(rng)
    y, uniforms, _, _ = truth(
        stopped_fit, training, x, state, settings, _seed(rng), best_epoch=0, epochs=3, batch_size=ALL
    )

    def whole(subject, parts):
        return _run(subject, training, (x, y), state, parts, uniforms, ALL)

    parts, (expected, expected_history) = _with_own_parts(own, solution, settings, rng, reference, whole)
    final, history = whole(student, parts)
    assert_matches(history, expected_history, name="the history")
    assert_matches(final, expected, name="the state at the end")


def test_arguments_are_left_as_they_were(student, reference, solution, rng):
    """No function changes a state or an array that it was given."""
    (x, y), state, uniforms = _rows(rng, 6), _state(rng), rng.random((6, UNITS))
    parts = _parts(solution, ADAM)
    values = reference.forward(x, state, parts, True, uniforms)
    expected = reference.gradients(x, y, state, values, parts)
    assert_matches(student.gradients(x, y, state, values, parts), expected, name="the dict of gradients")
    assert_unchanged(student)
    student.forward(x, state, parts, True, uniforms)
    student.total_loss(values["prediction"], y, state, parts)
    student.evaluate(x, y, state, parts)
    assert_unchanged(student)
    student.train_step(x, y, state, parts, parts["new_optimizer"](), uniforms)
    student.train_epoch(x, y, state, parts, parts["new_optimizer"](), uniforms, 7)
    student.fit(x, y, (x, y), state, parts, uniforms[None], 1, 7)
    assert_unchanged(student)


def _seed(rng):
    return int(rng.integers(1, 100_000))


def _rows(rng, n):
    """Inputs and one-hot targets."""
    return rng.normal(size=(n, INPUTS)), np.eye(CLASSES)[rng.integers(CLASSES, size=n)]


def _state(rng, iterations=0):
    """A network in which about two thirds of the units are on, and averages that are not those of the rows."""
    return {
        "kernel": rng.normal(size=(INPUTS, UNITS)) / 2,
        "gamma": rng.uniform(0.6, 1.6, size=UNITS),
        "beta": rng.uniform(-0.2, 0.9, size=UNITS),
        "output_kernel": rng.normal(size=(UNITS, CLASSES)) / 2,
        "output_bias": rng.uniform(-0.5, 0.5, size=CLASSES),
        "moving_mean": rng.normal(size=UNITS) / 2,
        "moving_variance": rng.uniform(0.4, 2.0, size=UNITS),
        "iterations": iterations,
    }


def _run(subject, training, validation, state, parts, uniforms, batch_size=BATCH_SIZE):
    answer = subject.fit(*training, validation, state, parts, uniforms, len(uniforms), batch_size)
    return unpack(answer, "state", "history")


def _parts(of, settings):
    """The functions that a student's are handed, made of the modules that `of` gives."""
    dense, back, norm = of("forward_propagation"), of("backpropagation"), of("batch_normalization")
    regular, masks, rates = of("weight_regularization"), of("dropout"), of("learning_rate_schedules")
    kind = settings["optimizer"]["name"]
    optimizers, stoppings = of(kind.lower()), of("early_stopping")
    epsilon, l1, l2 = settings["epsilon"], settings["l1"], settings["l2"]
    cross_entropy = "categorical_crossentropy"

    def batch_norm(z, gamma, beta, moving_mean, moving_variance, training):
        averages = moving_mean, moving_variance
        return norm.batch_norm(z, gamma, beta, *averages, training, momentum=settings["momentum"], epsilon=epsilon)

    def schedule(step):
        arguments = _arguments(settings["schedule"])
        return getattr(rates, settings["schedule"]["name"])(step, **arguments)

    def new_optimizer():
        optimizer = getattr(optimizers, kind)(learning_rate=0.1, **_arguments(settings["optimizer"]))

        def update(weights, gradients, learning_rate):
            optimizer.set_learning_rate(learning_rate)
            return optimizer.update(weights, gradients)

        return _guarded("update", update)

    def new_early_stopping():
        names = ("patience", "restore_best_weights")
        stopping = stoppings.EarlyStopping(**{name: settings[name] for name in names})

        def stop(value, weights):
            return stopping.update(value, weights)

        return _guarded("stop", stop), _guarded("finish", lambda weights: stopping.finish(weights))

    parts = {
        "batch_norm": batch_norm,
        "batch_norm_backward": lambda dy, z, gamma: norm.batch_norm_backward(dy, z, gamma, epsilon=epsilon),
        "relu": lambda y: dense.relu(y),
        "relu_backward": lambda dh, h: back.activation_backward(dh, h, "relu"),
        "dropout_mask": lambda uniforms: masks.dropout_mask(uniforms, settings["rate"]),
        "softmax": lambda scores: dense.softmax(scores),
        "loss": lambda prediction, y: dense.categorical_crossentropy(y, prediction),
        "loss_backward": lambda prediction, y: back.loss_backward(prediction, y, cross_entropy),
        "dense_backward": lambda dz, x, kernel: back.dense_backward(dz, x, kernel),
        "penalty": lambda kernel: regular.l1_penalty(kernel, l1) + regular.l2_penalty(kernel, l2),
        "penalty_gradient": lambda kernel: regular.penalty_gradient(kernel, l1=l1, l2=l2),
        "schedule": schedule,
        "new_optimizer": new_optimizer,
        "new_early_stopping": new_early_stopping,
    }
    return {name: _guarded(name, part) for name, part in parts.items()}


def _guarded(name, part):
    """The function under this name, for small arguments only."""

    def guarded(*args, **kwargs):
        for value in (*args, *kwargs.values()):
            _require_small(value)
        return part(*args, **kwargs)

    guarded.__name__ = name  # stands in the message where it does not accept its arguments
    return guarded


def _require_small(value):
    if isinstance(value, (list, tuple)) and len(value) <= 10:
        for entry in value:
            _require_small(entry)
    elif isinstance(value, np.ndarray):
        if value.size > MOST:
            raise ValueError(f"an array of shape {value.shape} is too large for this run")
    elif not isinstance(value, (bool, float)) and not (isinstance(value, int) and abs(value) < 10**6):
        raise TypeError(f"an array, a number or a short list of these is expected, not {type(value).__name__}")


def _arguments(settings):
    return {name: value for name, value in settings.items() if name != "name"}


def _with_own_parts(own, solution, settings, rng, reference, ask):
    """Parts made of the student's own modules, and what the reference gives with them.

    A part is ours where theirs does not give the right numbers, and all are ours where a run with theirs does not end.
    """
    ours, theirs = _parts(solution, settings), _parts(own, settings)
    mixed = {name: theirs[name] if _agree(theirs[name], ours[name], name, rng) else ours[name] for name in ours}
    try:
        expected = ask(reference, mixed)
        assert_matches(expected, expected)  # fails where there is a NaN
    except Exception:
        return ours, ask(reference, ours)
    return mixed, expected


def _agree(theirs, ours, name, rng):
    """Whether a part gives the same numbers as ours, for some arguments."""
    seed = _seed(rng)
    try:
        expected = _TRIALS[name](ours, np.random.default_rng(seed))
        assert_matches(_TRIALS[name](theirs, np.random.default_rng(seed)), expected)
    except Exception:
        return False
    return True


def _try_batch_norm(part, rng):
    z, state = rng.normal(size=(6, UNITS)), _state(rng)
    arguments = [state[name] for name in ("gamma", "beta", "moving_mean", "moving_variance")]
    return [part(z, *arguments, training) for training in (True, False)]


def _try_optimizer(part, rng):
    """Two optimizers at the same time: neither may know of the other."""
    weights = [[rng.normal(size=shape) for shape in ((4, 3), (3,))] for _ in range(2)]
    updates = [part() for _ in weights]
    for step in range(3):
        for which, update in enumerate(updates):
            gradients = [rng.normal(size=w.shape) for w in weights[which]]
            weights[which] = update(weights[which], gradients, 0.1 / (1 + step))
    return weights


def _try_early_stopping(part, rng):
    answers = []
    for values in ([1.5, 0.9, 1.1, 1.3], [0.7, 0.8, 0.3, 0.2]):
        stop, finish = part()
        weights = [[rng.normal(size=(4, 3)), rng.normal(size=3)] for _ in values]
        decisions = [stop(value, now) for value, now in zip(values, weights, strict=True)]
        answers.append((decisions, finish(weights[-1])))
    return answers


def _normal(rng, *shapes):
    return [rng.normal(size=shape) for shape in shapes]


# How the student's own parts are tried out before they are used.
_TRIALS = {
    "batch_norm": _try_batch_norm,
    "batch_norm_backward": lambda part, rng: part(*_normal(rng, (6, UNITS), (6, UNITS), UNITS)),
    "relu": lambda part, rng: part(*_normal(rng, (6, UNITS))),
    "relu_backward": lambda part, rng: part(*_normal(rng, (6, UNITS)), np.maximum(*_normal(rng, (6, UNITS)), 0.0)),
    "dropout_mask": lambda part, rng: part(rng.random((6, UNITS))),
    "softmax": lambda part, rng: part(*_normal(rng, (6, CLASSES))),
    "loss": lambda part, rng: part(rng.dirichlet(np.ones(CLASSES), size=6), np.eye(CLASSES)[[0, 1, 2, 2, 1, 0]]),
    "loss_backward": lambda part, rng: part(
        rng.dirichlet(np.ones(CLASSES), size=6), np.eye(CLASSES)[[0, 1, 2, 2, 1, 0]]
    ),
    "dense_backward": lambda part, rng: part(*_normal(rng, (6, CLASSES), (6, UNITS), (UNITS, CLASSES))),
    "penalty": lambda part, rng: part(*_normal(rng, (INPUTS, UNITS))),
    "penalty_gradient": lambda part, rng: part(*_normal(rng, (INPUTS, UNITS))),
    "schedule": lambda part, _: [part(step) for step in range(9)],
    "new_optimizer": _try_optimizer,
    "new_early_stopping": _try_early_stopping,
}
