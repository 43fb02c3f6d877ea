"""What Keras answers about dropout; asked by `grade truth record` only.

A Dropout layer draws its uniforms from its seed and a counter of training calls. `keras.random.uniform` with
a generator of the same seed draws the same ones, so that the suite can hand a student exactly the random
numbers that Keras used. Each function checks that this still holds before it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def layer_in_training(x: np.ndarray, rate: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The uniforms that a Dropout layer drew for x, and its output; x without zeros."""
    keras = _keras()
    uniforms = _uniforms(keras, seed, x.shape)
    y = keras.layers.Dropout(rate, seed=seed)(x, training=True).numpy()
    _check(uniforms, rate, kept=y != 0)
    return uniforms, y


def layer_in_inference(x: np.ndarray, rate: float, seed: int) -> np.ndarray:
    """Output of a Dropout layer that is called with training=False."""
    return _keras().layers.Dropout(rate, seed=seed)(x, training=False).numpy()


def layer_gradient(x: np.ndarray, dy: np.ndarray, rate: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The uniforms that a Dropout layer drew, and the gradient for x when dy comes in; dy without zeros."""
    keras = _keras()
    import tensorflow as tf

    uniforms = _uniforms(keras, seed, x.shape)
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = keras.layers.Dropout(rate, seed=seed)(source, training=True)
    dx = tape.gradient(y, source, output_gradients=tf.constant(dy)).numpy()
    _check(uniforms, rate, kept=dx != 0)
    return uniforms, dx


def network(
    x: np.ndarray, weights: Sequence[np.ndarray], rate: float, seeds: Sequence[int], *, training: bool
) -> tuple[list[np.ndarray], np.ndarray]:
    """Uniforms per hidden layer, and output, of Dense(relu) and Dropout layers with a linear Dense last."""
    keras = _keras()
    uniforms = []
    h = x
    for w, seed in zip(weights[:-1], seeds, strict=True):
        active = _dense(keras, w, "relu")(h).numpy()
        h = keras.layers.Dropout(rate, seed=seed)(active, training=training).numpy()
        uniforms.append(_uniforms(keras, seed, active.shape))
        if training:
            _check(np.where(active > 0, uniforms[-1], 0.0), rate, kept=h != 0)
    return uniforms, _dense(keras, weights[-1], None)(h).numpy()


def fit(
    x: np.ndarray,
    y: np.ndarray,
    w: np.ndarray,
    b: float,
    *,
    learning_rate: float,
    rate: float,
    epochs: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Uniforms per epoch, kernel, bias and history["loss"] of fit with Dropout on the inputs, one batch."""
    keras = _keras()
    dropout = keras.layers.Dropout(rate, seed=seed)
    model = keras.Sequential([keras.Input((x.shape[1],)), dropout, keras.layers.Dense(1)])
    model.set_weights([w[:, None], np.array([b])])
    model.compile(optimizer=keras.optimizers.SGD(np.float64(learning_rate)), loss="mse", run_eagerly=True)
    history = model.fit(x, y[:, None], batch_size=len(x), epochs=epochs, shuffle=False, verbose=0)
    draws = int(dropout.seed_generator.state.numpy()[1])
    if draws != epochs:
        raise AssertionError(f"Keras drew {draws} masks in {epochs} epochs of one batch")
    generator = keras.random.SeedGenerator(seed)
    uniforms = np.stack([keras.random.uniform(x.shape, seed=generator).numpy() for _ in range(epochs)])
    kernel, bias = model.get_weights()
    return uniforms, kernel[:, 0], float(bias[0]), np.array(history.history["loss"], dtype=np.float64)


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _uniforms(keras: Any, seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """What a Dropout layer with this seed draws in its first training call."""
    return keras.random.uniform(shape, seed=keras.random.SeedGenerator(seed)).numpy()


def _check(uniforms: np.ndarray, rate: float, *, kept: np.ndarray) -> None:
    if 0 < rate < 1 and not np.array_equal(uniforms >= rate, kept):
        raise AssertionError("Keras' Dropout and keras.random.uniform draw different numbers")


def _dense(keras: Any, w: np.ndarray, activation: str | None) -> Any:
    layer = keras.layers.Dense(w.shape[1], activation=activation, use_bias=False)
    layer.build((None, w.shape[0]))
    layer.set_weights([w])
    return layer
