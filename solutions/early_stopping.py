"""Early stopping.

The idea
    While a network trains, the loss on its training rows keeps falling. The loss on rows that it does not train on, the
    validation loss, falls at first too, and rises again once the network begins to learn its training rows by heart.
    Early stopping watches the validation loss and ends the training when there has been nothing better for some time.
    The best weights are those of the best epoch, not of the last one, so they are kept and taken out again at the end.
    It costs next to nothing, and it spares the choice of a number of epochs.

The rules
    value         what is watched, one number per epoch: a loss (mode "min") or, say, an accuracy (mode "max")
    best          the best value so far; the first epoch is always the best so far
    improvement   mode "min":  value + min_delta < best
                  mode "max":  value - min_delta > best
    patience      how many epochs in a row may pass without improvement; after the last of them training ends

    after each epoch:
        improvement      best ← value, best epoch ← this one, keep a copy of the weights, the waiting is over
        none             one more epoch of waiting; if that makes `patience` epochs, stop
    at the end:          go back to the weights of the best epoch, if restore_best_weights says so

What we grade, where sources differ: what Keras does
    - Epochs count from 0. The best epoch of 0.9, 0.7, 0.8 is epoch 1; three epochs have been run.
    - A value as good as the best is no improvement, and neither is one that is better by less than min_delta. Such
      small gains do not move `best`, so several of them in a row can add up to an improvement.
    - An improving epoch never ends the training. So patience 0 and patience 1 mean the same: stop after the first epoch
      without improvement. (One test of one point.)
    - baseline: a value that training has to beat. While no best value has beaten it (by more than min_delta, like a
      best value), an epoch that improves sets `best` as always, but the waiting goes on and counts that epoch too. The
      training ends with the first epoch that does not improve, if `patience` epochs have been waited by then. (Keras'
      page says that training stops if there is no improvement over the baseline. In truth it goes on while there is an
      improvement over the best. One test of one point.)
    - NaN is no improvement: no comparison with it is true. But a NaN in the very first epoch becomes `best`, as any
      first value does, and nothing can improve on it: training ends after `patience` more epochs. (One test of one
      point.)
    - The best weights are restored at the end of every training: also when it was not stopped but ran out of epochs.
    - No function changes its arguments; what changes is returned as a new value.
    Keras compares in single precision: values that agree in their first seven digits are equal to it. None do here.

In numbers
    epoch                          0     1     2     3     4     5     6     7     8
    validation loss                0.9   0.7   0.6   0.65  0.58  0.59  0.61  0.57  0.55
    patience 2: waited             0     0     0     1     0     1     2                 stop: 7 epochs, the best was 4
    patience 3: waited             0     0     0     1     0     1     2     0     0     all 9 epochs, the best is 8
    patience 2, min_delta 0.05     0     0     0     1     2                             stop: 5 epochs, the best was 2
    patience 2, baseline 0.5       1     2     3     4                                   stop: 4 epochs, the best was 2
    Under patience 2 the values 0.57 and 0.55 are never seen. That is the price of impatience.

    The same as an accuracy, mode "max":  0.1, 0.3, 0.4, 0.35, 0.42, 0.41, 0.39: patience 2 stops after 7 epochs, too.
    NaN, 0.9, 0.7, 0.6 with patience 2: stop after 3 epochs, the best was 0.

To read
    Prechelt, Early stopping - but when? (1998).
    Goodfellow, Bengio, Courville, Deep Learning (2016), section 7.8.
    keras.io/api/callbacks/early_stopping
    A much copied example shows a training that "stops early" after four epochs. What it shows is a divergence: with
    inputs up to 99 the learning rate is too large, and the losses grow to infinity. And it watches the training loss.
    To be watched is monitor="val_loss", on rows that are not trained on. And restore_best_weights is False in Keras
    unless it is set: the weights are then those of the last epoch, after `patience` epochs of getting worse.
"""

import numpy as np


def is_improvement(value, best, min_delta=0.0, mode="min"):
    """Whether a value is better than the best one so far.

    Args:
        value: of the present epoch, a number.
        best: the best value so far, a number, or None if there is none yet.
        min_delta: by more than this a value must be better to count, a number that is not negative.
        mode: "min" if smaller is better, "max" if larger is better.

    Returns:
        True or False. Everything is better than None.
    """
    ### BEGIN SOLUTION
    if best is None:
        return True
    if mode == "min":
        return value + min_delta < best
    return value - min_delta > best
    ### END SOLUTION


class EarlyStopping:
    """Watches one value per epoch and says when to stop.

    Attributes:
        best: the best value so far; None before the first epoch.
        best_epoch: the epoch of that value, counted from 0; None before the first epoch.
    """

    def __init__(self, min_delta=0.0, patience=0, mode="min", baseline=None, restore_best_weights=False):
        """Remember the settings, and make ready for the first training.

        Args:
            min_delta: by more than this a value must be better to count.
            patience: how many epochs in a row may pass without improvement, a whole number.
            mode: "min" or "max".
            baseline: a value that training has to beat, or None.
            restore_best_weights: whether to go back to the weights of the best epoch at the end.
        """
        self.min_delta = min_delta
        self.patience = patience
        self.mode = mode
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start()

    def start(self):
        """Begin a training: forget all about the one before."""
        self.best = None
        self.best_epoch = None
        ### BEGIN SOLUTION
        self.best_weights = None
        self.epoch = 0
        self.waited = 0
        ### END SOLUTION

    def update(self, value, weights=None):
        """Take notice of one more epoch.

        Args:
            value: of this epoch, a number.
            weights: the weights after this epoch, list of arrays; None if they are not to be kept. Training may go on
                to change these arrays, so keep a copy.

        Returns:
            True if training should stop now, False if it should go on.
        """
        ### BEGIN SOLUTION
        epoch = self.epoch
        self.epoch += 1
        self.waited += 1
        if is_improvement(value, self.best, self.min_delta, self.mode):
            self.best, self.best_epoch = value, epoch
            if weights is not None:
                self.best_weights = [np.array(w) for w in weights]
            if self.baseline is None or is_improvement(value, self.baseline, self.min_delta, self.mode):
                self.waited = 0
            return False
        return self.waited >= self.patience
        ### END SOLUTION

    def finish(self, weights):
        """The weights to go on with after the training.

        Args:
            weights: the weights after the last epoch, list of arrays.

        Returns:
            List of arrays: the weights of the best epoch if restore_best_weights is set, else the given ones.
        """
        ### BEGIN SOLUTION
        if self.restore_best_weights and self.best_weights is not None:
            return self.best_weights
        return weights
        ### END SOLUTION


def epochs_run(values, min_delta=0.0, patience=0, mode="min", baseline=None):
    """Look at a whole history: where would early stopping have ended it?

    Args:
        values: one number per epoch, list or array with at least one entry.
        min_delta: as in `EarlyStopping`, like the others.
        patience: see there.
        mode: see there.
        baseline: see there.

    Returns:
        A pair (epochs, best_epoch) of whole numbers: how many epochs would have been run, all of them if nothing stops
        the training, and which of these was the best, counted from 0. The argument is not changed.
    """
    ### BEGIN SOLUTION
    stopping = EarlyStopping(min_delta, patience, mode, baseline)
    epochs = 0
    for value in values:
        epochs += 1
        if stopping.update(value):
            break
    return epochs, stopping.best_epoch
    ### END SOLUTION


def train(
    train_epoch,
    validate,
    weights,
    epochs,
    min_delta=0.0,
    patience=0,
    mode="min",
    baseline=None,
    restore_best_weights=False,
):
    """Train with early stopping.

    Args:
        train_epoch: function that trains for one epoch: train_epoch(weights) is the list of the weights after it. It
            takes a long time in earnest, and is called once per epoch.
        validate: function that measures: validate(weights) is the value to watch, a number. It is called once per
            epoch, with the weights after that epoch.
        weights: to start from, list of arrays.
        epochs: how many at most, a whole number of at least 1.
        min_delta: as in `EarlyStopping`, like the others.
        patience: see there.
        mode: see there.
        baseline: see there.
        restore_best_weights: see there.

    Returns:
        A pair (weights, values): the weights to go on with, list of arrays, and the values of the epochs that were run,
        a list or an array of numbers. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    stopping = EarlyStopping(min_delta, patience, mode, baseline, restore_best_weights)
    values = []
    for _ in range(epochs):
        weights = train_epoch(weights)
        values.append(validate(weights))
        if stopping.update(values[-1], weights):
            break
    return stopping.finish(weights), values
    ### END SOLUTION
