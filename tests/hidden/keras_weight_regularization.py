"""What Keras answers about weight regularisation; asked by `grade truth record` only.

Keras keeps the factors of a regulariser in single precision. The suite uses factors that are exact there, and each
function checks that they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def penalty(w: np.ndarray, *, l1: float, l2: float) -> float:
    """What keras.regularizers.L1L2 answers for w."""
    return float(_regularizer(_keras(), l1, l2)(w))


def gradient(w: np.ndarray, *, l1: float, l2: float) -> np.ndarray:
    """Gradient of keras.regularizers.L1L2 by GradientTape."""
    keras = _keras()
    import tensorflow as tf

    variable = keras.Variable(w)
    with tf.GradientTape() as tape:
        value = _regularizer(keras, l1, l2)(variable)
    return tape.gradient(value, variable.value).numpy()


def model_penalty(layers: Sequence[tuple[np.ndarray, np.ndarray]], *, l1: float, l2: float) -> float:
    """Sum of model.losses of a network of Dense layers, each with kernel_regularizer=L1L2(l1, l2)."""
    keras = _keras()
    model = keras.Sequential([keras.Input((layers[0][0].shape[0],))])
    for kernel, _ in layers:
        model.add(keras.layers.Dense(kernel.shape[1], kernel_regularizer=_regularizer(keras, l1, l2)))
    model.set_weights([array for layer in layers for array in layer])
    return float(sum(model.losses))


def evaluate(x: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, *, l1: float, l2: float) -> float:
    """What evaluate says about a regularised Dense(1) model, with all rows in one batch."""
    model = _linear_model(_keras(), w, b, 0.125, l1, l2)
    return float(model.evaluate(x, y[:, None], batch_size=len(x), verbose=0))


def fit(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    b: float,
    *,
    learning_rate: float,
    epochs: int,
    batch_size: int,
    l1: float,
    l2: float,
) -> tuple[np.ndarray, float, np.ndarray]:
    """Kernel, bias and history["loss"] of a regularised Dense(1) model after fit(shuffle=False)."""
    model = _linear_model(_keras(), w, b, learning_rate, l1, l2)
    history = model.fit(x, y[:, None], batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    kernel, bias = model.get_weights()
    return kernel[:, 0], float(bias[0]), np.array(history.history["loss"], dtype=np.float64)


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _regularizer(keras: Any, l1: float, l2: float) -> Any:
    for factor in (l1, l2):
        if float(np.float32(factor)) != factor:
            raise ValueError(f"Keras rounds the factor {factor}; take a sum of a few powers of two")
    return keras.regularizers.L1L2(l1=l1, l2=l2)


def _linear_model(keras: Any, w: np.ndarray, b: float, learning_rate: float, l1: float, l2: float) -> Any:
    """One Dense unit with these weights and a regularised kernel, compiled with SGD and mean squared error."""
    unit = keras.layers.Dense(1, kernel_regularizer=_regularizer(keras, l1, l2))
    model = keras.Sequential([keras.Input((len(w),)), unit])
    model.set_weights([w[:, None], np.array([b])])
    optimizer = keras.optimizers.SGD(learning_rate=np.float64(learning_rate), momentum=np.float64(0.0))
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    return model
