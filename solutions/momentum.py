"""Momentum and Nesterov.

The idea
    Plain gradient descent forgets: each step looks at the present gradient and at
    nothing else. In a long narrow valley the gradients zigzag from wall to wall, and on
    the flat they are so small that the descent seems to stand still.
    Momentum remembers. Its step is a velocity that keeps a share `momentum` of itself
    and is pushed by each new gradient: pushes that agree add up, pushes that alternate
    cancel. A steady gradient ends in steps 1 / (1 - momentum) times as long, ten times
    for 0.9. That helps in valleys, with noisy gradients and at saddle points alike.

The rules
    running average   a_t = beta × a_(t-1) + (1 - beta) × x_t       with a_0 = 0

    momentum          v ← momentum × v - learning_rate × gradient
                      w ← w + v

    Nesterov          v ← momentum × v - learning_rate × gradient
                      w ← w + momentum × v - learning_rate × gradient

    The running average is the same kind of memory, for any series of numbers. Nesterov
    uses the new v, and is one push ahead: it moves by the step that momentum would make
    next if the gradient stayed as it is.

What we grade, where sources differ
  - The velocity is a step, as in Keras: it holds the minus sign and the learning rate,
    and a learning rate that changes later leaves it alone. PyTorch collects bare
    gradients and multiplies by the learning rate at the end. As long as the learning
    rate stays the same, so do the weights, and we accept both. Two tests of one point
    each ask for Keras' form.
  - Some courses average the gradients, with a factor 1 - momentum. For a momentum of
    0.9 that makes steps ten times shorter. We grade the sum.
  - Nesterov's gradient belongs to a look-ahead point, and many texts keep another point
    as the weights. Keras keeps the look-ahead point itself, so that the gradient is
    taken at w and nowhere else. We grade this form, also in `descend`.
  - No function changes its arguments; what changes is returned as a new value.

In numbers
    Loss w² / 2, so the gradient is w. Learning rate 0.1, momentum 0.9.

    w after step      0    1      2        3
    plain descent     1    0.9    0.81     0.729
    momentum          1    0.9    0.72     0.486       steps of 0.1, 0.18, 0.234: they grow
    Nesterov          1    0.81   0.5751   0.327321

    Saddle point of x² - y², start at (1, 0.01), learning rate 0.05: plain descent hardly
    leaves it. After six steps y is 0.0177, and with momentum 0.9 it is 0.0346.

To read
    Polyak, Some methods of speeding up the convergence of iteration methods (1964).
    Sutskever, Martens, Dahl, Hinton, On the importance of initialization and momentum
    in deep learning (2013): Nesterov's form for networks.
    keras.io/api/optimizers/sgd

    Older tutorials write opt.minimize(loss, [w]), which Keras 3 no longer has. Today:
        with tf.GradientTape() as tape:
            value = loss()
        opt.apply_gradients(zip(tape.gradient(value, [w]), [w]))
    They also call the arguments lr and beta; they are `learning_rate` and `momentum`.
"""

import numpy as np


def exponential_average(values, beta):
    """Running averages that forget.

    Args:
        values: array or list; the first axis is time, the others are averaged one by one.
        beta: how much of the last average is kept, between 0 and 1.

    Returns:
        Array of the shape of values: the average after each value. Before the first value the average is 0.
    """
    ### BEGIN SOLUTION
    averages, average = [], 0.0
    for value in values:
        average = beta * average + (1 - beta) * value
        averages.append(average)
    return np.array(averages)
    ### END SOLUTION


def momentum_step(w, velocity, gradient, learning_rate, momentum):
    """One step of gradient descent with momentum.

    Args:
        w: weights, array of any shape.
        velocity: the step that was made last, in units of w, same shape; zeros before the first step.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        momentum: how much of the velocity is kept, between 0 and 1.

    Returns:
        The new weights and the new velocity: new arrays of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    velocity = momentum * velocity - learning_rate * gradient
    return w + velocity, velocity
    ### END SOLUTION


def nesterov_step(w, velocity, gradient, learning_rate, momentum):
    """One step of gradient descent with Nesterov's momentum, in Keras' form.

    Args:
        w: weights, array of any shape.
        velocity: the velocity before this step, same shape; zeros before the first step.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        momentum: how much of the velocity is kept, between 0 and 1.

    Returns:
        The new weights and the new velocity: new arrays of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    velocity = momentum * velocity - learning_rate * gradient
    return w + momentum * velocity - learning_rate * gradient, velocity
    ### END SOLUTION


class Momentum:
    """An optimizer for several parameters, with one velocity for each of them."""

    def __init__(self, learning_rate, momentum=0.9, nesterov=False):
        """Remember the settings, and prepare the velocities.

        Args:
            learning_rate: step size, a positive number.
            momentum: how much of a velocity is kept, between 0 and 1.
            nesterov: whether steps are Nesterov's.
        """
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.nesterov = nesterov
        ### BEGIN SOLUTION
        self.velocities = None
        ### END SOLUTION

    def set_learning_rate(self, learning_rate):
        """Use another learning rate from the next update on, as a schedule does. Nothing to do here."""
        self.learning_rate = learning_rate

    def update(self, weights, gradients):
        """Make one step with every parameter. The velocities are kept for the next call.

        Args:
            weights: list of arrays, one per parameter, of any shapes. Every call has the same parameters in the same
                order.
            gradients: list of arrays of the same shapes.

        Returns:
            List of the new weights: new arrays of floats. The arguments are not changed.
        """
        ### BEGIN SOLUTION
        if self.velocities is None:
            self.velocities = [np.zeros(w.shape) for w in weights]
        step = nesterov_step if self.nesterov else momentum_step
        pairs = [
            step(w, velocity, gradient, self.learning_rate, self.momentum)
            for w, velocity, gradient in zip(weights, self.velocities, gradients, strict=True)
        ]
        self.velocities = [velocity for _, velocity in pairs]
        return [w for w, _ in pairs]
        ### END SOLUTION


def descend(gradient, w, learning_rate, momentum, steps, nesterov=False):
    """Descend from w, and keep the whole way.

    Args:
        gradient: function that takes weights and returns the gradient there, an array of the same shape. Gradients are
            what costs time in a deep network: it is called once per step, with the present weights.
        w: weights to start from, array of any shape.
        learning_rate: step size, a positive number.
        momentum: how much of the velocity is kept, between 0 and 1.
        steps: how many, a whole number.
        nesterov: whether steps are Nesterov's.

    Returns:
        Array of shape (steps + 1, *w.shape): the weights at the start and after each step.
    """
    ### BEGIN SOLUTION
    step = nesterov_step if nesterov else momentum_step
    velocity = np.zeros(w.shape)
    trajectory = [w]
    for _ in range(steps):
        w, velocity = step(w, velocity, gradient(w), learning_rate, momentum)
        trajectory.append(w)
    return np.array(trajectory)
    ### END SOLUTION
