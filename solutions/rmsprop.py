"""RMSprop.

The idea
    AdaGrad divides by the root of all squared gradients that a weight has ever had. The sum only grows, so the steps
    only shrink, and a gradient of long ago counts as much as the last one. RMSprop forgets: it keeps a running
    average of the squares. A share rho of it stays and the new square brings the rest, so that with a rho of 0.9 the
    last ten gradients or so count. The root of that average is the root mean square that gives the method its name.
    Divided by it, large and small gradients become steps of about one learning rate, and the steps can grow again
    when the gradients get smaller.
    Two additions are common. Centered: divide by the standard deviation of the gradients and not by their root mean
    square, so that a weight whose gradients agree moves faster. With momentum: the steps feed a velocity.

The rules, for each element of w by itself; all averages and the velocity start at 0
    plain              mean_square ← rho × mean_square + (1 - rho) × gradient²
                       w ← w - learning_rate × gradient / √(mean_square + epsilon)
    centered           mean_square as above
                       mean_gradient ← rho × mean_gradient + (1 - rho) × gradient
                       w ← w - learning_rate × gradient / √(mean_square - mean_gradient² + epsilon)
    with momentum      mean_square as above
                       velocity ← momentum × velocity + learning_rate × gradient / √(mean_square + epsilon)
                       w ← w - velocity
    All steps use the new averages, which have the new gradient in them.

What we grade, where sources differ
    - epsilon stands inside the root and is 1e-7, as in Keras 3. Older Keras and PyTorch add it to the root. No test
      notices except one with a large epsilon. That one asks for Keras' form and is worth one point.
    - There is no bias correction; that came with Adam. The average of squares starts at 0 and is too small at first,
      so the first step is 1 / √(1 - rho) learning rates long, 3.16 for a rho of 0.9, whatever the gradient.
    - rho is the share that is kept, 0.9 unless told otherwise. PyTorch calls it alpha, with 0.99.
    - The velocity of RMSprop is what is taken away from w, as in Keras: it holds the learning rate, and no minus sign
      (that of Keras' SGD holds one). PyTorch leaves the learning rate out and multiplies by it at the end. While the
      learning rate stays the same, the weights are the same too, and we accept all of these. Two tests of one point
      each ask for Keras' form.
    - No function changes its arguments; what changes is returned as a new value.

In numbers
    Loss w² / 2, so the gradient is w. Start at w = 1 with learning rate 0.1; rho 0.9 and epsilon 1e-7.
    step 1, plain:     mean_square = 0.1 × 1² = 0.1     w = 1 - 0.1 × 1 / √0.1 = 0.6837724
    step 1, centered:  mean_gradient = 0.1              w = 1 - 0.1 × 1 / √(0.1 - 0.01) = 0.6666669
                           w after 0, 1, 2, 3 steps
    plain                  1   0.6837724   0.4988708    0.3691808
    centered               1   0.6666669   0.4655679    0.3235697
    with momentum 0.9      1   0.6837724   0.2142660   -0.2682563      the velocity carries it past the minimum

To read
    Tieleman, Hinton, Lecture 6.5 of Neural networks for machine learning (2012), where RMSprop was first shown.
    Graves, Generating sequences with recurrent neural networks (2013), for the centered form with momentum.
    keras.io/api/optimizers/rmsprop
    Older tutorials, and an example in Keras' own documentation, write opt.minimize(loss, [w]), which Keras 3 no longer
    has. Today:
        with tf.GradientTape() as tape:
            value = loss()
        opt.apply_gradients(zip(tape.gradient(value, [w]), [w]))
    Their output 0.6837723 and today's 0.6837724 differ because epsilon has moved inside the root.
"""

import numpy as np


def running_average(average, value, rho):
    """Take one value into an average that forgets.

    Args:
        average: before, array of any shape; zeros at first.
        value: the new one, same shape.
        rho: how much of the average is kept, between 0 and 1.

    Returns:
        The new average: a new array of the same shape. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    return rho * average + (1 - rho) * value
    ### END SOLUTION


def scaled_gradient(gradient, mean_square, epsilon=1e-7, mean_gradient=0.0):
    """Divide a gradient by the root mean square, or by the standard deviation, of the gradients.

    Args:
        gradient: array of any shape.
        mean_square: average of squared gradients, same shape.
        epsilon: keeps the division from failing where all gradients were zero.
        mean_gradient: average of gradients, same shape, for the centered form; 0 for the plain one.

    Returns:
        A new array of the same shape. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    return gradient / np.sqrt(mean_square - mean_gradient**2 + epsilon)
    ### END SOLUTION


def rmsprop_step(w, mean_square, gradient, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """One step of RMSprop.

    Args:
        w: weights, array of any shape.
        mean_square: average of squared gradients before this step, same shape; zeros before the first step.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        rho: how much of the average is kept, between 0 and 1.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        The new weights and the new mean_square: new arrays of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    mean_square = running_average(mean_square, gradient**2, rho)
    return w - learning_rate * scaled_gradient(gradient, mean_square, epsilon), mean_square
    ### END SOLUTION


def centered_rmsprop_step(w, mean_square, mean_gradient, gradient, learning_rate=0.001, rho=0.9, epsilon=1e-7):
    """One step of centered RMSprop.

    Args:
        w: weights, array of any shape.
        mean_square: average of squared gradients before this step, same shape; zeros before the first step.
        mean_gradient: average of gradients before this step, likewise.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        rho: how much of both averages is kept, between 0 and 1.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        The new weights, mean_square and mean_gradient: new arrays of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    mean_square = running_average(mean_square, gradient**2, rho)
    mean_gradient = running_average(mean_gradient, gradient, rho)
    step = learning_rate * scaled_gradient(gradient, mean_square, epsilon, mean_gradient)
    return w - step, mean_square, mean_gradient
    ### END SOLUTION


def momentum_rmsprop_step(w, mean_square, velocity, gradient, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7):
    """One step of RMSprop with momentum.

    Args:
        w: weights, array of any shape.
        mean_square: average of squared gradients before this step, same shape; zeros before the first step.
        velocity: what was taken away from w last, same shape; zeros before the first step.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.
        rho: how much of the average is kept, between 0 and 1.
        momentum: how much of the velocity is kept, between 0 and 1.
        epsilon: keeps the division from failing where all gradients were zero.

    Returns:
        The new weights, mean_square and velocity: new arrays of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    mean_square = running_average(mean_square, gradient**2, rho)
    velocity = momentum * velocity + learning_rate * scaled_gradient(gradient, mean_square, epsilon)
    return w - velocity, mean_square, velocity
    ### END SOLUTION


class RMSprop:
    """An optimizer for several parameters, with averages and a velocity for each of them."""

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
        """Remember the settings, and prepare averages and velocities.

        Args:
            learning_rate: step size, a positive number.
            rho: how much of an average is kept, between 0 and 1.
            momentum: how much of a velocity is kept, between 0 and 1; 0 is RMSprop without momentum.
            epsilon: keeps the division from failing where all gradients were zero.
            centered: whether steps are centered. They can be that and have momentum too.
        """
        self.learning_rate = learning_rate
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        ### BEGIN SOLUTION
        self.states = None
        ### END SOLUTION

    def set_learning_rate(self, learning_rate):
        """Use another learning rate from the next update on, as a schedule does. Nothing to do here."""
        self.learning_rate = learning_rate

    def update(self, weights, gradients):
        """Make one step with every parameter. Averages and velocities are kept for the next call.

        Args:
            weights: list of arrays, one per parameter, of any shapes; the same parameters in every call, in the same
                order.
            gradients: list of arrays of the same shapes.

        Returns:
            List of the new weights: new arrays of floats. The arguments are not changed.
        """
        ### BEGIN SOLUTION
        if self.states is None:
            self.states = [tuple(np.zeros((3, *w.shape))) for w in weights]
        moved, states = [], []
        for w, (mean_square, mean_gradient, velocity), gradient in zip(weights, self.states, gradients, strict=True):
            mean_square = running_average(mean_square, gradient**2, self.rho)
            if self.centered:
                mean_gradient = running_average(mean_gradient, gradient, self.rho)
            scaled = scaled_gradient(gradient, mean_square, self.epsilon, mean_gradient)
            velocity = self.momentum * velocity + self.learning_rate * scaled
            moved.append(w - velocity)
            states.append((mean_square, mean_gradient, velocity))
        self.states = states
        return moved
        ### END SOLUTION


def descend(gradient, w, steps, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    """Descend from w with RMSprop, and keep the whole way.

    Args:
        gradient: function that takes weights and returns the gradient there, an array of the same shape. Gradients are
            what costs time in a deep network: it is called once per step, with the present weights.
        w: weights to start from, array of any shape.
        steps: how many, a whole number.
        learning_rate: step size, a positive number.
        rho: how much of an average is kept, between 0 and 1.
        momentum: how much of the velocity is kept, between 0 and 1.
        epsilon: keeps the division from failing where all gradients were zero.
        centered: whether steps are centered.

    Returns:
        Array of shape (steps + 1, *w.shape): the weights at the start and after each step.
    """
    ### BEGIN SOLUTION
    optimizer = RMSprop(learning_rate, rho, momentum, epsilon, centered)
    trajectory = [w]
    for _ in range(steps):
        [w] = optimizer.update([w], [gradient(w)])
        trajectory.append(w)
    return np.array(trajectory)
    ### END SOLUTION
