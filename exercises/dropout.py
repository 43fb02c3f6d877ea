"""Dropout.

Idea
    A network can come to rely on a few units that fit the training rows together. While training, dropout
    switches off a random part of the units, anew for every row and every batch, so that no unit can count on
    another one being there. For prediction all units work. To keep the mean of a unit's output the same in
    both modes, the units that stay on in training are made larger.

Rule
    u                 one uniform random number in [0, 1) for each element of x
    mask              0             where u < rate        (dropped)
                      1/(1 - rate)  where u >= rate       (kept)
    training          y = mask * x
    inference         y = x
    backward          dL/dx = mask * dL/dy                with the mask of the forward pass

Conventions (texts differ; graded is what Keras does)
    - rate is the share that is dropped. Other texts give the share that is kept (p in the paper of 2014,
      keep_prob elsewhere).
    - The scaling takes place in training ("inverted dropout"). The papers leave the training values alone and
      multiply by the share that is kept at prediction.
    - A uniform equal to rate keeps its element.
    - rate = 0 keeps everything: a mask of ones. rate = 1 drops everything: a mask of zeros, no division by 0.
    - Every element is drawn on its own: two rows of a batch lose different units.
    - dropout_layer draws rng.random(x.shape), once, and nothing at inference.
    - No function changes its arguments; what changes is returned as a new value.

Worked example: rate = 0.2, so what is kept is multiplied by 1/0.8 = 1.25
    u    = [0.05, 0.2,   0.7,   0.9 ]
    mask = [0,    1.25,  1.25,  1.25]       0.2 is not below the rate
    x    = [3,    2,     -4,    1   ]       y  = [0, 2.5, -5, 1.25]
    dy   = [1,    2,     0.4,   -8  ]       dx = [0, 2.5, 0.5, -10]
    At inference: y = x and a mask of ones.

A network (dropout_network)
    hidden layers     h = dropout(relu(h @ W), mask), each with its own mask
    last layer        output = h @ W, neither relu nor dropout
    With x = [[1, 2]], weights [[1, -1, 2], [1, 1, -0.5]] and [[2], [1], [4]], rate 0.2 and the uniforms
    [[0.6, 0.1, 0.3]]: relu gives [[3, 1, 1]], dropout makes it [[3.75, 0, 1.25]], the output is 12.5;
    at inference it is 11.

A training run (fit_with_dropout)
    The linear model x @ w + b with dropout on its inputs and mean squared error, all rows in one batch.
    One epoch:
        x_dropped = mask * x                             a new mask in every epoch
        error     = x_dropped @ w + b - y
        loss      = mean of error**2                     what fit shows: dropout on, step not yet taken
        dw, db    = 2/n * x_dropped.T @ error, 2 * mean of error
        w, b      = w - learning_rate * dw, b - learning_rate * db
    With x = [[1, 2], [3, -1]], y = [1, 2], w = [0.5, -0.5], b = 0, rate 0.2, learning rate 0.1
    and the uniforms [[0.1, 0.5], [0.6, 0.3]] and then [[0.9, 0.4], [0.3, 0.05]]:
        losses = [2.65625, 0.220713], w = [0.572656, 0.155469], b = 0.2525
    For such a model dropout acts, on average, like a penalty on the squared weights.

Tutorials
    - "The sum over all inputs is unchanged" (Keras' own page) holds on average only. The factor is always
      1/(1 - rate), never chosen so that the sum comes out right.
    - A much-copied example passes five rows through the layer and speaks of five batches: it is one batch
      of five samples. It sets no seed, so every run prints something else.
    - A Keras layer that is called without training=True drops nothing: fit switches dropout on, predict and
      evaluate do not.

Papers
    G. Hinton and others, Improving neural networks by preventing co-adaptation of feature detectors, 2012,
    arXiv:1207.0580.
    N. Srivastava and others, Dropout: A Simple Way to Prevent Neural Networks from Overfitting, Journal of
    Machine Learning Research 15, 2014.

Keras
    keras.io/api/layers/regularization_layers/dropout
"""

import numpy as np


def dropout_mask(uniforms, rate):
    """Turn uniform random numbers into a mask.

    Args:
        uniforms: numbers in [0, 1), array of any shape.
        rate: share of the elements to drop, from 0 to 1, both included.

    Returns:
        A float array of the shape of uniforms: 0.0 where uniforms < rate, 1/(1 - rate) elsewhere.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def dropout(x, mask):
    """Apply a mask.

    Args:
        x: array of any shape.
        mask: array of the same shape, as dropout_mask makes it.

    Returns:
        A new array of the shape of x. Dropped elements are exactly 0. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def dropout_layer(x, rate, training, rng):
    """Apply dropout the way a layer does.

    Args:
        x: array of any shape.
        rate: share of the elements to drop.
        training: True while training, False for prediction.
        rng: a numpy.random.Generator. In training, rng.random(x.shape) gives the uniforms.

    Returns:
        A pair (y, mask), two float arrays of the shape of x. For prediction x itself and a mask of ones.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def dropout_backward(dy, mask):
    """Pass a gradient back through dropout.

    Args:
        dy: gradient of the loss with respect to the output of dropout, array of any shape.
        mask: the mask of the forward pass, same shape.

    Returns:
        The gradient with respect to the input of dropout, same shape.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def dropout_network(x, weights, rate, uniforms, training):
    """Forward pass of a relu network with dropout after each hidden layer.

    Args:
        x: inputs, array of shape (n, d).
        weights: list of matrices, one per layer, each of shape (inputs, outputs). There are no biases.
        rate: share of the hidden units to drop.
        uniforms: list of arrays, one per hidden layer, each of the shape of that layer's output. They matter
            in training only.
        training: True while training, False for prediction.

    Returns:
        The output of the last layer, array of shape (n, outputs of the last layer).
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def fit_with_dropout(x, y, w, b, learning_rate, rate, uniforms):
    """Train the linear model x @ w + b with dropout on its inputs; every epoch is one step on all rows.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        w: weights to start from, array of shape (d,).
        b: bias to start from, a number.
        learning_rate: step size, a positive number.
        rate: share of the inputs to drop.
        uniforms: array of shape (epochs, n, d): the uniforms of each epoch.

    Returns:
        A triple (w, b, losses): the trained weights, the trained bias and the training loss of each epoch, an
        array of shape (epochs,).
    """
    # YOUR CODE HERE
    raise NotImplementedError()
