"""Weight regularisation: L1, L2 and both.

The idea
    A network with many weights can learn its training rows by heart, noise included. That takes large weights, finely
    balanced against each other. Regularisation puts a price on size: a penalty on the weights is added to the loss, and
    a weight stays large only if that lowers the data loss by more than it costs.
    L2, the sum of squares, pulls at a weight in proportion to its size: all of them shrink, hardly one becomes zero.
    L1, the sum of absolute values, pulls at all weights with the same force: what matters little goes down to zero.

The rules
    L1 penalty     l1 × Σ |w|                 its gradient    l1 × sign(w)
    L2 penalty     l2 × Σ w²                  its gradient    2 × l2 × w
    both           the sum of the two         its gradient    the sum of the two
    Σ runs over all entries of the array, whatever its shape. l1 and l2 are chosen before training; 0 switches one off.

    loss of a network     data loss + the penalties of all its kernels (a kernel is the weight matrix of a layer)
    one step              w ← w - learning_rate × (gradient of the data loss + gradient of the penalty)
    In plain gradient descent L2 makes the weights decay:
                          w ← (1 - 2 × learning_rate × l2) × w - learning_rate × gradient of the data loss

What we grade, where sources differ: what Keras does
    - L2 has no factor ½. Goodfellow's book, d2l and CS231n write ½ × l2 × Σ w², whose gradient is l2 × w.
      Two tests of one point each ask for Keras' form; the others accept ½ too, if penalty and gradient both have it.
    - The penalty is not divided by anything: not by the number of rows, as in Ng's λ / 2m, nor by the number of weights
      or of batches. The data loss is a mean over the rows of a batch; in every step the whole penalty is added to it.
    - Biases are not regularised. There are few of them, and they only move the output up or down. (Keras regularises
      a bias where it is told to, by bias_regularizer.)
    - |w| has no slope at 0. Keras takes 0 there, like numpy.sign; other sources take 1. One test of one point asks for
      Keras' choice, in the others no weight is 0.
    - The loss of an epoch is history["loss"] of fit, penalties included: a mean over the rows, where the loss of each
      batch is taken with the weights before that batch's step. (Metrics such as "mse" leave the penalties out.)
    - No function changes its arguments; what changes is returned as a new value.

In numbers
    w = [1, -2, 0.5, 0]
    l1 = 0.01     penalty  0.01 × 3.5  = 0.035         gradient [0.01, -0.01, 0.01, 0]
    l2 = 0.01     penalty  0.01 × 5.25 = 0.0525        gradient [0.02, -0.04, 0.01, 0]
    l1 = 0.001, l2 = 0.01          0.0035 + 0.0525 = 0.056

    Two layers with the kernels [[1, -2], [0, 3]] and [[2], [-1]], l1 = 0.1, l2 = 0.01
    penalty  0.1 × (6 + 3) + 0.01 × (14 + 5) = 1.09, whatever the biases are

    Five rows of the linear model x @ w + b with mean squared error:
    x = [[1, 2], [3, 0], [0, 1], [2, 2], [1, 0]]    y = [0.5, 2.5, -1.5, -0.5, 2.5]    w = [1, -1]    b = 0.5
    data loss 1, its gradients dw = [1.2, 0.4] and db = 0.4
    With l1 = 0.25 and l2 = 0.125: loss 1 + 0.5 + 0.25 = 1.75, dw = [1.2 + 0.25 + 0.25, 0.4 - 0.25 - 0.25] = [1.7, -0.1]
    One step with learning rate 0.1:  w = [0.83, -0.99], b = 0.46
    After 100 epochs with learning rate 0.1 and batches of five:
    l1 = 0, l2 = 0      w = [0.6816, -1.0757]    b = 0.8193
    l1 = 0, l2 = 1      w = [0.4009, -0.5110]    b = 0.6496      both are smaller
    l1 = 2, l2 = 0      w = [0.0109,  0.0049]    b = 0.6448      both hover around 0, by less than a step of 0.1 × l1

To read
    Hoerl, Kennard, Ridge regression: biased estimation for nonorthogonal problems (1970), for L2.
    Tibshirani, Regression shrinkage and selection via the lasso (1996), for L1.
    Krogh, Hertz, A simple weight decay can improve generalization (1991).
    keras.io/api/layers/regularizers
    A much copied example has the comment "lambda 0.01" beside l2(0.001), and "lambda1 0.01, lambda2 0.01" beside
    L1L2(l1=0.001, l2=0.01). It is the code that counts: the w above costs 0.056 there, not 0.0875. And L1L2(0.01) is
    L1 alone, because l1 comes first.
    With momentum or Adam an L2 penalty and a decay of the weights are no longer the same: see AdamW in the topic adam.
"""

import numpy as np


def l1_penalty(w, l1):
    """The L1 penalty of one array of weights.

    Args:
        w: weights, array of any shape.
        l1: the factor, a number that is not negative.

    Returns:
        A number.
    """
    ### BEGIN SOLUTION
    return l1 * np.sum(np.abs(w))
    ### END SOLUTION


def l2_penalty(w, l2):
    """The L2 penalty of one array of weights.

    Args:
        w: weights, array of any shape.
        l2: the factor, a number that is not negative.

    Returns:
        A number.
    """
    ### BEGIN SOLUTION
    return l2 * np.sum(np.square(w))
    ### END SOLUTION


def penalty_gradient(w, l1=0.0, l2=0.0):
    """The gradient of both penalties together.

    Args:
        w: weights, array of any shape.
        l1: factor of the L1 penalty.
        l2: factor of the L2 penalty.

    Returns:
        A new array of floats of the shape of w.
    """
    ### BEGIN SOLUTION
    return l1 * np.sign(w) + 2 * l2 * w
    ### END SOLUTION


def network_penalty(layers, l1=0.0, l2=0.0):
    """The penalty of a whole network, with the same factors for all layers.

    Args:
        layers: list of pairs (kernel, bias), one per layer: a matrix and a vector. Biases are free of charge.
        l1: factor of the L1 penalty.
        l2: factor of the L2 penalty.

    Returns:
        A number.
    """
    ### BEGIN SOLUTION
    return sum(l1_penalty(kernel, l1) + l2_penalty(kernel, l2) for kernel, bias in layers)
    ### END SOLUTION


def regularized_loss(x, y, w, b, l1=0.0, l2=0.0):
    """Mean squared error of the linear model x @ w + b, and the penalty of its weights.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        w: weights, array of shape (d,).
        b: bias, a number.
        l1: factor of the L1 penalty.
        l2: factor of the L2 penalty.

    Returns:
        A number.
    """
    ### BEGIN SOLUTION
    error = x @ w + b - y
    return np.mean(error**2) + l1_penalty(w, l1) + l2_penalty(w, l2)
    ### END SOLUTION


def regularized_step(x, y, w, b, learning_rate, l1=0.0, l2=0.0):
    """One step of gradient descent on the regularised loss, with all rows.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        w: weights before the step, array of shape (d,).
        b: bias before the step, a number.
        learning_rate: step size, a positive number.
        l1: factor of the L1 penalty.
        l2: factor of the L2 penalty.

    Returns:
        A pair (w, b): the new weights, a new array of shape (d,), and the new bias. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    error = x @ w + b - y
    dw = 2 * x.T @ error / len(x) + penalty_gradient(w, l1, l2)
    db = 2 * np.mean(error)
    return w - learning_rate * dw, b - learning_rate * db
    ### END SOLUTION


def fit_regularized(x, y, w, b, learning_rate, epochs, batch_size, l1=0.0, l2=0.0):
    """Train the linear model with mini-batches: one step per batch, rows in the given order.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        w: weights to start from, array of shape (d,).
        b: bias to start from, a number.
        learning_rate: step size, a positive number.
        epochs: how often all rows are used, a whole number.
        batch_size: rows per batch; the last batch of an epoch may have fewer, and is used like the others.
        l1: factor of the L1 penalty.
        l2: factor of the L2 penalty.

    Returns:
        A triple (w, b, losses): the trained weights, the trained bias, and for each epoch what fit shows as its loss,
        an array of shape (epochs,).
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            x_batch, y_batch = x[start : start + batch_size], y[start : start + batch_size]
            total += len(x_batch) * regularized_loss(x_batch, y_batch, w, b, l1, l2)
            w, b = regularized_step(x_batch, y_batch, w, b, learning_rate, l1, l2)
        losses.append(total / len(x))
    return w, b, np.array(losses)
    ### END SOLUTION
