"""Forward propagation.

Idea
    A network is a chain of layers. A dense layer mixes its inputs, every unit with weights of its own, adds a
    bias, and bends the result with an activation function; without the bend, any number of layers would still
    be one linear map. The outputs of a layer are the inputs of the next. At the end a loss says in one number
    how far the predictions are from the targets. That is the number which training makes small.

Rule
    sigmoid           1 / (1 + e**-x)                              into (0, 1)
    tanh              (e**x - e**-x) / (e**x + e**-x)              into (-1, 1)
    relu              x where x > 0, else 0
    softmax           e**x_i / (sum of e**x_j over the row)        a row of probabilities
    dense layer       output = activation(x @ kernel + bias)       x (n, inputs), kernel (inputs, units),
                                                                   bias (units,), output (n, units)
    network           every layer takes the output of the one before it, the first one takes x

    With t a target, p its prediction, n rows and k columns; log is the natural logarithm:
    mean_squared_error          1/(n*k) * sum over rows and columns of (t - p)**2
    categorical_crossentropy    1/n     * sum over rows and columns of -t * log(p)
    binary_crossentropy         1/(n*k) * sum over rows and columns of -(t * log(p) + (1 - t) * log(1 - p))

Conventions (texts differ; graded is what Keras does)
    - Rows are examples, so a layer is x @ kernel + bias. Texts in which columns are examples write W @ x + b;
      their W is the transpose of kernel.
    - softmax works along the last axis: every row is a distribution of its own. It does not change when a
      number is subtracted from a whole row. Subtract the largest number of each row first, and nothing can
      overflow. Inputs of 1000 or -1000 must not give nan, in no activation.
    - mean_squared_error has no factor 1/2, and it is a mean over the columns too.
    - categorical_crossentropy sums over the columns and takes the mean over the rows.
    - Before its logarithm, categorical_crossentropy divides each row of predictions by its sum (which changes
      nothing if the row sums to 1), and both cross-entropies clip probabilities to [1e-7, 1 - 1e-7]. So a
      prediction that is certain and wrong costs -log(1e-7) = 16.118096, not infinity. Other texts use 1e-12
      or 1e-15, or add such a number inside the logarithm; for ordinary predictions it makes no difference.
    - Targets may be soft: any probabilities, not only 0 and 1.
    - Keras has one more trick. In fit and evaluate the loss can see the numbers that went into the last
      softmax or sigmoid, and computes from these, without clipping. It shows when a prediction is saturated.
      Graded are the losses of probabilities, which is what keras.losses gives for arrays.
    - No function changes its arguments; what changes is returned as a new value.

Worked example 1: x = [-2, 0, 1]
    sigmoid  [0.119203, 0.5, 0.731059]         relu     [0, 0, 1]
    tanh     [-0.964028, 0, 0.761594]          softmax  [0.035119, 0.259496, 0.705385]

Worked example 2: one row, two layers
    x = [[1, 2]]
    layer 1, relu       kernel [[1, -1, 0], [0.5, 1, -2]]        bias [0.5, 0, 1]
        x @ kernel + bias = [[2.5, 1, -3]]                       output [[2.5, 1, 0]]
    layer 2, softmax    kernel [[1, 0], [-2, 0.5], [3, 1]]       bias [0, 1]
        h @ kernel + bias = [[0.5, 1.5]]                         output [[0.268941, 0.731059]]
    For the target [[0, 1]]: categorical_crossentropy = -log(0.731059) = 0.313262

Worked example 3: losses of two rows
    t = [[0, 1, 0], [1, 0, 0]]        p = [[0.2, 0.7, 0.1], [0.5, 0.25, 0.25]]
    mean_squared_error          (0.04 + 0.09 + 0.01 + 0.25 + 0.0625 + 0.0625) / 6    = 0.085833
    categorical_crossentropy    (-log(0.7) - log(0.5)) / 2                           = 0.524911
    binary_crossentropy         -(log(0.8) + log(0.7) + log(0.9) + log(0.5) + 2 * log(0.75)) / 6 = 0.325615

Tutorials
    - (e**x - e**-x) / (e**x + e**-x) is correct on paper and nan on a computer from x = 710 on, and so is
      e**x / (1 + e**x). NumPy has a tanh. 1 / (1 + e**-x) may print a warning, but ends at 0 and 1 as it should.
    - softmax with the largest number of the whole batch subtracted is 0/0 in a row far below that number.
    - The softmax of a layer with one unit is always 1. A single probability needs a sigmoid.
    - A model whose last layer is a softmax needs no other softmax after it.
    - Dense(10, input_shape=(4,)) gives a warning in Keras 3: begin the model with keras.Input((4,)).

Papers
    D. Rumelhart, G. Hinton and R. Williams, Learning representations by back-propagating errors, Nature 323,
    1986.
    J. Bridle, Probabilistic Interpretation of Feedforward Classification Network Outputs, in Neurocomputing,
    Springer, 1990 (softmax).
    X. Glorot, A. Bordes and Y. Bengio, Deep Sparse Rectifier Neural Networks, AISTATS 2011 (relu).

Keras
    keras.io/api/layers/core_layers/dense, keras.io/api/layers/activations,
    keras.io/api/losses/regression_losses, keras.io/api/losses/probabilistic_losses.
"""

import numpy as np


def sigmoid(x):
    """The sigmoid of each element.

    Args:
        x: array of floats, any shape.

    Returns:
        A new array of the shape of x. The argument is not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def tanh(x):
    """The hyperbolic tangent of each element.

    Args:
        x: array of floats, any shape.

    Returns:
        A new array of the shape of x. The argument is not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def relu(x):
    """The rectified linear unit of each element.

    Args:
        x: array of floats, any shape.

    Returns:
        A new array of the shape of x. The argument is not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def softmax(x):
    """Turn rows of numbers into rows of probabilities.

    Args:
        x: array of floats with one axis or more. A row is what lies along the last axis.

    Returns:
        A new array of the shape of x in which every row sums to 1. The argument is not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def dense(x, kernel, bias, activation="linear"):
    """The output of a dense layer.

    Args:
        x: inputs, array of shape (n, inputs).
        kernel: weights, array of shape (inputs, units).
        bias: array of shape (units,).
        activation: "linear" (nothing is done), "sigmoid", "tanh", "relu" or "softmax".

    Returns:
        Array of shape (n, units). The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def forward(x, layers):
    """Send inputs through a network, and keep what every layer puts out.

    Args:
        x: inputs, array of shape (n, inputs).
        layers: list of triples (kernel, bias, activation), the first layer first; see dense.

    Returns:
        A list with the output of every layer, in order. The last entry is the prediction; x is not in it.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def mean_squared_error(y_true, y_pred):
    """The mean squared error of predictions.

    Args:
        y_true: targets, array of shape (n, k).
        y_pred: predictions, array of shape (n, k).

    Returns:
        A number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def categorical_crossentropy(y_true, y_pred):
    """The cross-entropy of predictions, where every row belongs to one of k classes.

    Args:
        y_true: targets, array of shape (n, k). A row holds 1 at its class and 0 elsewhere, or else any
            probabilities that sum to 1.
        y_pred: predicted probabilities, array of shape (n, k). They are divided by the sum of their row and
            then clipped to [1e-7, 1 - 1e-7].

    Returns:
        A number. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def binary_crossentropy(y_true, y_pred):
    """The cross-entropy of predictions, where every element is a yes or no of its own.

    Args:
        y_true: targets, array of shape (n, k), 1 for yes and 0 for no, or else any probability of yes.
        y_pred: predicted probabilities of yes, array of shape (n, k). They are clipped to [1e-7, 1 - 1e-7].

    Returns:
        A number. The arguments are not changed.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def evaluate(x, y_true, layers, loss):
    """The loss of a network on a data set.

    Args:
        x: inputs, array of shape (n, inputs).
        y_true: targets, array of shape (n, k).
        layers: the network, as in forward; its last layer has k units.
        loss: "mean_squared_error", "categorical_crossentropy" or "binary_crossentropy".

    Returns:
        A number.
    """
    # YOUR CODE HERE
    raise NotImplementedError()
