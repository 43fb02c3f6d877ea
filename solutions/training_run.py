"""A training run: everything together.

The idea
    A classifier is trained with mini-batches, batch normalisation, dropout, an L2 penalty, Adam, a learning rate that
    falls, and early stopping. Each technique has had a topic of its own; here they have to work together. New is the
    glue: which value goes where, what is counted, what is kept, and what differs between training and validation. Many
    bugs of real training code sit there, and few of them raise an error: the network learns, only worse.

The network, and the way back through it (@ is the matrix product, × works element by element, dx is the gradient of x)
    forward                                                   backward
    z          = x @ kernel                                   dkernel                       by dense_backward
    normalized = batch_norm of z with gamma and beta          dz, dgamma, dbeta             by batch_norm_backward
    h          = relu of normalized                           dnormalized                   by relu_backward
    dropped    = h × mask                                     dh = ddropped × mask          the same mask
    scores     = dropped @ output_kernel + output_bias        doutput_kernel, doutput_bias, ddropped
                                                                                            by dense_backward
    prediction = softmax of scores                            dscores                       by loss_backward
    total loss = data loss + penalty of kernel + penalty of output_kernel
    Each kernel has a second gradient, that of its penalty: the two are added. The first layer has no bias, because beta
    does its work.

The state of a run: a dict of
    "kernel" (inputs, units)    "gamma", "beta" (units,)    "output_kernel" (units, classes)    "output_bias" (classes,)
        what is trained; TRAINED has these names
    "moving_mean", "moving_variance" (units,)
        what batch normalisation keeps on the side; AVERAGES has these names
    "iterations"
        how many updates have been made, a whole number

The parts: a dict of functions. Their settings (rates, factors, patience) are already in them.
    parts["batch_norm"](z, gamma, beta, moving_mean, moving_variance, training)
                                                      → y, moving_mean, moving_variance: the last two are the new ones
    parts["batch_norm_backward"](dy, z, gamma)        → dz, dgamma, dbeta
    parts["relu"](y)                                  → h
    parts["relu_backward"](dh, h)                     → dy
    parts["dropout_mask"](uniforms)                   → the mask, of the shape of uniforms
    parts["softmax"](scores)                          → prediction
    parts["loss"](prediction, y)                      → the data loss, a number: the mean over the rows
    parts["loss_backward"](prediction, y)             → dscores
    parts["dense_backward"](dz, x, kernel)            → dkernel, dbias, dx
    parts["penalty"](kernel)                          → a number
    parts["penalty_gradient"](kernel)                 → an array of the shape of kernel
    parts["schedule"](step)                           → the learning rate of an update; step is 0 for the first one
    parts["new_optimizer"]()                          → update
        update(weights, gradients, learning_rate)     → the new weights; takes and gives lists of arrays, and keeps its
                                                        averages in the same order
    parts["new_early_stopping"]()                     → stop, finish
        stop(value, weights)                          → True or False; called once after each epoch; takes a list
        finish(weights)                               → the weights to go on with; called once at the end; takes and
                                                        gives a list
    The functions below call these parts and do not do themselves what a part does: a run must go well with other parts.
    Three of the 20 points are for a step and a run with your own modules of the earlier topics. What is missing there,
    or does not give the right numbers, is replaced by ours: an error in an earlier topic costs nothing here.

What we grade, where it is easy to go another way: what Keras' fit does
    - The loss of an epoch, history["loss"], is a mean over the rows: the loss of each batch, with dropout on and before
      that batch's step, weighted with its number of rows. It is not the loss after the epoch.
    - history["val_loss"] is measured after the epoch, on rows that are not trained on, with moving averages and without
      dropout. Both losses contain the penalties.
    - Penalties are on the two kernels: neither biases nor gamma nor beta have one. They are added whole in every batch,
      not divided by rows or batches.
    - The schedule is asked with the number of updates made so far, which goes on counting from epoch to epoch.
    - The last batch of an epoch may be smaller. It is used like the others, and the moving averages move once with it.
    - Every row has new uniforms in every epoch. Rows come in the order in which they are given, as in
      fit(shuffle=False), so that everybody gets the same numbers. In earnest they are shuffled.
    - A run makes one optimizer and one early stopping for all its epochs; another run makes new ones.
    - Early stopping watches val_loss. What it keeps and gives back is all that Keras' get_weights gives: TRAINED and
      AVERAGES. Otherwise a network would end with the weights of one epoch and the averages of another. "iterations" is
      no weight: at the end it says how many updates were made, not how many the best epoch had seen.
    - No function changes its arguments; what changes is returned as a new value.

The same in Keras
    model = keras.Sequential([
        keras.Input((inputs,)),
        keras.layers.Dense(units, use_bias=False, kernel_regularizer=keras.regularizers.L2(l2)),
        keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon),
        keras.layers.ReLU(),
        keras.layers.Dropout(rate),
        keras.layers.Dense(classes, activation="softmax", kernel_regularizer=keras.regularizers.L2(l2)),
    ])
    model.compile(keras.optimizers.Adam(schedule), loss="categorical_crossentropy")
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
    model.fit(x, y, batch_size=…, epochs=…, validation_data=(x_val, y_val), shuffle=False, callbacks=[stopping])

In numbers, with practice parts that can be followed by hand
    batch_norm               training     y = gamma × z + beta, and both moving averages are halved
                             validation   y = gamma × (z - moving_mean) + beta
    batch_norm_backward      gamma × dy,   Σ dy × z over the rows,   Σ dy over the rows
    relu, relu_backward      as always
    dropout_mask             2 where the uniform is 0.5 or more, else 0
    softmax                  half of the scores
    loss, loss_backward      Σ (prediction - y)² / n,   (prediction - y) / n,   n being the number of rows
    dense_backward           xᵀ @ dz,   Σ dz over the rows,   dz @ kernelᵀ
    penalty and its gradient Σ kernel² / 8,   kernel / 4
    schedule                 0.1 / (1 + step)
    optimizer                w - learning_rate × (gradient + half of the gradient of its last call, if there was one)
    early stopping           stops after the first epoch that is not better than the best, goes back to the best

    x = [[1, 2], [2, -1], [0, 1]]    y = [[1, 0], [0, 1], [1, 0]]
    uniforms [[0.7, 0.2, 0.9], [0.6, 0.8, 0.1], [0.3, 0.5, 0.4]]
    kernel [[1, 0, -1], [1, 1, 1]]    gamma [1, 2, 1]    beta [0, -1, 1]    moving mean [1, 0, 2], variance [4, 1, 2]
    output kernel [[0.5, -0.5], [0.5, 0], [0, 1]]    output bias [0, 0.5]    iterations 0

    The first two rows in training:
        z          [[3, 2, 1], [1, -1, -3]]            normalized   [[3, 3, 2], [1, -3, -2]]
        h          [[3, 3, 2], [1, 0, 0]]              mask         [[2, 0, 2], [2, 2, 0]]
        dropped    [[6, 0, 4], [2, 0, 0]]              prediction   [[1.5, 0.75], [0.5, -0.25]]
        moving mean [0.5, 0, 1], variance [2, 0.5, 1]
        total loss = 1.3125 + 0.625 + 0.21875 = 2.15625
    The same at validation: prediction [[1.25, -0.25], [0, 0.25]]
    Back:
        dscores    [[0.25, 0.375], [0.25, -0.625]]     ddropped     [[-0.0625, 0.125, 0.375], [0.4375, 0.125, -0.625]]
        dh         [[-0.125, 0, 0.75], [0.875, 0.25, 0]]            doutput_kernel  [[2, 1], [0, 0], [1, 1.5]]
        dnormalized and dz [[-0.125, 0, 0.75], [0.875, 0, 0]]       dkernel         [[1.625, 0, 0.75], [-1.125, 0, 1.5]]
        gradients, with those of the penalties: kernel [[1.875, 0, 0.5], [-0.875, 0.25, 1.75]], gamma [0.5, 0, 0.75],
            beta [0.75, 0, 0.75], output kernel [[2.125, 0.875], [0.125, 0], [1, 1.75]], output bias [0.5, -0.25]
    One step, learning rate 0.1: kernel [[0.8125, 0, -1.05], [1.0875, 0.975, 0.825]], beta [-0.075, -1, 0.925],
        iterations 1
    An epoch of all three rows in batches of two: loss (2 × 2.15625 + 1 × 1.126192) / 3 = 1.812897, iterations 2
    A run of at most four epochs in batches of two, validation on the row [1, 1] with the target [0, 1], in the second
    epoch the rows of the uniforms upside down, in the third their columns too:
        loss       1.812897    1.781084    1.124034
        val_loss   2.111827    2.056752    2.269493            stopped; back to the second epoch
        at the end: moving mean [0.0625, 0, 0.125] after four halvings, iterations 6

A script with your own modules
    from functools import partial
    import adam, backpropagation, batch_normalization, dropout, early_stopping, forward_propagation
    import learning_rate_schedules, training_run, weight_regularization

    def new_optimizer():
        optimizer = adam.Adam()
        def update(weights, gradients, learning_rate):
            optimizer.set_learning_rate(learning_rate)
            return optimizer.update(weights, gradients)
        return update

    def new_early_stopping():
        stopping = early_stopping.EarlyStopping(patience=3, restore_best_weights=True)
        return stopping.update, stopping.finish

    parts = {
        "batch_norm": partial(batch_normalization.batch_norm, momentum=0.9),
        "batch_norm_backward": batch_normalization.batch_norm_backward,
        "relu": forward_propagation.relu,
        "relu_backward": partial(backpropagation.activation_backward, activation="relu"),
        "dropout_mask": partial(dropout.dropout_mask, rate=0.3),
        "softmax": forward_propagation.softmax,
        "loss": lambda prediction, y: forward_propagation.categorical_crossentropy(y, prediction),
        "loss_backward": partial(backpropagation.loss_backward, loss="categorical_crossentropy"),
        "dense_backward": backpropagation.dense_backward,
        "penalty": partial(weight_regularization.l2_penalty, l2=0.001),
        "penalty_gradient": partial(weight_regularization.penalty_gradient, l2=0.001),
        "schedule": lambda step: learning_rate_schedules.exponential_decay(step, 0.01, 100, 0.9),
        "new_optimizer": new_optimizer,
        "new_early_stopping": new_early_stopping,
    }
    state, history = training_run.fit(x, y, (x_val, y_val), state, parts, uniforms, epochs=50, batch_size=32)

To read
    keras.io/api/models/model_training_apis (compile, fit, evaluate)
    keras.io/guides/writing_a_custom_training_loop_in_tensorflow, which builds the same loop around a GradientTape.
    Karpathy, A recipe for training neural networks (2019), on errors that raise nothing.
    Many tutorials watch monitor="loss", or leave restore_best_weights at False and evaluate the weights of the last
    epoch. Others compare the loss of an epoch with val_loss and wonder why validation looks better than training: the
    one is measured with dropout and before the steps, the other without and after them.
"""

import numpy as np

TRAINED = ("kernel", "gamma", "beta", "output_kernel", "output_bias")
AVERAGES = ("moving_mean", "moving_variance")


def forward(x, state, parts, training, uniforms=None):
    """Send rows through the network, and keep what the way back needs.

    Args:
        x: inputs, array of shape (n, inputs).
        state: of the run, as in the handout.
        parts: functions, as in the handout.
        training: True while training, False for validation.
        uniforms: random numbers for dropout, array of shape (n, units); None at validation.

    Returns:
        A dict with these entries:
            "z", "h", "mask", "dropped": arrays of shape (n, units), named as in the handout. Without dropout the mask
                holds ones.
            "prediction": array of shape (n, classes).
            "moving_mean", "moving_variance": the moving averages after this pass, arrays of shape (units,).
        The arguments are not changed.
    """
    ### BEGIN SOLUTION
    averages = state["moving_mean"], state["moving_variance"]
    z = x @ state["kernel"]
    normalized, mean, variance = parts["batch_norm"](z, state["gamma"], state["beta"], *averages, training)
    h = parts["relu"](normalized)
    mask = parts["dropout_mask"](uniforms) if training else np.ones(h.shape)
    dropped = h * mask
    prediction = parts["softmax"](dropped @ state["output_kernel"] + state["output_bias"])
    return {
        "z": z,
        "h": h,
        "mask": mask,
        "dropped": dropped,
        "prediction": prediction,
        "moving_mean": mean,
        "moving_variance": variance,
    }
    ### END SOLUTION


def total_loss(prediction, y, state, parts):
    """What training makes small: the data loss and the penalties.

    Args:
        prediction: array of shape (n, classes).
        y: targets, same shape; each row sums to 1.
        state: of the run.
        parts: functions.

    Returns:
        A number.
    """
    ### BEGIN SOLUTION
    return parts["loss"](prediction, y) + parts["penalty"](state["kernel"]) + parts["penalty"](state["output_kernel"])
    ### END SOLUTION


def gradients(x, y, state, values, parts):
    """Gradients of the total loss with respect to everything that is trained.

    Args:
        x: inputs, array of shape (n, inputs).
        y: targets, array of shape (n, classes).
        state: of the run.
        values: what `forward` has returned for x in training.
        parts: functions.

    Returns:
        A dict with the names of TRAINED: arrays of the shapes of the state's. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    kernel, output_kernel = state["kernel"], state["output_kernel"]
    dscores = parts["loss_backward"](values["prediction"], y)
    doutput_kernel, doutput_bias, ddropped = parts["dense_backward"](dscores, values["dropped"], output_kernel)
    dh = ddropped * values["mask"]
    dnormalized = parts["relu_backward"](dh, values["h"])
    dz, dgamma, dbeta = parts["batch_norm_backward"](dnormalized, values["z"], state["gamma"])
    dkernel, _, _ = parts["dense_backward"](dz, x, kernel)
    return {
        "kernel": dkernel + parts["penalty_gradient"](kernel),
        "gamma": dgamma,
        "beta": dbeta,
        "output_kernel": doutput_kernel + parts["penalty_gradient"](output_kernel),
        "output_bias": doutput_bias,
    }
    ### END SOLUTION


def train_step(x, y, state, parts, update, uniforms):
    """One update, with one batch.

    Args:
        x: inputs, array of shape (n, inputs).
        y: targets, array of shape (n, classes).
        state: of the run, before the step.
        parts: functions.
        update: the optimizer's function, as parts["new_optimizer"]() gives it. Call it once, with everything that is
            trained in the order of TRAINED.
        uniforms: random numbers for dropout, array of shape (n, units).

    Returns:
        A pair (state, loss): the state after the step, a new dict with all its entries, and the total loss before the
        step, a number. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    values = forward(x, state, parts, True, uniforms)
    loss = total_loss(values["prediction"], y, state, parts)
    slopes = gradients(x, y, state, values, parts)
    learning_rate = parts["schedule"](state["iterations"])
    moved = update([state[name] for name in TRAINED], [slopes[name] for name in TRAINED], learning_rate)
    averages = {name: values[name] for name in AVERAGES}
    return {**dict(zip(TRAINED, moved, strict=True)), **averages, "iterations": state["iterations"] + 1}, loss
    ### END SOLUTION


def train_epoch(x, y, state, parts, update, uniforms, batch_size):
    """One epoch: all rows, batch by batch, in the given order.

    Args:
        x: inputs, array of shape (n, inputs).
        y: targets, array of shape (n, classes).
        state: of the run, before the epoch.
        parts: functions.
        update: the optimizer's function.
        uniforms: random numbers for dropout, array of shape (n, units): as x and y, one row for each example.
        batch_size: rows per update; the last batch may have fewer.

    Returns:
        A pair (state, loss): the state after the epoch, and the loss of the epoch, a number. The arguments are not
        changed.
    """
    ### BEGIN SOLUTION
    total = 0.0
    for start in range(0, len(x), batch_size):
        rows = slice(start, start + batch_size)
        state, loss = train_step(x[rows], y[rows], state, parts, update, uniforms[rows])
        total += loss * len(x[rows])
    return state, total / len(x)
    ### END SOLUTION


def evaluate(x, y, state, parts):
    """The total loss of a network that is not being trained.

    Args:
        x: inputs, array of shape (n, inputs).
        y: targets, array of shape (n, classes).
        state: of the run.
        parts: functions.

    Returns:
        A number. The arguments are not changed.
    """
    ### BEGIN SOLUTION
    values = forward(x, state, parts, False)
    return total_loss(values["prediction"], y, state, parts)
    ### END SOLUTION


def fit(x, y, validation_data, state, parts, uniforms, epochs, batch_size):
    """Train until early stopping has seen enough, or all epochs are over.

    Args:
        x: inputs to train on, array of shape (n, inputs).
        y: their targets, array of shape (n, classes).
        validation_data: a pair (x, y) of such arrays to measure with.
        state: to start from.
        parts: functions.
        uniforms: random numbers for dropout, array of shape (epochs, n, units).
        epochs: how often all rows are used at most, 1 or more.
        batch_size: rows per update.

    Returns:
        A pair (state, history): the state to go on with, and a dict of two lists with one number for each epoch that
        was run, "loss" and "val_loss". The arguments are not changed.
    """
    ### BEGIN SOLUTION
    update = parts["new_optimizer"]()
    stop, finish = parts["new_early_stopping"]()
    names = TRAINED + AVERAGES
    history = {"loss": [], "val_loss": []}
    for epoch in range(epochs):
        state, loss = train_epoch(x, y, state, parts, update, uniforms[epoch], batch_size)
        value = evaluate(*validation_data, state, parts)
        history["loss"].append(loss)
        history["val_loss"].append(value)
        if stop(value, [state[name] for name in names]):
            break
    weights = finish([state[name] for name in names])
    return {**state, **dict(zip(names, weights, strict=True))}, history
    ### END SOLUTION
