"""AdaGrad.

The idea
    One learning rate for all weights suits none of them well. A weight that every row of the data pulls at has moved
    far after an epoch, and the weight of a rare word has hardly been asked. AdaGrad gives every single weight a
    learning rate of its own: it adds up the squares of all the gradients that this weight has had, and divides the
    learning rate by the root of the sum. Much pulled at means slow, seldom pulled at means still quick. The sum never
    falls, so every rate falls all the time: the steps shorten without a schedule. In a deep network they often shorten
    too soon, which is why RMSprop was made.

The rules, for each element of w by itself
    accumulator ← accumulator + gradient²               it starts at initial_accumulator_value
    rate        = learning_rate / √(accumulator + epsilon)
    w           ← w - rate × gradient                    with the new accumulator, which has the new gradient in it

What we grade, where sources differ
    - The accumulator starts at 0.1 in Keras, so that a first tiny gradient makes no long step. It starts at 0 in the
      paper, in PyTorch and in most courses, which makes the first step of every weight one whole learning rate long.
      The value is an argument here. Two tests of one point each ask what becomes of it, given or not; elsewhere it is
      0 or does not matter.
    - epsilon stands inside the root and is 1e-7, as in Keras 3. Older Keras, PyTorch and the paper add it to the
      root. No test notices except one with a large epsilon. That one asks for Keras' form and is worth one point.
    - The paper also has a form with a whole matrix and its inverse root. Everybody uses the diagonal, as here: no
      weight knows of another one's gradients.
    - No function changes its arguments; what changes is returned as a new value.

In numbers
    Loss w² / 2, so the gradient is w. Start at w = 1 with learning rate 0.1; the rest as in the signatures.
    step 1:  accumulator = 0.1 + 1² = 1.1                rate = 0.1 / √1.1      = 0.0953463    w = 0.9046537
    step 2:  accumulator = 1.1 + 0.9046537² = 1.918398   rate = 0.1 / √1.918398 = 0.0721989    w = 0.8393387
    w after 0, 1, 2, 3 steps:      1   0.9046537   0.8393387   0.7875128
    with the accumulator from 0:   1   0.9         0.8331035   0.7804562
    Two weights, both accumulators from 0, gradients 1, 1, 1, 1 for one and 0, 0, 0, 1 for the other: in the fourth
    step they move by 0.05 and by 0.1.

To read
    Duchi, Hazan, Singer, Adaptive subgradient methods for online learning and stochastic optimization (2011).
    keras.io/api/optimizers/adagrad
    A much-copied tutorial has an accumulator from 0 and an epsilon of 1e-6 in its text, and beside it calls Keras with
    0.1 and 1e-7. The number that it prints, 0.9046537, belongs to the call: the text would give 0.9.
    Older tutorials write opt.minimize(loss, [w]), which Keras 3 no longer has. Today:
        with tf.GradientTape() as tape:
            value = loss()
        opt.apply_gradients(zip(tape.gradient(value, [w]), [w]))
"""

import numpy as np


def accumulate(accumulator, gradient):
    """Take one gradient into the sums of squares.

    Args:
        accumulator: sum of the squares so far, element by element, array of any shape.
        gradient: the new one, same shape.

    Returns:
        The new accumulator: a new array of the same shape. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    return accumulator + gradient**2
    ### END SOLUTION


def effective_learning_rate(accumulator, learning_rate, epsilon=1e-7):
    """The learning rate of every single weight.

    Args:
        accumulator: sums of squares, array of any shape, no element negative.
        learning_rate: common to all weights, a positive number.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        Array of the shape of accumulator.
    """
    ### BEGIN SOLUTION
    return learning_rate / np.sqrt(accumulator + epsilon)
    ### END SOLUTION


def adagrad_step(w, accumulator, gradient, learning_rate=0.001, epsilon=1e-7):
    """One step of AdaGrad.

    Args:
        w: weights, array of any shape.
        accumulator: sum of the squares of the gradients before this step, same shape.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        The new weights and the new accumulator: new arrays of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    accumulator = accumulate(accumulator, gradient)
    return w - effective_learning_rate(accumulator, learning_rate, epsilon) * gradient, accumulator
    ### END SOLUTION


class Adagrad:
    """An optimizer for several parameters, with one accumulator for each of them."""

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7):
        """Remember the settings, and prepare the accumulators.

        Args:
            learning_rate: step size, a positive number.
            initial_accumulator_value: what every element of the accumulators starts at, 0 or more.
            epsilon: keeps the division from failing where all gradients were zero.
        """
        self.learning_rate = learning_rate
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon
        ### BEGIN SOLUTION
        self.accumulators = None
        ### END SOLUTION

    def set_learning_rate(self, learning_rate):
        """Use another learning rate from the next update on, as a schedule does. Nothing to do here."""
        self.learning_rate = learning_rate

    def update(self, weights, gradients):
        """Make one step with every parameter. The accumulators are kept for the next call.

        Args:
            weights: list of arrays, one per parameter, of any shapes; the same parameters in every call, in the same
                order.
            gradients: list of arrays of the same shapes.

        Returns:
            List of the new weights: new arrays of floats. The arguments are not changed.
        """
        ### BEGIN SOLUTION
        if self.accumulators is None:
            self.accumulators = [np.full(w.shape, self.initial_accumulator_value) for w in weights]
        pairs = [
            adagrad_step(w, accumulator, gradient, self.learning_rate, self.epsilon)
            for w, accumulator, gradient in zip(weights, self.accumulators, gradients, strict=True)
        ]
        self.accumulators = [accumulator for _, accumulator in pairs]
        return [w for w, _ in pairs]
        ### END SOLUTION


def descend(gradient, w, steps, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7):
    """Descend from w with AdaGrad, and keep the whole way.

    Args:
        gradient: function that takes weights and returns the gradient there, an array of the same shape. Gradients are
            what costs time in a deep network: it is called once per step, with the present weights.
        w: weights to start from, array of any shape.
        steps: how many, a whole number.
        learning_rate: step size, a positive number.
        initial_accumulator_value: what every element of the accumulator starts at, 0 or more.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        Array of shape (steps + 1, *w.shape): the weights at the start and after each step.
    """
    ### BEGIN SOLUTION
    accumulator = np.full(w.shape, initial_accumulator_value)
    trajectory = [w]
    for _ in range(steps):
        w, accumulator = adagrad_step(w, accumulator, gradient(w), learning_rate, epsilon)
        trajectory.append(w)
    return np.array(trajectory)
    ### END SOLUTION
