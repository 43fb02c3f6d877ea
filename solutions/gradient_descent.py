"""Gradient descent.

Idea
    The gradient of a loss points where the loss grows fastest. Gradient descent takes a small step the other
    way, asks for the gradient at the new point, and repeats. For a data set the loss is a mean over all rows.
    How many rows are looked at before each step gives the three ways their names:

        batch GD         all rows         one exact, expensive step per epoch
        stochastic GD    one row          many cheap, noisy steps
        mini-batch GD    a few rows       what Keras' fit does (32 rows unless told otherwise)

Rule
    one step          w_new = w - learning_rate * gradient(w)
    linear model      prediction = x @ w + b                            x (n, d), w (d,), b a number
    loss (mse)        L = 1/n * sum of (prediction - y)**2
    its gradient      dL/dw = 2/n * sum over the rows of (prediction - y) * row
                      dL/db = 2/n * sum over the rows of (prediction - y)

Words
    epoch             every row has been used once
    batch             the rows that one step looks at
    iteration         one step, that is one update of the weights: as many per epoch as there are batches

Conventions (texts differ; graded is what Keras does)
    - mse is a mean without the factor 1/2. Texts that write 1/(2n) get half of this gradient.
    - The gradient of a batch is the mean over its rows, not the sum: the step does not grow with the batch.
    - The last batch of an epoch may be smaller. It is kept, and its mean is over its own rows.
    - Rows are taken in order, as in fit(shuffle=False), and each epoch goes on from where the last one ended.
    - The loss of an epoch is what fit shows, history["loss"]: a mean over the rows, each with the weights
      that were current when its batch came by, before that batch's step. It is not the loss after the epoch
      (that is what evaluate gives).
    - iterations() counts the steps of the whole training run, as optimizer.iterations does. Some texts use
      the word for the steps of one epoch.
    - No function changes its arguments; what changes is returned as a new value.

Worked example 1: L = w**2 / 2, so the gradient is w; learning rate 0.1
    w = 1.0    1.0 - 0.1 * 1.0  = 0.9
    w = 0.9    0.9 - 0.1 * 0.9  = 0.81
    w = 0.81                      0.729

Worked example 2: five rows, two features
    x = [[1, 2], [3, 0], [0, 1], [2, 2], [1, 0]]    y = [0.5, 2.5, -1.5, -0.5, 2.5]    w = [1, -1]    b = 0.5
    prediction = [-0.5, 3.5, -0.5, 0.5, 1.5]    error = [-1, 1, 1, 1, -1]    L = 1
    dw = 2/5 * [3, 1] = [1.2, 0.4]              db = 2/5 * 1 = 0.4
    One epoch with learning rate 0.1:
        batch size 5    1 step     w = [0.88, -1.04]        b = 0.46      loss 1
        batch size 2    3 steps    w = [0.924, -1.12]       b = 0.604     loss 1.41288
        batch size 1    5 steps    w = [0.81952, -0.5024]   b = 0.61872   loss 1.931116
    Batches of two have 2, 2 and 1 rows: three steps per epoch, not two and a half.

Tutorials
    - SGD(...).minimize(loss, [w]) is from 2020 and gone in Keras 3. What it printed, 1, was the number of
      steps so far, not the loss. Today: a GradientTape, then apply_gradients(zip(gradients, weights)).
    - SGD(lr=0.1) is an error in Keras 3: the argument is learning_rate.
    - An optimizer named SGD does not make the training stochastic: that is decided by fit's batch_size.

Papers
    A. Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées, 1847.
    H. Robbins and S. Monro, A Stochastic Approximation Method, Annals of Mathematical Statistics 22, 1951.
    L. Bottou, F. Curtis and J. Nocedal, Optimization Methods for Large-Scale Machine Learning, 2018,
    arXiv:1606.04838.

Keras
    keras.io/api/optimizers/sgd, keras.io/api/models/model_training_apis (fit),
    keras.io/api/losses/regression_losses (mean squared error).
"""

import math

import numpy as np


def sgd_update(w, gradient, learning_rate):
    """One step of gradient descent.

    Args:
        w: weights, an array of any shape or a number.
        gradient: of the loss with respect to w, same shape.
        learning_rate: step size, a positive number.

    Returns:
        The new weights, same shape as w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    return w - learning_rate * gradient
    ### END SOLUTION


def descend(gradient, w, learning_rate, steps):
    """Walk down a loss and note every point on the way.

    Args:
        gradient: a function: gradient(w) is the gradient at the point w, an array of the shape of w.
            It is called once per step, at the current point.
        w: the starting point, an array of any shape; whole numbers are allowed.
        learning_rate: step size, a positive number.
        steps: number of steps, 0 or more.

    Returns:
        The points, an array of shape (steps + 1, *w.shape). The first row is the starting point.
    """
    ### BEGIN SOLUTION
    trajectory = [w]
    for _ in range(steps):
        w = sgd_update(w, gradient(w), learning_rate)
        trajectory.append(w)
    return np.array(trajectory)
    ### END SOLUTION


def split_batches(x, y, batch_size):
    """Cut the rows into batches, in order.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        batch_size: rows per batch: n is batch GD, 1 is stochastic GD, anything between is mini-batch GD.

    Returns:
        A list of pairs (x_batch, y_batch). The last pair holds what is left and may be smaller, never empty.
    """
    ### BEGIN SOLUTION
    starts = range(0, len(x), batch_size)
    return [(x[i : i + batch_size], y[i : i + batch_size]) for i in starts]
    ### END SOLUTION


def iterations(samples, batch_size, epochs):
    """Count the weight updates of a training run.

    Args:
        samples: number of rows in the data set, an int.
        batch_size: rows per batch, an int.
        epochs: how often the data set is used, an int.

    Returns:
        The number of updates, an int.
    """
    ### BEGIN SOLUTION
    return epochs * math.ceil(samples / batch_size)
    ### END SOLUTION


def mse_gradient(x, y, w, b):
    """Gradient of the mean squared error of the linear model x @ w + b.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        w: weights, array of shape (d,).
        b: bias, a number.

    Returns:
        A pair (dw, db): an array of shape (d,) and a number.
    """
    ### BEGIN SOLUTION
    error = x @ w + b - y
    return 2 * x.T @ error / len(x), 2 * np.mean(error)
    ### END SOLUTION


def fit_linear(x, y, w, b, learning_rate, epochs, batch_size):
    """Train the linear model x @ w + b on the mean squared error, as Keras' fit(shuffle=False) does.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        w: weights to start from, array of shape (d,).
        b: bias to start from, a number.
        learning_rate: step size, a positive number.
        epochs: how often all rows are used, 1 or more.
        batch_size: rows per update.

    Returns:
        A triple (w, b, losses): the trained weights, the trained bias and an array of shape (epochs,) with
        history["loss"] of each epoch (see the handout above).
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        squares = 0.0
        for x_batch, y_batch in split_batches(x, y, batch_size):
            squares += np.sum((x_batch @ w + b - y_batch) ** 2)
            dw, db = mse_gradient(x_batch, y_batch, w, b)
            w, b = sgd_update(w, dw, learning_rate), sgd_update(b, db, learning_rate)
        losses.append(squares / len(x))
    return w, b, np.array(losses)
    ### END SOLUTION
