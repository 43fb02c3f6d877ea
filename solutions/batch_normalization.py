"""Batch normalisation.

The idea
    Each layer learns on top of what the layers below it put out, and while those learn, that shifts and stretches.
    Batch normalisation takes shift and stretch out: in each batch, every feature is moved to mean 0 and scaled to
    variance 1. Two trained parameters per feature, gamma and beta, then give it the scale and the offset that suit the
    network. Larger learning rates become possible, and the start matters less.
    A prediction should not depend on which other rows happen to be in its batch. So training keeps moving averages of
    the means and variances on the side, and predictions are made with these.

The rules
    A feature is an entry of the last axis. Means are taken over all other axes: over the rows of a table (n, d), over
    rows, height and width of images (n, height, width, channels). N is how many values there are behind each mean.

    mean           μ  = Σ x / N                                           one for each feature
    variance       σ² = Σ (x - μ)² / N
    normalise      x̂  = (x - μ) / √(σ² + epsilon)
                   y  = gamma × x̂ + beta
    moving         moving ← momentum × moving + (1 - momentum) × batch    of the mean, and of the variance

    training       normalise with mean and variance of the batch, and update the moving averages
    inference      normalise with the moving averages, and leave them as they are

    backward, where dy is the gradient of the loss with respect to y, in training:
                   dbeta  = Σ dy
                   dgamma = Σ dy × x̂
                   dx     = gamma / √(σ² + epsilon) × (dy - dbeta / N - x̂ × dgamma / N)
    The last two terms are there because a change in one x changes the mean and the variance of its whole column.

What we grade, where sources differ: what Keras does
    - momentum is the weight of the old value: 0.99 means slowly. In PyTorch it is the weight of the new value, and
      0.1 stands for this 0.9.
    - The averages start at mean 0 and variance 1, not at the first batch. After 100 batches with momentum 0.99 they
      have come 1 - 0.99^100 = 63 % of the way; until they arrive, predictions are off.
    - The moving variance takes the same σ² that normalises, divided by N. PyTorch divides by N - 1 there, and the paper
      at inference. One test of one point asks for Keras' choice.
    - epsilon is added to the variance, inside the root, and is 0.001 (in PyTorch 0.00001). It does not go into the
      moving variance. One test of one point asks for its place; in the others it is too small to be seen.
    - The variance is the mean of the squared deviations. The mean of the squares minus the square of the mean is the
      same on paper only: for a column around ten million hardly a digit is right. One test of one point has such a
      column.
    - The order of layers is the paper's: dense, batch normalisation, activation. The dense layer has no bias: the mean
      would take it out again, and beta is there instead. ("Before each layer", as in some tutorials, is imprecise.)
    - No function changes its arguments; what changes is returned as a new value.

In numbers
    One column [1, 2, 3, 6], gamma 2, beta 0.5, epsilon 0.001
    mean 3     variance (4 + 1 + 0 + 9) / 4 = 3.5
    x̂ = [-1.068892, -0.534446, 0, 1.603338]        y = [-1.637785, -0.568892, 0.5, 3.706677]
    Moving averages with momentum 0.9, from 0 and 1:    mean 0.3    variance 0.9 + 0.35 = 1.25  (with N - 1: 1.366667)
    Inference for x = 6 with these:   y = 2 × (6 - 0.3) / √1.251 + 0.5 = 10.692394
    Backward for dy = [1, 0, 0, 0]:   dbeta = 1    dgamma = -1.068892    dx = [0.496359, -0.419878, -0.267223, 0.190743]
    (dx sums to 0, for any dy: whoever shifts a whole column changes nothing.)

    Four rows through the network below
    x = [[1, 0], [0, 2], [2, 1], [3, 3]]    y = [1, 0, 2, 3]
    kernel [[1, -1], [1, 2]]    gamma [1, 2]    beta [0.5, 0]    moving mean [0, 0]    moving variance [1, 1]
    output kernel [1, -0.5]     output bias 0
    After train_step with learning rate 0.1 and momentum 0.9:   loss 1.839553 (before the step)
        kernel [[1.020060, -1.022772], [0.979977, 1.988598]]    gamma [1.130206, 1.933703]    beta [0.656209, -0.070918]
        moving mean [0.3, 0.15]   moving variance [1.25, 1.325]   output kernel [1.208310, -0.234813]   bias 0.266836
    After 5 epochs of fit in batches of 4:   the last loss is 0.159984, but predict(x) is [1.322, 0.915, 3.145, 5.035]:
        the moving averages have come 1 - 0.9^5 = 41 % of the way
    After 20 epochs:                         the last loss is 0.011878, and predict(x) is [0.901, 0.066, 2.168, 3.214]

A training run (train_step, fit, predict)
    The network:      z = x @ kernel
                      h = relu(batch normalisation of z)
                      prediction = h @ output_kernel + output_bias
    Its loss is the mean squared error over a batch. One step, with mean and variance of the batch:
        error = prediction - y                            dprediction = 2 × error / n
        doutput_kernel = hᵀ @ dprediction                 doutput_bias = Σ dprediction
        dy of batch normalisation = outer product of dprediction and output_kernel where h > 0, else 0
        dz, dgamma, dbeta by its backward pass            dkernel = xᵀ @ dz
        every trained array ← itself - learning_rate × its gradient; the moving averages ← their new values

To read
    Ioffe, Szegedy, Batch normalization: accelerating deep network training by reducing internal covariate shift (2015).
    Santurkar, Tsipras, Ilyas, Madry, How does batch normalization help optimization? (2018).
    keras.io/api/layers/normalization_layers/batch_normalization
    A Keras layer that is called without training=True normalises with its moving averages, and while these stand at 0
    and 1 it gives back nearly what it gets. fit turns training on, predict and evaluate do not.
"""

import numpy as np


def batch_statistics(x):
    """Mean and variance of every feature in a batch.

    Args:
        x: array of two or more axes, the last of which counts the features.

    Returns:
        A pair (mean, variance), two arrays of shape (features,).
    """
    ### BEGIN SOLUTION
    axes = tuple(range(x.ndim - 1))
    mean = np.mean(x, axis=axes)
    return mean, np.mean((x - mean) ** 2, axis=axes)
    ### END SOLUTION


def normalize(x, mean, variance, gamma, beta, epsilon=0.001):
    """Normalise with a given mean and variance, then scale and shift.

    Args:
        x: array of two or more axes, the last of which counts the features.
        mean: to be taken away, array of shape (features,).
        variance: to be scaled to 1, array of shape (features,).
        gamma: the new scale, array of shape (features,).
        beta: the new offset, array of shape (features,).
        epsilon: keeps the division from failing where the variance is zero.

    Returns:
        A new array of the shape of x.
    """
    ### BEGIN SOLUTION
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta
    ### END SOLUTION


def update_moving(moving, batch, momentum=0.99):
    """Take the mean, or the variance, of one more batch into its moving average.

    Args:
        moving: the moving average so far, array of shape (features,).
        batch: the mean or the variance of the batch, same shape.
        momentum: how much of the old average is kept, between 0 and 1.

    Returns:
        The new moving average, a new array of the same shape.
    """
    ### BEGIN SOLUTION
    return momentum * moving + (1 - momentum) * batch
    ### END SOLUTION


def batch_norm(x, gamma, beta, moving_mean, moving_variance, training, momentum=0.99, epsilon=0.001):
    """The forward pass of a layer of batch normalisation.

    Args:
        x: array of two or more axes, the last of which counts the features.
        gamma: array of shape (features,).
        beta: array of shape (features,).
        moving_mean: array of shape (features,).
        moving_variance: array of shape (features,).
        training: True while training, False for inference.
        momentum: how much of the moving averages is kept in one training step.
        epsilon: is added to variances.

    Returns:
        A triple (y, moving_mean, moving_variance): the output, an array of the shape of x, and the moving averages
        after this pass, two arrays of shape (features,). The arguments are not changed.
    """
    ### BEGIN SOLUTION
    if not training:
        return normalize(x, moving_mean, moving_variance, gamma, beta, epsilon), moving_mean, moving_variance
    mean, variance = batch_statistics(x)
    y = normalize(x, mean, variance, gamma, beta, epsilon)
    return y, update_moving(moving_mean, mean, momentum), update_moving(moving_variance, variance, momentum)
    ### END SOLUTION


def batch_norm_backward(dy, x, gamma, epsilon=0.001):
    """The backward pass of a layer of batch normalisation in training.

    Args:
        dy: gradient of the loss with respect to the output, array of the shape of x.
        x: the input of the forward pass, array of two or more axes, the last of which counts the features.
        gamma: array of shape (features,).
        epsilon: is added to variances.

    Returns:
        A triple (dx, dgamma, dbeta): the gradients with respect to x, an array of its shape, and with respect to gamma
        and beta, two arrays of shape (features,). The arguments are not changed.
    """
    ### BEGIN SOLUTION
    axes = tuple(range(x.ndim - 1))
    mean, variance = batch_statistics(x)
    deviation = np.sqrt(variance + epsilon)
    x_hat = (x - mean) / deviation
    dbeta = np.sum(dy, axis=axes)
    dgamma = np.sum(dy * x_hat, axis=axes)
    count = x.size / x.shape[-1]
    dx = gamma / deviation * (dy - dbeta / count - x_hat * dgamma / count)
    return dx, dgamma, dbeta
    ### END SOLUTION


def train_step(x, y, weights, learning_rate, momentum=0.99, epsilon=0.001):
    """One step of gradient descent with the network of the handout, on one batch.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        weights: before the step, a dict with these entries, h being the number of hidden units:
            "kernel": array of shape (d, h).
            "gamma", "beta", "moving_mean", "moving_variance": arrays of shape (h,).
            "output_kernel": array of shape (h,).
            "output_bias": a number.
        learning_rate: step size, a positive number.
        momentum: how much of the moving averages is kept.
        epsilon: is added to variances.

    Returns:
        A pair (weights, loss): a new dict with the same entries, and the loss before the step, a number. The arguments
        are not changed.
    """
    ### BEGIN SOLUTION
    gamma, beta = weights["gamma"], weights["beta"]
    averages = weights["moving_mean"], weights["moving_variance"]
    z = x @ weights["kernel"]
    normalized, moving_mean, moving_variance = batch_norm(z, gamma, beta, *averages, True, momentum, epsilon)
    h = np.maximum(normalized, 0)
    error = h @ weights["output_kernel"] + weights["output_bias"] - y
    dprediction = 2 * error / len(x)
    dnormalized = np.outer(dprediction, weights["output_kernel"]) * (h > 0)
    dz, dgamma, dbeta = batch_norm_backward(dnormalized, z, gamma, epsilon)
    gradients = {
        "kernel": x.T @ dz,
        "gamma": dgamma,
        "beta": dbeta,
        "output_kernel": h.T @ dprediction,
        "output_bias": np.sum(dprediction),
    }
    moved = {name: weights[name] - learning_rate * gradient for name, gradient in gradients.items()}
    return {**moved, "moving_mean": moving_mean, "moving_variance": moving_variance}, np.mean(error**2)
    ### END SOLUTION


def fit(x, y, weights, learning_rate, epochs, batch_size, momentum=0.99, epsilon=0.001):
    """Train the network of the handout with mini-batches: one step per batch, rows in the given order.

    Args:
        x: inputs, array of shape (n, d).
        y: targets, array of shape (n,).
        weights: to start from, as in `train_step`.
        learning_rate: step size, a positive number.
        epochs: how often all rows are used, a whole number.
        batch_size: rows per batch; the last batch of an epoch may have fewer, and is used like the others.
        momentum: how much of the moving averages is kept in one step.
        epsilon: is added to variances.

    Returns:
        A pair (weights, losses): the trained weights, a new dict, and for each epoch what Keras' fit shows as its loss,
        an array of shape (epochs,): the mean over the rows, where the loss of each batch is taken before its step. The
        arguments are not changed.
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            x_batch, y_batch = x[start : start + batch_size], y[start : start + batch_size]
            weights, loss = train_step(x_batch, y_batch, weights, learning_rate, momentum, epsilon)
            total += loss * len(x_batch)
        losses.append(total / len(x))
    return weights, np.array(losses)
    ### END SOLUTION


def predict(x, weights, epsilon=0.001):
    """Predictions of the network of the handout.

    Args:
        x: inputs, array of shape (n, d); one row is enough.
        weights: as in `train_step`.
        epsilon: is added to variances.

    Returns:
        Array of shape (n,).
    """
    ### BEGIN SOLUTION
    averages = weights["moving_mean"], weights["moving_variance"]
    z = x @ weights["kernel"]
    normalized, _, _ = batch_norm(z, weights["gamma"], weights["beta"], *averages, False, epsilon=epsilon)
    return np.maximum(normalized, 0) @ weights["output_kernel"] + weights["output_bias"]
    ### END SOLUTION
