"""What Keras answers about a whole training run; asked by `grade truth record` only.

The model is that of the handout. Its settings come as plain data, the same from which the suite builds the parts that a
student's functions are handed. A Dropout layer draws its uniforms from its seed and a counter of training calls, and
`keras.random.uniform` with a generator of the same seed draws the same ones: these go to the student.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

State = dict[str, Any]
Settings = Mapping[str, Any]
Rows = tuple[np.ndarray, np.ndarray]
History = dict[str, list[float]]

NAMES = ("kernel", "gamma", "beta", "moving_mean", "moving_variance", "output_kernel", "output_bias")
"""In the order of get_weights."""
TRAINED = ("kernel", "gamma", "beta", "output_kernel", "output_bias")
"""In the order of trainable_variables."""
CLASSES = {
    "exponential_decay": "ExponentialDecay",
    "inverse_time_decay": "InverseTimeDecay",
    "Adam": "Adam",
    "Momentum": "SGD",
}
"""Names of the course and their names in Keras."""


def forward_pass(
    x: np.ndarray, state: State, settings: Settings, seed: int, *, training: bool
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Uniforms of the Dropout layer, and what goes through the network by the names of the handout."""
    model = _model(_keras(), state, settings, seed)
    dense, normalization, relu, dropout, output = model.layers
    z = dense(x)
    h = relu(normalization(z, training=training))
    dropped = dropout(h, training=training)
    values = {"z": z, "h": h, "dropped": dropped, "prediction": output(dropped)}
    averages = {"moving_mean": normalization.moving_mean, "moving_variance": normalization.moving_variance}
    [uniforms] = _uniforms(seed, 1, len(x), len(x), h.shape[1])
    return uniforms, {name: value.numpy() for name, value in {**values, **averages}.items()}


def gradients(
    x: np.ndarray, y: np.ndarray, state: State, settings: Settings, seed: int
) -> tuple[np.ndarray, float, dict[str, np.ndarray]]:
    """Uniforms, the loss in training with its penalties, and its gradients by GradientTape."""
    keras = _keras()
    import tensorflow as tf

    model = _model(keras, state, settings, seed)
    with tf.GradientTape() as tape:
        prediction = model(x, training=True)
        loss = keras.losses.CategoricalCrossentropy(dtype="float64")(y, prediction) + sum(model.losses)
    found = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
    [uniforms] = _uniforms(seed, 1, len(x), len(x), len(state["gamma"]))
    return uniforms, float(loss), {name: value.numpy() for name, value in zip(TRAINED, found, strict=True)}


def evaluate(x: np.ndarray, y: np.ndarray, state: State, settings: Settings) -> float:
    """What model.evaluate says."""
    keras = _keras()
    model = _compiled(keras, _model(keras, state, settings, 1), state, settings)
    return float(model.evaluate(x, y, batch_size=len(x), verbose=0))


def steps(
    batches: Sequence[Rows], state: State, settings: Settings, seed: int
) -> tuple[list[np.ndarray], list[float], list[State]]:
    """Uniforms, loss and new state of one train_on_batch after the other."""
    keras = _keras()
    model = _compiled(keras, _model(keras, state, settings, seed), state, settings)
    generator = keras.random.SeedGenerator(seed)
    uniforms, losses, states = [], [], []
    for x, y in batches:
        shape = (len(x), len(state["gamma"]))
        uniforms.append(keras.random.uniform(shape, seed=generator).numpy())
        model.reset_metrics()
        losses.append(float(model.train_on_batch(x, y)))
        states.append(_state_of(model))
    return uniforms, losses, states


def epochs_of_fit(
    training: Rows, state: State, settings: Settings, seed: int, *, epochs: int, batch_size: int
) -> tuple[np.ndarray, list[State]]:
    """Uniforms of a run, and the state after each of its epochs."""
    uniforms, states, _, _ = _fit(training, training, state, settings, seed, epochs, batch_size)
    return uniforms, states


def fit(
    training: Rows, validation: Rows, state: State, settings: Settings, seed: int, *, epochs: int, batch_size: int
) -> tuple[np.ndarray, History, State]:
    """Uniforms of a run, its history, and the state at its end."""
    uniforms, _, history, final = _fit(training, validation, state, settings, seed, epochs, batch_size)
    return uniforms, history, final


def stopped_fit(
    training: Rows,
    x_validation: np.ndarray,
    state: State,
    settings: Settings,
    seed: int,
    *,
    best_epoch: int,
    epochs: int,
    batch_size: int,
) -> tuple[np.ndarray, np.ndarray, History, State]:
    """Targets that make a given epoch the best one, and the run that early stopping ends with them, as of `fit`.

    The targets are what the network predicts after that epoch: no other prediction has a smaller cross-entropy.
    """
    _, states = epochs_of_fit(training, state, settings, seed, epochs=best_epoch + 1, batch_size=batch_size)
    targets = _model(_keras(), states[-1], settings, seed).predict(x_validation, verbose=0)
    validation = x_validation, targets
    uniforms, history, final = fit(training, validation, state, settings, seed, epochs=epochs, batch_size=batch_size)
    values = history["val_loss"]
    if len(values) != best_epoch + 1 + settings["patience"] or len(values) == epochs:
        raise AssertionError(f"not stopped where it should be: {values}")
    return targets, uniforms, history, final


def _fit(
    training: Rows, validation: Rows, state: State, settings: Settings, seed: int, epochs: int, batch_size: int
) -> tuple[np.ndarray, list[State], History, State]:
    keras = _keras()
    model = _compiled(keras, _model(keras, state, settings, seed), state, settings)
    states: list[State] = []
    noting = keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: states.append(_state_of(model)))
    stopping = keras.callbacks.EarlyStopping(
        monitor="val_loss",
        mode="min",
        patience=settings["patience"],
        restore_best_weights=settings["restore_best_weights"],
    )
    history = model.fit(
        *training,
        validation_data=validation,
        batch_size=batch_size,
        validation_batch_size=len(validation[0]),
        epochs=epochs,
        shuffle=False,
        callbacks=[noting, stopping],
        verbose=0,
    ).history
    noted = {name: [float(value) for value in history[name]] for name in ("loss", "val_loss")}
    values = noted["val_loss"]
    if any(abs(value - min(values[:epoch])) < 1e-4 for epoch, value in enumerate(values) if epoch > 0):
        raise AssertionError(f"an epoch is as good as the best one: {values}")
    uniforms = _uniforms(seed, epochs, len(training[0]), batch_size, len(state["gamma"]))
    return uniforms, states, noted, _state_of(model)


def _keras() -> Any:
    """Keras in double precision: otherwise it agrees with NumPy to six digits only."""
    import keras

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras


def _model(keras: Any, state: State, settings: Settings, seed: int) -> Any:
    inputs, units = state["kernel"].shape
    penalty = keras.regularizers.L1L2(l1=settings["l1"], l2=settings["l2"])
    model = keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(units, use_bias=False, kernel_regularizer=penalty),
            keras.layers.BatchNormalization(momentum=settings["momentum"], epsilon=settings["epsilon"]),
            keras.layers.ReLU(),
            keras.layers.Dropout(settings["rate"], seed=seed),
            keras.layers.Dense(state["output_bias"].size, activation="softmax", kernel_regularizer=penalty),
        ]
    )
    model.set_weights([state[name] for name in NAMES])
    return model


def _compiled(keras: Any, model: Any, state: State, settings: Settings) -> Any:
    """The model with its optimizer, which has made as many updates as the state says."""
    schedule = getattr(keras.optimizers.schedules, CLASSES[settings["schedule"]["name"]])
    optimizer = getattr(keras.optimizers, CLASSES[settings["optimizer"]["name"]])
    made = optimizer(learning_rate=schedule(**_exact(settings["schedule"])), **_exact(settings["optimizer"]))
    loss = keras.losses.CategoricalCrossentropy(dtype="float64")
    model.compile(optimizer=made, loss=loss, run_eagerly=True)
    made.build(model.trainable_variables)
    made.iterations.assign(state["iterations"])
    return model


def _exact(settings: Settings) -> dict[str, Any]:
    """Arguments of a class, in double precision."""
    arguments = {name: value for name, value in settings.items() if name != "name"}
    return {name: np.float64(value) if isinstance(value, float) else value for name, value in arguments.items()}


def _uniforms(seed: int, epochs: int, rows: int, batch_size: int, units: int) -> np.ndarray:
    """What a Dropout layer with this seed draws in so many epochs, shape (epochs, rows, units)."""
    keras = _keras()
    generator = keras.random.SeedGenerator(seed)
    sizes = [min(batch_size, rows - start) for start in range(0, rows, batch_size)]
    return np.stack(
        [
            np.concatenate([keras.random.uniform((size, units), seed=generator).numpy() for size in sizes])
            for _ in range(epochs)
        ]
    )


def _state_of(model: Any) -> State:
    weights = dict(zip(NAMES, model.get_weights(), strict=True))
    return {**weights, "iterations": int(model.optimizer.iterations.numpy())}
