"""What Keras answers about gradient descent; asked by `grade truth record` only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def sgd_steps(w: np.ndarray, gradients: np.ndarray, learning_rates: Sequence[float]) -> np.ndarray:
    """Weights before the first and after each update of keras.optimizers.SGD, gradients given."""
    keras = _keras()
    variable = keras.Variable(w)
    optimizer = _sgd(keras, learning_rates[0])
    trajectory = [w]
    for gradient, learning_rate in zip(gradients, learning_rates, strict=True):
        optimizer.learning_rate = np.float64(learning_rate)
        optimizer.apply([gradient], [variable])
        trajectory.append(variable.numpy())
    return np.stack(trajectory)


def valley_descent(w: np.ndarray, learning_rate: float, steps: int) -> np.ndarray:
    """Trajectory of SGD in the curved valley (1 - w0)**2 + 2*(w1 - w0**2)**2, gradients by GradientTape."""
    keras = _keras()
    import tensorflow as tf

    variable = keras.Variable(w)
    optimizer = _sgd(keras, learning_rate)
    trajectory = [w]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = (1.0 - variable[0]) ** 2 + 2.0 * (variable[1] - variable[0] ** 2) ** 2
        optimizer.apply(tape.gradient(loss, [variable]), [variable])
        trajectory.append(variable.numpy())
    return np.stack(trajectory)


def fit_iterations(samples: int, batch_size: int, epochs: int) -> int:
    """Updates that a real fit has done: the optimizer's own counter."""
    keras = _keras()
    model = _linear_model(keras, np.zeros(1), 0.0, 0.125)
    x, y = np.zeros((samples, 1)), np.zeros((samples, 1))
    model.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    return int(model.optimizer.iterations)


def mse_gradients(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> tuple[np.ndarray, float]:
    """Gradients of keras.losses.MeanSquaredError with respect to kernel and bias of a Dense(1) layer."""
    keras = _keras()
    import tensorflow as tf

    model = _linear_model(keras, w, b, 0.125)
    with tf.GradientTape() as tape:
        loss = keras.losses.MeanSquaredError(dtype="float64")(y[:, None], model(x, training=True))
    dw, db = tape.gradient(loss, [v.value for v in model.trainable_variables])
    return dw.numpy()[:, 0], float(db.numpy()[0])


def linear_fit(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    b: float,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int,
) -> tuple[np.ndarray, float, np.ndarray]:
    """Kernel, bias and history["loss"] of a Dense(1) model after fit(shuffle=False)."""
    keras = _keras()
    model = _linear_model(keras, w, b, learning_rate)
    history = model.fit(x, y[:, None], batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    kernel, bias = model.get_weights()
    return kernel[:, 0], float(bias[0]), np.array(history.history["loss"], dtype=np.float64)


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _sgd(keras: Any, learning_rate: float) -> Any:
    return keras.optimizers.SGD(learning_rate=np.float64(learning_rate), momentum=np.float64(0.0))


def _linear_model(keras: Any, w: np.ndarray, b: float, learning_rate: float) -> Any:
    """One Dense unit with these weights, compiled with SGD and mean squared error."""
    model = keras.Sequential([keras.Input((len(w),)), keras.layers.Dense(1)])
    model.set_weights([w[:, None], np.array([b])])
    model.compile(optimizer=_sgd(keras, learning_rate), loss="mse", run_eagerly=True)
    return model
