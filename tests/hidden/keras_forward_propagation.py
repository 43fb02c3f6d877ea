"""What Keras answers about forward propagation; asked by `grade truth record` only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Layer = tuple[np.ndarray, np.ndarray, str]


def activation(name: str, x: np.ndarray) -> np.ndarray:
    """What keras.activations gives."""
    return getattr(_keras().activations, name)(x).numpy()


def dense_layer(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, name: str) -> np.ndarray:
    """Output of a Dense layer with these weights and this activation."""
    return network_outputs(x, [(kernel, bias, name)])[0]


def network_outputs(x: np.ndarray, layers: Sequence[Layer]) -> list[np.ndarray]:
    """Output of every layer of a Sequential model of Dense layers."""
    keras = _keras()
    outputs, h = [], x
    for layer in _model(keras, x.shape[1], layers).layers:
        h = layer(h).numpy()
        outputs.append(h)
    return outputs


def loss_value(name: str, y_true: np.ndarray, y_pred: np.ndarray) -> float:
    """What keras.losses gives for arrays, which carry no hidden logits; the mean over the rows."""
    return float(np.mean(getattr(_keras().losses, name)(y_true, y_pred).numpy()))


def model_evaluate(x: np.ndarray, y_true: np.ndarray, layers: Sequence[Layer], loss: str, batch_size: int) -> float:
    """What a model's own evaluate gives; for predictions that are not saturated."""
    keras = _keras()
    model = _model(keras, x.shape[1], layers)
    model.compile(loss=loss, run_eagerly=True)
    return float(model.evaluate(x, y_true, batch_size=batch_size, verbose=0))


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _model(keras: Any, inputs: int, layers: Sequence[Layer]) -> Any:
    dense = [keras.layers.Dense(len(bias), activation=name) for _, bias, name in layers]
    model = keras.Sequential([keras.Input((inputs,)), *dense])
    model.set_weights([array for kernel, bias, _ in layers for array in (kernel, bias)])
    return model
