"""What Keras and GradientTape answer about backpropagation; asked by `grade truth record` only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Arrays = list[np.ndarray]


def activation_gradient(activation: str, z: np.ndarray, dh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Output h of an activation at z, and the gradient for z when dh comes in."""
    keras, tf = _keras()
    source = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(source)
        h = keras.activations.get(activation)(source)
    return h.numpy(), tape.gradient(h, source, output_gradients=tf.constant(dh)).numpy()


def loss_gradient(loss: str, z: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Prediction of a last layer at z, and the gradient of the loss for z."""
    keras, tf = _keras()
    source = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(source)
        prediction = keras.activations.get(_OUTPUT[loss])(source)
        value = _loss(keras, loss)(y, prediction)
    return prediction.numpy(), tape.gradient(value, source).numpy()


def dense_gradients(h: np.ndarray, w: np.ndarray, dz: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients for kernel, bias and input of a Dense layer when dz comes in."""
    keras, tf = _keras()
    layer = keras.layers.Dense(w.shape[1])
    layer.build(h.shape)
    layer.set_weights([w, np.zeros(w.shape[1])])
    source = tf.constant(h)
    with tf.GradientTape() as tape:
        tape.watch(source)
        z = layer(source)
    wanted = [layer.kernel.value, layer.bias.value, source]
    dw, db, dh = tape.gradient(z, wanted, output_gradients=tf.constant(dz))
    return dw.numpy(), db.numpy(), dh.numpy()


def network_gradients(
    x: np.ndarray,
    y: np.ndarray,
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    activation: str,
    loss: str,
) -> tuple[Arrays, Arrays, Arrays]:
    """Outputs of all layers, x first, and the gradients for all kernels and all biases."""
    keras, tf = _keras()
    model = _network(keras, weights, biases, activation, loss)
    with tf.GradientTape() as tape:
        value = _loss(keras, loss)(y, model(x, training=True))
    gradients = [g.numpy() for g in tape.gradient(value, [v.value for v in model.trainable_variables])]
    outputs = [x]
    for layer in model.layers:
        outputs.append(layer(outputs[-1]).numpy())
    return outputs, gradients[0::2], gradients[1::2]


def train_on_batch(
    x: np.ndarray,
    y: np.ndarray,
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    *,
    activation: str,
    loss: str,
    learning_rate: float,
) -> tuple[Arrays, Arrays, float]:
    """Kernels and biases after train_on_batch, and the loss that it returns."""
    keras, _ = _keras()
    model = _network(keras, weights, biases, activation, loss)
    _compile(keras, model, loss, learning_rate)
    value = float(model.train_on_batch(x, y))
    trained = model.get_weights()
    return trained[0::2], trained[1::2], value


def fit_network(
    x: np.ndarray,
    y: np.ndarray,
    weights: Sequence[np.ndarray],
    biases: Sequence[np.ndarray],
    *,
    activation: str,
    loss: str,
    learning_rate: float,
    epochs: int,
    batch_size: int,
) -> tuple[Arrays, Arrays, np.ndarray]:
    """Kernels, biases and history["loss"] after fit(shuffle=False)."""
    keras, _ = _keras()
    model = _network(keras, weights, biases, activation, loss)
    _compile(keras, model, loss, learning_rate)
    history = model.fit(x, y, batch_size=batch_size, epochs=epochs, shuffle=False, verbose=0)
    trained = model.get_weights()
    return trained[0::2], trained[1::2], np.array(history.history["loss"], dtype=np.float64)


_OUTPUT = {"mse": "linear", "categorical_crossentropy": "softmax"}


def _keras() -> tuple[Any, Any]:
    """Keras in double precision (otherwise it agrees with NumPy to six digits only), and TensorFlow."""
    import keras
    import tensorflow as tf

    # Both are needed: layers ignore set_floatx once any layer was built.
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras, tf


def _loss(keras: Any, loss: str) -> Any:
    kind = {
        "mse": keras.losses.MeanSquaredError,
        "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
    }[loss]
    return kind(dtype="float64")


def _network(
    keras: Any, weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], activation: str, loss: str
) -> Any:
    names = [activation] * (len(weights) - 1) + [_OUTPUT[loss]]
    layers = [keras.layers.Dense(w.shape[1], activation=name) for w, name in zip(weights, names, strict=True)]
    model = keras.Sequential([keras.Input((weights[0].shape[0],)), *layers])
    model.set_weights([array for pair in zip(weights, biases, strict=True) for array in pair])
    return model


def _compile(keras: Any, model: Any, loss: str, learning_rate: float) -> None:
    optimizer = keras.optimizers.SGD(learning_rate=np.float64(learning_rate), momentum=np.float64(0.0))
    model.compile(optimizer=optimizer, loss=_loss(keras, loss), run_eagerly=True)
