"""Adam.

The idea
    One learning rate for all weights makes steps that are too long for some of them and
    too short for others. Adam keeps two running averages for every weight: m of its
    gradients (where to?) and v of their squares (how large are they?). It moves by the
    learning rate times m / √v: weights with large gradients and weights with small ones
    all move by about one learning rate per step, and a weight whose gradients change
    their sign again and again moves less.
    Both averages start at zero, so at first they are far too small: after t gradients,
    the shares in m sum to 1 - beta_1^t only, and those in v to 1 - beta_2^t. The bias
    correction divides by that.

The rules, for step t = 1, 2, 3, …
    m ← beta_1 × m + (1 - beta_1) × gradient
    v ← beta_2 × v + (1 - beta_2) × gradient²
    rate = learning_rate × √(1 - beta_2^t) / (1 - beta_1^t)
    w ← w - rate × m / (√v + epsilon)

What we grade, where sources differ
  - The paper's algorithm corrects the averages: m̂ = m / (1 - beta_1^t) and
    v̂ = v / (1 - beta_2^t), then w ← w - learning_rate × m̂ / (√v̂ + epsilon).
    Keras draws both corrections into the learning rate, as above and at the end of
    section 2 of the paper. Where epsilon is tiny the two are the same, and we accept
    both. One test of one point has a large epsilon and asks for Keras' form: epsilon
    is added to √v, outside the root and before the correction.
  - m and v are passed on as they are, without correction.
  - The default epsilon is Keras' 1e-7; the paper and PyTorch have 1e-8.
  - AdamW (last but one function): before the step, the weights shrink by
    learning_rate × weight_decay × w, as in Keras and PyTorch. The decay does not go
    through m and v; an L2 penalty would.
  - AMSGrad (last function): the root is taken of v_max, the largest v so far. That is
    the largest v, as in Keras and PyTorch, not the largest v̂.
  - No function changes its arguments; what changes is returned as a new value.

In numbers
    Loss w² / 2, so the gradient is w. Start at w = 1 with learning rate 0.1; the rest as
    in the signatures.

    step 1    m = 0.1, v = 0.001, rate = 0.1 × √0.001 / 0.1 = 0.0316228
              w = 1 - 0.0316228 × 0.1 / √0.001 = 0.9
              one learning rate long, as the first step is for every gradient

    w after step   0    1           2           3
                   1    0.9000003   0.8004128   0.7015870

To read
    Kingma, Ba, Adam: A method for stochastic optimization (2015).
    Loshchilov, Hutter, Decoupled weight decay regularization (2019): AdamW.
    Reddi, Kale, Kumar, On the convergence of Adam and beyond (2018): AMSGrad.
    keras.io/api/optimizers/adam

    Older tutorials write opt.minimize(loss, [w]), which Keras 3 no longer has. Today:
        with tf.GradientTape() as tape:
            value = loss()
        opt.apply_gradients(zip(tape.gradient(value, [w]), [w]))
    They print 0.90000033 after one step, and Keras 3 prints 0.900001: both are
    0.9000003 in single precision. The arguments lr and decay are gone, too; it is
    `learning_rate` now, and a learning rate that decays is a schedule.
"""

import numpy as np


def update_moments(m, v, gradient, beta_1, beta_2):
    """Take one gradient into both running averages.

    Args:
        m: average of the gradients so far, array of any shape; zeros at first.
        v: average of their squares so far, same shape; zeros at first.
        gradient: the new one, same shape.
        beta_1: how much of m is kept, between 0 and 1.
        beta_2: how much of v is kept, between 0 and 1.

    Returns:
        The new m and the new v: new arrays of the same shape, without bias correction. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def corrected_learning_rate(learning_rate, step, beta_1, beta_2):
    """The learning rate of one step, with the bias correction of both averages in it.

    Args:
        learning_rate: before correction, a positive number.
        step: which step this is; the first is 1.
        beta_1: how much of m is kept, between 0 and 1.
        beta_2: how much of v is kept, between 0 and 1.

    Returns:
        A number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def adam_step(w, m, v, step, gradient, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """One step of Adam.

    Args:
        w: weights, array of any shape.
        m: average of the gradients before this step, without bias correction, same shape; zeros before the first step.
        v: average of their squares before this step, likewise.
        step: which step this is; the first is 1.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        beta_1: how much of m is kept, between 0 and 1.
        beta_2: how much of v is kept, between 0 and 1.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        The new weights, the new m and the new v: new arrays of the shape of w. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


class Adam:
    """An optimizer for several parameters: two averages for each of them, one count of steps for all."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        """Remember the settings, and prepare averages and count.

        Args:
            learning_rate: step size, a positive number.
            beta_1: how much of m is kept, between 0 and 1.
            beta_2: how much of v is kept, between 0 and 1.
            epsilon: keeps the division from failing where all gradients were zero.
        """
        self.learning_rate = learning_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        # YOUR CODE HERE
        raise NotImplementedError()

    def set_learning_rate(self, learning_rate):
        """Use another learning rate from the next update on, as a schedule does. Nothing to do here."""
        self.learning_rate = learning_rate

    def update(self, weights, gradients):
        """Make one step with every parameter. Averages and count are kept for the next call.

        Args:
            weights: list of arrays, one per parameter, of any shapes. Every call has the same parameters in the same
                order.
            gradients: list of arrays of the same shapes.

        Returns:
            List of the new weights: new arrays of floats. The arguments are not changed.
        """
        # YOUR CODE HERE
        raise NotImplementedError()


def descend(gradient, w, steps, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Descend from w with Adam, and keep the whole way.

    Args:
        gradient: function that takes weights and returns the gradient there, an array of the same shape. Gradients are
            what costs time in a deep network: it is called once per step, with the present weights.
        w: weights to start from, array of any shape.
        steps: how many, a whole number.
        learning_rate: step size, a positive number.
        beta_1: how much of m is kept, between 0 and 1.
        beta_2: how much of v is kept, between 0 and 1.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        Array of shape (steps + 1, *w.shape): the weights at the start and after each step.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def adamw_step(w, m, v, step, gradient, weight_decay, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """One step of AdamW: Adam, and the weights shrink by a share of themselves.

    Args:
        w: weights, array of any shape.
        m: as in `adam_step`, like everything not said here.
        v: see there.
        step: see there.
        gradient: of the loss without any penalty.
        weight_decay: share that the weights of before the step lose, per unit of learning rate.
        learning_rate: see there.
        beta_1: see there.
        beta_2: see there.
        epsilon: see there.

    Returns:
        The new weights, the new m and the new v: new arrays of the shape of w. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def amsgrad_step(w, m, v, v_max, step, gradient, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """One step of AMSGrad: Adam, but the divisor of a weight never gets smaller.

    Args:
        w: weights, array of any shape.
        m: as in `adam_step`, like everything not said here.
        v: see there.
        v_max: the largest v so far, entry by entry, same shape; zeros before the first step.
        step: see there.
        gradient: see there.
        learning_rate: see there.
        beta_1: see there.
        beta_2: see there.
        epsilon: see there.

    Returns:
        The new weights, the new m, v and v_max: new arrays of the shape of w. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
