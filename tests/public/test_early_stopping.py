"""Early stopping: the handout's own numbers."""

import numpy as np

from grader.suite import assert_matches, unpack

LOSSES = [0.9, 0.7, 0.6, 0.65, 0.58, 0.59, 0.61, 0.57, 0.55]


def test_one_comparison(student):
    """0.58 is better than 0.6, but not by more than 0.05; in mode "max" it is worse."""
    assert_matches(student.is_improvement(0.58, 0.6), True, name="the answer")
    assert_matches(student.is_improvement(0.58, 0.6, min_delta=0.05), False, name="the answer with min_delta 0.05")
    assert_matches(student.is_improvement(0.58, 0.6, mode="max"), False, name='the answer in mode "max"')


def test_epochs_of_the_handout(student):
    """The nine losses of the handout with its four settings."""
    for settings, expected in (
        ({"patience": 2}, (7, 4)),
        ({"patience": 3}, (9, 8)),
        ({"patience": 2, "min_delta": 0.05}, (5, 2)),
        ({"patience": 2, "baseline": 0.5}, (4, 2)),
    ):
        answer = student.epochs_run(LOSSES, **settings)
        assert_matches(answer, expected, name=f"the pair (epochs, best_epoch) with {settings}")


def test_accuracies_of_the_handout(student):
    """Seven accuracies in mode "max" with patience 2 are all run, and the fifth is the best."""
    accuracies = [0.1, 0.3, 0.4, 0.35, 0.42, 0.41, 0.39]
    answer = student.epochs_run(accuracies, patience=2, mode="max")
    assert_matches(answer, (7, 4), name="the pair (epochs, best_epoch)")


def test_nan_in_the_first_epoch(student):
    """A first value of NaN with patience 2 ends the training after three epochs."""
    answer = student.epochs_run([float("nan"), 0.9, 0.7, 0.6], patience=2)
    assert_matches(answer, (3, 0), name="the pair (epochs, best_epoch)")


def test_object_epoch_by_epoch(student):
    """With patience 2 the object says stop at the seventh loss, and goes back to the weights of the fifth."""
    stopping = student.EarlyStopping(patience=2, restore_best_weights=True)
    answers = [stopping.update(loss, [np.array([float(epoch)])]) for epoch, loss in enumerate(LOSSES[:7])]
    assert_matches(answers, [False] * 6 + [True], name="the answer of update()", along="epoch")
    assert_matches(stopping.get("best"), 0.58, name="best")
    assert_matches(stopping.get("best_epoch"), 4, name="best_epoch")
    assert_matches(stopping.finish([np.array([6.0])]), [np.array([4.0])], name="the list of weights")


def test_training_on_the_losses_of_the_handout(student):
    """A training whose epoch k leads to the weight k, and whose losses are those of the handout."""

    def train_epoch(weights):
        return [weights[0] + 1]

    def validate(weights):
        return LOSSES[int(weights[0][0])]

    answer = student.train(train_epoch, validate, [np.array([-1.0])], 9, patience=2, restore_best_weights=True)
    weights, values = unpack(answer, "weights", "values")
    assert_matches(weights, [np.array([4.0])], name="the list of weights")
    assert_matches(values, LOSSES[:7], name="the validation loss", along="epoch")
