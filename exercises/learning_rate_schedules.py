"""Learning rate schedules.

The idea
    A long step is good at the start of a training run and bad at its end: with a learning rate that stays the same,
    the weights of a noisy descent never come to rest, they jump about around the minimum. A schedule makes the
    learning rate a function of the step, large at first and small later. Three are common. Piecewise constant: a list
    of rates and the steps at which one gives way to the next. Exponential: the rate is multiplied by the same factor
    again and again. Inverse time, or 1/t: the rate falls fast at first and ever more slowly afterwards.

The rules
    step               number of updates made so far: the first update uses step 0. It goes on counting from epoch to
                       epoch: with 50 batches, the second epoch begins at step 50.
    piecewise          values[0]   while step <= boundaries[0]
                       values[i]   while boundaries[i-1] < step <= boundaries[i]
                       values[-1]  after the last boundary
    p                  step / decay_steps, a number with decimals; with staircase=True rounded down
    exponential        initial_learning_rate × decay_rate ** p
    inverse time       initial_learning_rate / (1 + decay_rate × p)
    one update         w ← w - schedule(step) × gradient,   then step ← step + 1
    Every rate is worked out from initial_learning_rate, never from the rate of the step before.

What we grade, where sources differ
    - A boundary belongs to the old value, as in Keras: at step 30 the boundary 30 has not been passed. Since steps
      count from 0, values[0] is used for 31 updates. PyTorch's MultiStepLR takes the new value at step 30. One test,
      worth one point, asks for the rates at the boundaries themselves; no other test does.
    - There is one value more than there are boundaries.
    - Exponential means a power of decay_rate. Some courses write exp(-k × step), which is a decay_rate of exp(-k).
    - Inverse time has decay_steps and counts updates. Other courses leave decay_steps out (it is 1 then) or count
      epochs.
    - No function changes its arguments; what changes is returned as a new value.

In numbers
    initial_learning_rate 0.1, decay_steps 1000
    step                              0     500         1000        2500
    exponential, decay_rate 0.96      0.1   0.0979796   0.096       0.0902980
        staircase                     0.1   0.1         0.096       0.09216
    inverse time, decay_rate 0.5      0.1   0.08        0.0666667   0.0444444
        staircase                     0.1   0.1         0.0666667   0.05
    piecewise constant, boundaries [100000, 110000], values [1.0, 0.5, 0.1]
    step      0     100000   100001   110000   110001
    rate      1.0   1.0      0.5      0.5      0.1
    A descent on w² / 2, where the gradient is w, from w = 1 with exponential_decay(step, 0.5, 1, 0.8):
    rates 0.5, 0.4, 0.32, so w = 1, 0.5, 0.3, 0.204

Known slips of tutorials
    - `initial_learning_rate * decay_rate ^ (step / decay_steps)` stands in many tutorials, and in Keras' documentation.
      In Python ^ is not the power but a bitwise "exclusive or", which raises TypeError for decimals. The power is **.
    - A function with a slip in it can be defined without complaint: Python looks names up when a line runs, not when it
      is read. So the ^ went unnoticed, and so did decay_step in place of decay_steps, and arguments that are defined
      nowhere: NameError, but only in the first call. Call what you have written.
    - `keras.optimizers…` needs `import keras`. Where only `import tensorflow as tf` was run, it is tf.keras.
    - SGD(lr=…, decay=…) is gone: Keras 3 refuses lr and ignores decay. Today the schedule is the learning rate:
      keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.InverseTimeDecay(0.1, 1000, 0.5))

To read
    Robbins, Monro, A stochastic approximation method (1951), on why rates that fall like 1/t let a noisy search settle.
    keras.io/api/optimizers/learning_rate_schedules
    Keras answers in single precision unless told otherwise: 0.09797959 where NumPy has 0.09797958971132713.
"""

import numpy as np


def piecewise_constant(step, boundaries, values):
    """A learning rate that changes at given steps.

    Args:
        step: number of updates made so far, a whole number; 0 for the first update.
        boundaries: list of whole numbers, growing: the last step of each value but the last.
        values: list of learning rates, one more than there are boundaries.

    Returns:
        The learning rate at this step, a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def exponential_decay(step, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    """A learning rate that is multiplied by decay_rate in the course of every decay_steps updates.

    Args:
        step: number of updates made so far, a whole number; 0 for the first update.
        initial_learning_rate: the rate at step 0, a positive number.
        decay_steps: number of updates in which the rate falls by the factor decay_rate, a positive number.
        decay_rate: the factor, a positive number.
        staircase: whether the rate falls at once at the end of every decay_steps updates, and not little by little.

    Returns:
        The learning rate at this step, a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def inverse_time_decay(step, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    """A learning rate that falls like 1 / t.

    Args:
        step: number of updates made so far, a whole number; 0 for the first update.
        initial_learning_rate: the rate at step 0, a positive number.
        decay_steps: number of updates in which the denominator grows by decay_rate, a positive number.
        decay_rate: how much the denominator grows, a positive number.
        staircase: whether the rate falls at once at the end of every decay_steps updates, and not little by little.

    Returns:
        The learning rate at this step, a number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def learning_rates(schedule, updates):
    """The learning rates of the first updates of a training run.

    Args:
        schedule: function that takes a step, a whole number, and returns the learning rate there.
        updates: how many, a whole number.

    Returns:
        Array of shape (updates,): the learning rate that each update uses.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def descend(gradient, w, schedule, steps):
    """Descend from w with a learning rate that follows a schedule, and keep the whole way.

    Args:
        gradient: function that takes weights and returns the gradient there, an array of the same shape. Gradients are
            what costs time in a deep network: it is called once per step, with the present weights.
        w: weights to start from, array of any shape.
        schedule: function that takes a step, a whole number, and returns the learning rate there.
        steps: how many, a whole number.

    Returns:
        Array of shape (steps + 1, *w.shape): the weights at the start and after each step.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


SCHEDULES = {
    "piecewise_constant": piecewise_constant,
    "exponential_decay": exponential_decay,
    "inverse_time_decay": inverse_time_decay,
}


class ScheduledSGD:
    """Gradient descent for several parameters, with a learning rate that follows a schedule."""

    def __init__(self, schedule, **settings):
        """Remember the schedule, and prepare the count of updates.

        Args:
            schedule: name of a function in SCHEDULES.
            settings: arguments of that function besides the step, such as decay_steps=10.
        """
        self.schedule = SCHEDULES[schedule]
        self.settings = settings
        # YOUR CODE HERE
        raise NotImplementedError()

    def learning_rate(self):
        """The learning rate that the next update is going to use. Asking does not count as an update."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def update(self, weights, gradients):
        """Make one step with every parameter, and count it as one update.

        Args:
            weights: list of arrays, one per parameter, of any shapes; the same parameters in every call, in the same
                order.
            gradients: list of arrays of the same shapes.

        Returns:
            List of the new weights: new arrays of floats. The arguments are not changed.
        """
        # YOUR CODE HERE
        raise NotImplementedError()
