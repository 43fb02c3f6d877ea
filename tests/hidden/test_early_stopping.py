"""Early stopping: the suite that gives the grade."""

import numpy as np
from keras_early_stopping import fit, follow, run

from grader.suite import assert_matches, assert_unchanged, points, unpack

NAN = float("nan")


@points(1)
def test_smaller_is_better_in_mode_min(student, reference, rng):
    """In mode "min" a smaller value is an improvement, an equal or larger one is not, and any is better than None."""
    values, _ = _history(rng, [5, 4, 6, 5, 1, 9])
    for value in values:
        _assert_same_judgement(student, reference, value, values[0], min_delta=0.0, mode="min")
        _assert_same_judgement(student, reference, value, None, min_delta=0.0, mode="min")


@points(1)
def test_min_delta_and_mode_max_in_one_comparison(student, reference, rng):
    """In mode "max" a larger value is an improvement, and in both modes it has to be better by more than min_delta."""
    for mode in ("max", "min"):
        values, spacing = _history(rng, [5, 6.2, 3.8, 5, 6.9, 3.1, 9, 1], mode)
        for value in values:
            _assert_same_judgement(student, reference, value, values[0], min_delta=1.5 * spacing, mode=mode)


@points(2)
def test_patience_follows_keras(student, truth, rng):
    """Training ends after `patience` epochs in a row without improvement, as in Keras."""
    for levels, patience in (
        ([9, 7, 5, 6, 4, 5, 6, 3, 2], 2),
        ([2, 3, 4, 5, 6, 7, 8], 4),
        ([9, 8, 10, 11, 7, 12, 13, 14, 6], 3),
        ([9, 5, 7, 6, 8, 7, 9, 6, 8], 3),
        ([5, 4, 6, 7, 8], 3),
        ([9, 8, 7, 6, 5, 4, 3], 2),
    ):
        values, _ = _history(rng, levels)
        _assert_run_like_keras(student, truth, values, patience=patience)


@points(1)
def test_waiting_begins_anew(student, truth, rng):
    """After every improvement the waiting begins anew, as in Keras."""
    for levels, patience in (([9, 8, 10, 7, 11, 6, 10, 5, 12, 4, 9, 3], 2), ([8, 9, 7, 9, 6, 10, 5, 9, 8, 11, 4], 3)):
        values, _ = _history(rng, levels)
        _assert_run_like_keras(student, truth, values, patience=patience)


@points(1)
def test_an_equal_value_is_no_improvement(student, truth, rng):
    """A value as good as the best is no improvement, in both modes, as in Keras."""
    for mode in ("min", "max"):
        for levels, patience in (([7, 5, 5, 5, 5, 4], 3), ([8, 6, 7, 6, 6, 5], 4)):
            values, _ = _history(rng, levels, mode)
            _assert_run_like_keras(student, truth, values, patience=patience, mode=mode)


@points(1)
def test_min_delta_follows_keras(student, truth, rng):
    """Gains of less than min_delta do not count, as in Keras."""
    for levels, patience in (
        ([20, 18, 17.2, 16.9, 16.8, 12], 3),
        ([10, 11, 10.6, 11.2, 7, 8], 3),
        ([9, 7, 5, 3, 1], 1),
    ):
        values, spacing = _history(rng, levels)
        _assert_run_like_keras(student, truth, values, patience=patience, min_delta=1.5 * spacing)


@points(1)
def test_small_gains_add_up(student, truth, rng):
    """Small gains do not move the best value, so that several of them add up to an improvement, as in Keras."""
    for levels, patience in (([20, 19, 18, 17, 16, 15, 14, 13, 12], 2), ([20, 19.2, 18.4, 17.6, 16.8, 16, 15.2], 2)):
        values, spacing = _history(rng, levels)
        _assert_run_like_keras(student, truth, values, patience=patience, min_delta=1.5 * spacing)


@points(1)
def test_mode_max_follows_keras(student, truth, rng):
    """In mode "max", as for an accuracy, training ends where Keras ends it."""
    for levels, patience, delta in (
        ([9, 7, 5, 6, 4, 5, 6, 3, 2], 2, 0.0),
        ([20, 18, 17.2, 16.9, 16.8, 12], 3, 1.5),
        ([20, 19, 18, 17, 16, 15, 14, 13], 2, 1.5),
    ):
        values, spacing = _history(rng, levels, "max")
        _assert_run_like_keras(student, truth, values, patience=patience, min_delta=delta * spacing, mode="max")


@points(1)
def test_patience_0_is_patience_1(student, truth, rng):
    """With patience 0 and with patience 1 training ends after the first epoch without improvement, as in Keras."""
    for patience in (0, 1):
        for levels in ([9, 8, 7, 8, 6, 5], [4, 5, 3, 2]):
            values, _ = _history(rng, levels)
            _assert_run_like_keras(student, truth, values, patience=patience)


@points(1)
def test_baseline_follows_keras(student, truth, rng):
    """As long as the baseline is not beaten the waiting goes on, and only a bad epoch ends it: Keras' rule."""
    for levels, patience, baseline, delta in (
        ([9, 8, 7, 6, 5, 6, 4], 2, 2.5, 0.0),
        ([9, 8, 6, 7, 5, 6, 7, 8, 4], 3, 7.5, 0.0),
        ([9, 10, 11, 12, 13], 3, 4.5, 0.0),
        ([9, 7, 5.2, 5, 3, 2], 4, 6.3, 1.5),
    ):
        for mode in ("min", "max"):
            values, spacing = _history(rng, [baseline, *levels], mode)
            settings = {"patience": patience, "min_delta": delta * spacing, "mode": mode, "baseline": values[0]}
            _assert_run_like_keras(student, truth, values[1:], **settings)


@points(1)
def test_nan_is_no_improvement(student, truth, rng):
    """A value that is NaN counts as an epoch without improvement, as in Keras."""
    for mode in ("min", "max"):
        for levels, patience in (
            ([9, 7, NAN, 8, 7.5, 10, 6], 2),
            ([9, 7, NAN, 6, NAN, NAN, 5, 4], 2),
            ([9, 8, NAN, 10, NAN, NAN, 5], 4),
        ):
            values, _ = _history(rng, levels, mode)
            _assert_run_like_keras(student, truth, values, patience=patience, mode=mode)


@points(1)
def test_nan_in_the_first_epoch_follows_keras(student, truth, rng):
    """Nothing improves on a NaN of the first epoch: Keras' way, as the handout says."""
    values, _ = _history(rng, [NAN, 9, 8, 7, 6, 5])
    _assert_run_like_keras(student, truth, values, patience=3)


@points(1)
def test_object_says_stop_when_keras_does(student, truth, rng):
    """Epoch by epoch, the object says whether to stop as Keras does."""
    for mode in ("min", "max"):
        values, spacing = _history(rng, [20, 18, 18.5, 16, 15.3, 17, 13, 12.4, 12, 14, 11.7, 3], mode)
        settings = {"min_delta": 1.5 * spacing, "patience": 3, "mode": mode}
        expected, _, _ = truth(follow, values, **settings)
        stopping = student.EarlyStopping(**settings)
        actual = [stopping.update(value) for value in values[: len(expected)]]
        assert_matches(actual, expected, name="the answer of update()", along="epoch")


@points(1)
def test_object_keeps_the_best_value_and_its_epoch(student, truth, rng):
    """`best` and `best_epoch` of two objects that take turns are those of Keras."""
    values, spacing = _history(rng, [20, 18, 18.5, 16, 15.3, 17, 19])
    settings = ({"min_delta": 1.5 * spacing, "patience": 5}, {"min_delta": 0.25 * spacing, "patience": 4})
    objects = [student.EarlyStopping(**setting) for setting in settings]
    for value in values:
        for stopping in objects:
            stopping.update(value)
    for stopping, setting in zip(objects, settings, strict=True):
        _, best, best_epoch = truth(follow, values, **setting)
        assert_matches(stopping.get("best"), best, name="best")
        assert_matches(stopping.get("best_epoch"), best_epoch, name="best_epoch")


@points(1)
def test_start_forgets_the_training_before(student, truth, rng):
    """After start() the object watches another training as if it were the first."""
    before, _ = _history(rng, [5, 3, 1, 2, 3])
    values, _ = _history(rng, [29, 28, 27, 26, 28, 25, 26, 27, 24])
    expected, best, best_epoch = truth(follow, values, patience=2)
    stopping = student.EarlyStopping(patience=2)
    for value in before:
        stopping.update(value)
    stopping.start()
    actual = [stopping.update(value) for value in values[: len(expected)]]
    assert_matches(actual, expected, name="the answer of update()", along="epoch")
    assert_matches(stopping.get("best"), best, name="best")
    assert_matches(stopping.get("best_epoch"), best_epoch, name="best_epoch")


@points(1)
def test_finish_takes_the_weights_of_the_best_epoch(student, reference, rng):
    """The weights at the end are those of the best epoch, stopped or not; or the last, if they are not restored."""
    for levels, restore in (([9, 7, 5, 6, 8], True), ([9, 5, 7, 4, 6], True), ([9, 7, 5, 6, 8], False)):
        values, _ = _history(rng, levels)
        weights = [[rng.normal(size=(3, 2)), rng.normal(size=2)] for _ in values]

        def finish(module, values=values, weights=weights, restore=restore):
            stopping = module.EarlyStopping(patience=2, restore_best_weights=restore)
            for value, now in zip(values, weights, strict=True):
                stopping.update(value, now)
            return stopping.finish(weights[-1])

        assert_matches(finish(student), finish(reference), name="the list of weights")


@points(1)
def test_training_ends_with_the_weights_of_keras(student, truth, rng):
    """A training with early stopping ends with the weights of Keras' fit, stopped or not, restored or not."""
    for epochs, restore in ((30, True), (30, False), (6, True)):
        training, validation, weights = _rows(rng)
        settings = {"patience": 3, "restore_best_weights": restore}
        expected, _ = truth(fit, training, validation, weights, learning_rate=0.15, epochs=epochs, **settings)
        steps = _epoch_of(training, 0.15), _measure(validation)
        actual, _ = unpack(student.train(*steps, weights, epochs, **settings), "weights", "values")
        kernel, bias = unpack(actual, "kernel", "bias")
        assert_matches(kernel, expected[0], name="the matrix of weights")
        assert_matches(bias, expected[1], name="the vector of weights")


@points(1)
def test_training_asks_once_per_epoch(student, truth, rng):
    """Each epoch is trained once and measured once, and the values are the val_loss that Keras' fit notes."""
    for epochs, patience in ((30, 2), (4, 3)):
        training, validation, weights = _rows(rng)
        _, expected = truth(fit, training, validation, weights, learning_rate=0.15, epochs=epochs, patience=patience)
        calls = []
        steps = _noted(calls, "train", _epoch_of(training, 0.15)), _noted(calls, "measure", _measure(validation))
        _, values = unpack(student.train(*steps, weights, epochs, patience=patience), "weights", "values")
        assert_matches(values, expected, name="the validation loss", along="epoch")
        for what in ("train", "measure"):
            assert_matches(calls.count(what), len(expected), name=f"the number of calls that {what}")


@points(1)
def test_arguments_stay_as_they_are(student, reference, rng):
    """No function changes what it is given."""
    values, _ = _history(rng, [9, 7, 5, 6, 4, 5, 6])
    assert_matches(student.epochs_run(values, patience=2), reference.epochs_run(values, patience=2))
    student.epochs_run(np.array(values), patience=2)
    training, validation, weights = _rows(rng)
    steps = _epoch_of(training, 0.15), _measure(validation)
    student.train(*steps, weights, 3, patience=2, restore_best_weights=True)
    stopping = student.EarlyStopping(patience=2, restore_best_weights=True)
    stopping.update(0.7, weights)
    stopping.update(0.9, weights)
    stopping.finish(weights)
    assert_unchanged(student)


def _history(rng, levels, mode="min"):
    """Numbers that lie like these levels, and how far apart levels are; where larger is better, upside down."""
    offset, spacing = float(rng.uniform(0.5, 1.5)), float(rng.uniform(0.1, 0.3))
    sign = 1.0 if mode == "min" else -1.0
    return [offset + sign * spacing * level for level in levels], spacing


def _assert_same_judgement(student, reference, value, best, **settings):
    expected = reference.is_improvement(value, best, **settings)
    actual = student.is_improvement(value, best, **settings)
    assert_matches(actual, expected, name="the answer of is_improvement()")


def _assert_run_like_keras(student, truth, values, **settings):
    mode = settings.pop("mode", "min")
    expected_epochs, expected_best = truth(run, values, mode=mode, **settings)
    epochs, best_epoch = unpack(student.epochs_run(values, mode=mode, **settings), "epochs", "best_epoch")
    assert_matches(epochs, expected_epochs, name="the number of epochs")
    assert_matches(best_epoch, expected_best, name="the best epoch")


def _rows(rng):
    """Rows to train on, rows to measure with, and a start from which the fifth epoch is the best.

    The inputs are centred and orthogonal. So descent leads straight from the start to the weights that fit the training
    rows, and with a learning rate of 0.15 each epoch takes 15 per cent of what is left. The validation rows are fitted
    best after 53 per cent of the way.
    """
    directions, _ = np.linalg.qr(np.column_stack([np.ones(9), rng.normal(size=(9, 3))]))
    x, x_validation = 3.0 * directions[:, 1:], rng.normal(size=(7, 3))
    start = [rng.normal(size=(3, 2)), rng.normal(size=2)]
    end = [w + rng.choice([-1.0, 1.0], size=w.shape) * rng.uniform(1.0, 2.0, size=w.shape) for w in start]
    between = [w + 0.53 * (other - w) for w, other in zip(start, end, strict=True)]
    return (x, x @ end[0] + end[1]), (x_validation, x_validation @ between[0] + between[1]), start


def _epoch_of(training, learning_rate):
    """A function that trains a linear layer for one epoch, on all rows at once."""
    x, y = training

    def train_epoch(weights):
        kernel, bias = weights
        slope = 2 * (x @ kernel + bias - y) / y.size
        return [kernel - learning_rate * x.T @ slope, bias - learning_rate * slope.sum(axis=0)]

    return train_epoch


def _measure(validation):
    """A function that measures a linear layer: mean squared error."""
    x, y = validation

    def validate(weights):
        kernel, bias = weights
        return float(np.mean((x @ kernel + bias - y) ** 2))

    return validate


def _noted(calls, name, function):
    """The function, which notes that it was called."""

    def noted(weights):
        calls.append(name)
        return function(weights)

    noted.__name__ = function.__name__
    return noted
