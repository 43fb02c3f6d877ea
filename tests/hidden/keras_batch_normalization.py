"""What Keras answers about batch normalisation; asked by `grade truth record` only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Weights = dict[str, Any]


def layer(
    batches: Sequence[np.ndarray],
    gamma: np.ndarray,
    beta: np.ndarray,
    moving_mean: np.ndarray,
    moving_variance: np.ndarray,
    *,
    training: bool,
    momentum: float,
    epsilon: float,
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Output, moving mean and moving variance of a BatchNormalization layer after each of these batches."""
    normalization = _layer(_keras(), batches[0].ndim, [gamma, beta, moving_mean, moving_variance], momentum, epsilon)
    answers = []
    for x in batches:
        y = normalization(x, training=training).numpy()
        answers.append((y, normalization.moving_mean.numpy(), normalization.moving_variance.numpy()))
    return answers


def gradients(
    dy: np.ndarray, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, *, epsilon: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients for x, gamma and beta by GradientTape, when dy comes in."""
    keras = _keras()
    import tensorflow as tf

    normalization = _layer(keras, x.ndim, [gamma, beta, np.zeros(len(gamma)), np.ones(len(gamma))], 0.9, epsilon)
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = normalization(source, training=True)
    wanted = [source, normalization.gamma.value, normalization.beta.value]
    dx, dgamma, dbeta = tape.gradient(y, wanted, output_gradients=tf.constant(dy))
    return dx.numpy(), dgamma.numpy(), dbeta.numpy()


def fit(
    x: np.ndarray,
    y: np.ndarray,
    weights: Weights,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    momentum: float,
    epsilon: float,
) -> tuple[Weights, np.ndarray]:
    """Weights and history["loss"] of the network of the handout after fit(shuffle=False)."""
    keras = _keras()
    model = _network(keras, weights, momentum, epsilon)
    optimizer = keras.optimizers.SGD(learning_rate=np.float64(learning_rate), momentum=np.float64(0.0))
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    history = model.fit(x, y[:, None], batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    return _weights_of(model), np.array(history.history["loss"], dtype=np.float64)


def predict(x: np.ndarray, weights: Weights, *, epsilon: float) -> np.ndarray:
    """What model.predict answers for these rows."""
    return _network(_keras(), weights, 0.9, epsilon).predict(x, verbose=0)[:, 0]


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _layer(keras: Any, axes: int, state: Sequence[np.ndarray], momentum: float, epsilon: float) -> Any:
    """A layer for inputs with so many axes; state is gamma, beta, moving mean and moving variance."""
    normalization = keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon)
    normalization.build((*(None,) * (axes - 1), len(state[0])))
    normalization.set_weights(list(state))
    return normalization


def _network(keras: Any, weights: Weights, momentum: float, epsilon: float) -> Any:
    """Dense without bias, BatchNormalization, relu, Dense(1)."""
    inputs, hidden = weights["kernel"].shape
    model = keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(hidden, use_bias=False),
            keras.layers.BatchNormalization(momentum=momentum, epsilon=epsilon),
            keras.layers.ReLU(),
            keras.layers.Dense(1),
        ]
    )
    names = ("kernel", "gamma", "beta", "moving_mean", "moving_variance")
    output = weights["output_kernel"][:, None], np.array([weights["output_bias"]])
    model.set_weights([*(weights[name] for name in names), *output])
    return model


def _weights_of(model: Any) -> Weights:
    names = ("kernel", "gamma", "beta", "moving_mean", "moving_variance", "output_kernel", "output_bias")
    found = dict(zip(names, model.get_weights(), strict=True))
    return {**found, "output_kernel": found["output_kernel"][:, 0], "output_bias": float(found["output_bias"][0])}
