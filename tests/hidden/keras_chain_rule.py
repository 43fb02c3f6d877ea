"""What a GradientTape answers about derivatives; asked by `grade truth record` only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Operation = tuple[Any, ...]


def function_derivative(name: str, x: np.ndarray) -> np.ndarray:
    """Derivative of a function of keras.ops at each element."""
    keras, tf = _keras()
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = getattr(keras.ops, name)(source)
    return tape.gradient(y, source).numpy()


def power_derivative(x: np.ndarray, exponent: float) -> np.ndarray:
    """Derivative of keras.ops.power at each element, the exponent fixed."""
    keras, tf = _keras()
    source = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = keras.ops.power(source, np.float64(exponent))
    return tape.gradient(y, source).numpy()


def partial_derivatives(name: str, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Derivatives of an operation of keras.ops with respect to both operands."""
    keras, tf = _keras()
    sources = [tf.constant(a), tf.constant(b)]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        y = getattr(keras.ops, name)(*sources)
    da, db = tape.gradient(y, sources)
    return da.numpy(), db.numpy()


def chain(names: Sequence[str], x: float) -> tuple[float, float]:
    """Value and derivative of functions of keras.ops, the innermost first."""
    keras, tf = _keras()
    source = tf.constant(x, dtype=tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(source)
        y = source
        for name in names:
            y = getattr(keras.ops, name)(y)
    return float(y), float(tape.gradient(y, source))


def tape_values(operations: Sequence[Operation], inputs: Sequence[float]) -> list[float]:
    """The inputs and what each operation gives."""
    keras, tf = _keras()
    sources = [tf.constant(number, dtype=tf.float64) for number in inputs]
    return [float(value) for value in _carry_out(keras, operations, sources)]


def tape_gradients(operations: Sequence[Operation], inputs: Sequence[float]) -> list[float]:
    """Derivatives of the last value with respect to every value."""
    keras, tf = _keras()
    sources = [tf.constant(number, dtype=tf.float64) for number in inputs]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        values = _carry_out(keras, operations, sources)
    return [float(gradient) for gradient in tape.gradient(values[-1], values, unconnected_gradients="zero")]


def tape_descent(
    operations: Sequence[Operation],
    inputs: Sequence[float],
    trainable: Sequence[int],
    *,
    learning_rate: float,
    steps: int,
) -> np.ndarray:
    """All inputs before the first step of Keras' SGD and after each."""
    keras, tf = _keras()
    variables = [keras.Variable(np.float64(number), trainable=i in trainable) for i, number in enumerate(inputs)]
    moving = [variables[i] for i in trainable]
    optimizer = keras.optimizers.SGD(learning_rate=np.float64(learning_rate), momentum=np.float64(0.0))
    trajectory = [[float(variable.numpy()) for variable in variables]]
    for _ in range(steps):
        with tf.GradientTape() as tape:
            loss = _carry_out(keras, operations, [variable.value for variable in variables])[-1]
        optimizer.apply(tape.gradient(loss, [variable.value for variable in moving]), moving)
        trajectory.append([float(variable.numpy()) for variable in variables])
    return np.array(trajectory)


def _carry_out(keras: Any, operations: Sequence[Operation], inputs: Sequence[Any]) -> list[Any]:
    values = [keras.ops.convert_to_tensor(value) for value in inputs]
    for name, i, *rest in operations:
        others = [np.float64(rest[0])] if name == "power" else [values[j] for j in rest]
        values.append(getattr(keras.ops, name)(values[i], *others))
    return values


def _keras() -> tuple[Any, Any]:
    """Keras in double precision, and its backend: otherwise they agree with NumPy to six digits only."""
    import keras
    import tensorflow as tf

    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    return keras, tf
