"""What Keras answers about early stopping; asked by `grade truth record` only.

The callback is driven as fit drives it, with values that the suite has made up; and by a fit of its own. It compares in
single precision, so the suite keeps away from differences that small.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def run(values: Sequence[float], **settings: Any) -> tuple[int, int]:
    """Epochs until keras.callbacks.EarlyStopping stops, and its best epoch."""
    decisions, _, best_epoch = follow(values, **settings)
    return len(decisions), best_epoch


def follow(values: Sequence[float], **settings: Any) -> tuple[list[bool], float, int]:
    """For each epoch until the stop whether EarlyStopping stops there; its best value and its best epoch."""
    keras = _keras()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", verbose=0, **settings)
    callback.set_model(model)
    model.stop_training = False
    callback.on_train_begin()
    decisions = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        decisions.append(bool(model.stop_training))
        if model.stop_training:
            break
    return decisions, float(callback.best), int(callback.best_epoch)


def fit(
    training: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray],
    weights: Sequence[np.ndarray],
    *,
    learning_rate: float,
    epochs: int,
    **settings: Any,
) -> tuple[list[np.ndarray], list[float]]:
    """Weights after fit with EarlyStopping, and history["val_loss"]: a Dense layer, all rows in one batch, mse."""
    keras = _keras()
    x, y = training
    model = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(y.shape[1])])
    model.set_weights(list(weights))
    optimizer = keras.optimizers.SGD(learning_rate=np.float64(learning_rate), momentum=np.float64(0.0))
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    callback = keras.callbacks.EarlyStopping(monitor="val_loss", verbose=0, **settings)
    history = model.fit(
        x,
        y,
        validation_data=validation,
        batch_size=len(x),
        validation_batch_size=len(validation[0]),
        epochs=epochs,
        shuffle=False,
        callbacks=[callback],
        verbose=0,
    )
    return list(model.get_weights()), [float(value) for value in history.history["val_loss"]]


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras
