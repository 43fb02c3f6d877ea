"""Backpropagation.

The idea
    Training needs the gradient of one number, the loss, with respect to every weight and bias. The chain rule gives
    them all in one walk from the loss back to the input. At each layer two things are asked: how does the loss change
    with the layer's parameters, and how with the layer's input? The layer before goes on from the second answer.
    The walk costs about as much as two forward passes, however many weights there are. A numerical gradient costs two
    forward passes for each weight: too slow for training, and the best test of a gradient that was derived by hand.

The network
    x has a row for each of n examples. weights[l] has shape (inputs, outputs) as in Keras' Dense, biases[l] has shape
    (outputs,). outputs is what each layer has produced, the input first:
        outputs[0]     = x
        outputs[l + 1] = g(z),   z = outputs[l] @ weights[l] + biases[l]
    g is the activation ("sigmoid", "tanh" or "relu") in hidden layers. The last layer goes with the loss:
        "mse"                         no activation     mean over all rows and columns of (prediction - y)²
        "categorical_crossentropy"    softmax           mean over the rows of -Σ y log(prediction),  y one-hot
    `forward` and `loss_value` are given, so that this topic is about the way back only.

The rules (dz is the gradient of the loss with respect to z, and so on; h an output; k the number of columns of y)
    last layer         mse             dz = 2 / (n k) × (prediction - y)
                       cross-entropy   dz = 1 / n × (prediction - y)                softmax and logarithm taken together
    parameters         dw = hᵀ @ dz             h is the input of the layer, dw has the shape of w
                       db = Σ over the rows of dz
    back to its input  dh = dz @ wᵀ             h as above, the output of the layer before
    hidden layer       dz = dh × slope          element by element, with h the output of this layer:
                           sigmoid   h (1 - h)
                           tanh      1 - h²
                           relu      1 where h > 0, else 0
    one step           w ← w - learning_rate × dw,  b ← b - learning_rate × db
    numerical check    ( f(w + e) - f(w - e) ) / (2 epsilon), where e is epsilon in one element and 0 in all others
                       error = ‖gradient - numerical‖ / (‖gradient‖ + ‖numerical‖),  ‖·‖ the root of the sum of squares

What we grade, where sources differ
    - Both losses are means, so dz carries the 1/n. It is there once: the sums in dw and db must not divide again. Some
      tutorials sum over the batch; their gradients grow with it.
    - mse divides by rows times columns and has no factor 1/2, as in Keras. Elsewhere it is half of that, or a sum over
      the columns.
    - Rows are examples. Where columns are examples (one well-known course), every formula above is transposed.
    - relu has slope 0 where its output is 0, as in Keras.
    - All gradients of a step belong to the same weights, those before the step.
    - The numerical gradient looks epsilon to either side. One side only is less exact: its error shrinks with epsilon,
      not with epsilon². One test of one point has an epsilon so large that this shows.
    - In a gradient check two gradients of nothing but zeros agree: the error is 0, not 0/0. One test of one point.
    - A step returns the loss before the step, as train_on_batch does. The loss of an epoch is what fit keeps in
      history["loss"]: the mean over the rows, each with the weights that were current when its batch came by.
    - Batches are taken in order, as in fit(shuffle=False). The last one may be smaller; its mean is over its own rows.
    - No function changes its arguments; what changes is returned as a new value.

In numbers: slopes
    h = 0.2 has the slope 0.16 for sigmoid, 0.96 for tanh, 1 for relu

In numbers: the last layer, two rows, three columns
    prediction = [[0.7, 0.2, 0.1], [0.3, 0.5, 0.2]]     y = [[1, 0, 0], [0, 0, 1]]
    cross-entropy    dz = [[-0.15, 0.1, 0.05], [0.15, 0.25, -0.4]]          each row sums to 0
    mse              dz = [[-0.1, 1/15, 1/30], [0.1, 1/6, -4/15]]           2 / (n k) is 1/3

In numbers: a network with three hidden units, relu, mse
    x = [[1, 2], [3, -1]]                               y = [[2.5], [5]]
    weights = [[1, -1, 0.5], [0.5, 1, 1]] and [[1], [-1], [2]]    biases = [0, 1, -1] and [0.5]
    outputs     x,  [[2, 2, 1.5], [2.5, 0, 0]],  [[3.5], [3]]     loss = (1² + 2²) / 2 = 2.5
    layer 1     dz = [[1], [-2]]
                dw = [[-3], [2], [1.5]]     db = [-1]     dh = [[1, -1, 2], [-2, 2, -4]]
    layer 0     dz = [[1, -1, 2], [-2, 0, 0]]                     two units are off in the second row
                dw = [[-5, -1, 2], [4, -2, 4]]     db = [-1, -1, 2]
    One step with learning rate 0.02 makes the biases [0.02, 1.02, -1.04] and [0.52]; the loss falls to 1.05873.
    Two epochs with one row per batch and the same learning rate: losses 3.176372 and 0.159212, last bias 0.581129.
    The first is above 2.5, because the step for the first row has made the second row worse before its turn.

In numbers: the check
    f = w³ at w = 2 with epsilon = 0.1:   (2.1³ - 1.9³) / 0.2 = 12.01     the slope is 12; one side only gives 12.61
    f = Σ w² at w = [3, 4]: numerical [6, 8]. A gradient [3, 4] is 5 away from it: error = 5 / (5 + 10) = 1/3
    To test your own backpropagation with it, weights[0] say:
        def f(w):
            return loss_value(forward(x, [w, *weights[1:]], biases, activation, loss)[-1], y, loss)
        gradient_check(f, weights[0], dw)                         below 1e-7: right; above 1e-3: wrong
    In between, look for a relu whose input is within epsilon of 0: the numerical gradient straddles the kink.

To read
    Rumelhart, Hinton, Williams, Learning representations by back-propagating errors (1986).
    Linnainmaa, Taylor expansion of the accumulated rounding error (1976), for the walk back through any computation.
    keras.io/api/models/model_training_apis (fit, train_on_batch), tensorflow.org/guide/autodiff (GradientTape)
    A much-copied tutorial defines nonlin(x, deriv=True) as x * (1 - x). That is the slope of the sigmoid if x is its
    output, as h is here, and wrong if x is its input.
    K.gradients(loss, weights) of older tutorials is gone in Keras 3. Today:
        with tf.GradientTape() as tape:
            value = loss(y, model(x))
        gradients = tape.gradient(value, model.trainable_variables)
"""

import numpy as np


def forward(x, weights, biases, activation, loss):
    """Forward pass of a network. Nothing to do here.

    Args:
        x: inputs, array of shape (n, inputs of the first layer).
        weights: list of arrays, one per layer, each of shape (inputs, outputs).
        biases: list of arrays, one per layer, each of shape (outputs,).
        activation: of the hidden layers: "sigmoid", "tanh" or "relu".
        loss: "mse" for a last layer without activation, "categorical_crossentropy" for one with softmax.

    Returns:
        List of arrays: x, then the output of each layer. The last one is the prediction.
    """
    outputs = [x]
    for w, b in zip(weights, biases, strict=True):
        z = outputs[-1] @ w + b
        if len(outputs) == len(weights):
            outputs.append(softmax(z) if loss == "categorical_crossentropy" else z)
        else:
            outputs.append(ACTIVATIONS[activation](z))
    return outputs


def loss_value(prediction, y, loss):
    """The loss. Nothing to do here.

    Args:
        prediction: array of shape (n, k).
        y: targets, same shape; one-hot for cross-entropy.
        loss: "mse" or "categorical_crossentropy".

    Returns:
        A number.
    """
    if loss == "mse":
        return np.mean((prediction - y) ** 2)
    return -np.mean(np.sum(y * np.log(np.clip(prediction, 1e-7, 1)), axis=1))


def softmax(z):
    """Probabilities from scores, row by row. Nothing to do here."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


ACTIVATIONS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
}


def activation_backward(dh, h, activation):
    """Pass a gradient back through an activation.

    Args:
        dh: gradient of the loss with respect to h, array of any shape.
        h: output of the activation in the forward pass, same shape.
        activation: "sigmoid", "tanh" or "relu".

    Returns:
        The gradient with respect to z, the input of the activation: a new array of the same shape. The arguments are
        not changed.
    """
    ### BEGIN SOLUTION
    if activation == "sigmoid":
        return dh * h * (1 - h)
    if activation == "tanh":
        return dh * (1 - h**2)
    return dh * (h > 0)
    ### END SOLUTION


def loss_backward(prediction, y, loss):
    """Gradient of the loss with respect to the z of the last layer.

    Args:
        prediction: output of the last layer, array of shape (n, k); for cross-entropy it comes out of a softmax.
        y: targets, same shape; one-hot for cross-entropy.
        loss: "mse" or "categorical_crossentropy".

    Returns:
        dz, a new array of shape (n, k). The arguments are not changed.
    """
    ### BEGIN SOLUTION
    error = prediction - y
    if loss == "mse":
        return 2 * error / error.size
    return error / len(error)
    ### END SOLUTION


def dense_backward(dz, h, w):
    """Pass a gradient back through z = h @ w + b.

    Args:
        dz: gradient of the loss with respect to z, array of shape (n, outputs).
        h: input of the layer in the forward pass, array of shape (n, inputs).
        w: weights, array of shape (inputs, outputs).

    Returns:
        A triple (dw, db, dh): the gradients with respect to w, b and h, of shapes (inputs, outputs), (outputs,) and
        (n, inputs).
    """
    ### BEGIN SOLUTION
    return h.T @ dz, dz.sum(axis=0), dz @ w.T
    ### END SOLUTION


def backpropagate(outputs, y, weights, activation, loss):
    """Gradients of the loss with respect to every weight and bias of a network.

    Args:
        outputs: list of arrays as `forward` returns it: x, then the output of each layer.
        y: targets, array of the shape of the last output.
        weights: list of arrays, one per layer, one or more layers.
        activation: of the hidden layers: "sigmoid", "tanh" or "relu".
        loss: "mse" or "categorical_crossentropy".

    Returns:
        A pair (weight_gradients, bias_gradients): two lists of arrays, one per layer, the first layer first, of the
        shapes of the weights and biases.
    """
    ### BEGIN SOLUTION
    weight_gradients, bias_gradients = [], []
    dz = loss_backward(outputs[-1], y, loss)
    for layer in reversed(range(len(weights))):
        dw, db, dh = dense_backward(dz, outputs[layer], weights[layer])
        weight_gradients.insert(0, dw)
        bias_gradients.insert(0, db)
        if layer > 0:
            dz = activation_backward(dh, outputs[layer], activation)
    return weight_gradients, bias_gradients
    ### END SOLUTION


def numerical_gradient(f, w, epsilon=1e-5):
    """Gradient of a function by trying it out, one element at a time.

    Args:
        f: a function: f(w) is a number. It is called with arrays of the shape of w.
        w: where the gradient is taken, array of any shape; whole numbers are allowed.
        epsilon: how far to go to either side.

    Returns:
        The gradient, an array of floats of the shape of w. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        step = np.zeros(w.shape)
        step[index] = epsilon
        gradient[index] = (f(w + step) - f(w - step)) / (2 * epsilon)
    return gradient
    ### END SOLUTION


def gradient_check(f, w, gradient, epsilon=1e-5):
    """Compare a gradient with the numerical one.

    Args:
        f: a function: f(w) is a number.
        w: where the gradient was taken, array of any shape.
        gradient: the gradient to be checked, same shape.
        epsilon: how far to go to either side.

    Returns:
        The error, a number from 0 (equal) to 1; 0 as well where both gradients are zero.
    """
    ### BEGIN SOLUTION
    numerical = numerical_gradient(f, w, epsilon)
    lengths = np.linalg.norm(gradient) + np.linalg.norm(numerical)
    return np.linalg.norm(gradient - numerical) / lengths if lengths > 0 else 0.0
    ### END SOLUTION


def train_step(x, y, weights, biases, activation, loss, learning_rate):
    """One step of gradient descent with a batch, as Keras' train_on_batch does it.

    Args:
        x: inputs, array of shape (n, inputs of the first layer).
        y: targets, array of shape (n, outputs of the last layer).
        weights: list of arrays, one per layer.
        biases: list of arrays, one per layer.
        activation: of the hidden layers: "sigmoid", "tanh" or "relu".
        loss: "mse" or "categorical_crossentropy".
        learning_rate: step size, a positive number.

    Returns:
        A triple (weights, biases, value): two lists of new arrays, and the loss before the step, a number. The
        arguments are not changed.
    """
    ### BEGIN SOLUTION
    outputs = forward(x, weights, biases, activation, loss)
    weight_gradients, bias_gradients = backpropagate(outputs, y, weights, activation, loss)
    new_weights = [w - learning_rate * dw for w, dw in zip(weights, weight_gradients, strict=True)]
    new_biases = [b - learning_rate * db for b, db in zip(biases, bias_gradients, strict=True)]
    return new_weights, new_biases, loss_value(outputs[-1], y, loss)
    ### END SOLUTION


def fit(x, y, weights, biases, activation, loss, learning_rate, epochs, batch_size):
    """Train a network, as Keras' fit(shuffle=False) does.

    Args:
        x: inputs, array of shape (n, inputs of the first layer).
        y: targets, array of shape (n, outputs of the last layer).
        weights: list of arrays to start from, one per layer.
        biases: list of arrays to start from, one per layer.
        activation: of the hidden layers: "sigmoid", "tanh" or "relu".
        loss: "mse" or "categorical_crossentropy".
        learning_rate: step size, a positive number.
        epochs: how often all rows are used, 1 or more.
        batch_size: rows per step; the last batch of an epoch may be smaller.

    Returns:
        A triple (weights, biases, losses): the trained weights and biases, two lists of arrays, and an array of shape
        (epochs,) with history["loss"] of each epoch.
    """
    ### BEGIN SOLUTION
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            rows = slice(start, start + batch_size)
            weights, biases, value = train_step(x[rows], y[rows], weights, biases, activation, loss, learning_rate)
            total += value * len(x[rows])
        losses.append(total / len(x))
    return weights, biases, np.array(losses)
    ### END SOLUTION
